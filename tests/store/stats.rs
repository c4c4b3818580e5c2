//! The tallies move with the ledger, and each officer sees their own.

use crate::services::{Services, at, key};
use backend::Error;
use domain::shapes::{DistrictStats, StatsRow};
use domain::{Denied, StatsQuery};
use tests::{TestCity, on_both_databases};

on_both_databases!(
    a_redemption_moves_its_districts_row,
    a_night_sale_belongs_to_the_evening,
    a_district_officer_sees_only_their_district,
    a_full_reversal_is_taken_out_again,
    bad_ranges_name_their_field,
);

fn row<'a>(stats: &'a DistrictStats, district: &str) -> &'a StatsRow {
    let of = |row: &&StatsRow| row.district.is_some_and(|code| code.to_string() == district);
    stats.items.iter().find(of).expect("a row of the district")
}

async fn a_redemption_moves_its_districts_row(city: &TestCity) {
    let city = Services::of(city);
    let officer = city.officer().await;
    let before = city.backend.district_stats(&officer, &StatsQuery::default()).await.unwrap();
    assert_eq!(before.items.len(), 7);
    assert_eq!((before.total.claimed, before.total.redeemed), (0, 0));
    for number in [1, 2] {
        let resident = city.resident(number).await;
        let voucher = city.issued_voucher(&resident).await;
        city.redeem(&resident, &voucher, 8800).await.unwrap();
    }
    let after = city.backend.district_stats(&officer, &StatsQuery::default()).await.unwrap();
    let tiedong = row(&after, "210302");
    assert_eq!((tiedong.redeemed, tiedong.residents), (2, 2));
    assert_eq!((tiedong.subsidy_fen.get(), tiedong.order_fen.get()), (4000, 17_600));
    assert_eq!(tiedong.leverage, Some(4.4));
    assert_eq!((after.total.claimed, after.total.redeemed, after.total.residents), (2, 2, 2));
    let claimed: i64 = after.items.iter().map(|row| row.claimed).sum();
    let released: i64 = after.items.iter().map(|row| row.released).sum();
    assert_eq!((claimed, released), (after.total.claimed, after.total.released));
    let days = city.backend.day_stats(&officer, &StatsQuery::default()).await.unwrap();
    assert_eq!((days[0].day.as_str(), days[0].claimed, days[0].redeemed), ("2021-06-18", 2, 2));
}

async fn a_night_sale_belongs_to_the_evening(city: &TestCity) {
    let city = Services::of(city);
    let resident = city.resident(1).await;
    let voucher = city.issued_voucher(&resident).await;
    city.clock.set(at("2021-06-19T01:30:00+08:00"));
    city.redeem(&resident, &voucher, 8800).await.unwrap();
    let query = StatsQuery { to: Some("2021-06-18".into()), ..StatsQuery::default() };
    let stats = city.backend.district_stats(&city.officer().await, &query).await.unwrap();
    assert_eq!(stats.total.redeemed, 1);
}

async fn a_district_officer_sees_only_their_district(city: &TestCity) {
    let city = Services::of(city);
    let resident = city.resident(1).await;
    let voucher = city.issued_voucher(&resident).await;
    city.redeem(&resident, &voucher, 8800).await.unwrap();
    let officer = city.caller("13700000002").await;
    let stats = city.backend.district_stats(&officer, &StatsQuery::default()).await.unwrap();
    assert_eq!(stats.items.len(), 1);
    assert_eq!(row(&stats, "210302").redeemed, 1);
    assert_eq!(stats.total.redeemed, 1);
    for phone in ["13700000003", "13700000004"] {
        let reader = city.caller(phone).await;
        assert_eq!(
            city.backend.district_stats(&reader, &StatsQuery::default()).await.unwrap().items.len(),
            7
        );
    }
    for phone in ["13900000001", "13800000001", "13800000002"] {
        let other = city.caller(phone).await;
        let refused = city.backend.district_stats(&other, &StatsQuery::default()).await;
        assert!(matches!(refused, Err(Error::Denied(Denied::WrongRole))), "{phone}");
    }
}

async fn a_full_reversal_is_taken_out_again(city: &TestCity) {
    let city = Services::of(city);
    let (resident, owner) = (city.resident(1).await, city.owner().await);
    let voucher = city.issued_voucher(&resident).await;
    let receipt = city.redeem(&resident, &voucher, 8800).await.unwrap();
    let request = backend::ReverseRequest { refund_fen: 8800, reason: "退单".into() };
    city.backend.reverse(&owner, receipt.redemption_id, &request, &key()).await.unwrap();
    let stats = city.backend.district_stats(&city.officer().await, &StatsQuery::default()).await.unwrap();
    let total = &stats.total;
    assert_eq!(
        (total.redeemed, total.subsidy_fen.get(), total.order_fen.get(), total.residents),
        (0, 0, 0, 0)
    );
    city.assert_sound().await;
}

async fn bad_ranges_name_their_field(city: &TestCity) {
    let city = Services::of(city);
    let officer = city.officer().await;
    let ask = |from: &str, to: &str, campaign: &str| StatsQuery {
        from: Some(from.into()),
        to: Some(to.into()),
        campaign: Some(campaign.into()),
    };
    for (query, field) in [
        (ask("18/6", "2021-06-19", "1"), "from"),
        (ask("2021-06-18", "2021-06-31", "1"), "to"),
        (ask("2021-06-19", "2021-06-18", "1"), "to"),
        (ask("2001-06-18", "2021-06-18", "1"), "from"),
        (ask("2021-06-18", "2021-06-18", "99"), "campaign"),
        (ask("2021-06-18", "2021-06-18", "x"), "campaign"),
    ] {
        let refused = city.backend.district_stats(&officer, &query).await;
        assert!(
            matches!(refused, Err(Error::Denied(Denied::BadQuery { field: named, .. })) if named == field)
        );
    }
}

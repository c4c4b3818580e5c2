//! Distinct residents: each counts once, however often, wherever and however
//! much at once they redeem.

use crate::services::{FIRST_ROUND, Services, at, at_till, key};
use crate::statements::anything_goes;
use backend::{Caller, ReverseRequest};
use domain::shapes::{DistrictStats, RedemptionShape};
use domain::{StatsQuery, VoucherId};
use futures::future::join_all;
use tests::{TestCity, on_both_databases};

on_both_databases!(
    a_resident_counts_once_in_every_range in anything_goes,
    residents_who_redeem_at_once_count_once in anything_goes,
    what_is_counted_again_counts_once,
    a_spoiled_count_is_found,
);

async fn asked(city: &Services<'_>, from: &str, to: &str) -> DistrictStats {
    let query = StatsQuery { from: Some(from.into()), to: Some(to.into()), campaign: None };
    city.backend.district_stats(&city.officer().await, &query).await.unwrap()
}

async fn residents(city: &Services<'_>, from: &str, to: &str) -> i64 {
    asked(city, from, to).await.total.residents
}

async fn sold(city: &Services<'_>, resident: &Caller) -> RedemptionShape {
    let voucher = city.issued_voucher(resident).await;
    city.redeem(resident, &voucher, 8800).await.unwrap()
}

async fn a_resident_counts_once_in_every_range(city: &TestCity) {
    let city = Services::of(city);
    let (one, other, owner) = (city.resident(1).await, city.resident(2).await, city.owner().await);
    sold(&city, &one).await;
    sold(&city, &one).await;
    city.clock.set(at("2021-06-19T12:00:00+08:00"));
    let returned = sold(&city, &one).await;
    sold(&city, &other).await;
    city.clock.set(at("2021-06-20T12:00:00+08:00"));
    sold(&city, &one).await;
    let stats = asked(&city, "2021-06-18", "2021-06-20").await;
    assert_eq!((stats.total.redeemed, stats.total.residents), (5, 2));
    assert_eq!(stats.residents_as_of, stats.as_of);
    for (from, to, expected) in [
        ("2021-06-18", "2021-06-18", 1),
        ("2021-06-19", "2021-06-19", 2),
        ("2021-06-19", "2021-06-20", 2),
        ("2021-06-20", "2021-06-20", 1),
    ] {
        assert_eq!(residents(&city, from, to).await, expected, "{from} to {to}");
    }
    // What lay between two days goes: the third follows the first now.
    let request = ReverseRequest { refund_fen: 8800, reason: "退单".into() };
    city.backend.reverse(&owner, returned.redemption_id, &request, &key()).await.unwrap();
    assert_eq!(residents(&city, "2021-06-19", "2021-06-19").await, 1);
    assert_eq!(residents(&city, "2021-06-19", "2021-06-20").await, 2);
    assert_eq!(residents(&city, "2021-06-18", "2021-06-20").await, 2);
    city.assert_sound().await;
}

/// Residents who redeem at once, each on so many vouchers.
const CROWD: u32 = 12;
const EACH: usize = 3;

async fn residents_who_redeem_at_once_count_once(city: &TestCity) {
    let city = Services::of(city);
    let (clerk, mut orders) = (city.clerk().await, Vec::new());
    for number in 1..=CROWD {
        let resident = city.resident(number).await;
        for _ in 0..EACH {
            let done = city.backend.claim(&resident, FIRST_ROUND, &key()).await.unwrap();
            let shown = city.backend.voucher_token(&resident, done.answer.voucher_id).await.unwrap();
            orders.push(at_till(Some(shown.token), None, 8800));
        }
    }
    let nodes = [city.backend.clone(), city.node_of_the_same_clock().await];
    let redeemed = join_all(orders.iter().enumerate().map(async |(n, order)| {
        let node = &nodes[n % nodes.len()];
        node.redeem(&clerk, order, &key()).await.unwrap();
        node.count_residents().await.unwrap();
    }));
    redeemed.await;
    while !nodes[1].count_residents().await.unwrap() {}
    assert_eq!(residents(&city, "2021-06-18", "2021-06-18").await, i64::from(CROWD));
    city.assert_sound().await;
}

async fn what_is_counted_again_counts_once(city: &TestCity) {
    let city = Services::of(city);
    for number in 1..=40 {
        let resident = city.resident(number).await;
        sold(&city, &resident).await;
    }
    while !city.backend.count_residents().await.unwrap() {}
    assert_eq!(residents(&city, "2021-06-18", "2021-06-18").await, 40);
    // From the ledger's first block on, as in a database of before.
    let begin = "0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0";
    city.run(&format!("update resident_place set sequences = '{begin}'")).await;
    city.assert_sound().await;
    city.run(&format!("delete from resident_tally; delete from resident_days; update resident_place set sequences = '{begin}'"))
        .await;
    while !city.backend.count_residents().await.unwrap() {}
    assert_eq!(residents(&city, "2021-06-18", "2021-06-18").await, 40);
    city.assert_sound().await;
}

async fn a_spoiled_count_is_found(city: &TestCity) {
    let city = Services::of(city);
    let resident = city.resident(1).await;
    let receipt = sold(&city, &resident).await;
    assert_eq!(residents(&city, "2021-06-18", "2021-06-18").await, 1);
    let VoucherId(voucher) = receipt.voucher_id;
    let account = format!("(select account_id from voucher where voucher_id = {voucher})");
    for (spoil, mend, fault) in [
        (
            "update resident_tally set residents = residents + 1 where district = 0".to_owned(),
            "update resident_tally set residents = residents - 1 where district = 0".to_owned(),
            "the residents of 2021-06-18 do not recount",
        ),
        (
            format!(
                "update resident_days set days = '2021-06-19' || substr(days, 11) where account_id = {account}"
            ),
            format!(
                "update resident_days set days = '2021-06-18' || substr(days, 11) where account_id = {account}"
            ),
            "the days of resident",
        ),
        (
            "insert into resident_days (account_id, days) values (987654321, '2021-06-18 210302 1')"
                .to_owned(),
            "delete from resident_days where account_id = 987654321".to_owned(),
            "residents with a redemption: 2 instead of 1",
        ),
        (
            "update tally_day set order_fen = order_fen + 1 where redeemed > 0".to_owned(),
            "update tally_day set order_fen = order_fen - 1 where redeemed > 0".to_owned(),
            "rows of the tally by day that do not recount: 1 instead of 0",
        ),
    ] {
        city.run(&spoil).await;
        let faults = city.backend.verify().await.unwrap().faults;
        assert!(faults.iter().any(|found| found.contains(fault)), "{spoil}: {faults:?}");
        city.run(&mend).await;
        city.assert_sound().await;
    }
}

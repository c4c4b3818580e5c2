//! Cuts of any history are what its rows add up to, counted one by one.

use crate::services::{FIRST_ROUND, Services, at, at_till, key};
use crate::statements::{Dice, anything_goes};
use backend::{Error, ReverseRequest};
use domain::shapes::{CubeShape, CubeSums};
use domain::{CubeQuery, Denied, Dimension, StatsQuery, Timestamp, Zone};
use std::collections::BTreeMap;
use tests::{TestCity, on_both_databases};

on_both_databases!(
    every_cut_of_a_random_history_recounts in anything_goes,
    suspicious_lines_leave_the_clean_leverage in anything_goes,
    a_range_is_compared_with_another,
    times_from_claim_to_redemption_fall_into_classes in anything_goes,
    a_bad_cut_names_its_field,
);

fn by(by: &str) -> CubeQuery {
    CubeQuery { by: Some(by.to_owned()), to: Some("2021-06-22".to_owned()), ..CubeQuery::default() }
}

/// Claims, redemptions by day and night, refunds in part and in whole.
async fn live(city: &Services<'_>, seed: u64) {
    let mut dice = Dice(seed);
    let (owner, clerk) = (city.owner().await, city.clerk().await);
    for _ in 0..40 {
        let resident = city.resident(u32::try_from(dice.throw(9)).unwrap() + 1).await;
        let Ok(done) = city.backend.claim(&resident, FIRST_ROUND, &key()).await else { continue };
        city.clock.advance_ms(dice.throw(7_200_000));
        if dice.throw(4) == 0 {
            continue;
        }
        let order = 6000 + dice.throw(9000);
        let shown = city.backend.voucher_token(&resident, done.answer.voucher_id).await.unwrap();
        let request = at_till(Some(shown.token), None, order);
        let Ok(sold) = city.backend.redeem(&clerk, &request, &key()).await else { continue };
        if dice.throw(3) == 0 {
            let refund = if dice.throw(2) == 0 { order } else { 1 + dice.throw(order - 1) };
            let request = ReverseRequest { refund_fen: refund, reason: "退".into() };
            city.backend.reverse(&owner, sold.answer.redemption_id, &request, &key()).await.unwrap();
        }
    }
}

/// A row's values by the codes of their dimensions.
type Place = BTreeMap<&'static str, String>;

/// What a row adds, and where.
struct Counted {
    place: Place,
    sums: [i64; 5],
}

fn place(day: &str, hour: i64, district: &str, kind: &str, channel: &str) -> Place {
    let none = |text: &str| if text.is_empty() { "none".to_owned() } else { text.to_owned() };
    let urban = ["210302", "210303", "210304", "210311"].contains(&district);
    let setting = if district == "0" {
        "none"
    } else if urban {
        "urban"
    } else {
        "rural"
    };
    BTreeMap::from([
        ("day", day.to_owned()),
        ("hour", format!("{hour:02}:00")),
        ("district", if district == "0" { "none".to_owned() } else { district.to_owned() }),
        ("kind", none(kind)),
        ("channel", none(channel)),
        ("round", FIRST_ROUND.to_string()),
        ("campaign", "1".to_owned()),
        ("setting", setting.to_owned()),
        ("night", if (6..18).contains(&hour) { "day" } else { "night" }.to_owned()),
    ])
}

/// The vouchers and redemptions one by one.
async fn recount(city: &Services<'_>) -> Vec<Counted> {
    let mut all = Vec::new();
    let claims = "select cast(issued_at_ms as text) || '|' || cast(coalesce(resident_district, 0) as text) from voucher";
    for line in city.read(claims).await.lines() {
        let (at, district) = line.split_once('|').unwrap();
        let at = Timestamp::from_ms(at.parse().unwrap());
        let (day, hour) = (Zone::SHANGHAI.business_day(at).to_string(), i64::from(Zone::SHANGHAI.hour(at)));
        all.push(Counted { place: place(&day, hour, district, "", ""), sums: [1, 0, 0, 0, 0] });
    }
    let sales = "select cast(redeemed_at_ms as text) || '|' || cast(district as text) || '|' || kind || '|' || channel
                   || '|' || cast(case when refunded_fen < order_fen then 1 else 0 end as text)
                   || '|' || cast(subsidy_fen - subsidy_back_fen as text)
                   || '|' || cast(government_fen - government_back_fen as text)
                   || '|' || cast(order_fen - refunded_fen as text) from redemption";
    for line in city.read(sales).await.lines() {
        let parts: Vec<&str> = line.split('|').collect();
        let number = |n: usize| parts[n].parse::<i64>().unwrap();
        let at = Timestamp::from_ms(number(0));
        let (day, hour) = (Zone::SHANGHAI.business_day(at).to_string(), i64::from(Zone::SHANGHAI.hour(at)));
        let place = place(&day, hour, parts[1], parts[2], parts[3]);
        all.push(Counted { place, sums: [0, number(4), number(5), number(6), number(7)] });
    }
    all
}

fn figures(sums: &CubeSums) -> [i64; 5] {
    [sums.claimed, sums.redeemed, sums.subsidy_fen.get(), sums.government_fen.get(), sums.order_fen.get()]
}

fn cells(cube: &CubeShape) -> BTreeMap<Vec<String>, [i64; 5]> {
    let cell = |item: &domain::shapes::CubeItem| {
        (item.keys.iter().map(|key| key.code.clone()).collect(), figures(&item.sums))
    };
    cube.items.iter().map(cell).filter(|(_, sums)| *sums != [0; 5]).collect()
}

async fn every_cut_of_a_random_history_recounts(city: &TestCity) {
    let city = Services::of(city);
    let officer = city.officer().await;
    live(&city, 20_210_618).await;
    let counted = recount(&city).await;
    assert!(counted.iter().filter(|row| row.sums[1] == 1).count() > 10, "a history worth a test");
    let names: Vec<&str> = Dimension::ALL.iter().map(|by| by.code()).collect();
    for one in &names {
        for other in &names {
            let asked = if one == other { vec![*one] } else { vec![*one, *other] };
            let cube = city.backend.cube(&officer, &by(&asked.join(","))).await.unwrap();
            let mut expected: BTreeMap<Vec<String>, [i64; 5]> = BTreeMap::new();
            let mut total = [0; 5];
            for row in &counted {
                let place = asked.iter().map(|by| row.place[by].clone()).collect();
                let sums = expected.entry(place).or_default();
                for n in 0..5 {
                    sums[n] += row.sums[n];
                    total[n] += row.sums[n];
                }
            }
            expected.retain(|_, sums| *sums != [0; 5]);
            assert_eq!(cells(&cube), expected, "{asked:?}");
            assert_eq!(figures(&cube.total), total, "{asked:?}");
        }
    }
    city.assert_sound().await;
}

async fn suspicious_lines_leave_the_clean_leverage(city: &TestCity) {
    let city = Services::of(city);
    let officer = city.officer().await;
    for (number, order) in [(1, 6000), (2, 20_000)] {
        let resident = city.resident(number).await;
        let voucher = city.issued_voucher(&resident).await;
        city.redeem(&resident, &voucher, order).await.unwrap();
    }
    let total = async || city.backend.cube(&officer, &by("district,kind")).await.unwrap().total;
    let before = total().await;
    assert_eq!((before.leverage, before.suspicious), (before.clean_leverage, 0));
    let id =
        city.read("select cast(min(redemption_id) as text) from redemption where order_fen = 20000").await;
    city.run(&format!(
        "insert into risk_case (case_id, signal, merchant_id, outlet_id, district, redemption_id, evidence, state, \
         opened_at_ms) values (1, 'same_pair', 1, 1, '210302', {id}, '{{}}', 'open', 0), \
         (2, 'burst', 1, 1, '210302', {id}, '{{}}', 'withheld', 0)"
    ))
    .await;
    let held = total().await;
    assert_eq!((held.suspicious, held.leverage, figures(&held)), (1, before.leverage, figures(&before)));
    // ¥60 on a subsidy of ¥20, of which the government bears 70 %.
    assert_eq!(held.clean_leverage, domain::rate(6000, 1400));
    city.run("update risk_case set state = 'cleared' where case_id = 1").await;
    city.run("update risk_case set state = 'frozen' where case_id = 2").await;
    assert_eq!(total().await, held, "a frozen one counts as one that is withheld");
    city.run("update risk_case set state = 'cleared'").await;
    assert_eq!(total().await, before);
}

async fn a_range_is_compared_with_another(city: &TestCity) {
    let city = Services::of(city);
    let officer = city.officer().await;
    let resident = city.resident(1).await;
    let voucher = city.issued_voucher(&resident).await;
    city.redeem(&resident, &voucher, 8800).await.unwrap();
    city.clock.set(at("2021-06-19T11:00:00+08:00"));
    let day = |day: &str| Some(day.to_owned());
    let query = CubeQuery {
        by: day("hour"),
        from: day("2021-06-19"),
        to: day("2021-06-19"),
        compare_from: day("2021-06-18"),
        compare_to: day("2021-06-18"),
        ..CubeQuery::default()
    };
    let cube = city.backend.cube(&officer, &query).await.unwrap();
    assert_eq!((cube.items.len(), cube.total.redeemed), (1, 0));
    assert_eq!(cube.items[0].compared.as_ref().unwrap().redeemed, 1);
    assert_eq!(cube.compared_total.unwrap().order_fen.get(), 8800);
    let of_district = city.caller("13700000002").await;
    let cube = city.backend.cube(&of_district, &by("district")).await.unwrap();
    assert!(cube.items.iter().all(|item| item.keys[0].code == "210302"));
}

async fn times_from_claim_to_redemption_fall_into_classes(city: &TestCity) {
    let city = Services::of(city);
    let officer = city.officer().await;
    for (number, minutes) in [(1, 10), (2, 90), (3, 100), (4, 600)] {
        let resident = city.resident(number).await;
        let voucher = city.issued_voucher(&resident).await;
        city.clock.advance_ms(minutes * 60_000);
        city.redeem(&resident, &voucher, 8800).await.unwrap();
    }
    let delays = city.backend.delays(&officer, &StatsQuery::default()).await.unwrap();
    let counts: Vec<i64> = delays.items.iter().map(|class| class.redemptions).collect();
    assert_eq!(counts, [1, 2, 1, 0, 0, 0]);
    let all = StatsQuery { to: Some("2021-08-18".into()), ..StatsQuery::default() };
    let refused = city.backend.delays(&officer, &all).await;
    assert!(matches!(refused, Err(Error::Denied(Denied::BadQuery { field, .. })) if field == "from"));
}

async fn a_bad_cut_names_its_field(city: &TestCity) {
    let city = Services::of(city);
    let officer = city.officer().await;
    let with = |change: fn(&mut CubeQuery)| {
        let mut query = CubeQuery::default();
        change(&mut query);
        query
    };
    for (query, named) in [
        (by("colour"), "by"),
        (by("day,day"), "by"),
        (by("day,hour,kind"), "by"),
        (with(|query| query.from = Some("2021-06-17".into())), "from"),
        (with(|query| query.to = Some("2021-08-19".into())), "to"),
        (with(|query| query.compare_from = Some("2021-06-18".into())), "compare_to"),
        (with(|query| query.compare_to = Some("2021-06-18".into())), "compare_from"),
        (
            with(|query| {
                query.compare_from = Some("2021-06-01".into());
                query.compare_to = Some("2021-06-18".into());
            }),
            "compare_from",
        ),
    ] {
        let refused = city.backend.cube(&officer, &query).await;
        assert!(
            matches!(&refused, Err(Error::Denied(Denied::BadQuery { field, .. })) if field == named),
            "{named}: {refused:?}"
        );
    }
}

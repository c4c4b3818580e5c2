//! The rules look at each business day once it is over.

use crate::services::{FIRST_OUTLET, FIRST_ROUND, Services, at, key};
use backend::seeds::SeedSet;
use domain::{Benefit, Fen, ListQuery, RiskSignal, RiskState};
use tests::{TestCity, on_both_databases};
use tokio::task::JoinSet;

on_both_databases!(a_day_is_looked_at_once_by_whichever_node in generous);
on_both_databases!(sales_that_vouchers_pay_nearly_alone_open_a_case in cash);

/// A resident may use four vouchers at an outlet in a day.
fn generous(season: &mut SeedSet) {
    let limits = &mut season.campaigns[0].limits;
    (limits.per_campaign, limits.per_day, limits.per_outlet_day) = (4, 4, 4);
    season.rounds[0].per_resident = 4;
}

/// The first campaign's vouchers need no order of some size.
fn cash(season: &mut SeedSet) {
    season.campaigns[0].benefit = Benefit::Cash { face_value_fen: Fen::try_from(2000).unwrap() };
}

async fn sales_that_vouchers_pay_nearly_alone_open_a_case(city: &TestCity) {
    let city = Services::of(city);
    for n in 1..=10 {
        let resident = city.resident(n).await;
        let voucher = city.backend.claim(&resident, FIRST_ROUND, &key()).await.unwrap().answer;
        city.redeem(&resident, &voucher, 2100).await.unwrap();
    }
    city.clock.set(at("2021-06-19T06:00:00+08:00"));
    assert_eq!(city.backend.look_for_risk().await.unwrap(), 1);
    let cases = city.backend.risk_cases(&city.officer().await, &ListQuery::default()).await.unwrap().items;
    assert_eq!((cases.len(), cases[0].signal), (1, RiskSignal::VoucherShare));
    assert!(cases[0].evidence[1].contains("10 笔") && cases[0].evidence[1].contains("95%"), "{cases:?}");
}

async fn redeem(city: &Services<'_>, resident: u32) {
    let resident = city.resident(resident).await;
    let voucher = city.backend.claim(&resident, FIRST_ROUND, &key()).await.unwrap().answer;
    city.redeem(&resident, &voucher, 8800).await.unwrap();
}

async fn a_day_is_looked_at_once_by_whichever_node(city: &TestCity) {
    let city = Services::of(city);
    for _ in 0..4 {
        redeem(&city, 1).await;
    }
    redeem(&city, 3).await;
    let late = city.resident(2).await;
    let voucher = city.backend.claim(&late, FIRST_ROUND, &key()).await.unwrap().answer;
    // The first outlet closes at two in the morning.
    city.clock.set(at("2021-06-19T03:00:00+08:00"));
    city.redeem(&late, &voucher, 8800).await.unwrap();
    assert_eq!(city.backend.look_for_risk().await.unwrap(), 0, "the business day goes on until six");
    city.clock.set(at("2021-06-19T06:00:00+08:00"));
    let mut looks = JoinSet::new();
    for node in [city.backend.clone(), city.another_node().await] {
        for _ in 0..3 {
            let node = node.clone();
            looks.spawn(async move { node.look_for_risk().await.unwrap() });
        }
    }
    assert_eq!(looks.join_all().await.into_iter().sum::<usize>(), 2);
    let cases = city.backend.risk_cases(&city.officer().await, &ListQuery::default()).await.unwrap().items;
    let mut signals: Vec<_> = cases.iter().map(|case| case.signal.code()).collect();
    signals.sort_unstable();
    assert_eq!(signals, [RiskSignal::OutsideHours.code(), RiskSignal::SamePair.code()]);
    assert!(cases.iter().all(|case| case.state == RiskState::Open && case.outlet_id == FIRST_OUTLET));
    let pair = cases.iter().find(|case| case.signal == RiskSignal::SamePair).unwrap();
    assert!(
        pair.evidence[1].contains("第 4 次") && pair.evidence[1].contains("共 6 笔"),
        "{:?}",
        pair.evidence
    );
    let own = city.backend.own_risk_cases(&city.owner().await, &ListQuery::default()).await.unwrap();
    assert_eq!(own.items.len(), 2, "the merchant sees them too");
    city.assert_sound().await;
}

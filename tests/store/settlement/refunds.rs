//! Refunds before, in and after a batch: the sums always agree.

use super::{Bureau, MONDAY, NEXT_MONDAY, NEXT_WEEK, WEEK, for_weeks, lines, rows, sold};
use crate::services::{Services, at, key};
use backend::ReverseRequest;
use domain::shapes::{RedemptionShape, Reversed};
use domain::{ListQuery, RiskSignal, SettlementLineKind, SettlementState, StatementQuery, VoucherState};
use tests::{TestCity, on_both_databases};
use tokio::task::JoinSet;

on_both_databases!(
    a_refund_before_the_export_takes_from_the_batch in for_weeks,
    a_refund_after_the_export_is_clawed_back_by_the_next_batch in for_weeks,
    what_a_batch_cannot_claw_back_is_carried_on in for_weeks,
    a_refund_of_what_was_settled_opens_a_case in for_weeks,
    refunds_and_steps_at_once_leave_sums_that_agree in for_weeks,
);

async fn refunded(city: &Services<'_>, sale: &RedemptionShape, refund_fen: i64) -> Reversed {
    let request = ReverseRequest { refund_fen, reason: "退".into() };
    let owner = city.owner().await;
    city.backend.reverse(&owner, sale.redemption_id, &request, &key()).await.expect("a refund").answer
}

async fn a_refund_before_the_export_takes_from_the_batch(city: &TestCity) {
    let city = Services::of(city);
    let (one, two, three) = (sold(&city, 1).await, sold(&city, 2).await, sold(&city, 3).await);
    refunded(&city, &one, 4_000).await;
    city.clock.set(at(MONDAY));
    let bureau = Bureau::of(&city).await;
    let made = bureau.made(&city, WEEK).await;
    assert_eq!(made.totals.pay_fen.get(), 5_000);
    // In a draft a whole refund takes its line out, and gives the voucher back.
    assert_eq!(refunded(&city, &two, 8_000).await.voucher_state, VoucherState::Issued);
    city.assert_sound().await;
    bureau.reviewed(&city, made.id).await;
    city.backend.approve_settlement(&bureau.city, made.id, false, &key()).await.unwrap();
    // An approved row takes a refund, and stays approved.
    refunded(&city, &three, 2_000).await;
    city.assert_sound().await;
    let row = rows(&city, &bureau.city, made.id).await.remove(0);
    assert_eq!((row.state, row.pay_fen.get()), (SettlementState::Approved, 2_500));
    let exported = city.backend.export_settlement(&bureau.finance, made.id, &key()).await.unwrap().answer;
    assert_eq!(exported.totals.pay_fen.get(), 2_500);
    let redeemed = SettlementLineKind::Redeemed;
    assert_eq!(lines(&city, made.id).await, [(redeemed, 1_000), (redeemed, 1_500)]);
    bureau.paid(&city, made.id).await;
    city.assert_sound().await;
}

async fn a_refund_after_the_export_is_clawed_back_by_the_next_batch(city: &TestCity) {
    let city = Services::of(city);
    let (one, two) = (sold(&city, 1).await, sold(&city, 2).await);
    city.clock.set(at(MONDAY));
    let bureau = Bureau::of(&city).await;
    let id = bureau.made(&city, WEEK).await.id;
    bureau.exported(&city, id).await;
    let file = city.backend.settled_file(&bureau.finance, id).await.unwrap();
    // At the bank, and paid: neither changes the batch.
    assert_eq!(refunded(&city, &one, 8_000).await.voucher_state, VoucherState::Redeemed);
    city.assert_sound().await;
    assert_eq!(bureau.paid(&city, id).await.totals.pay_fen.get(), 4_000);
    refunded(&city, &two, 2_000).await;
    city.assert_sound().await;
    assert_eq!(city.backend.settled_file(&bureau.finance, id).await.unwrap(), file);
    for resident in 3..=4 {
        sold(&city, resident).await;
    }
    city.clock.set(at(NEXT_MONDAY));
    let next = bureau.settled(&city, NEXT_WEEK).await;
    let totals = &next.totals;
    assert_eq!(
        (totals.redeemed_fen.get(), totals.clawback_fen.get(), totals.pay_fen.get()),
        (4_000, 2_500, 1_500)
    );
    let (redeemed, clawback) = (SettlementLineKind::Redeemed, SettlementLineKind::Clawback);
    let expected = [(clawback, 2_000), (clawback, 500), (redeemed, 2_000), (redeemed, 2_000)];
    assert_eq!(lines(&city, next.id).await, expected);
    let owner = city.owner().await;
    let statement = city.backend.whole_statement(&owner, &StatementQuery::default()).await.unwrap();
    assert!(statement.ledger.agrees, "{:?}", statement.ledger);
    assert_eq!((statement.ledger.payable_fen, statement.ledger.paid_fen), (0, 5_500));
    city.assert_sound().await;
}

async fn what_a_batch_cannot_claw_back_is_carried_on(city: &TestCity) {
    let city = Services::of(city);
    let (one, two) = (sold(&city, 1).await, sold(&city, 2).await);
    city.clock.set(at(MONDAY));
    let bureau = Bureau::of(&city).await;
    bureau.settled(&city, WEEK).await;
    refunded(&city, &one, 8_000).await;
    refunded(&city, &two, 8_000).await;
    sold(&city, 3).await;
    city.clock.set(at(NEXT_MONDAY));
    let next = bureau.settled(&city, NEXT_WEEK).await;
    let row = rows(&city, &bureau.city, next.id).await.remove(0);
    assert_eq!((row.pay_fen.get(), row.carried_on_fen), (0, -2_000));
    city.assert_sound().await;
    for resident in 4..=5 {
        sold(&city, resident).await;
    }
    city.clock.set(at("2021-07-05T07:00:00+08:00"));
    let last = bureau.settled(&city, "2021-07-04").await;
    assert_eq!((last.totals.carried_fen, last.totals.pay_fen.get()), (-2_000, 2_000));
    city.assert_sound().await;
}

async fn refunds_and_steps_at_once_leave_sums_that_agree(city: &TestCity) {
    let city = Services::of(city);
    let mut sales = Vec::new();
    for resident in 1..=9 {
        sales.push(sold(&city, resident).await);
    }
    city.clock.set(at(MONDAY));
    let bureau = Bureau::of(&city).await;
    let owner = city.owner().await;
    let mut refunds = JoinSet::new();
    let start = |refunds: &mut JoinSet<()>, sales: &[RedemptionShape]| {
        for sale in sales {
            let (backend, owner, id) = (city.backend.clone(), owner.clone(), sale.redemption_id);
            refunds.spawn(async move {
                let request = ReverseRequest { refund_fen: 1_000, reason: "退".into() };
                backend.reverse(&owner, id, &request, &key()).await.expect("a refund");
            });
        }
    };
    start(&mut refunds, &sales[..3]);
    let id = bureau.made(&city, WEEK).await.id;
    start(&mut refunds, &sales[3..6]);
    bureau.reviewed(&city, id).await;
    city.backend.approve_settlement(&bureau.city, id, false, &key()).await.unwrap();
    start(&mut refunds, &sales[6..]);
    let exported = city.backend.export_settlement(&bureau.finance, id, &key()).await.unwrap().answer;
    while let Some(done) = refunds.join_next().await {
        done.expect("a refund");
    }
    city.assert_sound().await;
    bureau.paid(&city, id).await;
    city.assert_sound().await;
    city.clock.set(at(NEXT_MONDAY));
    let pay = exported.totals.pay_fen.get();
    if pay > 9 * 1_750 {
        let next = bureau.settled(&city, NEXT_WEEK).await;
        assert_eq!(next.totals.clawback_fen.get(), pay - 9 * 1_750);
    }
    city.assert_sound().await;
}

async fn a_refund_of_what_was_settled_opens_a_case(city: &TestCity) {
    let city = Services::of(city);
    let (one, two) = (sold(&city, 1).await, sold(&city, 2).await);
    refunded(&city, &two, 1_000).await;
    city.clock.set(at(MONDAY));
    city.backend.look_for_risk().await.unwrap();
    let bureau = Bureau::of(&city).await;
    let id = bureau.settled(&city, WEEK).await.id;
    refunded(&city, &one, 8_000).await;
    city.clock.set(at("2021-06-22T06:00:00+08:00"));
    assert_eq!(city.backend.look_for_risk().await.unwrap(), 1, "the earlier refund was no such one");
    let cases = city.backend.risk_cases(&bureau.city, &ListQuery::default()).await.unwrap().items;
    assert_eq!(cases[0].signal, RiskSignal::ReversalAfterSettlement);
    assert!(cases[0].evidence[1].contains("退款 ¥80"), "{:?}", cases[0].evidence);
    sold(&city, 3).await;
    sold(&city, 4).await;
    city.clock.set(at(NEXT_MONDAY));
    let next = bureau.settled(&city, NEXT_WEEK).await;
    assert!(next.id > id && next.totals.clawback_fen.get() == 2_000, "an open case keeps nothing from it");
    city.assert_sound().await;
}

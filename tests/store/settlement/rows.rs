//! What stands in a batch, and what waits for the next.

use super::{Bureau, MONDAY, NEXT_MONDAY, NEXT_WEEK, WEEK, for_weeks, lines, sold};
use crate::offline::{arrive, request, shown, till};
use crate::services::{Services, at, key};
use domain::shapes::RedemptionShape;
use domain::{SettlementLineKind, SettlementLineQuery, SettlementState};
use tests::{TestCity, on_both_databases, people};

on_both_databases!(
    a_line_under_suspicion_is_withheld_alone in for_weeks,
    what_arrives_late_is_paid_with_the_next_batch in for_weeks,
    a_row_that_is_not_signed_waits_for_the_next_batch in for_weeks,
    a_discarded_batch_is_made_again,
    what_is_changed_behind_its_back_is_found,
);

/// Opens a case about a redemption.
async fn suspect(city: &Services<'_>, case: i64, sale: &RedemptionShape) {
    let id = sale.redemption_id;
    city.run(&format!(
        "insert into risk_case (case_id, signal, merchant_id, outlet_id, district, redemption_id, evidence, state, \
         opened_at_ms) values ({case}, 'same_pair', 1, 1, '210302', {id}, '{{}}', 'open', 0)"
    ))
    .await;
}

async fn a_line_under_suspicion_is_withheld_alone(city: &TestCity) {
    use SettlementLineKind::{Redeemed, Released, Withheld};
    let city = Services::of(city);
    let (one, two) = (sold(&city, 1).await, sold(&city, 2).await);
    sold(&city, 3).await;
    suspect(&city, 1, &one).await;
    city.clock.set(at(MONDAY));
    let bureau = Bureau::of(&city).await;
    let made = bureau.made(&city, WEEK).await;
    assert_eq!((made.totals.pay_fen.get(), made.totals.withheld_fen.get()), (4_000, 2_000));
    let query = SettlementLineQuery { kind: Some("withheld".into()), ..SettlementLineQuery::default() };
    let held = city.backend.own_settlement_lines(&city.owner().await, made.id, &query).await.unwrap().items;
    assert_eq!((held.len(), held[0].case_id, held[0].redemption_id), (1, Some(1), one.redemption_id));
    // A second case comes when all have signed: its line is withheld, and their signatures hold.
    bureau.reviewed(&city, made.id).await;
    city.backend.approve_settlement(&bureau.city, made.id, false, &key()).await.unwrap();
    suspect(&city, 2, &two).await;
    let exported = city.backend.export_settlement(&bureau.finance, made.id, &key()).await.unwrap().answer;
    assert_eq!((exported.totals.pay_fen.get(), exported.totals.withheld_fen.get()), (2_000, 4_000));
    bureau.paid(&city, made.id).await;
    city.assert_sound().await;
    // The first is cleared, the second is not; the merchant sold once more.
    city.run("update risk_case set state = 'cleared' where case_id = 1").await;
    sold(&city, 4).await;
    city.clock.set(at(NEXT_MONDAY));
    let next = bureau.made(&city, NEXT_WEEK).await;
    assert_eq!(lines(&city, next.id).await, [(Released, 2_000), (Withheld, 2_000), (Redeemed, 2_000)]);
    assert_eq!((next.totals.released_fen.get(), next.totals.pay_fen.get()), (2_000, 4_000));
    bureau.exported(&city, next.id).await;
    bureau.paid(&city, next.id).await;
    city.assert_sound().await;
}

async fn what_arrives_late_is_paid_with_the_next_batch(city: &TestCity) {
    let city = Services::of(city);
    let till = till(&city, people::OWNER, 9).await;
    city.clock.set(at("2021-06-20T20:00:00+08:00"));
    let resident = city.resident(1).await;
    let voucher = city.issued_voucher(&resident).await;
    let made_at = city.backend.now().plus_ms(3_600_000);
    let token = shown(&city, &resident, &voucher, made_at).await;
    let permit = city.backend.offline_permit(&till.clerk).await.unwrap().permit;
    let till = crate::offline::Till { permit, ..till };
    sold(&city, 2).await;
    city.clock.set(at(MONDAY));
    let bureau = Bureau::of(&city).await;
    assert_eq!(bureau.settled(&city, WEEK).await.totals.pay_fen.get(), 2_000);
    let late = arrive(&city.backend, &till, &request(&till, &token, 8_800, made_at)).await;
    assert_eq!(late.state, "booked");
    assert!(late.redemption.unwrap().redeemed_at.starts_with("2021-06-20"));
    city.clock.set(at(NEXT_MONDAY));
    assert_eq!(bureau.settled(&city, NEXT_WEEK).await.totals.pay_fen.get(), 2_000);
    city.assert_sound().await;
}

async fn a_row_that_is_not_signed_waits_for_the_next_batch(city: &TestCity) {
    let city = Services::of(city);
    sold(&city, 1).await;
    let resident = city.resident(2).await;
    let voucher = city.issued_voucher(&resident).await;
    let other = city.caller("13800000011").await;
    let outlet_id = city.backend.own_merchant(&other).unwrap().outlets[0].id;
    let sale = city.presented(&resident, &voucher, 8_000).await;
    let sale = backend::RedeemRequest { outlet_id, ..sale };
    city.backend.redeem(&other, &sale, &key()).await.unwrap();
    city.clock.set(at(MONDAY));
    let bureau = Bureau::of(&city).await;
    let id = bureau.made(&city, WEEK).await.id;
    city.backend.confirm_settlement(&city.owner().await, id, &key()).await.unwrap();
    city.backend.review_settlement(&bureau.officer, id, None, &key()).await.unwrap();
    let shape = city.backend.settlement(&bureau.city, id).await.unwrap();
    assert_eq!((shape.item.state, shape.item.totals.to_confirm), (SettlementState::Draft, 1));
    let approved = city.backend.approve_settlement(&bureau.city, id, true, &key()).await.unwrap().answer;
    assert_eq!(
        (approved.totals.rows, approved.totals.left_out, approved.totals.pay_fen.get()),
        (1, 1, 2_000)
    );
    let late = city.backend.confirm_settlement(&other, id, &key()).await;
    assert!(late.is_err(), "it was left out");
    city.backend.export_settlement(&bureau.finance, id, &key()).await.unwrap();
    bureau.paid(&city, id).await;
    city.assert_sound().await;
    city.clock.set(at(NEXT_MONDAY));
    let next = bureau.settled(&city, NEXT_WEEK).await;
    assert_eq!((next.totals.rows, next.totals.pay_fen.get()), (1, 2_000));
    city.assert_sound().await;
}

async fn a_discarded_batch_is_made_again(city: &TestCity) {
    let city = Services::of(city);
    sold(&city, 1).await;
    city.clock.set(at(MONDAY));
    let bureau = Bureau::of(&city).await;
    let first = bureau.made(&city, WEEK).await;
    let discarded = city.backend.discard_settlement(&bureau.finance, first.id, &key()).await.unwrap().answer;
    assert_eq!((discarded.state, discarded.totals.rows), (SettlementState::LeftOut, 0));
    city.assert_sound().await;
    let second = bureau.settled(&city, WEEK).await;
    assert_eq!((second.id, second.totals.pay_fen), (first.id + 1, first.totals.pay_fen));
    let late = city.backend.discard_settlement(&bureau.finance, second.id, &key()).await;
    assert!(late.is_err(), "it is paid");
    city.assert_sound().await;
}

async fn what_is_changed_behind_its_back_is_found(city: &TestCity) {
    let city = Services::of(city);
    for resident in 1..=2 {
        sold(&city, resident).await;
    }
    city.clock.set(at(MONDAY));
    let bureau = Bureau::of(&city).await;
    bureau.settled(&city, WEEK).await;
    for (change, undo) in [
        ("amount_fen = amount_fen - 1", "amount_fen = amount_fen + 1"),
        ("kind = 'withheld'", "kind = 'redeemed'"),
    ] {
        let of = "where redemption_id = (select min(redemption_id) from redemption)";
        city.run(&format!("update settlement_line set {change} {of}")).await;
        let faults = city.backend.verify().await.unwrap().faults;
        assert!(faults.iter().any(|fault| fault.contains("is not what the ledger has of it")), "{faults:?}");
        city.run(&format!("update settlement_line set {undo} {of}")).await;
        city.assert_sound().await;
    }
    city.run("update settlement_row set name = '别家'").await;
    let faults = city.backend.verify().await.unwrap().faults;
    assert!(faults.iter().any(|fault| fault.contains("another hash")), "{faults:?}");
}

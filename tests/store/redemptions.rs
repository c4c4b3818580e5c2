//! Redemptions and reversals: never twice, and every fen accounted for.

use crate::services::{Services, at, at_till, key};
use backend::{Error, RedeemRequest, ReverseRequest};
use domain::{Denied, IdempotencyKey, OutletId, RedeemRefused, ReverseRefused, VoucherState, fold_typed};
use tests::{TestCity, on_both_databases, people};
use tokio::task::JoinSet;

on_both_databases!(
    a_voucher_is_redeemed_once,
    a_repeat_gets_its_receipt_on_every_node,
    what_changed_since_it_was_looked_at_is_read_again,
    two_tills_at_once_redeem_it_once,
    a_typed_code_works_as_people_type_it,
    a_token_of_another_moment_is_worth_nothing,
    an_order_below_the_threshold_changes_nothing,
    an_order_above_the_seasons_ceiling_needs_the_manager,
    another_merchants_outlet_is_refused,
    a_preview_changes_nothing,
    refunds_give_back_the_whole_subsidy_and_the_voucher,
    a_used_token_stays_used_when_the_voucher_comes_back,
    two_refunds_at_once_give_back_no_more_than_there_is,
    only_the_merchants_own_people_undo,
);

async fn a_voucher_is_redeemed_once(city: &TestCity) {
    let city = Services::of(city);
    let resident = city.resident(1).await;
    let voucher = city.issued_voucher(&resident).await;
    let receipt = city.redeem(&resident, &voucher, 8800).await.unwrap();
    assert_eq!((receipt.subsidy_fen.get(), receipt.payable_fen.get()), (2000, 6800));
    let again = city.redeem(&resident, &voucher, 8800).await;
    assert!(matches!(again, Err(Error::Redeem(RedeemRefused::AlreadyRedeemed { .. }))));
    let held = city.backend.voucher(&resident, voucher.voucher_id).await.unwrap();
    assert_eq!(held.voucher.state, VoucherState::Redeemed);
    assert_eq!(held.redemption.unwrap().receipt_code, receipt.receipt_code);
    city.assert_sound().await;
}

async fn a_repeat_gets_its_receipt_on_every_node(city: &TestCity) {
    let city = Services::of(city);
    let (resident, clerk, owner) = (city.resident(1).await, city.clerk().await, city.owner().await);
    let voucher = city.issued_voucher(&resident).await;
    let (request, key) = (city.presented(&resident, &voucher, 8800).await, key());
    let receipt = city.backend.redeem(&clerk, &request, &key).await.unwrap();
    assert!(!receipt.replayed);
    // What is refunded later changes no answer.
    let part = ReverseRequest { refund_fen: 800, reason: "退一件".to_owned() };
    city.backend.reverse(&owner, receipt.answer.redemption_id, &part, &crate::services::key()).await.unwrap();
    let another = RedeemRequest { order_fen: 9900, ..request.clone() };
    for node in [&city.backend, &city.another_node().await] {
        let again = node.redeem(&clerk, &request, &key).await.unwrap();
        assert!(again.replayed);
        assert_eq!(again.answer, receipt.answer);
        let reused = node.redeem(&clerk, &another, &key).await;
        assert!(matches!(reused, Err(Error::Denied(Denied::KeyReused))));
        let others = node.redeem(&owner, &request, &key).await;
        assert!(matches!(others, Err(Error::Redeem(RedeemRefused::AlreadyRedeemed { .. }))));
    }
    city.assert_sound().await;
}

async fn what_changed_since_it_was_looked_at_is_read_again(city: &TestCity) {
    let city = Services::of(city);
    let (clerk, other) = (city.clerk().await, city.node_of_the_same_clock().await);
    let mut requests = Vec::new();
    for number in 1..=8 {
        let resident = city.resident(number).await;
        let voucher = city.issued_voucher(&resident).await;
        let request = city.presented(&resident, &voucher, 8800).await;
        city.backend.preview(&clerk, &request).await.unwrap();
        requests.push(request);
    }
    // Another node is faster with two of them.
    for request in &requests[..2] {
        other.redeem(&clerk, request, &key()).await.unwrap();
    }
    let mut tills = JoinSet::new();
    for request in requests {
        let (backend, clerk) = (city.backend.clone(), clerk.clone());
        tills.spawn(async move { backend.redeem(&clerk, &request, &key()).await });
    }
    let answers = tills.join_all().await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 6);
    let refused = answers
        .iter()
        .filter(|answer| matches!(answer, Err(Error::Redeem(RedeemRefused::AlreadyRedeemed { .. }))));
    assert_eq!(refused.count(), 2);
    city.assert_sound().await;
}

async fn two_tills_at_once_redeem_it_once(city: &TestCity) {
    let city = Services::of(city);
    let (resident, clerk) = (city.resident(1).await, city.clerk().await);
    let voucher = city.issued_voucher(&resident).await;
    let request = city.presented(&resident, &voucher, 8800).await;
    let mut tills = JoinSet::new();
    for _ in 0..8 {
        let (backend, clerk, request) = (city.backend.clone(), clerk.clone(), request.clone());
        tills.spawn(async move { backend.redeem(&clerk, &request, &key()).await });
    }
    let answers = tills.join_all().await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    let refused = |answer: &Result<_, Error>| {
        matches!(answer, Ok(_) | Err(Error::Redeem(RedeemRefused::AlreadyRedeemed { .. })))
    };
    assert!(answers.iter().all(refused));
    city.assert_sound().await;
}

async fn a_typed_code_works_as_people_type_it(city: &TestCity) {
    let city = Services::of(city);
    let resident = city.resident(1).await;
    let voucher = city.issued_voucher(&resident).await;
    let shown = city.backend.voucher_token(&resident, voucher.voucher_id).await.unwrap();
    let typed = shown.code.to_lowercase().replace('0', "o").replace('1', "I");
    let typed = format!(" {} {} ", &typed[..6], &typed[6..]);
    assert_eq!(fold_typed(&typed), shown.code);
    let request = at_till(None, Some(typed), 6000);
    assert!(city.backend.redeem(&city.clerk().await, &request, &key()).await.is_ok());
}

async fn a_token_of_another_moment_is_worth_nothing(city: &TestCity) {
    let city = Services::of(city);
    let (resident, clerk) = (city.resident(1).await, city.clerk().await);
    let voucher = city.issued_voucher(&resident).await;
    let request = city.presented(&resident, &voucher, 8800).await;
    city.clock.advance_ms(61_000);
    let stale = city.backend.redeem(&clerk, &request, &key()).await;
    assert!(matches!(stale, Err(Error::Redeem(RedeemRefused::TokenStale))));
    // One step of drift is accepted.
    let request = city.presented(&resident, &voucher, 8800).await;
    city.clock.advance_ms(30_000);
    assert!(city.backend.redeem(&clerk, &request, &key()).await.is_ok());
}

async fn an_order_below_the_threshold_changes_nothing(city: &TestCity) {
    let city = Services::of(city);
    let resident = city.resident(1).await;
    let voucher = city.issued_voucher(&resident).await;
    let refused = city.redeem(&resident, &voucher, 5999).await;
    let short = |error: &Error| matches!(error, Error::Redeem(RedeemRefused::BelowThreshold { short_by, .. }) if short_by.get() == 1);
    assert!(refused.as_ref().is_err_and(short));
    // The token was not used up: the clerk corrects the amount and goes on.
    assert!(city.redeem(&resident, &voucher, 6000).await.is_ok());
    city.assert_sound().await;
}

async fn an_order_above_the_seasons_ceiling_needs_the_manager(city: &TestCity) {
    let city = Services::of(city);
    let resident = city.resident(1).await;
    let voucher = city.issued_voucher(&resident).await;
    let needs_manager = |error: &Error| matches!(error, Error::Redeem(RedeemRefused::ManagerRequired { limit }) if limit.get() == 2_000_000);
    let (clerk, manager) = (city.clerk().await, city.caller(people::OWN_MANAGER).await);
    // A slip of the finger: ¥20,000.01.
    let request = city.presented(&resident, &voucher, 2_000_001).await;
    assert!(city.backend.preview(&clerk, &request).await.is_err_and(|error| needs_manager(&error)));
    assert!(city.backend.redeem(&clerk, &request, &key()).await.is_err_and(|error| needs_manager(&error)));
    let order = backend::OrderRequest {
        vouchers: vec![backend::OrderVoucher { token: request.token.clone(), code: None, last4: None }],
        outlet_id: request.outlet_id,
        order_fen: request.order_fen,
        invoice_no: None,
        merchant_discount_fen: None,
    };
    let Err(Error::OnOrder { voucher: 1, error }) = city.backend.redeem_order(&clerk, &order, &key()).await
    else {
        panic!("an order goes through this door as well");
    };
    assert!(needs_manager(&error));
    city.backend.redeem(&manager, &request, &key()).await.unwrap();
    let second = city.resident(2).await;
    let voucher = city.issued_voucher(&second).await;
    city.redeem(&second, &voucher, 2_000_000).await.unwrap();
    city.assert_sound().await;
}

async fn another_merchants_outlet_is_refused(city: &TestCity) {
    let city = Services::of(city);
    let resident = city.resident(1).await;
    let voucher = city.issued_voucher(&resident).await;
    for outlet_id in [OutletId(3), OutletId(999_999), OutletId(-1)] {
        let request = RedeemRequest { outlet_id, ..city.presented(&resident, &voucher, 8800).await };
        let refused = city.backend.redeem(&city.clerk().await, &request, &key()).await;
        assert!(matches!(refused, Err(Error::Redeem(RedeemRefused::ForeignOutlet))));
    }
}

async fn a_preview_changes_nothing(city: &TestCity) {
    let city = Services::of(city);
    let (resident, clerk) = (city.resident(1).await, city.clerk().await);
    let voucher = city.issued_voucher(&resident).await;
    let request = city.presented(&resident, &voucher, 8800).await;
    let preview = city.backend.preview(&clerk, &request).await.unwrap();
    assert_eq!((preview.subsidy_fen.get(), preview.payable_fen.get()), (2000, 6800));
    assert_eq!(preview.holder_masked, "139****0001");
    let held = city.backend.voucher(&resident, voucher.voucher_id).await.unwrap();
    assert_eq!(held.voucher.state, VoucherState::Issued);
    assert!(city.backend.redeem(&clerk, &request, &key()).await.is_ok());
}

fn refund(refund_fen: i64) -> ReverseRequest {
    ReverseRequest { refund_fen, reason: "顾客退菜".into() }
}

async fn refunds_give_back_the_whole_subsidy_and_the_voucher(city: &TestCity) {
    let city = Services::of(city);
    let (resident, owner) = (city.resident(1).await, city.owner().await);
    let voucher = city.issued_voucher(&resident).await;
    let receipt = city.redeem(&resident, &voucher, 7000).await.unwrap();
    let undo = async |fen, key: IdempotencyKey| {
        city.backend.reverse(&owner, receipt.redemption_id, &refund(fen), &key).await
    };
    let (first, first_key) = (undo(3333, key()).await.unwrap().answer, key());
    // ⌊2000 × 3333 ÷ 7000⌋
    assert_eq!((first.subsidy_back_fen.get(), first.resident_refund_fen.get()), (952, 2381));
    assert_eq!(first.voucher_state, VoucherState::Redeemed);
    let too_much = undo(3668, key()).await;
    assert!(
        matches!(too_much, Err(Error::Reverse(ReverseRefused::TooMuch { refundable })) if refundable.get() == 3667)
    );
    let last = undo(3667, first_key.clone()).await.unwrap().answer;
    assert_eq!(last.subsidy_back_fen.get(), 2000 - 952);
    assert_eq!(last.voucher_state, VoucherState::Issued);
    assert!(undo(3667, first_key).await.unwrap().replayed);
    assert!(matches!(undo(1, key()).await, Err(Error::Reverse(ReverseRefused::AlreadyReversed))));
    city.assert_sound().await;
}

async fn a_used_token_stays_used_when_the_voucher_comes_back(city: &TestCity) {
    let city = Services::of(city);
    let (resident, owner, clerk) = (city.resident(1).await, city.owner().await, city.clerk().await);
    let voucher = city.issued_voucher(&resident).await;
    let request = city.presented(&resident, &voucher, 8800).await;
    let receipt = city.backend.redeem(&clerk, &request, &key()).await.unwrap().answer;
    city.backend.reverse(&owner, receipt.redemption_id, &refund(8800), &key()).await.unwrap();
    let again = city.backend.redeem(&clerk, &request, &key()).await;
    assert!(matches!(again, Err(Error::Redeem(RedeemRefused::TokenStale))));
    city.clock.advance_ms(30_000);
    let again = city.redeem(&resident, &voucher, 8800).await;
    assert!(again.is_ok(), "{again:?}");
    city.assert_sound().await;
}

async fn two_refunds_at_once_give_back_no_more_than_there_is(city: &TestCity) {
    let city = Services::of(city);
    let (resident, owner) = (city.resident(1).await, city.owner().await);
    let voucher = city.issued_voucher(&resident).await;
    let receipt = city.redeem(&resident, &voucher, 8800).await.unwrap();
    let mut refunds = JoinSet::new();
    for _ in 0..8 {
        let (backend, owner) = (city.backend.clone(), owner.clone());
        refunds.spawn(
            async move { backend.reverse(&owner, receipt.redemption_id, &refund(5000), &key()).await },
        );
    }
    let done = refunds.join_all().await.into_iter().filter(Result::is_ok).count();
    assert_eq!(done, 1);
    city.assert_sound().await;
}

async fn only_the_merchants_own_people_undo(city: &TestCity) {
    let city = Services::of(city);
    let resident = city.resident(1).await;
    let voucher = city.issued_voucher(&resident).await;
    let receipt = city.redeem(&resident, &voucher, 8800).await.unwrap();
    let undo = async |phone: &str| {
        let caller = city.caller(phone).await;
        city.backend.reverse(&caller, receipt.redemption_id, &refund(100), &key()).await
    };
    assert!(matches!(undo("13800000002").await, Err(Error::Denied(Denied::WrongRole))), "a clerk");
    assert!(matches!(undo("13900000001").await, Err(Error::Denied(Denied::WrongRole))), "the resident");
    assert!(
        matches!(undo("13800000011").await, Err(Error::Denied(Denied::NotFound))),
        "another merchant's owner"
    );
    city.clock.set(at("2021-06-18T12:00:00+08:00"));
    assert!(undo("13800000001").await.is_ok(), "the owner");
}

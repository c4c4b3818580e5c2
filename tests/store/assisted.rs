//! The community desk: one limit for paper and phone, one redemption for one
//! paper, and a few wrong digits at most.

use crate::orders::{merchants_join, merchants_round};
use crate::services::{FIRST_ROUND, Services, at, at_till, key};
use backend::{AssistRequest, Caller, Error, OrderRequest, OrderVoucher, RedeemRequest};
use domain::shapes::{AssistedShape, SlipShape};
use domain::{
    AssistRefused, ClaimRefused, Denied, IdempotencyKey, LimitScope, ListQuery, MOST_WRONG_DIGITS,
    RedeemRefused, RoundId, VoucherId,
};
use std::collections::BTreeSet;
use tests::{TestCity, on_both_databases};
use tokio::task::JoinSet;

on_both_databases!(
    paper_and_phone_share_one_limit,
    two_desks_at_once_enter_one_person_once,
    a_repeat_gets_the_same_voucher,
    one_paper_is_redeemed_once_by_two_tills_at_once,
    digits_tried_at_once_lock_the_paper_all_the_same,
    two_papers_on_one_order_ask_for_their_own_digits in merchants_join,
    a_paper_printed_anew_replaces_the_one_before,
    a_draw_is_entered_and_won_at_the_desk,
    numbers_are_nowhere_in_the_clear,
);

const CARE: RoundId = RoundId(23);
const FAMILY: RoundId = RoundId(22);
/// The example of the standard itself.
const NUMBER: &str = "11010519491231002X";

fn by_phone(phone: &str) -> AssistRequest {
    AssistRequest { name: "王桂芬".to_owned(), phone: Some(phone.to_owned()), ..AssistRequest::default() }
}

fn by_number() -> AssistRequest {
    AssistRequest {
        name: "王桂芬".to_owned(),
        identity_no: Some(NUMBER.to_owned()),
        ..AssistRequest::default()
    }
}

/// A resident of the desk's own district.
const NEIGHBOUR: &str = "13900000001";

async fn assist(
    city: &Services<'_>,
    round: RoundId,
    request: &AssistRequest,
) -> Result<AssistedShape, Error> {
    Ok(city.backend.assist(&city.desk().await, round, request, &key()).await?.answer)
}

fn is_at_limit(answer: &Result<AssistedShape, Error>) -> bool {
    let limit = ClaimRefused::LimitReached { limit: 1, scope: LimitScope::Round };
    matches!(answer, Err(Error::Claim(refused)) if *refused == limit)
}

async fn paper(city: &Services<'_>, request: &AssistRequest) -> (VoucherId, SlipShape) {
    let voucher = assist(city, CARE, request).await.unwrap().voucher.unwrap().voucher_id;
    (voucher, city.backend.slip(&city.desk().await, voucher).await.unwrap())
}

fn presented(slip: &SlipShape, last4: Option<&str>) -> RedeemRequest {
    RedeemRequest { last4: last4.map(str::to_owned), ..at_till(slip.paper_token.clone(), None, 5000) }
}

async fn paper_and_phone_share_one_limit(city: &TestCity) {
    let city = Services::of(city);
    // By phone first, then at the desk.
    let resident = city.caller(NEIGHBOUR).await;
    city.issued_voucher(&resident).await;
    assert!(is_at_limit(&assist(&city, FIRST_ROUND, &by_phone(NEIGHBOUR)).await));
    // At the desk first, then by phone: their own wallet holds it.
    let other = "15100000001";
    let both = AssistRequest { identity_no: Some(NUMBER.to_owned()), ..by_phone(other) };
    assert!(assist(&city, FIRST_ROUND, &both).await.is_ok());
    let again = city.backend.claim(&city.caller(other).await, FIRST_ROUND, &key()).await;
    assert!(matches!(again, Err(Error::Claim(ClaimRefused::LimitReached { .. }))));
    // By their identity number alone they are the same resident.
    assert!(is_at_limit(&assist(&city, FIRST_ROUND, &by_number()).await));
    // A number of two residents is refused; a relative's is not theirs.
    let mixed = AssistRequest { identity_no: Some(NUMBER.to_owned()), ..by_phone(NEIGHBOUR) };
    let conflict = assist(&city, CARE, &mixed).await;
    assert!(matches!(conflict, Err(Error::Assist(AssistRefused::IdentityConflict))));
    let relatives = AssistRequest { phone_owner: Some("relative".to_owned()), ..mixed };
    assert!(is_at_limit(&assist(&city, FIRST_ROUND, &relatives).await));
    assert!(assist(&city, CARE, &relatives).await.is_ok());
    city.assert_sound().await;
}

async fn two_desks_at_once_enter_one_person_once(city: &TestCity) {
    let city = Services::of(city);
    let desk = city.desk().await;
    let mut presses = JoinSet::new();
    for _ in 0..8 {
        let (backend, desk) = (city.backend.clone(), desk.clone());
        presses.spawn(async move {
            backend.assist(&desk, CARE, &by_number(), &key()).await.map(|done| done.answer)
        });
    }
    let answers = presses.join_all().await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "{answers:?}");
    assert_eq!(answers.iter().filter(|answer| is_at_limit(answer)).count(), 7, "{answers:?}");
    assert_eq!(city.read("select count(*) || '' from identity").await, "1");
    city.assert_sound().await;
}

async fn a_repeat_gets_the_same_voucher(city: &TestCity) {
    let city = Services::of(city);
    let (desk, key) = (city.desk().await, key());
    let assist = async |round: RoundId, request: &AssistRequest, key: &IdempotencyKey| {
        city.backend.assist(&desk, round, request, key).await
    };
    let first = assist(CARE, &by_number(), &key).await.unwrap();
    city.clock.set(at("2021-08-01T00:00:00+08:00"));
    let again = assist(CARE, &by_number(), &key).await.unwrap();
    assert_eq!((again.answer, again.replayed, first.replayed), (first.answer, true, false));
    for (round, request) in [(CARE, by_phone(NEIGHBOUR)), (FIRST_ROUND, by_number())] {
        let other = assist(round, &request, &key).await;
        assert!(matches!(other, Err(Error::Denied(Denied::KeyReused))));
    }
    let print = city.backend.print_anew(&desk, VoucherId(1), &key).await;
    assert!(matches!(print, Err(Error::Denied(Denied::KeyReused))));
}

async fn one_paper_is_redeemed_once_by_two_tills_at_once(city: &TestCity) {
    let city = Services::of(city);
    let (_, slip) = paper(&city, &by_number()).await;
    let tills: [Caller; 2] = [city.clerk().await, city.owner().await];
    let mut presses = JoinSet::new();
    for till in tills.iter().cycle().take(8) {
        let (backend, till, request) = (city.backend.clone(), till.clone(), presented(&slip, Some("002x")));
        presses.spawn(async move { backend.redeem(&till, &request, &key()).await });
    }
    let answers = presses.join_all().await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "{answers:?}");
    let refused = |answer: &Result<_, Error>| {
        matches!(answer, Ok(_) | Err(Error::Redeem(RedeemRefused::AlreadyRedeemed { .. })))
    };
    assert!(answers.iter().all(refused), "{answers:?}");
    city.assert_sound().await;
}

async fn digits_tried_at_once_lock_the_paper_all_the_same(city: &TestCity) {
    let city = Services::of(city);
    let (_, slip) = paper(&city, &by_number()).await;
    let clerk = city.clerk().await;
    let mut tries = JoinSet::new();
    for number in 0..24 {
        let (backend, clerk) = (city.backend.clone(), clerk.clone());
        let request = presented(&slip, Some(&format!("{number:04}")));
        tries.spawn(async move { backend.preview(&clerk, &request).await });
    }
    let answers = tries.join_all().await;
    // Each wrong one but the last leaves a different number of tries.
    let left: BTreeSet<i64> = answers
        .iter()
        .filter_map(|answer| match answer {
            Err(Error::Redeem(RedeemRefused::PaperCheckWrong { tries_left, .. })) => Some(*tries_left),
            _ => None,
        })
        .collect();
    assert_eq!(left, (1..MOST_WRONG_DIGITS).collect());
    let locked =
        |answer: &&Result<_, Error>| matches!(answer, Err(Error::Redeem(RedeemRefused::PaperLocked)));
    assert_eq!(answers.iter().filter(locked).count(), 24 - left.len());
    let right = city.backend.redeem(&clerk, &presented(&slip, Some("002X")), &key()).await;
    assert!(matches!(right, Err(Error::Redeem(RedeemRefused::PaperLocked))));
}

async fn two_papers_on_one_order_ask_for_their_own_digits(city: &TestCity) {
    let city = Services::of(city);
    let (clerk, desk) = (city.clerk().await, city.desk().await);
    let rounds = [
        (FIRST_ROUND, by_number(), "002X"),
        (merchants_round(&city.backend).await, by_phone(NEIGHBOUR), "0001"),
    ];
    let mut papers = Vec::new();
    for (round, request, _) in &rounds {
        let voucher = assist(&city, *round, request).await.unwrap().voucher.unwrap().voucher_id;
        papers.push(city.backend.slip(&desk, voucher).await.unwrap().paper_token);
    }
    let order = |digits: [&str; 2]| OrderRequest {
        vouchers: papers
            .iter()
            .zip(digits)
            .map(|(token, digits)| {
                let last4 = Some(digits.to_owned()).filter(|digits| !digits.is_empty());
                OrderVoucher { token: token.clone(), code: None, last4 }
            })
            .collect(),
        outlet_id: crate::services::FIRST_OUTLET,
        order_fen: 40_000,
        invoice_no: None,
        merchant_discount_fen: None,
    };
    let wrong = async || city.read("select cast(wrong as text) from assisted order by assisted_id").await;
    let refused = async |digits| match city.backend.preview_order(&clerk, &order(digits)).await.unwrap_err() {
        Error::OnOrder { voucher, error } => (voucher, error),
        other => panic!("{other:?}"),
    };
    let missing = refused(["002X", ""]).await;
    assert!(
        matches!(missing, (2, error) if matches!(*error, Error::Redeem(RedeemRefused::PaperCheckRequired { .. })))
    );
    assert_eq!(wrong().await, "0\n0");
    let others = refused(["002X", "002X"]).await;
    assert!(
        matches!(others, (2, error) if matches!(*error, Error::Redeem(RedeemRefused::PaperCheckWrong { .. })))
    );
    assert_eq!(wrong().await, "0\n1", "the paper that they do not fit, and no other");
    let own = order([rounds[0].2, rounds[1].2]);
    let done = city.backend.redeem_order(&clerk, &own, &key()).await.unwrap().answer;
    assert_eq!((done.redemptions.len(), done.subsidy_fen.get()), (2, 6000));
    city.assert_sound().await;
}

async fn a_paper_printed_anew_replaces_the_one_before(city: &TestCity) {
    let city = Services::of(city);
    let (voucher, old) = paper(&city, &by_number()).await;
    let (desk, clerk) = (city.desk().await, city.clerk().await);
    for number in 0..MOST_WRONG_DIGITS {
        let wrong = city.backend.preview(&clerk, &presented(&old, Some(&format!("{number:04}")))).await;
        assert!(wrong.is_err());
    }
    let press = key();
    for replayed in [false, true] {
        let done = city.backend.print_anew(&desk, voucher, &press).await.unwrap();
        assert_eq!((done.answer.prints, done.replayed), (2, replayed));
    }
    let new = city.backend.slip(&desk, voucher).await.unwrap();
    assert_ne!(new.paper_code, old.paper_code);
    let replaced = city.backend.redeem(&clerk, &presented(&old, Some("002X")), &key()).await;
    assert!(matches!(replaced, Err(Error::Redeem(RedeemRefused::PaperReplaced))));
    assert!(city.backend.redeem(&clerk, &presented(&new, Some("002X")), &key()).await.is_ok());
    let late = city.backend.print_anew(&desk, voucher, &key()).await;
    assert!(matches!(late, Err(Error::Assist(AssistRefused::NotPrintable { .. }))));
    assert_eq!(city.backend.slip(&desk, voucher).await.unwrap().paper_code, None);
}

async fn a_draw_is_entered_and_won_at_the_desk(city: &TestCity) {
    let city = Services::of(city);
    let entered = assist(&city, FAMILY, &by_number()).await.unwrap();
    let again = assist(&city, FAMILY, &by_number()).await.unwrap();
    assert_eq!(again.entry, entered.entry);
    assert!(entered.voucher.is_none());
    let draw = city.backend.round(FAMILY).await.unwrap();
    city.clock.set(at(&draw.draw.unwrap().draws_at));
    city.backend.hold_draw(&city.officer().await, FAMILY, ("3557.41", "3557.41"), &key()).await.unwrap();
    // With one entry for seventy places, it won.
    let won = assist(&city, FAMILY, &by_number()).await.unwrap().voucher.unwrap();
    let list = city.backend.assisted(&city.desk().await, &ListQuery::default(), true).await.unwrap();
    assert_eq!(list.items[0].voucher_id, Some(won.voucher_id));
    assert_eq!(list.items.len(), 1, "what was done on another day is on another day's list");
    let list = city.backend.assisted(&city.desk().await, &ListQuery::default(), false).await.unwrap();
    assert_eq!(list.items.len(), 3);
    city.assert_sound().await;
}

async fn numbers_are_nowhere_in_the_clear(city: &TestCity) {
    let city = Services::of(city);
    let both = AssistRequest { identity_no: Some(NUMBER.to_owned()), ..by_phone("15100000001") };
    paper(&city, &both).await;
    for column in [
        "account.phone_sealed",
        "account.phone_hash",
        "identity.identity_sealed",
        "identity.identity_hash",
        "assisted.request_hash",
        "assisted.digits_hash",
        "assisted.claim_key",
    ] {
        let table = column.split('.').next().unwrap();
        let stored = city.read(&format!("select {column} from {table}")).await;
        let hidden = |text: &str| !stored.contains(text);
        assert!(hidden(NUMBER) && hidden("15100000001"), "{column}");
    }
    assert_eq!(format!("{both:?}"), "AssistRequest { district: None, .. }");
}

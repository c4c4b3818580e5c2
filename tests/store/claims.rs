//! Claims: never over-issue, keep every limit, answer a repeat alike.

use crate::services::{FIRST_ROUND, Services, at, key};
use backend::Error;
use backend::seeds::SeedSet;
use domain::shapes::RoundShape;
use domain::{ClaimRefused, Denied, LimitScope, ListQuery, Quota, RoundId, RoundQuery};
use tests::{TestCity, on_both_databases};
use tokio::task::JoinSet;

on_both_databases!(
    a_resident_claims_one_voucher_of_a_round,
    a_repeat_with_the_same_key_gets_the_same_voucher,
    the_same_key_for_another_round_is_refused,
    keys_that_end_alike_are_two,
    no_two_vouchers_of_a_resident_have_one_number,
    two_requests_with_one_key_at_once_issue_one_voucher,
    a_round_opens_and_closes_to_the_millisecond,
    a_round_of_another_method_takes_no_claims,
    a_resident_without_a_district_draws_on_no_quota,
    the_wallet_pages_without_gaps_or_repeats,
    vouchers_expire_and_their_value_returns_to_the_pot,
    sixty_four_claims_at_once_for_the_last_ten in ten_in_stock,
    lent_quotas_are_not_passed_either in ten_in_two_lent_quotas,
);

async fn remaining(city: &Services<'_>, round: RoundId) -> i64 {
    let RoundShape { remaining, .. } = city.backend.round(round).await.unwrap();
    remaining
}

async fn all_rounds(city: &Services<'_>) -> Vec<RoundShape> {
    let all = RoundQuery { limit: Some("100".into()), ..RoundQuery::default() };
    city.backend.rounds(&all).await.unwrap().items
}

async fn a_resident_claims_one_voucher_of_a_round(city: &TestCity) {
    let city = Services::of(city);
    let resident = city.resident(1).await;
    let voucher = city.issued_voucher(&resident).await;
    assert_eq!(voucher.face_value_fen.get(), 2000);
    assert_eq!(voucher.threshold_fen.get(), 6000);
    assert_eq!(remaining(&city, FIRST_ROUND).await, 299);
    let again = city.backend.claim(&resident, FIRST_ROUND, &key()).await;
    let limit = ClaimRefused::LimitReached { limit: 1, scope: LimitScope::Round };
    assert!(matches!(again, Err(Error::Claim(refused)) if refused == limit));
    assert_eq!(remaining(&city, FIRST_ROUND).await, 299);
    city.assert_sound().await;
}

async fn a_repeat_with_the_same_key_gets_the_same_voucher(city: &TestCity) {
    let city = Services::of(city);
    let (resident, key) = (city.resident(1).await, key());
    let first = city.backend.claim(&resident, FIRST_ROUND, &key).await.unwrap();
    // Also after a restart, and after the round has closed.
    city.clock.set(at("2021-08-01T00:00:00+08:00"));
    let again = city.another_node().await.claim(&resident, FIRST_ROUND, &key).await.unwrap();
    assert!(!first.replayed && again.replayed);
    assert_eq!(first.answer, again.answer);
}

async fn the_same_key_for_another_round_is_refused(city: &TestCity) {
    let city = Services::of(city);
    let (resident, key) = (city.resident(2).await, key());
    city.clock.set(at("2021-06-18T12:00:00+08:00"));
    city.backend.claim(&resident, FIRST_ROUND, &key).await.unwrap();
    let other = city.backend.claim(&resident, RoundId(13), &key).await;
    assert!(matches!(other, Err(Error::Denied(Denied::KeyReused))));
}

async fn keys_that_end_alike_are_two(city: &TestCity) {
    let city = Services::of(city);
    let resident = city.resident(2).await;
    city.clock.set(at("2021-06-18T12:00:00+08:00"));
    for (round, key) in [(FIRST_ROUND, "one-0123456789"), (RoundId(13), "two-0123456789")] {
        let claimed = city.backend.claim(&resident, round, &key.parse().unwrap()).await.unwrap();
        assert!(!claimed.replayed, "{round:?}");
    }
}

/// The last guard of every limit: the table itself.
async fn no_two_vouchers_of_a_resident_have_one_number(city: &TestCity) {
    let city = Services::of(city);
    city.issued_voucher(&city.resident(1).await).await;
    // SQLite leaves the row out, PostgreSQL refuses the statement.
    let _ = city
        .try_run(
            "insert into voucher (voucher_id, account_id, campaign_id, nth, round_id, state,
                                  issued_at_ms, expires_at_ms, claim_key)
             select voucher_id + 1, account_id, campaign_id, nth, round_id, state,
                    issued_at_ms, expires_at_ms, 'another key' from voucher",
        )
        .await;
    assert_eq!(city.read("select cast(count(*) as text) from voucher").await, "1");
}

async fn two_requests_with_one_key_at_once_issue_one_voucher(city: &TestCity) {
    let city = Services::of(city);
    let (resident, key) = (city.resident(1).await, key());
    let mut presses = JoinSet::new();
    for _ in 0..16 {
        let (backend, resident, key) = (city.backend.clone(), resident.clone(), key.clone());
        presses.spawn(async move { backend.claim(&resident, FIRST_ROUND, &key).await.unwrap() });
    }
    let answers = presses.join_all().await;
    assert_eq!(answers.iter().filter(|done| !done.replayed).count(), 1);
    assert!(answers.iter().all(|done| done.answer == answers[0].answer));
    assert_eq!(remaining(&city, FIRST_ROUND).await, 299);
    city.assert_sound().await;
}

async fn a_round_opens_and_closes_to_the_millisecond(city: &TestCity) {
    let city = Services::of(city);
    let resident = city.resident(1).await;
    let claim = async || city.backend.claim(&resident, FIRST_ROUND, &key()).await;
    city.clock.set(at("2021-06-18T09:59:59.999+08:00"));
    assert!(matches!(claim().await, Err(Error::Claim(ClaimRefused::NotOpen { .. }))));
    city.clock.advance_ms(1);
    assert!(claim().await.is_ok());
    let closes_at = city.backend.round(FIRST_ROUND).await.unwrap().closes_at;
    city.clock.set(at(&closes_at));
    assert!(matches!(claim().await, Err(Error::Claim(ClaimRefused::Closed { .. }))));
}

async fn a_round_of_another_method_takes_no_claims(city: &TestCity) {
    let city = Services::of(city);
    let draws = RoundQuery { method: Some("draw".into()), ..RoundQuery::default() };
    let draw = city.backend.rounds(&draws).await.unwrap().items.remove(0);
    city.clock.set(at(&draw.opens_at));
    let refused = city.backend.claim(&city.resident(1).await, draw.id, &key()).await;
    assert!(matches!(refused, Err(Error::Claim(ClaimRefused::WrongMethod { .. }))));
}

async fn a_resident_without_a_district_draws_on_no_quota(city: &TestCity) {
    let city = Services::of(city);
    let quotas = |round: &RoundShape| !round.quotas.is_empty() && round.method == domain::Method::Flash;
    let round = all_rounds(&city).await.into_iter().find(quotas).expect("a round by district");
    city.clock.set(at(&round.opens_at));
    let stranger = city.caller("15000000001").await;
    let refused = city.backend.claim(&stranger, round.id, &key()).await;
    let unknown = |error: &Error| {
        matches!(error, Error::Claim(ClaimRefused::NotEligible { district_unknown: true, .. }))
    };
    assert!(refused.as_ref().is_err_and(unknown));
    city.backend.choose_district(&stranger, round.quotas[0].district).await.unwrap();
    let stranger = city.caller("15000000001").await;
    assert!(city.backend.claim(&stranger, round.id, &key()).await.is_ok());
    city.assert_sound().await;
}

async fn the_wallet_pages_without_gaps_or_repeats(city: &TestCity) {
    let city = Services::of(city);
    let resident = city.resident(1).await;
    let mut claimed = 0;
    for round in all_rounds(&city).await {
        city.clock.set(at(&round.opens_at));
        claimed += i64::from(city.backend.claim(&resident, round.id, &key()).await.is_ok());
    }
    assert!(claimed >= 3, "enough for pages: {claimed}");
    let (mut seen, mut cursor) = (Vec::new(), None);
    loop {
        let query = ListQuery { limit: Some("1".into()), cursor };
        let page = city.backend.vouchers(&resident, &query).await.unwrap();
        seen.extend(page.items.iter().map(|voucher| voucher.voucher_id.0));
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    assert!(seen.is_sorted_by(|newer, older| newer > older));
    assert_eq!(i64::try_from(seen.len()).unwrap(), claimed);
}

async fn vouchers_expire_and_their_value_returns_to_the_pot(city: &TestCity) {
    let city = Services::of(city);
    let resident = city.resident(1).await;
    let voucher = city.issued_voucher(&resident).await;
    city.clock.set(at(&voucher.expires_at));
    assert_eq!(city.backend.expire_due().await.unwrap(), 1);
    assert_eq!(city.backend.expire_due().await.unwrap(), 0);
    let shown = city.backend.voucher(&resident, voucher.voucher_id).await.unwrap();
    assert_eq!(shown.voucher.state, domain::VoucherState::Expired);
    city.assert_sound().await;
}

fn ten_in_stock(seeds: &mut SeedSet) {
    seeds.rounds[0].quantity = 10;
}

fn ten_in_two_lent_quotas(seeds: &mut SeedSet) {
    ten_in_stock(seeds);
    let (round, districts) = (&mut seeds.rounds[0], &seeds.season.districts);
    let lend_at = Some(round.opens_at);
    let quota = |n: usize, quantity| Quota { district: districts[n].code, quantity, lend_at };
    round.quotas = vec![quota(0, 6), quota(1, 4)];
}

async fn sixty_four_claims_at_once_for_the_last_ten(city: &TestCity) {
    press_at_once(&Services::of(city)).await;
}

async fn lent_quotas_are_not_passed_either(city: &TestCity) {
    press_at_once(&Services::of(city)).await;
}

async fn press_at_once(city: &Services<'_>) {
    let mut presses = JoinSet::new();
    for number in 1..=64 {
        let (backend, resident) = (city.backend.clone(), city.resident(number).await);
        presses.spawn(async move { backend.claim(&resident, FIRST_ROUND, &key()).await });
    }
    let answers = presses.join_all().await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 10);
    let sold_out = |answer: &&Result<_, Error>| matches!(answer, Err(Error::Claim(ClaimRefused::SoldOut)));
    assert_eq!(answers.iter().filter(sold_out).count(), 54);
    assert_eq!(remaining(city, FIRST_ROUND).await, 0);
    city.assert_sound().await;
}

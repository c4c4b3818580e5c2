//! Joining by commitment: live at once, capped until reviewed, gone at once.

use crate::services::{Services, at_till, key, until};
use backend::seeds::SeedSet;
use backend::{Backend, Caller, DecideRequest, Error, ReverseRequest, SignRequest};
use domain::shapes::{JoinedShape, VoucherShape};
use domain::{
    Denied, Fen, JoinDraft, JoinRefused, JoinStep, MerchantDecision, MerchantId, MerchantReviewQuery,
    MerchantReviewRefused, MerchantState, OfferQuery, OutletDraft, RedeemRefused, Role,
};
use tests::{TestCity, on_both_databases, people};
use tokio::task::JoinSet;

on_both_databases!(
    a_draft_is_kept_right_or_wrong,
    whoever_signs_is_live_at_once_and_once,
    of_many_with_one_code_one_joins,
    a_day_stays_within_its_count_with_tills_at_once in three_a_day,
    a_day_stays_within_its_sum_with_tills_at_once in five_thousand_fen_a_day,
    an_undone_redemption_gives_its_place_back in three_a_day,
    an_approved_merchant_has_no_cap in three_a_day,
    a_lapsed_merchant_is_gone_on_every_node,
    reviewers_see_their_district_and_decide_once,
    without_a_commitment_nobody_joins in with_nothing_to_sign,
);

fn three_a_day(season: &mut SeedSet) {
    season.season.provisional.redemptions = 3;
}

fn five_thousand_fen_a_day(season: &mut SeedSet) {
    season.season.provisional.subsidy_fen = Fen::try_from(5_000).unwrap();
}

fn with_nothing_to_sign(season: &mut SeedSet) {
    season.season.commitment.version.clear();
}

/// A code with the check sign that fits.
fn code(number: usize) -> String {
    let body = format!("91210302TEM{number:06}");
    let fits = |sign: &char| format!("{body}{sign}").parse::<domain::CreditCode>().is_ok();
    let sign = "0123456789ABCDEFGHJKLMNPQRTUWXY".chars().find(fits).unwrap();
    format!("{body}{sign}")
}

fn draft(number: usize, district: &str) -> JoinDraft {
    let outlet = OutletDraft {
        name: "总店".to_owned(),
        district: district.to_owned(),
        address: "站前街1号".to_owned(),
        hours: "daily 00:00-24:00".to_owned(),
        ..OutletDraft::default()
    };
    JoinDraft {
        credit_code: code(number),
        name: format!("新店{number}"),
        kind: "catering".to_owned(),
        outlets: vec![outlet],
        contact_name: "王店主".to_owned(),
        contact_phone: "13800009999".to_owned(),
        ..JoinDraft::default()
    }
}

pub(crate) async fn sign(backend: &Backend, joiner: &Caller) -> Result<JoinedShape, Error> {
    let version = backend.join_draft(joiner).await?.commitment.version;
    let request = SignRequest { version, signer: "王店主".to_owned() };
    Ok(backend.sign_join(joiner, &request, &key()).await?.answer)
}

/// A merchant of the n-th resident; its owner as they are from now on.
pub(crate) async fn join(city: &Services<'_>, n: u32, district: &str) -> (JoinedShape, Caller) {
    let joiner = city.resident(n).await;
    let number = usize::try_from(n).unwrap();
    city.backend.save_join_draft(&joiner, draft(number, district)).await.unwrap();
    let joined = sign(&city.backend, &joiner).await.unwrap();
    (joined, city.resident(n).await)
}

pub(crate) async fn decide(
    city: &Services<'_>,
    merchant: MerchantId,
    decision: MerchantDecision,
) -> Result<MerchantState, Error> {
    let request = DecideRequest { decision, seen: None, reason: "现场查验".to_owned() };
    let officer = city.officer().await;
    Ok(city.backend.decide_on_merchant(&officer, merchant, &request, &key()).await?.answer.state)
}

/// What a till of the merchant came to for a resident's voucher.
pub(crate) async fn redeem(
    backend: &Backend,
    owner: &Caller,
    joined: &JoinedShape,
    (resident, voucher): (&Caller, &VoucherShape),
) -> Result<domain::RedemptionId, Error> {
    let shown = backend.voucher_token(resident, voucher.voucher_id).await?;
    let outlet_id = joined.outlet_ids[0];
    let request = backend::RedeemRequest { outlet_id, ..at_till(Some(shown.token), None, 8_800) };
    Ok(backend.redeem(owner, &request, &key()).await?.answer.redemption_id)
}

/// So many residents with a voucher of the first round each.
pub(crate) async fn holders(city: &Services<'_>, from: u32, count: u32) -> Vec<(Caller, VoucherShape)> {
    let mut holders = Vec::new();
    for n in from..from + count {
        let resident = city.resident(n).await;
        let voucher = city.issued_voucher(&resident).await;
        holders.push((resident, voucher));
    }
    holders
}

fn is_capped<T>(answer: &Result<T, Error>) -> bool {
    matches!(answer, Err(Error::Redeem(RedeemRefused::DailyCapReached { .. })))
}

/// Redeems all at once, every second one through another node; how many went
/// through.
async fn redeem_at_once(
    city: &Services<'_>,
    owner: &Caller,
    joined: &JoinedShape,
    holders: Vec<(Caller, VoucherShape)>,
) -> usize {
    let other = city.node_of_the_same_clock().await;
    let mut tills = JoinSet::new();
    for (place, (resident, voucher)) in holders.into_iter().enumerate() {
        let backend = if place % 2 == 0 { city.backend.clone() } else { other.clone() };
        let (owner, joined) = (owner.clone(), joined.clone());
        tills.spawn(async move { redeem(&backend, &owner, &joined, (&resident, &voucher)).await });
    }
    let answers = tills.join_all().await;
    assert!(answers.iter().all(|answer| answer.is_ok() || is_capped(answer)), "{answers:?}");
    answers.iter().filter(|answer| answer.is_ok()).count()
}

async fn a_draft_is_kept_right_or_wrong(city: &TestCity) {
    let city = Services::of(city);
    let joiner = city.resident(1).await;
    let empty = city.backend.join_draft(&joiner).await.unwrap();
    assert_eq!((empty.step, empty.saved_at), (JoinStep::Merchant, None));
    let mut wrong = draft(1, "210302");
    wrong.outlets[0].hours = "看心情".to_owned();
    let saved = city.backend.save_join_draft(&joiner, wrong.clone()).await.unwrap();
    let named: Vec<&str> = saved.faults.iter().map(|fault| fault.field.as_str()).collect();
    assert_eq!((named, saved.step), (vec!["outlets[0].hours"], JoinStep::Outlets));
    // On another node, after a restart, it is there as it was typed, and nobody else's.
    let node = city.another_node().await;
    assert_eq!(node.join_draft(&joiner).await.unwrap().draft, wrong);
    assert_eq!(node.join_draft(&city.resident(2).await).await.unwrap().draft, JoinDraft::default());
    // A person's number is stored sealed.
    let stored = city.read("select sealed from join_draft").await;
    assert!(!stored.contains("13800009999") && !stored.contains("credit_code"));
    let refused = sign(&city.backend, &joiner).await;
    assert!(
        matches!(refused, Err(Error::Join(JoinRefused::BadField { fault })) if fault.field == "outlets[0].hours")
    );
    // A code that is there already is named at once, and by its holder's name.
    let mut taken = draft(1, "210302");
    taken.credit_code = "91210302dem000014h".to_owned();
    let saved = city.backend.save_join_draft(&joiner, taken).await.unwrap();
    assert_eq!(saved.faults[0].field, "credit_code");
    assert!(saved.faults[0].rule.contains("钢城老味道饭庄"), "{}", saved.faults[0].rule);
    let refused = sign(&city.backend, &joiner).await;
    assert!(matches!(refused, Err(Error::Join(JoinRefused::CodeTaken { name })) if name == "钢城老味道饭庄"));
}

async fn whoever_signs_is_live_at_once_and_once(city: &TestCity) {
    let city = Services::of(city);
    let joiner = city.resident(1).await;
    city.backend.save_join_draft(&joiner, draft(1, "210323")).await.unwrap();
    let version = city.backend.join_draft(&joiner).await.unwrap().commitment.version;
    let stale = SignRequest { version: "0".to_owned(), signer: "王".to_owned() };
    let refused = city.backend.sign_join(&joiner, &stale, &key()).await;
    assert!(matches!(refused, Err(Error::Join(JoinRefused::CommitmentChanged { .. }))));
    let (request, key) = (SignRequest { version: version.clone(), signer: "王店主".to_owned() }, key());
    let first = city.backend.sign_join(&joiner, &request, &key).await.unwrap();
    let again = city.backend.sign_join(&joiner, &request, &key).await.unwrap();
    assert_eq!((&first.answer, again.replayed), (&again.answer, true));
    assert_eq!((first.answer.state, &first.answer.version), (MerchantState::Provisional, &version));

    let owner = city.resident(1).await;
    assert!(owner.roles.contains(&Role::Owner) && owner.merchant_id == Some(first.answer.merchant_id));
    let second = sign(&city.backend, &owner).await;
    assert!(matches!(second, Err(Error::Join(JoinRefused::AlreadyJoined { .. }))));
    let query = OfferQuery { q: Some("新店1".to_owned()), ..OfferQuery::default() };
    let found = city.backend.merchants(&query).unwrap();
    assert_eq!(
        (found.items[0].id, found.items[0].outlets[0].hours.as_str()),
        (first.answer.merchant_id, "daily 00:00-24:00")
    );
    // What was signed stands there as it was read.
    let clauses = city.read("select clauses from commitment").await;
    assert!(clauses.contains("疫情防控"));
    assert_eq!(city.read("select cast(count(*) as text) from join_draft").await, "0");
    let holder = holders(&city, 5, 1).await.remove(0);
    redeem(&city.backend, &owner, &first.answer, (&holder.0, &holder.1)).await.unwrap();
    city.assert_sound().await;
}

async fn of_many_with_one_code_one_joins(city: &TestCity) {
    let city = Services::of(city);
    let mut joiners = JoinSet::new();
    for n in 1..=6 {
        let (backend, joiner) = (city.backend.clone(), city.resident(n).await);
        // Two of each.
        backend.save_join_draft(&joiner, draft(usize::try_from(n % 3).unwrap(), "210302")).await.unwrap();
        joiners.spawn(async move { sign(&backend, &joiner).await });
    }
    let answers = joiners.join_all().await;
    let joined: Vec<&JoinedShape> = answers.iter().flatten().collect();
    let taken =
        |answer: &&Result<_, Error>| matches!(answer, Err(Error::Join(JoinRefused::CodeTaken { .. })));
    assert_eq!((joined.len(), answers.iter().filter(taken).count()), (3, 3), "{answers:?}");
    let mut ids: Vec<i64> = joined.iter().map(|joined| joined.merchant_id.0).collect();
    ids.dedup();
    assert_eq!(ids.len(), 3);
}

async fn a_day_stays_within_its_count_with_tills_at_once(city: &TestCity) {
    let city = Services::of(city);
    let (joined, owner) = join(&city, 1, "210302").await;
    let held = holders(&city, 10, 12).await;
    assert_eq!(redeem_at_once(&city, &owner, &joined, held).await, 3);
    assert_eq!(city.read("select cast(redeemed as text) from merchant_use").await, "3");
    // Its neighbour goes on, and the next business day begins anew.
    let other = holders(&city, 30, 1).await.remove(0);
    city.redeem(&other.0, &other.1, 8_800).await.unwrap();
    let last = holders(&city, 31, 1).await.remove(0);
    let preview = async |city: &Services<'_>| {
        let shown = city.backend.voucher_token(&last.0, last.1.voucher_id).await.unwrap();
        let outlet_id = joined.outlet_ids[0];
        let request = backend::RedeemRequest { outlet_id, ..at_till(Some(shown.token), None, 8_800) };
        city.backend.preview(&owner, &request).await
    };
    assert!(is_capped(&preview(&city).await));
    city.clock.set(crate::services::at("2021-06-19T06:00:00+08:00"));
    assert!(preview(&city).await.is_ok());
    redeem(&city.backend, &owner, &joined, (&last.0, &last.1)).await.unwrap();
    city.assert_sound().await;
}

async fn a_day_stays_within_its_sum_with_tills_at_once(city: &TestCity) {
    let city = Services::of(city);
    let (joined, owner) = join(&city, 1, "210302").await;
    let held = holders(&city, 10, 9).await;
    // ¥20 each, ¥50 a day.
    assert_eq!(redeem_at_once(&city, &owner, &joined, held).await, 2);
    assert_eq!(city.read("select cast(subsidy_fen as text) from merchant_use").await, "4000");
    city.assert_sound().await;
}

async fn an_undone_redemption_gives_its_place_back(city: &TestCity) {
    let city = Services::of(city);
    let (joined, owner) = join(&city, 1, "210302").await;
    let mut held = holders(&city, 10, 4).await;
    let last = held.pop().unwrap();
    let mut redeemed = Vec::new();
    for (resident, voucher) in &held {
        redeemed.push(redeem(&city.backend, &owner, &joined, (resident, voucher)).await.unwrap());
    }
    assert!(is_capped(&redeem(&city.backend, &owner, &joined, (&last.0, &last.1)).await));
    let whole = ReverseRequest { refund_fen: 8_800, reason: "退单".to_owned() };
    city.backend.reverse(&owner, redeemed[0], &whole, &key()).await.unwrap();
    redeem(&city.backend, &owner, &joined, (&last.0, &last.1)).await.unwrap();
    assert_eq!(city.read("select cast(redeemed as text) from merchant_use").await, "3");
}

async fn an_approved_merchant_has_no_cap(city: &TestCity) {
    let city = Services::of(city);
    let (joined, owner) = join(&city, 1, "210302").await;
    let held = holders(&city, 10, 6).await;
    for (place, (resident, voucher)) in held.iter().enumerate() {
        if place == 3 {
            assert!(is_capped(&redeem(&city.backend, &owner, &joined, (resident, voucher)).await));
            let state = decide(&city, joined.merchant_id, MerchantDecision::Approve).await.unwrap();
            assert_eq!(state, MerchantState::Live);
        }
        redeem(&city.backend, &owner, &joined, (resident, voucher)).await.unwrap();
    }
    assert_eq!(city.backend.standing(&owner).await.unwrap().day, None);
    city.assert_sound().await;
}

async fn a_lapsed_merchant_is_gone_on_every_node(city: &TestCity) {
    let city = Services::of(city);
    let (first, other) = (MerchantId(1), city.node_of_the_same_clock().await);
    assert!(!other.promotions_of(first).is_empty());
    let (resident, clerk) = (city.resident(1).await, city.clerk().await);
    let voucher = city.issued_voucher(&resident).await;
    let (request, redeem_key) = (city.presented(&resident, &voucher, 8_800).await, key());
    city.backend.redeem(&clerk, &request, &redeem_key).await.unwrap();

    assert_eq!(decide(&city, first, MerchantDecision::Lapse).await.unwrap(), MerchantState::Lapsed);
    assert!(city.backend.promotions_of(first).is_empty() && city.backend.merchant(first).is_err());
    until("the other node has heard of it", async || other.promotions_of(first).is_empty()).await;
    // Its tills say why, on every node; what was acknowledged is still answered.
    let (second, again) = (city.resident(2).await, key());
    let voucher = city.issued_voucher(&second).await;
    for node in [&city.backend, &other] {
        let request = city.presented(&second, &voucher, 8_800).await;
        let refused = node.redeem(&clerk, &request, &again).await;
        let why = |error: &Error| matches!(error, Error::Redeem(RedeemRefused::MerchantLapsed { reason }) if reason == "现场查验");
        assert!(refused.as_ref().err().is_some_and(why), "{refused:?}");
        assert!(node.preview(&clerk, &request).await.is_err());
    }
    assert!(city.backend.redeem(&clerk, &request, &redeem_key).await.unwrap().replayed);
    assert_eq!(city.backend.own_merchant(&clerk).unwrap().state, MerchantState::Lapsed);
    decide(&city, first, MerchantDecision::Approve).await.unwrap();
    assert!(!city.backend.promotions_of(first).is_empty());
    city.redeem(&second, &voucher, 8_800).await.unwrap();
    city.assert_sound().await;
}

async fn reviewers_see_their_district_and_decide_once(city: &TestCity) {
    let city = Services::of(city);
    let (own, _) = join(&city, 1, "210302").await;
    city.clock.advance_ms(90_000);
    let (foreign, _) = join(&city, 2, "210323").await;
    let (officer, bureau) = (city.caller(people::OFFICER).await, city.officer().await);
    let query = MerchantReviewQuery::default();
    let all = city.backend.merchants_to_review(&bureau, &query).await.unwrap();
    let listed: Vec<_> =
        all.items.iter().map(|merchant| (merchant.merchant_id, merchant.waiting_s)).collect();
    assert_eq!(listed, [(own.merchant_id, 90), (foreign.merchant_id, 0)]);
    let mine = city.backend.merchants_to_review(&officer, &query).await.unwrap();
    assert_eq!(mine.items.iter().map(|merchant| merchant.merchant_id).collect::<Vec<_>>(), [own.merchant_id]);
    let page = MerchantReviewQuery { limit: Some("1".to_owned()), ..query.clone() };
    let first = city.backend.merchants_to_review(&bureau, &page).await.unwrap();
    let next = MerchantReviewQuery { cursor: first.next_cursor, ..page };
    let rest = city.backend.merchants_to_review(&bureau, &next).await.unwrap();
    assert_eq!((rest.items[0].merchant_id, rest.next_cursor), (foreign.merchant_id, None));

    let hidden = city.backend.merchant_review(&officer, foreign.merchant_id).await;
    assert!(matches!(hidden, Err(Error::Denied(Denied::NotFound))));
    let seen = city.backend.merchant_review(&officer, own.merchant_id).await.unwrap();
    assert_eq!((seen.contact_phone.as_deref(), seen.decisions.len()), (Some("13800009999"), 2));
    let silent = DecideRequest { decision: MerchantDecision::Reject, seen: None, reason: " ".to_owned() };
    let refused = city.backend.decide_on_merchant(&officer, own.merchant_id, &silent, &key()).await;
    assert!(matches!(refused, Err(Error::Denied(Denied::BadField { .. }))));

    let mut reviewers = JoinSet::new();
    for decision in [MerchantDecision::Approve, MerchantDecision::Reject] {
        let (backend, officer, merchant) = (city.backend.clone(), officer.clone(), own.merchant_id);
        let seen = Some(MerchantState::Provisional);
        let request = DecideRequest { decision, seen, reason: "查验".to_owned() };
        reviewers
            .spawn(async move { backend.decide_on_merchant(&officer, merchant, &request, &key()).await });
    }
    let answers = reviewers.join_all().await;
    let late = |answer: &Result<_, Error>| {
        matches!(answer, Err(Error::MerchantReview(MerchantReviewRefused { .. })))
    };
    assert_eq!(
        (
            answers.iter().filter(|answer| answer.is_ok()).count(),
            answers.iter().filter(|answer| late(answer)).count()
        ),
        (1, 1),
        "{answers:?}"
    );
    assert_eq!(city.read("select cast(count(*) as text) from merchant_review").await, "1");
}

async fn without_a_commitment_nobody_joins(city: &TestCity) {
    let city = Services::of(city);
    let joiner = city.resident(1).await;
    city.backend.save_join_draft(&joiner, draft(1, "210302")).await.unwrap();
    assert!(matches!(sign(&city.backend, &joiner).await, Err(Error::Join(JoinRefused::NotOffered))));
}

//! A frozen case holds what its holder has not used: nothing of it is redeemed
//! until the case is decided otherwise.

use crate::offline::{arrive, request, shown, till};
use crate::orders::{merchants_join, merchants_round};
use crate::services::{FIRST_OUTLET, FIRST_ROUND, Services, at, key};
use backend::seeds::SeedSet;
use backend::{Caller, Error, OrderRequest, OrderVoucher, ReverseRequest, RiskDecision};
use domain::shapes::{RedemptionShape, RiskCase, RiskVouchers, VoucherShape};
use domain::{
    AuditAction, AuditQuery, IdempotencyKey, ListQuery, RedeemRefused, RiskRefused, RiskState, VoucherState,
};
use tests::{TestCity, on_both_databases, people};
use tokio::task::JoinSet;

on_both_databases!(
    frozen_vouchers_are_refused_until_the_case_is_cleared in generous,
    a_case_is_frozen_again_only_for_what_came_since in generous,
    a_voucher_thaws_with_the_last_case_that_holds_it in generous,
    what_runs_out_while_it_is_frozen_expires_with_the_decision in generous,
    a_redemption_and_a_freeze_at_once_end_in_one_of_both in generous,
    a_refund_gives_a_frozen_voucher_back in generous,
    a_case_about_no_holder_freezes_nothing,
    a_freeze_behind_the_cases_back_is_found,
);

/// A resident may hold and use four vouchers of the first round, and joins a
/// merchants' one to them.
fn generous(season: &mut SeedSet) {
    merchants_join(season);
    let limits = &mut season.campaigns[0].limits;
    (limits.per_campaign, limits.per_day, limits.per_outlet_day) = (4, 4, 4);
    season.rounds[0].per_resident = 4;
}

/// A resident's sale at the first outlet.
async fn sold(city: &Services<'_>, resident: &Caller) -> RedemptionShape {
    let voucher = city.issued_voucher(resident).await;
    city.redeem(resident, &voucher, 8800).await.unwrap()
}

/// Opens a case about a redemption.
async fn suspect(city: &Services<'_>, case: i64, signal: &str, sale: &RedemptionShape) {
    let (id, voucher) = (sale.redemption_id, sale.voucher_id);
    let evidence =
        format!(r#"{{"rule":"redemption","redemption_id":{id},"at_ms":0,"order_fen":8800,"seen":1,"of":1}}"#);
    city.run(&format!(
        "insert into risk_case (case_id, signal, merchant_id, outlet_id, district, voucher_id, redemption_id, \
         evidence, state, opened_at_ms) \
         values ({case}, '{signal}', 1, 1, '210302', {voucher}, {id}, '{evidence}', 'open', 0)"
    ))
    .await;
}

async fn decide_by(
    city: &Services<'_>,
    case: i64,
    state: RiskState,
    key: &IdempotencyKey,
) -> Result<(RiskCase, bool), Error> {
    let decision = RiskDecision { state, reason: "核对小票".to_owned() };
    let done = city.backend.decide_risk(&city.officer().await, case, &decision, key).await?;
    Ok((done.answer, done.replayed))
}

async fn decide(city: &Services<'_>, case: i64, state: RiskState) -> Result<RiskCase, Error> {
    Ok(decide_by(city, case, state, &key()).await?.0)
}

async fn state(city: &Services<'_>, resident: &Caller, voucher: &VoucherShape) -> VoucherState {
    city.backend.voucher(resident, voucher.voucher_id).await.unwrap().voucher.state
}

fn holds(frozen: i64, unused: i64) -> Option<RiskVouchers> {
    Some(RiskVouchers { frozen, unused })
}

fn is_frozen(error: &Error) -> bool {
    match error {
        Error::OnOrder { error, .. } => is_frozen(error),
        error => matches!(error, Error::Redeem(RedeemRefused::Frozen)),
    }
}

fn is_decided<T>(answer: &Result<T, Error>) -> bool {
    matches!(answer, Err(Error::Risk(RiskRefused::AlreadyDecided)))
}

/// Everything that a till may do with a voucher is refused.
async fn assert_refused(
    city: &Services<'_>,
    resident: &Caller,
    (one, other): (&VoucherShape, &VoucherShape),
) {
    let clerk = city.clerk().await;
    let request = city.presented(resident, one, 8800).await;
    assert!(is_frozen(&city.backend.preview(&clerk, &request).await.unwrap_err()));
    assert!(is_frozen(&city.backend.redeem(&clerk, &request, &key()).await.unwrap_err()));
    let token = |token| OrderVoucher { token, code: None, last4: None };
    let second = city.presented(resident, other, 8800).await.token;
    let order = OrderRequest {
        vouchers: vec![token(request.token), token(second)],
        outlet_id: FIRST_OUTLET,
        order_fen: 40_000,
        invoice_no: None,
        merchant_discount_fen: None,
    };
    assert!(is_frozen(&city.backend.preview_order(&clerk, &order).await.unwrap_err()));
    assert!(is_frozen(&city.backend.redeem_order(&clerk, &order, &key()).await.unwrap_err()));
}

async fn frozen_vouchers_are_refused_until_the_case_is_cleared(city: &TestCity) {
    let city = Services::of(city);
    let till = till(&city, people::OWNER, 9).await;
    let (resident, other) = (city.resident(1).await, city.resident(2).await);
    let sale = sold(&city, &resident).await;
    let (one, two) = (city.issued_voucher(&resident).await, city.issued_voucher(&resident).await);
    let round = merchants_round(&city.backend).await;
    let joined = city.backend.claim(&resident, round, &key()).await.unwrap().answer;
    let token = shown(&city, &resident, &two, city.backend.now()).await;
    suspect(&city, 1, "own_voucher", &sale).await;

    let list = ListQuery::default();
    let open = city.backend.risk_cases(&city.officer().await, &list).await.unwrap().items.remove(0);
    assert_eq!(open.decisions, [RiskState::Withheld, RiskState::Frozen, RiskState::Cleared]);
    assert_eq!(open.vouchers, holds(0, 3));
    assert_eq!(decide(&city, 1, RiskState::Frozen).await.unwrap().vouchers, holds(3, 0));
    for voucher in [&one, &two, &joined] {
        assert_eq!(state(&city, &resident, voucher).await, VoucherState::Frozen);
    }
    assert_refused(&city, &resident, (&one, &joined)).await;
    let late = arrive(&city.backend, &till, &request(&till, &token, 8800, city.backend.now())).await;
    assert_eq!((late.state.as_str(), late.code.as_deref(), late.case_id), ("refused", Some("frozen"), None));
    sold(&city, &other).await;
    city.assert_sound().await;

    let own = city.backend.own_risk_cases(&city.owner().await, &list).await.unwrap().items.remove(0);
    assert_eq!((own.state, own.vouchers), (RiskState::Frozen, None), "the merchant is not told how many");
    assert_eq!(decide(&city, 1, RiskState::Cleared).await.unwrap().vouchers, None);
    city.redeem(&resident, &one, 8800).await.unwrap();
    assert_eq!(state(&city, &resident, &joined).await, VoucherState::Issued);
    let query = AuditQuery { action: Some(AuditAction::HandleRisk.code().into()), ..Default::default() };
    let log = city.backend.audit_log(&city.officer().await, &query).await.unwrap().items;
    let numbers = format!("[{},{},{}]", one.voucher_id, two.voucher_id, joined.voucher_id);
    let told = |was: &str, verb: &str| {
        let log = log.iter().find(|row| row.old.contains(&format!("\"state\":\"{was}\""))).unwrap();
        assert!(log.new.contains(&format!("\"{verb}\":{numbers}")), "{log:?}");
    };
    told("open", "frozen");
    told("frozen", "thawed");
    city.assert_sound().await;
}

async fn a_case_is_frozen_again_only_for_what_came_since(city: &TestCity) {
    let city = Services::of(city);
    let resident = city.resident(1).await;
    let sale = sold(&city, &resident).await;
    let one = city.issued_voucher(&resident).await;
    suspect(&city, 1, "same_pair", &sale).await;
    let (first, again) = (key(), key());
    let frozen = decide_by(&city, 1, RiskState::Frozen, &first).await.unwrap();
    let replayed = decide_by(&city, 1, RiskState::Frozen, &first).await.unwrap();
    assert_eq!((frozen.1, replayed.1, &frozen.0), (false, true, &replayed.0));
    assert!(is_decided(&decide_by(&city, 1, RiskState::Frozen, &again).await), "there is nothing more");
    let two = city.issued_voucher(&resident).await;
    assert_eq!(state(&city, &resident, &two).await, VoucherState::Issued);
    let list = ListQuery::default();
    let seen = city.backend.risk_cases(&city.officer().await, &list).await.unwrap().items.remove(0);
    assert_eq!(seen.vouchers, holds(1, 1));
    let more = decide_by(&city, 1, RiskState::Frozen, &again).await.unwrap();
    assert_eq!((more.0.vouchers, more.1), (holds(2, 0), false), "what was refused took no key");
    city.assert_sound().await;
    // Thawed and frozen anew.
    assert_eq!(decide(&city, 1, RiskState::Withheld).await.unwrap().vouchers, holds(0, 2));
    assert_eq!(state(&city, &resident, &one).await, VoucherState::Issued);
    city.assert_sound().await;
    assert_eq!(decide(&city, 1, RiskState::Frozen).await.unwrap().vouchers, holds(2, 0));
    decide(&city, 1, RiskState::Cleared).await.unwrap();
    assert!(is_decided(&decide(&city, 1, RiskState::Frozen).await));
    city.redeem(&resident, &two, 8800).await.unwrap();
    city.assert_sound().await;
}

async fn a_voucher_thaws_with_the_last_case_that_holds_it(city: &TestCity) {
    let city = Services::of(city);
    let resident = city.resident(1).await;
    let sales = [sold(&city, &resident).await, sold(&city, &resident).await];
    let voucher = city.issued_voucher(&resident).await;
    suspect(&city, 1, "own_voucher", &sales[0]).await;
    suspect(&city, 2, "outside_hours", &sales[1]).await;
    decide(&city, 1, RiskState::Frozen).await.unwrap();
    assert_eq!(decide(&city, 2, RiskState::Frozen).await.unwrap().vouchers, holds(1, 0));
    city.assert_sound().await;
    decide(&city, 1, RiskState::Cleared).await.unwrap();
    assert_eq!(state(&city, &resident, &voucher).await, VoucherState::Frozen);
    city.assert_sound().await;
    decide(&city, 2, RiskState::Withheld).await.unwrap();
    assert_eq!(state(&city, &resident, &voucher).await, VoucherState::Issued);
    city.redeem(&resident, &voucher, 8800).await.unwrap();
    city.assert_sound().await;
}

async fn what_runs_out_while_it_is_frozen_expires_with_the_decision(city: &TestCity) {
    let city = Services::of(city);
    let (resident, other) = (city.resident(1).await, city.resident(2).await);
    let sale = sold(&city, &resident).await;
    let (held, free) = (city.issued_voucher(&resident).await, city.issued_voucher(&other).await);
    suspect(&city, 1, "own_voucher", &sale).await;
    decide(&city, 1, RiskState::Frozen).await.unwrap();
    city.clock.set(at(&held.expires_at));
    assert_eq!(city.backend.expire_due().await.unwrap(), 1, "the other resident's alone");
    assert_eq!(state(&city, &other, &free).await, VoucherState::Expired);
    assert_eq!(state(&city, &resident, &held).await, VoucherState::Frozen);
    city.clock.advance_ms(24 * 3_600_000);
    assert_eq!(city.backend.expire_due().await.unwrap(), 0);
    city.assert_sound().await;
    let request = city.presented(&resident, &held, 8800).await;
    assert!(is_frozen(&city.backend.redeem(&city.clerk().await, &request, &key()).await.unwrap_err()));
    decide(&city, 1, RiskState::Cleared).await.unwrap();
    assert_eq!(city.read(&stored(&held)).await, "expired");
    assert_eq!(state(&city, &resident, &held).await, VoucherState::Expired);
    assert_eq!(city.backend.expire_due().await.unwrap(), 0, "once");
    city.assert_sound().await;
}

fn stored(voucher: &VoucherShape) -> String {
    format!("select state from voucher where voucher_id = {}", voucher.voucher_id)
}

async fn a_redemption_and_a_freeze_at_once_end_in_one_of_both(city: &TestCity) {
    const RESIDENTS: u32 = 32;
    let city = Services::of(city);
    let (clerk, officer) = (city.clerk().await, city.officer().await);
    let mut asked = Vec::new();
    for n in 1..=RESIDENTS {
        let resident = city.resident(n).await;
        let sale = sold(&city, &resident).await;
        let voucher = city.backend.claim(&resident, FIRST_ROUND, &key()).await.unwrap().answer;
        suspect(&city, i64::from(n), "own_voucher", &sale).await;
        asked.push((city.presented(&resident, &voucher, 8800).await, resident, voucher));
    }
    let (mut redeemed, mut frozen) = (JoinSet::new(), JoinSet::new());
    for (n, (request, ..)) in asked.iter().enumerate() {
        let (backend, clerk, request) = (city.backend.clone(), clerk.clone(), request.clone());
        redeemed.spawn(async move { (n, backend.redeem(&clerk, &request, &key()).await.map(drop)) });
        let (backend, officer) = (city.backend.clone(), officer.clone());
        frozen.spawn(async move {
            let decision = RiskDecision { state: RiskState::Frozen, reason: "自用".to_owned() };
            backend.decide_risk(&officer, i64::try_from(n).unwrap() + 1, &decision, &key()).await.unwrap();
        });
    }
    frozen.join_all().await;
    for (n, answer) in redeemed.join_all().await {
        let (_, resident, voucher) = &asked[n];
        let state = state(&city, resident, voucher).await;
        match answer {
            Ok(()) => assert_eq!(state, VoucherState::Redeemed),
            Err(error) => assert!(is_frozen(&error) && state == VoucherState::Frozen, "{error:?}, {state}"),
        }
    }
    city.assert_sound().await;
}

async fn a_refund_gives_a_frozen_voucher_back(city: &TestCity) {
    let city = Services::of(city);
    let resident = city.resident(1).await;
    let sale = sold(&city, &resident).await;
    suspect(&city, 1, "own_voucher", &sale).await;
    assert_eq!(decide(&city, 1, RiskState::Frozen).await.unwrap().vouchers, holds(0, 0));
    let refund = ReverseRequest { refund_fen: 8800, reason: "退货".to_owned() };
    let refunded = city.backend.reverse(&city.owner().await, sale.redemption_id, &refund, &key()).await;
    assert_eq!(refunded.unwrap().answer.voucher_state, VoucherState::Frozen);
    city.assert_sound().await;
    decide(&city, 1, RiskState::Cleared).await.unwrap();
    let back = city.backend.voucher(&resident, sale.voucher_id).await.unwrap();
    assert_eq!(back.voucher.state, VoucherState::Issued);
    city.assert_sound().await;
}

async fn a_case_about_no_holder_freezes_nothing(city: &TestCity) {
    let city = Services::of(city);
    let resident = city.resident(1).await;
    let sale = sold(&city, &resident).await;
    suspect(&city, 1, "threshold_cluster", &sale).await;
    let list = ListQuery::default();
    let seen = city.backend.risk_cases(&city.officer().await, &list).await.unwrap().items.remove(0);
    assert_eq!((seen.decisions, seen.vouchers), (vec![RiskState::Withheld, RiskState::Cleared], None));
    let refused = decide(&city, 1, RiskState::Frozen).await;
    assert!(matches!(refused, Err(Error::Risk(RiskRefused::NotFreezable))));
    assert_eq!(city.read("select state from risk_case").await, "open");
    decide(&city, 1, RiskState::Withheld).await.unwrap();
}

async fn a_freeze_behind_the_cases_back_is_found(city: &TestCity) {
    let city = Services::of(city);
    let resident = city.resident(1).await;
    city.issued_voucher(&resident).await;
    city.run("update voucher set state = 'frozen'").await;
    let faults = city.backend.verify().await.unwrap().faults;
    assert_eq!(faults, ["vouchers whose state and the cases that hold them disagree: 1 instead of 0"]);
}

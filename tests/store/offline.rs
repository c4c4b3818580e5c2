//! Tills without a network: what arrives is booked once, at the till's moment,
//! or noted with its reason.

use crate::services::{Services, at, key};
use backend::{Backend, Caller, Error, NewTill, OfflineRequest, RiskDecision};
use domain::shapes::{OfflineRedemption, RiskCase, RiskVouchers, VoucherShape};
use domain::{
    ListQuery, OfflineLimits, OfflineRefused, OutletId, RiskRefused, RiskState, StatementQuery, Timestamp,
    step_at,
};
use tests::{TestCity, on_both_databases, people};

on_both_databases!(
    an_outlet_that_is_not_allowed_has_no_permit,
    what_was_redeemed_without_a_network_is_booked_at_its_moment,
    a_second_use_opens_one_case_for_both_merchants,
    two_tills_that_arrive_at_once_book_one,
    what_may_not_be_booked_is_noted,
    a_till_stays_within_its_limits,
);

/// An enrolled till and where it stands.
pub(crate) struct Till {
    pub(crate) clerk: Caller,
    pub(crate) permit: String,
}

async fn allow(city: &Services<'_>, outlet: OutletId, redemptions: i64) {
    let limits = OfflineLimits::new(redemptions, 100_000);
    city.backend.allow_offline(&city.officer().await, outlet, limits, &key()).await.unwrap();
}

/// A till of an owner's first outlet, which the bureau allowed.
pub(crate) async fn till(city: &Services<'_>, owner: &str, redemptions: i64) -> Till {
    let owner = city.caller(owner).await;
    let outlet = city.backend.own_merchant(&owner).unwrap().outlets[0].id;
    allow(city, outlet, redemptions).await;
    let new = NewTill { name: "一号".to_owned(), outlet_id: outlet };
    let secret = city.backend.enrol_till(&owner, &new, None, &key()).await.unwrap().answer.secret;
    let clerk = city.backend.at_till(owner, Some(&secret)).await.unwrap();
    let permit = city.backend.offline_permit(&clerk).await.unwrap().permit;
    Till { clerk, permit }
}

/// What the resident's phone shows at a moment, from what it was given now.
pub(crate) async fn shown(
    city: &Services<'_>,
    resident: &Caller,
    voucher: &VoucherShape,
    at: Timestamp,
) -> String {
    let detail = city.backend.voucher(resident, voucher.voucher_id).await.unwrap();
    let offline = detail.offline.expect("the city has tills without a network");
    detail.secret.offline_token(&offline.pass, offline.first_step, step_at(at)).expect("within a day")
}

pub(crate) fn request(till: &Till, token: &str, order_fen: i64, at: Timestamp) -> OfflineRequest {
    OfflineRequest {
        token: token.to_owned(),
        permit: till.permit.clone(),
        order_fen,
        merchant_discount_fen: 0,
        made_at_ms: at.ms(),
    }
}

pub(crate) async fn arrive(backend: &Backend, till: &Till, request: &OfflineRequest) -> OfflineRedemption {
    backend.redeem_offline(&till.clerk, request, &key()).await.unwrap().answer
}

async fn an_outlet_that_is_not_allowed_has_no_permit(city: &TestCity) {
    let city = Services::of(city);
    let (owner, resident) = (city.owner().await, city.resident(1).await);
    let voucher = city.issued_voucher(&resident).await;
    assert_eq!(city.backend.voucher(&resident, voucher.voucher_id).await.unwrap().offline, None);
    let refused = city.backend.offline_permit(&owner).await.unwrap_err();
    assert!(matches!(refused, Error::Offline(OfflineRefused::NotEnrolled)));
    let till = till(&city, people::OWNER, 3).await;
    let again = key();
    let forbid =
        async || city.backend.allow_offline(&city.officer().await, OutletId(1), None, &again).await.unwrap();
    assert_eq!((forbid().await.replayed, forbid().await.replayed), (false, true));
    let refused = city.backend.offline_permit(&till.clerk).await.unwrap_err();
    assert!(matches!(refused, Error::Offline(OfflineRefused::NotAllowed)));
}

async fn what_was_redeemed_without_a_network_is_booked_at_its_moment(city: &TestCity) {
    let city = Services::of(city);
    let till = till(&city, people::OWNER, 9).await;
    let mut waiting = Vec::new();
    for n in 1..=4 {
        let resident = city.resident(n).await;
        let voucher = city.issued_voucher(&resident).await;
        let made_at = city.backend.now().plus_ms(i64::from(n) * 40_000);
        let token = shown(&city, &resident, &voucher, made_at).await;
        waiting.push((request(&till, &token, 8800, made_at), key()));
    }
    // The network is back the next morning.
    city.clock.set(at("2021-06-19T07:30:00+08:00"));
    for (request, key) in &waiting {
        let first = city.backend.redeem_offline(&till.clerk, request, key).await.unwrap();
        let again = city.backend.redeem_offline(&till.clerk, request, key).await.unwrap();
        assert_eq!((again.replayed, &again.answer), (true, &first.answer));
        assert_eq!((first.replayed, first.answer.state.as_str()), (false, "booked"));
        let redeemed_at = first.answer.redemption.unwrap().redeemed_at;
        assert!(redeemed_at.starts_with("2021-06-18T10:0"), "{redeemed_at}");
    }
    let query = StatementQuery {
        from: Some("2021-06-18".to_owned()),
        to: Some("2021-06-18".to_owned()),
        ..StatementQuery::default()
    };
    let statement = city.backend.whole_statement(&city.owner().await, &query).await.unwrap();
    assert_eq!((statement.total.redemptions, statement.ledger.agrees), (4, true));
    // Whichever of the till's clerks sends it again, it is one.
    let colleague = Caller { till: till.clerk.till, ..city.clerk().await };
    let again = city.backend.redeem_offline(&colleague, &waiting[0].0, &waiting[0].1).await.unwrap();
    assert_eq!((again.replayed, again.answer.state.as_str()), (true, "booked"));
    let mut other = waiting[0].0.clone();
    other.order_fen += 1;
    assert!(
        city.backend.redeem_offline(&till.clerk, &other, &waiting[0].1).await.is_err(),
        "the key is used"
    );
    city.assert_sound().await;
}

async fn a_second_use_opens_one_case_for_both_merchants(city: &TestCity) {
    let city = Services::of(city);
    let first = till(&city, people::OWNER, 9).await;
    let second = till(&city, people::OTHER_OWNER, 9).await;
    let resident = city.resident(1).await;
    let voucher = city.issued_voucher(&resident).await;
    let made_at = city.backend.now().plus_ms(30_000);
    let token = shown(&city, &resident, &voucher, made_at).await;
    city.clock.advance_ms(3_600_000);
    let booked = arrive(&city.backend, &first, &request(&first, &token, 8800, made_at)).await;
    let refused = arrive(&city.backend, &second, &request(&second, &token, 8800, made_at)).await;
    assert_eq!((booked.state.as_str(), refused.state.as_str()), ("booked", "conflict"));
    assert_eq!((refused.redemption, refused.code.as_deref()), (None, Some("already_redeemed")));
    let list = ListQuery::default();
    let cases = city.backend.risk_cases(&city.officer().await, &list).await.unwrap().items;
    assert_eq!(cases.len(), 1);
    assert_eq!((Some(cases[0].case_id), cases[0].state), (refused.case_id, RiskState::Open));
    assert_eq!(cases[0].vouchers, Some(RiskVouchers { frozen: 0, unused: 0 }));
    for owner in [people::OWNER, people::OTHER_OWNER] {
        let own = city.backend.own_risk_cases(&city.caller(owner).await, &list).await.unwrap().items;
        let answerable = RiskCase { answerable: true, vouchers: None, ..cases[0].clone() };
        assert_eq!(own, [answerable], "both merchants see it and may answer");
    }
    let decide = async |state| {
        let decision = RiskDecision { state, reason: "小票齐全".to_owned() };
        city.backend.decide_risk(&city.officer().await, cases[0].case_id, &decision, &key()).await
    };
    assert_eq!(decide(RiskState::Withheld).await.unwrap().answer.state, RiskState::Withheld);
    assert_eq!(decide(RiskState::Cleared).await.unwrap().answer.state, RiskState::Cleared);
    let again = decide(RiskState::Withheld).await.unwrap_err();
    assert!(matches!(again, Error::Risk(RiskRefused::AlreadyDecided)));
    city.assert_sound().await;
}

async fn two_tills_that_arrive_at_once_book_one(city: &TestCity) {
    let city = Services::of(city);
    let tills = [till(&city, people::OWNER, 9).await, till(&city, people::OWNER, 9).await];
    for n in 1..=8 {
        let resident = city.resident(n).await;
        let voucher = city.issued_voucher(&resident).await;
        let made_at = city.backend.now();
        let token = shown(&city, &resident, &voucher, made_at).await;
        let asked = [request(&tills[0], &token, 8800, made_at), request(&tills[1], &token, 8800, made_at)];
        let (a, b) = tokio::join!(
            arrive(&city.backend, &tills[0], &asked[0]),
            arrive(&city.backend, &tills[1], &asked[1])
        );
        let mut states = [a.state, b.state];
        states.sort();
        assert_eq!(states, ["booked", "conflict"]);
    }
    assert_eq!(city.read("select cast(count(*) as text) from redemption").await, "8");
    assert_eq!(city.read("select cast(count(*) as text) from risk_case").await, "8");
    city.assert_sound().await;
}

async fn what_may_not_be_booked_is_noted(city: &TestCity) {
    let city = Services::of(city);
    let till = till(&city, people::OWNER, 9).await;
    let resident = city.resident(1).await;
    let voucher = city.issued_voucher(&resident).await;
    let made_at = city.backend.now();
    let token = shown(&city, &resident, &voucher, made_at).await;
    let code = async |request: OfflineRequest| {
        let answer = arrive(&city.backend, &till, &request).await;
        assert_eq!((answer.state.as_str(), answer.redemption), ("refused", None));
        answer.code.unwrap()
    };
    assert_eq!(code(request(&till, &token, 5000, made_at)).await, "below_threshold");
    assert_eq!(code(request(&till, &token, 8800, made_at.plus_ms(90_000))).await, "permit_over", "ahead");
    assert_eq!(code(request(&till, &token, 8800, made_at.plus_ms(-60_000))).await, "permit_over");
    city.clock.advance_ms(600_000);
    assert_eq!(code(request(&till, &token, 8800, made_at.plus_ms(90_000))).await, "token_stale");
    let mut forged = token.clone().into_bytes();
    forged[20] = if forged[20] == b'0' { b'1' } else { b'0' };
    let forged = String::from_utf8(forged).unwrap();
    assert_eq!(code(request(&till, &forged, 8800, made_at)).await, "not_signed");
    let voided = format!("update voucher set state = 'voided' where voucher_id = {}", voucher.voucher_id);
    city.run(&voided).await;
    assert_eq!(code(request(&till, &token, 8800, made_at)).await, "voided");
    city.clock.advance_ms(domain::LATEST_MS);
    assert_eq!(code(request(&till, &token, 8800, made_at)).await, "too_late");
    let noted = city.backend.offline_redemptions(&till.clerk, &ListQuery::default()).await.unwrap().items;
    assert_eq!(noted.len(), 7);
    assert!(noted.iter().all(|row| row.detail.is_some() && row.detail_en.is_some()));
    assert_eq!(city.read("select cast(count(*) as text) from redemption").await, "0");
}

async fn a_till_stays_within_its_limits(city: &TestCity) {
    let city = Services::of(city);
    let till = till(&city, people::OWNER, 2).await;
    let mut states = Vec::new();
    for n in 1..=3 {
        let resident = city.resident(n).await;
        let voucher = city.issued_voucher(&resident).await;
        let made_at = city.backend.now();
        let token = shown(&city, &resident, &voucher, made_at).await;
        states.push(arrive(&city.backend, &till, &request(&till, &token, 8800, made_at)).await);
    }
    let states: Vec<_> = states.iter().map(|row| (row.state.as_str(), row.code.as_deref())).collect();
    assert_eq!(states, [("booked", None), ("booked", None), ("refused", Some("offline_limit_reached"))]);
    city.assert_sound().await;
}

//! The limit per merchant and day: at all outlets of a merchant together, by
//! whichever way a voucher is redeemed.

use crate::offline::{arrive, request, shown, till};
use crate::orders::{merchants_join, merchants_round};
use crate::services::{FIRST_OUTLET, FIRST_ROUND, Services, key};
use backend::seeds::SeedSet;
use backend::{Caller, Error, OrderRequest, OrderVoucher, RedeemRequest, ReverseRequest};
use domain::shapes::VoucherShape;
use domain::{IdempotencyKey, OutletId, RedeemRefused};
use tests::{TestCity, on_both_databases, people};
use tokio::task::JoinSet;

on_both_databases!(
    of_two_outlets_at_once_one_redeems in one_a_day,
    an_undone_redemption_leaves_room_again in one_a_day,
    an_order_heeds_it in one_a_day,
    a_till_without_a_network_heeds_it in one_a_day,
);

/// The first merchant's other outlet.
const BRANCH: OutletId = OutletId(2);

/// The first round gives three each, of which one works a day at a merchant.
pub(crate) fn one_a_day(season: &mut SeedSet) {
    merchants_join(season);
    let round = season.rounds.iter_mut().find(|round| round.id == FIRST_ROUND).unwrap();
    round.per_resident = 3;
    let campaign = round.campaign_id;
    let terms = season.campaigns.iter_mut().find(|terms| terms.id == campaign).unwrap();
    let limits = &mut terms.limits;
    (limits.per_campaign, limits.per_day, limits.per_outlet_day) = (3, 3, 3);
    limits.per_merchant_day = Some(1);
}

fn at_limit(error: &Error) -> bool {
    matches!(error, Error::Redeem(RedeemRefused::MerchantLimitReached { limit: 1 }))
}

async fn presented(
    city: &Services<'_>,
    resident: &Caller,
    voucher: &VoucherShape,
    outlet_id: OutletId,
) -> RedeemRequest {
    RedeemRequest { outlet_id, ..city.presented(resident, voucher, 6000).await }
}

async fn of_two_outlets_at_once_one_redeems(city: &TestCity) {
    let city = Services::of(city);
    let (owner, other) = (city.owner().await, city.another_node().await);
    for number in 1..=8 {
        let resident = city.resident(number).await;
        let mut presses = JoinSet::new();
        for outlet in [FIRST_OUTLET, BRANCH, BRANCH] {
            let voucher = city.issued_voucher(&resident).await;
            let request = presented(&city, &resident, &voucher, outlet).await;
            let node = if outlet == BRANCH { &other } else { &city.backend };
            let (node, owner) = (node.clone(), owner.clone());
            presses.spawn(async move { node.redeem(&owner, &request, &key()).await });
        }
        let answers = presses.join_all().await;
        let refused: Vec<_> = answers.iter().filter_map(|answer| answer.as_ref().err()).collect();
        assert!(refused.len() == 2 && refused.iter().all(|error| at_limit(error)), "{refused:?}");
    }
    city.assert_sound().await;
}

async fn an_undone_redemption_leaves_room_again(city: &TestCity) {
    let city = Services::of(city);
    let (owner, resident) = (city.owner().await, city.resident(1).await);
    let (one, two) = (city.issued_voucher(&resident).await, city.issued_voucher(&resident).await);
    let first = city.redeem(&resident, &one, 6000).await.unwrap();
    let request = presented(&city, &resident, &two, BRANCH).await;
    let preview = city.backend.preview(&owner, &request).await.unwrap_err();
    assert!(at_limit(&preview), "{preview}");
    let whole = ReverseRequest { refund_fen: 6000, reason: "退货".to_owned() };
    city.backend.reverse(&owner, first.redemption_id, &whole, &key()).await.unwrap();
    city.backend.redeem(&owner, &request, &key()).await.expect("there is room again");
    let third = city.issued_voucher(&resident).await;
    let request = presented(&city, &resident, &third, FIRST_OUTLET).await;
    let same: IdempotencyKey = key();
    for _ in 0..2 {
        let refused = city.backend.redeem(&owner, &request, &same).await.unwrap_err();
        assert!(at_limit(&refused), "{refused}");
    }
    city.assert_sound().await;
}

async fn an_order_heeds_it(city: &TestCity) {
    let city = Services::of(city);
    let (owner, resident) = (city.owner().await, city.resident(1).await);
    let round = merchants_round(&city.backend).await;
    let merchants = city.backend.claim(&resident, round, &key()).await.unwrap().answer;
    let (one, two) = (city.issued_voucher(&resident).await, city.issued_voucher(&resident).await);
    city.redeem(&resident, &one, 6000).await.unwrap();
    let mut vouchers = Vec::new();
    for voucher in [&merchants, &two] {
        let token = city.backend.voucher_token(&resident, voucher.voucher_id).await.unwrap().token;
        vouchers.push(OrderVoucher { token: Some(token), code: None, last4: None });
    }
    let request = OrderRequest {
        vouchers,
        outlet_id: BRANCH,
        order_fen: 40_000,
        invoice_no: None,
        merchant_discount_fen: None,
    };
    let preview = city.backend.preview_order(&owner, &request).await.unwrap_err();
    let refused = city.backend.redeem_order(&owner, &request, &key()).await.unwrap_err();
    for error in [preview, refused] {
        assert!(matches!(&error, Error::OnOrder { voucher: 2, error } if at_limit(error)), "{error}");
    }
    city.assert_sound().await;
}

async fn a_till_without_a_network_heeds_it(city: &TestCity) {
    let city = Services::of(city);
    let resident = city.resident(1).await;
    let (one, two) = (city.issued_voucher(&resident).await, city.issued_voucher(&resident).await);
    let online = presented(&city, &resident, &one, BRANCH).await;
    let till = till(&city, people::OWNER, 3).await;
    let made_at = city.backend.now();
    city.backend.redeem(&city.owner().await, &online, &key()).await.unwrap();
    let token = shown(&city, &resident, &two, made_at).await;
    let noted = arrive(&city.backend, &till, &request(&till, &token, 6000, made_at)).await;
    assert_eq!((noted.state.as_str(), noted.code.as_deref()), ("refused", Some("merchant_limit_reached")));
    city.assert_sound().await;
}

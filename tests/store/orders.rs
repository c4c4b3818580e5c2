//! Several vouchers on one order: redeemed together or not at all, and every
//! fen of the order counted once.

use crate::join::join;
use crate::services::{Services, at, key};
use backend::seeds::SeedSet;
use backend::{Backend, Caller, Error, OrderRequest, OrderVoucher, ReverseRequest};
use domain::shapes::VoucherShape;
use domain::{
    CampaignId, Denied, Fen, Funding, ListQuery, RedeemRefused, ReverseRefused, RoundId, VoucherState,
};
use tests::{TestCity, on_both_databases, people};
use tokio::task::JoinSet;

on_both_databases!(
    two_vouchers_share_an_order in merchants_join,
    a_repeat_gets_the_same_order in merchants_join,
    of_two_vouchers_none_is_redeemed_alone in merchants_join,
    one_of_each_fund_and_no_more in merchants_join,
    orders_at_once_redeem_each_voucher_once in merchants_join,
    each_part_is_refunded_by_itself in merchants_join,
    one_press_undoes_the_whole_order in merchants_join,
    orders_undone_at_once_are_undone_once in merchants_join,
    one_voucher_is_an_order_too,
    an_order_fits_the_day_of_a_merchant_under_review in one_a_day,
);

/// The merchants' campaign: 满300减40.
const MERCHANTS: CampaignId = CampaignId(8);

/// The merchants' voucher is given out at once, joins others, and works everywhere.
pub(crate) fn merchants_join(season: &mut SeedSet) {
    let terms = season.campaigns.iter_mut().find(|terms| terms.id == MERCHANTS).unwrap();
    assert_eq!(terms.funding, Funding::Merchant);
    terms.usable_where.kinds_allow.clear();
    terms.usable_when.from = "2021-06-18".parse().unwrap();
    terms.usable_when.hours = None;
    terms.stacking.with_promotion = true;
    let round = season.rounds.iter_mut().find(|round| round.campaign_id == MERCHANTS).unwrap();
    round.opens_at = at("2021-06-18T10:00:00+08:00");
}

fn one_a_day(season: &mut SeedSet) {
    merchants_join(season);
    season.season.provisional.redemptions = 1;
}

pub(crate) async fn merchants_round(backend: &Backend) -> RoundId {
    let query = domain::RoundQuery { limit: Some("100".to_owned()), ..Default::default() };
    let rounds = backend.rounds(&query).await.unwrap();
    rounds.items.into_iter().find(|round| round.campaign_id == MERCHANTS).unwrap().id
}

/// A voucher of the city's and one of the merchants' in a resident's hands.
async fn both(city: &Services<'_>, n: u32) -> (Caller, VoucherShape, VoucherShape) {
    let resident = city.resident(n).await;
    let round = merchants_round(&city.backend).await;
    let merchants = city.backend.claim(&resident, round, &key()).await.unwrap().answer;
    let citys = city.issued_voucher(&resident).await;
    (resident, citys, merchants)
}

async fn shown(city: &Services<'_>, resident: &Caller, voucher: &VoucherShape) -> OrderVoucher {
    let token = city.backend.voucher_token(resident, voucher.voucher_id).await.unwrap().token;
    OrderVoucher { token: Some(token), code: None, last4: None }
}

async fn order(
    city: &Services<'_>,
    resident: &Caller,
    vouchers: &[&VoucherShape],
    order_fen: i64,
) -> OrderRequest {
    let mut request = OrderRequest {
        vouchers: Vec::new(),
        outlet_id: crate::services::FIRST_OUTLET,
        order_fen,
        invoice_no: None,
        merchant_discount_fen: None,
    };
    for voucher in vouchers {
        request.vouchers.push(shown(city, resident, voucher).await);
    }
    request
}

async fn state(city: &Services<'_>, resident: &Caller, voucher: &VoucherShape) -> VoucherState {
    city.backend.voucher(resident, voucher.voucher_id).await.unwrap().voucher.state
}

/// Which voucher, counted from 1, and why.
fn refused(error: &Error) -> (usize, &Error) {
    match error {
        Error::OnOrder { voucher, error } => (*voucher, error),
        other => panic!("{other:?}"),
    }
}

async fn two_vouchers_share_an_order(city: &TestCity) {
    let city = Services::of(city);
    let (resident, citys, merchants) = both(&city, 1).await;
    let clerk = city.clerk().await;
    let request = order(&city, &resident, &[&citys, &merchants], 40_000).await;
    let preview = city.backend.preview_order(&clerk, &request).await.unwrap();
    let sums = (preview.order_fen.get(), preview.subsidy_fen.get(), preview.payable_fen.get());
    assert_eq!(sums, (40_000, 6000, 34_000));
    assert_eq!(state(&city, &resident, &citys).await, VoucherState::Issued);

    let done = city.backend.redeem_order(&clerk, &request, &key()).await.unwrap().answer;
    let parts: Vec<_> =
        done.redemptions.iter().map(|part| (part.order_fen.get(), part.subsidy_fen.get())).collect();
    assert_eq!(parts, [(36_000, 2000), (4000, 4000)]);
    assert!(done.redemptions.iter().all(|part| part.receipt_code == done.receipt_code));
    for voucher in [&citys, &merchants] {
        assert_eq!(state(&city, &resident, voucher).await, VoucherState::Redeemed);
    }
    let again = city.backend.order_of(&clerk, done.redemptions[1].redemption_id).await.unwrap();
    assert_eq!(again, done);
    let tally = "select cast(sum(redeemed) || ' ' || sum(order_fen) || ' ' || sum(government_fen) as text)
                   from tally where channel <> ''";
    assert_eq!(city.read(tally).await, "2 40000 2000");
    assert_eq!(
        city.read("select cast(count(*) as text) from ledger_block where entries like 'redeem%redeem%'")
            .await,
        "1"
    );
    city.assert_sound().await;
}

async fn a_repeat_gets_the_same_order(city: &TestCity) {
    let city = Services::of(city);
    let (resident, citys, merchants) = both(&city, 1).await;
    let (clerk, once) = (city.clerk().await, key());
    let request = order(&city, &resident, &[&merchants, &citys], 40_000).await;
    let first = city.backend.redeem_order(&clerk, &request, &once).await.unwrap();
    city.clock.advance_ms(3_600_000);
    let repeat = city.backend.redeem_order(&clerk, &request, &once).await.unwrap();
    assert_eq!((first.replayed, repeat.replayed, &first.answer), (false, true, &repeat.answer));
    let other = OrderRequest { order_fen: 50_000, ..request.clone() };
    let reused = city.backend.redeem_order(&clerk, &other, &once).await;
    assert!(matches!(reused, Err(Error::Denied(Denied::KeyReused))));
    let resident = city.resident(2).await;
    let voucher = city.issued_voucher(&resident).await;
    let alone = city.presented(&resident, &voucher, 8000).await;
    assert!(matches!(
        city.backend.redeem(&clerk, &alone, &once).await,
        Err(Error::Denied(Denied::KeyReused))
    ));
    city.assert_sound().await;
}

async fn of_two_vouchers_none_is_redeemed_alone(city: &TestCity) {
    let city = Services::of(city);
    let (resident, citys, merchants) = both(&city, 1).await;
    let clerk = city.clerk().await;
    let short = order(&city, &resident, &[&citys, &merchants], 29_999).await;
    let error = city.backend.redeem_order(&clerk, &short, &key()).await.unwrap_err();
    let (voucher, error) = refused(&error);
    assert_eq!(voucher, 2);
    assert!(
        matches!(error, Error::Redeem(RedeemRefused::BelowThreshold { short_by, .. }) if short_by.get() == 1)
    );
    let discounted = order(&city, &resident, &[&citys, &merchants], 40_000).await;
    let discounted = OrderRequest { merchant_discount_fen: Some(100), ..discounted };
    let error = city.backend.preview_order(&clerk, &discounted).await.unwrap_err();
    assert!(matches!(refused(&error), (2, Error::Redeem(RedeemRefused::NotWithDiscount))));
    // One that was used meanwhile takes the other with it.
    city.redeem(&resident, &citys, 8000).await.unwrap();
    city.clock.advance_ms(30_000);
    let request = order(&city, &resident, &[&merchants, &citys], 40_000).await;
    let error = city.backend.redeem_order(&clerk, &request, &key()).await.unwrap_err();
    assert!(matches!(refused(&error), (2, Error::Redeem(RedeemRefused::AlreadyRedeemed { .. }))));
    assert_eq!(state(&city, &resident, &merchants).await, VoucherState::Issued);
    city.assert_sound().await;
}

async fn one_of_each_fund_and_no_more(city: &TestCity) {
    let city = Services::of(city);
    let (resident, citys, merchants) = both(&city, 1).await;
    let (clerk, other) = (city.clerk().await, city.resident(2).await);
    let mut twice = order(&city, &resident, &[&citys], 40_000).await;
    let second = city.issued_voucher(&other).await;
    twice.vouchers.push(shown(&city, &other, &second).await);
    let error = city.backend.redeem_order(&clerk, &twice, &key()).await.unwrap_err();
    assert!(matches!(refused(&error), (2, Error::Redeem(RedeemRefused::NotStackable))));
    let same = order(&city, &resident, &[&citys, &citys], 40_000).await;
    let error = city.backend.preview_order(&clerk, &same).await.unwrap_err();
    assert!(matches!(refused(&error), (2, Error::Redeem(RedeemRefused::NotStackable))));
    for vouchers in [&[][..], &[&citys, &merchants, &citys]] {
        let request = order(&city, &resident, vouchers, 40_000).await;
        let error = city.backend.redeem_order(&clerk, &request, &key()).await.unwrap_err();
        assert!(matches!(error, Error::Denied(Denied::BadField { .. })));
    }
    city.assert_sound().await;
}

async fn orders_at_once_redeem_each_voucher_once(city: &TestCity) {
    let city = Services::of(city);
    let (resident, citys, merchants) = both(&city, 1).await;
    let (clerk, other) = (city.clerk().await, city.another_node().await);
    let mut pressing = JoinSet::new();
    for n in 0..8 {
        let vouchers = if n % 2 == 0 { [&citys, &merchants] } else { [&merchants, &citys] };
        let request = order(&city, &resident, &vouchers, 40_000).await;
        let alone = city.presented(&resident, &citys, 8000).await;
        let (clerk, node) = (clerk.clone(), if n < 4 { city.backend.clone() } else { other.clone() });
        pressing.spawn(async move {
            if n == 7 {
                return node.redeem(&clerk, &alone, &key()).await.is_ok();
            }
            node.redeem_order(&clerk, &request, &key()).await.is_ok()
        });
    }
    let done = pressing.join_all().await.into_iter().filter(|done| *done).count();
    assert_eq!(done, 1);
    city.assert_sound().await;
}

async fn each_part_is_refunded_by_itself(city: &TestCity) {
    let city = Services::of(city);
    let (resident, citys, merchants) = both(&city, 1).await;
    let (clerk, owner) = (city.clerk().await, city.owner().await);
    let request = order(&city, &resident, &[&citys, &merchants], 40_000).await;
    let done = city.backend.redeem_order(&clerk, &request, &key()).await.unwrap().answer;
    let [of_city, of_merchants] = &done.redemptions[..] else { panic!("two redemptions") };
    let refund = |fen| ReverseRequest { refund_fen: fen, reason: "退货".to_owned() };
    let part = city.backend.reverse(&owner, of_city.redemption_id, &refund(9000), &key()).await.unwrap();
    // ⌊2000 × 9000 ÷ 36000⌋
    assert_eq!(part.answer.subsidy_back_fen.get(), 500);
    assert_eq!(state(&city, &resident, &merchants).await, VoucherState::Redeemed);
    let whole = city.backend.undo(&clerk, of_merchants.redemption_id, &key()).await.unwrap().answer;
    assert_eq!((whole.subsidy_back_fen.get(), whole.resident_refund_fen), (4000, Fen::ZERO));
    assert_eq!(state(&city, &resident, &merchants).await, VoucherState::Issued);
    let rest = city.backend.reverse(&owner, of_city.redemption_id, &refund(27_000), &key()).await.unwrap();
    assert_eq!(rest.answer.subsidy_back_fen.get(), 1500);
    let listed = city.backend.redemptions(&owner, &ListQuery::default()).await.unwrap();
    let back: Fen = listed.items.iter().map(|sale| sale.redemption.refunded_fen).sum();
    assert_eq!(back.get(), 40_000);
    city.assert_sound().await;
}

async fn one_press_undoes_the_whole_order(city: &TestCity) {
    let city = Services::of(city);
    let (resident, citys, merchants) = both(&city, 1).await;
    let (clerk, owner) = (city.clerk().await, city.owner().await);
    let request = order(&city, &resident, &[&citys, &merchants], 40_000).await;
    let done = city.backend.redeem_order(&clerk, &request, &key()).await.unwrap().answer;
    let last = done.redemptions[1].redemption_id;
    let recent = city.backend.recent_sales(&clerk).await.unwrap();
    assert!(recent.iter().all(|sale| sale.order_id == done.order_id && sale.undo_until_ms.is_some()));
    // Another's is not theirs to undo, nor a stranger's to see.
    let by_another = city.backend.undo_order(&owner, last, &key()).await.unwrap_err();
    assert!(matches!(by_another, Error::Reverse(ReverseRefused::AnotherClerks)));
    let stranger = city.caller(people::OTHER_OWNER).await;
    let by_stranger = city.backend.undo_order(&stranger, last, &key()).await.unwrap_err();
    assert!(matches!(by_stranger, Error::Denied(Denied::NotFound)));

    // Part of one voucher was refunded before: the rest of it goes with the other.
    let some = ReverseRequest { refund_fen: 9000, reason: "退货".to_owned() };
    city.backend.reverse(&owner, done.order_id, &some, &key()).await.unwrap();
    let once = key();
    let undone = city.backend.undo_order(&clerk, last, &once).await.unwrap().answer;
    let sums = (undone.refund_fen.get(), undone.subsidy_back_fen.get(), undone.resident_refund_fen.get());
    assert_eq!((undone.order_id, undone.returned(), sums), (done.order_id, 2, (31_000, 5500, 25_500)));
    for voucher in [&citys, &merchants] {
        assert_eq!(state(&city, &resident, voucher).await, VoucherState::Issued);
    }
    let blocks = "select cast(count(*) as text) from ledger_block where entries like 'reverse%reverse%'";
    assert_eq!(city.read(blocks).await, "1");
    let repeat = city.backend.undo_order(&clerk, last, &once).await.unwrap();
    assert_eq!((repeat.replayed, repeat.answer), (true, undone));
    let again = city.backend.undo_order(&clerk, last, &key()).await.unwrap_err();
    assert!(matches!(again, Error::Reverse(ReverseRefused::AlreadyReversed)));
    city.assert_sound().await;

    // Both may be used anew; after a minute nothing of it is undone.
    city.clock.advance_ms(30_000);
    let request = order(&city, &resident, &[&citys, &merchants], 40_000).await;
    let done = city.backend.redeem_order(&clerk, &request, &key()).await.unwrap().answer;
    city.clock.advance_ms(domain::UNDO_MS);
    let late = city.backend.undo_order(&clerk, done.order_id, &key()).await.unwrap_err();
    assert!(matches!(late, Error::Reverse(ReverseRefused::UndoOver { .. })));
    for voucher in [&citys, &merchants] {
        assert_eq!(state(&city, &resident, voucher).await, VoucherState::Redeemed);
    }
    city.assert_sound().await;
}

async fn orders_undone_at_once_are_undone_once(city: &TestCity) {
    let city = Services::of(city);
    let (clerk, node) = (city.clerk().await, city.node_of_the_same_clock().await);
    for n in 1..=4 {
        let (resident, citys, merchants) = both(&city, n).await;
        let request = order(&city, &resident, &[&citys, &merchants], 40_000).await;
        let done = city.backend.redeem_order(&clerk, &request, &key()).await.unwrap().answer;
        let mut pressing = JoinSet::new();
        for press in 0..6 {
            let node = if press % 2 == 0 { city.backend.clone() } else { node.clone() };
            let (clerk, id) = (clerk.clone(), done.redemptions[press % 2].redemption_id);
            pressing.spawn(async move { node.undo_order(&clerk, id, &key()).await.is_ok() });
        }
        let undone = pressing.join_all().await.into_iter().filter(|undone| *undone).count();
        assert_eq!(undone, 1);
    }
    assert_eq!(city.read("select cast(count(*) as text) from reversal").await, "8");
    city.assert_sound().await;
}

async fn one_voucher_is_an_order_too(city: &TestCity) {
    let city = Services::of(city);
    let resident = city.resident(1).await;
    let voucher = city.issued_voucher(&resident).await;
    let request = order(&city, &resident, &[&voucher], 8000).await;
    let done = city.backend.redeem_order(&city.clerk().await, &request, &key()).await.unwrap().answer;
    assert_eq!((done.order_fen.get(), done.payable_fen.get(), done.redemptions.len()), (8000, 6000, 1));
    assert_eq!(city.read("select cast(count(*) as text) from order_part").await, "0");
    city.assert_sound().await;
}

async fn an_order_fits_the_day_of_a_merchant_under_review(city: &TestCity) {
    let city = Services::of(city);
    let (joined, owner) = join(&city, 9, "210302").await;
    let (resident, citys, merchants) = both(&city, 1).await;
    let outlet_id = joined.outlet_ids[0];
    let two = OrderRequest { outlet_id, ..order(&city, &resident, &[&citys, &merchants], 40_000).await };
    let is_capped =
        |error: Error| matches!(refused(&error), (2, Error::Redeem(RedeemRefused::DailyCapReached { .. })));
    assert!(city.backend.preview_order(&owner, &two).await.is_err_and(is_capped));
    assert!(city.backend.redeem_order(&owner, &two, &key()).await.is_err_and(is_capped));
    assert_eq!(state(&city, &resident, &citys).await, VoucherState::Issued);
    assert_eq!(city.read("select cast(count(*) as text) from merchant_use").await, "0");
    let one = OrderRequest { outlet_id, ..order(&city, &resident, &[&citys], 8_800).await };
    city.backend.redeem_order(&owner, &one, &key()).await.unwrap();
    assert_eq!(city.read("select cast(redeemed as text) from merchant_use").await, "1");
    city.assert_sound().await;
}

//! Six programmes that cities published, from their forms through publication,
//! claim and redemption to settlement. Their forms are the files beside: nothing
//! of them is code.
//!
//! A Hangzhou pack is three campaigns that open at one moment, each with the
//! pack's number as its limit: a resident presses three times. Yiwu's voucher
//! works once a day at a merchant, at whichever of its outlets. Go To Eat's points
//! come as vouchers for the next meal, by the time of day.

use crate::builder::published;
use crate::services::{FIRST_OUTLET, Services, key};
use crate::settlement::Bureau;
use backend::seeds::SeedSet;
use backend::{Caller, Error, RedeemRequest};
use domain::shapes::VoucherShape;
use domain::{
    CampaignForm, ClaimRefused, Day, OpenQuery, OutletId, RedeemRefused, RoundId, SettlementState, Timestamp,
    Zone,
};
use tests::{TestCity, on_both_databases};

on_both_databases!(
    hangzhous_pack_is_claimed_whole_and_lasts_a_week,
    yiwus_voucher_works_once_a_day_at_a_merchant,
    shenyangs_draw_hands_on_what_was_not_taken,
    hubeis_voucher_buys_no_fuel_and_looks_at_what_is_paid,
    singapores_vouchers_know_their_shops_until_the_years_end in until_the_years_end,
    go_to_eats_points_know_the_time_of_day
);

/// A supermarket's outlet and its clerk; a fuel station's.
const SUPERMARKET: (OutletId, &str) = (OutletId(5), "13800000014");
const FUEL: (OutletId, &str) = (OutletId(15), "13800000018");

fn until_the_years_end(season: &mut SeedSet) {
    season.season.ends_on = "2021-12-31".parse().unwrap();
}

/// Publishes the forms of a programme; their first rounds.
async fn programme(city: &Services<'_>, text: &str) -> Vec<RoundId> {
    let forms: Vec<CampaignForm> = serde_json::from_str(text).expect("forms");
    let mut rounds = Vec::new();
    for form in forms {
        rounds.push(published(city, form).await.1);
    }
    rounds
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

async fn claim(city: &Services<'_>, resident: &Caller, round: RoundId) -> VoucherShape {
    city.backend.claim(resident, round, &key()).await.expect("a voucher").answer
}

/// Redeems at an outlet by its clerk; what it took off, in fen.
async fn redeem_at(
    city: &Services<'_>,
    (outlet, clerk): (OutletId, &str),
    (resident, voucher): (&Caller, &VoucherShape),
    (order_fen, discount_fen): (i64, i64),
) -> Result<i64, RedeemRefused> {
    let presented = city.presented(resident, voucher, order_fen).await;
    let merchant_discount_fen = (discount_fen > 0).then_some(discount_fen);
    let request = RedeemRequest { outlet_id: outlet, merchant_discount_fen, ..presented };
    match city.backend.redeem(&city.caller(clerk).await, &request, &key()).await {
        Ok(done) => Ok(done.answer.subsidy_fen.get()),
        Err(Error::Redeem(refused)) => Err(refused),
        Err(error) => panic!("{error}"),
    }
}

/// The week of the last redemption is over: all that was owed is paid, so many fen.
async fn settled(city: &Services<'_>, last_day: &str, owed_fen: i64) {
    let last_day: Day = last_day.parse().unwrap();
    city.clock.set(Zone::SHANGHAI.at(last_day.sunday().next(), 7 * 60));
    let bureau = Bureau::of(city).await;
    let batch = bureau.settled(city, &last_day.to_string()).await;
    assert_eq!((batch.state, batch.totals.pay_fen.get()), (SettlementState::Paid, owed_fen));
    let open = city.backend.open_books(&OpenQuery::default()).await.unwrap().total;
    assert_eq!((open.paid_fen.get(), open.government_fen.get()), (owed_fen, owed_fen));
    city.assert_sound().await;
}

const FIRST: (OutletId, &str) = (FIRST_OUTLET, "13800000002");

/// The first merchant's other outlet, where its owner redeems.
const BRANCH: (OutletId, &str) = (OutletId(2), "13800000001");

async fn hangzhous_pack_is_claimed_whole_and_lasts_a_week(city: &TestCity) {
    let city = Services::of(city);
    let rounds = programme(&city, include_str!("programmes/hangzhou-2022.json")).await;
    let resident = city.resident(1).await;
    let mut pack = Vec::new();
    for (round, count) in rounds.iter().zip([2, 2, 1]) {
        for _ in 0..count {
            pack.push(claim(&city, &resident, *round).await);
        }
        let more = city.backend.claim(&resident, *round, &key()).await;
        assert!(matches!(more, Err(Error::Claim(ClaimRefused::LimitReached { .. }))), "a pack has {count}");
    }
    let worth: i64 = pack.iter().map(|voucher| voucher.face_value_fen.get()).sum();
    assert_eq!((pack.len(), worth), (5, 5000));
    for (voucher, order_fen, off_fen) in [(0, 2000, 500), (2, 4000, 1000), (4, 8000, 2000)] {
        let short = redeem_at(&city, FIRST, (&resident, &pack[voucher]), (order_fen - 1, 0)).await;
        assert!(matches!(short, Err(RedeemRefused::BelowThreshold { .. })));
        assert_eq!(redeem_at(&city, FIRST, (&resident, &pack[voucher]), (order_fen, 0)).await, Ok(off_fen));
    }
    city.clock.set(at("2021-06-25T09:59:59+08:00"));
    assert_eq!(redeem_at(&city, FIRST, (&resident, &pack[1]), (2000, 0)).await, Ok(500));
    city.clock.set(at("2021-06-25T10:00:00+08:00"));
    let late = redeem_at(&city, FIRST, (&resident, &pack[3]), (4000, 0)).await;
    assert!(matches!(late, Err(RedeemRefused::Expired { .. })), "{late:?}");
    settled(&city, "2021-06-25", 4_000).await;
}

async fn yiwus_voucher_works_once_a_day_at_a_merchant(city: &TestCity) {
    let city = Services::of(city);
    let rounds = programme(&city, include_str!("programmes/yiwu.json")).await;
    let resident = city.resident(1).await;
    let (one, two, three) = (
        claim(&city, &resident, rounds[0]).await,
        claim(&city, &resident, rounds[0]).await,
        claim(&city, &resident, rounds[0]).await,
    );
    assert_eq!(redeem_at(&city, FIRST, (&resident, &one), (5000, 0)).await, Ok(1000));
    let again = redeem_at(&city, FIRST, (&resident, &two), (5000, 0)).await;
    assert_eq!(again, Err(RedeemRefused::OutletLimitReached { limit: 1 }));
    let branch = redeem_at(&city, BRANCH, (&resident, &two), (5000, 0)).await;
    assert_eq!(branch, Err(RedeemRefused::MerchantLimitReached { limit: 1 }));
    assert_eq!(redeem_at(&city, SUPERMARKET, (&resident, &two), (5000, 0)).await, Ok(1000));
    city.clock.set(at("2021-06-19T01:30:00+08:00"));
    let same_night = redeem_at(&city, BRANCH, (&resident, &three), (5000, 0)).await;
    assert_eq!(same_night, Err(RedeemRefused::MerchantLimitReached { limit: 1 }));
    city.clock.set(at("2021-06-19T10:00:00+08:00"));
    assert_eq!(redeem_at(&city, BRANCH, (&resident, &three), (5000, 0)).await, Ok(1000));
    settled(&city, "2021-06-19", 3_000).await;
}

async fn shenyangs_draw_hands_on_what_was_not_taken(city: &TestCity) {
    let city = Services::of(city);
    let round = programme(&city, include_str!("programmes/shenyang.json")).await[0];
    city.clock.set(at("2021-06-18T11:30:00+08:00"));
    let residents = [city.resident(1).await, city.resident(2).await];
    for resident in &residents {
        city.backend.enter_draw(resident, round, &key()).await.unwrap();
    }
    city.clock.set(at("2021-06-18T12:30:00+08:00"));
    city.backend.advance_draws().await.unwrap();
    city.clock.set(at("2021-06-18T16:00:00+08:00"));
    let value = ("3525.10", "3525.10");
    city.backend.hold_draw(&city.officer().await, round, value, &key()).await.unwrap();
    assert_eq!(city.backend.draw_proof(round).await.unwrap().entered, 2);
    let voucher = claim(&city, &residents[0], round).await;
    assert_eq!(redeem_at(&city, FIRST, (&residents[0], &voucher), (10_000, 0)).await, Ok(2000));
    // The second phase: seven more, and the 62 that nobody took.
    let second = RoundId(round.0 + 1);
    assert_eq!(city.backend.round(second).await.unwrap().remaining, 7);
    city.clock.set(at("2021-06-20T10:00:00+08:00"));
    city.backend.return_due().await.unwrap();
    assert_eq!(city.backend.round(second).await.unwrap().remaining, 69);
    city.clock.set(at("2021-06-22T10:00:00+08:00"));
    let late = city.resident(3).await;
    let voucher = claim(&city, &late, second).await;
    assert_eq!(redeem_at(&city, FIRST, (&late, &voucher), (10_000, 0)).await, Ok(2000));
    settled(&city, "2021-06-22", 4_000).await;
}

async fn hubeis_voucher_buys_no_fuel_and_looks_at_what_is_paid(city: &TestCity) {
    let city = Services::of(city);
    let rounds = programme(&city, include_str!("programmes/hubei.json")).await;
    let resident = city.resident(1).await;
    let voucher = claim(&city, &resident, rounds[0]).await;
    let fuel = redeem_at(&city, FUEL, (&resident, &voucher), (20_000, 0)).await;
    assert!(matches!(fuel, Err(RedeemRefused::WrongKind { .. })), "{fuel:?}");
    // ¥115 with ¥16 off by the merchant is ¥99 paid.
    let discounted = redeem_at(&city, FIRST, (&resident, &voucher), (9900, 1600)).await;
    assert!(
        matches!(discounted, Err(RedeemRefused::BelowThreshold { short_by, .. }) if short_by.get() == 100)
    );
    assert_eq!(redeem_at(&city, FIRST, (&resident, &voucher), (10_000, 1600)).await, Ok(3000));
    settled(&city, "2021-06-18", 3_000).await;
}

async fn singapores_vouchers_know_their_shops_until_the_years_end(city: &TestCity) {
    let city = Services::of(city);
    let rounds = programme(&city, include_str!("programmes/singapore-cdc.json")).await;
    let resident = city.resident(1).await;
    let (hawker, market) =
        (claim(&city, &resident, rounds[0]).await, claim(&city, &resident, rounds[1]).await);
    for (shop, voucher) in [(SUPERMARKET, &hawker), (FIRST, &market)] {
        let elsewhere = redeem_at(&city, shop, (&resident, voucher), (1500, 0)).await;
        assert!(matches!(elsewhere, Err(RedeemRefused::WrongKind { .. })), "{elsewhere:?}");
    }
    assert_eq!(redeem_at(&city, FIRST, (&resident, &hawker), (1200, 0)).await, Ok(1000), "no threshold");
    city.clock.set(at("2021-12-31T23:00:00+08:00"));
    let last = claim_late(&city, rounds[1]).await;
    assert_eq!(last, "closed");
    assert_eq!(redeem_at(&city, SUPERMARKET, (&resident, &market), (1200, 0)).await, Ok(1000));
    settled(&city, "2021-12-31", 2_000).await;
}

/// What somebody is told who comes after the round's end.
async fn claim_late(city: &Services<'_>, round: RoundId) -> &'static str {
    match city.backend.claim(&city.resident(2).await, round, &key()).await {
        Err(Error::Claim(refused)) => refused.code(),
        other => panic!("{other:?}"),
    }
}

async fn go_to_eats_points_know_the_time_of_day(city: &TestCity) {
    let city = Services::of(city);
    let rounds = programme(&city, include_str!("programmes/go-to-eat.json")).await;
    let resident = city.resident(1).await;
    let (lunch, dinner) =
        (claim(&city, &resident, rounds[0]).await, claim(&city, &resident, rounds[1]).await);
    let early = redeem_at(&city, FIRST, (&resident, &dinner), (8000, 0)).await;
    let from = at("2021-06-18T15:00:00+08:00");
    assert_eq!(early, Err(RedeemRefused::OutsideHours { usable_from: Some(from) }));
    assert_eq!(redeem_at(&city, FIRST, (&resident, &lunch), (3000, 0)).await, Ok(500));
    city.clock.set(at("2021-06-18T18:30:00+08:00"));
    let short = redeem_at(&city, FIRST, (&resident, &dinner), (5999, 0)).await;
    assert!(matches!(short, Err(RedeemRefused::BelowThreshold { .. })));
    assert_eq!(redeem_at(&city, FIRST, (&resident, &dinner), (6000, 0)).await, Ok(1000));
    settled(&city, "2021-06-18", 1_500).await;
}

//! What a closed round did not issue goes back, once.

use crate::services::{FIRST_ROUND, Services, at, key, until};
use backend::seeds::SeedSet;
use domain::shapes::RoundShape;
use domain::{RoundId, RoundState};
use tests::{TestCity, on_both_databases};
use tokio::task::JoinSet;

on_both_databases!(
    what_is_left_goes_on_to_the_next_round in to_the_next,
    what_is_left_goes_back_to_the_pot in to_the_pot,
    a_round_gives_back_once in to_the_next,
);

fn to_the_next(season: &mut SeedSet) {
    season.rounds[0].return_to_next = true;
}

fn to_the_pot(season: &mut SeedSet) {
    season.rounds[0].return_to_next = false;
}

async fn round(city: &Services<'_>, id: RoundId) -> RoundShape {
    city.backend.round(id).await.unwrap()
}

/// The campaign's round after the first, as it stands before anything moves.
async fn second(city: &Services<'_>) -> RoundShape {
    let first = round(city, FIRST_ROUND).await;
    let all = domain::RoundQuery { limit: Some("100".into()), ..domain::RoundQuery::default() };
    let rounds = city.backend.rounds(&all).await.unwrap().items;
    let later = rounds
        .into_iter()
        .filter(|other| other.campaign_id == first.campaign_id && at(&other.opens_at) > at(&first.opens_at));
    later.min_by_key(|other| at(&other.opens_at)).expect("a second round")
}

/// Three vouchers are claimed, then the first round has been closed for a while.
async fn three_claimed_and_closed(city: &Services<'_>) -> RoundShape {
    for number in 1..=3 {
        let resident = city.resident(number).await;
        city.backend.claim(&resident, FIRST_ROUND, &key()).await.unwrap();
    }
    let first = round(city, FIRST_ROUND).await;
    city.clock.set(at(&first.closes_at));
    assert_eq!(city.backend.return_due().await.unwrap(), 0, "the nodes' clocks may differ");
    city.clock.advance_ms(5_000);
    first
}

async fn what_is_left_goes_on_to_the_next_round(city: &TestCity) {
    let city = Services::of(city);
    let second = second(&city).await;
    let first = three_claimed_and_closed(&city).await;
    city.backend.return_due().await.unwrap();
    let after = round(&city, FIRST_ROUND).await;
    assert_eq!((after.state, after.quantity, after.remaining), (RoundState::Closed, 3, 0));
    let grown = round(&city, second.id).await;
    assert_eq!(grown.quantity, second.quantity + first.quantity - 3);
    assert_eq!(grown.remaining, second.remaining + first.quantity - 3);
    city.assert_sound().await;
    // What came over is issued like the rest.
    city.clock.set(at(&grown.opens_at));
    let resident = city.resident(9).await;
    city.backend.claim(&resident, second.id, &key()).await.unwrap();
    city.assert_sound().await;
}

async fn what_is_left_goes_back_to_the_pot(city: &TestCity) {
    let city = Services::of(city);
    let second = second(&city).await;
    let first = three_claimed_and_closed(&city).await;
    city.backend.return_due().await.unwrap();
    let after = round(&city, FIRST_ROUND).await;
    assert_eq!((after.quantity, after.remaining), (first.quantity, 0), "it was on offer, and is no more");
    assert_eq!(round(&city, second.id).await.quantity, second.quantity);
    city.assert_sound().await;
}

async fn a_round_gives_back_once(city: &TestCity) {
    let city = Services::of(city);
    let second = second(&city).await;
    let first = three_claimed_and_closed(&city).await;
    let mut nodes = JoinSet::new();
    for node in [city.backend.clone(), city.another_node().await] {
        for _ in 0..4 {
            let node = node.clone();
            nodes.spawn(async move { node.return_due().await.unwrap() });
        }
    }
    nodes.join_all().await;
    assert_eq!(city.backend.return_due().await.unwrap(), 0);
    let grown = second.quantity + first.quantity - 3;
    until("this node to see what the other may have given back", async || {
        round(&city, second.id).await.quantity == grown
    })
    .await;
    city.assert_sound().await;
}

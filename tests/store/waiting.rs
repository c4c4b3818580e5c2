//! Waiting rooms of many nodes: one line, whichever node somebody meets.

use crate::services::{FIRST_ROUND, Services, at, key};
use backend::{Backend, Caller, Error, Pass, WorkDemand};
use domain::shapes::PlaceShape;
use domain::{ClaimRefused, Denied};
use std::time::Duration;
use tests::{TestCity, on_both_databases};

on_both_databases!(
    nodes_agree_on_the_line_and_know_each_others_places,
    a_node_that_started_late_knows_how_many_waited,
    nobody_is_counted_twice,
);

/// How long to wait for the nodes to tell each other.
const PATIENCE: Duration = Duration::from_secs(10);

async fn join(node: &Backend, resident: &Caller, token: Option<&str>) -> PlaceShape {
    let pass = Pass { place: token.map(str::to_owned), ..Pass::default() };
    node.join(resident, FIRST_ROUND, &pass).await.expect("a place")
}

/// Waits until a node knows that so many wait, asked by somebody who has a place.
async fn until_known(node: &Backend, resident: &Caller, waiting: i64) {
    let look = async {
        while join(node, resident, None).await.waiting != waiting {
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    };
    tokio::time::timeout(PATIENCE, look).await.expect("the nodes tell each other in time");
}

async fn residents(city: &Services<'_>, count: u32) -> Vec<Caller> {
    let mut residents = Vec::new();
    for number in 1..=count {
        residents.push(city.resident(number).await);
    }
    residents
}

async fn nodes_agree_on_the_line_and_know_each_others_places(city: &TestCity) {
    let city = Services::of(city);
    city.clock.set(at("2021-06-18T09:59:00+08:00"));
    let (one, other) = (&city.backend, city.another_node().await);
    let people = residents(&city, 9).await;
    let mut tokens = Vec::new();
    for (n, resident) in people.iter().enumerate() {
        let node = if n % 2 == 0 { one } else { &other };
        tokens.push(join(node, resident, None).await.place_token);
    }
    until_known(one, &people[0], 9).await;
    until_known(&other, &people[1], 9).await;

    // The round opens, and a third node starts.
    city.clock.set(at("2021-06-18T10:00:00+08:00"));
    let fresh = city.another_node().await;
    for node in [one, &fresh] {
        node.admit_per_second(1);
        node.demand_work(WorkDemand::Never);
    }
    let mut turns = Vec::new();
    for (resident, token) in people.iter().zip(&tokens) {
        let (here, there) =
            (join(one, resident, Some(token)).await, join(&fresh, resident, Some(token)).await);
        assert_eq!((&here.place_token, &there.place_token), (token, token));
        assert_eq!(
            (here.ahead, &here.turn_at, &here.joined_at),
            (there.ahead, &there.turn_at, &there.joined_at)
        );
        assert!(here.ahead.is_some_and(|ahead| (0..9).contains(&ahead)));
        turns.push(here.turn_at);
    }
    turns.dedup();
    assert!(turns.len() > 1, "all at once is no order");
}

async fn a_node_that_started_late_knows_how_many_waited(city: &TestCity) {
    let city = Services::of(city);
    city.clock.set(at("2021-06-18T09:59:00+08:00"));
    let people = residents(&city, 4).await;
    let mut tokens = Vec::new();
    for resident in &people[..3] {
        tokens.push(join(&city.backend, resident, None).await.place_token);
    }
    until_told(&city, "3").await;
    city.clock.set(at("2021-06-18T10:00:00+08:00"));
    let fresh = city.another_node().await;
    fresh.admit_per_second(1);
    // Whoever has no place to show stands behind those who waited.
    let refused = fresh.claim_in_turn(&people[3], FIRST_ROUND, &key(), &Pass::default()).await;
    assert!(matches!(refused, Err(Error::Claim(ClaimRefused::NotYourTurn { ahead: 3, .. }))));
    for (resident, token) in people.iter().zip(&tokens) {
        assert!(join(&fresh, resident, Some(token)).await.ahead.is_some_and(|ahead| ahead < 3));
    }
}

async fn until_told(city: &Services<'_>, waited: &str) {
    let look = async {
        while city.read("select cast(coalesce(sum(waited), 0) as text) from waiting_count").await != waited {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(PATIENCE, look).await.expect("the node tells in time");
}

async fn nobody_is_counted_twice(city: &TestCity) {
    let city = Services::of(city);
    city.clock.set(at("2021-06-18T09:59:00+08:00"));
    let (one, other) = (&city.backend, city.another_node().await);
    let people = residents(&city, 2).await;
    let token = join(one, &people[0], None).await.place_token;
    for _ in 0..5 {
        assert_eq!(join(one, &people[0], None).await.place_token, token);
        assert_eq!(join(&other, &people[0], Some(&token)).await.place_token, token);
    }
    join(&other, &people[1], None).await;
    until_known(one, &people[0], 2).await;
    until_known(&other, &people[1], 2).await;
    // A clerk has no place.
    let clerk = city.clerk().await;
    let refused = one.join(&clerk, FIRST_ROUND, &Pass::default()).await;
    assert!(matches!(refused, Err(Error::Denied(Denied::WrongRole))));
}

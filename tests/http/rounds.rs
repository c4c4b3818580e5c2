//! `/campaigns`, `/rounds`, `/rounds/{id}/claims`.

use futures::future::join_all;
use http::Method;
use serde_json::json;
use tests::{Answer, TestCity, new_key, on_both_databases};

on_both_databases!(
    anyone_reads_campaigns,
    anyone_reads_rounds_by_state,
    a_claim_brings_a_voucher,
    a_repeat_brings_the_same_voucher,
    each_refusal_of_a_claim_has_its_answer,
    a_claim_that_cannot_be_costs_nothing,
    a_claim_is_for_its_caller_alone,
    a_claim_needs_a_key,
    sixty_four_claims_for_the_last_ten in ten_in_the_first_round,
    a_sold_out_round_says_so in ten_in_the_first_round,
    a_resident_presses_ten_times_at_once,
);

fn ten_in_the_first_round(season: &mut backend::seeds::SeedSet) {
    season.rounds[0].quantity = 10;
}

async fn anyone_reads_campaigns(city: &TestCity) {
    let campaigns = city.anyone().get("/campaigns?limit=100").await.expect(200);
    let items = campaigns["items"].as_array().unwrap();
    assert!(items.len() >= 6);
    for kind in ["threshold", "percent", "cash"] {
        assert!(items.iter().any(|campaign| campaign["kind"] == kind), "{kind}");
    }
    assert_eq!(city.anyone().get("/campaigns/1").await.expect(200)["title"], "约惠开幕券");
    city.anyone().get("/campaigns?state=open").await.refused_field(400, "bad_query", "state");
}

async fn anyone_reads_rounds_by_state(city: &TestCity) {
    let anyone = city.anyone();
    for state in ["upcoming", "waiting", "open", "drawing", "closed"] {
        let rounds = anyone.get(&format!("/rounds?limit=100&state={state}")).await.expect(200);
        assert!(rounds["items"].as_array().unwrap().iter().all(|round| round["state"] == state), "{state}");
    }
    let round = anyone.get("/rounds/1").await.expect(200);
    assert_eq!(
        (&round["state"], &round["quantity"], &round["remaining"]),
        (&json!("open"), &json!(300), &json!(300))
    );
    assert_eq!((&round["method"], &round["face_value_fen"]), (&json!("flash"), &json!(2000)));
    city.set_clock("2021-06-18T09:59:59+08:00");
    assert_ne!(anyone.get("/rounds/1").await.expect(200)["state"], "open");
    for (query, field) in
        [("state=x", "state"), ("campaign=99", "campaign"), ("method=x", "method"), ("limit=x", "limit")]
    {
        anyone.get(&format!("/rounds?{query}")).await.refused_field(400, "bad_query", field);
    }
}

async fn a_claim_brings_a_voucher(city: &TestCity) {
    let resident = city.resident(1).await;
    let answer = city.claim(&resident, TestCity::ROUND).await;
    let voucher = answer.expect(201);
    assert!(!answer.is_replay());
    assert_eq!(voucher["round_id"], TestCity::ROUND);
    assert_eq!((&voucher["face_value_fen"], &voucher["threshold_fen"]), (&json!(2000), &json!(6000)));
    assert_eq!(voucher["valid_from"], "2021-06-18T10:00:00+08:00");
    assert_eq!(voucher["expires_at"], "2021-06-25T10:00:00+08:00");
    assert_eq!(voucher["state"], "issued");
    assert_eq!(voucher["code"].as_str().unwrap().len(), 6);
    let round = city.anyone().get("/rounds/1").await.expect(200);
    assert_eq!(round["remaining"], 299);
}

async fn a_repeat_brings_the_same_voucher(city: &TestCity) {
    let resident = city.resident(1).await;
    let key = new_key();
    let claim = async || resident.write(Method::POST, "/rounds/1/claims", None, &key).await;
    let first = claim().await;
    let again = claim().await;
    assert_eq!((again.expect(201), again.is_replay()), (first.expect(201), true));
    // The stored answer holds when the round is long closed.
    city.set_clock("2021-06-20T10:00:00+08:00");
    assert_eq!(claim().await.expect(201), first.json());
    resident.write(Method::POST, "/rounds/5/claims", None, &key).await.refused(422, "key_reused");
    // A key is its caller's own.
    city.set_clock("2021-06-18T10:00:00+08:00");
    let other = city.resident(2).await;
    let theirs = other.write(Method::POST, "/rounds/1/claims", None, &key).await;
    assert!(!theirs.is_replay());
    assert_ne!(theirs.expect(201)["voucher_id"], first.json()["voucher_id"]);
}

async fn each_refusal_of_a_claim_has_its_answer(city: &TestCity) {
    let resident = city.resident(1).await;
    assert_eq!(
        city.claim(&resident, 2).await.refused(425, "not_open")["opens_at"],
        "2021-06-19T10:00:00+08:00"
    );
    city.claim(&resident, 1).await.expect(201);
    let reached = city.claim(&resident, 1).await.refused(409, "limit_reached");
    assert_eq!((&reached["limit"], &reached["scope"]), (&json!(1), &json!("round")));
    city.set_clock("2021-06-18T12:00:00+08:00");
    // Resident 1 lives in 210302; this round is for four others.
    let refused = city.claim(&resident, 13).await.refused(403, "not_eligible");
    assert_eq!(refused["districts"], json!(["210311", "210321", "210323", "210381"]));
    city.claim(&city.resident(2).await, 13).await.expect(201);
    city.claim(&resident, 999).await.refused(404, "not_found");
    city.set_clock("2021-06-18T22:00:00+08:00");
    city.claim(&resident, 1).await.refused(410, "closed");
    city.set_clock("2021-06-19T10:00:00+08:00");
    city.claim(&resident, 18).await.refused(409, "wrong_method");
}

/// An unknown round, or one of another method: nothing is written, and not even the key is used up.
async fn a_claim_that_cannot_be_costs_nothing(city: &TestCity) {
    let resident = city.resident(1).await;
    let (key, head) = (new_key(), city.anyone().get("/ledger/head").await.expect(200));
    let claim = async |round: &str| {
        resident.write(Method::POST, &format!("/rounds/{round}/claims"), None, &key).await
    };
    for round in ["0", "-1", "999", "9223372036854775807", "9223372036854775808", "x", "1%2F"] {
        claim(round).await.refused(404, "not_found");
    }
    for _ in 0..5 {
        assert_eq!(claim("18").await.refused(409, "wrong_method")["status"], 409);
    }
    assert_eq!(city.anyone().get("/ledger/head").await.expect(200), head);
    let first = claim("1").await;
    assert_eq!((first.expect(201)["voucher_id"].clone(), first.is_replay()), (json!(1), false));
}

/// Whoever else a body names.
async fn a_claim_is_for_its_caller_alone(city: &TestCity) {
    let (caller, other) = (city.resident(1).await, city.resident(2).await);
    let theirs = other.get("/me").await.expect(200);
    let body = json!({ "account_id": 2, "phone": "13900000002", "resident": theirs, "token": other.token() });
    let claimed = caller.write(Method::POST, "/rounds/1/claims", Some(&body), &new_key()).await.expect(201);
    let wallet = async |person: &tests::Person| person.get("/vouchers").await.expect(200)["items"].clone();
    assert_eq!(wallet(&caller).await[0]["voucher_id"], claimed["voucher_id"]);
    assert_eq!(wallet(&other).await, json!([]));
    // Nor does anybody's place in the line or cookie without a session make a claim theirs.
    let nobody = city.anyone().with_token("0".repeat(64).as_str());
    nobody
        .write(Method::POST, "/rounds/1/claims", Some(&body), &new_key())
        .await
        .refused(401, "unauthenticated");
}

async fn a_claim_needs_a_key(city: &TestCity) {
    let resident = city.resident(1).await;
    resident.post("/rounds/1/claims", &json!({})).await.refused(400, "key_required");
    for key in ["", "1234567", "with space", "ключключ", &"x".repeat(129)] {
        resident.write(Method::POST, "/rounds/1/claims", None, key).await.refused(400, "bad_key");
    }
    let twice = resident.api(Method::POST, "/rounds/1/claims");
    let twice = twice.header("idempotency-key", "12345678").header("idempotency-key", "87654321");
    Answer::of(twice).await.refused(400, "bad_key");
    for key in ["12345678", &"x".repeat(128)] {
        let answer = resident.write(Method::POST, "/rounds/1/claims", None, key).await;
        assert!(matches!(answer.status, 201 | 409), "{}", answer.text);
    }
}

async fn sixty_four_claims_for_the_last_ten(city: &TestCity) {
    let mut residents = Vec::new();
    for n in 1..=64 {
        residents.push(city.resident(n).await);
    }
    let answers = join_all(residents.iter().map(|resident| city.claim(resident, TestCity::ROUND))).await;
    let won: Vec<_> = answers.iter().filter(|answer| answer.status == 201).collect();
    assert_eq!(won.len(), 10);
    for lost in answers.iter().filter(|answer| answer.status != 201) {
        lost.refused(409, "sold_out");
    }
    let mut ids: Vec<_> = won.iter().map(|answer| answer.json()["voucher_id"].as_i64().unwrap()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 10);
    assert_eq!(city.anyone().get("/rounds/1").await.expect(200)["remaining"], 0);
}

async fn a_sold_out_round_says_so(city: &TestCity) {
    for n in 1..=10 {
        city.claim(&city.resident(n).await, 1).await.expect(201);
    }
    city.claim(&city.resident(11).await, 1).await.refused(409, "sold_out");
}

async fn a_resident_presses_ten_times_at_once(city: &TestCity) {
    let resident = city.resident(1).await;
    let key = new_key();
    let same_key = (0..10).map(|_| resident.write(Method::POST, "/rounds/1/claims", None, &key));
    let answers = join_all(same_key).await;
    assert!(answers.iter().all(|answer| answer.expect(201) == answers[0].json()));
    let other_keys = join_all((0..10).map(|_| city.claim(&resident, 1))).await;
    assert!(other_keys.iter().all(|answer| answer.status == 409));
    assert_eq!(city.anyone().get("/rounds/1").await.expect(200)["remaining"], 299);
}

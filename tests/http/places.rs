//! `/rounds/{id}/places`, `/rounds/{id}/work`, and what they mean for a claim.

use domain::Search;
use http::Method;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};
use std::time::Duration;
use tests::{Answer, Person, TestCity, new_key, on_both_databases};

on_both_databases!(
    a_resident_joins_before_the_opening_and_keeps_the_place,
    a_waiting_room_has_its_hours,
    without_a_line_a_claim_goes_straight_through,
    those_who_waited_come_in_the_order_of_their_lots,
    a_late_arrival_stands_behind_all_who_waited,
    a_place_is_its_holders_alone,
    a_successful_claim_is_answered_again_before_its_turn,
    a_hot_round_asks_for_work,
    whoever_repeats_works_more,
    a_form_waits_instead_of_working,
    an_account_that_presses_too_often_is_told_when_to_come_back,
);

const BEFORE: &str = "2021-06-18T09:58:30+08:00";
/// How long to wait for a node's next look at the counts.
const PATIENCE: Duration = Duration::from_secs(10);

async fn join(person: &Person, token: Option<&str>) -> Answer {
    let request = person.api(Method::POST, "/rounds/1/places");
    Answer::of(match token {
        Some(token) => request.header("yuehui-place", token),
        None => request,
    })
    .await
}

/// A claim with what it shows.
async fn claim_with(person: &Person, key: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = person.api(Method::POST, "/rounds/1/claims").header("idempotency-key", key);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    Answer::of(request).await
}

/// Another node counts so many in the first round's waiting room.
async fn others_wait(city: &TestCity, waited: i64) {
    let sql = AssertSqlSafe(format!(
        "insert into waiting_count (round_id, node, waited, arrived) values (1, 999, {waited}, 0)"
    ));
    if city.database_url().starts_with("sqlite:") {
        let mut connection = SqliteConnection::connect(city.database_url()).await.expect("a connection");
        sqlx::raw_sql(sql).execute(&mut connection).await.expect("the count");
    } else {
        let mut connection = PgConnection::connect(city.database_url()).await.expect("a connection");
        sqlx::raw_sql(sql).execute(&mut connection).await.expect("the count");
    }
}

/// Waits until the node knows that so many wait.
async fn until_known(person: &Person, waiting: i64) -> Value {
    let look = async {
        loop {
            let place = join(person, None).await;
            if place.expect(201)["waiting"] == waiting {
                return place.json();
            }
            tokio::time::sleep(Duration::from_millis(600)).await;
        }
    };
    tokio::time::timeout(PATIENCE, look).await.expect("a look in time")
}

/// Solves a task.
fn solved(task: &Value) -> String {
    let mut search = Search::new(task["challenge"].as_str().unwrap()).unwrap();
    std::iter::repeat_with(|| search.try_some(1000)).flatten().next().unwrap()
}

async fn a_resident_joins_before_the_opening_and_keeps_the_place(city: &TestCity) {
    city.set_clock(BEFORE);
    let (one, other) = (city.resident(1).await, city.resident(2).await);
    let place = join(&one, None).await.expect(201);
    assert_eq!(place["opens_at"], "2021-06-18T10:00:00+08:00");
    assert_eq!(
        (&place["waiting"], &place["ahead"], &place["turn_at"]),
        (&json!(1), &json!(null), &json!(null))
    );
    city.wait_s(10);
    assert_eq!(join(&other, None).await.expect(201)["waiting"], 2);
    // Once more, with the place and without: the same one, counted once.
    for token in [None, place["place_token"].as_str()] {
        let again = join(&one, token).await.expect(201);
        assert_eq!(
            (&again["place_token"], &again["joined_at"]),
            (&place["place_token"], &place["joined_at"])
        );
        assert_eq!(again["waiting"], 2);
    }
    city.set_clock("2021-06-18T10:00:00+08:00");
    let now = join(&one, None).await.expect(201);
    assert_eq!(now["place_token"], place["place_token"]);
    assert!(now["ahead"].as_i64().is_some_and(|ahead| ahead < 2), "{now}");
    assert!(now["turn_at"].is_string());
}

async fn a_waiting_room_has_its_hours(city: &TestCity) {
    let resident = city.resident(1).await;
    city.set_clock("2021-06-18T09:57:59+08:00");
    assert_eq!(join(&resident, None).await.refused(425, "not_open")["opens_at"], "2021-06-18T10:00:00+08:00");
    resident.get("/rounds/1/work").await.refused(425, "not_open");
    city.set_clock("2021-06-18T09:58:00+08:00");
    join(&resident, None).await.expect(201);
    let work = resident.get("/rounds/1/work").await.expect(200);
    assert_eq!(work["required"], false);
    assert!(work["challenge"].as_str().unwrap().starts_with(&format!("{}.", work["bits"])), "{work}");
    city.set_clock("2021-06-18T22:00:00+08:00");
    join(&resident, None).await.refused(410, "closed");
    resident.get("/rounds/1/work").await.refused(410, "closed");
    city.set_clock("2021-06-19T10:00:00+08:00");
    resident.post("/rounds/18/places", &json!({})).await.refused(409, "wrong_method");
    for round in ["999", "x", "-1"] {
        resident.post(&format!("/rounds/{round}/places"), &json!({})).await.refused(404, "not_found");
        resident.get(&format!("/rounds/{round}/work")).await.refused(404, "not_found");
    }
}

async fn without_a_line_a_claim_goes_straight_through(city: &TestCity) {
    let resident = city.resident(1).await;
    city.claim(&resident, 1).await.expect(201);
    // Some waited, but fewer than have their turn at once.
    let late = city.resident(2).await;
    let place = join(&late, None).await.expect(201);
    assert_eq!((&place["ahead"], &place["turn_at"]), (&json!(0), &json!("2021-06-18T10:00:00+08:00")));
    city.claim(&late, 1).await.expect(201);
}

async fn those_who_waited_come_in_the_order_of_their_lots(city: &TestCity) {
    city.set_clock(BEFORE);
    let mut residents = Vec::new();
    for n in 1..=8 {
        let resident = city.resident(n).await;
        join(&resident, None).await.expect(201);
        residents.push(resident);
    }
    others_wait(city, 1992).await;
    until_known(&residents[0], 2000).await;
    city.backend().admit_per_second(100);
    city.backend().demand_work(backend::WorkDemand::Never);
    city.set_clock("2021-06-18T10:00:00+08:00");
    let mut turns = Vec::new();
    for resident in &residents {
        let answer = city.claim(resident, 1).await;
        let refused = answer.refused(425, "not_your_turn");
        let ahead = refused["ahead"].as_i64().unwrap();
        assert!((1..2000).contains(&ahead), "{refused}");
        let seconds: i64 = answer.header("retry-after").parse().unwrap();
        assert!((ahead / 100..=ahead / 100 + 1).contains(&seconds), "{seconds} {refused}");
        turns.push((ahead, seconds));
    }
    let mut sorted = turns.clone();
    sorted.sort_unstable();
    assert_ne!(sorted, turns, "the order of joining is not the order of turns");
    let median = sorted[4].1;
    city.wait_s(median);
    for (resident, (_, seconds)) in residents.iter().zip(&turns) {
        let status = city.claim(resident, 1).await.status;
        assert_eq!(status == 201, *seconds <= median, "{seconds} of {median}: {status}");
    }
    city.wait_s(20);
    for (resident, (_, seconds)) in residents.iter().zip(&turns) {
        let status = city.claim(resident, 1).await.status;
        assert_eq!(status, if *seconds <= median { 409 } else { 201 });
    }
}

async fn a_late_arrival_stands_behind_all_who_waited(city: &TestCity) {
    city.set_clock(BEFORE);
    let waiting = city.resident(1).await;
    join(&waiting, None).await.expect(201);
    others_wait(city, 999).await;
    until_known(&waiting, 1000).await;
    city.backend().admit_per_second(100);
    city.set_clock("2021-06-18T10:00:00+08:00");
    let (one, other) = (city.resident(2).await, city.resident(3).await);
    let first = city.claim(&one, 1).await.refused(425, "not_your_turn");
    assert_eq!((&first["ahead"], &first["turn_at"]), (&json!(1000), &json!("2021-06-18T10:00:10+08:00")));
    let second = join(&other, None).await.expect(201);
    assert_eq!(
        (&second["ahead"], &second["turn_at"]),
        (&json!(1001), &json!("2021-06-18T10:00:10.010+08:00"))
    );
    // Pressing again, with the place or without, moves nobody.
    let token = first["place_token"].as_str().unwrap();
    for headers in [&[][..], &[("yuehui-place", token)][..]] {
        city.wait_s(1);
        let again = claim_with(&one, &new_key(), headers).await.refused(425, "not_your_turn");
        assert_eq!((&again["turn_at"], &again["place_token"]), (&first["turn_at"], &first["place_token"]));
    }
    city.wait_s(8);
    claim_with(&one, &new_key(), &[("yuehui-place", token)]).await.expect(201);
    city.claim(&other, 1).await.refused(425, "not_your_turn");
    city.wait_s(1);
    // The line is over: whoever comes now does not wait.
    city.claim(&city.resident(4).await, 1).await.expect(201);
    city.claim(&other, 1).await.expect(201);
}

async fn a_place_is_its_holders_alone(city: &TestCity) {
    city.set_clock(BEFORE);
    let waiting = city.resident(1).await;
    others_wait(city, 99_999).await;
    let place = until_known(&waiting, 100_000).await;
    city.backend().admit_per_second(1);
    city.set_clock("2021-06-18T10:00:00+08:00");
    let stranger = city.resident(2).await;
    let own = place["place_token"].as_str().unwrap();
    let later = own.replacen("w.", "0.", 1);
    for token in [own, later.as_str(), "", "w.0.", "nonsense", &"w.1.".repeat(100)] {
        let refused = claim_with(&stranger, &new_key(), &[("yuehui-place", token)]).await;
        assert_eq!(refused.refused(425, "not_your_turn")["ahead"], 100_000, "{token}");
    }
}

async fn a_successful_claim_is_answered_again_before_its_turn(city: &TestCity) {
    let (resident, key) = (city.resident(1).await, new_key());
    let first = claim_with(&resident, &key, &[]).await.expect(201);
    // A crowd that this node learns of later, and a press for each of its seconds.
    city.set_clock(BEFORE);
    others_wait(city, 5_000).await;
    until_known(&city.resident(2).await, 5_001).await;
    city.backend().admit_per_second(1);
    city.set_clock("2021-06-18T10:00:00+08:00");
    for _ in 0..40 {
        let again = claim_with(&resident, &key, &[]).await;
        assert!(again.is_replay());
        assert_eq!(again.expect(201), first);
    }
    claim_with(&resident, &new_key(), &[]).await.refused(429, "too_often");
}

async fn a_hot_round_asks_for_work(city: &TestCity) {
    city.set_clock(BEFORE);
    let (one, other) = (city.resident(1).await, city.resident(2).await);
    others_wait(city, 3_000).await;
    let place = until_known(&one, 3_001).await;
    city.backend().admit_per_second(1_000_000);
    city.set_clock("2021-06-18T10:00:10+08:00");
    let key = new_key();
    let asked = claim_with(&one, &key, &[]).await.refused(428, "work_required");
    assert!(asked["bits"].as_i64().is_some_and(|bits| bits > 0) && asked["expires_at"].is_string());
    // The task that came with the place is as good.
    let work = solved(&place["work"]);
    claim_with(&other, &new_key(), &[("yuehui-work", &work)]).await.refused(428, "work_required");
    for none in ["", "x", "0.9999999999999.X:1", &format!("{}:x", asked["challenge"].as_str().unwrap())] {
        let request = city.resident(3).await;
        claim_with(&request, &key, &[("yuehui-work", none)]).await.refused(428, "work_required");
    }
    claim_with(&one, &key, &[("yuehui-work", &work)]).await.expect(201);
    assert_eq!(one.get("/rounds/1/work").await.expect(200)["required"], true);
    // Two minutes later the rush is over.
    city.wait_s(120);
    claim_with(&other, &new_key(), &[]).await.expect(201);
}

async fn whoever_repeats_works_more(city: &TestCity) {
    city.backend().demand_work(backend::WorkDemand::Always);
    let resident = city.resident(1).await;
    let mut bits = Vec::new();
    for _ in 0..12 {
        let asked = claim_with(&resident, &new_key(), &[]).await.refused(428, "work_required");
        bits.push(asked["bits"].as_i64().unwrap() - 13);
    }
    assert_eq!(bits, [0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 6, 6]);
    let fresh = city.resident(2).await;
    let task = fresh.get("/rounds/1/work").await.expect(200);
    assert_eq!((&task["bits"], &task["required"]), (&json!(13), &json!(true)));
    claim_with(&fresh, &new_key(), &[("yuehui-work", &solved(&task))]).await.expect(201);
    city.wait_s(60);
    let asked = claim_with(&resident, &new_key(), &[]).await.refused(428, "work_required");
    assert_eq!(asked["bits"], 13);
    claim_with(&resident, &new_key(), &[("yuehui-work", &solved(&asked))]).await.expect(201);
}

async fn a_form_waits_instead_of_working(city: &TestCity) {
    city.backend().demand_work(backend::WorkDemand::Always);
    let resident = city.resident(1).await;
    let press = async || {
        let request = city.anyone().request(Method::POST, "/api/fn/claim_voucher");
        let cookie = format!("yuehui_session={}", resident.token());
        let request = request.header("cookie", cookie).header("accept", "application/json");
        let form = format!("round_id=1&key={}", new_key());
        Answer::of(request.header("content-type", "application/x-www-form-urlencoded").body(form)).await
    };
    let first = press().await;
    assert_eq!(first.status, 425, "{}", first.text);
    assert!(first.text.contains("not_your_turn"));
    // A browser without a script gets a number by which it is known again.
    assert!(first.header("set-cookie").starts_with("yuehui_device="), "{:?}", first.headers);
    city.wait_s(4);
    assert_eq!(press().await.status, 425);
    city.wait_s(1);
    assert!(press().await.status < 400);
    assert_eq!(resident.get("/vouchers").await.expect(200)["items"].as_array().unwrap().len(), 1);
}

async fn an_account_that_presses_too_often_is_told_when_to_come_back(city: &TestCity) {
    let resident = city.resident(1).await;
    city.claim(&resident, 1).await.expect(201);
    for _ in 0..29 {
        city.claim(&resident, 1).await.refused(409, "limit_reached");
    }
    let answer = city.claim(&resident, 1).await;
    answer.refused(429, "too_often");
    assert_eq!(answer.header("retry-after"), "1");
    join(&resident, None).await.refused(429, "too_often");
    // Another resident at the same address does not notice.
    city.claim(&city.resident(2).await, 1).await.expect(201);
    city.wait_s(1);
    city.claim(&resident, 1).await.refused(409, "limit_reached");
}

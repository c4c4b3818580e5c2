//! `/rounds/{id}/draw`: the proof, the lists, and the organizer who holds the draw.

use http::Method;
use serde_json::{Value, json};
use tests::{Answer, Person, TestCity, new_key, on_both_databases};

on_both_databases!(
    a_draw_from_entry_to_claim,
    a_list_is_public_once_it_is_frozen,
    the_public_value_is_checked,
    a_round_tells_its_draw,
);

const FAMILY: i64 = 22;
const CLOSED: &str = "2021-06-20T18:00:00+08:00";
const DUE: &str = "2021-06-21T15:30:00+08:00";

async fn enter(person: &Person) -> Value {
    person.write(Method::POST, &format!("/rounds/{FAMILY}/entries"), None, &new_key()).await.expect(201)
}

async fn hold(person: &Person, value: &str, again: &str) -> Answer {
    let body = json!({ "public_value": value, "public_value_again": again });
    person.write(Method::POST, &format!("/rounds/{FAMILY}/draw"), Some(&body), &new_key()).await
}

async fn proof(city: &TestCity) -> Value {
    city.anyone().get(&format!("/rounds/{FAMILY}/draw")).await.expect(200)
}

async fn a_draw_from_entry_to_claim(city: &TestCity) {
    let resident = city.resident(1).await;
    let entry = enter(&resident).await;
    city.set_clock(DUE);
    // The session ended meanwhile: people sign in again.
    let (resident, organizer) = (city.resident(1).await, city.organizer().await);
    let held = hold(&organizer, " ３５２９．１８ ", "3529.18").await.expect(201);
    assert_eq!((&held["public_value"], &held["revealed_at"]), (&json!("3529.18"), &json!(DUE)));
    hold(&organizer, "3529.19", "3529.19").await.refused(409, "already_drawn");
    let proof = proof(city).await;
    assert_eq!(
        (&proof["phase"], &proof["winners"], &proof["seed"]),
        (&json!("claiming"), &json!(1), &held["seed"])
    );
    assert_eq!(
        proof["results"],
        json!([{ "rank": 1, "entry": entry["entry"], "place": "210302", "waiting": null }])
    );
    let results = city.anyone().get(&format!("/rounds/{FAMILY}/draw/results")).await;
    assert_eq!(results.text, format!("1 {} won 210302\n", entry["entry"].as_str().unwrap()));
    let own = resident.get(&format!("/rounds/{FAMILY}/entries/mine")).await.expect(200);
    assert_eq!((&own["state"], &own["claim_from"]), (&json!("called"), &json!(DUE)));
    assert_eq!(own["claim_until"], "2021-06-22T15:30:00+08:00");
    let voucher = city.claim(&resident, FAMILY).await.expect(201);
    assert_eq!((&voucher["round_id"], &voucher["face_value_fen"]), (&json!(FAMILY), &json!(20_000)));
    let own = resident.get(&format!("/rounds/{FAMILY}/entries/mine")).await.expect(200);
    assert_eq!(own["state"], "claimed");
    let other = city.resident(2).await;
    city.claim(&other, FAMILY).await.refused(403, "not_drawn");
}

async fn a_list_is_public_once_it_is_frozen(city: &TestCity) {
    let anyone = city.anyone();
    let (entries, results) =
        (format!("/rounds/{FAMILY}/draw/entries"), format!("/rounds/{FAMILY}/draw/results"));
    let mut lines = Vec::new();
    for n in 1..=3 {
        let entry = enter(&city.resident(n).await).await;
        lines.push(format!("{} {}\n", entry["entry"].as_str().unwrap(), entry["district"].as_str().unwrap()));
    }
    lines.sort();
    assert_eq!(anyone.get(&entries).await.refused(425, "not_frozen")["closes_at"], CLOSED);
    anyone.get(&results).await.refused(425, "not_due");
    city.set_clock(CLOSED);
    city.backend().advance_draws().await.unwrap();
    let list = anyone.get(&entries).await;
    assert_eq!((list.status, list.header("content-type")), (200, "text/plain; charset=utf-8"));
    assert_eq!(list.text, lines.concat());
    // As a browser asks for it.
    let zipped = anyone.api(Method::GET, &entries).header("accept-encoding", "gzip").send().await.unwrap();
    assert!(!zipped.bytes().await.unwrap().is_empty());
    let proof = proof(city).await;
    assert_eq!(
        (&proof["entries"], &proof["city_secret"], &proof["seed"]),
        (&json!(3), &Value::Null, &Value::Null)
    );
    for path in [entries, results] {
        anyone.get(&path.replace("22", "1")).await.refused(409, "wrong_method");
        anyone.get(&path.replace("22", "999")).await.refused(404, "not_found");
    }
}

async fn the_public_value_is_checked(city: &TestCity) {
    let organizer = city.organizer().await;
    hold(&organizer, "3529.18", "3529.18").await.refused(425, "not_due");
    hold(&organizer, "", "").await.refused_field(422, "bad_field", "public_value");
    hold(&organizer, &"9".repeat(65), "9").await.refused_field(422, "bad_field", "public_value");
    hold(&organizer, "3529.18", "3529.81").await.refused_field(422, "bad_field", "public_value_again");
    hold(&city.resident(1).await, "1", "1").await.refused(403, "wrong_role");
    hold(&city.anyone(), "1", "1").await.refused(401, "unauthenticated");
}

async fn a_round_tells_its_draw(city: &TestCity) {
    let anyone = city.anyone();
    assert_eq!(anyone.get("/rounds/1").await.expect(200)["draw"], Value::Null);
    anyone.get("/rounds/1/draw").await.refused(409, "wrong_method");
    let round = anyone.get(&format!("/rounds/{FAMILY}")).await.expect(200);
    assert_eq!((&round["state"], &round["draw"]["phase"]), (&json!("open"), &json!("entering")));
    assert_eq!((&round["draw"]["draws_at"], &round["draw"]["claim_hours"]), (&json!(DUE), &json!(24)));
    city.set_clock(CLOSED);
    assert_eq!(anyone.get(&format!("/rounds/{FAMILY}")).await.expect(200)["state"], "drawing");
    let drawing = anyone.get("/rounds?state=drawing&limit=100").await.expect(200);
    assert_eq!(drawing["items"][0]["id"], FAMILY);
    let before = proof(city).await;
    assert_eq!(before["commitment"].as_str().unwrap().len(), 64);
    assert!(before["public_source"].as_str().unwrap().contains("上证"));
}

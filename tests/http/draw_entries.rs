//! `/rounds/{id}/entries`: entering a draw.

use http::Method;
use serde_json::json;
use tests::{Answer, Person, TestCity, new_key, on_both_databases};

on_both_databases!(
    an_entry_is_answered_again,
    each_refusal_of_an_entry_has_its_answer,
    ones_own_entry_is_ones_own
);

const FAMILY: i64 = 22;

async fn enter(person: &Person, round: i64, key: &str) -> Answer {
    person.write(Method::POST, &format!("/rounds/{round}/entries"), None, key).await
}

async fn an_entry_is_answered_again(city: &TestCity) {
    let (resident, key) = (city.resident(1).await, new_key());
    let first = enter(&resident, FAMILY, &key).await;
    let entry = first.expect(201);
    assert!(!first.is_replay());
    assert_eq!(entry["entry"].as_str().unwrap().len(), 12);
    assert_eq!((&entry["state"], &entry["district"]), (&json!("entered"), &json!("210302")));
    assert_eq!(entry["entered_at"], "2021-06-18T10:00:00+08:00");
    let again = enter(&resident, FAMILY, &key).await;
    assert_eq!((again.expect(201), again.is_replay()), (entry.clone(), true));
    assert_eq!(enter(&resident, FAMILY, &new_key()).await.expect(201), entry);
    assert_eq!(city.anyone().get(&format!("/rounds/{FAMILY}/draw")).await.expect(200)["entered"], 1);
}

async fn each_refusal_of_an_entry_has_its_answer(city: &TestCity) {
    let resident = city.resident(1).await;
    let early = enter(&resident, 18, &new_key()).await.refused(425, "not_open");
    assert_eq!(early["opens_at"], "2021-06-19T09:00:00+08:00");
    assert_eq!(enter(&resident, 1, &new_key()).await.refused(409, "wrong_method")["method"], "flash");
    enter(&resident, 999, &new_key()).await.refused(404, "not_found");
    resident.post("/rounds/18/entries", &json!({})).await.refused(400, "key_required");
    let stranger = city.sign_in("15000000001").await;
    let refused = enter(&stranger, FAMILY, &new_key()).await.refused(403, "not_eligible");
    assert_eq!(refused["districts"].as_array().unwrap().len(), 7);
    city.set_clock("2021-06-20T18:00:00+08:00");
    let late = enter(&resident, FAMILY, &new_key()).await.refused(410, "closed");
    assert_eq!(late["closed_at"], "2021-06-20T18:00:00+08:00");
}

async fn ones_own_entry_is_ones_own(city: &TestCity) {
    let (one, other) = (city.resident(1).await, city.resident(2).await);
    let path = format!("/rounds/{FAMILY}/entries/mine");
    one.get(&path).await.refused(404, "not_found");
    let entry = enter(&one, FAMILY, &new_key()).await.expect(201);
    assert_eq!(one.get(&path).await.expect(200), entry);
    other.get(&path).await.refused(404, "not_found");
    one.get("/rounds/1/entries/mine").await.refused(409, "wrong_method");
}

//! `/rounds/{id}/assisted`, `/assisted`: the community desk and its papers at the till.

use http::Method;
use serde_json::{Value, json};
use tests::{Answer, Person, TestCity, new_key, on_both_databases, people};

on_both_databases!(
    a_resident_without_a_phone_gets_a_paper_voucher,
    a_paper_is_redeemed_with_its_last_digits,
    wrong_digits_are_counted_and_lock_the_paper,
    a_repeat_is_answered_again,
    each_refusal_of_the_desk_has_its_answer,
    a_bad_field_is_named,
    a_desk_sees_its_own_district_alone,
    a_holder_who_signs_in_shows_a_rotating_code,
);

const CARE: i64 = 23;
const FAMILY: i64 = 22;
/// The example of the standard itself.
const NUMBER: &str = "11010519491231002X";

fn by_number() -> Value {
    json!({ "name": "王桂芬", "identity_no": NUMBER })
}

async fn assist(desk: &Person, round: i64, body: &Value) -> Answer {
    desk.write(Method::POST, &format!("/rounds/{round}/assisted"), Some(body), &new_key()).await
}

/// A paper's voucher and what stands on it.
async fn paper(desk: &Person, body: &Value) -> (i64, Value) {
    let assisted = assist(desk, CARE, body).await.expect(201);
    let voucher = assisted["voucher"]["voucher_id"].as_i64().unwrap();
    (voucher, desk.get(&format!("/assisted/{voucher}")).await.expect(200))
}

fn order(slip: &Value) -> Value {
    json!({ "token": slip["paper_token"], "outlet_id": 1, "order_fen": 5000 })
}

fn with(body: &Value, field: &str, value: &str) -> Value {
    let mut body = body.clone();
    body[field] = json!(value);
    body
}

async fn a_resident_without_a_phone_gets_a_paper_voucher(city: &TestCity) {
    let desk = city.desk().await;
    let assisted = assist(&desk, CARE, &by_number()).await.expect(201);
    assert_eq!((&assisted["kind"], &assisted["name_masked"]), (&json!("voucher"), &json!("王**")));
    assert_eq!((&assisted["asks_for"], &assisted["entry"]), (&json!("identity"), &Value::Null));
    assert_eq!(assisted["voucher"]["face_value_fen"], 1500);
    let voucher = assisted["voucher"]["voucher_id"].as_i64().unwrap();
    let slip = desk.get(&format!("/assisted/{voucher}")).await;
    let shown = slip.expect(200);
    assert_eq!((&shown["prints"], &shown["voucher"]["state"]), (&json!(1), &json!("issued")));
    assert_eq!(shown["paper_code"].as_str().unwrap().len(), 12);
    assert!(!slip.text.contains("002X"), "the paper does not tell its own digits: {}", slip.text);
    let list = desk.get("/assisted").await.expect(200);
    let item = &list["items"][0];
    assert_eq!((&item["voucher_id"], &item["name_masked"]), (&json!(voucher), &json!("王**")));
    assert_eq!((&item["entered_by"], &item["state"]), (&json!("铁东区社区演示员"), &json!("issued")));
    let round = city.anyone().get(&format!("/rounds/{CARE}")).await.expect(200);
    assert_eq!(round["remaining"], 699);
    let entry = assist(&desk, FAMILY, &by_number()).await.expect(201);
    assert_eq!((&entry["kind"], &entry["entry"]["district"]), (&json!("entry"), &json!("210302")));
}

async fn a_paper_is_redeemed_with_its_last_digits(city: &TestCity) {
    let (desk, clerk) = (city.desk().await, city.clerk().await);
    let body = json!({ "name": "王桂芬", "phone": "151 0000 0009", "identity_no": NUMBER });
    let (_, slip) = paper(&desk, &body).await;
    // It stands still.
    city.wait_s(3 * 24 * 3600);
    let asked = clerk.post("/redemptions/preview", &order(&slip)).await.refused(422, "paper_check_required");
    assert_eq!((&asked["field"], &asked["asks_for"]), (&json!("last4"), &json!("phone")));
    city.redeem(&clerk, &order(&slip)).await.refused(422, "paper_check_required");
    let code = slip["paper_code"].as_str().unwrap().to_lowercase().replace('0', "O").replace('1', "l");
    let typed = format!(" {} {} {} ", &code[..4], &code[4..8], &code[8..]);
    let typed = json!({ "code": typed, "outlet_id": 1, "order_fen": 5000, "last4": "oo09" });
    let preview = clerk.post("/redemptions/preview", &typed).await.expect(200);
    assert_eq!((&preview["subsidy_fen"], &preview["holder_masked"]), (&json!(1500), &json!("151****0009")));
    let key = new_key();
    for replay in [false, true] {
        let redeemed = clerk.write(Method::POST, "/redemptions", Some(&typed), &key).await;
        assert_eq!(
            (redeemed.expect(201)["subsidy_fen"].clone(), redeemed.is_replay()),
            (json!(1500), replay)
        );
    }
    // Used, it says so before it asks for digits.
    city.redeem(&clerk, &order(&slip)).await.refused(409, "already_redeemed");
}

async fn wrong_digits_are_counted_and_lock_the_paper(city: &TestCity) {
    let (desk, clerk) = (city.desk().await, city.clerk().await);
    let (voucher, slip) = paper(&desk, &by_number()).await;
    clerk.post("/redemptions/preview", &with(&order(&slip), "last4", "12")).await.refused(422, "bad_field");
    for left in [4, 3, 2, 1] {
        let wrong = with(&order(&slip), "last4", "0000");
        let refused = clerk.post("/redemptions/preview", &wrong).await.refused(422, "paper_check_wrong");
        assert_eq!((&refused["tries_left"], &refused["field"]), (&json!(left), &json!("last4")));
    }
    city.redeem(&clerk, &with(&order(&slip), "last4", "0000")).await.refused(422, "paper_locked");
    let right = with(&order(&slip), "last4", "002x");
    city.redeem(&clerk, &right).await.refused(422, "paper_locked");
    clerk.post("/redemptions/preview", &order(&slip)).await.refused(422, "paper_locked");
    let anew = format!("/assisted/{voucher}/prints");
    assert_eq!(desk.write(Method::POST, &anew, None, &new_key()).await.expect(201)["prints"], 2);
    city.redeem(&clerk, &right).await.refused(422, "paper_replaced");
    let slip = desk.get(&format!("/assisted/{voucher}")).await.expect(200);
    city.redeem(&clerk, &with(&order(&slip), "last4", "002x")).await.expect(201);
    let late = desk.write(Method::POST, &anew, None, &new_key()).await.refused(409, "not_printable");
    assert_eq!(late["state"], "redeemed");
}

async fn a_repeat_is_answered_again(city: &TestCity) {
    let (desk, key) = (city.desk().await, new_key());
    let path = format!("/rounds/{CARE}/assisted");
    let press = async |body: &Value| desk.write(Method::POST, &path, Some(body), &key).await;
    let first = press(&by_number()).await;
    assert!(!first.is_replay());
    let again = press(&by_number()).await;
    assert_eq!((again.expect(201), again.is_replay()), (first.expect(201), true));
    press(&json!({ "name": "王桂芬", "phone": "15100000009" })).await.refused(422, "key_reused");
    desk.post(&path, &by_number()).await.refused(400, "key_required");
}

async fn each_refusal_of_the_desk_has_its_answer(city: &TestCity) {
    let desk = city.desk().await;
    let phone = |number: &str| json!({ "name": "王桂芬", "phone": number });
    // The second resident lives in Haicheng, the desk is in Tiedong.
    let elsewhere = assist(&desk, CARE, &phone(&people::resident(2))).await.refused(403, "other_district");
    assert_eq!(elsewhere["district"], "210302");
    assist(&desk, CARE, &phone(people::CLERK)).await.refused(403, "not_a_resident");
    assist(&desk, CARE, &by_number()).await.expect(201);
    assert_eq!(assist(&desk, CARE, &by_number()).await.refused(409, "limit_reached")["scope"], "round");
    let mixed = with(&phone(&people::resident(1)), "identity_no", NUMBER);
    assist(&desk, CARE, &mixed).await.refused(409, "identity_conflict");
    assist(&desk, 5, &by_number()).await.refused(425, "not_open");
    assist(&desk, 18, &by_number()).await.refused(425, "not_open");
    assist(&desk, 999, &by_number()).await.refused(404, "not_found");
    city.set_clock("2021-06-18T11:30:00+08:00");
    let rural = assist(&desk, 13, &by_number()).await.refused(403, "not_eligible");
    assert_eq!(rural["districts"].as_array().unwrap().len(), 4);
    city.set_clock("2021-07-15T17:00:00+08:00");
    let late = assist(&desk, CARE, &phone("15100000010")).await.refused(410, "closed");
    assert_eq!(late["closed_at"], "2021-07-15T17:00:00+08:00");
    // By phone an assisted round stays shut.
    city.set_clock("2021-06-18T12:00:00+08:00");
    city.claim(&city.resident(1).await, CARE).await.refused(409, "wrong_method");
}

async fn a_bad_field_is_named(city: &TestCity) {
    let (desk, organizer) = (city.desk().await, city.organizer().await);
    let good = by_number();
    for (body, field) in [
        (with(&good, "name", " "), "name"),
        (with(&good, "name", &"王".repeat(41)), "name"),
        (with(&good, "phone", "123"), "phone"),
        (with(&good, "phone_owner", "neighbour"), "phone_owner"),
        (with(&good, "identity_no", "110105194912310021"), "identity_no"),
        (json!({ "name": "王桂芬" }), "identity_no"),
        (json!({ "name": "王桂芬", "phone": "15100000009", "phone_owner": "relative" }), "identity_no"),
        (with(&good, "district", "210303"), "district"),
    ] {
        let refused = assist(&desk, CARE, &body).await;
        assert_eq!(refused.refused(422, "bad_field")["field"], field);
        assert!(!refused.text.contains("110105"), "{}", refused.text);
    }
    assert_eq!(assist(&organizer, CARE, &good).await.refused(422, "bad_field")["field"], "district");
    assist(&organizer, CARE, &with(&good, "district", "210381")).await.expect(201);
    assert_eq!(desk.get("/assisted?cursor=x").await.refused(400, "bad_query")["field"], "cursor");
}

async fn a_desk_sees_its_own_district_alone(city: &TestCity) {
    let (desk, organizer) = (city.desk().await, city.organizer().await);
    let (own, _) = paper(&desk, &by_number()).await;
    let there = json!({ "name": "李福", "phone": "15100000011", "district": "210381" });
    let (other, _) = paper(&organizer, &there).await;
    desk.get(&format!("/assisted/{other}")).await.refused(404, "not_found");
    let anew = format!("/assisted/{other}/prints");
    desk.write(Method::POST, &anew, None, &new_key()).await.refused(404, "not_found");
    // What a phone claimed is no paper's.
    let claimed = city.voucher_of(&city.resident(1).await).await;
    desk.get(&format!("/assisted/{}", claimed["voucher_id"])).await.refused(404, "not_found");
    let list = desk.get("/assisted").await.expect(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    let first = organizer.get("/assisted?limit=1").await.expect(200);
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = organizer.get(&format!("/assisted?limit=1&cursor={cursor}")).await.expect(200);
    assert_eq!(
        (&first["items"][0]["voucher_id"], &second["items"][0]["voucher_id"]),
        (&json!(other), &json!(own))
    );
    assert_eq!(second["next_cursor"], Value::Null);
}

async fn a_holder_who_signs_in_shows_a_rotating_code(city: &TestCity) {
    let (desk, clerk) = (city.desk().await, city.clerk().await);
    let (voucher, slip) = paper(&desk, &json!({ "name": "王桂芬", "phone": "15100000009" })).await;
    let holder = city.sign_in("15100000009").await;
    let held = json!({ "voucher_id": voucher });
    let rotating = city.order(&holder, &held, 5000).await;
    assert_eq!(clerk.post("/redemptions/preview", &rotating).await.expect(200)["subsidy_fen"], 1500);
    city.redeem(&clerk, &rotating).await.expect(201);
    city.redeem(&clerk, &with(&order(&slip), "last4", "0009")).await.refused(409, "already_redeemed");
}

//! `/join`, and the review after it.

use http::Method;
use serde_json::{Value, json};
use tests::{Person, TestCity, new_key, on_both_databases, people};

on_both_databases!(
    a_shop_joins_is_reviewed_and_redeems,
    a_draft_names_what_is_wrong,
    a_rejected_shop_is_gone_and_its_tills_say_why,
);

fn draft() -> Value {
    json!({
        "credit_code": "", "name": "岫岩小馆", "kind": "catering",
        "outlets": [{ "name": "总店", "district": "210302", "address": "阜昌路1号", "hours": "daily 00:00-24:00" }],
        "contact_name": "王店主", "contact_phone": "13800009999",
    })
}

/// The draft with the check sign that fits.
fn whole() -> Value {
    let mut draft = draft();
    let body = "91210302MA0TEKT12";
    let fits = |sign: &char| format!("{body}{sign}").parse::<domain::CreditCode>().is_ok();
    let sign = "0123456789ABCDEFGHJKLMNPQRTUWXY".chars().find(fits).unwrap();
    draft["credit_code"] = json!(format!("{body}{sign}"));
    draft
}

async fn save(joiner: &Person, draft: &Value) -> Value {
    joiner.write(Method::PUT, "/join", Some(draft), &new_key()).await.expect(200)
}

/// A merchant of the resident.
async fn join(joiner: &Person) -> Value {
    let saved = save(joiner, &whole()).await;
    let body = json!({ "version": saved["commitment"]["version"], "signer": "王店主" });
    joiner.write(Method::POST, "/join", Some(&body), &new_key()).await.expect(201)
}

async fn a_shop_joins_is_reviewed_and_redeems(city: &TestCity) {
    let joiner = city.resident(1).await;
    let joined = join(&joiner).await;
    let id = joined["merchant_id"].as_i64().unwrap();
    assert_eq!((&joined["state"], &joined["daily_redemptions"]), (&json!("provisional"), &json!(30)));
    let shown = city.anyone().get(&format!("/merchants/{id}")).await.expect(200);
    assert_eq!((&shown["name"], &shown["state"]), (&json!("岫岩小馆"), &json!("provisional")));
    let me = joiner.get("/me").await.expect(200);
    assert_eq!((&me["merchant_id"], &me["outlet_ids"]), (&json!(id), &joined["outlet_ids"]));

    let holder = city.resident(2).await;
    let voucher = city.voucher_of(&holder).await;
    let mut order = city.order(&holder, &voucher, 8_000).await;
    order["outlet_id"] = joined["outlet_ids"][0].clone();
    city.redeem(&joiner, &order).await.expect(201);

    city.wait_s(3_600);
    let officer = city.sign_in(people::OFFICER).await;
    let waiting = officer.get("/reviews/merchants").await.expect(200);
    assert_eq!(
        (&waiting["items"][0]["merchant_id"], &waiting["items"][0]["waiting_s"]),
        (&json!(id), &json!(3600))
    );
    let seen = officer.get(&format!("/merchants/{id}/review")).await.expect(200);
    assert_eq!((&seen["signer"], &seen["contact_phone"]), (&json!("王店主"), &json!("13800009999")));
    assert_eq!(seen["clauses"].as_array().unwrap().len(), 4);
    let path = format!("/merchants/{id}/reviews");
    let (approval, key) = (json!({ "decision": "approve" }), new_key());
    let approved = officer.write(Method::POST, &path, Some(&approval), &key).await;
    assert_eq!(approved.expect(201)["state"], "live");
    assert!(officer.write(Method::POST, &path, Some(&approval), &key).await.is_replay());
    let late = officer.write(Method::POST, &path, Some(&approval), &new_key()).await;
    assert_eq!(late.refused(409, "already_reviewed")["state"], "live");
    assert_eq!(officer.get("/reviews/merchants").await.expect(200)["items"], json!([]));
    officer.get("/reviews/merchants?state=open").await.refused_field(400, "bad_query", "state");
}

async fn a_draft_names_what_is_wrong(city: &TestCity) {
    let joiner = city.resident(1).await;
    let begun = joiner.get("/join").await.expect(200);
    assert_eq!((&begun["step"], &begun["saved_at"]), (&json!("merchant"), &Value::Null));
    let mut wrong = whole();
    wrong["credit_code"] = json!("91210302DEM000014J");
    wrong["outlets"][0]["hours"] = json!("daily 9-5");
    let saved = save(&joiner, &wrong).await;
    let fields: Vec<&str> =
        saved["faults"].as_array().unwrap().iter().map(|fault| fault["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["credit_code", "outlets[0].hours"]);
    assert!(saved["faults"][0]["rule"].as_str().unwrap().contains('H'));
    let body = json!({ "version": saved["commitment"]["version"], "signer": "王店主" });
    let sign = async |body: &Value| joiner.write(Method::POST, "/join", Some(body), &new_key()).await;
    sign(&body).await.refused_field(422, "bad_field", "credit_code");
    wrong["credit_code"] = json!("91210302DEM000014H");
    wrong["outlets"][0]["hours"] = json!("daily 09:00-17:00");
    save(&joiner, &wrong).await;
    assert_eq!(sign(&body).await.refused(409, "code_taken")["name"], "钢城老味道饭庄");
    save(&joiner, &whole()).await;
    sign(&json!({ "version": "0", "signer": "王" })).await.refused(409, "commitment_changed");
    sign(&json!({ "version": "0", "signer": "" })).await.refused_field(422, "bad_field", "signer");
    joiner.post("/join", &body).await.refused(400, "key_required");
    let unknown = json!({ "licence": "x" });
    joiner.write(Method::PUT, "/join", Some(&unknown), &new_key()).await.refused(422, "bad_field");
    sign(&body).await.expect(201);
    let refused = sign(&body).await.refused(409, "already_joined");
    assert_eq!(refused["merchant_id"], joiner.get("/me").await.expect(200)["merchant_id"]);
}

async fn a_rejected_shop_is_gone_and_its_tills_say_why(city: &TestCity) {
    let joiner = city.resident(1).await;
    let joined = join(&joiner).await;
    let path = format!("/merchants/{}/reviews", joined["merchant_id"]);
    let organizer = city.organizer().await;
    let no = json!({ "decision": "reject", "reason": "执照与门店不符" });
    assert_eq!(
        organizer.write(Method::POST, &path, Some(&no), &new_key()).await.expect(201)["state"],
        "rejected"
    );
    city.anyone().get(&format!("/merchants/{}", joined["merchant_id"])).await.refused(404, "not_found");
    let holder = city.resident(2).await;
    let voucher = city.voucher_of(&holder).await;
    let mut order = city.order(&holder, &voucher, 8_000).await;
    order["outlet_id"] = joined["outlet_ids"][0].clone();
    let refused = city.redeem(&joiner, &order).await.refused(422, "merchant_rejected");
    assert_eq!(refused["reason"], "执照与门店不符");
    joiner.get("/redemptions").await.expect(200);

    // It mends what it entered and applies again; until it is reviewed its tills go on refusing.
    let begun = joiner.get("/join").await.expect(200);
    assert_eq!((&begun["reason"], &begun["again"]), (&json!("执照与门店不符"), &json!(true)));
    let mut mended = begun["draft"].clone();
    assert_eq!(mended["outlets"][0]["outlet_id"], joined["outlet_ids"][0]);
    mended["name"] = json!("岫岩小馆（站前）");
    let saved = save(&joiner, &mended).await;
    let body = json!({ "version": saved["commitment"]["version"], "signer": "王店主" });
    let again = joiner.write(Method::POST, "/join", Some(&body), &new_key()).await.expect(201);
    assert_eq!(
        (&again["merchant_id"], &again["state"], &again["outlet_ids"]),
        (&joined["merchant_id"], &json!("reapplied"), &joined["outlet_ids"])
    );
    city.redeem(&joiner, &order).await.refused(422, "merchant_rejected");
    joiner.write(Method::POST, "/join", Some(&body), &new_key()).await.refused(409, "already_joined");
    let waiting = organizer.get("/reviews/merchants").await.expect(200);
    assert_eq!(
        (&waiting["items"][0]["name"], &waiting["items"][0]["state"]),
        (&json!("岫岩小馆（站前）"), &json!("reapplied"))
    );
    let yes = json!({ "decision": "approve", "seen": "reapplied" });
    organizer.write(Method::POST, &path, Some(&yes), &new_key()).await.expect(201);
    city.redeem(&joiner, &order).await.expect(201);
}

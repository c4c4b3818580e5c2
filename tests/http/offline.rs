//! `/offline`, `/redemptions/offline`, `/risk`.

use http::Method;
use serde_json::{Value, json};
use tests::{Answer, Person, TestCity, new_key, on_both_databases, people};

on_both_databases!(
    a_till_goes_on_without_a_network,
    another_till_and_merchant_stay_out,
    a_merchant_answers_to_a_case,
);

/// The secret of a new till of the first outlet, which the bureau allowed.
async fn till(city: &TestCity, owner: &Person) -> String {
    let limits = json!({ "redemptions": 3, "subsidy_fen": 100_000 });
    let organizer = city.organizer().await;
    organizer.write(Method::PUT, "/offline/outlets/1", Some(&limits), &new_key()).await.expect(201);
    let new = json!({ "name": "一号", "outlet_id": 1 });
    let enrolled = owner.write(Method::POST, "/tills", Some(&new), &new_key()).await.expect(201);
    enrolled["secret"].as_str().unwrap().to_owned()
}

async fn permit(person: &Person, secret: &str) -> Answer {
    Answer::of(person.api(Method::GET, "/offline/permit").header("yuehui-till", secret)).await
}

async fn send(person: &Person, secret: &str, body: &Value) -> Answer {
    let request = person.api(Method::POST, "/redemptions/offline").header("yuehui-till", secret);
    Answer::of(request.header("idempotency-key", new_key()).json(body)).await
}

async fn shown(city: &TestCity, n: u32, at_ms: i64) -> String {
    let resident = city.resident(n).await;
    let voucher = city.voucher_of(&resident).await;
    let held = resident.get(&format!("/vouchers/{}", voucher["voucher_id"])).await.expect(200);
    let secret = domain::Secret::try_from(held["secret"].as_str().unwrap().to_owned()).unwrap();
    let (pass, first) = (&held["offline"]["pass"], held["offline"]["first_step"].as_i64().unwrap());
    let step = domain::step_at(domain::Timestamp::from_ms(at_ms));
    secret.offline_token(pass.as_str().unwrap(), first, step).unwrap()
}

async fn a_till_goes_on_without_a_network(city: &TestCity) {
    let owner = city.owner().await;
    let secret = till(city, &owner).await;
    let given = permit(&owner, &secret).await.expect(200);
    assert_eq!(given["limits"], json!({ "redemptions": 3, "subsidy_fen": 100_000 }));
    let at_ms = given["issued_at_ms"].as_i64().unwrap();
    let token = shown(city, 1, at_ms).await;
    let body = json!({ "token": token, "permit": given["permit"], "order_fen": 8800, "made_at_ms": at_ms });
    let booked = send(&owner, &secret, &body).await.expect(201);
    assert_eq!((&booked["state"], &booked["redemption"]["subsidy_fen"]), (&json!("booked"), &json!(2000)));
    let twice = send(&owner, &secret, &body).await.expect(201);
    assert_eq!((&twice["state"], &twice["code"]), (&json!("conflict"), &json!("already_redeemed")));
    let list = owner.get("/redemptions/offline").await.expect(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 2);
    let case = city.sign_in(people::OFFICER).await.get("/risk/cases").await.expect(200)["items"][0].clone();
    assert_eq!((&case["case_id"], &case["state"]), (&twice["case_id"], &json!("open")));
    assert!(!case.to_string().contains("139"), "no phone number: {case}");
    let path = format!("/risk/cases/{}/decisions", case["case_id"]);
    let organizer = city.organizer().await;
    let decide = async |body: Value| organizer.write(Method::POST, &path, Some(&body), &new_key()).await;
    decide(json!({ "state": "cleared", "reason": " " })).await.refused_field(422, "bad_field", "reason");
    decide(json!({ "state": "open", "reason": "x" })).await.refused_field(422, "bad_field", "state");
    decide(json!({ "state": "cleared", "reason": "误扫" })).await.expect(201);
    decide(json!({ "state": "withheld", "reason": "x" })).await.refused(409, "already_decided");
    assert_eq!(owner.get("/shop/risk").await.expect(200)["items"][0]["reason"], "误扫");
    let page = owner.request(Method::GET, "/shop/risk").header("cookie", session(&owner));
    let page = Answer::of(page).await;
    assert!(page.text.contains("误扫") && page.text.contains("data-offline=\"conflict\""), "{}", page.text);
}

pub(crate) fn session(person: &Person) -> String {
    format!("yuehui_session={}", person.token())
}

async fn another_till_and_merchant_stay_out(city: &TestCity) {
    let (owner, other) = (city.owner().await, city.sign_in(people::OTHER_OWNER).await);
    let secret = till(city, &owner).await;
    permit(&other, &secret).await.refused(409, "not_enrolled");
    owner.get("/offline/permit").await.refused(409, "not_enrolled");
    let given = permit(&owner, &secret).await.expect(200);
    let at_ms = given["issued_at_ms"].as_i64().unwrap();
    let token = shown(city, 1, at_ms).await;
    let body = |permit: &str, order_fen: i64| json!({ "token": token, "permit": permit, "order_fen": order_fen, "made_at_ms": at_ms });
    let own = given["permit"].as_str().unwrap();
    let wider = own.replace(".3.100000.", ".9.100000.");
    send(&owner, &secret, &body(&wider, 8800)).await.refused_field(422, "bad_field", "permit");
    send(&owner, &secret, &body("", 8800)).await.refused_field(422, "bad_field", "permit");
    send(&owner, &secret, &body(own, 0)).await.refused_field(422, "bad_field", "order_fen");
    let anew = json!({ "name": "二号", "outlet_id": 1 });
    let anew = owner.write(Method::POST, "/tills", Some(&anew), &new_key()).await.expect(201);
    let second = anew["secret"].as_str().unwrap();
    send(&owner, second, &body(own, 8800)).await.refused_field(422, "bad_field", "permit");
    let organizer = city.organizer().await;
    let limits = json!({ "redemptions": 501, "subsidy_fen": 1 });
    let wide = organizer.write(Method::PUT, "/offline/outlets/1", Some(&limits), &new_key()).await;
    wide.refused_field(422, "bad_field", "limits");
    let limits = json!({ "redemptions": 1, "subsidy_fen": 1 });
    let nowhere = organizer.write(Method::PUT, "/offline/outlets/999999", Some(&limits), &new_key()).await;
    nowhere.refused(404, "not_found");
    assert_eq!(other.get("/redemptions/offline").await.expect(200)["items"], json!([]));
    assert_eq!(other.get("/shop/risk").await.expect(200)["items"], json!([]));
}

/// The number of a case about the first merchant: its voucher came twice.
pub(crate) async fn conflict(city: &TestCity, owner: &Person) -> Value {
    let secret = till(city, owner).await;
    let given = permit(owner, &secret).await.expect(200);
    let at_ms = given["issued_at_ms"].as_i64().unwrap();
    let token = shown(city, 1, at_ms).await;
    let body = json!({ "token": token, "permit": given["permit"], "order_fen": 8800, "made_at_ms": at_ms });
    send(owner, &secret, &body).await.expect(201);
    send(owner, &secret, &body).await.expect(201)["case_id"].clone()
}

async fn a_merchant_answers_to_a_case(city: &TestCity) {
    let (owner, other) = (city.owner().await, city.sign_in(people::OTHER_OWNER).await);
    let case = conflict(city, &owner).await;
    let path = format!("/shop/risk/{case}/answers");
    let said = json!({ "text": " 小票在：13900000001 <b> " });
    other.write(Method::POST, &path, Some(&said), &new_key()).await.refused(404, "not_found");
    owner
        .write(Method::POST, "/shop/risk/999/answers", Some(&said), &new_key())
        .await
        .refused(404, "not_found");
    for text in [" ".to_owned(), "长".repeat(501)] {
        let answer = owner.write(Method::POST, &path, Some(&json!({ "text": text })), &new_key()).await;
        answer.refused_field(422, "bad_field", "text");
    }
    let key = new_key();
    for _ in 0..2 {
        let shape = owner.write(Method::POST, &path, Some(&said), &key).await.expect(201);
        assert_eq!(shape["answers"].as_array().unwrap().len(), 1, "once under one key");
        assert_eq!(shape["answerable"], true);
    }
    let page = owner.request(Method::GET, "/shop/risk").header("cookie", session(&owner));
    let page = Answer::of(page).await.text;
    assert!(page.contains("还可提交 2 次") && page.contains("&lt;b&gt;"), "{page}");
    let form = owner.request(Method::POST, "/api/fn/answer_risk").header("cookie", session(&owner));
    let form = form.header("accept", "text/html").header("referer", "/shop/risk");
    let form = form.header("content-type", "application/x-www-form-urlencoded");
    let sent = Answer::of(form.body(format!("case_id={case}&text=by+form&key={}", new_key()))).await;
    assert_eq!(sent.status, 302);
    owner.write(Method::POST, &path, Some(&said), &new_key()).await.expect(201);
    owner.write(Method::POST, &path, Some(&said), &new_key()).await.refused(409, "answered_often");
    let officer = city.sign_in(people::OFFICER).await;
    let seen = officer.get("/risk/cases").await.expect(200)["items"][0].clone();
    let texts: Vec<_> = seen["answers"].as_array().unwrap().iter().map(|one| one["text"].clone()).collect();
    assert_eq!(texts, ["小票在：13900000001 <b>", "by form", "小票在：13900000001 <b>"]);
    assert_eq!(seen["answerable"], false, "an officer decides");
    let auditor = city.sign_in(people::AUDITOR).await;
    let log = auditor.get("/audit?action=handle_risk").await.expect(200);
    assert_eq!(log["items"].as_array().unwrap().len(), 3);
    assert!(log["items"][1]["new"].as_str().unwrap().contains("by form"), "{log}");
    assert!(!log.to_string().contains("13900000001"), "{log}");
    let cleared = json!({ "state": "cleared", "reason": "误扫" });
    let decisions = format!("/risk/cases/{case}/decisions");
    city.organizer().await.write(Method::POST, &decisions, Some(&cleared), &new_key()).await.expect(201);
    owner.write(Method::POST, &path, Some(&said), &new_key()).await.refused(409, "already_decided");
}

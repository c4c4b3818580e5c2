//! `/auth/code`, `/auth/login`, `/auth/logout`, `/me`, `/me/district`.

use http::Method;
use serde_json::json;
use tests::{Answer, TestCity, new_key, on_both_databases, people};

on_both_databases!(
    signing_in_by_phone_and_code,
    a_session_ends_with_signing_out,
    a_cookie_is_as_good_as_a_bearer,
    a_code_works_once_and_not_for_long,
    five_wrong_codes_lock_a_number,
    nothing_tells_whether_a_number_is_known,
    a_bad_phone_or_code_names_its_field,
    a_resident_chooses_a_district,
);

async fn signing_in_by_phone_and_code(city: &TestCity) {
    let anyone = city.anyone();
    let phone = people::resident(7);
    let sent = anyone.post("/auth/code", &json!({ "phone": phone })).await.expect(202);
    assert_eq!(sent["expires_in_s"], 300);
    let body = json!({ "phone": format!("+86 {phone}"), "code": sent["demo_code"] });
    let answer = anyone.post("/auth/login", &body).await;
    let login = answer.expect(200);
    assert_eq!(login["roles"], json!(["resident"]));
    assert!(!login["name"].as_str().unwrap().is_empty());
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with(&format!("yuehui_session={};", login["token"].as_str().unwrap())), "{cookie}");
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && !cookie.contains("Secure"),
        "{cookie}"
    );
    let me = anyone.with_token(login["token"].as_str().unwrap()).get("/me").await.expect(200);
    assert_eq!(me["phone_masked"], "139****0007");
    assert_eq!(me["roles"], json!(["resident"]));
    let owner = city.owner().await.get("/me").await.expect(200);
    assert_eq!((&owner["merchant_id"], &owner["outlet_ids"]), (&json!(1), &json!([1, 2])));
    let officer = city.sign_in(people::OFFICER).await.get("/me").await.expect(200);
    assert_eq!(officer["district"], "210302");
}

async fn a_session_ends_with_signing_out(city: &TestCity) {
    let resident = city.resident(1).await;
    let answer = resident.post("/auth/logout", &json!({})).await;
    assert_eq!(answer.status, 204);
    assert!(answer.header("set-cookie").starts_with("yuehui_session=; "), "{}", answer.header("set-cookie"));
    resident.get("/me").await.refused(401, "unauthenticated");
    resident.post("/auth/logout", &json!({})).await.refused(401, "unauthenticated");
    for token in ["", "x", "ü", &"x".repeat(2000)] {
        let request =
            city.anyone().api(Method::GET, "/me").header("authorization", format!("Bearer {token}"));
        Answer::of(request).await.refused(401, "unauthenticated");
    }
}

async fn a_cookie_is_as_good_as_a_bearer(city: &TestCity) {
    let resident = city.resident(1).await;
    let cookie = format!("other=1; yuehui_session={}", resident.token());
    let by_cookie = city.anyone().api(Method::GET, "/me").header("cookie", cookie);
    assert_eq!(Answer::of(by_cookie).await.expect(200), resident.get("/me").await.expect(200));
    let sent = city.anyone().post("/auth/code", &json!({ "phone": people::resident(1) })).await.expect(202);
    let body = json!({ "phone": people::resident(1), "code": sent["demo_code"] });
    let by_https =
        city.anyone().api(Method::POST, "/auth/login").header("x-forwarded-proto", "https").json(&body);
    assert!(Answer::of(by_https).await.header("set-cookie").ends_with("; Secure"));
}

async fn a_code_works_once_and_not_for_long(city: &TestCity) {
    let anyone = city.anyone();
    let phone = people::resident(1);
    let sent = anyone.post("/auth/code", &json!({ "phone": phone })).await.expect(202);
    let body = json!({ "phone": phone, "code": sent["demo_code"] });
    anyone.post("/auth/login", &body).await.expect(200);
    anyone.post("/auth/login", &body).await.refused(401, "wrong_code");
    let sent = anyone.post("/auth/code", &json!({ "phone": phone })).await.expect(202);
    city.wait_s(301);
    let body = json!({ "phone": phone, "code": sent["demo_code"] });
    anyone.post("/auth/login", &body).await.refused(401, "wrong_code");
}

async fn five_wrong_codes_lock_a_number(city: &TestCity) {
    let anyone = city.anyone();
    let phone = people::resident(1);
    let sent = anyone.post("/auth/code", &json!({ "phone": phone })).await.expect(202);
    let right = json!({ "phone": phone, "code": sent["demo_code"] });
    let wrong = json!({ "phone": phone, "code": "0000000" });
    for _ in 0..4 {
        anyone.post("/auth/login", &wrong).await.refused(401, "wrong_code");
    }
    let locked = anyone.post("/auth/login", &wrong).await;
    assert_eq!(locked.refused(429, "locked")["retry_after_s"], 900);
    assert_eq!(locked.header("retry-after"), "900");
    anyone.post("/auth/login", &right).await.refused(429, "locked");
    // Another number is not locked with it.
    city.resident(2).await;
    city.wait_s(901);
    city.resident(1).await;
}

/// Every step of a known and of an unknown number answers alike, but for the codes.
async fn nothing_tells_whether_a_number_is_known(city: &TestCity) {
    let mut told = Vec::new();
    for phone in [people::resident(1), "15900000001".to_owned()] {
        let anyone = city.anyone();
        let mut steps = Vec::new();
        let sent = anyone.post("/auth/code", &json!({ "phone": phone })).await;
        let mut body = sent.expect(202);
        body["demo_code"] = json!(body["demo_code"].as_str().unwrap().len());
        steps.push((sent.status, body.to_string()));
        for _ in 0..6 {
            let wrong = anyone.post("/auth/login", &json!({ "phone": phone, "code": "0000000" })).await;
            steps.push((wrong.status, wrong.text));
        }
        told.push(steps);
    }
    assert_eq!(told[0], told[1]);
}

async fn a_bad_phone_or_code_names_its_field(city: &TestCity) {
    let anyone = city.anyone();
    for phone in ["", "1", "139000000011", "23900000001", "phone", "１３９00000001", "1390000000\u{0}"] {
        anyone.post("/auth/code", &json!({ "phone": phone })).await.refused_field(422, "bad_field", "phone");
    }
    anyone.post("/auth/code", &json!({})).await.refused_field(422, "bad_field", "phone");
    anyone.post("/auth/code", &json!({ "phone": 13_900_000_001_i64 })).await.refused_field(
        422,
        "bad_field",
        "phone",
    );
    let no_code = json!({ "phone": people::resident(1) });
    anyone.post("/auth/login", &no_code).await.refused_field(422, "bad_field", "code");
    for code in ["", "x", "\u{0}", &"9".repeat(1000)] {
        let body = json!({ "phone": people::resident(3), "code": code });
        let answer = anyone.post("/auth/login", &body).await;
        assert!(matches!(answer.status, 401 | 422), "{}", answer.text);
    }
}

async fn a_resident_chooses_a_district(city: &TestCity) {
    let resident = city.resident(1).await;
    let choose = async |district: &str| {
        resident.write(Method::PUT, "/me/district", Some(&json!({ "district": district })), &new_key()).await
    };
    assert_eq!(choose("210381").await.expect(200)["district"], "210381");
    assert_eq!(resident.get("/me").await.expect(200)["district"], "210381");
    for district in ["", "210399", "110101", "x", "２10302"] {
        choose(district).await.refused_field(422, "bad_field", "district");
    }
    let organizer = city.organizer().await;
    let body = json!({ "district": "210381" });
    organizer.write(Method::PUT, "/me/district", Some(&body), &new_key()).await.refused(403, "wrong_role");
}

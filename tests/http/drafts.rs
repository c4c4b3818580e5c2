//! `/drafts`, `/campaigns/{id}/copies` and `/changes`, and their pages.

use http::Method;
use http::header::{CONTENT_TYPE, LOCATION};
use serde_json::{Value, json};
use tests::{Answer, Person, TestCity, new_key, on_both_databases, people};

on_both_databases!(
    the_city_builds_and_finance_publishes,
    over_budget_is_refused_with_the_numbers,
    a_bad_field_and_a_late_version_are_named,
    a_published_campaign_gets_further_rounds,
    a_form_without_javascript_builds_too
);

fn form() -> Value {
    json!({
        "title": "周末券", "kind": "threshold", "face_value": "10", "threshold": "40", "pot": "3000",
        "funded_by": "government", "per_campaign": "1", "per_day": "1", "per_outlet_day": "1",
        "per_merchant_day": "1", "usable_from": "2021-06-18", "usable_to": "2021-06-30", "valid_hours": "48", "with_promotion": true,
        "rounds": [{
            "title": "首轮", "method": "flash", "opens_at": "2021-06-18T10:00:00+08:00",
            "closes_at": "2021-06-18T22:00", "quantity": "300", "per_resident": "1", "share_out": "all",
        }],
    })
}

async fn write(person: &Person, path: &str, body: &Value) -> Answer {
    person.write(Method::POST, path, Some(body), &new_key()).await
}

async fn the_city_builds_and_finance_publishes(city: &TestCity) {
    let (officer, finance) = (city.organizer().await, city.sign_in(people::FINANCE).await);
    let draft = write(&officer, "/drafts", &form()).await.expect(201);
    assert_eq!((&draft["faults"], &draft["left_fen"]), (&json!([]), &json!(0)));
    assert!(draft["sentence"].as_str().unwrap().starts_with("满40减10"), "{draft}");
    let path = format!("/drafts/{}", draft["draft_id"]);
    let submitted =
        write(&officer, &format!("{path}/submission"), &json!({ "version": 1 })).await.expect(201);
    let publish = json!({ "decision": "publish", "version": submitted["version"] });
    write(&officer, &format!("{path}/reviews"), &publish).await.refused(403, "second_person");
    let listed = finance.get("/drafts").await.expect(200);
    assert_eq!(
        (&listed["items"][0]["may_publish"], &listed["items"][0]["state"]),
        (&json!(true), &json!("submitted"))
    );
    let key = new_key();
    let reviews = format!("{path}/reviews");
    let once = finance.write(Method::POST, &reviews, Some(&publish), &key).await;
    let id = once.expect(201)["campaign_id"].clone();
    assert!(finance.write(Method::POST, &reviews, Some(&publish), &key).await.is_replay());
    write(&finance, &reviews, &publish).await.refused(409, "wrong_state");

    let campaign = city.anyone().get(&format!("/campaigns/{id}")).await.expect(200);
    assert_eq!(campaign["per_merchant_day"], 1);
    let round = campaign["round_ids"][0].as_i64().unwrap();
    let voucher = city.claim(&city.resident(1).await, round).await.expect(201);
    assert_eq!(voucher["face_value_fen"], 1000);

    let mut changed = form();
    changed["threshold"] = json!("41");
    let refused = write(&officer, &format!("/campaigns/{id}/changes"), &changed).await;
    assert_eq!(refused.refused(422, "hurts_holders")["fields"], json!(["threshold"]));
    changed["threshold"] = json!("30");
    let eased = write(&officer, &format!("/campaigns/{id}/changes"), &changed).await.expect(201);
    assert_eq!(eased["threshold_fen"], 3000);
    let copy =
        officer.write(Method::POST, &format!("/campaigns/{id}/copies"), None, &new_key()).await.expect(201);
    assert_eq!((&copy["state"], &copy["form"]["threshold"]), (&json!("draft"), &json!("30")));
}

async fn over_budget_is_refused_with_the_numbers(city: &TestCity) {
    let officer = city.organizer().await;
    let mut over = form();
    over["pot"] = json!("2000");
    let draft = write(&officer, "/drafts", &over).await.expect(201);
    assert_eq!(draft["over_budget"], true);
    let path = format!("/drafts/{}/submission", draft["draft_id"]);
    let told = write(&officer, &path, &json!({ "version": 1 })).await.refused(409, "over_budget");
    let numbers = [&told["value_fen"], &told["pot_fen"], &told["over_fen"], &told["vouchers"]];
    assert_eq!(numbers, [300_000, 200_000, 100_000, 300]);
    assert_eq!(officer.get(&format!("/drafts/{}", draft["draft_id"])).await.expect(200), draft);
}

async fn a_bad_field_and_a_late_version_are_named(city: &TestCity) {
    let officer = city.organizer().await;
    let long = json!({ "title": "长".repeat(161) });
    write(&officer, "/drafts", &long).await.refused_field(422, "bad_field", "title");
    let draft = write(&officer, "/drafts", &json!({ "title": "半成品" })).await.expect(201);
    let path = format!("/drafts/{}", draft["draft_id"]);
    let told = write(&officer, &format!("{path}/submission"), &json!({ "version": 1 })).await;
    let fields = told.refused(422, "incomplete")["fields"].clone();
    assert!(fields.as_array().unwrap().contains(&json!("face_value")), "{fields}");
    let save = json!({ "version": 7, "form": form() });
    let late = officer.write(Method::PUT, &path, Some(&save), &new_key()).await;
    late.refused(409, "changed_meanwhile");
    officer.get("/drafts/9999").await.refused(404, "not_found");
    write(&officer, &format!("{path}/end"), &json!({ "version": 1 })).await.expect(201);
    assert_eq!(officer.get("/drafts").await.expect(200)["items"], json!([]));
}

async fn a_published_campaign_gets_further_rounds(city: &TestCity) {
    let (officer, finance) = (city.organizer().await, city.sign_in(people::FINANCE).await);
    let mut larger = form();
    larger["pot"] = json!("4000");
    let draft = write(&officer, "/drafts", &larger).await.expect(201);
    let publish = async |draft: &Value| {
        let path = format!("/drafts/{}", draft["draft_id"]);
        let version = json!({ "version": draft["version"] });
        let submitted = write(&officer, &format!("{path}/submission"), &version).await.expect(201);
        let publish = json!({ "decision": "publish", "version": submitted["version"] });
        write(&finance, &format!("{path}/reviews"), &publish).await.expect(201)["campaign_id"].clone()
    };
    let id = publish(&draft).await;
    let round = json!({
        "title": "第二周", "method": "flash", "opens_at": "2021-06-25T10:00", "closes_at": "2021-06-25T22:00",
        "quantity": "100", "per_resident": "1", "share_out": "all",
    });
    let path = format!("/campaigns/{id}/rounds");
    let more = write(&officer, &path, &json!({ "rounds": [round] })).await.expect(201);
    assert_eq!((&more["extends"], &more["pot_fen"], &more["left_fen"]), (&id, &json!(100_000), &json!(0)));
    assert_eq!(publish(&more).await, id);
    let campaign = city.anyone().get(&format!("/campaigns/{id}")).await.expect(200);
    assert_eq!(campaign["round_ids"].as_array().unwrap().len(), 2);
    write(&officer, "/campaigns/9999/rounds", &json!({})).await.refused(404, "not_found");

    let fields = [("campaign_id", id.to_string()), ("key", new_key())];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let shown = send(&officer, "add_campaign_rounds", &fields).await;
    let cookie = format!("yuehui_session={}", officer.token());
    let page = Answer::of(officer.request(Method::GET, &shown).header("cookie", cookie)).await;
    assert!(page.text.contains("form[rounds][0][title]") && !page.text.contains("form[face_value]"));
}

/// A form's fields as a browser sends them.
async fn send(person: &Person, function: &str, fields: &[(&str, &str)]) -> String {
    let sign = |byte: u8| match byte {
        b'_' => "_".to_owned(),
        plain if plain.is_ascii_alphanumeric() => char::from(plain).to_string(),
        other => format!("%{other:02X}"),
    };
    let code = |text: &str| text.bytes().map(sign).collect::<String>();
    let pairs = fields.iter().map(|(name, value)| format!("{}={}", code(name), code(value)));
    let body = pairs.collect::<Vec<_>>().join("&");
    let request = person.request(Method::POST, &format!("/api/fn/{function}"));
    let request = request.header("cookie", format!("yuehui_session={}", person.token()));
    let request = request.header("accept", "text/html").header("sec-fetch-site", "same-origin");
    let answer =
        Answer::of(request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(body)).await;
    assert_eq!(answer.status, 302, "{}", answer.text);
    answer.header(LOCATION.as_str()).to_owned()
}

async fn a_form_without_javascript_builds_too(city: &TestCity) {
    let officer = city.organizer().await;
    let key = new_key();
    let mut fields = vec![("draft_id", ""), ("version", ""), ("key", key.as_str())];
    fields.extend([
        ("form[title]", "表单券"),
        ("form[kind]", "cash"),
        ("form[face_value]", "5"),
        ("form[pot]", "500"),
        ("form[funded_by]", "government"),
        ("form[per_campaign]", "1"),
        ("form[per_day]", "1"),
        ("form[per_outlet_day]", "1"),
        ("form[kinds_deny][]", "fuel"),
        ("form[usable_from]", "2021-06-18"),
        ("form[usable_to]", "2021-06-30"),
        ("form[valid_until]", "2021-06-30"),
        ("form[with_promotion]", "true"),
        ("form[rounds][0][title]", "首轮"),
        ("form[rounds][0][method]", "flash"),
        ("form[rounds][0][opens_at]", "2021-06-18T10:00"),
        ("form[rounds][0][closes_at]", "2021-06-18T20:00"),
        ("form[rounds][0][quantity]", "100"),
        ("form[rounds][0][per_resident]", "1"),
        ("form[rounds][0][share_out]", "hand"),
        ("form[rounds][1][title]", ""),
        ("form[rounds][1][per_resident]", "1"),
    ]);
    let names: Vec<String> = (0..14).map(|place| format!("shares[{place}]")).collect();
    let shares = ["60", "40", "", "", "", "", "", "", "", "", "", "", "", ""];
    fields.extend(names.iter().map(String::as_str).zip(shares));
    let shown = send(&officer, "save_campaign_draft", &fields).await;
    let draft = officer.get("/drafts").await.expect(200)["items"][0].clone();
    assert_eq!(shown, format!("/bureau/campaigns/drafts/{}", draft["draft_id"]));
    assert_eq!((&draft["faults"], &draft["form"]["with_promotion"]), (&json!([]), &json!(true)));
    let quotas = draft["form"]["rounds"][0]["quotas"].as_array().unwrap();
    assert_eq!(
        (quotas.len(), &quotas[1]["quantity"], &quotas[1]["district"]),
        (2, &json!("40"), &json!("210303"))
    );

    let id = draft["draft_id"].to_string();
    let step = |step: &'static str, version: &'static str, key: String| {
        let id = id.clone();
        async move {
            let fields =
                [("draft_id", id.as_str()), ("version", version), ("step", step), ("key", key.as_str())];
            send(&step_person(city, step).await, "step_campaign_draft", &fields).await
        }
    };
    step("submit", "1", new_key()).await;
    let public = step("publish", "2", new_key()).await;
    assert!(public.starts_with("/bureau/campaigns/") && !public.contains("drafts"), "{public}");
    let cookie = format!("yuehui_session={}", officer.token());
    for path in ["/bureau/campaigns", "/bureau/campaigns/new", shown.as_str(), public.as_str()] {
        let page = Answer::of(officer.request(Method::GET, path).header("cookie", cookie.clone())).await;
        assert_eq!(page.status, 200, "{path}");
        assert!(page.text.contains("表单券") || path.ends_with("new"), "{path}");
    }
}

/// Who takes a step: the city builds, finance publishes.
async fn step_person(city: &TestCity, step: &str) -> Person {
    if step == "publish" { city.sign_in(people::FINANCE).await } else { city.organizer().await }
}

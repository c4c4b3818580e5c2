//! `/settlements` and `/shop/settlements`: a week from its draft to its payment, and every refusal on the way.

use http::Method;
use http::header::{CONTENT_TYPE, COOKIE, LOCATION};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::fmt::Write;
use tests::{Answer, Person, TestCity, new_key, on_both_databases, people};

on_both_databases!(
    a_week_is_settled_through_the_doors,
    every_step_out_of_its_turn_is_refused,
    a_banks_file_that_does_not_match_is_refused_with_its_numbers,
    a_form_without_javascript_brings_the_banks_result,
);

struct Bureau {
    finance: Person,
    officer: Person,
    city: Person,
    owner: Person,
}

async fn bureau(city: &TestCity) -> Bureau {
    Bureau {
        finance: city.sign_in(people::FINANCE).await,
        officer: city.sign_in(people::OFFICER).await,
        city: city.organizer().await,
        owner: city.owner().await,
    }
}

/// A week with a redemption of ¥20, which is over.
async fn week(city: &TestCity) -> Bureau {
    city.redemption(&city.resident(1).await, &city.clerk().await, 8000).await;
    city.set_clock("2021-06-21T07:00:00+08:00");
    bureau(city).await
}

async fn post(person: &Person, path: &str, body: Value) -> Answer {
    person.write(Method::POST, path, Some(&body), &new_key()).await
}

/// The week's batch, made by finance, and its path.
async fn made(by: &Person) -> String {
    let item = post(by, "/settlements", json!({ "week": "2021-06-18" })).await.expect(201);
    assert_eq!((&item["state"], &item["totals"]["pay_fen"]), (&json!("draft"), &json!(2000)));
    format!("/settlements/{}", item["id"])
}

async fn exported(bureau: &Bureau) -> String {
    let path = made(&bureau.finance).await;
    post(&bureau.owner, &format!("{path}/confirmation"), json!({})).await.expect(201);
    post(&bureau.officer, &format!("{path}/reviews"), json!({})).await.expect(201);
    post(&bureau.city, &format!("{path}/approval"), json!({})).await.expect(201);
    let item = post(&bureau.finance, &format!("{path}/export"), json!({})).await.expect(201);
    assert_eq!(item["state"], "exported");
    path
}

async fn bring(bureau: &Bureau, path: &str, file: impl Into<reqwest::Body>) -> Answer {
    let path = format!("{path}/result?bank_reference=ICBC-7&name=result.csv");
    bureau.finance.post_raw(&path, "text/csv", file).await
}

async fn bytes(person: &Person, path: &str) -> Vec<u8> {
    let response = person.api(Method::GET, path).send().await.expect("an answer");
    assert_eq!(response.status(), 200);
    Vec::from(response.bytes().await.expect("a body"))
}

async fn a_week_is_settled_through_the_doors(city: &TestCity) {
    let bureau = week(city).await;
    let path = exported(&bureau).await;
    let shape = bureau.city.get(&path).await.expect(200);
    let text = bytes(&bureau.finance, &format!("{path}/batch.txt")).await;
    let hash = Sha256::digest(&text).iter().fold(String::new(), |mut hash, byte| {
        let _ = write!(hash, "{byte:02x}");
        hash
    });
    assert_eq!(shape["hash"], hash.as_str());
    let (csv, xlsx) = (format!("{path}/bank.csv"), format!("{path}/bank.xlsx"));
    let (table, book) = (bytes(&bureau.finance, &csv).await, bytes(&bureau.finance, &xlsx).await);
    let shown = String::from_utf8(table.clone()).unwrap();
    assert!(shown.contains("JS1-1,1,1,91210302DEM000014H,钢城老味道饭庄,20.00,"), "{shown}");
    assert!(shown.contains("合计 total,,,,1 笔 payments,20.00,") && shown.contains(&hash), "{shown}");
    // The bank sends the workbook back as it came.
    let paid = bring(&bureau, &path, book.clone()).await.expect(201);
    assert_eq!((&paid["state"], &paid["bank_reference"]), (&json!("paid"), &json!("ICBC-7")));
    // The files are made from the ledger: whenever, they are the same.
    city.set_clock("2021-07-21T07:00:00+08:00");
    let later = city.sign_in(people::AUDITOR).await;
    assert_eq!((bytes(&later, &csv).await, bytes(&later, &xlsx).await), (table, book));
    let own = city.owner().await.get("/shop/settlements").await.expect(200);
    assert_eq!(
        (&own["items"][0]["row"]["state"], &own["items"][0]["row"]["pay_fen"]),
        (&json!("paid"), &json!(2000))
    );
    let lines = city.owner().await.get(&format!("/shop{path}/lines")).await.expect(200);
    assert_eq!(
        (&lines["items"][0]["kind"], &lines["items"][0]["amount_fen"]),
        (&json!("redeemed"), &json!(2000))
    );
    let seen = later.get(&format!("{path}/lines?merchant=1&limit=1")).await.expect(200);
    assert_eq!(seen, lines);
    let rows = later.get(&format!("{path}/merchants")).await.expect(200);
    assert_eq!(rows["items"].as_array().unwrap().len(), 1);
    let weeks = later.get("/settlements/weeks").await.expect(200);
    assert_eq!(weeks["items"].as_array().unwrap().last().unwrap()["settlement"]["state"], "paid");
    assert_eq!(later.get("/settlements").await.expect(200)["items"][0]["id"], 1);
    let open = city.anyone().get("/open").await.expect(200);
    let day = open["days"].as_array().unwrap().iter().find(|day| day["key"] == "2021-06-21").unwrap();
    assert_eq!((&open["total"]["paid_fen"], &day["paid_fen"]), (&json!(2000), &json!(2000)));
}

async fn every_step_out_of_its_turn_is_refused(city: &TestCity) {
    let early = bureau(city).await;
    let body = json!({ "week": "2021-06-18" });
    let refused = post(&early.finance, "/settlements", body.clone()).await.refused(409, "week_not_over");
    assert_eq!(refused["to"], "2021-06-20");
    let bureau = week(city).await;
    post(&bureau.finance, "/settlements", json!({ "week": "x" })).await.refused_field(
        422,
        "bad_field",
        "week",
    );
    // The city makes it, so the city's officer may not approve it.
    let path = made(&bureau.city).await;
    let open = post(&bureau.finance, "/settlements", body).await.refused(409, "batch_open");
    assert_eq!(open["settlement_id"], 1);
    let (review, approve) = (format!("{path}/reviews"), format!("{path}/approval"));
    post(&bureau.officer, &review, json!({})).await.refused(409, "wrong_state");
    post(&bureau.officer, &review, json!({ "merchant_id": 9 })).await.refused(404, "not_found");
    post(&bureau.city, &approve, json!({})).await.refused(403, "same_as_maker");
    post(&bureau.owner, &format!("{path}/confirmation"), json!({})).await.expect(201);
    post(&bureau.owner, &format!("{path}/confirmation"), json!({})).await.refused(409, "wrong_state");
    post(&bureau.officer, &review, json!({})).await.expect(201);
    post(&bureau.city, &approve, json!({})).await.refused(403, "same_as_maker");
    post(&bureau.finance, &format!("{path}/export"), json!({})).await.refused(409, "wrong_state");
    bureau.finance.get(&format!("{path}/bank.csv")).await.refused(409, "wrong_state");
    post(&bureau.finance, &format!("{path}/end"), json!({})).await.expect(201);
    let nobody = city.sign_in(people::OTHER_OWNER).await;
    post(&nobody, "/settlements/1/confirmation", json!({})).await.refused(404, "not_found");

    let path = made(&bureau.finance).await;
    let waits = post(&bureau.city, &format!("{path}/approval"), json!({ "leave_out": true })).await;
    let waits = waits.refused(409, "not_all_reviewed");
    assert_eq!((&waits["waiting"], &waits["rows"]), (&json!(1), &json!(1)));
    post(&bureau.owner, &format!("{path}/confirmation"), json!({})).await.expect(201);
    post(&bureau.officer, &format!("{path}/reviews"), json!({ "merchant_id": 1 })).await.expect(201);
    post(&bureau.city, &format!("{path}/approval"), json!({})).await.expect(201);
    let again = post(&bureau.city, &format!("{path}/approval"), json!({})).await.refused(409, "wrong_state");
    assert_eq!((&again["state"], &again["step"]), (&json!("approved"), &json!("approve")));
    bring(&bureau, &path, "reference,amount\n").await.refused(409, "wrong_state");
    for path in ["/settlements/99", "/settlements/x", "/settlements/99/merchants", "/settlements/99/bank.csv"]
    {
        bureau.finance.get(path).await.refused(404, "not_found");
    }
    bureau.finance.get(&format!("{path}/lines")).await.refused_field(400, "bad_query", "merchant");
    let bad = format!("/shop{path}/lines?kind=odd");
    bureau.owner.get(&bad).await.refused_field(400, "bad_query", "kind");
}

async fn a_banks_file_that_does_not_match_is_refused_with_its_numbers(city: &TestCity) {
    let bureau = week(city).await;
    let path = exported(&bureau).await;
    let bring = async |file: String| bring(&bureau, &path, file).await;
    let other = bring("reference,amount\nJS2-1,20\n".into()).await.refused(409, "other_batch");
    assert_eq!((&other["expected"], &other["found"]), (&json!(1), &json!(2)));
    let total = bring("reference,amount\nJS1-1,20.01\n".into()).await.refused(422, "wrong_total");
    assert_eq!((&total["expected_fen"], &total["found_fen"]), (&json!(2000), &json!(2001)));
    let unknown = bring("reference,amount\nJS1-5,20\n".into()).await.refused(422, "unmatched");
    assert_eq!((&unknown["count"], unknown["mismatches"].as_array().unwrap().len()), (&json!(2), 2));
    bring("a,b\n1,2\n".into()).await.refused(422, "unreadable");
    let large = bring("x".repeat(5 * 1024 * 1024)).await.refused(413, "file_too_large");
    assert_eq!(large["limit"], 4 * 1024 * 1024);
    let nameless = bureau.finance.post_raw(&format!("{path}/result"), "text/csv", "reference,amount\n").await;
    nameless.refused_field(422, "bad_field", "bank_reference");
    let shape = bureau.finance.get(&path).await.expect(200);
    assert_eq!((&shape["state"], &shape["bank_reference"]), (&json!("exported"), &Value::Null));
    let outcomes: Vec<_> = shape["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|result| result["outcome"].as_str().unwrap())
        .collect();
    assert_eq!(outcomes, ["file_too_large", "unreadable", "unmatched", "wrong_total", "other_batch"]);
    assert_eq!(bureau.officer.get(&path).await.expect(200)["results"], json!([]), "the city's alone");
}

/// What a browser sends with the form.
async fn send_form(person: &Person, path: &str, key: &str, file: &str) -> Answer {
    let mut body = String::new();
    for (name, value) in [("key", key), ("bank_reference", "ICBC-7")] {
        let _ = write!(body, "--line\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    }
    let _ = write!(
        body,
        "--line\r\ncontent-disposition: form-data; name=\"file\"; filename=\"r.csv\"\r\n\
         content-type: text/csv\r\n\r\n{file}\r\n--line--\r\n"
    );
    let request = person.request(Method::POST, &format!("/bureau/settlement/{path}/result"));
    let request = request.header(COOKIE, format!("yuehui_session={}", person.token()));
    Answer::of(request.header(CONTENT_TYPE, "multipart/form-data; boundary=line").body(body)).await
}

async fn a_form_without_javascript_brings_the_banks_result(city: &TestCity) {
    let bureau = week(city).await;
    let path = exported(&bureau).await;
    let id = path.trim_start_matches("/settlements/").to_owned();
    let to = |answer: &Answer| {
        assert_eq!(answer.status, 303);
        answer.header(LOCATION.as_str()).to_owned()
    };
    let page = format!("/bureau/settlement/{id}");
    let wrong = send_form(&bureau.finance, &id, &new_key(), "reference,amount\nJS1-1,19\n").await;
    assert_eq!(to(&wrong), format!("{page}?problem=wrong_total"));
    let keyless = send_form(&bureau.finance, &id, "", "reference,amount\nJS1-1,20\n").await;
    assert_eq!(to(&keyless), format!("{page}?problem=bad_key"));
    let role = send_form(&bureau.city, &id, &new_key(), "reference,amount\nJS1-1,20\n").await;
    assert_eq!(to(&role), format!("{page}?problem=wrong_role"));
    let (file, key) = ("reference,amount\nJS1-1,20\n", new_key());
    for _ in 0..2 {
        assert_eq!(to(&send_form(&bureau.finance, &id, &key, file).await), page);
    }
    assert_eq!(bureau.finance.get(&path).await.expect(200)["state"], "paid");
}

//! `/imports`, and the form of `/bureau/import`.

use http::Method;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, COOKIE, LOCATION};
use serde_json::{Value, json};
use std::time::Duration;
use tests::{Answer, Person, TestCity, on_both_databases, people};
use tokio::time::{sleep, timeout};

on_both_databases!(
    a_file_is_uploaded_checked_and_confirmed,
    a_form_without_javascript_uploads_too,
    a_file_too_large_is_refused_before_it_is_read,
);

/// Two outlets of an invented merchant; the second one of the district `district`.
fn sheet(district: &str) -> String {
    let code = "91210302TEM000001";
    let fits = |sign: &char| format!("{code}{sign}").parse::<domain::CreditCode>().is_ok();
    let sign = "0123456789ABCDEFGHJKLMNPQRTUWXY".chars().find(fits).unwrap();
    format!(
        "credit_code,name,kind,outlet_name,district,address,hours\n\
         {code}{sign},试店,餐饮,总店,铁东区,一路1号,daily 09:00-21:00\n\
         {code}{sign},试店,餐饮,二店,{district},二路2号,daily 09:00-21:00\n"
    )
}

async fn upload(officer: &Person, file: String) -> Answer {
    let request = officer.api(Method::POST, "/imports?name=merchants.csv");
    Answer::of(request.header(CONTENT_TYPE, "text/csv").body(file)).await
}

async fn settled(officer: &Person, id: &Value) -> Value {
    let look = async {
        loop {
            let shape = officer.get(&format!("/imports/{id}")).await.expect(200);
            if !["reading", "writing"].contains(&shape["state"].as_str().unwrap()) {
                return shape;
            }
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(Duration::from_secs(30), look).await.expect("an import that comes to an end")
}

async fn a_file_is_uploaded_checked_and_confirmed(city: &TestCity) {
    let officer = city.organizer().await;
    let begun = upload(&officer, sheet("和平区")).await.expect(202);
    let checked = settled(&officer, &begun["import_id"]).await;
    assert_eq!((&checked["bad_rows"], &checked["without_bad"]), (&json!(1), &json!(true)));
    assert_eq!((&checked["bad"][0]["row"], &checked["bad"][0]["column"]), (&json!(3), &json!("区县")));
    let confirm =
        async |id: &Value, body: Value| officer.post(&format!("/imports/{id}/confirm"), &body).await;
    let refused = confirm(&begun["import_id"], json!({})).await.refused(422, "import_bad_rows");
    assert_eq!(refused["bad_rows"], 1);

    let whole = upload(&officer, sheet("铁西区")).await.expect(202);
    settled(&officer, &whole["import_id"]).await;
    confirm(&whole["import_id"], json!({})).await.expect(202);
    let done = settled(&officer, &whole["import_id"]).await;
    assert_eq!(
        (&done["state"], &done["new_merchants"], &done["new_outlets"]),
        (&json!("done"), &json!(1), &json!(2))
    );
    confirm(&whole["import_id"], json!({})).await.expect(202);
    let log = officer.get("/audit?action=import_merchants").await.expect(200);
    assert_eq!(log["items"].as_array().unwrap().len(), 1, "a second confirmation writes nothing");
    assert_eq!(
        (&log["items"][0]["thing_id"], &log["items"][0]["place"]),
        (&whole["import_id"], &json!("city"))
    );
    let told: Value = serde_json::from_str(log["items"][0]["new"].as_str().unwrap()).unwrap();
    assert_eq!((&told["new_outlets"], &told["file_name"]), (&json!(2), &json!("merchants.csv")));
    let listed = officer.get("/imports?limit=1").await.expect(200);
    assert_eq!(
        (&listed["items"][0]["import_id"], &listed["items"][0]["bad"]),
        (&whole["import_id"], &json!([]))
    );
    assert!(listed["next_cursor"].is_string());
    officer.get("/imports/999").await.refused(404, "not_found");
    let template = city.anyone().get("/imports/template.csv").await;
    assert!(template.text.starts_with("\u{feff}统一社会信用代码,"));
    assert!(template.header(CONTENT_DISPOSITION.as_str()).contains("merchants.csv"));
}

/// What a browser sends with the form's file.
async fn send_form(person: &Person, file: &str) -> Answer {
    let body = format!(
        "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"../商户.csv\"\r\n\
         Content-Type: text/csv\r\n\r\n{file}\r\n--edge--\r\n"
    );
    let request = person.request(Method::POST, "/bureau/import/file");
    let request = request.header(COOKIE, format!("yuehui_session={}", person.token()));
    Answer::of(request.header(CONTENT_TYPE, "multipart/form-data; boundary=edge").body(body)).await
}

async fn a_form_without_javascript_uploads_too(city: &TestCity) {
    let officer = city.organizer().await;
    let sent = send_form(&officer, &sheet("铁西区")).await;
    assert_eq!(sent.status, 303, "{}", sent.text);
    let place = sent.header(LOCATION.as_str());
    let id: Value = place.rsplit('/').next().unwrap().parse().unwrap();
    let checked = settled(&officer, &id).await;
    assert_eq!((&checked["file_name"], &checked["whole"]), (&json!("../商户.csv"), &json!(true)));
    let empty = send_form(&officer, "").await;
    assert_eq!(empty.header(LOCATION.as_str()), "/bureau/import?problem=bad_field");
    // Nobody else gets a file in.
    for phone in [people::OWNER, people::OFFICER, people::FINANCE, people::AUDITOR, people::DESK] {
        let sent = send_form(&city.sign_in(phone).await, &sheet("铁西区")).await;
        assert_eq!(sent.header(LOCATION.as_str()), "/bureau/import?problem=wrong_role", "{phone}");
    }
    let sent = send_form(&city.anyone(), &sheet("铁西区")).await;
    assert_eq!(sent.header(LOCATION.as_str()), "/bureau/import?problem=unauthenticated");
    assert_eq!(officer.get("/imports").await.expect(200)["items"].as_array().unwrap().len(), 1);
}

async fn a_file_too_large_is_refused_before_it_is_read(city: &TestCity) {
    let officer = city.organizer().await;
    let large = "x".repeat(21 * 1024 * 1024);
    upload(&officer, large.clone()).await.refused(413, "file_too_large");
    let sent = send_form(&officer, &large).await;
    assert_eq!(sent.header(LOCATION.as_str()), "/bureau/import?problem=file_too_large");
    upload(&officer, String::new()).await.refused_field(422, "bad_field", "file");
    // Other doors take no more than before.
    let body = "x".repeat(70 * 1024);
    officer.post_raw("/imports/1/confirm", "application/json", body).await.refused(413, "body_too_large");
}

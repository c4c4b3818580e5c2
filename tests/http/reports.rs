//! `/reports`.

use http::Method;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::fmt::Write;
use tests::{Answer, TestCity, new_key, on_both_databases, people};

on_both_databases!(a_report_is_frozen_read_and_taken_away, a_bad_report_names_its_field);

async fn freeze(city: &TestCity, body: &Value, key: &str) -> Answer {
    city.organizer().await.write(Method::POST, "/reports", Some(body), key).await
}

async fn a_report_is_frozen_read_and_taken_away(city: &TestCity) {
    city.redemption(&city.resident(1).await, &city.clerk().await, 8000).await;
    let (body, key) = (json!({ "kind": "quarterly" }), new_key());
    let item = freeze(city, &body, &key).await.expect(201);
    let again = freeze(city, &body, &key).await;
    assert_eq!(again.header("idempotent-replay"), "true");
    assert_eq!(again.expect(201), item);
    let auditor = city.sign_in(people::AUDITOR).await;
    let path = format!("/reports/{}", item["id"]);
    let report = auditor.get(&path).await.expect(200);
    assert_eq!((&report["intact"], &report["kind"]), (&json!(true), &json!("quarterly")));
    assert_eq!(report["figures"]["districts"]["total"]["order_fen"], 8000);
    let text = auditor.get(&format!("{path}/figures.json")).await.text;
    let hash = Sha256::digest(text.as_bytes()).iter().fold(String::new(), |mut hash, byte| {
        let _ = write!(hash, "{byte:02x}");
        hash
    });
    assert_eq!(report["hash"], hash.as_str());
    assert_eq!(auditor.get(&format!("{path}/recount")).await.expect(200)["changes"], json!([]));
    let workbook = auditor.get(&format!("{path}/workbook.xlsx")).await;
    assert!(workbook.status == 200 && workbook.header("content-type").contains("spreadsheetml"));
    assert_eq!(auditor.get("/reports").await.expect(200)["items"][0], item);
    for path in [format!("/bureau{path}"), format!("/bureau{path}?recount=yes"), "/bureau/reports".to_owned()]
    {
        let request = auditor.request(Method::GET, &path);
        let page = Answer::of(request.header("cookie", format!("yuehui_session={}", auditor.token()))).await;
        assert_eq!(page.status, 200, "{path}");
    }
    for path in ["/reports/99", "/reports/x", "/reports/99/recount"] {
        auditor.get(path).await.refused(404, "not_found");
    }
}

async fn a_bad_report_names_its_field(city: &TestCity) {
    for (body, field) in [
        (json!({ "kind": "weekly" }), "kind"),
        (json!({ "kind": "monthly", "from": "2020-01-01" }), "from"),
        (json!({ "kind": "monthly", "to": "2022-01-01" }), "to"),
        (json!({}), "kind"),
    ] {
        freeze(city, &body, &new_key()).await.refused_field(422, "bad_field", field);
    }
}

//! `/audit`, `/audit.csv` and the page.

use http::Method;
use serde_json::json;
use tests::{Answer, TestCity, new_key, on_both_databases, people};

on_both_databases!(the_auditor_reads_what_the_city_did, a_bad_search_names_its_parameter);

async fn the_auditor_reads_what_the_city_did(city: &TestCity) {
    let body = json!({ "decision": "lapse", "reason": "停业，整顿" });
    let officer = city.organizer().await;
    officer.write(Method::POST, "/merchants/2/reviews", Some(&body), &new_key()).await.expect(201);
    let auditor = city.sign_in(people::AUDITOR).await;
    let page = auditor.get("/audit?action=review_merchant").await.expect(200);
    let record = &page["items"][0];
    assert_eq!((&record["thing"], &record["thing_id"]), (&json!("merchant"), &json!(2)));
    assert_eq!(record["hash"].as_str().unwrap().len(), 64);
    assert_eq!(auditor.get("/audit?action=change_till").await.expect(200)["items"], json!([]));

    let table = auditor.get("/audit.csv").await;
    assert_eq!((table.status, table.header("content-type")), (200, "text/csv; charset=utf-8"));
    assert!(table.text.contains(r#""{""reason"":""停业，整顿"",""state"":""lapsed""}""#), "{}", table.text);

    let cookie = format!("yuehui_session={}", auditor.token());
    let shown = auditor.request(Method::GET, "/bureau/audit?action=review_merchant").header("cookie", cookie);
    let shown = Answer::of(shown).await;
    assert_eq!(shown.status, 200);
    assert!(shown.text.contains("停业，整顿") && shown.text.contains("审核商户"), "{}", shown.text);
}

async fn a_bad_search_names_its_parameter(city: &TestCity) {
    let auditor = city.sign_in(people::AUDITOR).await;
    for (query, field) in [
        ("actor=x", "actor"),
        ("action=x", "action"),
        ("thing=x", "thing"),
        ("thing_id=0", "thing_id"),
        ("from=x", "from"),
        ("from=2021-06-19&to=2021-06-18", "to"),
        ("limit=101", "limit"),
        ("cursor=x", "cursor"),
    ] {
        let answer = auditor.get(&format!("/audit?{query}")).await;
        assert_eq!(answer.refused(400, "bad_query")["field"], field, "{query}");
    }
}

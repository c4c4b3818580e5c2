//! `/risk/cases/{id}/decisions` with `frozen`: at the till, in the wallet, on the pages.

use crate::offline::{conflict, session};
use backend::seeds::SeedSet;
use http::Method;
use serde_json::{Value, json};
use tests::{Answer, Person, TestCity, new_key, on_both_databases, people};

on_both_databases!(a_case_freezes_what_its_holder_has_left in two_each);

fn two_each(season: &mut SeedSet) {
    season.rounds[0].per_resident = 2;
}

async fn page(person: &Person, path: &str) -> String {
    Answer::of(person.request(Method::GET, path).header("cookie", session(person))).await.text
}

async fn first_case(person: &Person, path: &str) -> Value {
    person.get(path).await.expect(200)["items"][0].clone()
}

async fn a_case_freezes_what_its_holder_has_left(city: &TestCity) {
    let (owner, organizer) = (city.owner().await, city.organizer().await);
    let case = conflict(city, &owner).await;
    let resident = city.resident(1).await;
    let left = city.voucher_of(&resident).await;
    let order = city.order(&resident, &left, 8800).await;
    let seen = first_case(&organizer, "/risk/cases").await;
    assert_eq!(seen["decisions"], json!(["withheld", "frozen", "cleared"]));
    assert_eq!(seen["vouchers"], json!({ "frozen": 0, "unused": 1 }));
    let bureau = page(&organizer, "/bureau/risk").await;
    assert!(
        bureau.contains("确认暂扣并冻结 1 张券") && bureau.contains("data-testid=\"withhold\""),
        "{bureau}"
    );

    let (path, key) = (format!("/risk/cases/{case}/decisions"), new_key());
    let freeze = json!({ "state": "frozen", "reason": "核对两台设备" });
    let officer = city.sign_in(people::OFFICER).await;
    officer.write(Method::POST, &path, Some(&freeze), &new_key()).await.refused(403, "wrong_role");
    let frozen = organizer.write(Method::POST, &path, Some(&freeze), &key).await.expect(201);
    assert_eq!((&frozen["state"], &frozen["vouchers"]["frozen"]), (&json!("frozen"), &json!(1)));
    let again = organizer.write(Method::POST, &path, Some(&freeze), &key).await;
    assert!(again.is_replay() && again.expect(201) == frozen);
    organizer.write(Method::POST, &path, Some(&freeze), &new_key()).await.refused(409, "already_decided");

    owner.post("/redemptions/preview", &order).await.refused(422, "frozen");
    city.redeem(&owner, &order).await.refused(422, "frozen");
    let wallet = format!("/vouchers/{}", left["voucher_id"]);
    let held = resident.get(&wallet).await.expect(200);
    assert_eq!((&held["state"], &held["offline"]), (&json!("frozen"), &Value::Null));
    let list = page(&resident, "/wallet").await;
    assert!(list.contains("data-testid=\"frozen\"") && list.contains("data-state=\"frozen\""), "{list}");
    assert!(page(&resident, &format!("/wallet/{}", left["voucher_id"])).await.contains("联系市商务局"));
    let own = first_case(&owner, "/shop/risk").await;
    assert_eq!((&own["state"], &own["vouchers"]), (&json!("frozen"), &Value::Null));
    let log = city.sign_in(people::AUDITOR).await.get("/audit?action=handle_risk").await.expect(200);
    let told = log["items"][0]["new"].as_str().unwrap();
    assert!(told.contains(&format!("\"frozen\":[{}]", left["voucher_id"])), "{told}");

    let bureau = page(&organizer, "/bureau/risk").await;
    assert!(bureau.contains("解冻并排除") && !bureau.contains("data-testid=\"freeze\""), "{bureau}");
    let form = organizer.request(Method::POST, "/api/fn/decide_risk").header("cookie", session(&organizer));
    let form = form.header("accept", "text/html").header("referer", "/bureau/risk");
    let form = form.header("content-type", "application/x-www-form-urlencoded");
    let text = format!("case_id={case}&state=cleared&reason=ok&key={}", new_key());
    assert_eq!(Answer::of(form.body(text)).await.status, 302);
    assert_eq!(resident.get(&wallet).await.expect(200)["state"], "issued");
    city.redeem(&owner, &order).await.expect(201);
}

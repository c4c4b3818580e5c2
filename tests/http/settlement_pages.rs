//! `/bureau/settlement` and `/shop/settlement`, as forms without JavaScript.

use http::Method;
use http::header::{ACCEPT, CONTENT_TYPE, COOKIE, LOCATION, REFERER};
use tests::{Answer, Person, TestCity, new_key, on_both_databases, people};

on_both_databases!(a_week_is_signed_on_its_pages, a_step_of_another_role_is_told_on_the_page);

async fn page(person: &Person, path: &str) -> String {
    let request = person.request(Method::GET, path).header(COOKIE, session(person));
    let answer = Answer::of(request).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text);
    answer.text
}

fn session(person: &Person) -> String {
    format!("yuehui_session={}", person.token())
}

/// Sends a form; where the browser goes then.
async fn send(person: &Person, name: &str, form: &str) -> String {
    let request = person.request(Method::POST, &format!("/api/fn/{name}")).header(COOKIE, session(person));
    let request = request.header(ACCEPT, "text/html").header(REFERER, "/bureau/settlement");
    let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    let sent = Answer::of(request.body(format!("{form}&key={}", new_key()))).await;
    assert_eq!(sent.status, 302, "{name}: {}", sent.text);
    sent.header(LOCATION.as_str()).to_owned()
}

/// A week with a redemption of ¥20 of subsidy is over.
async fn week(city: &TestCity) -> Person {
    city.redemption(&city.resident(1).await, &city.clerk().await, 8000).await;
    city.set_clock("2021-06-21T07:00:00+08:00");
    city.sign_in(people::FINANCE).await
}

/// The page of its batch, which finance makes.
async fn made(finance: &Person) -> String {
    let path = send(finance, "make_settlement", "week=2021-06-18").await;
    assert!(page(finance, "/bureau/settlement").await.contains(&path), "{path}");
    path
}

async fn a_week_is_signed_on_its_pages(city: &TestCity) {
    let (finance, officer) = (week(city).await, city.sign_in(people::OFFICER).await);
    let (organizer, owner) = (city.organizer().await, city.owner().await);
    assert!(page(&finance, "/bureau").await.contains("/bureau/settlement"));
    assert!(page(&owner, "/shop").await.contains("/shop/settlement"));
    let path = made(&finance).await;
    let id = path.rsplit('/').next().unwrap();
    let step = async |person: &Person, step: &str| {
        send(person, "step_settlement", &format!("settlement_id={id}&step={step}")).await
    };
    let own = page(&owner, "/shop/settlement").await;
    assert!(own.contains("确认应付 ¥20.00") && own.contains("data-state=\"draft\""), "{own}");
    let confirmed = send(&owner, "confirm_settlement", &format!("settlement_id={id}")).await;
    assert_eq!(confirmed, "/shop/settlement");
    assert!(page(&officer, &path).await.contains("data-testid=\"step-review\""));
    assert_eq!(step(&officer, "review").await, path);
    let waiting = page(&organizer, &path).await;
    assert!(waiting.contains("批准付款 ¥20.00") && waiting.contains("data-state=\"reviewed\""), "{waiting}");
    step(&organizer, "approve").await;
    step(&finance, "export").await;
    let shown = page(&finance, &path).await;
    assert!(shown.contains(&format!("/api/v1/settlements/{id}/bank.csv")) && shown.contains("SHA-256"));
    for (taken, who) in [("confirm", "商户 1"), ("review", "铁东区"), ("approve", ""), ("export", "")] {
        assert!(shown.contains(&format!("data-step=\"{taken}\"")) && shown.contains(who), "{taken}");
    }
    assert!(!page(&officer, &path).await.contains("bank.csv"), "the bank's file is the whole city's");
    let lines = page(&finance, &format!("{path}?merchant=1&kind=redeemed")).await;
    assert!(lines.contains("data-line=\"redeemed\"") && !page(&finance, &path).await.contains("data-line"));
    let own = page(&owner, &format!("/shop/settlement?batch={id}")).await;
    assert!(own.contains("data-line=\"redeemed\"") && !own.contains("confirm-batch"));
}

async fn a_step_of_another_role_is_told_on_the_page(city: &TestCity) {
    let finance = week(city).await;
    let path = made(&finance).await;
    let id = path.rsplit('/').next().unwrap();
    for step in ["review", "approve", "export", "sing"] {
        let back = send(&finance, "step_settlement", &format!("settlement_id={id}&step={step}")).await;
        assert_eq!(back, path, "{step}");
    }
    let state = finance.get(&format!("/settlements/{id}")).await.expect(200)["state"].clone();
    assert_eq!(state, "draft", "nothing changed");
    assert_eq!(send(&finance, "step_settlement", &format!("settlement_id={id}&step=discard")).await, path);
    assert!(page(&finance, &path).await.contains("data-state=\"left_out\""));
}

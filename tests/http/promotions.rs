//! `/shop/promotions` and `/reviews/promotions`: from a draft to what everybody sees.

use http::Method;
use http::header::{ACCEPT, CONTENT_TYPE};
use serde_json::{Value, json};
use tests::{Answer, Person, TestCity, new_key, on_both_databases, people};

on_both_databases!(
    a_promotion_goes_from_a_draft_to_everybody,
    a_draft_may_be_incomplete_and_tells_what_is_missing,
    a_returned_one_tells_why_and_is_handed_in_again,
    an_edit_waits_while_the_old_text_stays_up,
    a_step_that_is_none_is_refused,
    a_review_is_of_what_was_looked_at,
    another_merchants_promotion_is_as_none,
    an_officer_reviews_her_district_alone,
    a_copy_is_a_draft_of_its_own,
    the_list_goes_by_state_with_counts,
    a_field_beyond_its_limit_is_refused,
    the_forms_work_without_a_script,
    a_reader_goes_on_to_the_vouchers,
);

/// A promotion of the first merchant that reads without a fault.
pub(crate) fn night_pot() -> Value {
    json!({
        "title": "夜宵小锅，第二锅半价", "title_en": "Late hot pot", "text": "收工来一锅。",
        "price_text": "第二锅 5 折", "channel": "offline", "supply": "both", "setting": "urban",
        "sector": "commerce", "starts_on": "2021-06-18", "ends_on": "2021-07-18",
        "hours": "daily 18:00-02:00", "link": "https://shop.example.com/pot", "outlets": [1, 2],
    })
}

/// Begins a promotion.
pub(crate) async fn begin(owner: &Person, form: &Value) -> Value {
    owner.write(Method::POST, "/shop/promotions", Some(form), &new_key()).await.expect(201)
}

/// Takes a step with it.
pub(crate) async fn step(owner: &Person, promotion: &Value, step: &str) -> Answer {
    let path = format!("/shop/promotions/{}/steps", promotion["id"]);
    owner.write(Method::POST, &path, Some(&json!({ "step": step })), &new_key()).await
}

async fn save(owner: &Person, promotion: &Value, form: &Value) -> Answer {
    let path = format!("/shop/promotions/{}", promotion["id"]);
    owner.write(Method::PUT, &path, Some(form), &new_key()).await
}

async fn review(officer: &Person, promotion: &Value, decision: &str, reason: &str) -> Answer {
    let body = json!({ "version": promotion["version"], "decision": decision, "reason": reason });
    let path = format!("/reviews/promotions/{}", promotion["id"]);
    officer.write(Method::POST, &path, Some(&body), &new_key()).await
}

/// Begins a promotion and hands it in.
pub(crate) async fn handed_in(owner: &Person, form: &Value) -> Value {
    let draft = begin(owner, form).await;
    step(owner, &draft, "submit").await.expect(201)
}

/// A promotion that everybody sees.
async fn published(city: &TestCity, owner: &Person) -> Value {
    let waiting = handed_in(owner, &night_pot()).await;
    review(&city.organizer().await, &waiting, "approve", "").await.expect(201)
}

fn seen(promotion: &Value) -> String {
    format!("/promotions/{}", promotion["id"])
}

async fn a_promotion_goes_from_a_draft_to_everybody(city: &TestCity) {
    let (owner, anyone) = (city.owner().await, city.anyone());
    let officer = city.sign_in(people::OFFICER).await;
    let key = new_key();
    let draft = owner.write(Method::POST, "/shop/promotions", Some(&night_pot()), &key).await.expect(201);
    assert_eq!((&draft["state"], &draft["faults"]), (&json!("draft"), &json!([])));
    assert_eq!(draft["preview"]["night"], true);
    let again = owner.write(Method::POST, "/shop/promotions", Some(&night_pot()), &key).await;
    assert!(again.is_replay());
    assert_eq!(again.expect(201)["id"], draft["id"]);
    anyone.get(&seen(&draft)).await.refused(404, "not_found");
    let waiting = step(&owner, &draft, "submit").await.expect(201);
    anyone.get(&seen(&draft)).await.refused(404, "not_found");
    city.wait_s(90);
    let list = officer.get("/reviews/promotions").await.expect(200);
    assert_eq!((list["items"].as_array().unwrap().len(), &list["items"][0]["waiting_s"]), (1, &json!(90)));
    assert_eq!(list["items"][0]["promotion"]["id"], draft["id"]);
    assert_eq!(list["items"][0]["districts"], json!(["210302"]));
    let done = review(&officer, &waiting, "approve", "").await.expect(201);
    assert_eq!((&done["state"], &done["submitted_at"]), (&json!("published"), &Value::Null));
    let public = anyone.get(&seen(&draft)).await.expect(200);
    assert_eq!((&public["title_en"], &public["merchant_id"]), (&json!("Late hot pot"), &json!(1)));
    assert_eq!((&public["outlet_ids"], &public["photos"]), (&json!([1, 2]), &json!([])));
    let found = anyone.get("/promotions?q=夜宵小锅&limit=100").await.expect(200);
    assert!(found["items"].as_array().unwrap().iter().any(|offer| offer["id"] == draft["id"]));
    assert_eq!(officer.get("/reviews/promotions").await.expect(200)["items"], json!([]));
    let ended = step(&owner, &done, "end").await.expect(201);
    assert_eq!(ended["state"], "ended");
    anyone.get(&seen(&draft)).await.refused(404, "not_found");
}

async fn a_draft_may_be_incomplete_and_tells_what_is_missing(city: &TestCity) {
    let owner = city.owner().await;
    let draft = begin(&owner, &json!({ "title": "夜宵" })).await;
    let fields: Vec<_> = draft["faults"].as_array().unwrap().iter().map(|fault| &fault["field"]).collect();
    assert!(fields.contains(&&json!("text")) && !fields.contains(&&json!("title")), "{fields:?}");
    assert_eq!(draft["preview"], Value::Null);
    let refused = step(&owner, &draft, "submit").await.refused(422, "incomplete");
    assert!(refused["fields"].as_array().unwrap().contains(&json!("outlets")), "{refused}");
    let mut form = night_pot();
    for (field, value) in [
        ("link", json!("http://shop.example.com")),
        ("hours", json!("18:00-02:00")),
        ("outlets", json!([3])),
        ("ends_on", json!("2021-09-01")),
    ] {
        let good = std::mem::replace(&mut form[field], value);
        let saved = save(&owner, &draft, &form).await.expect(201);
        assert_eq!(saved["faults"][0]["field"], field, "{saved}");
        form[field] = good;
    }
    save(&owner, &draft, &form).await.expect(201);
    step(&owner, &draft, "submit").await.expect(201);
}

async fn a_returned_one_tells_why_and_is_handed_in_again(city: &TestCity) {
    let (owner, organizer) = (city.owner().await, city.organizer().await);
    let waiting = handed_in(&owner, &night_pot()).await;
    review(&organizer, &waiting, "return", " ").await.refused_field(422, "bad_field", "reason");
    let returned = review(&organizer, &waiting, "return", "请写明每桌限几份").await.expect(201);
    assert_eq!((&returned["state"], &returned["reason"]), (&json!("returned"), &json!("请写明每桌限几份")));
    let own = owner.get(&format!("/shop/promotions/{}", waiting["id"])).await.expect(200);
    assert_eq!(own["reason"], "请写明每桌限几份");
    let mut form = night_pot();
    form["text"] = json!("收工来一锅，每桌限一份。");
    save(&owner, &waiting, &form).await.expect(201);
    let again = step(&owner, &waiting, "submit").await.expect(201);
    assert_eq!(again["reason"], Value::Null);
    review(&organizer, &again, "approve", "").await.expect(201);
}

async fn an_edit_waits_while_the_old_text_stays_up(city: &TestCity) {
    let (owner, organizer, anyone) = (city.owner().await, city.organizer().await, city.anyone());
    let promotion = published(city, &owner).await;
    let title = async || anyone.get(&seen(&promotion)).await.expect(200)["title"].clone();
    let mut form = night_pot();
    form["title"] = json!("夜宵大锅");
    let edited = save(&owner, &promotion, &form).await.expect(201);
    assert_eq!((&edited["state"], &edited["revision"]), (&json!("published"), &json!("draft")));
    assert_eq!(title().await, night_pot()["title"]);
    let waiting = step(&owner, &promotion, "submit").await.expect(201);
    let list = organizer.get("/reviews/promotions").await.expect(200);
    let expected = json!([{ "field": "title", "before": night_pot()["title"], "after": "夜宵大锅" }]);
    assert_eq!(list["items"][0]["differences"], expected);
    assert_eq!(title().await, night_pot()["title"]);
    let done = review(&organizer, &waiting, "approve", "").await.expect(201);
    assert_eq!((&done["state"], &done["revision"]), (&json!("published"), &Value::Null));
    assert_eq!(title().await, "夜宵大锅");
    // A dropped edit leaves what is up.
    form["title"] = json!("别的");
    save(&owner, &promotion, &form).await.expect(201);
    let dropped = step(&owner, &promotion, "discard").await.expect(201);
    assert_eq!((&dropped["revision"], &dropped["form"]["title"]), (&Value::Null, &json!("夜宵大锅")));
    // What the season brought along can be edited too.
    let seeded = save(&owner, &json!({ "id": 1 }), &night_pot()).await.expect(201);
    assert_eq!(seeded["revision"], "draft");
}

async fn a_step_that_is_none_is_refused(city: &TestCity) {
    let (owner, organizer) = (city.owner().await, city.organizer().await);
    let draft = begin(&owner, &night_pot()).await;
    for none in ["withdraw", "discard"] {
        let refused = step(&owner, &draft, none).await.refused(409, "wrong_state");
        assert_eq!((&refused["state"], &refused["step"]), (&json!("draft"), &json!(none)));
    }
    step(&owner, &draft, "publish").await.refused(422, "bad_field");
    review(&organizer, &draft, "approve", "").await.refused(409, "wrong_state");
    let waiting = step(&owner, &draft, "submit").await.expect(201);
    save(&owner, &draft, &night_pot()).await.refused(409, "wrong_state");
    step(&owner, &draft, "submit").await.refused(409, "wrong_state");
    step(&owner, &draft, "end").await.refused(409, "wrong_state");
    step(&owner, &draft, "withdraw").await.expect(201);
    review(&organizer, &waiting, "approve", "").await.refused(409, "wrong_state");
    step(&owner, &draft, "end").await.expect(201);
    for none in ["submit", "withdraw", "discard", "end"] {
        step(&owner, &draft, none).await.refused(409, "wrong_state");
    }
}

async fn a_review_is_of_what_was_looked_at(city: &TestCity) {
    let (owner, organizer) = (city.owner().await, city.organizer().await);
    let looked_at = handed_in(&owner, &night_pot()).await;
    step(&owner, &looked_at, "withdraw").await.expect(201);
    let mut form = night_pot();
    form["title"] = json!("换了内容");
    save(&owner, &looked_at, &form).await.expect(201);
    let waiting = step(&owner, &looked_at, "submit").await.expect(201);
    review(&organizer, &looked_at, "approve", "").await.refused(409, "changed_meanwhile");
    review(&organizer, &waiting, "approve", "").await.expect(201);
}

async fn another_merchants_promotion_is_as_none(city: &TestCity) {
    let (owner, other) = (city.owner().await, city.sign_in(people::OTHER_OWNER).await);
    for promotion in [begin(&owner, &night_pot()).await, published(city, &owner).await] {
        let path = format!("/shop/promotions/{}", promotion["id"]);
        other.get(&path).await.refused(404, "not_found");
        save(&other, &promotion, &night_pot()).await.refused(404, "not_found");
        for each in ["submit", "withdraw", "discard", "end"] {
            step(&other, &promotion, each).await.refused(404, "not_found");
        }
        other
            .write(Method::POST, &format!("{path}/copies"), None, &new_key())
            .await
            .refused(404, "not_found");
        other.post_raw(&format!("{path}/photos"), "image/png", "x").await.refused(404, "not_found");
        let photo = format!("{path}/photos/{}", "0".repeat(64));
        Answer::of(other.api(Method::DELETE, &photo)).await.refused(404, "not_found");
    }
    let list = other.get("/shop/promotions?limit=100").await.expect(200);
    let items = list["items"].as_array().unwrap();
    assert!(!items.is_empty() && items.iter().all(|item| item["merchant_id"] != 1));
    // Nor at another's outlets.
    let mine = begin(&other, &night_pot()).await;
    assert!(mine["faults"].as_array().unwrap().iter().any(|fault| fault["field"] == "outlets"), "{mine}");
    city.clerk().await.get("/shop/promotions").await.refused(403, "wrong_role");
}

async fn an_officer_reviews_her_district_alone(city: &TestCity) {
    let officer = city.sign_in(people::OFFICER).await;
    let other = city.sign_in(people::OTHER_OWNER).await;
    let me = other.get("/me").await.expect(200);
    let mut form = night_pot();
    form["outlets"] = me["outlet_ids"].clone();
    let waiting = handed_in(&other, &form).await;
    assert_eq!(officer.get("/reviews/promotions").await.expect(200)["items"], json!([]));
    review(&officer, &waiting, "approve", "").await.refused(404, "not_found");
    let organizer = city.organizer().await;
    assert_eq!(organizer.get("/reviews/promotions").await.expect(200)["items"].as_array().unwrap().len(), 1);
    review(&organizer, &waiting, "approve", "").await.expect(201);
}

async fn a_copy_is_a_draft_of_its_own(city: &TestCity) {
    let owner = city.owner().await;
    let promotion = published(city, &owner).await;
    let path = format!("/shop/promotions/{}/copies", promotion["id"]);
    let copy = owner.write(Method::POST, &path, None, &new_key()).await.expect(201);
    assert_ne!(copy["id"], promotion["id"]);
    assert_eq!((&copy["state"], &copy["form"]), (&json!("draft"), &promotion["form"]));
    step(&owner, &copy, "submit").await.expect(201);
}

async fn the_list_goes_by_state_with_counts(city: &TestCity) {
    let owner = city.owner().await;
    let draft = begin(&owner, &night_pot()).await;
    let waiting = handed_in(&owner, &night_pot()).await;
    let list = owner.get("/shop/promotions?limit=1").await.expect(200);
    assert_eq!(list["items"][0]["id"], waiting["id"], "the newest first");
    let next = format!("/shop/promotions?limit=1&cursor={}", list["next_cursor"].as_str().unwrap());
    assert_eq!(owner.get(&next).await.expect(200)["items"][0]["id"], draft["id"]);
    let count = |state: &str| {
        let counts = list["counts"].as_array().unwrap();
        counts.iter().find(|count| count["state"] == state).unwrap()["count"].clone()
    };
    assert_eq!([count("draft"), count("in_review"), count("ended")], [json!(1), json!(1), json!(0)]);
    let drafts = owner.get("/shop/promotions?state=draft").await.expect(200);
    assert_eq!(drafts["items"].as_array().unwrap().len(), 1);
    owner.get("/shop/promotions?state=gone").await.refused_field(400, "bad_query", "state");
    owner.get("/shop/promotions?cursor=x").await.refused_field(400, "bad_query", "cursor");
}

async fn a_field_beyond_its_limit_is_refused(city: &TestCity) {
    let owner = city.owner().await;
    for (field, length) in [("title", 81), ("text", 601), ("link", 301), ("hours", 201)] {
        let mut form = night_pot();
        form[field] = json!("长".repeat(length));
        let answer = owner.write(Method::POST, "/shop/promotions", Some(&form), &new_key()).await;
        answer.refused_field(422, "bad_field", field);
    }
}

/// Sends a form as a browser without JavaScript does; answers where it leads.
async fn submit(city: &TestCity, person: &Person, name: &str, form: &str) -> String {
    let request = city.anyone().request(Method::POST, &format!("/api/fn/{name}"));
    let request = request.header("cookie", format!("yuehui_session={}", person.token()));
    let request =
        request.header(ACCEPT, "text/html").header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    let answer = Answer::of(request.body(form.to_owned())).await;
    assert_eq!(answer.status, 302, "{}", answer.text);
    answer.header("location").to_owned()
}

async fn page(city: &TestCity, person: &Person, path: &str) -> String {
    let request = city.anyone().request(Method::GET, path);
    let answer = Answer::of(request.header("cookie", format!("yuehui_session={}", person.token()))).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text);
    answer.text
}

async fn the_forms_work_without_a_script(city: &TestCity) {
    let (owner, organizer) = (city.owner().await, city.organizer().await);
    let form = "post%5Btitle%5D=Pot&post%5Btext%5D=x&post%5Bprice_text%5D=5&post%5Bchannel%5D=offline\
        &post%5Bsupply%5D=both&post%5Bsetting%5D=urban&post%5Bsector%5D=commerce\
        &post%5Bstarts_on%5D=2021-06-18&post%5Bends_on%5D=2021-07-18\
        &post%5Bhours_days%5D%5B0%5D=daily&post%5Bhours_from%5D%5B0%5D=18%3A00&post%5Bhours_to%5D%5B0%5D=02%3A00\
        &post%5Bhours_days%5D%5B1%5D=daily&post%5Bhours_from%5D%5B1%5D=&post%5Bhours_to%5D%5B1%5D=\
        &post%5Boutlets%5D%5B%5D=1&post%5Boutlets%5D%5B%5D=2&promotion_id=&key=12345678";
    let place = submit(city, &owner, "save_promotion", form).await;
    let id = place.strip_prefix("/shop/promotions/").unwrap();
    let own = owner.get(&format!("/shop/promotions/{id}")).await.expect(200);
    assert_eq!(
        (&own["form"]["hours"], &own["form"]["outlets"]),
        (&json!("daily 18:00-02:00"), &json!([1, 2]))
    );
    for path in [place.clone(), format!("{place}/edit"), "/shop/promotions/new".to_owned()] {
        page(city, &owner, &path).await;
    }
    submit(city, &owner, "change_promotion", &format!("promotion_id={id}&step=submit&key=12345679")).await;
    let reviews = page(city, &organizer, "/bureau/reviews/promotions").await;
    assert!(reviews.contains(&format!("promotion-{id}")) && reviews.contains("/bureau/reviews\""));
    let own = owner.get(&format!("/shop/promotions/{id}")).await.expect(200);
    let verdict = format!("promotion_id={id}&version={}&decision=approve&key=12345670", own["version"]);
    assert_eq!(submit(city, &organizer, "review_promotion", &verdict).await, "/bureau/reviews/promotions");
    city.anyone().get(&format!("/promotions/{id}")).await.expect(200);
    let shown = page(city, &organizer, &format!("/promotions/{id}")).await;
    assert!(
        shown.contains("data-testid=\"suspend\"")
            && !page(city, &owner, &format!("/promotions/{id}")).await.contains("suspend")
    );
    let copy = submit(city, &owner, "duplicate_promotion", &format!("promotion_id={id}&key=12345671")).await;
    assert!(copy.ends_with("/edit") && !copy.contains(&format!("/{id}/")), "{copy}");
    assert!(page(city, &owner, "/shop/promotions?state=published").await.contains("Pot"));
}

async fn a_reader_goes_on_to_the_vouchers(city: &TestCity) {
    let anyone = city.anyone();
    let gone = Answer::of(anyone.request(Method::GET, "/promotions/1/vouchers")).await;
    assert_eq!((gone.status, gone.header("location")), (303, "/vouchers"));
    let none = Answer::of(anyone.request(Method::GET, "/promotions/999999/vouchers")).await;
    none.refused(404, "not_found");
    for _ in 0..2 {
        assert_eq!(Answer::of(anyone.request(Method::GET, "/promotions/1")).await.status, 200);
    }
    city.backend().write_counts().await.unwrap();
    let own = city.owner().await.get("/shop/promotions/1").await.expect(200);
    assert_eq!((&own["views"], &own["claims"]), (&json!(2), &json!(1)));
}

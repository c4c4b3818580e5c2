//! `/people`, `/invitations`, `/tills`, and their forms.

use http::Method;
use http::header::{ACCEPT, CONTENT_TYPE};
use serde_json::{Value, json};
use tests::{Answer, Person, TestCity, new_key, on_both_databases, people};

on_both_databases!(
    a_person_is_invited_joins_and_is_removed,
    a_manager_manages_clerks_alone,
    another_merchant_touches_nobody,
    forms_invite_for_several_outlets,
    a_switched_off_till_is_refused_by_every_door,
    the_bureau_sees_clerk_and_till,
    an_outlet_may_be_for_enrolled_tills_alone,
);

async fn invite(person: &Person, body: &Value) -> Answer {
    person.write(Method::POST, "/invitations", Some(body), &new_key()).await
}

async fn a_person_is_invited_joins_and_is_removed(city: &TestCity) {
    let (owner, resident) = (city.owner().await, city.resident(1).await);
    let invitation = invite(&owner, &json!({ "role": "clerk", "outlet_ids": [2] })).await.expect(201);
    assert_eq!(invitation["expires_at"], "2021-06-18T10:10:00+08:00");
    let path = format!("/invitations/{}", invitation["code"].as_str().unwrap());
    assert_eq!(invitation["path"], format!("/shop{}", path.replace("invitations", "invitation")));
    assert_eq!(resident.get(&path).await.expect(200), invitation);
    let accept = format!("{path}/acceptances");
    resident.post(&accept, &json!({ "name": "x".repeat(41) })).await.refused_field(422, "bad_field", "name");
    let me = resident.post(&accept, &json!({ "name": "小新" })).await.expect(200);
    assert_eq!(
        (&me["name"], &me["merchant_id"], &me["outlet_ids"]),
        (&json!("小新"), &json!(1), &json!([2]))
    );
    let listed = owner.get("/people?limit=100").await.expect(200);
    let line = listed["items"].as_array().unwrap().iter().find(|line| line["name"] == "小新").unwrap();
    assert_eq!((&line["role"], &line["managed"]), (&json!("clerk"), &json!(true)));
    resident.get("/redemptions").await.expect(200);

    let person = format!("/people/{}", line["account_id"]);
    let change = json!({ "role": "manager", "outlet_ids": [] });
    let changed = owner.write(Method::PUT, &person, Some(&change), &new_key()).await.expect(200);
    assert_eq!((&changed["role"], &changed["outlet_ids"]), (&json!("manager"), &json!([])));
    resident.get("/statements").await.expect(200);
    let foreign = json!({ "role": "clerk", "outlet_ids": [3] });
    let foreign = owner.write(Method::PUT, &person, Some(&foreign), &new_key()).await;
    foreign.refused_field(422, "bad_field", "outlet_ids");
    let removed = owner.write(Method::DELETE, &person, None, &new_key()).await;
    assert_eq!(removed.status, 204);
    resident.get("/redemptions").await.refused(403, "wrong_role");
    owner.write(Method::DELETE, &person, None, &new_key()).await.refused(404, "not_found");
    city.resident(2).await.post(&accept, &json!({})).await.refused(409, "invitation_used");
    resident.get("/invitations/00000000000000000000000000000000").await.refused(404, "not_found");
}

async fn a_manager_manages_clerks_alone(city: &TestCity) {
    let (owner, manager) = (city.owner().await, city.sign_in(people::OWN_MANAGER).await);
    let listed = manager.get("/people").await.expect(200);
    let number = |role: &str| {
        let line = listed["items"].as_array().unwrap().iter().find(|line| line["role"] == role).unwrap();
        line["account_id"].clone()
    };
    for role in ["owner", "manager", "resident", "city"] {
        let refused = invite(&manager, &json!({ "role": role })).await.refused(403, "not_managed");
        assert_eq!(refused["role"], role);
    }
    for role in ["owner", "city"] {
        invite(&owner, &json!({ "role": role })).await.refused(403, "not_managed");
    }
    for role in ["owner", "manager"] {
        let path = format!("/people/{}", number(role));
        manager.write(Method::DELETE, &path, None, &new_key()).await.refused(403, "not_managed");
        let clerk = json!({ "role": "clerk" });
        manager.write(Method::PUT, &path, Some(&clerk), &new_key()).await.refused(403, "not_managed");
    }
    // Nor does an owner leave the merchant without one.
    let own = format!("/people/{}", number("owner"));
    owner.write(Method::DELETE, &own, None, &new_key()).await.refused(403, "not_managed");
    let promote = json!({ "role": "manager" });
    let clerk = format!("/people/{}", number("clerk"));
    manager.write(Method::PUT, &clerk, Some(&promote), &new_key()).await.refused(403, "not_managed");
    invite(&manager, &json!({ "role": "clerk" })).await.expect(201);
}

async fn another_merchant_touches_nobody(city: &TestCity) {
    let (owner, other) = (city.owner().await, city.sign_in(people::OTHER_OWNER).await);
    let listed = owner.get("/people?limit=1").await.expect(200);
    assert!(listed["next_cursor"].is_string());
    for line in owner.get("/people").await.expect(200)["items"].as_array().unwrap() {
        let path = format!("/people/{}", line["account_id"]);
        other.write(Method::DELETE, &path, None, &new_key()).await.refused(404, "not_found");
    }
    let till = json!({ "name": "一号", "outlet_id": 1 });
    other.write(Method::POST, "/tills", Some(&till), &new_key()).await.refused_field(
        422,
        "bad_field",
        "outlet_id",
    );
    let enrolled = owner.write(Method::POST, "/tills", Some(&till), &new_key()).await.expect(201);
    let path = format!("/tills/{}", enrolled["till"]["till_id"]);
    let off = json!({ "name": "x", "on": false });
    other.write(Method::PUT, &path, Some(&off), &new_key()).await.refused(404, "not_found");
    assert_eq!(other.get("/tills").await.expect(200)["items"], json!([]));
}

async fn form(person: &Person, name: &str, cookie: &str, body: String) -> Answer {
    let request = person.request(Method::POST, &format!("/api/fn/{name}")).header(ACCEPT, "text/html");
    let cookies = format!("yuehui_session={}; {cookie}", person.token());
    let request = request.header("cookie", cookies).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    Answer::of(request.body(body)).await
}

fn cookie(answer: &Answer, name: &str) -> String {
    let set = answer.headers.get_all("set-cookie").iter().filter_map(|value| value.to_str().ok());
    let set = set.filter_map(|cookie| cookie.strip_prefix(&format!("{name}=")));
    set.filter_map(|rest| rest.split(';').next()).next_back().unwrap_or_default().to_owned()
}

async fn forms_invite_for_several_outlets(city: &TestCity) {
    let owner = city.owner().await;
    let key = new_key();
    let body = format!("role=clerk&outlets%5B%5D=1&outlets%5B%5D=2&key={key}");
    let invited = form(&owner, "invite_person", "", body).await;
    assert_eq!((invited.status, invited.header("location")), (302, "/shop/clerks"), "{}", invited.text);
    let code = cookie(&invited, "yuehui_invitation");
    let offer = owner.get(&format!("/invitations/{code}")).await.expect(200);
    assert_eq!((&offer["role"], &offer["outlet_ids"]), (&json!("clerk"), &json!([1, 2])));
    let page = owner.request(Method::GET, "/shop/clerks");
    let page = page.header("cookie", format!("yuehui_session={}; yuehui_invitation={code}", owner.token()));
    let page = Answer::of(page).await;
    assert!(page.text.contains("invitation-qr") && page.text.contains(&format!("/shop/invitation/{code}")));
    let stranger = Answer::of(city.anyone().request(Method::GET, &format!("/shop/invitation/{code}"))).await;
    assert_eq!(stranger.status, 200);
    assert!(stranger.text.contains("sign-in") && !stranger.text.contains("138****"));
}

async fn a_switched_off_till_is_refused_by_every_door(city: &TestCity) {
    let (owner, clerk, resident) = (city.owner().await, city.clerk().await, city.resident(1).await);
    let body = format!("name=%E4%B8%80%E5%8F%B7&outlet_id=1&key={}", new_key());
    let secret = cookie(&form(&owner, "enrol_till", "", body).await, "yuehui_till");
    assert_eq!(secret.len(), 64);
    let till = owner.get("/tills").await.expect(200)["items"][0].clone();
    assert_eq!((&till["name"], &till["on"]), (&json!("一号"), &json!(true)));
    let voucher = city.voucher_of(&resident).await;
    let order = city.order(&resident, &voucher, 8000).await;
    let at_till = async |method: Method, path: &str| {
        let request = clerk.api(method.clone(), path).header("yuehui-till", &secret);
        let request = request.header("idempotency-key", new_key());
        Answer::of(if method == Method::GET { request } else { request.json(&order) }).await
    };
    at_till(Method::POST, "/redemptions/preview").await.expect(200);
    let path = format!("/tills/{}", till["till_id"]);
    let off = json!({ "name": "一号", "on": false });
    let off = owner.write(Method::PUT, &path, Some(&off), &new_key()).await.expect(200);
    assert_eq!(off["off_since"], "2021-06-18T10:00:00+08:00");
    for (method, path) in [
        (Method::POST, "/redemptions/preview"),
        (Method::POST, "/redemptions"),
        (Method::GET, "/redemptions"),
        (Method::POST, "/redemptions/1/undo"),
    ] {
        at_till(method, path).await.refused(403, "till_off");
    }
    let cookies = format!("yuehui_session={}; yuehui_till={secret}", clerk.token());
    let page = Answer::of(city.anyone().request(Method::GET, "/shop/till").header("cookie", &cookies)).await;
    assert_eq!(page.status, 403);
    assert!(page.text.contains("till_off") && page.text.contains("停用"));
    // The clerk's own phone goes on, and so does the till once it is on again.
    clerk.post("/redemptions/preview", &order).await.expect(200);
    let on = json!({ "name": "一号", "on": true });
    owner.write(Method::PUT, &path, Some(&on), &new_key()).await.expect(200);
    let redeemed = at_till(Method::POST, "/redemptions").await.expect(201);
    assert!(redeemed.get("clerk_name").is_none(), "the resident sees no clerk");
    let sale = &owner.get("/redemptions").await.expect(200)["items"][0];
    assert_eq!((&sale["clerk_name"], &sale["till_name"]), (&json!("小秋"), &json!("一号")));
}

async fn the_bureau_sees_clerk_and_till(city: &TestCity) {
    let clerk = city.clerk().await;
    city.redemption(&city.resident(1).await, &clerk, 8000).await;
    let (officer, city_officer) = (city.sign_in(people::OFFICER).await, city.organizer().await);
    for person in [&officer, &city_officer] {
        let list = person.get("/stats/redemptions").await.expect(200);
        let line = &list["items"][0];
        assert_eq!((&line["district"], &line["sale"]["clerk_name"]), (&json!("210302"), &json!("小秋")));
        assert_eq!((&line["sale"]["till_id"], &line["sale"]["order_fen"]), (&Value::Null, &json!(8000)));
    }
    let day = city_officer.get("/stats/redemptions?day=2021-06-17").await.expect(200);
    assert_eq!(day["items"], json!([]));
    city_officer.get("/stats/redemptions?day=x").await.refused_field(400, "bad_query", "day");
}

async fn an_outlet_may_be_for_enrolled_tills_alone(city: &TestCity) {
    let (owner, clerk) = (city.owner().await, city.sign_in(people::CLERK).await);
    let put = async |path: &str, body: Value| owner.write(Method::PUT, path, Some(&body), &new_key()).await;
    let rule = put("/shop/outlets/1", json!({ "enrolled_only": true })).await.expect(200);
    assert_eq!((&rule["outlet_id"], &rule["enrolled_only"]), (&json!(1), &json!(true)));
    let listed = owner.get("/shop/outlets?limit=1").await.expect(200);
    assert_eq!((&listed["items"], &listed["next_cursor"]), (&json!([rule]), &json!("a1")));
    put("/shop/outlets/3", json!({ "enrolled_only": true })).await.refused(404, "not_found");

    let resident = city.resident(1).await;
    let voucher = city.voucher_of(&resident).await;
    let shown =
        resident.post(&format!("/vouchers/{}/token", voucher["voucher_id"]), &json!({})).await.expect(200);
    let body = json!({ "token": shown["token"], "outlet_id": 1, "order_fen": 8800 });
    clerk.write(Method::POST, "/redemptions", Some(&body), &new_key()).await.refused(422, "till_required");
    let new = json!({ "name": "一号", "outlet_id": 1 });
    let enrolled = owner.write(Method::POST, "/tills", Some(&new), &new_key()).await.expect(201);
    let request =
        clerk.api(Method::POST, "/redemptions").header("yuehui-till", enrolled["secret"].as_str().unwrap());
    Answer::of(request.header("idempotency-key", new_key()).json(&body)).await.expect(201);
}

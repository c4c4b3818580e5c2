//! Who may call what: every role on every call that is not for everyone.

use crate::promotions::{begin, night_pot};
use http::Method;
use serde_json::{Value, json};
use tests::{Answer, Person, TestCity, new_key, on_both_databases, people};

on_both_databases!(
    every_call_knows_its_roles,
    another_merchants_people_reach_nothing_through_any_door,
    a_stranger_learns_nothing_from_a_bad_request,
);

/// A call, and who may make it.
struct Call {
    method: Method,
    path: &'static str,
    roles: &'static [&'static str],
}

const SIGNED_IN: &[&str] =
    &["resident", "owner", "clerk", "manager", "city", "district", "finance", "auditor", "desk"];
const HOLDERS: &[&str] = &["resident"];
const TILLS: &[&str] = &["owner", "manager", "clerk"];
const REVERSERS: &[&str] = &["owner", "manager"];
const MANAGERS: &[&str] = &["owner", "manager"];
const ORGANIZERS: &[&str] = &["city", "district", "finance", "auditor"];

const POSTERS: &[&str] = &["owner", "manager"];
const REVIEWERS: &[&str] = &["city", "district"];
const REPORTERS: &[&str] = &["city", "district"];
const DRAWERS: &[&str] = &["city"];
const ASSISTANTS: &[&str] = &["city", "desk"];
const IMPORTERS: &[&str] = &["city"];
const OFFLINE_ALLOWERS: &[&str] = &["city"];
const RISK_READERS: &[&str] = &["city", "district", "auditor"];
const RISK_DECIDERS: &[&str] = &["city"];
const DRAFT_READERS: &[&str] = &["city", "finance", "auditor"];
const BUILDERS: &[&str] = &["city"];
const PUBLISHERS: &[&str] = &["city", "finance"];
const SETTLERS: &[&str] = &["city", "district", "finance", "auditor"];
const BANK_READERS: &[&str] = &["city", "finance", "auditor"];
const SETTLEMENT_MAKERS: &[&str] = &["city", "finance"];
const AUDITORS: &[&str] = &["city", "auditor"];

/// Every call that asks for a session.
const CALLS: &[Call] = &[
    Call { method: Method::GET, path: "/me", roles: SIGNED_IN },
    Call { method: Method::PUT, path: "/me/district", roles: HOLDERS },
    Call { method: Method::POST, path: "/rounds/1/claims", roles: HOLDERS },
    Call { method: Method::POST, path: "/rounds/18/entries", roles: HOLDERS },
    Call { method: Method::GET, path: "/rounds/18/entries/mine", roles: HOLDERS },
    Call { method: Method::POST, path: "/rounds/18/draw", roles: DRAWERS },
    Call { method: Method::POST, path: "/rounds/1/places", roles: HOLDERS },
    Call { method: Method::POST, path: "/rounds/23/assisted", roles: ASSISTANTS },
    Call { method: Method::GET, path: "/assisted", roles: ASSISTANTS },
    Call { method: Method::GET, path: "/assisted/1", roles: ASSISTANTS },
    Call { method: Method::POST, path: "/assisted/1/prints", roles: ASSISTANTS },
    Call { method: Method::GET, path: "/rounds/1/work", roles: HOLDERS },
    Call { method: Method::GET, path: "/ledger/lines?receipt=0000", roles: HOLDERS },
    Call { method: Method::GET, path: "/vouchers", roles: HOLDERS },
    Call { method: Method::GET, path: "/vouchers/1", roles: HOLDERS },
    Call { method: Method::POST, path: "/vouchers/1/token", roles: HOLDERS },
    Call { method: Method::POST, path: "/redemptions/preview", roles: TILLS },
    Call { method: Method::POST, path: "/redemptions", roles: TILLS },
    Call { method: Method::GET, path: "/redemptions", roles: TILLS },
    Call { method: Method::POST, path: "/redemptions/1/reversals", roles: REVERSERS },
    Call { method: Method::POST, path: "/redemptions/1/undo", roles: TILLS },
    Call { method: Method::POST, path: "/orders/preview", roles: TILLS },
    Call { method: Method::POST, path: "/orders", roles: TILLS },
    Call { method: Method::POST, path: "/orders/1/undo", roles: TILLS },
    Call { method: Method::GET, path: "/people", roles: MANAGERS },
    Call { method: Method::PUT, path: "/people/1", roles: MANAGERS },
    Call { method: Method::DELETE, path: "/people/1", roles: MANAGERS },
    Call { method: Method::POST, path: "/invitations", roles: MANAGERS },
    Call { method: Method::GET, path: "/invitations/1", roles: SIGNED_IN },
    Call { method: Method::POST, path: "/invitations/1/acceptances", roles: SIGNED_IN },
    Call { method: Method::GET, path: "/tills", roles: MANAGERS },
    Call { method: Method::POST, path: "/tills", roles: MANAGERS },
    Call { method: Method::PUT, path: "/tills/1", roles: MANAGERS },
    Call { method: Method::GET, path: "/shop/outlets", roles: MANAGERS },
    Call { method: Method::PUT, path: "/shop/outlets/1", roles: MANAGERS },
    Call { method: Method::GET, path: "/statements", roles: REVERSERS },
    Call { method: Method::GET, path: "/statements.csv", roles: REVERSERS },
    Call { method: Method::GET, path: "/statements.xlsx", roles: REVERSERS },
    Call { method: Method::GET, path: "/shop/promotions", roles: POSTERS },
    Call { method: Method::POST, path: "/shop/promotions", roles: POSTERS },
    Call { method: Method::GET, path: "/shop/promotions/1", roles: POSTERS },
    Call { method: Method::PUT, path: "/shop/promotions/1", roles: POSTERS },
    Call { method: Method::POST, path: "/shop/promotions/1/steps", roles: POSTERS },
    Call { method: Method::POST, path: "/shop/promotions/1/copies", roles: POSTERS },
    Call { method: Method::POST, path: "/shop/promotions/1/photos", roles: POSTERS },
    Call { method: Method::DELETE, path: "/shop/promotions/1/photos/x", roles: POSTERS },
    Call { method: Method::GET, path: "/reviews/promotions", roles: REVIEWERS },
    Call { method: Method::POST, path: "/reviews/promotions/1", roles: REVIEWERS },
    Call { method: Method::POST, path: "/reviews/promotions/1/suspension", roles: REVIEWERS },
    Call { method: Method::GET, path: "/join", roles: HOLDERS },
    Call { method: Method::PUT, path: "/join", roles: HOLDERS },
    Call { method: Method::POST, path: "/join", roles: HOLDERS },
    Call { method: Method::POST, path: "/imports", roles: IMPORTERS },
    Call { method: Method::GET, path: "/imports", roles: IMPORTERS },
    Call { method: Method::GET, path: "/imports/1", roles: IMPORTERS },
    Call { method: Method::POST, path: "/imports/1/confirm", roles: IMPORTERS },
    Call { method: Method::GET, path: "/reviews", roles: REVIEWERS },
    Call { method: Method::GET, path: "/reviews/merchants", roles: REVIEWERS },
    Call { method: Method::GET, path: "/merchants/1/review", roles: REVIEWERS },
    Call { method: Method::POST, path: "/merchants/1/reviews", roles: REVIEWERS },
    Call { method: Method::GET, path: "/offline/outlets", roles: OFFLINE_ALLOWERS },
    Call { method: Method::PUT, path: "/offline/outlets/1", roles: OFFLINE_ALLOWERS },
    Call { method: Method::DELETE, path: "/offline/outlets/1", roles: OFFLINE_ALLOWERS },
    Call { method: Method::GET, path: "/offline/permit", roles: TILLS },
    Call { method: Method::GET, path: "/redemptions/offline", roles: TILLS },
    Call { method: Method::POST, path: "/redemptions/offline", roles: TILLS },
    Call { method: Method::GET, path: "/risk/cases", roles: RISK_READERS },
    Call { method: Method::POST, path: "/risk/cases/1/decisions", roles: RISK_DECIDERS },
    Call { method: Method::GET, path: "/shop/risk", roles: REVERSERS },
    Call { method: Method::POST, path: "/shop/risk/1/answers", roles: MANAGERS },
    Call { method: Method::GET, path: "/drafts", roles: DRAFT_READERS },
    Call { method: Method::GET, path: "/drafts/1", roles: DRAFT_READERS },
    Call { method: Method::POST, path: "/drafts", roles: BUILDERS },
    Call { method: Method::PUT, path: "/drafts/1", roles: BUILDERS },
    Call { method: Method::POST, path: "/drafts/1/submission", roles: BUILDERS },
    Call { method: Method::POST, path: "/drafts/1/end", roles: BUILDERS },
    Call { method: Method::POST, path: "/drafts/1/reviews", roles: PUBLISHERS },
    Call { method: Method::POST, path: "/campaigns/1/copies", roles: BUILDERS },
    Call { method: Method::POST, path: "/campaigns/1/changes", roles: BUILDERS },
    Call { method: Method::GET, path: "/audit", roles: AUDITORS },
    Call { method: Method::GET, path: "/audit.csv", roles: AUDITORS },
    Call { method: Method::GET, path: "/stats/districts", roles: ORGANIZERS },
    Call { method: Method::GET, path: "/stats/districts.csv", roles: ORGANIZERS },
    Call { method: Method::GET, path: "/stats/cube", roles: ORGANIZERS },
    Call { method: Method::GET, path: "/stats/cube.csv", roles: ORGANIZERS },
    Call { method: Method::GET, path: "/stats/cube.xlsx", roles: ORGANIZERS },
    Call { method: Method::GET, path: "/stats/cube.svg", roles: ORGANIZERS },
    Call { method: Method::GET, path: "/stats/delays", roles: ORGANIZERS },
    Call { method: Method::GET, path: "/reports", roles: ORGANIZERS },
    Call { method: Method::POST, path: "/reports", roles: REPORTERS },
    Call { method: Method::GET, path: "/reports/1", roles: ORGANIZERS },
    Call { method: Method::GET, path: "/reports/1/recount", roles: ORGANIZERS },
    Call { method: Method::GET, path: "/reports/1/figures.json", roles: ORGANIZERS },
    Call { method: Method::GET, path: "/reports/1/workbook.xlsx", roles: ORGANIZERS },
    Call { method: Method::GET, path: "/stats/redemptions", roles: ORGANIZERS },
    Call { method: Method::GET, path: "/settlements", roles: SETTLERS },
    Call { method: Method::POST, path: "/settlements", roles: SETTLEMENT_MAKERS },
    Call { method: Method::GET, path: "/settlements/weeks", roles: SETTLERS },
    Call { method: Method::GET, path: "/settlements/1", roles: SETTLERS },
    Call { method: Method::GET, path: "/settlements/1/merchants", roles: SETTLERS },
    Call { method: Method::GET, path: "/settlements/1/lines?merchant=1", roles: SETTLERS },
    Call { method: Method::POST, path: "/settlements/1/confirmation", roles: &["owner"] },
    Call { method: Method::POST, path: "/settlements/1/reviews", roles: &["district"] },
    Call { method: Method::POST, path: "/settlements/1/approval", roles: &["city"] },
    Call { method: Method::POST, path: "/settlements/1/end", roles: SETTLEMENT_MAKERS },
    Call { method: Method::POST, path: "/settlements/1/export", roles: &["finance"] },
    Call { method: Method::POST, path: "/settlements/1/result?bank_reference=B1", roles: &["finance"] },
    Call { method: Method::GET, path: "/settlements/1/bank.csv", roles: BANK_READERS },
    Call { method: Method::GET, path: "/settlements/1/bank.xlsx", roles: BANK_READERS },
    Call { method: Method::GET, path: "/settlements/1/batch.txt", roles: BANK_READERS },
    Call { method: Method::GET, path: "/shop/settlements", roles: REVERSERS },
    Call { method: Method::GET, path: "/shop/settlements/1/lines", roles: REVERSERS },
    // Last: it ends the session.
    Call { method: Method::POST, path: "/auth/logout", roles: SIGNED_IN },
];

async fn make(person: &Person, call: &Call) -> Answer {
    let body = json!({
        "district": "210302", "token": "YH1", "outlet_id": 1, "order_fen": 1, "refund_fen": 1, "reason": "r",
    });
    let body = (call.method != Method::GET).then_some(&body);
    person.write(call.method.clone(), call.path, body, &new_key()).await
}

async fn every_call_knows_its_roles(city: &TestCity) {
    let accounts = [
        (people::resident(1), "resident"),
        (people::OWNER.to_owned(), "owner"),
        (people::CLERK.to_owned(), "clerk"),
        (people::MANAGER.to_owned(), "manager"),
        (people::ORGANIZER.to_owned(), "city"),
        (people::OFFICER.to_owned(), "district"),
        (people::FINANCE.to_owned(), "finance"),
        (people::AUDITOR.to_owned(), "auditor"),
        (people::DESK.to_owned(), "desk"),
    ];
    for (phone, role) in accounts {
        let person = city.sign_in(&phone).await;
        for call in CALLS {
            let answer = make(&person, call).await;
            if call.roles.contains(&role) {
                assert!(!matches!(answer.status, 401 | 403 | 500..), "{role} {}: {}", call.path, answer.text);
            } else {
                answer.refused(403, "wrong_role");
            }
        }
    }
    for call in CALLS {
        make(&city.anyone(), call).await.refused(401, "unauthenticated");
    }
}

/// What a merchant has, by number.
struct Theirs {
    redemption: i64,
    promotion: i64,
    till: i64,
    clerk: i64,
    voucher_token: String,
}

async fn theirs(city: &TestCity) -> Theirs {
    let (owner, resident) = (city.owner().await, city.resident(1).await);
    let redemption = city.redemption(&resident, &city.clerk().await, 8_800).await;
    let promotion = begin(&owner, &night_pot()).await;
    let new = json!({ "name": "一号", "outlet_id": 1 });
    let till = owner.write(Method::POST, "/tills", Some(&new), &new_key()).await.expect(201);
    let listed = owner.get("/people").await.expect(200);
    let clerk = listed["items"].as_array().unwrap().iter().find(|line| line["role"] == "clerk").unwrap();
    let holder = city.resident(2).await;
    let voucher = city.voucher_of(&holder).await;
    Theirs {
        redemption: redemption["redemption_id"].as_i64().unwrap(),
        promotion: promotion["id"].as_i64().unwrap(),
        till: till["till"]["till_id"].as_i64().unwrap(),
        clerk: clerk["account_id"].as_i64().unwrap(),
        voucher_token: city.token_of(&holder, &voucher).await["token"].as_str().unwrap().to_owned(),
    }
}

/// Every call that names something of a merchant: with what is right about it but the caller.
fn doors(theirs: &Theirs) -> Vec<(Method, String, Option<Value>)> {
    let Theirs { redemption, promotion, till, clerk, voucher_token } = theirs;
    let order = json!({ "token": voucher_token, "outlet_id": 1, "order_fen": 8_800 });
    let vouchers = json!({ "vouchers": [{ "token": voucher_token }], "outlet_id": 1, "order_fen": 8_800 });
    let post = |path: String, body: Option<Value>| (Method::POST, path, body);
    let put = |path: String, body: Value| (Method::PUT, path, Some(body));
    let own_promotion = format!("/shop/promotions/{promotion}");
    vec![
        post("/redemptions/preview".to_owned(), Some(order.clone())),
        post("/redemptions".to_owned(), Some(order)),
        post("/orders/preview".to_owned(), Some(vouchers.clone())),
        post("/orders".to_owned(), Some(vouchers)),
        post(format!("/redemptions/{redemption}/reversals"), Some(json!({ "refund_fen": 1, "reason": "r" }))),
        post(format!("/redemptions/{redemption}/undo"), None),
        post(format!("/orders/{redemption}/undo"), None),
        put(format!("/people/{clerk}"), json!({ "role": "clerk", "outlet_ids": [] })),
        (Method::DELETE, format!("/people/{clerk}"), None),
        post("/invitations".to_owned(), Some(json!({ "role": "clerk", "outlet_ids": [1] }))),
        post("/tills".to_owned(), Some(json!({ "name": "一号", "outlet_id": 1 }))),
        put(format!("/tills/{till}"), json!({ "name": "旧", "on": false })),
        put("/shop/outlets/1".to_owned(), json!({ "enrolled_only": true })),
        (Method::GET, own_promotion.clone(), None),
        put(own_promotion.clone(), night_pot()),
        post(format!("{own_promotion}/steps"), Some(json!({ "step": "submit" }))),
        post(format!("{own_promotion}/copies"), None),
        (Method::DELETE, format!("{own_promotion}/photos/x"), None),
        (Method::GET, "/statements?outlet=1".to_owned(), None),
        (Method::GET, "/statements.csv?outlet=1".to_owned(), None),
        (Method::GET, "/statements.xlsx?outlet=1".to_owned(), None),
    ]
}

async fn another_merchants_people_reach_nothing_through_any_door(city: &TestCity) {
    let theirs = theirs(city).await;
    for phone in [people::OTHER_OWNER, "13800000012", people::MANAGER] {
        let other = city.sign_in(phone).await;
        for (method, path, body) in doors(&theirs) {
            let answer = other.write(method.clone(), &path, body.as_ref(), &new_key()).await;
            let kept_out = matches!(answer.status, 400 | 403 | 404 | 422);
            assert!(kept_out, "{phone} {method} {path}: {} {}", answer.status, answer.text);
        }
        // What lists its own merchant's shows none of the other's.
        for list in
            ["/redemptions", "/redemptions/offline", "/shop/risk", "/shop/outlets", "/tills", "/people"]
        {
            let answer = other.get(list).await;
            let named = ["二一九店", "一号", "小秋"].iter().any(|name| answer.text.contains(name));
            assert!(matches!(answer.status, 200 | 403) && !named, "{phone} {list}: {}", answer.text);
        }
    }
    // Nothing moved.
    let owner = city.owner().await;
    let sold = owner.get("/redemptions").await.expect(200);
    assert_eq!((sold["items"].as_array().unwrap().len(), &sold["items"][0]["refunded_fen"]), (1, &json!(0)));
    let till = owner.get("/tills").await.expect(200);
    assert_eq!((&till["items"][0]["name"], &till["items"][0]["on"]), (&json!("一号"), &json!(true)));
    assert_eq!(owner.get("/shop/outlets").await.expect(200)["items"][0]["enrolled_only"], false);
    city.clerk().await.get("/redemptions").await.expect(200);
}

/// The caller is asked for before anything else is looked at.
async fn a_stranger_learns_nothing_from_a_bad_request(city: &TestCity) {
    let stranger = city.anyone();
    stranger.post_raw("/redemptions", "application/json", "{").await.refused(401, "unauthenticated");
    stranger.post("/rounds/x/claims", &json!({})).await.refused(401, "unauthenticated");
    stranger.get("/stats/districts?from=x").await.refused(401, "unauthenticated");
    let resident = city.resident(1).await;
    resident.post_raw("/redemptions", "text/plain", "x").await.refused(403, "wrong_role");
    resident.get("/stats/districts?from=x").await.refused(403, "wrong_role");
}

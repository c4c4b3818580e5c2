//! The pages' server functions under `/api/fn`.

use http::Method;
use http::header::{ACCEPT, CONTENT_TYPE};
use leptos::server_fn::axum::server_fn_paths;
use tests::{Answer, Person, TestCity, on_both_databases, people};

on_both_databases!(every_function_knows_its_callers, no_function_changes_anything_by_get);

/// What needs no session: signing in, and out.
const FOR_EVERYONE: &[&str] = &["ask_code", "enter", "leave"];

/// Who may call a function besides; one that is not listed is for nobody yet, and the test says so.
fn roles(name: &str) -> &'static [&'static str] {
    match name {
        "choose_district" | "claim_voucher" | "enter_round" => &["resident"],
        "save_join_merchant" | "save_join_outlet" | "remove_join_outlet" | "save_join_contact"
        | "sign_join" => &["resident"],
        "decide_merchant" => &["city", "district"],
        "hold_draw" | "confirm_import" | "allow_offline" | "decide_risk" => &["city"],
        "make_settlement" => &["city", "finance"],
        "step_settlement" => &["city", "district", "finance"],
        "confirm_settlement" => &["owner"],
        "save_campaign_draft"
        | "reckon_campaign"
        | "copy_campaign"
        | "change_campaign"
        | "add_campaign_rounds" => &["city"],
        "step_campaign_draft" => &["city", "finance"],
        "check_resident" | "assist_resident" | "print_slip" => &["city", "desk"],
        "redeem_voucher" | "preview_voucher" | "undo_redemption" => &["clerk", "owner"],
        "save_promotion" | "change_promotion" | "duplicate_promotion" | "remove_photo" => &["owner"],
        "freeze_report" | "review_promotion" | "suspend_promotion" => &["city", "district"],
        "refund_redemption" | "answer_risk" => &["owner"],
        "invite_person" | "change_person" | "remove_person" | "enrol_till" | "change_till"
        | "change_outlet_rule" => &["owner"],
        "accept_invitation" => {
            &["resident", "owner", "clerk", "city", "district", "finance", "auditor", "desk"]
        }
        other => panic!("{other}: say here who may call it"),
    }
}

fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

async fn call(person: &Person, path: &str) -> Answer {
    let request = person.request(Method::POST, path).header(ACCEPT, "application/json");
    let request = request.header("cookie", format!("yuehui_session={}", person.token()));
    let form = "round_id=1&key=12345678&district=210302";
    Answer::of(request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(form)).await
}

async fn every_function_knows_its_callers(city: &TestCity) {
    let paths: Vec<_> = server_fn_paths().collect();
    assert!(paths.len() >= FOR_EVERYONE.len());
    let mut callers = vec![(city.anyone(), "anyone")];
    for (phone, role) in [
        (people::resident(1), "resident"),
        (people::OWNER.to_owned(), "owner"),
        (people::CLERK.to_owned(), "clerk"),
        (people::ORGANIZER.to_owned(), "city"),
        (people::OFFICER.to_owned(), "district"),
        (people::FINANCE.to_owned(), "finance"),
        (people::AUDITOR.to_owned(), "auditor"),
        (people::DESK.to_owned(), "desk"),
    ] {
        callers.push((city.sign_in(&phone).await, role));
    }
    for (path, _) in &paths {
        let name = name(path);
        if FOR_EVERYONE.contains(&name) {
            continue;
        }
        for (person, role) in &callers {
            let status = call(person, path).await.status;
            match *role {
                "anyone" => assert_eq!(status, 401, "{name}"),
                role if roles(name).contains(&role) => {
                    assert!(!matches!(status, 401 | 403), "{role} {name}: {status}")
                }
                role => assert_eq!(status, 403, "{role} {name}"),
            }
        }
    }
}

async fn no_function_changes_anything_by_get(city: &TestCity) {
    for (path, method) in server_fn_paths() {
        assert_eq!(method, Method::POST, "{path}");
        let answer = Answer::of(city.anyone().request(Method::GET, path)).await;
        assert_eq!(answer.status, 405, "{path}");
    }
}

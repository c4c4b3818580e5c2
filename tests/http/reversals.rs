//! `/redemptions/{id}/reversals`.

use futures::future::join_all;
use http::Method;
use serde_json::{Value, json};
use tests::{Answer, Person, TestCity, new_key, on_both_databases, people};

on_both_databases!(
    parts_of_an_order_are_refunded_in_shares,
    a_whole_refund_gives_the_voucher_back,
    a_reversal_is_done_once,
    a_refund_stays_within_its_order,
    only_those_with_the_right_undo,
    a_manager_refunds_within_limits,
    managers_at_once_stay_within_the_day,
    a_clerk_undoes_their_own_for_a_minute,
);

async fn reverse(person: &Person, redemption: &Value, refund_fen: Value, reason: &str) -> Answer {
    let path = format!("/redemptions/{}/reversals", redemption["redemption_id"]);
    let body = json!({ "refund_fen": refund_fen, "reason": reason });
    person.write(Method::POST, &path, Some(&body), &new_key()).await
}

async fn parts_of_an_order_are_refunded_in_shares(city: &TestCity) {
    let owner = city.owner().await;
    let redeemed = city.redemption(&city.resident(1).await, &owner, 9000).await;
    let first = reverse(&owner, &redeemed, json!(1000), "一道菜没上").await.expect(201);
    // ⌊2000 × 1000 / 9000⌋
    assert_eq!((&first["subsidy_back_fen"], &first["resident_refund_fen"]), (&json!(222), &json!(778)));
    assert_eq!(first["voucher_state"], "redeemed");
    let last = reverse(&owner, &redeemed, json!(8000), "全退").await.expect(201);
    assert_eq!(last["subsidy_back_fen"], 1778);
    let listed = owner.get("/redemptions").await.expect(200);
    assert_eq!(listed["items"][0]["refunded_fen"], 9000);
    assert_eq!(listed["items"][0]["subsidy_back_fen"], 2000);
    reverse(&owner, &redeemed, json!(1), "again").await.refused(409, "already_reversed");
}

async fn a_whole_refund_gives_the_voucher_back(city: &TestCity) {
    let (resident, owner) = (city.resident(1).await, city.owner().await);
    let redeemed = city.redemption(&resident, &owner, 8000).await;
    let reversed = reverse(&owner, &redeemed, json!(8000), "顾客退单").await.expect(201);
    assert_eq!(
        (&reversed["subsidy_back_fen"], &reversed["resident_refund_fen"]),
        (&json!(2000), &json!(6000))
    );
    assert_eq!(reversed["voucher_state"], "issued");
    let detail = resident.get(&format!("/vouchers/{}", redeemed["voucher_id"])).await.expect(200);
    assert_eq!((&detail["state"], &detail["redemption"]), (&json!("issued"), &Value::Null));
    city.wait_s(60);
    let order = city.order(&resident, &detail, 8000).await;
    city.redeem(&owner, &order).await.expect(201);
}

async fn a_reversal_is_done_once(city: &TestCity) {
    let owner = city.owner().await;
    let redeemed = city.redemption(&city.resident(1).await, &owner, 8000).await;
    let path = format!("/redemptions/{}/reversals", redeemed["redemption_id"]);
    let key = new_key();
    let send = async |refund_fen: i64| {
        let body = json!({ "refund_fen": refund_fen, "reason": "r" });
        owner.write(Method::POST, &path, Some(&body), &key).await
    };
    let first = send(1000).await;
    let again = send(1000).await;
    assert_eq!((again.expect(201), again.is_replay()), (first.expect(201), true));
    send(2000).await.refused(422, "key_reused");
    owner.post(&path, &json!({ "refund_fen": 1, "reason": "r" })).await.refused(400, "key_required");
}

async fn a_refund_stays_within_its_order(city: &TestCity) {
    let owner = city.owner().await;
    let redeemed = city.redemption(&city.resident(1).await, &owner, 8000).await;
    let refused = reverse(&owner, &redeemed, json!(8001), "r").await.refused(422, "refund_too_large");
    assert_eq!((&refused["field"], &refused["limit"]), (&json!("refund_fen"), &json!(8000)));
    for refund_fen in [json!(0), json!(-1), json!("1"), json!(null), json!(1e19)] {
        reverse(&owner, &redeemed, refund_fen, "r").await.refused_field(422, "bad_field", "refund_fen");
    }
    for reason in [String::new(), "  ".into(), "字".repeat(201)] {
        reverse(&owner, &redeemed, json!(1), &reason).await.refused_field(422, "bad_field", "reason");
    }
    reverse(&owner, &json!({ "redemption_id": 999 }), json!(1), "r").await.refused(404, "not_found");
}

async fn only_those_with_the_right_undo(city: &TestCity) {
    let clerk = city.clerk().await;
    let redeemed = city.redemption(&city.resident(1).await, &clerk, 8000).await;
    reverse(&clerk, &redeemed, json!(1), "r").await.refused(403, "wrong_role");
    let other = city.sign_in(people::OTHER_OWNER).await;
    reverse(&other, &redeemed, json!(1), "r").await.refused(404, "not_found");
}

async fn a_manager_refunds_within_limits(city: &TestCity) {
    let (manager, owner) = (city.sign_in(people::OWN_MANAGER).await, city.owner().await);
    let mut redeemed = Vec::new();
    for n in 1..=2 {
        redeemed.push(city.redemption(&city.resident(n).await, &owner, 2_000_000).await);
    }
    let refused = reverse(&manager, &redeemed[0], json!(200_001), "r").await.refused(422, "refund_limit");
    assert_eq!((&refused["field"], &refused["limit"]), (&json!("refund_fen"), &json!(200_000)));
    for _ in 0..5 {
        reverse(&manager, &redeemed[0], json!(190_000), "r").await.expect(201);
    }
    let refused = reverse(&manager, &redeemed[1], json!(50_001), "r").await.refused(422, "refund_day_limit");
    assert_eq!((&refused["limit"], &refused["left_fen"]), (&json!(1_000_000), &json!(50_000)));
    reverse(&manager, &redeemed[1], json!(50_000), "r").await.expect(201);
    reverse(&manager, &redeemed[1], json!(1), "r").await.refused(422, "refund_day_limit");
    // The owner stands above it, and the next business day begins anew.
    reverse(&owner, &redeemed[1], json!(1_500_000), "r").await.expect(201);
    city.set_clock("2021-06-19T06:00:00+08:00");
    reverse(&manager, &redeemed[1], json!(1), "r").await.expect(201);
}

async fn managers_at_once_stay_within_the_day(city: &TestCity) {
    let (manager, owner) = (city.sign_in(people::OWN_MANAGER).await, city.owner().await);
    let mut redeemed = Vec::new();
    for n in 1..=8 {
        redeemed.push(city.redemption(&city.resident(n).await, &owner, 500_000).await);
    }
    let refunds = redeemed.iter().map(|redemption| reverse(&manager, redemption, json!(150_000), "r"));
    let answers = join_all(refunds).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 6);
    for refused in answers.iter().filter(|answer| answer.status != 201) {
        refused.refused(422, "refund_day_limit");
    }
}

async fn a_clerk_undoes_their_own_for_a_minute(city: &TestCity) {
    let (resident, clerk, owner) = (city.resident(1).await, city.clerk().await, city.owner().await);
    let undo = async |person: &Person, redemption: &Value, key: &str| {
        let path = format!("/redemptions/{}/undo", redemption["redemption_id"]);
        person.write(Method::POST, &path, None, key).await
    };
    let redeemed = city.redemption(&resident, &clerk, 8000).await;
    undo(&owner, &redeemed, &new_key()).await.refused(403, "another_clerks");
    city.wait_s(59);
    let key = new_key();
    let undone = undo(&clerk, &redeemed, &key).await;
    assert_eq!(undone.expect(201)["refund_fen"], 8000);
    assert_eq!(undone.json()["voucher_state"], "issued");
    let again = undo(&clerk, &redeemed, &key).await;
    assert_eq!((again.expect(201), again.is_replay()), (undone.json(), true));
    undo(&clerk, &redeemed, &new_key()).await.refused(409, "already_reversed");
    let detail = resident.get(&format!("/vouchers/{}", redeemed["voucher_id"])).await.expect(200);
    let order = city.order(&resident, &detail, 8000).await;
    let second = city.redeem(&clerk, &order).await.expect(201);
    city.wait_s(60);
    let late = undo(&clerk, &second, &new_key()).await.refused(409, "undo_over");
    assert_eq!(late["since"], "2021-06-18T10:01:59+08:00");
    let other = city.sign_in(people::OTHER_OWNER).await;
    undo(&other, &second, &new_key()).await.refused(404, "not_found");
    undo(&clerk, &second, "short").await.refused(400, "bad_key");
}

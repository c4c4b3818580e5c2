//! `/vouchers`, `/vouchers/{id}`, `/vouchers/{id}/token`.

use serde_json::json;
use tests::{TestCity, on_both_databases};

on_both_databases!(
    a_wallet_holds_its_own_vouchers,
    the_token_rotates,
    another_residents_voucher_is_not_found
);

async fn a_wallet_holds_its_own_vouchers(city: &TestCity) {
    let resident = city.resident(2).await;
    assert_eq!(resident.get("/vouchers").await.expect(200), json!({ "items": [], "next_cursor": null }));
    city.set_clock("2021-06-18T12:00:00+08:00");
    for round in [1, 5, 13] {
        city.claim(&resident, round).await.expect(201);
    }
    let whole = resident.get("/vouchers").await.expect(200);
    let rounds: Vec<_> =
        whole["items"].as_array().unwrap().iter().map(|item| item["round_id"].as_i64().unwrap()).collect();
    assert_eq!(rounds, [13, 5, 1]);
    let first = resident.get("/vouchers?limit=2").await.expect(200);
    let next = format!("/vouchers?limit=2&cursor={}", first["next_cursor"].as_str().unwrap());
    let second = resident.get(&next).await.expect(200);
    assert_eq!(second["items"], json!([whole["items"][2]]));
    assert!(second["next_cursor"].is_null());
    for (query, field) in [("limit=-1", "limit"), ("cursor=1", "cursor"), ("state=issued", "state")] {
        resident.get(&format!("/vouchers?{query}")).await.refused_field(400, "bad_query", field);
    }
    let detail = resident.get(&format!("/vouchers/{}", whole["items"][0]["voucher_id"])).await.expect(200);
    assert_eq!(detail["secret"].as_str().unwrap().len(), 64);
    assert!(detail["redemption"].is_null());
    assert_eq!(detail["code"], whole["items"][0]["code"]);
}

async fn the_token_rotates(city: &TestCity) {
    let resident = city.resident(1).await;
    let voucher = city.voucher_of(&resident).await;
    let now = city.token_of(&resident, &voucher).await;
    assert_eq!(now["expires_at"], "2021-06-18T10:00:30+08:00");
    assert_eq!(now["code"].as_str().unwrap().len(), 12);
    assert!(now["code"].as_str().unwrap().starts_with(voucher["code"].as_str().unwrap()));
    city.wait_s(29);
    assert_eq!(city.token_of(&resident, &voucher).await, now);
    city.wait_s(1);
    let later = city.token_of(&resident, &voucher).await;
    assert_ne!(later["token"], now["token"]);
    assert_ne!(later["code"], now["code"]);
}

async fn another_residents_voucher_is_not_found(city: &TestCity) {
    let voucher = city.voucher_of(&city.resident(1).await).await;
    let other = city.resident(2).await;
    for id in [voucher["voucher_id"].to_string(), "0".into(), "x".into(), "9223372036854775807".into()] {
        other.get(&format!("/vouchers/{id}")).await.refused(404, "not_found");
        other.post(&format!("/vouchers/{id}/token"), &json!({})).await.refused(404, "not_found");
    }
}

//! `/orders/preview`, `/orders`.

use backend::seeds::SeedSet;
use domain::CampaignId;
use http::Method;
use serde_json::{Value, json};
use tests::{Person, TestCity, new_key, on_both_databases};

on_both_databases!(
    two_vouchers_on_one_order in merchants_join,
    an_order_is_undone_under_one_key in merchants_join,
    a_refusal_tells_which_voucher in merchants_join,
    a_bad_order_names_its_field,
);

/// The merchants' campaign: 满300减40.
const MERCHANTS: CampaignId = CampaignId(8);

fn merchants_join(season: &mut SeedSet) {
    let terms = season.campaigns.iter_mut().find(|terms| terms.id == MERCHANTS).unwrap();
    terms.usable_where.kinds_allow.clear();
    terms.usable_when.from = "2021-06-18".parse().unwrap();
    terms.usable_when.hours = None;
    terms.stacking.with_promotion = true;
    let round = season.rounds.iter_mut().find(|round| round.campaign_id == MERCHANTS).unwrap();
    round.opens_at = tests::OPENING.parse().unwrap();
}

/// What a till sends for a voucher of the city's and one of the merchants'.
async fn order(city: &TestCity, resident: &Person, order_fen: i64) -> Value {
    let rounds = city.anyone().get("/rounds?state=open&limit=100").await.expect(200);
    let rounds = rounds["items"].as_array().unwrap();
    let merchants = rounds.iter().find(|round| round["campaign_id"] == MERCHANTS.0).unwrap();
    let merchants = city.claim(resident, merchants["id"].as_i64().unwrap()).await.expect(201);
    let citys = city.voucher_of(resident).await;
    let mut vouchers = Vec::new();
    for (voucher, form) in [(&citys, "token"), (&merchants, "code")] {
        vouchers.push(json!({ form: city.token_of(resident, voucher).await[form] }));
    }
    json!({ "vouchers": vouchers, "outlet_id": TestCity::OUTLET, "order_fen": order_fen })
}

async fn two_vouchers_on_one_order(city: &TestCity) {
    let (resident, clerk, owner) = (city.resident(1).await, city.clerk().await, city.owner().await);
    let order = order(city, &resident, 34_000).await;
    let preview = clerk.post("/orders/preview", &order).await.expect(200);
    assert_eq!((&preview["subsidy_fen"], &preview["payable_fen"]), (&json!(6000), &json!(28_000)));
    assert_eq!(preview["vouchers"].as_array().unwrap().len(), 2);
    let key = new_key();
    let redeem = async || clerk.write(Method::POST, "/orders", Some(&order), &key).await;
    let (first, again) = (redeem().await, redeem().await);
    assert_eq!((again.expect(201), again.is_replay(), first.is_replay()), (first.expect(201), true, false));
    let done = first.json();
    let parts = &done["redemptions"];
    assert_eq!((&parts[0]["order_fen"], &parts[1]["order_fen"]), (&json!(30_000), &json!(4000)));
    assert_eq!(
        (&parts[0]["receipt_code"], &parts[1]["receipt_code"]),
        (&done["receipt_code"], &done["receipt_code"])
    );
    let held = resident.get(&format!("/vouchers/{}", parts[1]["voucher_id"])).await.expect(200);
    assert_eq!((&held["state"], &held["redemption"]), (&json!("redeemed"), &parts[1]));
    let refund = json!({ "refund_fen": 30_000, "reason": "退单" });
    let path = format!("/redemptions/{}/reversals", parts[0]["redemption_id"]);
    let reversed = owner.write(Method::POST, &path, Some(&refund), &new_key()).await.expect(201);
    assert_eq!(
        (&reversed["voucher_state"], &reversed["resident_refund_fen"]),
        (&json!("issued"), &json!(28_000))
    );
}

async fn an_order_is_undone_under_one_key(city: &TestCity) {
    let (resident, clerk) = (city.resident(1).await, city.clerk().await);
    let order = order(city, &resident, 34_000).await;
    let done = clerk.write(Method::POST, "/orders", Some(&order), &new_key()).await.expect(201);
    let path = format!("/orders/{}/undo", done["redemptions"][1]["redemption_id"]);
    let key = new_key();
    let undo = async |person: &Person, key: &str| person.write(Method::POST, &path, None, key).await;
    undo(&city.owner().await, &new_key()).await.refused(403, "another_clerks");
    let (first, again) = (undo(&clerk, &key).await, undo(&clerk, &key).await);
    assert_eq!((again.expect(201), again.is_replay(), first.is_replay()), (first.expect(201), true, false));
    let undone = first.json();
    assert_eq!(
        (&undone["order_id"], &undone["resident_refund_fen"], undone["reversals"].as_array().unwrap().len()),
        (&done["order_id"], &json!(28_000), 2)
    );
    for part in done["redemptions"].as_array().unwrap() {
        let held = resident.get(&format!("/vouchers/{}", part["voucher_id"])).await.expect(200);
        assert_eq!(held["state"], "issued");
    }
    undo(&clerk, &new_key()).await.refused(409, "already_reversed");
}

async fn a_refusal_tells_which_voucher(city: &TestCity) {
    let (resident, clerk) = (city.resident(1).await, city.clerk().await);
    let order = order(city, &resident, 29_000).await;
    let short = clerk.post("/orders/preview", &order).await.refused(422, "below_threshold");
    assert_eq!((&short["voucher"], &short["short_by_fen"]), (&json!(2), &json!(1000)));
    let mut same = order.clone();
    same["vouchers"][1] = same["vouchers"][0].clone();
    let same = clerk.write(Method::POST, "/orders", Some(&same), &new_key()).await;
    assert_eq!(same.refused(422, "not_stackable")["voucher"], 2);
    let mut guessed = order.clone();
    guessed["vouchers"][0] = json!({ "code": "000000000000" });
    let guessed = clerk.post("/orders/preview", &guessed).await;
    assert_eq!(guessed.refused(404, "not_found")["voucher"], 1);
}

async fn a_bad_order_names_its_field(city: &TestCity) {
    let clerk = city.clerk().await;
    let order = |vouchers: Value, order_fen: i64| json!({ "vouchers": vouchers, "outlet_id": 1, "order_fen": order_fen });
    let shown = json!({ "code": "ABCDEFGHJKMN" });
    for (order, field) in [
        (order(json!([]), 8000), "vouchers"),
        (order(json!([shown, shown, shown]), 8000), "vouchers"),
        (order(json!([shown]), 0), "order_fen"),
        (order(json!([{}]), 8000), "token"),
        (json!({ "outlet_id": 1, "order_fen": 1 }), "vouchers"),
    ] {
        let answer = clerk.write(Method::POST, "/orders", Some(&order), &new_key()).await;
        answer.refused_field(422, "bad_field", field);
    }
}

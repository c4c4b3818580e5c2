//! `/redemptions/preview`, `/redemptions`.

use futures::future::join_all;
use http::Method;
use serde_json::{Value, json};
use tests::{Answer, Person, TestCity, new_key, on_both_databases, people};

on_both_databases!(
    a_preview_changes_nothing,
    a_voucher_is_redeemed,
    a_typed_code_is_read_with_a_lenient_eye,
    a_repeat_gets_the_same_receipt,
    two_tills_redeem_one_voucher,
    a_token_is_good_for_a_minute,
    each_refusal_has_its_reason_and_next_step,
    the_limit_of_an_outlet_and_day,
    a_bad_order_names_its_field,
    a_merchant_sees_its_own_redemptions,
    the_shops_discount_is_noted_and_comes_off_first,
    a_voucher_that_stands_alone_refuses_a_discount in no_promotion_beside,
    wrong_codes_slow_their_clerk_down,
);

async fn a_preview_changes_nothing(city: &TestCity) {
    let (resident, clerk) = (city.resident(1).await, city.clerk().await);
    let voucher = city.voucher_of(&resident).await;
    let order = city.order(&resident, &voucher, 8000).await;
    for _ in 0..2 {
        let preview = clerk.post("/redemptions/preview", &order).await.expect(200);
        assert_eq!((&preview["subsidy_fen"], &preview["payable_fen"]), (&json!(2000), &json!(6000)));
        assert_eq!(preview["holder_masked"], "139****0001");
        assert_eq!(preview["voucher_id"], voucher["voucher_id"]);
    }
    let detail = resident.get(&format!("/vouchers/{}", voucher["voucher_id"])).await.expect(200);
    assert_eq!(detail["state"], "issued");
}

async fn a_voucher_is_redeemed(city: &TestCity) {
    let (resident, clerk) = (city.resident(1).await, city.clerk().await);
    let voucher = city.voucher_of(&resident).await;
    let order = city.order(&resident, &voucher, 8000).await;
    let redeemed = city.redeem(&clerk, &order).await.expect(201);
    assert_eq!(redeemed["voucher_id"], voucher["voucher_id"]);
    assert_eq!((&redeemed["order_fen"], &redeemed["outlet_id"]), (&json!(8000), &json!(TestCity::OUTLET)));
    assert_eq!((&redeemed["subsidy_fen"], &redeemed["payable_fen"]), (&json!(2000), &json!(6000)));
    assert_eq!(redeemed["redeemed_at"], "2021-06-18T10:00:00+08:00");
    let receipt = redeemed["receipt_code"].as_str().unwrap();
    assert!(receipt.len() == 4 && receipt.bytes().all(|b| b.is_ascii_digit()), "{receipt}");
    let detail = resident.get(&format!("/vouchers/{}", voucher["voucher_id"])).await.expect(200);
    assert_eq!((&detail["state"], &detail["redemption"]), (&json!("redeemed"), &redeemed));
    let refused = city.redeem(&clerk, &order).await.refused(409, "already_redeemed");
    assert_eq!(refused["redeemed_at"], "2021-06-18T10:00:00+08:00");
    clerk.post("/redemptions/preview", &order).await.refused(409, "already_redeemed");
}

async fn a_typed_code_is_read_with_a_lenient_eye(city: &TestCity) {
    let (resident, clerk) = (city.resident(1).await, city.clerk().await);
    let voucher = city.voucher_of(&resident).await;
    let token = city.token_of(&resident, &voucher).await;
    let code = token["code"].as_str().unwrap().to_lowercase().replace('0', "O").replace('1', "l");
    let typed = format!(" {} {} {} ", &code[..4], &code[4..8], &code[8..]);
    let order = json!({ "code": typed, "outlet_id": 1, "order_fen": 6000 });
    assert_eq!(city.redeem(&clerk, &order).await.expect(201)["subsidy_fen"], 2000);
}

async fn a_repeat_gets_the_same_receipt(city: &TestCity) {
    let (resident, clerk) = (city.resident(1).await, city.clerk().await);
    let voucher = city.voucher_of(&resident).await;
    let order = city.order(&resident, &voucher, 8000).await;
    let key = new_key();
    let redeem = async |order: &Value| clerk.write(Method::POST, "/redemptions", Some(order), &key).await;
    let first = redeem(&order).await;
    assert!(!first.is_replay());
    city.wait_s(3600);
    let again = redeem(&order).await;
    assert_eq!((again.expect(201), again.is_replay()), (first.expect(201), true));
    let mut other = order.clone();
    other["order_fen"] = json!(9000);
    redeem(&other).await.refused(422, "key_reused");
    clerk.post("/redemptions", &order).await.refused(400, "key_required");
    clerk.write(Method::POST, "/redemptions", Some(&order), "short").await.refused(400, "bad_key");
}

async fn two_tills_redeem_one_voucher(city: &TestCity) {
    let (resident, clerk, owner) = (city.resident(1).await, city.clerk().await, city.owner().await);
    let voucher = city.voucher_of(&resident).await;
    let order = city.order(&resident, &voucher, 8000).await;
    let tills: Vec<&Person> = [&clerk, &owner].into_iter().cycle().take(16).collect();
    let answers = join_all(tills.iter().map(|till| city.redeem(till, &order))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 1);
    for refused in answers.iter().filter(|answer| answer.status != 201) {
        refused.refused(409, "already_redeemed");
    }
    let list = clerk.get("/redemptions").await.expect(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
}

async fn a_token_is_good_for_a_minute(city: &TestCity) {
    let (resident, clerk) = (city.resident(1).await, city.clerk().await);
    let voucher = city.voucher_of(&resident).await;
    let order = city.order(&resident, &voucher, 8000).await;
    city.wait_s(59);
    clerk.post("/redemptions/preview", &order).await.expect(200);
    city.wait_s(1);
    clerk.post("/redemptions/preview", &order).await.refused(422, "token_stale");
    city.redeem(&clerk, &order).await.refused(422, "token_stale");
}

async fn refusal(city: &TestCity, resident: &Person, round: i64, outlet: i64, order_fen: i64) -> Answer {
    let voucher = city.claim(resident, round).await.expect(201);
    let mut order = city.order(resident, &voucher, order_fen).await;
    order["outlet_id"] = json!(outlet);
    let clerk = city.clerk().await;
    let preview = clerk.post("/redemptions/preview", &order).await;
    let redeemed = city.redeem(&clerk, &order).await;
    assert_eq!(preview.json(), redeemed.json(), "preview and redemption agree");
    redeemed
}

async fn each_refusal_has_its_reason_and_next_step(city: &TestCity) {
    city.set_clock("2021-06-18T12:00:00+08:00");
    let resident = city.resident(2).await;
    let short = refusal(city, &resident, 1, 1, 5000).await.refused(422, "below_threshold");
    assert_eq!((&short["short_by_fen"], &short["threshold_fen"]), (&json!(1000), &json!(6000)));
    let early = refusal(city, &resident, 5, 1, 20_000).await.refused(422, "outside_hours");
    assert_eq!(early["usable_from"], "2021-06-18T18:00:00+08:00");
    let elsewhere = refusal(city, &resident, 13, 1, 20_000).await.refused(422, "wrong_district");
    assert_eq!(elsewhere["district"], "210302");
    let other_resident = city.resident(3).await;
    refusal(city, &other_resident, 1, 3, 20_000).await.refused(422, "wrong_outlet");
    refusal(city, &city.resident(4).await, 1, 99_999, 20_000).await.refused(422, "wrong_outlet");
    refusal(city, &resident, 9, 1, 30_000).await.refused(422, "wrong_kind");
    let late = city.resident(5).await;
    let voucher = city.voucher_of(&late).await;
    city.set_clock("2021-06-25T12:00:00+08:00");
    let order = city.order(&late, &voucher, 8000).await;
    let expired = city.redeem(&city.clerk().await, &order).await.refused(422, "expired");
    assert_eq!(expired["expired_at"], "2021-06-25T12:00:00+08:00");
}

async fn the_limit_of_an_outlet_and_day(city: &TestCity) {
    let (resident, clerk) = (city.resident(1).await, city.clerk().await);
    city.set_clock("2021-06-18T12:00:00+08:00");
    let first = city.claim(&resident, 5).await.expect(201);
    city.set_clock("2021-06-18T20:00:00+08:00");
    let second = city.claim(&resident, 6).await.expect(201);
    city.redeem(&clerk, &city.order(&resident, &first, 10_000).await).await.expect(201);
    let order = city.order(&resident, &second, 10_000).await;
    let refused = city.redeem(&clerk, &order).await.refused(422, "outlet_limit_reached");
    assert_eq!(refused["limit"], 1);
    clerk.post("/redemptions/preview", &order).await.refused(422, "outlet_limit_reached");
    // The business day ends at six; the other outlet has a day of its own.
    let mut elsewhere = order.clone();
    elsewhere["outlet_id"] = json!(2);
    city.redeem(&clerk, &elsewhere).await.expect(201);
}

async fn a_bad_order_names_its_field(city: &TestCity) {
    let (resident, clerk) = (city.resident(1).await, city.clerk().await);
    let voucher = city.voucher_of(&resident).await;
    let good = city.order(&resident, &voucher, 8000).await;
    for (field, value) in [
        ("order_fen", json!(0)),
        ("order_fen", json!(-1)),
        ("order_fen", json!(i64::MAX)),
        ("order_fen", json!(1e30)),
        ("order_fen", json!(80.5)),
        ("order_fen", json!("8000")),
        ("order_fen", json!(null)),
        ("outlet_id", json!("x")),
        ("outlet_id", json!(null)),
        ("token", json!("")),
        ("token", json!("x".repeat(5000))),
        ("token", json!("YH1\u{0}")),
        ("token", json!({})),
        ("invoice_no", json!("x".repeat(41))),
        ("merchant_discount_fen", json!(-1)),
        ("merchant_discount_fen", json!(99_992_001)),
        ("merchant_discount_fen", json!("5")),
    ] {
        let mut order = good.clone();
        order[field] = value;
        city.redeem(&clerk, &order).await.refused_field(422, "bad_field", field);
        clerk.post("/redemptions/preview", &order).await.refused_field(422, "bad_field", field);
    }
    for field in ["order_fen", "outlet_id"] {
        let mut order = good.clone();
        order.as_object_mut().unwrap().remove(field);
        city.redeem(&clerk, &order).await.refused_field(422, "bad_field", field);
    }
    let mut both = good.clone();
    both["code"] = json!("ABCDEF123456");
    city.redeem(&clerk, &both).await.refused_field(422, "bad_field", "token");
    let neither = json!({ "outlet_id": 1, "order_fen": 8000 });
    city.redeem(&clerk, &neither).await.refused_field(422, "bad_field", "token");
    let nobodys = json!({ "code": "ABCDEF123456", "outlet_id": 1, "order_fen": 8000 });
    city.redeem(&clerk, &nobodys).await.refused(404, "not_found");
}

async fn a_merchant_sees_its_own_redemptions(city: &TestCity) {
    let clerk = city.clerk().await;
    for n in 1..=3 {
        city.redemption(&city.resident(n).await, &clerk, 8000).await;
    }
    let page = clerk.get("/redemptions?limit=2").await.expect(200);
    assert_eq!(page["items"].as_array().unwrap().len(), 2);
    let rest = format!("/redemptions?limit=2&cursor={}", page["next_cursor"].as_str().unwrap());
    let rest = clerk.get(&rest).await.expect(200);
    assert_eq!((rest["items"].as_array().unwrap().len(), &rest["next_cursor"]), (1, &Value::Null));
    let other = city.sign_in(people::OTHER_OWNER).await;
    assert_eq!(other.get("/redemptions").await.expect(200)["items"], json!([]));
    clerk.get("/redemptions?cursor=x").await.refused_field(400, "bad_query", "cursor");
}

async fn the_shops_discount_is_noted_and_comes_off_first(city: &TestCity) {
    let (resident, clerk, owner) = (city.resident(1).await, city.clerk().await, city.owner().await);
    let voucher = city.voucher_of(&resident).await;
    // ¥65 less ¥6 is below the threshold of ¥60: it is tested on what is left.
    let mut order = city.order(&resident, &voucher, 5900).await;
    order["merchant_discount_fen"] = json!(600);
    city.redeem(&clerk, &order).await.refused(422, "below_threshold");
    order["order_fen"] = json!(6000);
    let preview = clerk.post("/redemptions/preview", &order).await.expect(200);
    assert_eq!((&preview["merchant_discount_fen"], &preview["payable_fen"]), (&json!(600), &json!(4000)));
    let redeemed = city.redeem(&clerk, &order).await.expect(201);
    assert_eq!((&redeemed["order_fen"], &redeemed["merchant_discount_fen"]), (&json!(6000), &json!(600)));
    let detail = resident.get(&format!("/vouchers/{}", voucher["voucher_id"])).await.expect(200);
    assert_eq!(detail["redemption"]["merchant_discount_fen"], 600);
    let statement = owner.get("/statements").await.expect(200);
    assert_eq!(statement["total"]["merchant_discount_fen"], 600);
}

fn no_promotion_beside(season: &mut backend::seeds::SeedSet) {
    season.campaigns[0].stacking.with_promotion = false;
}

async fn a_voucher_that_stands_alone_refuses_a_discount(city: &TestCity) {
    let (resident, clerk) = (city.resident(1).await, city.clerk().await);
    let voucher = city.voucher_of(&resident).await;
    let mut order = city.order(&resident, &voucher, 8000).await;
    order["merchant_discount_fen"] = json!(100);
    let refused = city.redeem(&clerk, &order).await.refused(422, "not_with_discount");
    assert_eq!(refused["field"], "merchant_discount_fen");
    order["merchant_discount_fen"] = json!(0);
    city.redeem(&clerk, &order).await.expect(201);
}

async fn wrong_codes_slow_their_clerk_down(city: &TestCity) {
    let (resident, clerk, owner) = (city.resident(1).await, city.clerk().await, city.owner().await);
    let voucher = city.voucher_of(&resident).await;
    let guess = json!({ "code": "ABCDEF123456", "outlet_id": 1, "order_fen": 8000 });
    for _ in 0..4 {
        clerk.post("/redemptions/preview", &guess).await.refused(404, "not_found");
    }
    city.redeem(&clerk, &guess).await.refused(404, "not_found");
    let wait = async |seconds: &str| {
        let order = city.order(&resident, &voucher, 8000).await;
        let preview = clerk.post("/redemptions/preview", &order).await;
        preview.refused(429, "too_often");
        assert_eq!(preview.header("retry-after"), seconds);
        city.redeem(&clerk, &order).await.refused(429, "too_often");
    };
    wait("10").await;
    // Another person's till goes on.
    let order = city.order(&resident, &voucher, 8000).await;
    owner.post("/redemptions/preview", &order).await.expect(200);
    city.wait_s(10);
    clerk.post("/redemptions/preview", &guess).await.refused(404, "not_found");
    wait("20").await;
    city.wait_s(20);
    let order = city.order(&resident, &voucher, 8000).await;
    city.redeem(&clerk, &order).await.expect(201);
}

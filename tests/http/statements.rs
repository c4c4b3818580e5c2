//! `/statements`, `/statements.csv`, `/statements.xlsx`.

use http::Method;
use serde_json::{Value, json};
use tests::{Answer, Person, TestCity, new_key, on_both_databases, people};

on_both_databases!(
    a_week_begins_empty,
    a_line_for_each_day_and_outlet,
    a_table_for_spreadsheets,
    a_workbook_with_its_definitions,
    the_form_follows_the_query_and_accept,
    a_merchant_sees_its_own_alone,
    a_bad_query_names_its_parameter,
);

async fn redeem_at(city: &TestCity, n: u32, outlet: i64, order_fen: i64) -> Value {
    let resident = city.resident(n).await;
    let voucher = city.voucher_of(&resident).await;
    let mut order = city.order(&resident, &voucher, order_fen).await;
    order["outlet_id"] = json!(outlet);
    city.redeem(&city.clerk().await, &order).await.expect(201)
}

async fn refund(person: &Person, redemption: &Value, refund_fen: i64) {
    let path = format!("/redemptions/{}/reversals", redemption["redemption_id"]);
    let body = json!({ "refund_fen": refund_fen, "reason": "退菜" });
    person.write(Method::POST, &path, Some(&body), &new_key()).await.expect(201);
}

async fn a_week_begins_empty(city: &TestCity) {
    let owner = city.owner().await;
    let statement = owner.get("/statements").await.expect(200);
    assert_eq!((&statement["from"], &statement["to"]), (&json!("2021-06-14"), &json!("2021-06-20")));
    assert_eq!((&statement["items"], &statement["next_cursor"]), (&json!([]), &Value::Null));
    assert_eq!((&statement["total"]["payable_fen"], &statement["by"]), (&json!(0), &json!("day")));
    assert_eq!(statement["ledger"]["agrees"], true);
    let head = city.anyone().get("/ledger/head").await.expect(200);
    assert_eq!(statement["ledger"]["hash"], head["hash"]);
}

async fn a_line_for_each_day_and_outlet(city: &TestCity) {
    let owner = city.owner().await;
    let first = redeem_at(city, 1, 1, 8000).await;
    redeem_at(city, 2, 1, 9000).await;
    redeem_at(city, 3, 2, 7000).await;
    city.set_clock("2021-06-19T12:00:00+08:00");
    refund(&owner, &first, 4000).await;
    let whole = owner.get("/statements").await.expect(200);
    let items = whole["items"].as_array().unwrap();
    let lines: Vec<_> =
        items.iter().map(|line| (line["from"].as_str().unwrap(), &line["outlet_id"])).collect();
    assert_eq!(lines, [("2021-06-18", &json!(1)), ("2021-06-18", &json!(2)), ("2021-06-19", &json!(1))]);
    for (column, value) in [
        ("redemptions", 2),
        ("order_fen", 17_000),
        ("subsidy_fen", 4000),
        ("government_fen", 4000),
        ("merchant_fen", 0),
        ("reversals", 0),
        ("payable_fen", 4000),
    ] {
        assert_eq!(items[0][column], value, "{column}");
    }
    for (column, value) in
        [("redemptions", 0), ("reversals", 1), ("refunded_fen", 4000), ("payable_fen", -1000)]
    {
        assert_eq!(items[2][column], value, "{column}");
    }
    assert_eq!((&items[0]["closed"], &items[2]["closed"]), (&json!(true), &json!(false)));
    assert_eq!((&whole["total"]["payable_fen"], &whole["closing_fen"]), (&json!(5000), &json!(5000)));
    assert_eq!((&whole["ledger"]["payable_fen"], &whole["ledger"]["agrees"]), (&json!(5000), &json!(true)));
    let page = owner.get("/statements?limit=2").await.expect(200);
    assert_eq!((page["items"].as_array().unwrap().len(), &page["total"]), (2, &whole["total"]));
    let rest = format!("/statements?limit=2&cursor={}", page["next_cursor"].as_str().unwrap());
    let rest = owner.get(&rest).await.expect(200);
    assert_eq!((&rest["items"][0], &rest["next_cursor"]), (&items[2], &Value::Null));
    let one = owner.get("/statements?outlet=2").await.expect(200);
    assert_eq!((one["items"].as_array().unwrap().len(), &one["total"]["payable_fen"]), (1, &json!(2000)));
    // A week is never cut.
    let week = owner.get("/statements?by=week&from=2021-06-19&to=2021-06-19").await.expect(200);
    assert_eq!((&week["from"], &week["items"][0]["to"]), (&json!("2021-06-14"), &json!("2021-06-20")));
    assert_eq!((&week["items"][0]["payable_fen"], &week["total"]), (&json!(3000), &whole["total"]));
}

async fn a_table_for_spreadsheets(city: &TestCity) {
    let owner = city.owner().await;
    let first = redeem_at(city, 1, 1, 8000).await;
    city.set_clock("2021-06-19T12:00:00+08:00");
    refund(&owner, &first, 4000).await;
    let chinese = owner.get("/statements.csv").await;
    assert_eq!((chinese.status, chinese.header("content-type")), (200, "text/csv; charset=utf-8"));
    assert!(chinese.header("content-disposition").contains("statement_1_2021-06-14_2021-06-20.csv"));
    assert!(chinese.text.starts_with("\u{feff}起,止,门店编号,门店,已结束,核销笔数,"), "{}", chinese.text);
    assert!(chinese.text.contains("\r\n2021-06-18,2021-06-18,1,"), "{}", chinese.text);
    assert!(chinese.text.contains(",是,1,80.00,0.00,20.00,20.00,0.00,0,0.00,"), "{}", chinese.text);
    assert!(chinese.text.contains(",-10.00,"), "{}", chinese.text);
    assert!(chinese.text.contains("\r\n2021-06-14,2021-06-20,,合计,"), "{}", chinese.text);
    let request = owner.api(Method::GET, "/statements.csv").header("accept-language", "en");
    assert!(
        Answer::of(request).await.text.starts_with("\u{feff}from,to,outlet id,outlet,closed,Redemptions,")
    );
}

async fn a_workbook_with_its_definitions(city: &TestCity) {
    redeem_at(city, 1, 1, 8000).await;
    let owner = city.owner().await;
    let response = owner.api(Method::GET, "/statements.xlsx").send().await.unwrap();
    assert_eq!(response.status().as_u16(), 200);
    assert_eq!(
        response.headers()["content-type"],
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    );
    let named = response.headers()["content-disposition"].to_str().unwrap();
    assert!(named.contains("statement_1_2021-06-14_2021-06-20.xlsx"), "{named}");
    let book = response.bytes().await.unwrap();
    assert!(book.starts_with(b"PK\x03\x04"));
    // The names of a ZIP's parts stand in it as they are.
    let holds = |name: &[u8]| book.windows(name.len()).any(|part| part == name);
    assert!(holds(b"xl/worksheets/sheet1.xml") && holds(b"xl/worksheets/sheet2.xml"));
}

async fn the_form_follows_the_query_and_accept(city: &TestCity) {
    let owner = city.owner().await;
    let of = async |path: &str, accept: &str| {
        let answer = owner.api(Method::GET, path).header("accept", accept).send().await.unwrap();
        answer.headers()["content-type"].to_str().unwrap().to_owned()
    };
    assert_eq!(of("/statements?format=csv", "*/*").await, "text/csv; charset=utf-8");
    assert_eq!(of("/statements", "text/csv").await, "text/csv; charset=utf-8");
    assert!(of("/statements?format=xlsx", "*/*").await.ends_with("spreadsheetml.sheet"));
    assert_eq!(of("/statements?format=json", "text/csv").await, "application/json");
}

async fn a_merchant_sees_its_own_alone(city: &TestCity) {
    redeem_at(city, 1, 1, 8000).await;
    let other = city.sign_in(people::OTHER_OWNER).await;
    let statement = other.get("/statements").await.expect(200);
    assert_eq!((&statement["items"], &statement["ledger"]["statement_fen"]), (&json!([]), &json!(0)));
    other.get("/statements?outlet=1").await.refused_field(400, "bad_query", "outlet");
    city.sign_in(people::MANAGER).await.get("/statements").await.expect(200);
    for path in ["/statements", "/statements.csv", "/statements.xlsx"] {
        city.clerk().await.get(path).await.refused(403, "wrong_role");
    }
}

async fn a_bad_query_names_its_parameter(city: &TestCity) {
    let owner = city.owner().await;
    for (query, field) in [
        ("from=yesterday", "from"),
        ("to=2021-02-30", "to"),
        ("from=2021-06-19&to=2021-06-18", "to"),
        ("from=1990-01-01&to=2021-06-18", "from"),
        ("outlet=99999", "outlet"),
        ("outlet=x", "outlet"),
        ("by=month", "by"),
        ("format=pdf", "format"),
        ("limit=101", "limit"),
        ("cursor=x", "cursor"),
        ("cursor=2021-06-18", "cursor"),
        ("format=csv&limit=5", "limit"),
        ("merchant=2", "merchant"),
    ] {
        owner.get(&format!("/statements?{query}")).await.refused_field(400, "bad_query", field);
    }
    owner.get("/statements.csv?format=json").await.refused_field(400, "bad_query", "format");
    owner.get("/statements.xlsx?cursor=2021-06-18.1").await.refused_field(400, "bad_query", "cursor");
}

//! `/stats/districts`, `/stats/districts.csv`, `/stats/cube`.

use serde_json::{Value, json};
use tests::{Answer, TestCity, on_both_databases, people};

on_both_databases!(
    the_tally_of_a_district_moves,
    a_reversal_is_taken_off,
    a_district_officer_sees_one_district,
    a_range_of_business_days,
    a_table_for_spreadsheets,
    a_cut_by_day,
    a_bad_range_names_its_parameter,
    a_cut_by_two_dimensions,
    a_cut_as_files,
    the_pages_show_the_cut_and_the_wall,
);

fn row<'a>(stats: &'a Value, district: &str) -> &'a Value {
    let mut rows = stats["items"].as_array().unwrap().iter();
    rows.find(|row| row["district"] == district).unwrap()
}

async fn the_tally_of_a_district_moves(city: &TestCity) {
    let organizer = city.organizer().await;
    let before = organizer.get("/stats/districts").await.expect(200);
    assert_eq!(before["items"].as_array().unwrap().len(), 7);
    assert_eq!(row(&before, "210302")["redeemed"], 0);
    city.redemption(&city.resident(1).await, &city.clerk().await, 8000).await;
    let stats = organizer.get("/stats/districts").await.expect(200);
    let own = row(&stats, "210302");
    for (column, value) in
        [("claimed", 1), ("redeemed", 1), ("subsidy_fen", 2000), ("order_fen", 8000), ("residents", 1)]
    {
        assert_eq!(own[column], value, "{column}");
    }
    assert_eq!((&own["redemption_rate"], &own["leverage"]), (&json!(1.0), &json!(4.0)));
    assert!(own["released"].as_i64().unwrap() > 0 && own["claim_rate"].is_number());
    assert_eq!(stats["total"]["order_fen"], 8000);
    assert_eq!(stats["as_of"], "2021-06-18T10:00:00+08:00");
    let sum: i64 =
        stats["items"].as_array().unwrap().iter().map(|row| row["released"].as_i64().unwrap()).sum();
    assert_eq!(stats["total"]["released"], sum);
}

async fn a_reversal_is_taken_off(city: &TestCity) {
    let owner = city.owner().await;
    let redeemed = city.redemption(&city.resident(1).await, &owner, 8000).await;
    let path = format!("/redemptions/{}/reversals", redeemed["redemption_id"]);
    let body = json!({ "refund_fen": 8000, "reason": "r" });
    owner.write(http::Method::POST, &path, Some(&body), &tests::new_key()).await.expect(201);
    let stats = city.organizer().await.get("/stats/districts").await.expect(200);
    for (column, value) in [("claimed", 1), ("redeemed", 0), ("subsidy_fen", 0), ("order_fen", 0)] {
        assert_eq!(row(&stats, "210302")[column], value, "{column}");
    }
}

async fn a_district_officer_sees_one_district(city: &TestCity) {
    city.redemption(&city.resident(1).await, &city.clerk().await, 8000).await;
    // Resident 2 lives in 210381.
    city.voucher_of(&city.resident(2).await).await;
    let officer = city.sign_in(people::OFFICER).await;
    for path in ["/stats/districts", "/stats/cube", "/stats/cube?by=district"] {
        let stats = officer.get(path).await.expect(200);
        let districts: Vec<_> =
            stats["items"].as_array().unwrap().iter().map(|row| row["district"].as_str()).collect();
        assert_eq!(districts, [Some("210302")], "{path}");
        assert_eq!(stats["total"]["claimed"], 1, "{path}");
    }
    let days = officer.get("/stats/cube?by=day").await.expect(200);
    assert_eq!(days["items"][0]["claimed"], 1);
    let table = officer.get("/stats/districts.csv").await;
    assert!(table.text.contains("210302") && !table.text.contains("210381"), "{}", table.text);
}

async fn a_range_of_business_days(city: &TestCity) {
    city.redemption(&city.resident(1).await, &city.clerk().await, 8000).await;
    city.set_clock("2021-06-20T10:00:00+08:00");
    let organizer = city.organizer().await;
    for (range, redeemed) in [
        ("", 1),
        ("?from=2021-06-18&to=2021-06-18", 1),
        ("?from=2021-06-19", 0),
        ("?campaign=1", 1),
        ("?campaign=2", 0),
    ] {
        let stats = organizer.get(&format!("/stats/districts{range}")).await.expect(200);
        assert_eq!(stats["total"]["redeemed"], redeemed, "{range}");
    }
}

async fn a_table_for_spreadsheets(city: &TestCity) {
    city.redemption(&city.resident(1).await, &city.clerk().await, 8000).await;
    let organizer = city.organizer().await;
    let chinese = organizer.get("/stats/districts.csv").await;
    assert_eq!((chinese.status, chinese.header("content-type")), (200, "text/csv; charset=utf-8"));
    assert!(chinese.header("content-disposition").contains("districts_2021-06-18_2021-06-18.csv"));
    assert!(chinese.text.starts_with("\u{feff}区县代码,区县,"), "{}", chinese.text);
    assert!(chinese.text.contains("\r\n210302,铁东区,"), "{}", chinese.text);
    assert!(chinese.text.contains(",20.00,20.00,80.00,1,"), "{}", chinese.text);
    let request = organizer.api(http::Method::GET, "/stats/districts.csv").header("accept-language", "en");
    let english = Answer::of(request).await.text;
    assert!(english.starts_with("\u{feff}code,district,") && english.contains("Total"), "{english}");
}

async fn a_cut_by_day(city: &TestCity) {
    city.redemption(&city.resident(1).await, &city.clerk().await, 8000).await;
    // Half past one at night belongs to the evening before.
    city.set_clock("2021-06-19T01:30:00+08:00");
    let late = city.resident(2).await;
    city.claim(&late, 5).await.expect(201);
    city.set_clock("2021-06-20T10:00:00+08:00");
    let days = city.organizer().await.get("/stats/cube?by=day").await.expect(200);
    let items = days["items"].as_array().unwrap();
    assert_eq!(items.len(), 3);
    assert_eq!(
        (&items[0]["day"], &items[0]["claimed"], &items[0]["redeemed"]),
        (&json!("2021-06-18"), &json!(2), &json!(1))
    );
    assert_eq!((&items[1]["claimed"], &items[2]["claimed"]), (&json!(0), &json!(0)));
}

async fn a_bad_range_names_its_parameter(city: &TestCity) {
    let organizer = city.organizer().await;
    for (query, field) in [
        ("from=yesterday", "from"),
        ("to=2021-02-30", "to"),
        ("from=2021-06-19&to=2021-06-18", "to"),
        ("from=1990-01-01&to=2021-06-18", "from"),
        ("from=2021-06-17", "from"),
        ("to=2021-08-19", "to"),
        ("campaign=99", "campaign"),
        ("campaign=x", "campaign"),
        ("district=210302", "district"),
    ] {
        for path in ["/stats/districts", "/stats/districts.csv", "/stats/cube"] {
            organizer.get(&format!("{path}?{query}")).await.refused_field(400, "bad_query", field);
        }
    }
    organizer.get("/stats/cube?by=colour").await.refused_field(400, "bad_query", "by");
}

async fn a_cut_by_two_dimensions(city: &TestCity) {
    city.redemption(&city.resident(1).await, &city.clerk().await, 8000).await;
    let organizer = city.organizer().await;
    let cube = organizer.get("/stats/cube?by=kind,night&show=subsidy").await.expect(200);
    assert_eq!(cube["by"], json!(["kind", "night"]));
    let sold = cube["items"].as_array().unwrap().iter().find(|item| item["redeemed"] == 1).unwrap();
    assert_eq!(sold["keys"][1]["code"], "day");
    assert_eq!((&sold["subsidy_fen"], &sold["leverage"]), (&json!(2000), &json!(4.0)));
    assert_eq!((&cube["total"]["claimed"], &cube["total"]["suspicious"]), (&json!(1), &json!(0)));
    let compared = "/stats/cube?by=day&compare_from=2021-06-18&compare_to=2021-06-18";
    assert_eq!(organizer.get(compared).await.expect(200)["items"][0]["compared"]["redeemed"], 1);
    for (query, field) in [
        ("by=day,day", "by"),
        ("by=day,x", "by"),
        ("show=x", "show"),
        ("compare_to=2021-06-18", "compare_from"),
    ] {
        for path in ["/stats/cube", "/stats/cube.csv", "/stats/cube.xlsx", "/stats/cube.svg"] {
            organizer.get(&format!("{path}?{query}")).await.refused_field(400, "bad_query", field);
        }
    }
    let officer = city.sign_in(people::OFFICER).await;
    city.voucher_of(&city.resident(2).await).await;
    let own = officer.get("/stats/cube?by=district,kind").await.expect(200);
    assert!(own["items"].as_array().unwrap().iter().all(|item| item["keys"][0]["code"] == "210302"));
    let delays = officer.get("/stats/delays").await.expect(200);
    assert_eq!(delays["items"][0], json!({ "from_hours": 0, "redemptions": 1 }));
}

async fn a_cut_as_files(city: &TestCity) {
    city.redemption(&city.resident(1).await, &city.clerk().await, 8000).await;
    let organizer = city.organizer().await;
    let table = organizer.get("/stats/cube.csv?by=day,channel").await;
    assert_eq!((table.status, table.header("content-type")), (200, "text/csv; charset=utf-8"));
    assert!(table.header("content-disposition").contains("day-channel_2021-06-18_2021-06-18.csv"));
    assert!(table.text.starts_with("\u{feff}营业日,渠道,领取,核销,"), "{}", table.text);
    assert!(table.text.contains(",0,1,20.00,20.00,80.00,4,4,"), "{}", table.text);
    let workbook = organizer.get("/stats/cube.xlsx?by=day,channel").await;
    assert_eq!(workbook.status, 200);
    assert!(workbook.header("content-type").contains("spreadsheetml"));
    let picture = organizer.get("/stats/cube.svg?by=district,hour&show=order").await;
    assert_eq!((picture.status, picture.header("content-type")), (200, "image/svg+xml; charset=utf-8"));
    assert!(picture.text.starts_with("<svg ") && picture.text.ends_with("</svg>"), "{}", picture.text);
    assert!(picture.text.contains("<title") && picture.text.contains("80.00"), "{}", picture.text);
}

async fn page(person: &tests::Person, path: &str) -> Answer {
    let request = person.request(http::Method::GET, path);
    Answer::of(request.header("cookie", format!("yuehui_session={}", person.token()))).await
}

async fn the_pages_show_the_cut_and_the_wall(city: &TestCity) {
    city.redemption(&city.resident(1).await, &city.clerk().await, 8000).await;
    let organizer = city.organizer().await;
    let shown =
        page(&organizer, "/bureau/stats?rows=district&columns=hour&show=subsidy&rate=leverage&waits=yes")
            .await;
    assert_eq!(shown.status, 200);
    for words in [
        "class=\"cube-chart\"",
        "class=\"tile-map\"",
        "id=\"funnel\"",
        "/api/v1/stats/cube.xlsx?by=district,hour",
    ] {
        assert!(shown.text.contains(words), "{words}");
    }
    for bad in ["rows=colour", "show=x", "rate=x", "from=2020-01-01"] {
        assert_eq!(page(&organizer, &format!("/bureau/stats?{bad}")).await.status, 400, "{bad}");
    }
    let wall = page(&organizer, "/bureau/screen").await;
    assert!(wall.status == 200 && wall.text.contains("id=\"wall\""), "{}", wall.text);
    assert_eq!(page(&city.clerk().await, "/bureau/screen").await.status, 403);
}

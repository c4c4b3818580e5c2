//! `/season`, `/districts`, `/events`, `/dishes`.

use tests::{TestCity, on_both_databases};

on_both_databases!(
    anyone_reads_the_season,
    districts_carry_codes_and_counts,
    events_and_dishes_come_in_pages
);

async fn anyone_reads_the_season(city: &TestCity) {
    let season = city.anyone().get("/season").await.expect(200);
    assert_eq!(season["name"], "2021约惠鞍山夏日消费季");
    assert_eq!((&season["starts_on"], &season["ends_on"]), (&"2021-06-18".into(), &"2021-08-18".into()));
    assert_eq!(season["time_zone"], "Asia/Shanghai");
    assert_eq!(season["now"], "2021-06-18T10:00:00+08:00");
    assert_eq!(season["days_left"], 62);
    assert_eq!(season["demo"], true);
    city.set_clock("2021-08-18T23:00:00+08:00");
    assert_eq!(city.anyone().get("/season").await.expect(200)["days_left"], 1);
}

async fn districts_carry_codes_and_counts(city: &TestCity) {
    let districts = city.anyone().get("/districts").await.expect(200);
    let items = districts["items"].as_array().unwrap();
    let codes: Vec<_> = items.iter().map(|district| district["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["210302", "210303", "210304", "210311", "210321", "210323", "210381"]);
    assert!(items.iter().all(|district| district["merchants"].as_i64().unwrap() > 0));
    assert!(districts["next_cursor"].is_null());
}

async fn events_and_dishes_come_in_pages(city: &TestCity) {
    for path in ["/events", "/dishes"] {
        let anyone = city.anyone();
        let whole = anyone.get(&format!("{path}?limit=100")).await.expect(200);
        let whole = whole["items"].as_array().unwrap();
        let mut seen = Vec::new();
        let mut next = Some(format!("{path}?limit=2"));
        while let Some(path_now) = next {
            let page = anyone.get(&path_now).await.expect(200);
            assert!(page["items"].as_array().unwrap().len() <= 2);
            seen.extend(page["items"].as_array().unwrap().iter().cloned());
            next = page["next_cursor"].as_str().map(|cursor| format!("{path}?limit=2&cursor={cursor}"));
        }
        assert_eq!(&seen, whole, "{path}");
        for (query, field) in
            [("limit=0", "limit"), ("limit=101", "limit"), ("cursor=x", "cursor"), ("day=1", "day")]
        {
            anyone.get(&format!("{path}?{query}")).await.refused_field(400, "bad_query", field);
        }
    }
}

//! `/merchants`, `/promotions`.

use serde_json::{Value, json};
use tests::{TestCity, on_both_databases};

on_both_databases!(
    merchants_and_promotions_come_in_pages,
    filters_narrow_the_list,
    a_search_finds_by_chinese_pinyin_and_initials,
    an_unknown_filter_value_is_named,
    one_of_them_by_its_number,
);

/// Every item of a list, page by page.
async fn all(city: &TestCity, path: &str) -> Vec<Value> {
    let (mut items, mut cursor) = (Vec::new(), String::new());
    loop {
        let joint = if path.contains('?') { '&' } else { '?' };
        let page = city.anyone().get(&format!("{path}{joint}limit=40{cursor}")).await.expect(200);
        items.extend(page["items"].as_array().unwrap().iter().cloned());
        let Some(next) = page["next_cursor"].as_str() else { return items };
        cursor = format!("&cursor={next}");
    }
}

async fn merchants_and_promotions_come_in_pages(city: &TestCity) {
    for (path, least) in [("/merchants", 120), ("/promotions", 200)] {
        let items = all(city, path).await;
        assert!(items.len() >= least, "{path}: {}", items.len());
        let mut ids: Vec<_> = items.iter().map(|item| item["id"].as_i64().unwrap()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), items.len(), "{path}");
        assert!(items.iter().all(|item| item["demo"] == true), "{path}");
        assert_eq!(city.anyone().get(path).await.expect(200)["items"].as_array().unwrap().len(), 20);
    }
}

async fn filters_narrow_the_list(city: &TestCity) {
    let merchants = all(city, "/merchants").await.len();
    for code in ["210302", "210321", "210381"] {
        let found = all(city, &format!("/merchants?district={code}")).await;
        assert!(!found.is_empty() && found.len() < merchants, "{code}");
        assert!(
            found.iter().all(|merchant| merchant["districts"].as_array().unwrap().contains(&json!(code)))
        );
    }
    for (filter, field, value) in [
        ("kind=catering", "kind", json!("catering")),
        ("sector=travel", "sector", json!("travel")),
        ("night=true", "night", json!(true)),
        ("night=false", "night", json!(false)),
        ("open_now=true", "open_now", json!(true)),
        ("kind=catering&night=true&district=210381", "night", json!(true)),
    ] {
        let found = all(city, &format!("/promotions?{filter}")).await;
        assert!(!found.is_empty() && found.iter().all(|item| item[field] == value), "{filter}");
    }
    city.set_clock("2021-06-18T04:30:00+08:00");
    let at_night = all(city, "/merchants?open_now=true").await;
    assert!(at_night.len() < merchants / 2, "{}", at_night.len());
}

async fn a_search_finds_by_chinese_pinyin_and_initials(city: &TestCity) {
    for q in ["海城烧烤", "haicheng", "hcs", "HCS", "Haicheng%20Grill"] {
        let found = all(city, &format!("/merchants?q={q}")).await;
        assert!(found.iter().any(|merchant| merchant["name"].as_str().unwrap().contains("海城烧烤")), "{q}");
    }
    assert!(all(city, "/merchants?q=zzzzqqqq").await.is_empty());
}

async fn an_unknown_filter_value_is_named(city: &TestCity) {
    let anyone = city.anyone();
    let long = format!("q={}", "x".repeat(41));
    for (query, field) in [
        ("district=999999", "district"),
        ("district=", "district"),
        ("kind=bank", "kind"),
        ("channel=phone", "channel"),
        ("supply=x", "supply"),
        ("setting=x", "setting"),
        ("sector=%00", "sector"),
        ("night=1", "night"),
        ("open_now=yes", "open_now"),
        ("limit=0", "limit"),
        ("limit=1e3", "limit"),
        ("limit=99999999999999999999", "limit"),
        ("cursor=%27", "cursor"),
        ("cursor=-1", "cursor"),
        (long.as_str(), "q"),
        ("colour=red", "colour"),
        ("night=true&night=false", "night"),
    ] {
        for path in ["/merchants", "/promotions"] {
            anyone.get(&format!("{path}?{query}")).await.refused_field(400, "bad_query", field);
        }
    }
}

async fn one_of_them_by_its_number(city: &TestCity) {
    let anyone = city.anyone();
    assert_eq!(anyone.get("/merchants/1").await.expect(200)["name"], "钢城老味道饭庄");
    assert_eq!(anyone.get("/promotions/1").await.expect(200)["merchant_id"], 1);
    for path in ["/merchants", "/promotions", "/campaigns", "/rounds"] {
        for id in ["0", "-1", "99999", "9223372036854775808", "x", "1.0", "+1", "01", "%00", "1%2F2", "１"] {
            anyone.get(&format!("{path}/{id}")).await.refused(404, "not_found");
        }
    }
}

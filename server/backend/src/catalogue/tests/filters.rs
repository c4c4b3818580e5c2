use super::*;
use domain::{Denied, RoundQuery};

/// A Friday's noon.
fn noon() -> Timestamp {
    june("18T12:00")
}

#[test]
fn each_filter_picks_its_own() {
    let village = village();
    for (url, promotions, merchants) in [
        ("", vec![1, 2, 3, 4, 5, 6], vec![1, 2, 3, 4]),
        ("district=210302", vec![2, 3, 6], vec![1, 2]),
        ("kind=catering", vec![1, 2, 4], vec![1, 3]),
        ("channel=online", vec![2, 5], vec![1, 4]),
        ("channel=both", vec![2], vec![1]),
        ("supply=services", vec![], vec![]),
        ("setting=urban", vec![1, 2, 3, 4, 5, 6], vec![1, 2, 3, 4]),
        ("sector=travel", vec![], vec![]),
        ("night=true", vec![1, 2, 4], vec![1, 3]),
        ("night=false", vec![3, 5, 6], vec![2, 4]),
        ("district=210302&kind=catering", vec![2], vec![1]),
        ("q=hcs", vec![1, 2], vec![1]),
        ("q=烧烤&district=210302", vec![2], vec![1]),
    ] {
        assert_eq!(promotion_ids(&village, url, noon()), promotions, "{url}");
        assert_eq!(merchant_ids(&village, url, noon()), merchants, "{url}");
        assert_eq!(village.promotion_count(&asked(url), noon()), Ok(promotions.len()), "{url}");
    }
}

#[test]
fn open_now_follows_the_night_over_midnight_and_over_the_last_day() {
    let village = village();
    for (now, promotions, merchants) in [
        (noon(), vec![2, 3, 5], vec![1, 2, 4]),
        (june("18T22:00"), vec![1, 2, 4, 5], vec![1, 3]),
        (june("19T00:59"), vec![1, 2, 4, 5], vec![1, 3]),
        (june("19T01:00"), vec![2, 4, 5], vec![1, 3]),
        (june("19T02:00"), vec![4, 5], vec![3]),
        (june("19T03:00"), vec![5], vec![]),
        // Opened by its own hours, but the mall's door is still shut.
        (june("19T08:59"), vec![5], vec![]),
        (june("19T09:00"), vec![3, 5, 6], vec![2, 4]),
        // The business day before the first, and the night after the last day.
        (june("18T05:59"), vec![], vec![]),
        (june("26T00:30"), vec![1, 2, 4, 5], vec![1, 3]),
        (june("26T06:00"), vec![], vec![]),
    ] {
        assert_eq!(promotion_ids(&village, "open_now=true", now), promotions, "{now:?}");
        assert_eq!(merchant_ids(&village, "open_now=true", now), merchants, "{now:?}");
        let closed = promotion_ids(&village, "open_now=false", now);
        assert_eq!(closed.len() + promotions.len(), 6, "{now:?}");
    }
}

#[test]
fn a_bad_value_names_its_field_and_what_is_allowed() {
    let city = anshan();
    let long = "烧".repeat(41);
    for (field, values) in [
        ("district", vec!["", "210399", "21030", "210302 ", "铁东区", "null"]),
        ("kind", vec!["", "Catering", "bank"]),
        ("channel", vec!["Online", "on", ""]),
        ("supply", vec!["good"]),
        ("setting", vec!["city"]),
        ("sector", vec!["both"]),
        ("night", vec!["1", "True", "yes", ""]),
        ("open_now", vec!["0", "TRUE"]),
        ("q", vec!["", "   ", long.as_str()]),
        ("limit", vec!["0", "101", "-1", "ten", "", "1.5", "99999999999999999999"]),
        ("cursor", vec!["", "p", "p0", "p01", "p+1", "p999999", "x1", "1", "p1 ", "p99999999999999999999"]),
    ] {
        for value in values {
            let query = asked(&format!("{field}={value}"));
            let merchants = city.merchant_page(&query, noon()).unwrap_err();
            let promotions = city.promotion_page(&query, noon()).unwrap_err();
            for denied in [merchants, promotions] {
                let Denied::BadQuery { field: named, allowed } = denied else { panic!("{denied:?}") };
                assert_eq!((named.as_str(), allowed.is_empty()), (field, false), "{value:?}");
            }
        }
    }
    let denied = city.promotion_page(&asked("night=maybe"), noon()).unwrap_err();
    assert_eq!(denied, Denied::query("night", "true | false"));
    let denied = city.merchant_page(&asked("district=1"), noon()).unwrap_err();
    assert_eq!(
        denied,
        Denied::query("district", "210302 | 210303 | 210304 | 210311 | 210321 | 210323 | 210381")
    );
    assert!(city.promotion_page(&asked(&format!("q={}", "烧".repeat(40))), noon()).is_ok());
}

#[test]
fn rounds_are_filtered_by_their_state_at_the_moment() {
    let city = anshan();
    let ids = |query: RoundQuery, now| -> Vec<i64> {
        let page = city.round_page(&query, june(now)).unwrap();
        page.items.iter().map(|round| round.id.0).collect()
    };
    let state = |state: &str| RoundQuery { state: Some(state.to_owned()), ..RoundQuery::default() };
    assert_eq!(ids(state("waiting"), "18T09:58"), [1]);
    let open = ids(state("open"), "18T10:00");
    let opens = |id: &i64| city.round(domain::RoundId(*id)).unwrap().opens_at;
    assert!(open.contains(&1) && open.is_sorted_by_key(opens), "by opening time: {open:?}");
    assert!(ids(state("closed"), "18T22:00").contains(&1));
    let method = RoundQuery { method: Some("draw".to_owned()), ..RoundQuery::default() };
    assert!(ids(method, "18T10:00").len() >= 2);
    let campaign = RoundQuery { campaign: Some("1".to_owned()), ..state("upcoming") };
    let of_first = city.rounds_of(domain::CampaignId(1)).count();
    assert_eq!(ids(campaign, "18T09:00").len(), of_first);
}

#[test]
fn a_bad_value_for_rounds_names_its_field() {
    let city = anshan();
    let some = |text: &str| Some(text.to_owned());
    let none = RoundQuery::default;
    for (field, query) in [
        ("state", RoundQuery { state: some("over"), ..none() }),
        ("campaign", RoundQuery { campaign: some("99"), ..none() }),
        ("campaign", RoundQuery { campaign: some("+1"), ..none() }),
        ("method", RoundQuery { method: some("lottery"), ..none() }),
        ("limit", RoundQuery { limit: some("1000"), ..none() }),
        ("cursor", RoundQuery { cursor: some("r999"), ..none() }),
        ("cursor", RoundQuery { cursor: some("p1"), ..none() }),
    ] {
        let denied = city.round_page(&query, noon()).unwrap_err();
        assert!(matches!(&denied, Denied::BadQuery { field: named, .. } if named == field), "{denied:?}");
    }
}

use super::*;
use domain::shapes::Page;
use domain::{Denied, ListQuery, RoundQuery};

/// Every id of a list, page by page.
fn walk<T>(
    limit: usize,
    page: impl Fn(Option<String>, String) -> Page<T>,
    id: impl Fn(&T) -> i64,
) -> Vec<i64> {
    let (mut ids, mut cursor) = (Vec::new(), None);
    loop {
        let page = page(cursor, limit.to_string());
        assert!(page.items.len() <= limit);
        assert!(page.next_cursor.is_none() || page.items.len() == limit, "only the last page is short");
        ids.extend(page.items.iter().map(&id));
        cursor = page.next_cursor;
        if cursor.is_none() {
            return ids;
        }
    }
}

#[test]
fn pages_have_no_gap_and_no_repeat() {
    let (city, now) = (anshan(), june("18T21:00"));
    for url in ["", "district=210302", "open_now=true", "q=夜", "q=shaokao", "night=true&channel=offline"] {
        let all = city.promotions.rows().len();
        let query = |cursor, limit| OfferQuery { cursor, limit: Some(limit), ..asked(url) };
        let whole: Vec<Vec<i64>> = [1, 3, 20, 100]
            .map(|limit| {
                walk(
                    limit,
                    |cursor, limit| city.promotion_page(&query(cursor, limit), now).unwrap(),
                    |offer| offer.id.0,
                )
            })
            .into();
        assert!(whole.iter().all(|ids| *ids == whole[0]), "{url}");
        assert_eq!(Ok(whole[0].len()), city.promotion_count(&asked(url), now), "{url}");
        let mut once = whole[0].clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), whole[0].len(), "{url}");
        assert!(!once.is_empty() && (!url.is_empty() || once.len() == all), "{url}");
        let merchants = |cursor, limit| city.merchant_page(&query(cursor, limit), now).unwrap();
        assert_eq!(
            walk(2, merchants, |merchant| merchant.id.0),
            walk(100, merchants, |merchant| merchant.id.0),
            "{url}"
        );
    }
}

#[test]
fn rounds_campaigns_events_and_dishes_are_paged_too() {
    let (city, now) = (anshan(), june("18T09:58"));
    let rounds = walk(
        4,
        |cursor, limit| {
            let query = RoundQuery { cursor, limit: Some(limit), ..RoundQuery::default() };
            city.round_page(&query, now).unwrap()
        },
        |round| round.id.0,
    );
    assert_eq!(rounds, city.rounds().iter().map(|round| round.id.0).collect::<Vec<_>>());
    let query = |cursor, limit| ListQuery { cursor, limit: Some(limit) };
    let campaigns = |cursor, limit| city.campaign_page(&query(cursor, limit)).unwrap();
    assert_eq!(walk(3, campaigns, |terms| terms.id.0).len(), city.campaigns().len());
    let events = |cursor, limit| city.event_page(&query(cursor, limit)).unwrap();
    assert_eq!(walk(3, events, |event| event.id.0), walk(100, events, |event| event.id.0));
    let dishes = |cursor, limit| city.dish_page(&query(cursor, limit)).unwrap();
    assert_eq!(walk(3, dishes, |dish| dish.id), walk(100, dishes, |dish| dish.id));
}

#[test]
fn a_cursor_holds_while_shops_close() {
    let village = village();
    let first = village.promotion_page(&asked("open_now=true&limit=1"), june("19T00:59")).unwrap();
    assert_eq!(first.items[0].id.0, 1);
    let cursor = first.next_cursor.unwrap();
    let url = format!("open_now=true&limit=1&cursor={cursor}");
    assert_eq!(promotion_ids(&village, &url, june("19T01:01")), [2]);
}

#[test]
fn a_cursor_of_another_search_is_none() {
    let village = village();
    let cursor =
        |url: &str| village.promotion_page(&asked(url), june("18T12:00")).map(|page| page.next_cursor);
    assert_eq!(cursor("q=烧烤&limit=1"), Ok(Some("p1".to_owned())));
    assert_eq!(cursor("q=烧烤&cursor=p5"), Err(Denied::query("cursor", "next_cursor")));
    assert_eq!(cursor("cursor=p6"), Ok(None));
}

#[test]
fn the_best_of_a_search_comes_first() {
    let (city, now) = (anshan(), june("18T21:00"));
    for q in ["hcs", "海城烧烤", "haichengshaokao", "HaiCheng ShaoKao", "ＨＣＳ"] {
        let page = city.merchant_page(&asked(&format!("q={q}")), now).unwrap();
        assert_eq!(page.items[0].name, "海城烧烤一条龙", "{q}");
        let page = city.promotion_page(&asked(&format!("q={q}")), now).unwrap();
        assert_eq!(page.items[0].merchant_name, "海城烧烤一条龙", "{q}");
    }
    let page = city.promotion_page(&asked("q=haicheng&limit=100"), now).unwrap();
    let named = |name: &str| name.contains("海城");
    let first_other = page.items.iter().position(|offer| !named(&offer.merchant_name)).unwrap();
    assert!(first_other > 0 && page.items[first_other..].iter().all(|offer| !named(&offer.merchant_name)));
}

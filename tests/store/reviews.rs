//! The bureau's reviews: merchants and promotions in one queue.

use crate::join::join;
use crate::promotions::{form, handed_in};
use crate::services::{Services, at};
use backend::{Backend, Caller, Error};
use domain::shapes::Page;
use domain::{Denied, OutletId, PromotionForm, ReviewQuery};
use tests::{TestCity, on_both_databases};

on_both_databases!(what_waits_longest_comes_first_of_either_kind);

/// What of the queue, by number: `m` a merchant, `p` a promotion.
async fn page(node: &Backend, reviewer: &Caller, query: ReviewQuery) -> Result<Page<String>, Error> {
    let Page { items, next_cursor } = node.reviews(reviewer, &query).await?;
    let named = items.into_iter().map(|item| match (item.merchant, item.promotion) {
        (Some(merchant), None) => format!("m{} {}", merchant.merchant_id, item.waiting_s),
        (None, Some(waiting)) => format!("p{} {}", waiting.promotion.id, item.waiting_s),
        _ => "neither".to_owned(),
    });
    Ok(Page { items: named.collect(), next_cursor })
}

async fn what_waits_longest_comes_first_of_either_kind(city: &TestCity) {
    let city = Services::of(city);
    let (node, owner, officer) = (&city.backend, city.owner().await, city.caller("13700000002").await);
    let organizer = city.officer().await;
    let clock = |minute: i64| city.clock.set(at("2021-06-19T12:00:00+08:00").plus_ms(minute * 60_000));
    clock(0);
    let east = handed_in(node, &owner, &form()).await.id;
    clock(1);
    let (here, _) = join(&city, 31, "210302").await;
    clock(2);
    let (there, _) = join(&city, 32, "210303").await;
    clock(3);
    let late = PromotionForm { title: "夜宵大锅".to_owned(), outlets: vec![OutletId(1)], ..form() };
    let late = handed_in(node, &owner, &late).await.id;
    clock(4);
    let line = [
        format!("p{east} 240"),
        format!("m{} 180", here.merchant_id),
        format!("m{} 120", there.merchant_id),
        format!("p{late} 60"),
    ];
    let all = page(node, &organizer, ReviewQuery::default()).await.unwrap();
    assert_eq!((all.items.as_slice(), all.next_cursor), (line.as_slice(), None));
    assert_eq!(node.count_reviews(&organizer, &ReviewQuery::default()).await.unwrap(), (2, 2));
    let (mut paged, mut cursor) = (Vec::new(), None);
    loop {
        let query = ReviewQuery { limit: Some("1".to_owned()), cursor, ..ReviewQuery::default() };
        let one = page(node, &organizer, query).await.unwrap();
        paged.extend(one.items);
        cursor = one.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(paged, line, "page by page");
    let of = |name: &str| ReviewQuery { kind: Some(name.to_owned()), ..ReviewQuery::default() };
    assert_eq!(page(node, &organizer, of("merchant")).await.unwrap().items, line[1..3]);
    assert_eq!(page(node, &organizer, of("promotion")).await.unwrap().items, [&*line[0], &line[3]]);
    let district = |code: &str| ReviewQuery { district: Some(code.to_owned()), ..ReviewQuery::default() };
    assert_eq!(page(node, &organizer, district("210303")).await.unwrap().items, line[2..3]);
    let own = [&*line[0], &line[1], &line[3]];
    assert_eq!(page(node, &officer, ReviewQuery::default()).await.unwrap().items, own);
    let abroad = page(node, &officer, district("210303")).await;
    assert!(matches!(abroad, Err(Error::Denied(Denied::WrongRole))), "{abroad:?}");
    for bad in [of("till"), district("9"), ReviewQuery { cursor: Some("a1".to_owned()), ..of("merchant") }] {
        let refused = page(node, &organizer, bad).await;
        assert!(matches!(refused, Err(Error::Denied(Denied::BadQuery { .. }))), "{refused:?}");
    }
}

//! The open books: `/ledger/head`, `/ledger/blocks`, `/ledger/lines` and `/open`.

use http::Method;
use serde_json::json;
use tests::{Answer, TestCity, on_both_databases};

on_both_databases!(
    the_head_moves_with_every_write,
    the_open_books_move_with_the_till,
    an_export_is_checked_by_hand,
    a_resident_finds_their_own_line
);

async fn the_head_moves_with_every_write(city: &TestCity) {
    let anyone = city.anyone();
    let opened = anyone.get("/ledger/head").await.expect(200);
    assert_eq!(opened["hash"].as_str().unwrap().len(), 64);
    assert!(opened["sequence"].as_i64().unwrap() >= 1 && opened["at"].is_string());
    city.wait_s(5);
    city.voucher_of(&city.resident(1).await).await;
    let claimed = anyone.get("/ledger/head").await.expect(200);
    assert!(claimed["sequence"].as_i64() > opened["sequence"].as_i64());
    assert_ne!(claimed["hash"], opened["hash"]);
    assert_eq!(claimed["at"], "2021-06-18T10:00:05+08:00");
}

async fn the_open_books_move_with_the_till(city: &TestCity) {
    let before = city.anyone().get("/open").await.expect(200);
    assert_eq!((&before["total"]["claimed"], &before["total"]["paid_fen"]), (&json!(0), &json!(0)));
    city.redemption(&city.resident(1).await, &city.clerk().await, 8000).await;
    let books = city.anyone().get("/open").await.expect(200);
    let total = &books["total"];
    assert_eq!(
        (&total["claimed"], &total["redeemed"], &total["government_fen"]),
        (&json!(1), &json!(1), &json!(2000))
    );
    assert_eq!(books["districts"].as_array().unwrap().len(), 7);
    let own = books["districts"].as_array().unwrap().iter().find(|row| row["key"] == "210302").unwrap();
    assert_eq!((&own["claimed"], &own["redeemed"]), (&json!(1), &json!(1)));
    let day = books["days"].as_array().unwrap().iter().find(|row| row["key"] == "2021-06-18").unwrap();
    assert_eq!(day["redeemed"], 1);
    let of = async |district: &str| city.anyone().get(&format!("/open?district={district}")).await;
    for (district, redeemed) in [("210302", 1), ("210381", 0)] {
        let books = of(district).await.expect(200);
        let day = books["days"].as_array().unwrap().iter().find(|row| row["key"] == "2021-06-18").unwrap();
        assert_eq!((&books["district"], &day["redeemed"]), (&json!(district), &json!(redeemed)));
        assert_eq!(books["total"]["redeemed"], 1, "the sum stays the city's");
    }
    of("110101").await.refused_field(400, "bad_query", "district");
    let page = Answer::of(city.anyone().request(Method::GET, "/open")).await;
    assert!(page.status == 200 && page.text.contains("各营业日"), "{}", page.text);
}

async fn an_export_is_checked_by_hand(city: &TestCity) {
    city.redemption(&city.resident(1).await, &city.clerk().await, 8000).await;
    let head = city.anyone().get("/ledger/head").await.expect(200);
    let mut ends = Vec::new();
    for chain in 0..16 {
        let (mut previous, mut cursor, mut last) = ("0".repeat(64), String::new(), 0);
        loop {
            let path = format!("/ledger/blocks?chain={chain}&limit=2{cursor}");
            let page = city.anyone().get(&path).await.expect(200);
            for block in page["items"].as_array().unwrap() {
                let text = |name: &str| block[name].as_str().unwrap().to_owned();
                let (sequence, at_ms) =
                    (block["sequence"].as_i64().unwrap(), block["at_ms"].as_i64().unwrap());
                assert_eq!((text("previous"), sequence), (previous, last + 1));
                let block = domain::Block {
                    chain,
                    sequence,
                    at: domain::Timestamp::from_ms(at_ms),
                    previous: text("previous").parse().unwrap(),
                    entries: text("entries"),
                };
                assert_eq!(block.hash().to_string(), text("hash"));
                (previous, last) = (text("hash"), sequence);
            }
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        ends.push((chain, last, previous.parse().unwrap()));
    }
    assert_eq!(domain::Hash::of_heads(&ends).to_string(), head["hash"].as_str().unwrap());
    city.anyone().get("/ledger/blocks?chain=16").await.refused_field(400, "bad_query", "chain");
}

async fn a_resident_finds_their_own_line(city: &TestCity) {
    let (resident, clerk) = (city.resident(1).await, city.clerk().await);
    for n in 2..=4 {
        city.redemption(&city.resident(n).await, &clerk, 8000).await;
        city.wait_s(60);
    }
    let own = city.redemption(&resident, &clerk, 8000).await;
    let path = format!("/ledger/lines?receipt={}", own["receipt_code"].as_str().unwrap());
    let lines = resident.get(&path).await.expect(200);
    let line = &lines[0];
    assert_eq!(lines.as_array().unwrap().len(), 1);
    let begins = format!("redeem {} issued:1 -2000 payable:1 2000", own["voucher_id"]);
    assert_eq!(line["line"], begins);
    let chain = format!("/ledger/blocks?chain={}&limit=100", line["chain"]);
    let blocks = city.anyone().get(&chain).await.expect(200);
    let block =
        blocks["items"].as_array().unwrap().iter().find(|block| block["sequence"] == line["sequence"]);
    assert_eq!(block.unwrap()["hash"], line["hash"]);
    assert_eq!(city.resident(2).await.get(&path).await.expect(200), json!([]), "somebody else's");
    resident.get("/ledger/lines?receipt=12a4").await.refused_field(400, "bad_query", "receipt");
}

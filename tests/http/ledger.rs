//! `/ledger/head`.

use tests::{TestCity, on_both_databases};

on_both_databases!(the_head_moves_with_every_write);

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

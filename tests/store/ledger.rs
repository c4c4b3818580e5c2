//! The ledger notices what is changed behind its back.

use crate::services::Services;
use tests::{TestCity, on_both_databases};

on_both_databases!(
    a_changed_row_is_found,
    the_head_moves_with_every_write_and_survives_a_restart,
    an_honest_day_replays_clean
);

async fn used(city: &Services<'_>) {
    for number in 1..=4 {
        let resident = city.resident(number).await;
        let voucher = city.issued_voucher(&resident).await;
        if number % 2 == 0 {
            city.redeem(&resident, &voucher, 8800).await.unwrap();
        }
    }
}

async fn an_honest_day_replays_clean(city: &TestCity) {
    let city = Services::of(city);
    used(&city).await;
    let report = city.backend.verify().await.unwrap();
    assert_eq!(report.faults, Vec::<String>::new());
    // One block at the start, four claims, two redemptions.
    assert_eq!((report.blocks, report.vouchers), (7, 4));
    assert_eq!(report.head, city.backend.ledger_head().await.unwrap());
}

async fn a_changed_row_is_found(city: &TestCity) {
    let city = Services::of(city);
    used(&city).await;
    city.assert_sound().await;
    for (change, back) in [
        (
            "update ledger_block set entries = replace(entries, ' 2000', ' 2001') where sequence = 3",
            "update ledger_block set entries = replace(entries, ' 2001', ' 2000') where sequence = 3",
        ),
        (
            "update ledger_block set entries = replace(entries, 'payable:1', 'payable:2') where sequence = 4",
            "update ledger_block set entries = replace(entries, 'payable:2', 'payable:1') where sequence = 4",
        ),
        (
            "update ledger_block set at_ms = at_ms + 1 where sequence = 2",
            "update ledger_block set at_ms = at_ms - 1 where sequence = 2",
        ),
        ("update ledger_head set sequence = sequence + 1", "update ledger_head set sequence = sequence - 1"),
        (
            "update voucher set state = 'issued' where voucher_id = 2",
            "update voucher set state = 'redeemed' where voucher_id = 2",
        ),
        (
            "update redemption set government_fen = government_fen - 1 where redemption_id = 1",
            "update redemption set government_fen = government_fen + 1 where redemption_id = 1",
        ),
        (
            "update redemption set order_fen = order_fen + 100 where redemption_id = 1",
            "update redemption set order_fen = order_fen - 100 where redemption_id = 1",
        ),
        (
            "update tally set redeemed = redeemed + 1 where channel = 'offline'",
            "update tally set redeemed = redeemed - 1 where channel = 'offline'",
        ),
        (
            "update tally set claimed = claimed + 1 where channel = ''",
            "update tally set claimed = claimed - 1 where channel = ''",
        ),
        (
            "update stock set issued = issued + 1 where round_id = 1 and share = 0",
            "update stock set issued = issued - 1 where round_id = 1 and share = 0",
        ),
    ] {
        city.run(change).await;
        let report = city.backend.verify().await.unwrap();
        assert!(!report.faults.is_empty(), "unnoticed: {change}");
        city.run(back).await;
        city.assert_sound().await;
    }
    city.run("delete from ledger_block where sequence = 2").await;
    assert!(!city.backend.verify().await.unwrap().faults.is_empty(), "a block is gone");
}

async fn the_head_moves_with_every_write_and_survives_a_restart(city: &TestCity) {
    let city = Services::of(city);
    let before = city.backend.ledger_head().await.unwrap();
    let resident = city.resident(1).await;
    city.issued_voucher(&resident).await;
    let after = city.backend.ledger_head().await.unwrap();
    assert_eq!(after.sequence, before.sequence + 1);
    assert_ne!(after.hash, before.hash);
    assert_eq!(city.another_node().await.ledger_head().await.unwrap(), after);
}

//! Backups: all of a database in one file, and all of it back, in a database of
//! either kind.

use crate::merchant_limit::one_a_day;
use crate::services::{FIRST_ROUND, Services, at_till, key};
use backend::{Backend, Error, RestoreError, ReverseRequest};
use domain::RedeemRefused;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde_json::Value;
use std::io::{Read, Write};
use tests::{Database, Place, TestCity, on_both_databases};
use tokio::task::JoinSet;

on_both_databases!(
    every_row_comes_back_in_either_database in one_a_day,
    what_was_acknowledged_holds_after_a_restore,
    limits_hold_after_a_restore in one_a_day,
    a_backup_under_load_is_one_moment,
    a_damaged_backup_changes_nothing,
    a_backup_wants_the_secret_of_its_installation,
    a_database_in_use_is_not_overwritten,
    a_backup_of_an_earlier_program_is_brought_up_to_date,
    a_backup_of_a_newer_program_is_refused,
    an_empty_database_is_not_backed_up,
);

const BOTH: [Database; 2] = [Database::Sqlite, Database::Postgres];

async fn backup(backend: &Backend) -> Vec<u8> {
    let mut file = Vec::new();
    backend.backup(&mut file).await.expect("a backup");
    file
}

/// Of the city's own kind.
fn own_kind(city: &TestCity) -> Database {
    if city.database_url().starts_with("sqlite:") { Database::Sqlite } else { Database::Postgres }
}

/// An empty database with the secret of the city.
async fn place_of(city: &TestCity, database: Database) -> Place {
    let place = database.empty().await;
    std::fs::copy(city.data().join("secret.key"), place.folder.join("secret.key")).expect("the secret");
    place
}

async fn restore(city: &TestCity, place: &Place, file: &[u8]) -> Result<u64, RestoreError> {
    Backend::restore(&place.options(city.shared_clock()), file).await
}

/// A backup's lines.
fn lines(file: &[u8]) -> Vec<Value> {
    let mut text = String::new();
    GzDecoder::new(file).read_to_string(&mut text).expect("a backup");
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

/// A backup of these lines.
fn of_lines(lines: &[Value]) -> Vec<u8> {
    let mut file = GzEncoder::new(Vec::new(), Compression::fast());
    for line in lines {
        writeln!(file, "{line}").expect("a line");
    }
    file.finish().expect("a file")
}

/// The rows of each table but those that one database does without, in an order of their own.
fn rows(file: &[u8]) -> Vec<String> {
    let (mut table, mut rows) = (String::new(), Vec::new());
    for line in lines(file).into_iter().skip(1) {
        if line.is_array() {
            rows.push(format!("{table} {line}"));
        } else if let Some(name) = line["table"].as_str() {
            name.clone_into(&mut table);
        }
    }
    rows.retain(|row| !row.starts_with("outlet_use") && !row.starts_with("resident_use"));
    rows.sort();
    rows
}

async fn every_row_comes_back_in_either_database(city: &TestCity) {
    let services = Services::of(city);
    let resident = services.resident(1).await;
    let voucher = services.issued_voucher(&resident).await;
    let receipt = services.redeem(&resident, &voucher, 8800).await.unwrap();
    let part = ReverseRequest { refund_fen: 800, reason: "退一件 \"大\" \\ 小\n换行".to_owned() };
    let owner = services.owner().await;
    services.backend.reverse(&owner, receipt.redemption_id, &part, &key()).await.unwrap();
    services.issued_voucher(&services.resident(2).await).await;
    let bytes = if own_kind(city) == Database::Sqlite { "x'00ff5c'" } else { r"'\x00ff5c'" };
    services
        .run(&format!("insert into photo (photo_id, size, picture) values ('p', 'small', {bytes})"))
        .await;
    let (file, report) = (backup(&services.backend).await, services.backend.verify().await.unwrap());
    for database in BOTH {
        let place = place_of(city, database).await;
        let count = restore(city, &place, &file).await.expect("a restored season");
        assert_eq!(lines(&file).last().unwrap()["rows"], count);
        let restored = place.open(city.shared_clock()).await;
        assert_eq!(rows(&backup(&restored).await), rows(&file), "{database:?}");
        assert_eq!(restored.verify().await.unwrap(), report);
        restored.close().await;
        place.remove().await;
    }
}

async fn what_was_acknowledged_holds_after_a_restore(city: &TestCity) {
    let services = Services::of(city);
    let (resident, clerk) = (services.resident(1).await, services.clerk().await);
    let (claimed, redeemed) = (key(), key());
    let voucher = services.backend.claim(&resident, FIRST_ROUND, &claimed).await.unwrap().answer;
    let order = services.presented(&resident, &voucher, 8800).await;
    let receipt = services.backend.redeem(&clerk, &order, &redeemed).await.unwrap().answer;
    let file = backup(&services.backend).await;
    for database in BOTH {
        let place = place_of(city, database).await;
        restore(city, &place, &file).await.unwrap();
        let restored = place.open(city.shared_clock()).await;
        let again = restored.claim(&resident, FIRST_ROUND, &claimed).await.unwrap();
        assert!(again.replayed && again.answer.voucher_id == voucher.voucher_id);
        let again = restored.redeem(&clerk, &order, &redeemed).await.unwrap();
        assert!(again.replayed && again.answer.receipt_code == receipt.receipt_code);
        let anew = restored.claim(&services.resident(2).await, FIRST_ROUND, &key()).await.unwrap();
        assert!(anew.answer.voucher_id > voucher.voucher_id);
        assert_eq!(restored.verify().await.unwrap().faults, Vec::<String>::new());
        restored.close().await;
        place.remove().await;
    }
}

async fn limits_hold_after_a_restore(city: &TestCity) {
    let services = Services::of(city);
    let (resident, clerk) = (services.resident(1).await, services.clerk().await);
    let (one, two) = (services.issued_voucher(&resident).await, services.issued_voucher(&resident).await);
    services.redeem(&resident, &one, 8800).await.unwrap();
    let file = backup(&services.backend).await;
    for database in BOTH {
        let place = place_of(city, database).await;
        restore(city, &place, &file).await.unwrap();
        let restored = place.open(city.shared_clock()).await;
        let token = restored.voucher_token(&resident, two.voucher_id).await.unwrap().token;
        let second = restored.redeem(&clerk, &at_till(Some(token), None, 8800), &key()).await;
        let refused = RedeemRefused::MerchantLimitReached { limit: 1 };
        assert!(matches!(second, Err(Error::Redeem(no)) if no == refused), "{database:?}");
        restored.close().await;
        place.remove().await;
    }
}

async fn a_backup_under_load_is_one_moment(city: &TestCity) {
    let services = Services::of(city);
    let mut presses = JoinSet::new();
    for number in 1..=60 {
        let (backend, resident) = (services.backend.clone(), services.resident(number).await);
        presses.spawn(async move { backend.claim(&resident, FIRST_ROUND, &key()).await.map(drop) });
    }
    let mut files = Vec::new();
    while !presses.is_empty() {
        let (file, _) = tokio::join!(backup(&services.backend), presses.join_next());
        files.push(file);
    }
    // The first, one in the midst and the last: each stands for itself.
    for file in [&files[0], &files[files.len() / 2], &files[files.len() - 1]] {
        let place = place_of(city, Database::Sqlite).await;
        restore(city, &place, file).await.unwrap();
        let restored = place.open(city.shared_clock()).await;
        assert_eq!(restored.verify().await.unwrap().faults, Vec::<String>::new());
        restored.close().await;
        place.remove().await;
    }
}

async fn a_damaged_backup_changes_nothing(city: &TestCity) {
    let services = Services::of(city);
    let file = backup(&services.backend).await;
    let place = place_of(city, own_kind(city)).await;
    let mut changed = file.clone();
    changed[file.len() / 2] ^= 1;
    let mut strange = lines(&file);
    strange.insert(1, serde_json::json!({ "table": "meta\" (name) --", "columns": ["name"] }));
    for damaged in [&file[..file.len() / 2], &file[..file.len() - 1], &changed, &of_lines(&strange)] {
        let refused = restore(city, &place, damaged).await;
        assert!(matches!(refused, Err(RestoreError::Unreadable(_))), "{refused:?}");
    }
    restore(city, &place, &file).await.expect("there was nothing in the way");
    let restored = place.open(city.shared_clock()).await;
    assert_eq!(rows(&backup(&restored).await), rows(&file));
    restored.close().await;
    place.remove().await;
}

async fn a_backup_wants_the_secret_of_its_installation(city: &TestCity) {
    let file = backup(city.backend()).await;
    let place = own_kind(city).empty().await;
    let refused = restore(city, &place, &file).await;
    assert!(matches!(refused, Err(RestoreError::OtherSecret(_))), "{refused:?}");
    assert!(!place.folder.join("secret.key").exists());
    std::fs::write(place.folder.join("secret.key"), "07".repeat(32)).unwrap();
    let refused = restore(city, &place, &file).await;
    assert!(matches!(refused, Err(RestoreError::OtherSecret(_))), "{refused:?}");
    place.remove().await;
}

async fn a_database_in_use_is_not_overwritten(city: &TestCity) {
    let services = Services::of(city);
    let file = backup(&services.backend).await;
    services.issued_voucher(&services.resident(1).await).await;
    let refused = restore(city, city.place(), &file).await;
    assert!(matches!(refused, Err(RestoreError::NotEmpty)), "{refused:?}");
    let report = services.backend.verify().await.unwrap();
    assert_eq!((report.vouchers, report.faults), (1, Vec::new()));
}

async fn a_backup_of_an_earlier_program_is_brought_up_to_date(city: &TestCity) {
    let services = Services::of(city);
    services.issued_voucher(&services.resident(1).await).await;
    // As it was before cases could freeze vouchers.
    let mut earlier = lines(&backup(&services.backend).await);
    earlier[0]["migration"] = 55.into();
    earlier.retain(|line| line["table"] != "risk_freeze" && line["table"] != "risk_case");
    let place = place_of(city, own_kind(city)).await;
    restore(city, &place, &of_lines(&earlier)).await.expect("a restored season");
    let restored = place.open(city.shared_clock()).await;
    let report = restored.verify().await.unwrap();
    assert_eq!((report.vouchers, report.faults), (1, Vec::new()));
    restored.close().await;
    place.remove().await;
}

async fn a_backup_of_a_newer_program_is_refused(city: &TestCity) {
    let mut newer = lines(&backup(city.backend()).await);
    newer[0]["migration"] = 9001.into();
    let place = place_of(city, own_kind(city)).await;
    let refused = restore(city, &place, &of_lines(&newer)).await;
    assert!(matches!(refused, Err(RestoreError::Newer(9001))), "{refused:?}");
    place.remove().await;
}

async fn an_empty_database_is_not_backed_up(city: &TestCity) {
    let place = own_kind(city).empty().await;
    let empty = place.open(city.shared_clock()).await;
    let refused = empty.backup(Vec::new()).await;
    assert!(matches!(refused, Err(backend::BackupError::NoSeason)), "{refused:?}");
    empty.close().await;
    place.remove().await;
}

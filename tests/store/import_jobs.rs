//! Imports from the bureau's page: checked in the background, confirmed, written once.

use crate::import::csv;
use crate::services::{Services, until};
use backend::{Caller, Error};
use domain::shapes::{ImportShape, ImportState};
use domain::{Denied, ImportRefused, ListQuery};
use std::time::Duration;
use tests::{TestCity, on_both_databases, people};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

on_both_databases!(
    a_checked_file_is_written_once_it_is_confirmed,
    bad_rows_are_told_and_skipped_when_asked,
    a_file_that_cannot_be_read_is_told,
    only_so_many_files_at_once,
    ten_thousand_rows_are_checked_and_written,
    an_upload_whose_node_is_gone_is_given_up,
);

async fn upload(city: &Services<'_>, officer: &Caller, file: impl Into<Vec<u8>>) -> ImportShape {
    city.backend.begin_import(officer, "商户.csv", file.into()).await.unwrap()
}

/// Waits until an import stands otherwise than under way.
async fn settled(city: &Services<'_>, officer: &Caller, id: i64) -> ImportShape {
    let look = async {
        loop {
            let shape = city.backend.import(officer, id).await.unwrap();
            if !matches!(shape.state, ImportState::Reading | ImportState::Writing) {
                return shape;
            }
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(Duration::from_secs(60), look).await.expect("an import that comes to an end")
}

async fn merchants(city: &Services<'_>) -> String {
    city.read("select cast(count(*) as text) from merchant").await
}

async fn a_checked_file_is_written_once_it_is_confirmed(city: &TestCity) {
    let city = Services::of(city);
    let (officer, before) = (city.officer().await, merchants(&city).await);
    let begun = upload(&city, &officer, csv(3)).await;
    assert_eq!(begun.file_name, "商户.csv");
    let checked = settled(&city, &officer, begun.import_id).await;
    assert_eq!((checked.state, checked.whole, checked.without_bad), (ImportState::Checked, true, false));
    assert_eq!((checked.rows, checked.new_merchants, checked.new_outlets), (3, 3, 3));
    assert_eq!(merchants(&city).await, before);

    // Two nodes, confirmed at the same time: it is written once.
    let other = city.node_of_the_same_clock().await;
    assert!(other.import(&officer, begun.import_id).await.unwrap().whole, "another node knows of it");
    let mut confirmed = JoinSet::new();
    for backend in [&city.backend, &other, &city.backend] {
        let (backend, officer) = (backend.clone(), officer.clone());
        confirmed.spawn(async move { backend.confirm_import(&officer, begun.import_id, false).await });
    }
    assert!(confirmed.join_all().await.iter().all(Result::is_ok));
    let done = settled(&city, &officer, begun.import_id).await;
    assert_eq!((done.state, done.new_merchants, done.unchanged), (ImportState::Done, 3, 0));
    assert_eq!(merchants(&city).await, (before.parse::<i64>().unwrap() + 3).to_string());
    let query = domain::OfferQuery { q: Some("试店2".to_owned()), ..Default::default() };
    // The other node may have written it: this one hears of it.
    until("the merchants are in the catalogue", async || {
        city.backend.merchants(&query).unwrap().items.len() == 1
    })
    .await;
    assert_eq!(city.read("select shops from import_job").await, "", "what is written is not kept twice");

    let again = upload(&city, &officer, csv(3)).await;
    let again = settled(&city, &officer, again.import_id).await;
    assert_eq!((again.unchanged, again.new_merchants), (6, 0));
    let listed = city.backend.imports_of_bureau(&officer, &ListQuery::default()).await.unwrap();
    let ids: Vec<i64> = listed.items.iter().map(|import| import.import_id).collect();
    assert_eq!(ids, [again.import_id, begun.import_id]);
    city.assert_sound().await;
}

async fn bad_rows_are_told_and_skipped_when_asked(city: &TestCity) {
    let city = Services::of(city);
    let officer = city.officer().await;
    let spoiled = csv(4).replace("试店1,餐饮", "试店1,茶馆");
    let begun = upload(&city, &officer, spoiled).await;
    let checked = settled(&city, &officer, begun.import_id).await;
    assert_eq!((checked.bad_rows, checked.whole, checked.without_bad), (1, false, true));
    let bad = &checked.bad[0];
    assert_eq!((bad.row, bad.column.as_str(), bad.value.as_str()), (3, "商户类别", "茶馆"));
    let refused = city.backend.confirm_import(&officer, begun.import_id, false).await;
    assert!(matches!(refused, Err(Error::Import(ImportRefused::BadRows { bad_rows: 1 }))));
    city.backend.confirm_import(&officer, begun.import_id, true).await.unwrap();
    let done = settled(&city, &officer, begun.import_id).await;
    assert_eq!((done.state, done.new_merchants), (ImportState::Done, 3));
}

async fn a_file_that_cannot_be_read_is_told(city: &TestCity) {
    let city = Services::of(city);
    let officer = city.officer().await;
    let begun = upload(&city, &officer, b"PK\x03\x04 and nothing".to_vec()).await;
    let checked = settled(&city, &officer, begun.import_id).await;
    assert_eq!((checked.state, checked.whole, checked.without_bad), (ImportState::Checked, false, false));
    assert_eq!(checked.bad[0].row, 0);
    let refused = city.backend.confirm_import(&officer, begun.import_id, true).await;
    assert!(matches!(refused, Err(Error::Import(ImportRefused::NothingToImport))));
    let empty = city.backend.begin_import(&officer, "", Vec::new()).await;
    assert!(matches!(empty, Err(Error::Denied(Denied::BadField { .. }))));
    let nobody = city.caller(people::OFFICER).await;
    let denied = city.backend.begin_import(&nobody, "", csv(1).into_bytes()).await;
    assert!(matches!(denied, Err(Error::Denied(Denied::WrongRole))));
}

async fn only_so_many_files_at_once(city: &TestCity) {
    let city = Services::of(city);
    let officer = city.officer().await;
    let mut uploads = JoinSet::new();
    for _ in 0..6 {
        let (backend, officer, file) = (city.backend.clone(), officer.clone(), csv(2_000).into_bytes());
        uploads.spawn(async move { backend.begin_import(&officer, "", file).await });
    }
    let answers = uploads.join_all().await;
    let busy = |answer: &&Result<_, Error>| matches!(answer, Err(Error::Denied(Denied::Busy { .. })));
    let refused = answers.iter().filter(busy).count();
    assert!(refused >= 1, "{answers:?}");
    for shape in answers.iter().flatten() {
        settled(&city, &officer, shape.import_id).await;
    }
    let later = upload(&city, &officer, csv(1)).await;
    assert!(settled(&city, &officer, later.import_id).await.whole);
}

async fn ten_thousand_rows_are_checked_and_written(city: &TestCity) {
    let city = Services::of(city);
    let officer = city.officer().await;
    let begun = upload(&city, &officer, csv(10_000)).await;
    assert!(settled(&city, &officer, begun.import_id).await.whole);
    city.backend.confirm_import(&officer, begun.import_id, false).await.unwrap();
    let done = settled(&city, &officer, begun.import_id).await;
    assert_eq!(
        (done.new_merchants, done.new_outlets, done.done, done.total),
        (10_000, 10_000, 10_000, 10_000)
    );
}

async fn an_upload_whose_node_is_gone_is_given_up(city: &TestCity) {
    let city = Services::of(city);
    let officer = city.officer().await;
    let begun = upload(&city, &officer, csv(1)).await;
    settled(&city, &officer, begun.import_id).await;
    city.run("update import_job set state = 'reading', shops = ''").await;
    assert_eq!(city.backend.import(&officer, begun.import_id).await.unwrap().state, ImportState::Reading);
    city.clock.advance_ms(10 * 60_000);
    let given_up = city.backend.import(&officer, begun.import_id).await.unwrap();
    assert_eq!((given_up.state, given_up.whole), (ImportState::Failed, false));
}

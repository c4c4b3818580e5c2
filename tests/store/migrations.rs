//! Starting on a database of another time, or of another installation.

use crate::services::Services;
use backend::{ConnectError, OpenError};
use tests::{TestCity, on_both_databases};

on_both_databases!(
    a_newer_database_is_refused_with_a_clear_message,
    a_database_of_another_secret_is_refused,
    a_season_is_loaded_once,
);

async fn a_newer_database_is_refused_with_a_clear_message(city: &TestCity) {
    let services = Services::of(city);
    services
        .run("insert into _sqlx_migrations (version, description, success, checksum, execution_time)
              select 9001, 'of a later program', success, checksum, 0 from _sqlx_migrations where version = 1")
        .await;
    let error = services.open(city.data()).await.err().expect("refused");
    assert!(matches!(error, OpenError::Connect(ConnectError::Newer(9001))));
    assert!(error.to_string().contains("newer yuehui"), "{error}");
}

async fn a_database_of_another_secret_is_refused(city: &TestCity) {
    let services = Services::of(city);
    let elsewhere = city.data().join("elsewhere");
    std::fs::create_dir(&elsewhere).unwrap();
    let error = services.open(&elsewhere).await.err().expect("refused");
    assert!(matches!(error, OpenError::OtherSecret(_)));
}

async fn a_season_is_loaded_once(city: &TestCity) {
    let services = Services::of(city);
    let seeds = backend::seeds::SeedSet::anshan_2021().unwrap();
    assert!(!services.backend.load(&seeds).await.unwrap());
    services.assert_sound().await;
}

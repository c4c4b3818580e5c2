//! Signing in: the answer never tells whether a number is known.

use crate::services::Services;
use backend::Error;
use domain::{Denied, DistrictCode, Phone, Role};
use std::time::Duration;
use tests::{TestCity, on_both_databases};

on_both_databases!(
    a_new_number_becomes_a_resident,
    wrong_codes_lock_known_and_unknown_numbers_alike,
    a_code_is_used_once_and_ages,
    a_session_ends_by_itself_and_by_hand,
    what_changes_a_caller_reaches_every_node,
    phones_are_nowhere_in_the_clear,
);

fn phone(text: &str) -> Phone {
    text.parse().unwrap()
}

async fn a_new_number_becomes_a_resident(city: &TestCity) {
    let city = Services::of(city);
    let caller = city.caller("15012345678").await;
    assert_eq!(caller.roles, [Role::Resident]);
    assert_eq!(caller.phone_masked, "150****5678");
    assert_eq!(city.caller("15012345678").await.account_id, caller.account_id);
}

async fn wrong_codes_lock_known_and_unknown_numbers_alike(city: &TestCity) {
    let city = Services::of(city);
    for number in ["13900000001", "15099999999"] {
        let good = city.backend.send_code(&phone(number)).await.unwrap().demo_code.unwrap();
        let wrong = if good == "000000" { "000001" } else { "000000" };
        for _ in 0..4 {
            let answer = city.backend.log_in(&phone(number), wrong).await;
            assert!(matches!(answer, Err(Error::Denied(Denied::WrongCode))), "{number}");
        }
        for code in [wrong, &good] {
            let answer = city.backend.log_in(&phone(number), code).await;
            let locked =
                |error: &Error| matches!(error, Error::Denied(Denied::Locked { retry_after_s: 900 }));
            assert!(answer.as_ref().is_err_and(locked), "{number}");
        }
    }
    city.clock.advance_ms(15 * 60_000);
    city.caller("13900000001").await;
}

async fn a_code_is_used_once_and_ages(city: &TestCity) {
    let city = Services::of(city);
    let number = phone("13900000001");
    let code = city.backend.send_code(&number).await.unwrap().demo_code.unwrap();
    assert!(city.backend.log_in(&number, &code).await.is_ok());
    assert!(matches!(city.backend.log_in(&number, &code).await, Err(Error::Denied(Denied::WrongCode))));
    let code = city.backend.send_code(&number).await.unwrap().demo_code.unwrap();
    city.clock.advance_ms(5 * 60_000);
    assert!(matches!(city.backend.log_in(&number, &code).await, Err(Error::Denied(Denied::WrongCode))));
}

async fn a_session_ends_by_itself_and_by_hand(city: &TestCity) {
    let city = Services::of(city);
    let number = phone("13900000001");
    let mut tokens = Vec::new();
    for _ in 0..2 {
        let code = city.backend.send_code(&number).await.unwrap().demo_code.unwrap();
        tokens.push(city.backend.log_in(&number, &code).await.unwrap().token);
    }
    city.backend.log_out(&tokens[0]).await.unwrap();
    assert!(city.backend.caller(&tokens[0]).await.unwrap().is_none());
    assert!(city.backend.caller(&tokens[1]).await.unwrap().is_some());
    city.clock.advance_ms(30 * 24 * 3_600_000);
    assert!(city.backend.caller(&tokens[1]).await.unwrap().is_none());
    for nonsense in ["", "x", &"x".repeat(10_000)] {
        assert!(city.backend.caller(nonsense).await.unwrap().is_none());
    }
}

/// How long to wait for the nodes to tell each other.
const PATIENCE: Duration = Duration::from_secs(10);

async fn what_changes_a_caller_reaches_every_node(city: &TestCity) {
    let city = Services::of(city);
    let (one, other) = (&city.backend, city.another_node().await);
    let number = phone("13900000001");
    let code = one.send_code(&number).await.unwrap().demo_code.unwrap();
    let token = one.log_in(&number, &code).await.unwrap().token;
    // Both remember who it is.
    let known = one.caller(&token).await.unwrap().unwrap();
    assert_eq!(other.caller(&token).await.unwrap().unwrap(), known);

    let (from, to) = (known.district, DistrictCode::try_from(210_381).unwrap());
    assert_ne!(from, Some(to));
    other.choose_district(&known, to).await.unwrap();
    assert_eq!(other.caller(&token).await.unwrap().unwrap().district, Some(to));
    let told = async {
        while one.caller(&token).await.unwrap().unwrap().district != Some(to) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, told).await.expect("the nodes tell each other in time");

    other.log_out(&token).await.unwrap();
    assert!(other.caller(&token).await.unwrap().is_none());
    let told = async {
        while one.caller(&token).await.unwrap().is_some() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, told).await.expect("the nodes tell each other in time");
    other.close().await;
}

async fn phones_are_nowhere_in_the_clear(city: &TestCity) {
    let city = Services::of(city);
    let caller = city.resident(1).await;
    assert!(!format!("{caller:?}").contains("13900000001"));
    let row = city.read("select phone_sealed || ' ' || phone_hash || ' ' || name from account").await;
    assert!(!row.contains("13900000001"));
}

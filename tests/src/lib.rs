//! A city to test: the whole server in this process, on a free port, with a clock that stands still and
//! random numbers that repeat, on a database of its own.
//!
//! A test is an `async fn` that takes a [`TestCity`]; [`on_both_databases!`] runs it on SQLite and on
//! PostgreSQL.

#![expect(clippy::expect_used, reason = "a test that cannot go on stops")]

mod answer;
mod city;
mod database;
mod person;

pub use answer::Answer;
pub use city::{OPENING, TestCity};
pub use database::{Database, Place};
pub use person::{Person, new_key, people};

use backend::seeds::SeedSet;
use std::pin::Pin;

/// Runs each test on both databases; `in` names a function that changes the season before it is loaded.
///
/// ```ignore
/// on_both_databases!(a_voucher_is_redeemed_once);
/// async fn a_voucher_is_redeemed_once(city: TestCity) { … }
/// ```
#[macro_export]
macro_rules! on_both_databases {
    ($($test:ident $(in $season:ident)?),+ $(,)?) => {$(
        mod $test {
            fn season() -> Option<fn(&mut backend::seeds::SeedSet)> {
                None $(.or(Some(super::$season as fn(&mut backend::seeds::SeedSet))))?
            }

            #[test]
            fn on_sqlite() {
                $crate::run($crate::Database::Sqlite, season(), |city| Box::pin(super::$test(city)));
            }

            #[test]
            fn on_postgres() {
                $crate::run($crate::Database::Postgres, season(), |city| Box::pin(super::$test(city)));
            }
        }
    )+};
}

/// A test under way: it borrows the city.
pub type Running<'a> = Pin<Box<dyn Future<Output = ()> + 'a>>;

/// Builds a city, runs a test in it and takes it down.
///
/// # Panics
/// When the test does, or when the city cannot be built.
pub fn run(database: Database, season: Option<fn(&mut SeedSet)>, test: fn(&TestCity) -> Running<'_>) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let city = TestCity::build(&runtime, database, season);
    runtime.block_on(test(&city));
    runtime.block_on(city.take_down());
}

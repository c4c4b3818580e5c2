//! The services and the store under them, on both databases.

#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod claims;
mod draws;
mod import;
mod ledger;
mod login;
mod migrations;
mod redemptions;
mod returns;
mod services;
mod stats;
mod waiting;

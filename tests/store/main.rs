//! The services and the store under them, on both databases.

#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod assisted;
mod audit;
mod backups;
mod builder;
mod claims;
mod cube;
mod draws;
mod further_rounds;
mod history;
mod import;
mod import_jobs;
mod join;
mod join_again;
mod ledger;
mod login;
mod merchant_limit;
mod migrations;
mod nodes;
mod offline;
mod offline_late;
mod orders;
mod people;
mod programmes;
mod promotions;
mod redemptions;
mod reports;
mod residents;
mod returns;
mod reviews;
mod risk;
mod risk_freeze;
mod services;
mod settlement;
mod statements;
mod stats;
mod ten_thousand;
mod waiting;

//! The front doors from outside: one file per group of endpoints.

#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod assisted;
mod audit;
mod auth;
mod document;
mod doors;
mod drafts;
mod draw_entries;
mod draws;
mod functions;
mod imports;
mod join;
mod ledger;
mod live;
mod offers;
mod offline;
mod orders;
mod people;
mod permissions;
mod photos;
mod places;
mod promotions;
mod redemptions;
mod reports;
mod reversals;
mod risk;
mod rounds;
mod season;
mod settlement;
mod settlement_pages;
mod statements;
mod stats;
mod vouchers;

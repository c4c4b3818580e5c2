//! All SQL. A query is a literal with `$1`, the same text for both databases;
//! "not found" is an `Option`; a condition rides in the `where` of its update.
//!
//! Locks are taken in one order, so that no two writes wait for each other: the
//! idempotency key; then the voucher, the redemption and the use of its outlet;
//! then the counters, the tally, and last the ledger's end. An entry takes its
//! resident's row, then its gate; a draw its own row, then its places; a step of
//! a promotion its own row. Of the nodes that expire vouchers one does at a
//! time: that counter comes first. Those who add merchants take their turn after
//! the key. An order's vouchers come by number, before the day of a merchant
//! under review. The desk's groups on PostgreSQL take theirs in one statement,
//! after that day, and what meets in it is tried again. What arrives from a till
//! without a network takes that till's day after its voucher, and before it, where
//! the voucher expired meanwhile, the turn of those. An order that is undone takes
//! its redemptions by number, then its vouchers. A refund takes its merchant's
//! settlement account after the redemption, a batch those of all merchants, by
//! number, after the key.
//! A decision on a case takes the case after the key, then its holder's vouchers
//! by number; a refund that gives a voucher back takes the cases that hold that
//! resident's after it, and none of them wants a voucher that is redeemed.
//! Of the tallies those by day come last. Whoever counts residents takes the
//! place first, and nobody else takes their rows.

pub(crate) mod account;
pub(crate) mod assisted;
pub(crate) mod audit;
pub(crate) mod caller_change;
pub(crate) mod campaign_draft;
pub(crate) mod catalogue;
mod db;
pub(crate) mod desk;
mod dialect;
mod disk;
pub(crate) mod draw;
pub(crate) mod idempotency;
pub(crate) mod identity;
pub(crate) mod import_job;
pub(crate) mod join;
pub(crate) mod ledger;
pub(crate) mod login_code;
pub(crate) mod merchant;
pub(crate) mod merchant_review;
pub(crate) mod merchant_use;
pub(crate) mod meta;
pub(crate) mod offline;
pub(crate) mod people;
pub(crate) mod photo;
pub(crate) mod promotion;
pub(crate) mod recount;
pub(crate) mod redemption;
pub(crate) mod report;
pub(crate) mod resident;
pub(crate) mod resident_use;
pub(crate) mod risk;
pub(crate) mod risk_answer;
pub(crate) mod risk_freeze;
pub(crate) mod round;
pub(crate) mod sale;
pub(crate) mod settlement;
pub(crate) mod statement;
pub(crate) mod tally;
pub(crate) mod till;
pub(crate) mod voucher;
pub(crate) mod waiting;

pub use db::{ConnectError, StoreError};
pub(crate) use db::{Db, Ear, Table, Tx, failed};
pub(crate) use dialect::{changed, newest_migration, on, on_rows};
pub(crate) use disk::Disk;

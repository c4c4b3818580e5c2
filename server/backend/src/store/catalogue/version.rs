//! The catalogue's version: by it every node knows when to read again.
//!
//! The version is the last number of a sequence of its own, taken in the
//! transaction that changes the catalogue. Its row orders such transactions, so
//! a snapshot that shows a version shows everything up to it.

use crate::store::{StoreError, Tx, meta, on};

/// Says that this transaction changes what the catalogue holds: every node
/// reads it again within the time between two looks, and those that hear the
/// announcement at once. Call it after the change and before the ledger's end
/// is moved; the node itself then calls `Backend::reload` after the commit.
///
/// # Errors
/// The database failed.
pub(crate) async fn changed(tx: &mut Tx) -> Result<(), StoreError> {
    meta::take_numbers(tx, "catalogue", 1).await?;
    tx.announce().await
}

/// What tells whether anything is new.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub(crate) struct Pulse {
    /// The blocks of all the ledger's chains.
    pub(crate) ledger: i64,
    /// The catalogue's version.
    pub(crate) catalogue: i64,
}

/// Feels the pulse: one row.
///
/// # Errors
/// The database failed.
pub(crate) async fn pulse(tx: &mut Tx) -> Result<Pulse, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select (select cast(coalesce(sum(sequence), 0) as bigint) from ledger_head) as ledger,
                (select cast(coalesce(max(value), 0) as bigint) from counter where name = 'catalogue')
                    as catalogue").fetch_one(conn))?)
}

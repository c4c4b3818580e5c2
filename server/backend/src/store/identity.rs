//! Residents by their identity numbers.

use crate::store::{StoreError, Tx, changed, on};
use domain::{AccountId, Timestamp};

/// The account of an identity number, by its keyed hash.
pub(crate) async fn account_of(tx: &mut Tx, identity_hash: &str) -> Result<Option<i64>, StoreError> {
    let row: Option<(i64,)> = on!(tx, conn => sqlx::query_as(
        "select account_id from identity where identity_hash = $1")
        .bind(identity_hash).fetch_optional(conn))?;
    Ok(row.map(|(account_id,)| account_id))
}

/// The encrypted number of an account.
pub(crate) async fn sealed_of(tx: &mut Tx, account_id: i64) -> Result<Option<String>, StoreError> {
    let row: Option<(String,)> = on!(tx, conn => sqlx::query_as(
        "select identity_sealed from identity where account_id = $1")
        .bind(account_id).fetch_optional(conn))?;
    Ok(row.map(|(sealed,)| sealed))
}

/// A number that is to be an account's.
#[derive(Clone, Debug)]
pub(crate) struct NewIdentity<'a> {
    pub(crate) hash: &'a str,
    pub(crate) sealed: &'a str,
    pub(crate) entered_by: AccountId,
}

/// Gives an account its number; false when the account has another, or the
/// number another account.
pub(crate) async fn add(
    tx: &mut Tx,
    account_id: i64,
    identity: &NewIdentity<'_>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let rows = changed!(
        tx,
        sqlx::query(
            "insert into identity (identity_hash, account_id, identity_sealed, entered_by, entered_at_ms)
         values ($1, $2, $3, $4, $5)
         on conflict do nothing"
        )
        .bind(identity.hash)
        .bind(account_id)
        .bind(identity.sealed)
        .bind(identity.entered_by.0)
        .bind(now.ms())
    )?;
    Ok(rows == 1)
}

//! Uploads of merchants: what their check found, and what is to be written.

use crate::store::{StoreError, Tx, changed, on};
use domain::{AccountId, Timestamp};

/// An upload as it is stored.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct ImportRow {
    pub(crate) import_id: i64,
    pub(crate) file_name: String,
    pub(crate) state: String,
    pub(crate) report: String,
    pub(crate) begun_at_ms: i64,
}

/// Adds an upload whose check begins.
pub(crate) async fn begin(
    tx: &mut Tx,
    import_id: i64,
    account: AccountId,
    file_name: &str,
    (state, report): (&str, &str),
    now: Timestamp,
) -> Result<(), StoreError> {
    changed!(
        tx,
        sqlx::query(
            "insert into import_job (import_id, account_id, file_name, state, report, shops, begun_at_ms)
             values ($1, $2, $3, $4, $5, '', $6)"
        )
        .bind(import_id)
        .bind(account.0)
        .bind(file_name)
        .bind(state)
        .bind(report)
        .bind(now.ms())
    )?;
    Ok(())
}

/// Moves an upload from one state to another with what is told of it; false
/// when it stands elsewhere.
pub(crate) async fn put(
    tx: &mut Tx,
    import_id: i64,
    (from, to): (&str, &str),
    report: &str,
    shops: &str,
) -> Result<bool, StoreError> {
    let rows = changed!(
        tx,
        sqlx::query(
            "update import_job set state = $3, report = $4, shops = $5 where import_id = $1 and state = $2"
        )
        .bind(import_id)
        .bind(from)
        .bind(to)
        .bind(report)
        .bind(shops)
    )?;
    Ok(rows == 1)
}

/// What is to be written of a checked upload.
pub(crate) async fn shops(tx: &mut Tx, import_id: i64, state: &str) -> Result<Option<String>, StoreError> {
    let row: Option<(String,)> = on!(tx, conn => sqlx::query_as(
        "select shops from import_job where import_id = $1 and state = $2")
        .bind(import_id).bind(state).fetch_optional(conn))?;
    Ok(row.map(|(shops,)| shops))
}

/// An upload.
pub(crate) async fn get(tx: &mut Tx, import_id: i64) -> Result<Option<ImportRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select import_id, file_name, state, report, begun_at_ms from import_job where import_id = $1")
        .bind(import_id).fetch_optional(conn))?)
}

/// The uploads before `before`, newest first, at most `limit`.
pub(crate) async fn listed(tx: &mut Tx, before: i64, limit: i64) -> Result<Vec<ImportRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select import_id, file_name, state, report, begun_at_ms
           from import_job where import_id < $1 order by import_id desc limit $2")
        .bind(before).bind(limit).fetch_all(conn))?)
}

/// Forgets the uploads that began before a moment.
pub(crate) async fn forget(tx: &mut Tx, before: Timestamp) -> Result<(), StoreError> {
    changed!(tx, sqlx::query("delete from import_job where begun_at_ms < $1").bind(before.ms()))?;
    Ok(())
}

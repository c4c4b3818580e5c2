//! Which accounts' callers are to be read anew, told from node to node.

use crate::store::{StoreError, Tx, changed, meta, on};
use domain::Timestamp;

/// The sequence that numbers them. Its row is locked until the commit, so they
/// become visible in their order.
const SEQUENCE: &str = "caller_change";

/// Tells every node that what it remembers of an account is out of date.
pub(crate) async fn tell(tx: &mut Tx, account_id: i64, now: Timestamp) -> Result<(), StoreError> {
    let change_id = meta::take_numbers(tx, SEQUENCE, 1).await?;
    changed!(
        tx,
        sqlx::query("insert into caller_change (change_id, account_id, changed_at_ms) values ($1, $2, $3)")
            .bind(change_id)
            .bind(account_id)
            .bind(now.ms())
    )?;
    Ok(())
}

/// The number of the last change; 0 before the first.
pub(crate) async fn last(tx: &mut Tx) -> Result<i64, StoreError> {
    let row: Option<(i64,)> = on!(tx, conn => sqlx::query_as(
        "select value from counter where name = $1").bind(SEQUENCE).fetch_optional(conn))?;
    Ok(row.map_or(0, |(value,)| value))
}

/// The accounts of the changes after one, at most `limit`.
pub(crate) async fn after(tx: &mut Tx, change_id: i64, limit: i64) -> Result<Vec<i64>, StoreError> {
    let rows: Vec<(i64,)> = on!(tx, conn => sqlx::query_as(
        "select account_id from caller_change where change_id > $1 order by change_id limit $2")
        .bind(change_id).bind(limit).fetch_all(conn))?;
    Ok(rows.into_iter().map(|(account_id,)| account_id).collect())
}

/// Forgets the changes before a moment; how many.
pub(crate) async fn forget(tx: &mut Tx, before: Timestamp) -> Result<u64, StoreError> {
    Ok(changed!(tx, sqlx::query("delete from caller_change where changed_at_ms < $1").bind(before.ms()))?)
}

//! Which accounts' callers and which tills are to be read anew, told from node
//! to node.

use crate::store::{StoreError, Tx, changed, meta, on};
use domain::Timestamp;

/// The sequence that numbers them. Its row is locked until the commit, so they
/// become visible in their order.
const SEQUENCE: &str = "caller_change";

/// What is out of date: an account, or the till where there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub(crate) struct Change {
    /// 0 where a till changed.
    pub(crate) account_id: i64,
    pub(crate) till_id: Option<i64>,
}

/// Tells every node that what it remembers of an account is out of date.
pub(crate) async fn tell(tx: &mut Tx, account_id: i64, now: Timestamp) -> Result<(), StoreError> {
    add(tx, Change { account_id, till_id: None }, now).await
}

/// Tells every node that what it remembers of a till is out of date.
pub(crate) async fn tell_till(tx: &mut Tx, till_id: i64, now: Timestamp) -> Result<(), StoreError> {
    add(tx, Change { account_id: 0, till_id: Some(till_id) }, now).await
}

async fn add(tx: &mut Tx, change: Change, now: Timestamp) -> Result<(), StoreError> {
    let change_id = meta::take_numbers(tx, SEQUENCE, 1).await?;
    changed!(
        tx,
        sqlx::query(
            "insert into caller_change (change_id, account_id, till_id, changed_at_ms) values ($1, $2, $3, $4)"
        )
        .bind(change_id)
        .bind(change.account_id)
        .bind(change.till_id)
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

/// The changes after one, at most `limit`.
pub(crate) async fn after(tx: &mut Tx, change_id: i64, limit: i64) -> Result<Vec<Change>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select account_id, till_id from caller_change where change_id > $1 order by change_id limit $2")
        .bind(change_id).bind(limit).fetch_all(conn))?)
}

/// Forgets the changes before a moment; how many.
pub(crate) async fn forget(tx: &mut Tx, before: Timestamp) -> Result<u64, StoreError> {
    Ok(changed!(tx, sqlx::query("delete from caller_change where changed_at_ms < $1").bind(before.ms()))?)
}

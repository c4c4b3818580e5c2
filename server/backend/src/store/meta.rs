//! What the installation knows of itself, and the numbers it gives out.

use crate::store::{StoreError, Tx, changed, on};

/// A value by its name.
pub(crate) async fn get(tx: &mut Tx, name: &str) -> Result<Option<String>, StoreError> {
    let row: Option<(String,)> = on!(tx, conn => sqlx::query_as(
        "select value from meta where name = $1").bind(name).fetch_optional(conn))?;
    Ok(row.map(|(value,)| value))
}

/// Writes a value that is not there yet; false when it already was.
pub(crate) async fn put(tx: &mut Tx, name: &str, value: &str) -> Result<bool, StoreError> {
    let rows = changed!(
        tx,
        sqlx::query("insert into meta (name, value) values ($1, $2) on conflict (name) do nothing")
            .bind(name)
            .bind(value)
    )?;
    Ok(rows == 1)
}

/// The next `count` numbers of a sequence: the first of them.
pub(crate) async fn take_numbers(tx: &mut Tx, sequence: &str, count: i64) -> Result<i64, StoreError> {
    let (last,): (i64,) = on!(tx, conn => sqlx::query_as(TAKE_NUMBERS)
        .bind(sequence).bind(count).fetch_one(conn))?;
    Ok(last - count + 1)
}

/// Takes the next numbers of a sequence: the last of them.
pub(super) const TAKE_NUMBERS: &str = "insert into counter (name, value) values ($1, $2)
     on conflict (name) do update set value = counter.value + $2
     returning value";

/// The last number of a sequence that was given out.
pub(super) const LAST_NUMBER: &str = "select value from counter where name = $1";

/// Puts the last number of a sequence that was given out.
pub(super) const PUT_NUMBER: &str = "insert into counter (name, value) values ($1, $2)
     on conflict (name) do update set value = excluded.value";

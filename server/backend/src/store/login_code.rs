//! Login codes on their way. A number has at most one, whether or not it has
//! an account.

use crate::store::{StoreError, Tx, changed, on};
use domain::Timestamp;

/// Where a number stands: until when it is locked, and since when its codes
/// are counted.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct CodeRow {
    pub(crate) locked_until_ms: i64,
    pub(crate) window_ms: i64,
}

/// A number's code.
pub(crate) async fn of(tx: &mut Tx, phone_hash: &str) -> Result<Option<CodeRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select locked_until_ms, window_ms from login_code where phone_hash = $1")
        .bind(phone_hash).fetch_optional(conn))?)
}

/// Replaces a number's code. Codes are counted from the first of a window of
/// `window_ms`; false, and nothing changes, when `most` were sent in it.
pub(crate) async fn put(
    tx: &mut Tx,
    phone_hash: &str,
    code_hash: &str,
    now: Timestamp,
    expires_at: Timestamp,
    (most, window_ms): (i64, i64),
) -> Result<bool, StoreError> {
    let rows = changed!(
        tx,
        sqlx::query(
            "insert into login_code (phone_hash, code_hash, expires_at_ms, sent, window_ms)
         values ($1, $2, $3, 1, $4)
         on conflict (phone_hash) do update
            set code_hash = $2, expires_at_ms = $3,
                sent = case when login_code.window_ms + $6 <= $4 then 1 else login_code.sent + 1 end,
                window_ms = case when login_code.window_ms + $6 <= $4 then $4 else login_code.window_ms end
          where login_code.sent < $5 or login_code.window_ms + $6 <= $4"
        )
        .bind(phone_hash)
        .bind(code_hash)
        .bind(expires_at.ms())
        .bind(now.ms())
        .bind(most)
        .bind(window_ms)
    )?;
    Ok(rows == 1)
}

/// Uses up a code that is right and still holds; false when it is not.
pub(crate) async fn take(
    tx: &mut Tx,
    phone_hash: &str,
    code_hash: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let rows = changed!(
        tx,
        sqlx::query(
            "update login_code set expires_at_ms = 0, wrong = 0, sent = 0
          where phone_hash = $1 and code_hash = $2 and expires_at_ms > $3 and locked_until_ms <= $3"
        )
        .bind(phone_hash)
        .bind(code_hash)
        .bind(now.ms())
    )?;
    Ok(rows == 1)
}

/// Counts a wrong code, also for a number that asked for none; the one that
/// makes `most` locks the number until `locked_until` and uses the code up.
pub(crate) async fn count_wrong(
    tx: &mut Tx,
    phone_hash: &str,
    most: i64,
    locked_until: Timestamp,
) -> Result<(), StoreError> {
    changed!(tx, sqlx::query(
        "insert into login_code (phone_hash, code_hash, expires_at_ms, wrong) values ($1, '', 0, 1)
         on conflict (phone_hash) do update
            set wrong = case when login_code.wrong + 1 >= $2 then 0 else login_code.wrong + 1 end,
                locked_until_ms = case when login_code.wrong + 1 >= $2 then $3 else login_code.locked_until_ms end,
                expires_at_ms = case when login_code.wrong + 1 >= $2 then 0 else login_code.expires_at_ms end")
        .bind(phone_hash).bind(most).bind(locked_until.ms()))?;
    Ok(())
}

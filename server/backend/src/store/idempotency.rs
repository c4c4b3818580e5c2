//! Stored answers of the writes that do not keep their keys themselves. The key is taken before the effect and filled after it, in
//! the effect's own transaction: a second request with the key waits for the
//! first, and a refused write leaves no key behind.

use crate::store::{StoreError, Tx, changed, on};
use domain::{AccountId, IdempotencyKey, Timestamp};

/// The answer to an earlier request with the key.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct StoredAnswer {
    pub(crate) request_hash: String,
    pub(crate) body: String,
}

/// Takes the key for this request; false when another request has it.
pub(crate) async fn take(
    tx: &mut Tx,
    account: AccountId,
    key: &IdempotencyKey,
    request_hash: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let rows = changed!(
        tx,
        sqlx::query(
            "insert into idempotency (account_id, idem_key, request_hash, body, created_at_ms)
         select $1, $2, $3, '', $4
          where not exists (select 1 from voucher where account_id = $1 and claim_key = $2)
            and not exists (select 1 from redemption where clerk_id = $1 and redeem_key = $2)
            and not exists (select 1 from assisted where staff_id = $1 and idem_key = $2)
         on conflict (account_id, idem_key) do nothing"
        )
        .bind(account.0)
        .bind(key.as_str())
        .bind(request_hash)
        .bind(now.ms())
    )?;
    Ok(rows == 1)
}

/// Stores the answer under the key that this transaction took.
pub(crate) async fn fill(
    tx: &mut Tx,
    account: AccountId,
    key: &IdempotencyKey,
    body: &str,
) -> Result<(), StoreError> {
    changed!(
        tx,
        sqlx::query("update idempotency set body = $3 where account_id = $1 and idem_key = $2")
            .bind(account.0)
            .bind(key.as_str())
            .bind(body)
    )?;
    Ok(())
}

/// The stored answer of a key.
pub(crate) async fn stored(
    tx: &mut Tx,
    account: AccountId,
    key: &IdempotencyKey,
) -> Result<Option<StoredAnswer>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select request_hash, body from idempotency where account_id = $1 and idem_key = $2")
        .bind(account.0).bind(key.as_str()).fetch_optional(conn))?)
}

/// Whether an account's key stands for a write other than a redemption.
pub(super) const USED_ELSEWHERE: &str =
    "select cast(case when exists (select 1 from idempotency where account_id = $1 and idem_key = $2)
                        or exists (select 1 from voucher where account_id = $1 and claim_key = $2)
                      then 1 else 0 end as bigint)";

/// Whether the key stands for a stored answer, a claim or a redemption.
pub(crate) async fn used(tx: &mut Tx, account: AccountId, key: &str) -> Result<bool, StoreError> {
    let (used,): (i64,) = on!(tx, conn => sqlx::query_as(
        "select (select count(*) from idempotency where account_id = $1 and idem_key = $2)
              + (select count(*) from voucher where account_id = $1 and claim_key = $2)
              + (select count(*) from redemption where clerk_id = $1 and redeem_key = $2)")
        .bind(account.0).bind(key).fetch_one(conn))?;
    Ok(used > 0)
}

//! Enrolled tills.

use crate::store::{StoreError, Tx, changed, on};
use domain::{AccountId, MerchantId, OutletId, TillId, Timestamp};

/// A till as it is stored.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct TillRow {
    pub(crate) till_id: i64,
    pub(crate) merchant_id: i64,
    pub(crate) outlet_id: i64,
    pub(crate) name: String,
    pub(crate) secret_hash: String,
    pub(crate) enrolled_by: i64,
    pub(crate) enrolled_at_ms: i64,
    pub(crate) off_since_ms: Option<i64>,
}

/// A till with the name of who enrolled it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct NamedTillRow {
    #[sqlx(flatten)]
    pub(crate) till: TillRow,
    pub(crate) enroller: String,
}

/// Enrols a till while its merchant has fewer than `most`; false when there are
/// as many, or one with the secret is there already.
pub(crate) async fn add(tx: &mut Tx, new: &TillRow, most: i64) -> Result<bool, StoreError> {
    let rows = changed!(
        tx,
        sqlx::query(
            "insert into till (till_id, merchant_id, outlet_id, name, secret_hash, enrolled_by, enrolled_at_ms)
             select $1, $2, $3, $4, $5, $6, $7
              where (select count(*) from till where merchant_id = $2) < $8
             on conflict (secret_hash) do nothing"
        )
        .bind(new.till_id)
        .bind(new.merchant_id)
        .bind(new.outlet_id)
        .bind(&new.name)
        .bind(&new.secret_hash)
        .bind(new.enrolled_by)
        .bind(new.enrolled_at_ms)
        .bind(most)
    )?;
    Ok(rows == 1)
}

/// The till that has a secret, by the secret's hash.
pub(crate) async fn by_secret(tx: &mut Tx, secret_hash: &str) -> Result<Option<TillRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select till_id, merchant_id, outlet_id, name, secret_hash, enrolled_by, enrolled_at_ms, off_since_ms
           from till where secret_hash = $1").bind(secret_hash).fetch_optional(conn))?)
}

/// One of a merchant's tills.
pub(crate) async fn get(
    tx: &mut Tx,
    merchant: MerchantId,
    id: TillId,
) -> Result<Option<NamedTillRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select t.till_id, t.merchant_id, t.outlet_id, t.name, t.secret_hash, t.enrolled_by, t.enrolled_at_ms,
                t.off_since_ms, a.name as enroller
           from till t join account a on a.account_id = t.enrolled_by
          where t.merchant_id = $1 and t.till_id = $2")
        .bind(merchant.0).bind(id.0).fetch_optional(conn))?)
}

/// A merchant's tills before a number, the newest first, at most `limit`.
pub(crate) async fn of_merchant(
    tx: &mut Tx,
    merchant: MerchantId,
    before: TillId,
    limit: i64,
) -> Result<Vec<NamedTillRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select t.till_id, t.merchant_id, t.outlet_id, t.name, t.secret_hash, t.enrolled_by, t.enrolled_at_ms,
                t.off_since_ms, a.name as enroller
           from till t join account a on a.account_id = t.enrolled_by
          where t.merchant_id = $1 and t.till_id < $2
          order by t.till_id desc limit $3")
        .bind(merchant.0).bind(before.0).bind(limit).fetch_all(conn))?)
}

/// Names a merchant's till, and switches it on or off; when it is off already,
/// the moment stays. False when the merchant has no such till.
pub(crate) async fn put(
    tx: &mut Tx,
    (merchant, id): (MerchantId, TillId),
    name: &str,
    off_since: Option<Timestamp>,
    by: AccountId,
) -> Result<bool, StoreError> {
    let rows = changed!(
        tx,
        sqlx::query(
            "update till set name = $3, switched_by = $5,
                    off_since_ms = case when $4 = 0 then null else coalesce(off_since_ms, $4) end
              where merchant_id = $1 and till_id = $2"
        )
        .bind(merchant.0)
        .bind(id.0)
        .bind(name)
        .bind(off_since.map_or(0, Timestamp::ms))
        .bind(by.0)
    )?;
    Ok(rows == 1)
}

/// The outlets at which enrolled tills alone redeem.
pub(crate) async fn enrolled_only(tx: &mut Tx) -> Result<Vec<OutletId>, StoreError> {
    let rows: Vec<(i64,)> =
        on!(tx, conn => sqlx::query_as("select outlet_id from enrolled_only").fetch_all(conn))?;
    Ok(rows.into_iter().map(|(outlet,)| OutletId(outlet)).collect())
}

/// Lets enrolled tills alone redeem at an outlet, or any device; false when it
/// is so already.
pub(crate) async fn set_enrolled_only(
    tx: &mut Tx,
    outlet: OutletId,
    enrolled_only: bool,
    (by, now): (AccountId, Timestamp),
) -> Result<bool, StoreError> {
    let rows = if enrolled_only {
        changed!(
            tx,
            sqlx::query(
                "insert into enrolled_only (outlet_id, set_by, set_at_ms) values ($1, $2, $3)
                 on conflict (outlet_id) do nothing"
            )
            .bind(outlet.0)
            .bind(by.0)
            .bind(now.ms())
        )?
    } else {
        changed!(tx, sqlx::query("delete from enrolled_only where outlet_id = $1").bind(outlet.0))?
    };
    Ok(rows == 1)
}

/// Switches a merchant's till off, as it is named.
pub(crate) async fn switch_off(
    tx: &mut Tx,
    (merchant, id): (MerchantId, TillId),
    by: AccountId,
    now: Timestamp,
) -> Result<(), StoreError> {
    changed!(
        tx,
        sqlx::query(
            "update till set off_since_ms = $3, switched_by = $4
              where merchant_id = $1 and till_id = $2 and off_since_ms is null"
        )
        .bind(merchant.0)
        .bind(id.0)
        .bind(now.ms())
        .bind(by.0)
    )?;
    Ok(())
}

//! Tills without a network: which outlets may, and what arrived of it.

use crate::store::{StoreError, Tx, changed, on};
use domain::{AccountId, MerchantId, OfflineLimits, OutletId, TillId, Timestamp};

/// An outlet that the bureau allowed.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct AllowedRow {
    pub(crate) outlet_id: i64,
    pub(crate) most_redemptions: i64,
    pub(crate) most_subsidy_fen: i64,
    pub(crate) allowed_at_ms: i64,
}

/// A redemption that was made without a network, as it is stored.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct OfflineRow {
    pub(crate) offline_id: i64,
    pub(crate) merchant_id: i64,
    pub(crate) outlet_id: i64,
    pub(crate) till_id: i64,
    pub(crate) clerk_id: i64,
    pub(crate) idem_key: String,
    pub(crate) request_hash: String,
    pub(crate) voucher_id: i64,
    pub(crate) order_fen: i64,
    pub(crate) made_at_ms: i64,
    pub(crate) arrived_at_ms: i64,
    pub(crate) state: String,
    pub(crate) code: Option<String>,
    pub(crate) detail: Option<String>,
    pub(crate) detail_en: Option<String>,
    pub(crate) redemption_id: Option<i64>,
    pub(crate) case_id: Option<i64>,
    /// Whoever sent it; the clerk is who redeemed it.
    pub(crate) sent_by: Option<i64>,
}

/// Whether the bureau allowed any outlet at all.
pub(crate) async fn is_anywhere(tx: &mut Tx) -> Result<bool, StoreError> {
    let row: Option<(i64,)> =
        on!(tx, conn => sqlx::query_as("select outlet_id from offline_outlet limit 1").fetch_optional(conn))?;
    Ok(row.is_some())
}

/// What an outlet is allowed; `None` when it is not.
pub(crate) async fn allowed(tx: &mut Tx, outlet: OutletId) -> Result<Option<AllowedRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select outlet_id, most_redemptions, most_subsidy_fen, allowed_at_ms
           from offline_outlet where outlet_id = $1").bind(outlet.0).fetch_optional(conn))?)
}

/// The allowed outlets before a number, the highest first, at most `limit`.
pub(crate) async fn outlets(tx: &mut Tx, before: i64, limit: i64) -> Result<Vec<AllowedRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select outlet_id, most_redemptions, most_subsidy_fen, allowed_at_ms
           from offline_outlet where outlet_id < $1 order by outlet_id desc limit $2")
        .bind(before).bind(limit).fetch_all(conn))?)
}

/// Allows an outlet, or changes its limits.
pub(crate) async fn allow(
    tx: &mut Tx,
    outlet: OutletId,
    limits: OfflineLimits,
    by: AccountId,
    now: Timestamp,
) -> Result<(), StoreError> {
    changed!(
        tx,
        sqlx::query(
            "insert into offline_outlet (outlet_id, most_redemptions, most_subsidy_fen, allowed_by, allowed_at_ms)
             values ($1, $2, $3, $4, $5)
             on conflict (outlet_id) do update
                set most_redemptions = excluded.most_redemptions, most_subsidy_fen = excluded.most_subsidy_fen,
                    allowed_by = excluded.allowed_by, allowed_at_ms = excluded.allowed_at_ms"
        )
        .bind(outlet.0)
        .bind(limits.redemptions)
        .bind(limits.subsidy_fen.get())
        .bind(by.0)
        .bind(now.ms())
    )?;
    Ok(())
}

/// Allows an outlet no more.
pub(crate) async fn forbid(tx: &mut Tx, outlet: OutletId) -> Result<(), StoreError> {
    changed!(tx, sqlx::query("delete from offline_outlet where outlet_id = $1").bind(outlet.0))?;
    Ok(())
}

/// Counts one more redemption of a till within its limits; false above them.
pub(crate) async fn count(
    tx: &mut Tx,
    (till, business_day): (TillId, &str),
    subsidy_fen: i64,
    limits: OfflineLimits,
) -> Result<bool, StoreError> {
    let rows = changed!(
        tx,
        sqlx::query(
            "insert into offline_use (till_id, business_day, redeemed, subsidy_fen)
             select $1, $2, 1, $3 where $3 <= $5
             on conflict (till_id, business_day) do update
                set redeemed = offline_use.redeemed + 1,
                    subsidy_fen = offline_use.subsidy_fen + excluded.subsidy_fen
              where offline_use.redeemed < $4 and offline_use.subsidy_fen + excluded.subsidy_fen <= $5"
        )
        .bind(till.0)
        .bind(business_day)
        .bind(subsidy_fen)
        .bind(limits.redemptions)
        .bind(limits.subsidy_fen.get())
    )?;
    Ok(rows == 1)
}

/// Notes what arrived.
pub(crate) async fn add(tx: &mut Tx, new: &OfflineRow) -> Result<(), StoreError> {
    changed!(
        tx,
        sqlx::query(
            "insert into offline_redemption
                    (offline_id, merchant_id, outlet_id, till_id, clerk_id, voucher_id, order_fen, made_at_ms,
                     arrived_at_ms, state, code, detail, detail_en, redemption_id, case_id, idem_key, request_hash,
                     sent_by)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)"
        )
        .bind(new.offline_id)
        .bind(new.merchant_id)
        .bind(new.outlet_id)
        .bind(new.till_id)
        .bind(new.clerk_id)
        .bind(new.voucher_id)
        .bind(new.order_fen)
        .bind(new.made_at_ms)
        .bind(new.arrived_at_ms)
        .bind(&new.state)
        .bind(&new.code)
        .bind(&new.detail)
        .bind(&new.detail_en)
        .bind(new.redemption_id)
        .bind(new.case_id)
        .bind(&new.idem_key)
        .bind(&new.request_hash)
        .bind(new.sent_by)
    )?;
    Ok(())
}

/// What arrived from a merchant's tills before a number, the newest first, at
/// most `limit`.
pub(crate) async fn of_merchant(
    tx: &mut Tx,
    merchant: MerchantId,
    before: i64,
    limit: i64,
) -> Result<Vec<OfflineRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select offline_id, merchant_id, outlet_id, till_id, clerk_id, idem_key, request_hash, voucher_id, order_fen,
                made_at_ms, arrived_at_ms, state, code, detail, detail_en, redemption_id, case_id, sent_by
           from offline_redemption where merchant_id = $1 and offline_id < $2
          order by offline_id desc limit $3")
        .bind(merchant.0).bind(before).bind(limit).fetch_all(conn))?)
}

/// What a till sent under a key.
pub(crate) async fn by_key(tx: &mut Tx, till: TillId, key: &str) -> Result<Option<OfflineRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select offline_id, merchant_id, outlet_id, till_id, clerk_id, idem_key, request_hash, voucher_id, order_fen,
                made_at_ms, arrived_at_ms, state, code, detail, detail_en, redemption_id, case_id, sent_by
           from offline_redemption where till_id = $1 and idem_key = $2")
        .bind(till.0).bind(key).fetch_optional(conn))?)
}

//! Redemptions and reversals.

use crate::store::{StoreError, Tx, changed, idempotency, on};
use domain::{AccountId, Day, Fen, MerchantId, RedemptionId, Timestamp, VoucherId};
use std::collections::HashMap;

/// A redemption as it is stored.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct RedemptionRow {
    pub(crate) redemption_id: i64,
    pub(crate) voucher_id: i64,
    pub(crate) round_id: i64,
    pub(crate) campaign_id: i64,
    pub(crate) account_id: i64,
    pub(crate) merchant_id: i64,
    pub(crate) outlet_id: i64,
    pub(crate) district: i64,
    pub(crate) kind: String,
    pub(crate) channel: String,
    pub(crate) clerk_id: i64,
    pub(crate) redeem_key: String,
    pub(crate) request_hash: String,
    pub(crate) order_fen: i64,
    pub(crate) subsidy_fen: i64,
    pub(crate) government_fen: i64,
    pub(crate) receipt_code: String,
    pub(crate) invoice_no: Option<String>,
    pub(crate) redeemed_at_ms: i64,
    pub(crate) business_day: String,
    pub(crate) hour: i64,
    pub(crate) refunded_fen: i64,
    pub(crate) subsidy_back_fen: i64,
    pub(crate) government_back_fen: i64,
    pub(crate) merchant_discount_fen: i64,
    /// The enrolled till at which it was made.
    pub(crate) till_id: Option<i64>,
}

/// Where a resident's redemptions of a campaign on a business day are counted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OutletUse<'a> {
    pub(crate) account_id: i64,
    pub(crate) campaign_id: i64,
    pub(crate) outlet_id: i64,
    pub(crate) business_day: &'a str,
}

impl RedemptionRow {
    /// Where it counts against the limit of its outlet and day.
    pub(crate) fn outlet_use(&self) -> OutletUse<'_> {
        OutletUse {
            account_id: self.account_id,
            campaign_id: self.campaign_id,
            outlet_id: self.outlet_id,
            business_day: &self.business_day,
        }
    }
}

/// A reversal as it is stored.
#[derive(Clone, Debug)]
pub(crate) struct ReversalRow<'a> {
    pub(crate) reversal_id: i64,
    pub(crate) redemption_id: i64,
    pub(crate) clerk_id: i64,
    pub(crate) refund_fen: i64,
    pub(crate) subsidy_back_fen: i64,
    pub(crate) government_back_fen: i64,
    pub(crate) reason: &'a str,
    pub(crate) reversed_at: Timestamp,
}

/// Adds a redemption, unless its clerk used the key for another write.
pub(super) const ADD: &str =
    "insert into redemption (redemption_id, voucher_id, round_id, campaign_id, account_id, merchant_id,
                             outlet_id, district, kind, channel, clerk_id, redeem_key, request_hash,
                             order_fen, subsidy_fen, government_fen, receipt_code, invoice_no,
                             redeemed_at_ms, business_day, hour, merchant_discount_fen, till_id)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
             $23)
     on conflict do nothing";

/// How many vouchers of a campaign a resident has redeemed at an outlet on a
/// business day, without those that were undone.
pub(super) const USED_AT_OUTLET: &str = "select count(*) from voucher v
       join redemption r on r.redemption_id = v.redemption_id
      where v.account_id = $1 and v.campaign_id = $2 and v.state = 'redeemed'
        and r.outlet_id = $3 and r.business_day = $4 and r.refunded_fen < r.order_fen";

/// The redemption that a clerk made under a key.
pub(super) const BY_KEY: &str = "select * from redemption where clerk_id = $1 and redeem_key = $2";

/// Adds a redemption, unless its clerk used the key for another write; false
/// then.
pub(crate) async fn add(tx: &mut Tx, row: &RedemptionRow) -> Result<bool, StoreError> {
    let (used,): (i64,) = on!(tx, conn => sqlx::query_as(idempotency::USED_ELSEWHERE)
        .bind(row.clerk_id).bind(&row.redeem_key).fetch_one(conn))?;
    if used > 0 {
        return Ok(false);
    }
    let rows = changed!(
        tx,
        sqlx::query(ADD)
            .bind(row.redemption_id)
            .bind(row.voucher_id)
            .bind(row.round_id)
            .bind(row.campaign_id)
            .bind(row.account_id)
            .bind(row.merchant_id)
            .bind(row.outlet_id)
            .bind(row.district)
            .bind(&row.kind)
            .bind(&row.channel)
            .bind(row.clerk_id)
            .bind(&row.redeem_key)
            .bind(&row.request_hash)
            .bind(row.order_fen)
            .bind(row.subsidy_fen)
            .bind(row.government_fen)
            .bind(&row.receipt_code)
            .bind(&row.invoice_no)
            .bind(row.redeemed_at_ms)
            .bind(&row.business_day)
            .bind(row.hour)
            .bind(row.merchant_discount_fen)
            .bind(row.till_id)
    )?;
    Ok(rows == 1)
}

/// Whether the limit of its outlet and day allows a redemption that is about to
/// be written; counted where others write at the same time, and the count is
/// held until the commit.
pub(crate) async fn use_outlet(tx: &mut Tx, row: &RedemptionRow, limit: i64) -> Result<bool, StoreError> {
    if tx.writes_alone() {
        return Ok(used_at_outlet(tx, &row.outlet_use()).await? < limit);
    }
    let rows = changed!(
        tx,
        sqlx::query(
            "insert into outlet_use (account_id, campaign_id, outlet_id, business_day, redeemed)
             values ($1, $2, $3, $4, 1)
             on conflict (account_id, campaign_id, outlet_id, business_day) do update
                set redeemed = outlet_use.redeemed + 1 where outlet_use.redeemed < $5"
        )
        .bind(row.account_id)
        .bind(row.campaign_id)
        .bind(row.outlet_id)
        .bind(&row.business_day)
        .bind(limit)
    )?;
    Ok(rows == 1)
}

/// Counts the use of every outlet from the redemptions themselves, where it is
/// counted apart and was not.
pub(crate) async fn count_outlets_again(tx: &mut Tx) -> Result<(), StoreError> {
    changed!(
        tx,
        sqlx::query(
            "insert into outlet_use (account_id, campaign_id, outlet_id, business_day, redeemed)
             select account_id, campaign_id, outlet_id, business_day, count(*) from redemption
              where refunded_fen < order_fen group by account_id, campaign_id, outlet_id, business_day"
        )
    )?;
    Ok(())
}

/// Notes that a redemption shares an order.
pub(crate) async fn join_order(tx: &mut Tx, redemption_id: i64, order_id: i64) -> Result<(), StoreError> {
    changed!(
        tx,
        sqlx::query("insert into order_part (redemption_id, order_id) values ($1, $2)")
            .bind(redemption_id)
            .bind(order_id)
    )?;
    Ok(())
}

/// The redemptions of the order that a redemption shares, by number; none where
/// it has its order to itself.
pub(crate) async fn of_same_order(tx: &mut Tx, id: RedemptionId) -> Result<Vec<RedemptionRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select r.* from order_part own
           join order_part p on p.order_id = own.order_id
           join redemption r on r.redemption_id = p.redemption_id
          where own.redemption_id = $1 order by r.redemption_id")
        .bind(id.0).fetch_all(conn))?)
}

/// The orders of a merchant's redemptions from a number on, for those that share
/// one: redemption, order.
pub(crate) async fn orders_of(
    tx: &mut Tx,
    merchant: MerchantId,
    from: RedemptionId,
) -> Result<HashMap<i64, i64>, StoreError> {
    let rows: Vec<(i64, i64)> = on!(tx, conn => sqlx::query_as(
        "select p.redemption_id, p.order_id from redemption r
           join order_part p on p.redemption_id = r.redemption_id
          where r.merchant_id = $1 and r.redemption_id >= $2")
        .bind(merchant.0).bind(from.0).fetch_all(conn))?;
    Ok(rows.into_iter().collect())
}

/// The redemption that a clerk made under a key.
pub(crate) async fn by_key(
    tx: &mut Tx,
    clerk: AccountId,
    key: &str,
) -> Result<Option<RedemptionRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(BY_KEY).bind(clerk.0).bind(key).fetch_optional(conn))?)
}

/// How many vouchers of a campaign a resident has redeemed at an outlet on a
/// business day.
pub(crate) async fn used_at_outlet(tx: &mut Tx, row: &OutletUse<'_>) -> Result<i64, StoreError> {
    let (used,): (i64,) = on!(tx, conn => sqlx::query_as(USED_AT_OUTLET)
        .bind(row.account_id).bind(row.campaign_id).bind(row.outlet_id).bind(row.business_day)
        .fetch_one(conn))?;
    Ok(used)
}

/// Counts one less at an outlet, where it was counted.
pub(crate) async fn leave_outlet(tx: &mut Tx, row: &OutletUse<'_>) -> Result<(), StoreError> {
    if tx.writes_alone() {
        return Ok(());
    }
    changed!(
        tx,
        sqlx::query(
            "update outlet_use set redeemed = redeemed - 1
              where account_id = $1 and campaign_id = $2 and outlet_id = $3 and business_day = $4
                and redeemed > 0"
        )
        .bind(row.account_id)
        .bind(row.campaign_id)
        .bind(row.outlet_id)
        .bind(row.business_day)
    )?;
    Ok(())
}

/// A redemption.
pub(crate) async fn get(tx: &mut Tx, id: RedemptionId) -> Result<Option<RedemptionRow>, StoreError> {
    Ok(
        on!(tx, conn => sqlx::query_as("select * from redemption where redemption_id = $1").bind(id.0).fetch_optional(conn))?,
    )
}

/// The last redemption of a voucher.
pub(crate) async fn of_voucher(tx: &mut Tx, voucher: VoucherId) -> Result<Option<RedemptionRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select r.* from voucher v join redemption r on r.redemption_id = v.redemption_id
          where v.voucher_id = $1")
        .bind(voucher.0).fetch_optional(conn))?)
}

/// A merchant's redemptions before `before`, the newest day first, at most `limit`.
pub(crate) async fn of_merchant(
    tx: &mut Tx,
    merchant: MerchantId,
    before: RedemptionId,
    limit: i64,
) -> Result<Vec<RedemptionRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select * from redemption
          where merchant_id = $1
            and (business_day, redemption_id)
                < ((select coalesce(max(business_day), '9999') from redemption where redemption_id = $2), $2)
          order by business_day desc, redemption_id desc limit $3")
        .bind(merchant.0).bind(before.0).bind(limit).fetch_all(conn))?)
}

/// Takes a refund (of the order, of the subsidy, of the government's part)
/// from what a redemption has left, if it still has what the caller read; false
/// when another refund came between.
pub(crate) async fn refund(
    tx: &mut Tx,
    read: &RedemptionRow,
    (refund_fen, subsidy_back_fen, government_back_fen): (i64, i64, i64),
) -> Result<bool, StoreError> {
    let rows = changed!(
        tx,
        sqlx::query(
            "update redemption
            set refunded_fen = refunded_fen + $2, subsidy_back_fen = subsidy_back_fen + $3,
                government_back_fen = government_back_fen + $4
          where redemption_id = $1 and refunded_fen = $5"
        )
        .bind(read.redemption_id)
        .bind(refund_fen)
        .bind(subsidy_back_fen)
        .bind(government_back_fen)
        .bind(read.refunded_fen)
    )?;
    Ok(rows == 1)
}

/// Adds a reversal whose refund is taken.
pub(crate) async fn add_reversal(
    tx: &mut Tx,
    read: &RedemptionRow,
    reversal: &ReversalRow<'_>,
) -> Result<(), StoreError> {
    changed!(
        tx,
        sqlx::query(
            "insert into reversal (reversal_id, redemption_id, clerk_id, refund_fen, subsidy_back_fen,
                               government_back_fen, reason, reversed_at_ms, merchant_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
        )
        .bind(reversal.reversal_id)
        .bind(reversal.redemption_id)
        .bind(reversal.clerk_id)
        .bind(reversal.refund_fen)
        .bind(reversal.subsidy_back_fen)
        .bind(reversal.government_back_fen)
        .bind(reversal.reason)
        .bind(reversal.reversed_at.ms())
        .bind(read.merchant_id)
    )?;
    Ok(())
}

/// Counts a refund of a person on a business day within a limit; false, and
/// nothing counted, above it.
pub(crate) async fn refund_of_day(
    tx: &mut Tx,
    account: AccountId,
    day: Day,
    refund: Fen,
    limit: Fen,
) -> Result<bool, StoreError> {
    let rows = changed!(
        tx,
        sqlx::query(
            "insert into reversal_use (account_id, business_day, refunded_fen)
             select $1, $2, $3 where $3 <= $4
             on conflict (account_id, business_day) do update
                set refunded_fen = reversal_use.refunded_fen + excluded.refunded_fen
              where reversal_use.refunded_fen + excluded.refunded_fen <= $4"
        )
        .bind(account.0)
        .bind(day.to_string())
        .bind(refund.get())
        .bind(limit.get())
    )?;
    Ok(rows == 1)
}

/// What a person's refunds of a business day add up to, as far as they are
/// limited.
pub(crate) async fn refunded_on(tx: &mut Tx, account: AccountId, day: Day) -> Result<i64, StoreError> {
    let refunded: Option<(i64,)> = on!(tx, conn => sqlx::query_as(
        "select refunded_fen from reversal_use where account_id = $1 and business_day = $2")
        .bind(account.0).bind(day.to_string()).fetch_optional(conn))?;
    Ok(refunded.map_or(0, |(refunded,)| refunded))
}

/// An account's redemptions whose receipt has this code, the newest first, at
/// most `limit`.
pub(crate) async fn of_receipt(
    tx: &mut Tx,
    account: i64,
    receipt: &str,
    limit: i64,
) -> Result<Vec<RedemptionRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select r.* from voucher v join redemption r on r.redemption_id = v.redemption_id
          where v.account_id = $1 and r.receipt_code = $2
          order by r.redemption_id desc limit $3")
        .bind(account).bind(receipt).bind(limit).fetch_all(conn))?)
}

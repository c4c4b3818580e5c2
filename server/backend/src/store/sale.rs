//! Redemptions as lists show them: with the names of clerk and till.

use crate::store::redemption::RedemptionRow;
use crate::store::{StoreError, Tx, on};
use domain::{Day, MerchantId, RedemptionId};

/// A redemption with the names of who redeemed it and of the till.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct SaleRow {
    #[sqlx(flatten)]
    pub(crate) row: RedemptionRow,
    pub(crate) clerk_name: String,
    pub(crate) till_name: Option<String>,
}

/// A merchant's redemptions before `before`, the newest day first, at most
/// `limit`.
pub(crate) async fn of_merchant(
    tx: &mut Tx,
    merchant: MerchantId,
    before: RedemptionId,
    limit: i64,
) -> Result<Vec<SaleRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select r.*, a.name as clerk_name, t.name as till_name
           from redemption r join account a on a.account_id = r.clerk_id
           left join till t on t.till_id = r.till_id
          where r.merchant_id = $1
            and (r.business_day, r.redemption_id)
                < ((select coalesce(max(business_day), '9999') from redemption where redemption_id = $2), $2)
          order by r.business_day desc, r.redemption_id desc limit $3")
        .bind(merchant.0).bind(before.0).bind(limit).fetch_all(conn))?)
}

/// One redemption.
pub(crate) async fn get(tx: &mut Tx, id: RedemptionId) -> Result<Option<SaleRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select r.*, a.name as clerk_name, t.name as till_name
           from redemption r join account a on a.account_id = r.clerk_id
           left join till t on t.till_id = r.till_id
          where r.redemption_id = $1")
        .bind(id.0).fetch_optional(conn))?)
}

/// A business day's redemptions before `before`, newest first, at most
/// `limit`; of one district, or of all of them where it is 0.
pub(crate) async fn of_day(
    tx: &mut Tx,
    (day, district): (Day, i64),
    before: RedemptionId,
    limit: i64,
) -> Result<Vec<SaleRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select r.*, a.name as clerk_name, t.name as till_name
           from redemption r join account a on a.account_id = r.clerk_id
           left join till t on t.till_id = r.till_id
          where r.business_day = $1 and ($2 = 0 or r.district = $2) and r.redemption_id < $3
          order by r.redemption_id desc limit $4")
        .bind(day.to_string()).bind(district).bind(before.0).bind(limit).fetch_all(conn))?)
}

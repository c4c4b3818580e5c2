//! What a merchant is owed, by outlet and business day.

use crate::store::{StoreError, Tx, on};
use domain::{Day, MerchantId, Zone};

/// What was redeemed at an outlet on a business day.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct RedeemedRow {
    pub(crate) outlet_id: i64,
    pub(crate) business_day: String,
    pub(crate) redemptions: i64,
    pub(crate) order_fen: i64,
    pub(crate) merchant_discount_fen: i64,
    pub(crate) subsidy_fen: i64,
    pub(crate) government_fen: i64,
}

/// What was reversed of an outlet's redemptions on a business day.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct ReversedRow {
    pub(crate) outlet_id: i64,
    /// As [`Zone::numbered_business_day`] takes it.
    pub(crate) day_number: i64,
    pub(crate) reversals: i64,
    pub(crate) refunded_fen: i64,
    pub(crate) subsidy_back_fen: i64,
    pub(crate) government_back_fen: i64,
}

/// What all days before one add up to, net of reversals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Earned {
    /// Owed to the merchant.
    pub(crate) government_fen: i64,
    /// Taken off by vouchers, whoever bears it.
    pub(crate) subsidy_fen: i64,
}

/// A merchant's redemptions of a range of business days, by day and outlet.
pub(crate) async fn redeemed(
    tx: &mut Tx,
    merchant: MerchantId,
    (from, to): (Day, Day),
) -> Result<Vec<RedeemedRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select outlet_id, business_day, count(*) as redemptions,
                cast(sum(order_fen) as bigint) as order_fen,
                cast(sum(merchant_discount_fen) as bigint) as merchant_discount_fen,
                cast(sum(subsidy_fen) as bigint) as subsidy_fen,
                cast(sum(government_fen) as bigint) as government_fen
           from redemption where merchant_id = $1 and business_day between $2 and $3
          group by business_day, outlet_id")
        .bind(merchant.0).bind(from.to_string()).bind(to.to_string()).fetch_all(conn))?)
}

/// A merchant's reversals of a range of business days, by day and outlet.
pub(crate) async fn reversed(
    tx: &mut Tx,
    merchant: MerchantId,
    (from, to): (Day, Day),
    zone: Zone,
) -> Result<Vec<ReversedRow>, StoreError> {
    let (starts, ends) = (zone.business_day_starts(from), zone.business_day_starts(to.next()));
    Ok(on!(tx, conn => sqlx::query_as(
        "select r.outlet_id, (v.reversed_at_ms + $4) / 86400000 as day_number, count(*) as reversals,
                cast(sum(v.refund_fen) as bigint) as refunded_fen,
                cast(sum(v.subsidy_back_fen) as bigint) as subsidy_back_fen,
                cast(sum(v.government_back_fen) as bigint) as government_back_fen
           from reversal v join redemption r on r.redemption_id = v.redemption_id
          where v.merchant_id = $1 and v.reversed_at_ms >= $2 and v.reversed_at_ms < $3
          group by 1, 2")
        .bind(merchant.0).bind(starts.ms()).bind(ends.ms()).bind(zone.business_day_shift_ms())
        .fetch_all(conn))?)
}

/// What a merchant earned before a business day; `outlet` 0 means all outlets.
pub(crate) async fn earned_before(
    tx: &mut Tx,
    merchant: MerchantId,
    outlet: i64,
    day: Day,
    zone: Zone,
) -> Result<Earned, StoreError> {
    let (government, subsidy): (i64, i64) = on!(tx, conn => sqlx::query_as(
        "select cast(coalesce(sum(government_fen), 0) as bigint), cast(coalesce(sum(subsidy_fen), 0) as bigint)
           from redemption where merchant_id = $1 and business_day < $2 and ($3 = 0 or outlet_id = $3)")
        .bind(merchant.0).bind(day.to_string()).bind(outlet).fetch_one(conn))?;
    let (government_back, subsidy_back): (i64, i64) = on!(tx, conn => sqlx::query_as(
        "select cast(coalesce(sum(v.government_back_fen), 0) as bigint),
                cast(coalesce(sum(v.subsidy_back_fen), 0) as bigint)
           from reversal v join redemption r on r.redemption_id = v.redemption_id
          where v.merchant_id = $1 and v.reversed_at_ms < $2 and ($3 = 0 or r.outlet_id = $3)")
        .bind(merchant.0).bind(zone.business_day_starts(day).ms()).bind(outlet).fetch_one(conn))?;
    Ok(Earned { government_fen: government - government_back, subsidy_fen: subsidy - subsidy_back })
}

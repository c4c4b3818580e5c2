//! Recounts for verification: the same figures from the rows themselves.

use crate::store::{StoreError, Tx, on};

/// A round's vouchers, by state.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct RoundCount {
    pub(crate) round_id: i64,
    pub(crate) vouchers: i64,
    /// Issued or frozen: their value is in the residents' hands.
    pub(crate) held: i64,
}

/// A merchant's redemptions, net of reversals.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct MerchantSum {
    pub(crate) merchant_id: i64,
    pub(crate) subsidy_fen: i64,
    pub(crate) government_fen: i64,
}

/// A tally's cell, as it stands or recounted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, sqlx::FromRow)]
pub(crate) struct Cell {
    pub(crate) business_day: String,
    pub(crate) hour: i64,
    pub(crate) district: i64,
    pub(crate) kind: String,
    pub(crate) round_id: i64,
    pub(crate) channel: String,
    pub(crate) redeemed: i64,
    pub(crate) order_fen: i64,
    pub(crate) subsidy_fen: i64,
    pub(crate) government_fen: i64,
}

/// Vouchers by round.
pub(crate) async fn vouchers(tx: &mut Tx) -> Result<Vec<RoundCount>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select round_id, count(*) as vouchers,
                cast(sum(case when state in ('issued', 'frozen') then 1 else 0 end) as bigint) as held
           from voucher group by round_id order by round_id")
        .fetch_all(conn))?)
}

/// Stock by round: round, issued, left.
pub(crate) async fn stock(tx: &mut Tx) -> Result<Vec<(i64, i64, i64)>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select round_id, cast(sum(issued) as bigint), cast(sum(quantity - issued) as bigint)
           from stock group by round_id order by round_id")
        .fetch_all(conn))?)
}

/// Redemptions by merchant.
pub(crate) async fn merchants(tx: &mut Tx) -> Result<Vec<MerchantSum>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select merchant_id, cast(sum(subsidy_fen - subsidy_back_fen) as bigint) as subsidy_fen,
                cast(sum(government_fen - government_back_fen) as bigint) as government_fen
           from redemption group by merchant_id order by merchant_id")
        .fetch_all(conn))?)
}

/// Vouchers that are redeemed without their last redemption, or not redeemed
/// and yet so dated.
pub(crate) async fn unmatched(tx: &mut Tx) -> Result<i64, StoreError> {
    let (count,): (i64,) = on!(tx, conn => sqlx::query_as(
        "select count(*) from voucher v
           left join redemption r on r.redemption_id = v.redemption_id and r.voucher_id = v.voucher_id
                                 and r.redeemed_at_ms = v.redeemed_at_ms
          where (v.state = 'redeemed') <> (r.redemption_id is not null)")
        .fetch_one(conn))?;
    Ok(count)
}

/// Vouchers that are frozen without a case that holds them, and those that a
/// case holds without being frozen, or the case frozen.
pub(crate) async fn wrong_freezes(tx: &mut Tx) -> Result<i64, StoreError> {
    let (count,): (i64,) = on!(tx, conn => sqlx::query_as(
        "select (select count(*) from voucher v
                  where v.state = 'frozen'
                    and not exists (select 1 from risk_freeze f
                                     where f.voucher_id = v.voucher_id and f.thawed_at_ms is null))
              + (select count(*) from risk_freeze f
                   join risk_case c on c.case_id = f.case_id
                   left join voucher v on v.voucher_id = f.voucher_id and v.state = 'frozen'
                                      and v.account_id = c.frozen_account_id
                  where f.thawed_at_ms is null and (c.state <> 'frozen' or v.voucher_id is null))")
        .fetch_one(conn))?;
    Ok(count)
}

/// Redemptions whose refunds are not what their reversals say.
pub(crate) async fn wrong_refunds(tx: &mut Tx) -> Result<i64, StoreError> {
    let (count,): (i64,) = on!(tx, conn => sqlx::query_as(
        "select count(*) from redemption r
           left join (select redemption_id, sum(refund_fen) as refund, sum(subsidy_back_fen) as subsidy,
                             sum(government_back_fen) as government
                        from reversal group by redemption_id) b on b.redemption_id = r.redemption_id
          where r.refunded_fen <> coalesce(b.refund, 0) or r.subsidy_back_fen <> coalesce(b.subsidy, 0)
             or r.government_back_fen <> coalesce(b.government, 0)")
        .fetch_one(conn))?;
    Ok(count)
}

/// The tally's cells of redemptions as they stand.
pub(crate) async fn tally_cells(tx: &mut Tx) -> Result<Vec<Cell>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select business_day, hour, district, kind, round_id, channel,
                cast(sum(redeemed) as bigint) as redeemed, cast(sum(order_fen) as bigint) as order_fen,
                cast(sum(subsidy_fen) as bigint) as subsidy_fen,
                cast(sum(government_fen) as bigint) as government_fen
           from tally where channel <> ''
          group by business_day, hour, district, kind, round_id, channel
          order by business_day, hour, district, kind, round_id, channel")
        .fetch_all(conn))?)
}

/// The same cells from the redemptions.
pub(crate) async fn redemption_cells(tx: &mut Tx) -> Result<Vec<Cell>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select business_day, hour, district, kind, round_id, channel,
                cast(sum(case when refunded_fen < order_fen then 1 else 0 end) as bigint) as redeemed,
                cast(sum(order_fen - refunded_fen) as bigint) as order_fen,
                cast(sum(subsidy_fen - subsidy_back_fen) as bigint) as subsidy_fen,
                cast(sum(government_fen - government_back_fen) as bigint) as government_fen
           from redemption
          group by business_day, hour, district, kind, round_id, channel
          order by business_day, hour, district, kind, round_id, channel")
        .fetch_all(conn))?)
}

/// Rows by day that are not what their hours and kinds add up to, and rows that
/// one of the two has alone.
pub(crate) async fn wrong_days(tx: &mut Tx) -> Result<i64, StoreError> {
    let (count,): (i64,) = on!(tx, conn => sqlx::query_as(
        "select count(*) from (
            select business_day, district, round_id, chain, sum(claimed) as claimed, sum(redeemed) as redeemed,
                   sum(order_fen) as order_fen, sum(subsidy_fen) as subsidy_fen,
                   sum(government_fen) as government_fen
              from tally group by business_day, district, round_id, chain) t
           full join tally_day d
             on d.business_day = t.business_day and d.district = t.district and d.round_id = t.round_id
            and d.chain = t.chain
          where coalesce(t.claimed, -1) <> coalesce(d.claimed, -1)
             or t.redeemed <> d.redeemed or t.order_fen <> d.order_fen or t.subsidy_fen <> d.subsidy_fen
             or t.government_fen <> d.government_fen")
        .fetch_one(conn))?;
    Ok(count)
}

/// Claims by round and district, as the tally has them.
pub(crate) async fn claimed_tally(tx: &mut Tx) -> Result<Vec<(i64, i64, i64)>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select round_id, district, cast(sum(claimed) as bigint) from tally
          where channel = '' group by round_id, district order by round_id, district")
        .fetch_all(conn))?)
}

/// The same from the vouchers.
pub(crate) async fn claimed_vouchers(tx: &mut Tx) -> Result<Vec<(i64, i64, i64)>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select round_id, coalesce(resident_district, 0) as district, count(*) from voucher
          group by round_id, coalesce(resident_district, 0) order by 1, 2")
        .fetch_all(conn))?)
}

/// Voucher numbers that were given out more than once.
pub(crate) async fn doubled_numbers(tx: &mut Tx) -> Result<i64, StoreError> {
    let (count,): (i64,) = on!(tx, conn => sqlx::query_as(
        "select count(*) - count(distinct voucher_id) from voucher").fetch_one(conn))?;
    Ok(count)
}

//! What residents have redeemed of a campaign at a merchant on a business day,
//! where the campaign limits it.
//!
//! SQLite has one writer, who counts the vouchers where they stand; PostgreSQL
//! keeps the count in a row of its own, by guarded updates.

use crate::store::redemption::RedemptionRow;
use crate::store::{StoreError, Tx, changed, on};
use sqlx::postgres::{PgArguments, Postgres};
use sqlx::query::Query;

/// Whose day, and where.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ResidentUse<'a> {
    pub(crate) account_id: i64,
    pub(crate) campaign_id: i64,
    pub(crate) merchant_id: i64,
    pub(crate) business_day: &'a str,
}

impl RedemptionRow {
    /// Where it counts against the limit of its resident at the merchant.
    pub(crate) fn resident_use(&self) -> ResidentUse<'_> {
        ResidentUse {
            account_id: self.account_id,
            campaign_id: self.campaign_id,
            merchant_id: self.merchant_id,
            business_day: &self.business_day,
        }
    }
}

/// How many vouchers of a campaign a resident has redeemed at a merchant on a
/// business day, without those that were undone.
pub(super) const USED: &str = "select count(*) from voucher v
       join redemption r on r.redemption_id = v.redemption_id
      where v.account_id = $1 and v.campaign_id = $2 and v.state = 'redeemed'
        and r.merchant_id = $3 and r.business_day = $4 and r.refunded_fen < r.order_fen";

/// Counts one more for each, a resident at a merchant once; where one is at its
/// limit it divides by zero, as all guards of PostgreSQL's desk do.
const COUNT_OR_FAIL: &str = "with new as (
    select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::bigint[])
        as n (account_id, campaign_id, merchant_id, business_day, most)
), used as (
    insert into resident_use as u (account_id, campaign_id, merchant_id, business_day, redeemed)
    select account_id, campaign_id, merchant_id, business_day, 1 from new where most > 0
    on conflict (account_id, campaign_id, merchant_id, business_day) do update set redeemed = u.redeemed + 1
     where u.redeemed < (select n.most from new n
                          where n.account_id = u.account_id and n.campaign_id = u.campaign_id
                            and n.merchant_id = u.merchant_id and n.business_day = u.business_day)
    returning 1
)
select 1 / (case when (select count(*) from used) = cardinality($1::bigint[]) then 1 else 0 end)";

/// The statement that counts redemptions, each with its limit, with its values.
pub(super) fn count_or_fail<'q>(all: &[(ResidentUse<'_>, i64)]) -> Query<'q, Postgres, PgArguments> {
    let number = |of: fn(&ResidentUse<'_>) -> i64| all.iter().map(|(at, _)| of(at)).collect::<Vec<i64>>();
    sqlx::query(COUNT_OR_FAIL)
        .bind(number(|at| at.account_id))
        .bind(number(|at| at.campaign_id))
        .bind(number(|at| at.merchant_id))
        .bind(all.iter().map(|(at, _)| at.business_day.to_owned()).collect::<Vec<String>>())
        .bind(all.iter().map(|(_, most)| *most).collect::<Vec<i64>>())
}

/// How many vouchers of a campaign a resident has redeemed at a merchant on a
/// business day.
pub(crate) async fn used(tx: &mut Tx, at: &ResidentUse<'_>) -> Result<i64, StoreError> {
    let (used,): (i64,) = on!(tx, conn => sqlx::query_as(USED)
        .bind(at.account_id).bind(at.campaign_id).bind(at.merchant_id).bind(at.business_day)
        .fetch_one(conn))?;
    Ok(used)
}

/// Whether the limit allows a redemption that is about to be written; counted
/// where others write at the same time, and the count is held until the commit.
pub(crate) async fn count(tx: &mut Tx, row: &RedemptionRow, limit: i64) -> Result<bool, StoreError> {
    if tx.writes_alone() {
        return Ok(used(tx, &row.resident_use()).await? < limit);
    }
    let rows = changed!(
        tx,
        sqlx::query(
            "insert into resident_use (account_id, campaign_id, merchant_id, business_day, redeemed)
             values ($1, $2, $3, $4, 1)
             on conflict (account_id, campaign_id, merchant_id, business_day) do update
                set redeemed = resident_use.redeemed + 1 where resident_use.redeemed < $5"
        )
        .bind(row.account_id)
        .bind(row.campaign_id)
        .bind(row.merchant_id)
        .bind(&row.business_day)
        .bind(limit)
    )?;
    Ok(rows == 1)
}

/// Counts one less, where it was counted.
pub(crate) async fn give_back(tx: &mut Tx, row: &RedemptionRow) -> Result<(), StoreError> {
    if tx.writes_alone() {
        return Ok(());
    }
    changed!(
        tx,
        sqlx::query(
            "update resident_use set redeemed = redeemed - 1
              where account_id = $1 and campaign_id = $2 and merchant_id = $3 and business_day = $4
                and redeemed > 0"
        )
        .bind(row.account_id)
        .bind(row.campaign_id)
        .bind(row.merchant_id)
        .bind(&row.business_day)
    )?;
    Ok(())
}

/// Counts them all from the redemptions themselves, where they are counted apart
/// and were not.
pub(crate) async fn count_again(tx: &mut Tx) -> Result<(), StoreError> {
    changed!(
        tx,
        sqlx::query(
            "insert into resident_use (account_id, campaign_id, merchant_id, business_day, redeemed)
             select account_id, campaign_id, merchant_id, business_day, count(*) from redemption
              where refunded_fen < order_fen group by account_id, campaign_id, merchant_id, business_day"
        )
    )?;
    Ok(())
}

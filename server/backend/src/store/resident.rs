//! Distinct residents: of how many a day with a redemption follows which other.

use crate::store::{StoreError, Tx, changed, on, on_rows};
use domain::{Day, Timestamp, VoucherId};
use futures::TryFutureExt;
use serde::Serialize;

/// Up to where residents are counted.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub(crate) struct PlaceRow {
    /// The last block of each chain, by number.
    pub(crate) sequences: String,
    /// All until then is counted.
    pub(crate) at_ms: i64,
}

/// A step from a day to the next one, and of how many residents.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, sqlx::FromRow)]
pub(crate) struct StepRow {
    pub(crate) campaign_id: i64,
    pub(crate) previous_day: String,
    pub(crate) business_day: String,
    pub(crate) district: i64,
    pub(crate) residents: i64,
}

/// Up to where residents are counted.
pub(crate) async fn place(tx: &mut Tx) -> Result<PlaceRow, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select sequences, at_ms from resident_place where place = 1").fetch_one(conn))?)
}

/// Goes on from a place that was read; false when somebody else did meanwhile.
pub(crate) async fn go_on(
    tx: &mut Tx,
    read: &PlaceRow,
    sequences: &str,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let rows = changed!(
        tx,
        sqlx::query(
            "update resident_place set sequences = $1, at_ms = $2 where place = 1 and sequences = $3"
        )
        .bind(sequences)
        .bind(at.ms())
        .bind(&read.sequences)
    )?;
    Ok(rows == 1)
}

/// Whose vouchers they are, each resident once.
pub(crate) async fn holders(tx: &mut Tx, vouchers: &[VoucherId]) -> Result<Vec<i64>, StoreError> {
    let rows: Vec<(i64,)> = on_rows!(tx, conn, text,
        "select distinct v.account_id from",
        "n join voucher v on v.voucher_id = cast(n.value ->> 0 as bigint)" =>
        sqlx::query_as(text).bind(rows_of(vouchers.iter().map(|voucher| (voucher.0,)))?).fetch_all(conn))?;
    Ok(rows.into_iter().map(|(account,)| account).collect())
}

/// The days that are counted of residents, as far as any are.
pub(crate) async fn counted(tx: &mut Tx, accounts: &[i64]) -> Result<Vec<(i64, String)>, StoreError> {
    Ok(on_rows!(tx, conn, text,
        "select d.account_id, d.days from",
        "n join resident_days d on d.account_id = cast(n.value ->> 0 as bigint)" =>
        sqlx::query_as(text).bind(rows_of(accounts.iter().map(|account| (account,)))?).fetch_all(conn))?)
}

/// The redemptions of residents that were not wholly reversed: account, business
/// day, district and campaign. Each is the last one of its voucher.
pub(crate) async fn redeemed(
    tx: &mut Tx,
    accounts: &[i64],
) -> Result<Vec<(i64, String, i64, i64)>, StoreError> {
    Ok(on_rows!(tx, conn, text,
        "select v.account_id, r.business_day, r.district, r.campaign_id from",
        "n join voucher v on v.account_id = cast(n.value ->> 0 as bigint)
           join redemption r on r.redemption_id = v.redemption_id
          where r.refunded_fen < r.order_fen" =>
        sqlx::query_as(text).bind(rows_of(accounts.iter().map(|account| (account,)))?).fetch_all(conn))?)
}

/// Puts the days that are counted of residents, each of them once.
pub(crate) async fn put(tx: &mut Tx, days: &[(i64, String)]) -> Result<(), StoreError> {
    on_rows!(tx, conn, text,
        "insert into resident_days (account_id, days)
         select cast(n.value ->> 0 as bigint), n.value ->> 1 from",
        "n where true
         on conflict (account_id) do update set days = excluded.days" =>
        sqlx::query(text).bind(rows_of(days)?).execute(conn).map_ok(drop))?;
    Ok(())
}

/// Adds residents to steps, each of them once.
pub(crate) async fn add(tx: &mut Tx, steps: &[StepRow]) -> Result<(), StoreError> {
    let rows = steps
        .iter()
        .map(|by| (by.campaign_id, &by.previous_day, &by.business_day, by.district, by.residents));
    on_rows!(tx, conn, text,
        "insert into resident_tally (campaign_id, previous_day, business_day, district, residents)
         select cast(n.value ->> 0 as bigint), n.value ->> 1, n.value ->> 2,
                cast(n.value ->> 3 as bigint), cast(n.value ->> 4 as bigint) from",
        "n where true
         on conflict (campaign_id, previous_day, business_day, district) do update
            set residents = resident_tally.residents + excluded.residents" =>
        sqlx::query(text).bind(rows_of(rows)?).execute(conn).map_ok(drop))?;
    Ok(())
}

/// Rows as JSON, each an array.
fn rows_of<T: Serialize>(rows: impl IntoIterator<Item = T>) -> Result<String, StoreError> {
    let rows: Vec<T> = rows.into_iter().collect();
    serde_json::to_string(&rows).map_err(StoreError::corrupt)
}

/// Distinct residents of a range by district, the whole city as district 0;
/// `campaign` 0 means every campaign.
pub(crate) async fn count(
    tx: &mut Tx,
    from: Day,
    to: Day,
    campaign: i64,
) -> Result<Vec<(i64, i64)>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select district, cast(sum(residents) as bigint) from resident_tally
          where campaign_id = $3 and previous_day < $1 and business_day between $1 and $2
          group by district")
        .bind(from.to_string()).bind(to.to_string()).bind(campaign).fetch_all(conn))?)
}

/// All steps that a resident took.
pub(crate) async fn steps(tx: &mut Tx) -> Result<Vec<StepRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select campaign_id, previous_day, business_day, district, residents from resident_tally
          where residents <> 0")
        .fetch_all(conn))?)
}

/// What is counted of residents after `account`, by number, at most `limit`.
pub(crate) async fn counted_after(
    tx: &mut Tx,
    account: i64,
    limit: i64,
) -> Result<Vec<(i64, String)>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select account_id, days from resident_days where account_id > $1 order by account_id limit $2")
        .bind(account).bind(limit).fetch_all(conn))?)
}

/// How many residents the redemptions have, and those of whom other days are
/// counted than their redemptions say, at most `limit`.
pub(crate) async fn miscounted(tx: &mut Tx, limit: i64) -> Result<(i64, Vec<i64>), StoreError> {
    // The number of all stands in the first row, beside no account.
    let rows: Vec<(i64, i64)> = on!(tx, conn => sqlx::query_as(
        "with seen as (
            select account_id, string_agg(business_day || ' ' || district || ' ' || campaign_id, ','
                                          order by business_day, district, campaign_id) as days
              from (select distinct account_id, business_day, district, campaign_id from redemption
                     where refunded_fen < order_fen) used
             group by account_id
        ), compared as (
            select s.account_id, case when d.days = s.days then 0 else 1 end as wrong
              from seen s left join resident_days d on d.account_id = s.account_id
        )
        select * from (select cast(0 as bigint) as account_id, count(*) as residents from compared) everyone
        union all
        select * from (select account_id, cast(1 as bigint) from compared where wrong = 1
                        order by account_id limit $1) wrong")
        .bind(limit).fetch_all(conn))?;
    let all = rows.iter().find(|(account, _)| *account == 0).map_or(0, |(_, residents)| *residents);
    Ok((all, rows.into_iter().map(|(account, _)| account).filter(|account| *account != 0).collect()))
}

//! A round's stock.

use crate::store::{StoreError, Tx, changed, on};
use domain::{RoundId, Timestamp};

/// The most shares that a quota's stock is split into.
const MOST_SHARES: i64 = 16;
/// A share below this gains nothing.
const LEAST_SHARE: i64 = 100;

/// A quota's stock over all its shares; district 0 serves everyone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub(crate) struct StockRow {
    pub(crate) round_id: i64,
    pub(crate) district: i64,
    pub(crate) quantity: i64,
    pub(crate) issued: i64,
}

/// One share of a quota's stock, and what is left of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub(crate) struct ShareRow {
    pub(crate) share: i64,
    pub(crate) remaining: i64,
}

/// Puts a quota's stock into its shares.
pub(crate) async fn put_stock(
    tx: &mut Tx,
    round: RoundId,
    district: i64,
    quantity: i64,
) -> Result<(), StoreError> {
    let shares = (quantity / LEAST_SHARE).clamp(1, MOST_SHARES);
    for share in 0..shares {
        let own = quantity / shares + i64::from(share < quantity % shares);
        changed!(
            tx,
            sqlx::query("insert into stock (round_id, district, share, quantity) values ($1, $2, $3, $4)")
                .bind(round.0)
                .bind(district)
                .bind(share)
                .bind(own)
        )?;
    }
    Ok(())
}

/// Takes all that is left out of a quota's stock; how many.
///
/// # Errors
/// The database failed, or something was issued at the same time: then
/// nothing may be taken.
pub(crate) async fn take_rest(tx: &mut Tx, round: RoundId, district: i64) -> Result<i64, StoreError> {
    let mut taken = 0;
    for ShareRow { share, remaining } in shares(tx, round.0, district).await? {
        let rows = changed!(
            tx,
            sqlx::query(
                "update stock set quantity = quantity - $1
                  where round_id = $2 and district = $3 and share = $4 and quantity - issued = $1"
            )
            .bind(remaining)
            .bind(round.0)
            .bind(district)
            .bind(share)
        )?;
        if rows != 1 {
            return Err(StoreError::Moved("a stock that was to be taken back"));
        }
        taken += remaining;
    }
    Ok(taken)
}

/// Adds to a quota and to its round; false when the round has no such quota.
pub(crate) async fn add_stock(
    tx: &mut Tx,
    round: RoundId,
    district: i64,
    quantity: i64,
) -> Result<bool, StoreError> {
    let rows = changed!(
        tx,
        sqlx::query(
            "update stock set quantity = quantity + $1
              where round_id = $2 and district = $3 and share = 0"
        )
        .bind(quantity)
        .bind(round.0)
        .bind(district)
    )?;
    if rows == 1 {
        resize(tx, round, district, quantity).await?;
    }
    Ok(rows == 1)
}

/// Publishes another quantity for a quota and its round.
pub(crate) async fn resize(tx: &mut Tx, round: RoundId, district: i64, by: i64) -> Result<(), StoreError> {
    changed!(
        tx,
        sqlx::query("update quota set quantity = quantity + $1 where round_id = $2 and district = $3")
            .bind(by)
            .bind(round.0)
            .bind(district)
    )?;
    changed!(
        tx,
        sqlx::query("update round set quantity = quantity + $1 where round_id = $2").bind(by).bind(round.0)
    )?;
    Ok(())
}

/// Notes that a closed round gives back what it has left; false when it did.
pub(crate) async fn begin_return(
    tx: &mut Tx,
    round: RoundId,
    next: Option<RoundId>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let rows = changed!(
        tx,
        sqlx::query(
            "insert into round_return (round_id, quantity, next_round_id, returned_at_ms)
             values ($1, 0, $2, $3) on conflict (round_id) do nothing"
        )
        .bind(round.0)
        .bind(next.map(|next| next.0))
        .bind(now.ms())
    )?;
    Ok(rows == 1)
}

/// Writes down how many a round gave back.
pub(crate) async fn finish_return(tx: &mut Tx, round: RoundId, quantity: i64) -> Result<(), StoreError> {
    changed!(
        tx,
        sqlx::query("update round_return set quantity = $1 where round_id = $2").bind(quantity).bind(round.0)
    )?;
    Ok(())
}

/// The rounds that gave back what they had left.
pub(crate) async fn returned(tx: &mut Tx) -> Result<Vec<i64>, StoreError> {
    let rows: Vec<(i64,)> =
        on!(tx, conn => sqlx::query_as("select round_id from round_return").fetch_all(conn))?;
    Ok(rows.into_iter().map(|(round,)| round).collect())
}

/// The stock of every round. A season has some hundred quotas.
pub(crate) async fn stock(tx: &mut Tx) -> Result<Vec<StockRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select round_id, district, cast(sum(quantity) as bigint) as quantity,
                cast(sum(issued) as bigint) as issued
           from stock group by round_id, district order by round_id, district").fetch_all(conn))?)
}

/// The stock of one round.
pub(crate) async fn stock_of(tx: &mut Tx, round: RoundId) -> Result<Vec<StockRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select round_id, district, cast(sum(quantity) as bigint) as quantity,
                cast(sum(issued) as bigint) as issued
           from stock where round_id = $1 group by round_id, district order by district")
        .bind(round.0).fetch_all(conn))?)
}

/// What is left of each share of a quota.
pub(crate) async fn shares(tx: &mut Tx, round: i64, district: i64) -> Result<Vec<ShareRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(SHARES).bind(round).bind(district).fetch_all(conn))?)
}

pub(super) const SHARES: &str = "select share, quantity - issued as remaining from stock
      where round_id = $1 and district = $2 order by share";

/// Takes so many from a share, or none when it has fewer left.
pub(super) const TAKE: &str = "update stock set issued = issued + $1
      where round_id = $2 and district = $3 and share = $4 and issued + $1 <= quantity";

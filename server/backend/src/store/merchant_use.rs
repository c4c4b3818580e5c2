//! What merchants under review have redeemed on a business day.

use crate::store::redemption::RedemptionRow;
use crate::store::{StoreError, Tx, changed, on};
use domain::{Fen, ProvisionalCap};
use sqlx::postgres::{PgArguments, Postgres};
use sqlx::query::Query;

/// Whose day.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Day<'a> {
    pub(crate) merchant_id: i64,
    pub(crate) business_day: &'a str,
}

impl RedemptionRow {
    /// Where it counts against the cap of its merchant.
    pub(crate) fn merchant_day(&self) -> Day<'_> {
        Day { merchant_id: self.merchant_id, business_day: &self.business_day }
    }
}

/// Redemptions and the subsidies of them on a day.
pub(super) const OF: &str =
    "select redeemed, subsidy_fen from merchant_use where merchant_id = $1 and business_day = $2";

/// Counts one more redemption within the cap; changes nothing above it.
pub(super) const COUNT: &str = "insert into merchant_use (merchant_id, business_day, redeemed, subsidy_fen)
     select $1, $2, 1, $3 where $4 >= 1 and $3 <= $5
     on conflict (merchant_id, business_day) do update
        set redeemed = merchant_use.redeemed + 1,
            subsidy_fen = merchant_use.subsidy_fen + excluded.subsidy_fen
      where merchant_use.redeemed < $4 and merchant_use.subsidy_fen + excluded.subsidy_fen <= $5";

/// The same on PostgreSQL; above the cap it divides by zero, as all guards of
/// its desk do.
pub(super) const COUNT_OR_FAIL: &str = "with counted as (
    insert into merchant_use (merchant_id, business_day, redeemed, subsidy_fen)
    select $1::bigint, $2::text, 1, $3::bigint where $4::bigint >= 1 and $3::bigint <= $5::bigint
    on conflict (merchant_id, business_day) do update
       set redeemed = merchant_use.redeemed + 1,
           subsidy_fen = merchant_use.subsidy_fen + excluded.subsidy_fen
     where merchant_use.redeemed < $4 and merchant_use.subsidy_fen + excluded.subsidy_fen <= $5
    returning 1
)
select 1 / (select count(*) from counted)";

/// What is asked of a merchant's day for a redemption.
pub(super) struct Guard<'a> {
    row: &'a RedemptionRow,
    cap: ProvisionalCap,
}

impl<'a> Guard<'a> {
    pub(super) fn of(row: &'a RedemptionRow, cap: ProvisionalCap) -> Guard<'a> {
        Guard { row, cap }
    }

    /// The statement with its values.
    pub(super) fn query<'q>(
        &self,
        query: Query<'q, Postgres, PgArguments>,
    ) -> Query<'q, Postgres, PgArguments> {
        query
            .bind(self.row.merchant_id)
            .bind(self.row.business_day.clone())
            .bind(self.row.subsidy_fen)
            .bind(self.cap.redemptions)
            .bind(self.cap.subsidy_fen.get())
    }
}

/// Redemptions of a merchant on a day, and the subsidies of them.
pub(crate) async fn of(tx: &mut Tx, day: &Day<'_>) -> Result<(i64, Fen), StoreError> {
    let row: Option<(i64, i64)> = on!(tx, conn => sqlx::query_as(OF)
        .bind(day.merchant_id).bind(day.business_day).fetch_optional(conn))?;
    let (redeemed, subsidy_fen) = row.unwrap_or((0, 0));
    Ok((redeemed, Fen::try_from(subsidy_fen).map_err(StoreError::corrupt)?))
}

/// Whether a redemption fits its merchant's day.
pub(super) async fn has_room(
    tx: &mut Tx,
    row: &RedemptionRow,
    cap: ProvisionalCap,
) -> Result<bool, StoreError> {
    let (redeemed, subsidized) = of(tx, &row.merchant_day()).await?;
    let more = Fen::try_from(row.subsidy_fen).map_err(StoreError::corrupt)?;
    Ok(cap.admits(redeemed, subsidized, more))
}

/// Counts a redemption within the cap of its merchant; false above it.
pub(crate) async fn count(tx: &mut Tx, row: &RedemptionRow, cap: ProvisionalCap) -> Result<bool, StoreError> {
    let rows = changed!(
        tx,
        sqlx::query(COUNT)
            .bind(row.merchant_id)
            .bind(&row.business_day)
            .bind(row.subsidy_fen)
            .bind(cap.redemptions)
            .bind(cap.subsidy_fen.get())
    )?;
    Ok(rows == 1)
}

/// Counts one less, when a redemption was undone in whole.
pub(crate) async fn give_back(tx: &mut Tx, row: &RedemptionRow) -> Result<(), StoreError> {
    changed!(
        tx,
        sqlx::query(
            "update merchant_use set redeemed = redeemed - 1, subsidy_fen = subsidy_fen - $3
              where merchant_id = $1 and business_day = $2 and redeemed > 0 and subsidy_fen >= $3"
        )
        .bind(row.merchant_id)
        .bind(&row.business_day)
        .bind(row.subsidy_fen)
    )?;
    Ok(())
}

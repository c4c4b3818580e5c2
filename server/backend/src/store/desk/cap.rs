//! The cap of merchants under review, on SQLite's desk.

use crate::store::redemption::RedemptionRow;
use crate::store::{StoreError, merchant_use};
use domain::{Fen, ProvisionalCap};
use rusqlite::{OptionalExtension, Transaction, params};

/// Whether a redemption fits its merchant's day; nobody else writes meanwhile.
pub(super) fn has_room(
    tx: &Transaction<'_>,
    row: &RedemptionRow,
    cap: ProvisionalCap,
) -> Result<bool, StoreError> {
    let mut statement = tx.prepare_cached(merchant_use::OF)?;
    let day = params![row.merchant_id, row.business_day];
    let used: Option<(i64, i64)> =
        statement.query_row(day, |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    let (redeemed, subsidized) = used.unwrap_or((0, 0));
    let fen = |amount| Fen::try_from(amount).map_err(StoreError::corrupt);
    Ok(cap.admits(redeemed, fen(subsidized)?, fen(row.subsidy_fen)?))
}

/// Counts a redemption that fits.
pub(super) fn count(
    tx: &Transaction<'_>,
    row: &RedemptionRow,
    cap: ProvisionalCap,
) -> Result<(), StoreError> {
    let counted = tx.prepare_cached(merchant_use::COUNT)?.execute(params![
        row.merchant_id,
        row.business_day,
        row.subsidy_fen,
        cap.redemptions,
        cap.subsidy_fen.get()
    ])?;
    if counted == 1 {
        return Ok(());
    }
    Err(StoreError::corrupt("a merchant's day that moved while it was locked"))
}

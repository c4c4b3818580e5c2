//! Who took which step of a batch.

use crate::store::{StoreError, Tx, changed, meta, on};

/// A step as it is stored.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct StepRow {
    pub(crate) settlement_id: i64,
    pub(crate) step: String,
    /// 0 but for a confirmation.
    pub(crate) merchant_id: i64,
    /// Of a confirmation or a review; 0 otherwise.
    pub(crate) district: i64,
    pub(crate) taken_by: i64,
    pub(crate) taken_at_ms: i64,
    pub(crate) rows: i64,
    pub(crate) pay_fen: i64,
}

/// Adds one.
pub(crate) async fn add(tx: &mut Tx, row: &StepRow) -> Result<(), StoreError> {
    let number = meta::take_numbers(tx, "settlement_step", 1).await?;
    changed!(
        tx,
        sqlx::query(
            "insert into settlement_step (step_id, settlement_id, step, merchant_id, district, taken_by,
                                          taken_at_ms, rows, pay_fen)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
        )
        .bind(number)
        .bind(row.settlement_id)
        .bind(&row.step)
        .bind(row.merchant_id)
        .bind(row.district)
        .bind(row.taken_by)
        .bind(row.taken_at_ms)
        .bind(row.rows)
        .bind(row.pay_fen)
    )?;
    Ok(())
}

/// The steps of a batch, the newest first; of one district's rows and of the
/// batch alone unless it is 0.
pub(crate) async fn of(tx: &mut Tx, id: i64, district: i64, limit: i64) -> Result<Vec<StepRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select settlement_id, step, merchant_id, district, taken_by, taken_at_ms, rows, pay_fen
           from settlement_step
          where settlement_id = $1 and ($2 = 0 or district in (0, $2))
          order by step_id desc limit $3")
        .bind(id).bind(district).bind(limit).fetch_all(conn))?)
}

/// When a batch was exported.
pub(crate) async fn exported_at(tx: &mut Tx, id: i64) -> Result<Option<i64>, StoreError> {
    let at: Option<(i64,)> = on!(tx, conn => sqlx::query_as(
        "select taken_at_ms from settlement_step where settlement_id = $1 and step = 'export'")
        .bind(id).fetch_optional(conn))?;
    Ok(at.map(|(at,)| at))
}

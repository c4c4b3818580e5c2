//! Banks' results as they came.

use crate::store::{StoreError, Tx, changed, meta, on};

/// A result as it is stored.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct ResultRow {
    pub(crate) settlement_id: i64,
    pub(crate) brought_by: i64,
    pub(crate) brought_at_ms: i64,
    pub(crate) file_name: String,
    pub(crate) file_hash: String,
    pub(crate) outcome: String,
    pub(crate) detail: String,
    pub(crate) detail_en: String,
    /// JSON.
    pub(crate) mismatches: String,
}

/// Adds one.
pub(crate) async fn add(tx: &mut Tx, row: &ResultRow) -> Result<(), StoreError> {
    let number = meta::take_numbers(tx, "bank_result", 1).await?;
    changed!(
        tx,
        sqlx::query(
            "insert into bank_result (result_id, settlement_id, brought_by, brought_at_ms, file_name, file_hash,
                                      outcome, detail, detail_en, mismatches)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
        )
        .bind(number)
        .bind(row.settlement_id)
        .bind(row.brought_by)
        .bind(row.brought_at_ms)
        .bind(&row.file_name)
        .bind(&row.file_hash)
        .bind(&row.outcome)
        .bind(&row.detail)
        .bind(&row.detail_en)
        .bind(&row.mismatches)
    )?;
    Ok(())
}

/// The results of a batch, the newest first.
pub(crate) async fn of(tx: &mut Tx, id: i64, limit: i64) -> Result<Vec<ResultRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select settlement_id, brought_by, brought_at_ms, file_name, file_hash, outcome, detail, detail_en,
                mismatches
           from bank_result where settlement_id = $1 order by result_id desc limit $2")
        .bind(id).bind(limit).fetch_all(conn))?)
}

//! What merchants answer to cases.

use crate::store::{StoreError, Tx, changed, on};
use domain::{AccountId, MerchantId, Timestamp};

/// An answer as it is stored.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct AnswerRow {
    pub(crate) case_id: i64,
    pub(crate) merchant_id: i64,
    pub(crate) answer: String,
    pub(crate) answered_at_ms: i64,
}

/// The answers to the cases from one number to another, the oldest first; one
/// merchant's, or all of them where there is none.
pub(crate) async fn of_cases(
    tx: &mut Tx,
    (from, to): (i64, i64),
    merchant: Option<MerchantId>,
) -> Result<Vec<AnswerRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select case_id, merchant_id, answer, answered_at_ms from risk_answer
          where case_id between $1 and $2 and ($3 = 0 or merchant_id = $3)
          order by case_id, answered_at_ms, merchant_id, answer_no")
        .bind(from).bind(to).bind(merchant.map_or(0, |merchant| merchant.0)).fetch_all(conn))?)
}

/// Whether a case concerns a merchant.
pub(crate) async fn concerns(tx: &mut Tx, case_id: i64, merchant: MerchantId) -> Result<bool, StoreError> {
    let row: Option<(i64,)> = on!(tx, conn => sqlx::query_as(
        "select case_id from risk_case where case_id = $1 and merchant_id = $2
         union select case_id from risk_party where case_id = $1 and merchant_id = $2")
        .bind(case_id).bind(merchant.0).fetch_optional(conn))?;
    Ok(row.is_some())
}

/// Takes a turn to answer to a case, until the transaction ends; false when it
/// is cleared.
pub(crate) async fn begin(tx: &mut Tx, case_id: i64) -> Result<bool, StoreError> {
    let rows = changed!(
        tx,
        sqlx::query("update risk_case set answers = answers + 1 where case_id = $1 and state <> 'cleared'")
            .bind(case_id)
    )?;
    Ok(rows == 1)
}

/// Adds a merchant's answer; false when it gave `most` before. [`begin`] comes first.
pub(crate) async fn add(
    tx: &mut Tx,
    (case_id, merchant, by): (i64, MerchantId, AccountId),
    (answer, now): (&str, Timestamp),
    most: i64,
) -> Result<bool, StoreError> {
    let rows = changed!(
        tx,
        sqlx::query(
            "insert into risk_answer (case_id, merchant_id, answer_no, account_id, answer, answered_at_ms)
             select $1, $2, count(*) + 1, $3, $4, $5
               from risk_answer where case_id = $1 and merchant_id = $2 having count(*) < $6"
        )
        .bind(case_id)
        .bind(merchant.0)
        .bind(by.0)
        .bind(answer)
        .bind(now.ms())
        .bind(most)
    )?;
    Ok(rows == 1)
}

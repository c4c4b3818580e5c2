//! What reviewers decided on merchants.

use crate::store::{StoreError, Tx, changed, meta, on};
use domain::{AccountId, MerchantDecision, MerchantId, MerchantState, Timestamp};

/// A merchant's state and credit code as they are stored.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct StandingRow {
    pub(crate) state: String,
    pub(crate) credit_code: String,
}

/// A decision.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NewReview<'a> {
    pub(crate) merchant: MerchantId,
    pub(crate) decision: MerchantDecision,
    pub(crate) reason: &'a str,
    pub(crate) by: AccountId,
    pub(crate) at: Timestamp,
}

/// Where a merchant stands.
pub(crate) async fn standing(tx: &mut Tx, merchant: MerchantId) -> Result<Option<StandingRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as("select state, credit_code from merchant where merchant_id = $1")
        .bind(merchant.0).fetch_optional(conn))?)
}

/// Moves a merchant from where its reviewer saw it; false when somebody else
/// moved it first.
pub(crate) async fn decide(
    tx: &mut Tx,
    review: &NewReview<'_>,
    (from, to): (MerchantState, MerchantState),
) -> Result<bool, StoreError> {
    let rows = changed!(
        tx,
        sqlx::query(
            "update merchant set state = $2, state_reason = $3 where merchant_id = $1 and state = $4"
        )
        .bind(review.merchant.0)
        .bind(to.code())
        .bind(review.reason)
        .bind(from.code())
    )?;
    if rows == 0 {
        return Ok(false);
    }
    let review_id = meta::take_numbers(tx, "merchant_review", 1).await?;
    changed!(
        tx,
        sqlx::query(
            "insert into merchant_review (review_id, merchant_id, decision, reason, reviewed_by, reviewed_at_ms)
         values ($1, $2, $3, $4, $5, $6)"
        )
        .bind(review_id)
        .bind(review.merchant.0)
        .bind(review.decision.code())
        .bind(review.reason)
        .bind(review.by.0)
        .bind(review.at.ms())
    )?;
    Ok(true)
}

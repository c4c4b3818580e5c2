//! Applications on their way, and the commitments that were signed.

use crate::store::{StoreError, Tx, changed, on};
use domain::{AccountId, MerchantId, Timestamp};

/// A draft as it is stored.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct DraftRow {
    pub(crate) sealed: String,
    pub(crate) saved_at_ms: i64,
}

/// A commitment as it was signed.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct CommitmentRow {
    pub(crate) commitment_id: i64,
    pub(crate) merchant_id: i64,
    pub(crate) account_id: i64,
    pub(crate) district: i64,
    pub(crate) version: String,
    pub(crate) clauses: String,
    pub(crate) signer: String,
    pub(crate) contact_name: String,
    pub(crate) contact_sealed: String,
    pub(crate) signed_at_ms: i64,
}

/// A merchant that joined by itself, in the reviewers' list.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct ListedRow {
    pub(crate) commitment_id: i64,
    pub(crate) merchant_id: i64,
    pub(crate) district: i64,
    pub(crate) signed_at_ms: i64,
    pub(crate) name: String,
    pub(crate) name_en: String,
    pub(crate) kind: String,
    pub(crate) state: String,
    pub(crate) outlets: i64,
}

/// Which merchants of the list.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Listed<'a> {
    /// That stand in one of these states.
    pub(crate) states: [&'a str; 2],
    /// Of this district; of every one, when 0.
    pub(crate) district: i64,
    /// After this commitment.
    pub(crate) after: i64,
    pub(crate) limit: i64,
}

/// Saves an account's draft over the one before.
pub(crate) async fn save_draft(
    tx: &mut Tx,
    account: AccountId,
    sealed: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    changed!(
        tx,
        sqlx::query(
            "insert into join_draft (account_id, sealed, saved_at_ms) values ($1, $2, $3)
             on conflict (account_id) do update set sealed = excluded.sealed, saved_at_ms = excluded.saved_at_ms"
        )
        .bind(account.0)
        .bind(sealed)
        .bind(now.ms())
    )?;
    Ok(())
}

/// An account's draft.
pub(crate) async fn draft(tx: &mut Tx, account: AccountId) -> Result<Option<DraftRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as("select sealed, saved_at_ms from join_draft where account_id = $1")
        .bind(account.0).fetch_optional(conn))?)
}

/// Forgets a draft that was signed.
pub(crate) async fn forget_draft(tx: &mut Tx, account: AccountId) -> Result<(), StoreError> {
    changed!(tx, sqlx::query("delete from join_draft where account_id = $1").bind(account.0))?;
    Ok(())
}

/// Adds a commitment.
pub(crate) async fn add_commitment(tx: &mut Tx, row: &CommitmentRow) -> Result<(), StoreError> {
    changed!(
        tx,
        sqlx::query(
            "insert into commitment (commitment_id, merchant_id, account_id, district, version, clauses, signer,
                                 contact_name, contact_sealed, signed_at_ms)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
        )
        .bind(row.commitment_id)
        .bind(row.merchant_id)
        .bind(row.account_id)
        .bind(row.district)
        .bind(&row.version)
        .bind(&row.clauses)
        .bind(&row.signer)
        .bind(&row.contact_name)
        .bind(&row.contact_sealed)
        .bind(row.signed_at_ms)
    )?;
    Ok(())
}

/// Signs a merchant's commitment over: it stands behind those that wait longer.
pub(crate) async fn sign_again(tx: &mut Tx, row: &CommitmentRow) -> Result<(), StoreError> {
    changed!(tx, sqlx::query("delete from commitment where merchant_id = $1").bind(row.merchant_id))?;
    add_commitment(tx, row).await
}

/// The commitment of a merchant; `None` where the bureau brought it in.
pub(crate) async fn commitment_of(
    tx: &mut Tx,
    merchant: MerchantId,
) -> Result<Option<CommitmentRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select commitment_id, merchant_id, account_id, district, version, clauses, signer, contact_name,
                contact_sealed, signed_at_ms
           from commitment where merchant_id = $1").bind(merchant.0).fetch_optional(conn))?)
}

/// The merchants that joined by themselves and stand somewhere, the first to
/// sign first.
pub(crate) async fn listed(tx: &mut Tx, which: Listed<'_>) -> Result<Vec<ListedRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select commitment_id, commitment.merchant_id, district, signed_at_ms, name, name_en, kind, state,
                (select count(*) from outlet where outlet.merchant_id = merchant.merchant_id) as outlets
           from commitment join merchant on merchant.merchant_id = commitment.merchant_id
          where merchant.state in ($1, $5) and ($2 = 0 or commitment.district = $2) and commitment_id > $3
          order by commitment_id limit $4")
        .bind(which.states[0]).bind(which.district).bind(which.after).bind(which.limit).bind(which.states[1])
        .fetch_all(conn))?)
}

/// How many merchants that joined by commitment stand in one of these states, in a district or, when
/// that is 0, in all.
pub(crate) async fn count_listed(tx: &mut Tx, states: [&str; 2], district: i64) -> Result<i64, StoreError> {
    let (count,): (i64,) = on!(tx, conn => sqlx::query_as(
        "select count(*) from commitment join merchant on merchant.merchant_id = commitment.merchant_id
          where merchant.state in ($1, $3) and ($2 = 0 or commitment.district = $2)")
        .bind(states[0]).bind(district).bind(states[1]).fetch_one(conn))?;
    Ok(count)
}

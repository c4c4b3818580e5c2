//! Batches that pay merchants, their rows, their lines and their steps.

pub(crate) mod checks;
pub(crate) mod lines;
pub(crate) mod results;
pub(crate) mod rows;
pub(crate) mod steps;

use crate::store::{StoreError, Tx, changed, on};
use domain::{Hash, SettlementState};

/// A batch as it is stored.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct BatchRow {
    pub(crate) settlement_id: i64,
    pub(crate) from_day: String,
    pub(crate) to_day: String,
    /// `draft` until it is approved.
    pub(crate) state: String,
    pub(crate) made_by: i64,
    pub(crate) made_at_ms: i64,
    pub(crate) hash: Option<String>,
    pub(crate) bank_reference: Option<String>,
}

/// Adds the one open batch; false where another is open or has its week.
pub(crate) async fn add(tx: &mut Tx, row: &BatchRow) -> Result<bool, StoreError> {
    let rows = changed!(
        tx,
        sqlx::query(
            "insert into settlement (settlement_id, from_day, to_day, state, open_slot, made_by, made_at_ms)
             values ($1, $2, $3, $4, 1, $5, $6) on conflict do nothing"
        )
        .bind(row.settlement_id)
        .bind(&row.from_day)
        .bind(&row.to_day)
        .bind(&row.state)
        .bind(row.made_by)
        .bind(row.made_at_ms)
    )?;
    Ok(rows == 1)
}

/// One of them.
pub(crate) async fn get(tx: &mut Tx, id: i64) -> Result<Option<BatchRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select settlement_id, from_day, to_day, state, made_by, made_at_ms, hash, bank_reference
           from settlement where settlement_id = $1")
        .bind(id).fetch_optional(conn))?)
}

/// The batch that is not exported yet.
pub(crate) async fn open(tx: &mut Tx) -> Result<Option<BatchRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select settlement_id, from_day, to_day, state, made_by, made_at_ms, hash, bank_reference
           from settlement where open_slot = 1").fetch_optional(conn))?)
}

/// The batch of the latest week, without those that were discarded.
pub(crate) async fn latest(tx: &mut Tx) -> Result<Option<BatchRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select settlement_id, from_day, to_day, state, made_by, made_at_ms, hash, bank_reference
           from settlement where state <> 'left_out' order by to_day desc limit 1").fetch_optional(conn))?)
}

/// Batches before a number, the newest first.
pub(crate) async fn before(tx: &mut Tx, number: i64, limit: i64) -> Result<Vec<BatchRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select settlement_id, from_day, to_day, state, made_by, made_at_ms, hash, bank_reference
           from settlement where settlement_id < $1 order by settlement_id desc limit $2")
        .bind(number).bind(limit).fetch_all(conn))?)
}

/// The batches of weeks, without those that were discarded.
pub(crate) async fn of_weeks(tx: &mut Tx) -> Result<Vec<BatchRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select settlement_id, from_day, to_day, state, made_by, made_at_ms, hash, bank_reference
           from settlement where state <> 'left_out' order by to_day").fetch_all(conn))?)
}

/// Moves a batch from one state to another; false where it stands elsewhere.
pub(crate) async fn step(
    tx: &mut Tx,
    id: i64,
    (from, to): (SettlementState, SettlementState),
) -> Result<bool, StoreError> {
    let open = matches!(to, SettlementState::Draft | SettlementState::Approved).then_some(1_i64);
    let rows = changed!(
        tx,
        sqlx::query(
            "update settlement set state = $3, open_slot = $4 where settlement_id = $1 and state = $2"
        )
        .bind(id)
        .bind(from.code())
        .bind(to.code())
        .bind(open)
    )?;
    Ok(rows == 1)
}

/// Notes the hash of a batch that is being exported.
pub(crate) async fn put_hash(tx: &mut Tx, id: i64, hash: Hash) -> Result<(), StoreError> {
    changed!(
        tx,
        sqlx::query("update settlement set hash = $2 where settlement_id = $1")
            .bind(id)
            .bind(hash.to_string())
    )?;
    Ok(())
}

/// Notes the bank's reference of a batch that is being paid.
pub(crate) async fn put_reference(tx: &mut Tx, id: i64, reference: &str) -> Result<(), StoreError> {
    changed!(
        tx,
        sqlx::query("update settlement set bank_reference = $2 where settlement_id = $1")
            .bind(id)
            .bind(reference)
    )?;
    Ok(())
}

/// Keeps refunds of a merchant and batches apart until the commit.
pub(crate) async fn hold_merchant(tx: &mut Tx, merchant: i64) -> Result<(), StoreError> {
    if tx.writes_alone() {
        return Ok(());
    }
    changed!(
        tx,
        sqlx::query(
            "insert into settlement_account (merchant_id) values ($1)
             on conflict (merchant_id) do update set turns = settlement_account.turns + 1"
        )
        .bind(merchant)
    )?;
    Ok(())
}

/// The same for all merchants, in the order of their numbers.
pub(crate) async fn hold_merchants(tx: &mut Tx) -> Result<(), StoreError> {
    if tx.writes_alone() {
        return Ok(());
    }
    changed!(
        tx,
        sqlx::query(
            "insert into settlement_account (merchant_id)
             select merchant_id from merchant where merchant_id > 0 order by merchant_id
             on conflict (merchant_id) do update set turns = settlement_account.turns + 1"
        )
    )?;
    Ok(())
}

/// Puts what an exported batch leaves open of a merchant.
pub(crate) async fn put_carried(tx: &mut Tx, merchant: i64, carried_fen: i64) -> Result<(), StoreError> {
    changed!(
        tx,
        sqlx::query(
            "insert into settlement_account (merchant_id, carried_fen) values ($1, $2)
             on conflict (merchant_id) do update set carried_fen = excluded.carried_fen"
        )
        .bind(merchant)
        .bind(carried_fen)
    )?;
    Ok(())
}

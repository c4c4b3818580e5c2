//! The rows of batches: a merchant each.

use crate::store::{StoreError, Tx, changed, on};
use domain::{AccountId, DistrictCode, MerchantId, SettlementState};

/// A row as it is stored.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct MerchantRow {
    pub(crate) settlement_id: i64,
    pub(crate) merchant_id: i64,
    pub(crate) district: i64,
    pub(crate) name: String,
    pub(crate) credit_code: String,
    pub(crate) state: String,
    pub(crate) carried_fen: i64,
    pub(crate) redeemed_fen: i64,
    pub(crate) released_fen: i64,
    pub(crate) withheld_fen: i64,
    pub(crate) clawback_fen: i64,
}

/// What a new batch has for a merchant.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct NewRow {
    pub(crate) merchant_id: i64,
    pub(crate) credit_code: String,
    pub(crate) carried_fen: i64,
}

/// What rows add up to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub(crate) struct TotalsRow {
    pub(crate) rows: i64,
    pub(crate) to_confirm: i64,
    pub(crate) to_review: i64,
    pub(crate) left_out: i64,
    pub(crate) carried_fen: i64,
    pub(crate) redeemed_fen: i64,
    pub(crate) released_fen: i64,
    pub(crate) withheld_fen: i64,
    pub(crate) clawback_fen: i64,
    pub(crate) pay_fen: i64,
}

/// Whose lines stand in a new batch.
pub(crate) async fn merchants(tx: &mut Tx, id: i64) -> Result<Vec<NewRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select m.merchant_id, m.credit_code, coalesce(a.carried_fen, 0) as carried_fen
           from merchant m left join settlement_account a on a.merchant_id = m.merchant_id
          where m.merchant_id in (select merchant_id from settlement_line where settlement_id = $1)
          order by m.merchant_id")
        .bind(id).fetch_all(conn))?)
}

/// Adds a row whose sums are counted later.
pub(crate) async fn add(
    tx: &mut Tx,
    id: i64,
    new: &NewRow,
    (name, district): (&str, i64),
) -> Result<(), StoreError> {
    changed!(
        tx,
        sqlx::query(
            "insert into settlement_row (settlement_id, merchant_id, district, name, credit_code, state, carried_fen,
                                         redeemed_fen, released_fen, withheld_fen, clawback_fen)
             values ($1, $2, $3, $4, $5, 'draft', $6, 0, 0, 0, 0)"
        )
        .bind(id)
        .bind(new.merchant_id)
        .bind(district)
        .bind(name)
        .bind(&new.credit_code)
        .bind(new.carried_fen)
    )?;
    Ok(())
}

/// Counts the sums of a batch's rows again, or of one merchant's unless it is 0.
pub(crate) async fn count(tx: &mut Tx, id: i64, merchant: i64) -> Result<(), StoreError> {
    changed!(
        tx,
        sqlx::query(
            "update settlement_row
                set redeemed_fen = (select cast(coalesce(sum(l.amount_fen), 0) as bigint) from settlement_line l
                                     where l.settlement_id = settlement_row.settlement_id
                                       and l.merchant_id = settlement_row.merchant_id and l.kind = 'redeemed'),
                    released_fen = (select cast(coalesce(sum(l.amount_fen), 0) as bigint) from settlement_line l
                                     where l.settlement_id = settlement_row.settlement_id
                                       and l.merchant_id = settlement_row.merchant_id and l.kind = 'released'),
                    withheld_fen = (select cast(coalesce(sum(l.amount_fen), 0) as bigint) from settlement_line l
                                     where l.settlement_id = settlement_row.settlement_id
                                       and l.merchant_id = settlement_row.merchant_id and l.kind = 'withheld'),
                    clawback_fen = (select cast(coalesce(sum(l.amount_fen), 0) as bigint) from settlement_line l
                                     where l.settlement_id = settlement_row.settlement_id
                                       and l.merchant_id = settlement_row.merchant_id and l.kind = 'clawback')
              where settlement_id = $1 and ($2 = 0 or merchant_id = $2) and state <> 'left_out'"
        )
        .bind(id)
        .bind(merchant)
    )?;
    Ok(())
}

/// What the rows of a batch add up to that were not left out; of one district
/// alone unless it is 0. What is to be paid is [`domain::SettlementSums::due`].
pub(crate) async fn totals(tx: &mut Tx, id: i64, district: i64) -> Result<TotalsRow, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select cast(coalesce(sum(taken), 0) as bigint) as rows,
                cast(coalesce(sum(case when state = 'draft' then 1 else 0 end), 0) as bigint) as to_confirm,
                cast(coalesce(sum(case when state = 'confirmed' then 1 else 0 end), 0) as bigint) as to_review,
                cast(coalesce(sum(1 - taken), 0) as bigint) as left_out,
                cast(coalesce(sum(taken * carried_fen), 0) as bigint) as carried_fen,
                cast(coalesce(sum(taken * redeemed_fen), 0) as bigint) as redeemed_fen,
                cast(coalesce(sum(taken * released_fen), 0) as bigint) as released_fen,
                cast(coalesce(sum(taken * withheld_fen), 0) as bigint) as withheld_fen,
                cast(coalesce(sum(taken * clawback_fen), 0) as bigint) as clawback_fen,
                cast(coalesce(sum(case when due_fen > 0 then taken * due_fen else 0 end), 0) as bigint) as pay_fen
           from (select o.*, o.redeemed_fen + o.released_fen - o.clawback_fen + o.carried_fen as due_fen,
                        case when o.state = 'left_out' then 0 else 1 end as taken
                   from settlement_row o where o.settlement_id = $1 and ($2 = 0 or o.district = $2)) t")
        .bind(id).bind(district).fetch_one(conn))?)
}

/// Rows of a batch after a merchant, at most `limit`; of one district alone
/// unless it is 0.
pub(crate) async fn after(
    tx: &mut Tx,
    id: i64,
    district: i64,
    (merchant, limit): (i64, i64),
) -> Result<Vec<MerchantRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select settlement_id, merchant_id, district, name, credit_code, state, carried_fen, redeemed_fen,
                released_fen, withheld_fen, clawback_fen
           from settlement_row where settlement_id = $1 and ($2 = 0 or district = $2) and merchant_id > $3
          order by merchant_id limit $4")
        .bind(id).bind(district).bind(merchant).bind(limit).fetch_all(conn))?)
}

/// A merchant's row of a batch.
pub(crate) async fn get(
    tx: &mut Tx,
    id: i64,
    merchant: MerchantId,
) -> Result<Option<MerchantRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select settlement_id, merchant_id, district, name, credit_code, state, carried_fen, redeemed_fen,
                released_fen, withheld_fen, clawback_fen
           from settlement_row where settlement_id = $1 and merchant_id = $2")
        .bind(id).bind(merchant.0).fetch_optional(conn))?)
}

/// A merchant's rows of batches before a number, the newest first.
pub(crate) async fn of_merchant(
    tx: &mut Tx,
    merchant: MerchantId,
    before: i64,
    limit: i64,
) -> Result<Vec<MerchantRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select settlement_id, merchant_id, district, name, credit_code, state, carried_fen, redeemed_fen,
                released_fen, withheld_fen, clawback_fen
           from settlement_row where merchant_id = $1 and settlement_id < $2
          order by settlement_id desc limit $3")
        .bind(merchant.0).bind(before).bind(limit).fetch_all(conn))?)
}

/// Confirms a merchant's row; false where it does not wait for that.
pub(crate) async fn confirm(tx: &mut Tx, id: i64, merchant: MerchantId) -> Result<bool, StoreError> {
    let rows = changed!(
        tx,
        sqlx::query(
            "update settlement_row set state = 'confirmed'
              where settlement_id = $1 and merchant_id = $2 and state = 'draft'"
        )
        .bind(id)
        .bind(merchant.0)
    )?;
    Ok(rows == 1)
}

/// Reviews the confirmed rows of a district, or one merchant's unless it is 0;
/// how many, and what they pay.
pub(crate) async fn review(
    tx: &mut Tx,
    id: i64,
    (district, merchant): (DistrictCode, i64),
    by: AccountId,
) -> Result<(i64, i64), StoreError> {
    let reviewed: Vec<(i64,)> = on!(tx, conn => sqlx::query_as(
        "update settlement_row set state = 'reviewed', reviewed_by = $4
          where settlement_id = $1 and district = $2 and state = 'confirmed' and ($3 = 0 or merchant_id = $3)
         returning redeemed_fen + released_fen - clawback_fen + carried_fen")
        .bind(id).bind(district.number()).bind(merchant).bind(by.0).fetch_all(conn))?;
    let pay = reviewed.iter().map(|(due,)| (*due).max(0)).sum();
    Ok((i64::try_from(reviewed.len()).unwrap_or(i64::MAX), pay))
}

/// Who reviewed rows of a batch.
pub(crate) async fn reviewers(tx: &mut Tx, id: i64) -> Result<Vec<i64>, StoreError> {
    let rows: Vec<(i64,)> = on!(tx, conn => sqlx::query_as(
        "select distinct reviewed_by from settlement_row
          where settlement_id = $1 and state = 'reviewed' and reviewed_by is not null")
        .bind(id).fetch_all(conn))?;
    Ok(rows.into_iter().map(|(by,)| by).collect())
}

/// Moves the rows of a batch that stand in one state on to another.
pub(crate) async fn step(
    tx: &mut Tx,
    id: i64,
    (from, to): (SettlementState, SettlementState),
) -> Result<(), StoreError> {
    changed!(
        tx,
        sqlx::query("update settlement_row set state = $3 where settlement_id = $1 and state = $2")
            .bind(id)
            .bind(from.code())
            .bind(to.code())
    )?;
    Ok(())
}

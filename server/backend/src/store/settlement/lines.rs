//! The lines of batches: a redemption each, or a reversal that is clawed back.

use crate::store::{StoreError, Tx, changed, on};
use domain::MerchantId;

/// Where a redemption stands that is about to be refunded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BatchPlace {
    /// In no batch that would change.
    Free,
    /// In a batch that is not exported yet.
    InDraft(i64),
    /// An exported batch settled it.
    Settled,
}

/// A line as people see it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct ShownLine {
    pub(crate) kind: String,
    pub(crate) redemption_id: i64,
    pub(crate) reversal_id: i64,
    pub(crate) amount_fen: i64,
    pub(crate) voucher_id: i64,
    pub(crate) redeemed_at_ms: i64,
    pub(crate) business_day: String,
    pub(crate) outlet_id: i64,
    pub(crate) receipt_code: String,
    /// The last case about it.
    pub(crate) case_id: Option<i64>,
    pub(crate) signal: Option<String>,
    pub(crate) case_state: Option<String>,
}

/// A line of a batch that is being exported.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct LineRow {
    pub(crate) merchant_id: i64,
    pub(crate) kind: String,
    pub(crate) redemption_id: i64,
    pub(crate) reversal_id: i64,
    pub(crate) voucher_id: i64,
    pub(crate) amount_fen: i64,
}

/// Takes into a batch what was redeemed on a range of business days and stands
/// in none, net of refunds; what earlier batches withheld or left out; and all
/// reversals that are to be clawed back.
pub(crate) async fn take(tx: &mut Tx, id: i64, (from, to): (&str, &str)) -> Result<(), StoreError> {
    changed!(
        tx,
        sqlx::query(
            "insert into settlement_line (settlement_id, merchant_id, redemption_id, reversal_id, kind, amount_fen)
             select cast($1 as bigint), r.merchant_id, r.redemption_id, 0,
                    case when exists (select 1 from risk_case c
                                       where c.redemption_id = r.redemption_id and c.state <> 'cleared')
                         then 'withheld'
                         when exists (select 1 from settlement_line w
                                       where w.redemption_id = r.redemption_id and w.kind = 'withheld')
                         then 'released' else 'redeemed' end,
                    r.government_fen - r.government_back_fen
               from redemption r
              where r.redemption_id in (select redemption_id from redemption
                                         where business_day between $2 and $3
                                         union select redemption_id from settlement_line
                                         where kind in ('withheld', 'left_out'))
                and r.business_day <= $3 and r.government_fen > r.government_back_fen
                and not exists (select 1 from settlement_line l
                                 where l.redemption_id = r.redemption_id and l.kind in ('redeemed', 'released'))"
        )
        .bind(id)
        .bind(from)
        .bind(to)
    )?;
    changed!(
        tx,
        sqlx::query(
            "insert into settlement_line (settlement_id, merchant_id, redemption_id, reversal_id, kind, amount_fen)
             select cast($1 as bigint), b.merchant_id, b.redemption_id, b.reversal_id, 'clawback', b.amount_fen
               from clawback b
              where not exists (select 1 from settlement_line l
                                 where l.reversal_id = b.reversal_id and l.kind = 'clawback')"
        )
        .bind(id)
    )?;
    Ok(())
}

/// Withholds the lines of a batch about which there is a case.
pub(crate) async fn withhold(tx: &mut Tx, id: i64) -> Result<(), StoreError> {
    changed!(
        tx,
        sqlx::query(
            "update settlement_line set kind = 'withheld'
              where settlement_id = $1 and kind in ('redeemed', 'released')
                and exists (select 1 from risk_case c
                             where c.redemption_id = settlement_line.redemption_id and c.state <> 'cleared')"
        )
        .bind(id)
    )?;
    Ok(())
}

/// Leaves the lines of a batch's left-out rows for the next one.
pub(crate) async fn leave_out(tx: &mut Tx, id: i64) -> Result<(), StoreError> {
    changed!(
        tx,
        sqlx::query(
            "update settlement_line set kind = 'left_out'
              where settlement_id = $1 and kind <> 'withheld'
                and merchant_id in (select merchant_id from settlement_row
                                     where settlement_id = $1 and state = 'left_out')"
        )
        .bind(id)
    )?;
    Ok(())
}

/// Where a redemption stands; its merchant is held.
pub(crate) async fn place(tx: &mut Tx, redemption: i64) -> Result<BatchPlace, StoreError> {
    let settled: Option<(i64, String)> = on!(tx, conn => sqlx::query_as(
        "select l.settlement_id, s.state from settlement_line l
           join settlement s on s.settlement_id = l.settlement_id
          where l.redemption_id = $1 and l.kind in ('redeemed', 'released')")
        .bind(redemption).fetch_optional(conn))?;
    if let Some((id, state)) = settled {
        let exported = ["exported", "paid"].contains(&state.as_str());
        return Ok(if exported { BatchPlace::Settled } else { BatchPlace::InDraft(id) });
    }
    // The first term is the index's own, without which it is not used.
    let withheld: Option<(i64,)> = on!(tx, conn => sqlx::query_as(
        "select l.settlement_id from settlement_line l
           join settlement s on s.settlement_id = l.settlement_id
          where l.redemption_id = $1 and l.kind in ('withheld', 'left_out') and l.kind = 'withheld'
            and s.open_slot = 1")
        .bind(redemption).fetch_optional(conn))?;
    Ok(withheld.map_or(BatchPlace::Free, |(id,)| BatchPlace::InDraft(id)))
}

/// Takes a refund from a redemption's line of a batch that is not exported; a
/// line of nothing goes.
pub(crate) async fn lower(
    tx: &mut Tx,
    id: i64,
    (merchant, redemption): (i64, i64),
    back_fen: i64,
) -> Result<(), StoreError> {
    changed!(
        tx,
        sqlx::query(
            "update settlement_line set amount_fen = amount_fen - $4
              where settlement_id = $1 and merchant_id = $2 and redemption_id = $3 and reversal_id = 0"
        )
        .bind(id)
        .bind(merchant)
        .bind(redemption)
        .bind(back_fen)
    )?;
    changed!(
        tx,
        sqlx::query(
            "delete from settlement_line
              where settlement_id = $1 and merchant_id = $2 and redemption_id = $3 and reversal_id = 0
                and amount_fen = 0"
        )
        .bind(id)
        .bind(merchant)
        .bind(redemption)
    )?;
    Ok(())
}

/// Notes a reversal of what an exported batch settled, for the next one.
pub(crate) async fn claw_back(
    tx: &mut Tx,
    reversal: i64,
    (merchant, redemption): (i64, i64),
    amount_fen: i64,
) -> Result<(), StoreError> {
    changed!(
        tx,
        sqlx::query(
            "insert into clawback (reversal_id, redemption_id, merchant_id, amount_fen) values ($1, $2, $3, $4)"
        )
        .bind(reversal)
        .bind(redemption)
        .bind(merchant)
        .bind(amount_fen)
    )?;
    Ok(())
}

/// The lines of a batch's rows that were not left out, as they are exported.
pub(crate) async fn exported(tx: &mut Tx, id: i64) -> Result<Vec<LineRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select l.merchant_id, l.kind, l.redemption_id, l.reversal_id, r.voucher_id, l.amount_fen
           from settlement_line l
           join settlement_row o on o.settlement_id = l.settlement_id and o.merchant_id = l.merchant_id
           join redemption r on r.redemption_id = l.redemption_id
          where l.settlement_id = $1 and o.state <> 'left_out'
          order by l.merchant_id, l.redemption_id, l.reversal_id")
        .bind(id).fetch_all(conn))?)
}

/// A merchant's lines of a batch after one of them, at most `limit`; only those
/// of a kind unless it is empty.
pub(crate) async fn of_merchant(
    tx: &mut Tx,
    (id, merchant): (i64, MerchantId),
    kind: &str,
    (redemption, reversal): (i64, i64),
    limit: i64,
) -> Result<Vec<ShownLine>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select l.kind, l.redemption_id, l.reversal_id, l.amount_fen, r.voucher_id, r.redeemed_at_ms,
                r.business_day, r.outlet_id, r.receipt_code, c.case_id, c.signal, c.state as case_state
           from settlement_line l
           join redemption r on r.redemption_id = l.redemption_id
           left join risk_case c on c.case_id =
                (select max(k.case_id) from risk_case k where k.redemption_id = l.redemption_id)
          where l.settlement_id = $1 and l.merchant_id = $2 and ($3 = '' or l.kind = $3)
            and (l.redemption_id > $4 or (l.redemption_id = $4 and l.reversal_id > $5))
          order by l.redemption_id, l.reversal_id limit $6")
        .bind(id).bind(merchant.0).bind(kind).bind(redemption).bind(reversal).bind(limit).fetch_all(conn))?)
}

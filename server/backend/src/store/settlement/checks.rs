//! What verification asks of batches.

use crate::store::{StoreError, Tx, on};

/// What was refunded of settled redemptions, by merchant.
pub(crate) async fn clawbacks(tx: &mut Tx) -> Result<Vec<(i64, i64)>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select merchant_id, cast(sum(amount_fen) as bigint) from clawback group by merchant_id")
        .fetch_all(conn))?)
}

/// Rows whose sums are not those of their lines: batch and merchant.
pub(crate) async fn wrong_rows(tx: &mut Tx) -> Result<Vec<(i64, i64)>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select o.settlement_id, o.merchant_id from settlement_row o
           left join (select settlement_id, merchant_id,
                             sum(case when kind = 'redeemed' then amount_fen else 0 end) as redeemed,
                             sum(case when kind = 'released' then amount_fen else 0 end) as released,
                             sum(case when kind = 'withheld' then amount_fen else 0 end) as withheld,
                             sum(case when kind = 'clawback' then amount_fen else 0 end) as clawback
                        from settlement_line group by settlement_id, merchant_id) l
             on l.settlement_id = o.settlement_id and l.merchant_id = o.merchant_id
          where o.state <> 'left_out'
            and (o.redeemed_fen <> coalesce(l.redeemed, 0) or o.released_fen <> coalesce(l.released, 0)
              or o.withheld_fen <> coalesce(l.withheld, 0) or o.clawback_fen <> coalesce(l.clawback, 0))
          order by 1, 2 limit 100")
        .fetch_all(conn))?)
}

/// Lines of the open batch that are not what their redemptions have left.
pub(crate) async fn wrong_open_lines(tx: &mut Tx) -> Result<i64, StoreError> {
    let (count,): (i64,) = on!(tx, conn => sqlx::query_as(
        "select count(*) from settlement s
           join settlement_line l on l.settlement_id = s.settlement_id
           join redemption r on r.redemption_id = l.redemption_id
          where s.open_slot = 1 and l.kind in ('redeemed', 'released', 'withheld')
            and l.amount_fen <> r.government_fen - r.government_back_fen")
        .fetch_one(conn))?;
    Ok(count)
}

/// Settled lines that are not what was redeemed, less what was refunded before;
/// what was refunded after is clawed back.
pub(crate) async fn wrong_settled_lines(tx: &mut Tx) -> Result<i64, StoreError> {
    let (count,): (i64,) = on!(tx, conn => sqlx::query_as(
        "select count(*) from settlement_line l
           join settlement s on s.settlement_id = l.settlement_id
           join redemption r on r.redemption_id = l.redemption_id
           left join (select redemption_id, sum(amount_fen) as back from clawback group by redemption_id) b
             on b.redemption_id = l.redemption_id
          where s.state in ('exported', 'paid') and l.kind in ('redeemed', 'released')
            and l.amount_fen - coalesce(b.back, 0) <> r.government_fen - r.government_back_fen")
        .fetch_one(conn))?;
    Ok(count)
}

/// Redemptions before a business day that are owed and stand in no batch.
pub(crate) async fn forgotten(tx: &mut Tx, before: &str) -> Result<i64, StoreError> {
    let (count,): (i64,) = on!(tx, conn => sqlx::query_as(
        "select count(*) from redemption r
          where r.business_day < $1 and r.government_fen > r.government_back_fen
            and not exists (select 1 from settlement_line l where l.redemption_id = r.redemption_id
                               and l.kind in ('redeemed', 'released'))
            and not exists (select 1 from settlement_line l where l.redemption_id = r.redemption_id
                               and l.kind in ('withheld', 'left_out'))
            and not exists (select 1 from clawback b where b.redemption_id = r.redemption_id)")
        .bind(before).fetch_one(conn))?;
    Ok(count)
}

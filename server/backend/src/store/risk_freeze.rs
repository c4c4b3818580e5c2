//! The vouchers that cases hold frozen.

use crate::store::voucher::ExpiredRow;
use crate::store::{StoreError, Tx, changed, on, voucher};
use domain::{AccountId, Timestamp, VoucherId, VoucherState};

/// How many vouchers a case holds, and how many more a freeze would.
#[derive(Clone, Copy, Debug, sqlx::FromRow)]
pub(crate) struct HeldCount {
    pub(crate) case_id: i64,
    pub(crate) frozen: i64,
    pub(crate) unused: i64,
}

/// A voucher that no case holds any more: it is issued, or it expired meanwhile.
#[derive(Clone, Debug, sqlx::FromRow)]
struct ThawedRow {
    voucher_id: i64,
    round_id: i64,
    campaign_id: i64,
    state: String,
}

/// What became of a voucher that a case let go.
#[derive(Clone, Copy, Debug)]
pub(crate) enum LetGo {
    /// Another case holds it.
    Held,
    /// It may be redeemed.
    Thawed,
    /// Its time ran out meanwhile.
    Expired(ExpiredRow),
}

/// The vouchers of the cases from one number to another that are not cleared,
/// of one district, or of all of them where it is empty; a case without any is
/// left out.
pub(crate) async fn counts(
    tx: &mut Tx,
    (from, to): (i64, i64),
    district: &str,
    now: Timestamp,
) -> Result<Vec<HeldCount>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select c.case_id, count(case when f.case_id is not null then 1 end) as frozen,
                count(case when f.case_id is null then 1 end) as unused
           from risk_case c
           join voucher w on w.voucher_id = c.voucher_id
           join voucher v on v.account_id = w.account_id
           left join risk_freeze f
             on f.case_id = c.case_id and f.voucher_id = v.voucher_id and f.thawed_at_ms is null
          where c.case_id between $1 and $2 and ($3 = '' or c.district = $3) and c.state <> 'cleared'
            and (v.state = 'frozen' or v.state = 'issued' and v.expires_at_ms > $4)
          group by c.case_id")
        .bind(from).bind(to).bind(district).bind(now.ms()).fetch_all(conn))?)
}

/// The vouchers after a number that a frozen case may hold, in order, at most
/// `limit`: its holder's that are not used.
pub(crate) async fn unused(
    tx: &mut Tx,
    case_id: i64,
    (after, now): (i64, Timestamp),
    limit: i64,
) -> Result<Vec<i64>, StoreError> {
    let rows: Vec<(i64,)> = on!(tx, conn => sqlx::query_as(
        "select v.voucher_id from risk_case c join voucher v on v.account_id = c.frozen_account_id
          where c.case_id = $1 and v.voucher_id > $2
            and (v.state = 'frozen' or v.state = 'issued' and v.expires_at_ms > $3)
          order by v.voucher_id limit $4")
        .bind(case_id).bind(after).bind(now.ms()).bind(limit).fetch_all(conn))?;
    Ok(rows.into_iter().map(|(voucher,)| voucher).collect())
}

/// Freezes a voucher for a case; false when it was used meanwhile, or the case
/// holds it already.
pub(crate) async fn freeze(
    tx: &mut Tx,
    case_id: i64,
    voucher: VoucherId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let frozen = changed!(
        tx,
        sqlx::query(
            "update voucher set state = 'frozen'
              where voucher_id = $1 and (state = 'frozen' or state = 'issued' and expires_at_ms > $2)"
        )
        .bind(voucher.0)
        .bind(now.ms())
    )?;
    Ok(frozen == 1 && hold(tx, case_id, voucher, now).await?)
}

/// Notes that a case holds a voucher; false when it does already.
async fn hold(tx: &mut Tx, case_id: i64, voucher: VoucherId, now: Timestamp) -> Result<bool, StoreError> {
    let rows = changed!(
        tx,
        sqlx::query(
            "insert into risk_freeze (case_id, voucher_id, frozen_at_ms) values ($1, $2, $3)
             on conflict (case_id, voucher_id) do update
                set frozen_at_ms = excluded.frozen_at_ms, thawed_at_ms = null
              where risk_freeze.thawed_at_ms is not null"
        )
        .bind(case_id)
        .bind(voucher.0)
        .bind(now.ms())
    )?;
    Ok(rows == 1)
}

/// The vouchers that a case holds, by number, at most `limit`.
pub(crate) async fn held(tx: &mut Tx, case_id: i64, limit: i64) -> Result<Vec<i64>, StoreError> {
    let rows: Vec<(i64,)> = on!(tx, conn => sqlx::query_as(
        "select voucher_id from risk_freeze where case_id = $1 and thawed_at_ms is null
          order by voucher_id limit $2")
        .bind(case_id).bind(limit).fetch_all(conn))?;
    Ok(rows.into_iter().map(|(voucher,)| voucher).collect())
}

/// Lets a voucher go that a case holds.
pub(crate) async fn let_go(
    tx: &mut Tx,
    case_id: i64,
    voucher: VoucherId,
    now: Timestamp,
) -> Result<LetGo, StoreError> {
    // Another case that takes it now is waited for, and seen by what follows.
    voucher::hold(tx, voucher).await?;
    changed!(
        tx,
        sqlx::query(
            "update risk_freeze set thawed_at_ms = $1
              where case_id = $2 and voucher_id = $3 and thawed_at_ms is null"
        )
        .bind(now.ms())
        .bind(case_id)
        .bind(voucher.0)
    )?;
    let row: Option<ThawedRow> = on!(tx, conn => sqlx::query_as(
        "update voucher set state = case when expires_at_ms > $1 then 'issued' else 'expired' end
          where voucher_id = $2 and state = 'frozen'
            and not exists (select 1 from risk_freeze f where f.voucher_id = $2 and f.thawed_at_ms is null)
         returning voucher_id, round_id, campaign_id, state")
        .bind(now.ms()).bind(voucher.0).fetch_optional(conn))?;
    let Some(ThawedRow { voucher_id, round_id, campaign_id, state }) = row else { return Ok(LetGo::Held) };
    let expired = state == VoucherState::Expired.code();
    Ok(if expired { LetGo::Expired(ExpiredRow { voucher_id, round_id, campaign_id }) } else { LetGo::Thawed })
}

/// Freezes a voucher that a refund gave back, for every case that holds its
/// holder's; whether there is one.
pub(crate) async fn freeze_returned(
    tx: &mut Tx,
    holder: AccountId,
    voucher: VoucherId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    // The cases stand still until the commit.
    let cases = changed!(
        tx,
        sqlx::query("update risk_case set answers = answers where frozen_account_id = $1").bind(holder.0)
    )?;
    if cases == 0 {
        return Ok(false);
    }
    let cases: Vec<(i64,)> = on!(tx, conn => sqlx::query_as(
        "select case_id from risk_case where frozen_account_id = $1 order by case_id")
        .bind(holder.0).fetch_all(conn))?;
    let mut frozen = false;
    for (case_id,) in cases {
        frozen |= freeze(tx, case_id, voucher, now).await?;
    }
    Ok(frozen)
}

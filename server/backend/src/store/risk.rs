//! Cases: what looks wrong, until a person has looked at it.

use crate::store::{StoreError, Tx, changed, meta, on};
use domain::{AccountId, Day, DistrictCode, MerchantId, RiskSignal, RiskState, Timestamp, VoucherId};
use std::collections::BTreeSet;

/// A case as it is stored.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct CaseRow {
    pub(crate) case_id: i64,
    pub(crate) signal: String,
    pub(crate) merchant_id: i64,
    pub(crate) outlet_id: i64,
    pub(crate) district: String,
    pub(crate) voucher_id: Option<i64>,
    pub(crate) evidence: String,
    pub(crate) state: String,
    pub(crate) opened_at_ms: i64,
    pub(crate) decided_at_ms: Option<i64>,
    pub(crate) reason: Option<String>,
}

impl CaseRow {
    /// The rule that found it.
    pub(crate) fn signal(&self) -> Result<RiskSignal, StoreError> {
        self.signal.parse().map_err(StoreError::corrupt)
    }

    /// Where it stands.
    pub(crate) fn state(&self) -> Result<RiskState, StoreError> {
        self.state.parse().map_err(StoreError::corrupt)
    }
}

/// A case to be opened.
#[derive(Clone, Debug)]
pub(crate) struct NewCase {
    pub(crate) signal: RiskSignal,
    pub(crate) merchant_id: i64,
    pub(crate) outlet_id: i64,
    pub(crate) district: DistrictCode,
    pub(crate) voucher: Option<VoucherId>,
    /// The redemption under suspicion; none when it was never booked.
    pub(crate) redemption_id: Option<i64>,
    /// JSON.
    pub(crate) evidence: String,
    /// Another merchant that it concerns.
    pub(crate) party: Option<i64>,
    pub(crate) at: Timestamp,
}

/// Opens a case; its number.
pub(crate) async fn open(tx: &mut Tx, new: &NewCase) -> Result<i64, StoreError> {
    let case_id = meta::take_numbers(tx, "risk_case", 1).await?;
    changed!(
        tx,
        sqlx::query(
            "insert into risk_case (case_id, signal, merchant_id, outlet_id, district, voucher_id, redemption_id,
                                    evidence, state, opened_at_ms)
             values ($1, $2, $3, $4, $5, $6, $7, $8, 'open', $9)"
        )
        .bind(case_id)
        .bind(new.signal.code())
        .bind(new.merchant_id)
        .bind(new.outlet_id)
        .bind(new.district.to_string())
        .bind(new.voucher.map(|voucher| voucher.0))
        .bind(new.redemption_id)
        .bind(&new.evidence)
        .bind(new.at.ms())
    )?;
    if let Some(party) = new.party.filter(|party| *party != new.merchant_id) {
        changed!(
            tx,
            sqlx::query("insert into risk_party (case_id, merchant_id) values ($1, $2)")
                .bind(case_id)
                .bind(party)
        )?;
    }
    Ok(case_id)
}

/// Cases before a number, the newest first, at most `limit`; of one district,
/// or of all of them where it is empty.
pub(crate) async fn list(
    tx: &mut Tx,
    district: &str,
    before: i64,
    limit: i64,
) -> Result<Vec<CaseRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select case_id, signal, merchant_id, outlet_id, district, voucher_id, evidence, state, opened_at_ms,
                decided_at_ms, reason
           from risk_case where ($1 = '' or district = $1) and case_id < $2
          order by case_id desc limit $3")
        .bind(district).bind(before).bind(limit).fetch_all(conn))?)
}

/// The cases that concern a merchant, before a number, the newest first, at
/// most `limit`.
pub(crate) async fn of_merchant(
    tx: &mut Tx,
    merchant: MerchantId,
    before: i64,
    limit: i64,
) -> Result<Vec<CaseRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select case_id, signal, merchant_id, outlet_id, district, voucher_id, evidence, state, opened_at_ms,
                decided_at_ms, reason
           from risk_case
          where case_id in (select case_id from risk_case where merchant_id = $1
                            union select case_id from risk_party where merchant_id = $1)
            and case_id < $2
          order by case_id desc limit $3")
        .bind(merchant.0).bind(before).bind(limit).fetch_all(conn))?)
}

/// One case.
pub(crate) async fn get(tx: &mut Tx, case_id: i64) -> Result<Option<CaseRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select case_id, signal, merchant_id, outlet_id, district, voucher_id, evidence, state, opened_at_ms,
                decided_at_ms, reason
           from risk_case where case_id = $1").bind(case_id).fetch_optional(conn))?)
}

/// Holds a case as it is until the commit: what is read of it afterwards stays
/// so.
pub(crate) async fn hold(tx: &mut Tx, case_id: i64) -> Result<(), StoreError> {
    changed!(tx, sqlx::query("update risk_case set answers = answers where case_id = $1").bind(case_id))?;
    Ok(())
}

/// Decides on a case that is not cleared; false when it is, or stands so
/// already. Frozen, it holds the vouchers of its own voucher's holder.
pub(crate) async fn decide(
    tx: &mut Tx,
    case_id: i64,
    state: RiskState,
    reason: &str,
    by: AccountId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let rows = changed!(
        tx,
        sqlx::query(
            "update risk_case set state = $2, reason = $3, decided_by = $4, decided_at_ms = $5,
                    frozen_account_id = case when $2 = 'frozen' then
                        (select v.account_id from voucher v where v.voucher_id = risk_case.voucher_id) end
              where case_id = $1 and state <> 'cleared' and (state <> $2 or $2 = 'frozen')"
        )
        .bind(case_id)
        .bind(state.code())
        .bind(reason)
        .bind(by.0)
        .bind(now.ms())
    )?;
    Ok(rows == 1)
}

/// A redemption as far as the rules look at it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct LookedRow {
    pub(crate) redemption_id: i64,
    pub(crate) voucher_id: i64,
    pub(crate) campaign_id: i64,
    pub(crate) account_id: i64,
    pub(crate) outlet_id: i64,
    pub(crate) clerk_id: i64,
    pub(crate) redeemed_at_ms: i64,
    pub(crate) order_fen: i64,
    pub(crate) subsidy_fen: i64,
    pub(crate) government_fen: i64,
    /// When its till was enrolled, where it was made at one.
    pub(crate) enrolled_at_ms: Option<i64>,
}

/// A merchant's redemptions of a business day that were not undone, in the
/// order in which they were made.
pub(crate) async fn looked(
    tx: &mut Tx,
    merchant: MerchantId,
    day: Day,
) -> Result<Vec<LookedRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select r.redemption_id, r.voucher_id, r.campaign_id, r.account_id, r.outlet_id, r.clerk_id,
                r.redeemed_at_ms, r.order_fen, r.subsidy_fen, r.government_fen,
                t.enrolled_at_ms
           from redemption r left join till t on t.till_id = r.till_id
          where r.merchant_id = $1 and r.business_day = $2 and r.refunded_fen < r.order_fen
          order by r.redeemed_at_ms, r.redemption_id")
        .bind(merchant.0).bind(day.to_string()).fetch_all(conn))?)
}

/// The business days at which the rules have looked.
pub(crate) async fn looked_days(tx: &mut Tx) -> Result<BTreeSet<String>, StoreError> {
    let rows: Vec<(String,)> =
        on!(tx, conn => sqlx::query_as("select business_day from risk_look").fetch_all(conn))?;
    Ok(rows.into_iter().map(|(day,)| day).collect())
}

/// Notes that the rules look at a business day; false when they did already.
pub(crate) async fn begin_look(tx: &mut Tx, day: Day, now: Timestamp) -> Result<bool, StoreError> {
    let rows = changed!(
        tx,
        sqlx::query(
            "insert into risk_look (business_day, looked_at_ms) values ($1, $2) on conflict do nothing"
        )
        .bind(day.to_string())
        .bind(now.ms())
    )?;
    Ok(rows == 1)
}

/// A reversal of what an exported batch had settled.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct SettledReversalRow {
    pub(crate) redemption_id: i64,
    pub(crate) voucher_id: i64,
    pub(crate) outlet_id: i64,
    pub(crate) redeemed_at_ms: i64,
    pub(crate) order_fen: i64,
    pub(crate) reversed_at_ms: i64,
    pub(crate) refund_fen: i64,
}

/// A merchant's reversals of what an exported batch had settled, made from one
/// moment until before another.
pub(crate) async fn settled_reversals(
    tx: &mut Tx,
    merchant: MerchantId,
    (from, until): (Timestamp, Timestamp),
) -> Result<Vec<SettledReversalRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select r.redemption_id, r.voucher_id, r.outlet_id, r.redeemed_at_ms, r.order_fen, v.reversed_at_ms,
                v.refund_fen
           from clawback b
           join reversal v on v.reversal_id = b.reversal_id
           join redemption r on r.redemption_id = b.redemption_id
          where b.merchant_id = $1 and v.reversed_at_ms >= $2 and v.reversed_at_ms < $3
          order by b.reversal_id")
        .bind(merchant.0).bind(from.ms()).bind(until.ms()).fetch_all(conn))?)
}

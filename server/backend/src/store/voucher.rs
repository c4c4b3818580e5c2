//! Vouchers.

use crate::store::redemption::RedemptionRow;
use crate::store::{StoreError, Tx, changed, on};
use domain::{AccountId, CampaignId, RoundId, Timestamp, VoucherId};

/// A voucher as it is stored.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct VoucherRow {
    pub(crate) voucher_id: i64,
    pub(crate) round_id: i64,
    pub(crate) campaign_id: i64,
    pub(crate) account_id: i64,
    pub(crate) state: String,
    pub(crate) issued_at_ms: i64,
    pub(crate) expires_at_ms: i64,
    pub(crate) redeemed_at_ms: Option<i64>,
    pub(crate) present_step: Option<i64>,
}

/// Issues a voucher when each limit of its resident allows one more and its
/// key was not used before; on SQLite. Of two at the same time the table takes
/// one. What is counted here stands in the index by account, but for the
/// vouchers of the claim's own campaign.
pub(super) const ISSUE: &str =
    "insert into voucher (voucher_id, account_id, campaign_id, nth, round_id, resident_district,
                          state, issued_at_ms, expires_at_ms, claim_key)
     select $1, $2, $3, held.campaign + 1, $4, $5, 'issued', $6, $7, $8
       from (select count(case when campaign_id = $3 then 1 end) as campaign,
                    count(case when campaign_id = $3 and round_id = $4 then 1 end) as round,
                    count(case when campaign_id = $3 and issued_at_ms >= $9 then 1 end) as day,
                    count(case when key_end = substr($8, -8) and claim_key = $8 then 1 end) as same_key
               from voucher where account_id = $2) held
      where held.round < $10 and held.campaign < $11 and held.day < $12 and held.same_key = 0
        and not exists (select 1 from idempotency where account_id = $2 and idem_key = $8)
        and not exists (select 1 from redemption where clerk_id = $2 and redeem_key = $8)
     on conflict do nothing";

/// How many vouchers a resident has been issued in a round, in its campaign,
/// and in the campaign since a moment; on SQLite.
pub(super) const HELD: &str =
    "select count(case when round_id = $1 then 1 end), count(*), count(case when issued_at_ms >= $2 then 1 end)
       from voucher where account_id = $3 and campaign_id = $4";

/// The voucher that a resident claimed under a key.
pub(super) const BY_KEY: &str = "select voucher_id, round_id, campaign_id, account_id, state,
            issued_at_ms, expires_at_ms, redeemed_at_ms, present_step
       from voucher where account_id = $1 and claim_key = $2";

/// The voucher that a resident claimed under a key.
pub(crate) async fn by_key(
    tx: &mut Tx,
    account: AccountId,
    key: &str,
) -> Result<Option<VoucherRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(BY_KEY).bind(account.0).bind(key).fetch_optional(conn))?)
}

/// The holders of a round's vouchers after an account, by number, with the key
/// of each claim, at most `limit`.
pub(crate) async fn holders(
    tx: &mut Tx,
    round: RoundId,
    after: AccountId,
    limit: i64,
) -> Result<Vec<(i64, String)>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select account_id, claim_key from voucher
          where account_id > $1 and round_id = $2 order by account_id limit $3")
        .bind(after.0).bind(round.0).bind(limit).fetch_all(conn))?)
}

/// How many vouchers of a round a resident has been issued.
pub(crate) async fn issued_in(tx: &mut Tx, account: AccountId, round: RoundId) -> Result<i64, StoreError> {
    let (issued,): (i64,) = on!(tx, conn => sqlx::query_as(
        "select count(*) from voucher where account_id = $1 and round_id = $2")
        .bind(account.0).bind(round.0).fetch_one(conn))?;
    Ok(issued)
}

/// A voucher.
pub(crate) async fn get(tx: &mut Tx, id: VoucherId) -> Result<Option<VoucherRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(GET).bind(id.0).fetch_optional(conn))?)
}

pub(super) const GET: &str = "select voucher_id, round_id, campaign_id, account_id, state,
            issued_at_ms, expires_at_ms, redeemed_at_ms, present_step
       from voucher where voucher_id = $1";

/// A resident's vouchers before `before`, newest first, at most `limit`.
pub(crate) async fn of_account(
    tx: &mut Tx,
    account: AccountId,
    before: VoucherId,
    limit: i64,
) -> Result<Vec<VoucherRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select voucher_id, round_id, campaign_id, account_id, state,
                issued_at_ms, expires_at_ms, redeemed_at_ms, present_step
           from voucher where account_id = $1 and voucher_id < $2 order by voucher_id desc limit $3")
        .bind(account.0).bind(before.0).bind(limit).fetch_all(conn))?)
}

/// Marks a voucher redeemed by the token of a step; changes nothing when it is
/// not issued any more, has expired, or the step was used before. (The desk on
/// SQLite binds values in the order in which they first appear.)
pub(super) const REDEEM: &str =
    "update voucher set state = 'redeemed', redeemed_at_ms = $1, present_step = $2, redemption_id = $3
      where voucher_id = $4 and state = 'issued' and expires_at_ms > $1
        and (present_step is null or present_step < $2)";

/// Holds a voucher as it is until the commit: what is read of it afterwards
/// stays so.
pub(crate) async fn hold(tx: &mut Tx, id: VoucherId) -> Result<(), StoreError> {
    changed!(
        tx,
        sqlx::query("update voucher set present_step = present_step where voucher_id = $1").bind(id.0)
    )?;
    Ok(())
}

/// Marks a voucher redeemed by the token of a step; false when it may not be.
pub(crate) async fn redeem(tx: &mut Tx, row: &RedemptionRow, step: i64) -> Result<bool, StoreError> {
    let rows = changed!(
        tx,
        sqlx::query(REDEEM).bind(row.redeemed_at_ms).bind(step).bind(row.redemption_id).bind(row.voucher_id)
    )?;
    Ok(rows == 1)
}

/// How many vouchers of a campaign a resident has been issued.
pub(crate) async fn issued_of(
    tx: &mut Tx,
    account: AccountId,
    campaign: CampaignId,
) -> Result<i64, StoreError> {
    let (issued,): (i64,) = on!(tx, conn => sqlx::query_as(
        "select count(*) from voucher where account_id = $1 and campaign_id = $2")
        .bind(account.0).bind(campaign.0).fetch_one(conn))?;
    Ok(issued)
}

/// Gives a redeemed voucher back; false when it is not redeemed or has expired.
pub(crate) async fn give_back(tx: &mut Tx, id: VoucherId, now: Timestamp) -> Result<bool, StoreError> {
    let rows = changed!(
        tx,
        sqlx::query(
            "update voucher set state = 'issued', redeemed_at_ms = null
          where voucher_id = $1 and state = 'redeemed' and expires_at_ms > $2"
        )
        .bind(id.0)
        .bind(now.ms())
    )?;
    Ok(rows == 1)
}

/// Holds a voucher as issued again that expired after a moment; false when it
/// did not, or is not expired.
pub(crate) async fn revive(tx: &mut Tx, id: VoucherId, at: Timestamp) -> Result<bool, StoreError> {
    let rows = changed!(
        tx,
        sqlx::query(
            "update voucher set state = 'issued'
              where voucher_id = $1 and state = 'expired' and expires_at_ms > $2"
        )
        .bind(id.0)
        .bind(at.ms())
    )?;
    Ok(rows == 1)
}

/// A place among the vouchers in the order in which their time runs out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, sqlx::FromRow)]
pub(crate) struct ExpiryPlace {
    pub(crate) expires_at_ms: i64,
    pub(crate) voucher_id: i64,
}

/// A voucher whose time has run out.
#[derive(Clone, Copy, Debug, sqlx::FromRow)]
pub(crate) struct ExpiredRow {
    pub(crate) voucher_id: i64,
    pub(crate) round_id: i64,
    pub(crate) campaign_id: i64,
}

/// The vouchers after a place whose time has run out, in order, at most
/// `limit`, and whether each is still held. One that is frozen runs out with the
/// case that holds it.
pub(crate) async fn run_out(
    tx: &mut Tx,
    after: ExpiryPlace,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<(ExpiryPlace, bool)>, StoreError> {
    let rows: Vec<(i64, i64, bool)> = on!(tx, conn => sqlx::query_as(
        "select expires_at_ms, voucher_id, state = 'issued' from voucher
          where (expires_at_ms, voucher_id) > ($1, $2) and expires_at_ms <= $3
          order by expires_at_ms, voucher_id limit $4")
        .bind(after.expires_at_ms).bind(after.voucher_id).bind(now.ms()).bind(limit).fetch_all(conn))?;
    let place = |(expires_at_ms, voucher_id, is_held)| (ExpiryPlace { expires_at_ms, voucher_id }, is_held);
    Ok(rows.into_iter().map(place).collect())
}

/// Marks those vouchers expired that are still held, after one place and up to
/// another whose time has run out; which.
pub(crate) async fn expire(
    tx: &mut Tx,
    after: ExpiryPlace,
    up_to: ExpiryPlace,
) -> Result<Vec<ExpiredRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "update voucher set state = 'expired'
          where (expires_at_ms, voucher_id) > ($1, $2) and (expires_at_ms, voucher_id) <= ($3, $4)
            and state = 'issued'
         returning voucher_id, round_id, campaign_id")
        .bind(after.expires_at_ms).bind(after.voucher_id)
        .bind(up_to.expires_at_ms).bind(up_to.voucher_id).fetch_all(conn))?)
}

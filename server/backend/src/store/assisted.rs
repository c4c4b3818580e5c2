//! What the community desk did: for whom, in which round, and the papers it
//! printed.

use crate::store::{StoreError, Tx, changed, on};
use domain::{AccountId, AssistedId, Timestamp, VoucherId};

/// What the desk did, as it is stored.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct AssistedRow {
    pub(crate) assisted_id: i64,
    pub(crate) request_hash: String,
    pub(crate) account_id: i64,
    pub(crate) round_id: i64,
    pub(crate) district: i64,
    pub(crate) kind: String,
    pub(crate) claim_key: String,
    pub(crate) asks_for: String,
    pub(crate) digits_hash: String,
    pub(crate) entered_at_ms: i64,
    pub(crate) prints: i64,
    pub(crate) wrong: i64,
}

/// A line of the desk's list, with the resident's name.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct ListedRow {
    pub(crate) assisted_id: i64,
    pub(crate) round_id: i64,
    pub(crate) kind: String,
    pub(crate) entered_at_ms: i64,
    pub(crate) prints: i64,
    pub(crate) name: String,
    pub(crate) staff_name: String,
    pub(crate) voucher_id: Option<i64>,
    pub(crate) state: Option<String>,
    pub(crate) expires_at_ms: Option<i64>,
}

/// Which lines of the list.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Listed {
    /// Of this district; of every one, when 0.
    pub(crate) district: i64,
    /// Entered since.
    pub(crate) since_ms: i64,
    /// Before this number.
    pub(crate) before: i64,
    pub(crate) limit: i64,
}

/// Notes what the desk is about to do; false when its key was used before.
pub(crate) async fn add(
    tx: &mut Tx,
    staff: AccountId,
    key: &str,
    row: &AssistedRow,
) -> Result<bool, StoreError> {
    let rows = changed!(
        tx,
        sqlx::query(
            "insert into assisted (assisted_id, staff_id, idem_key, request_hash, account_id, round_id,
                                   district, kind, claim_key, asks_for, digits_hash, entered_at_ms)
         select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12
          where not exists (select 1 from idempotency where account_id = $2 and idem_key = $3)
         on conflict do nothing"
        )
        .bind(row.assisted_id)
        .bind(staff.0)
        .bind(key)
        .bind(&row.request_hash)
        .bind(row.account_id)
        .bind(row.round_id)
        .bind(row.district)
        .bind(&row.kind)
        .bind(&row.claim_key)
        .bind(&row.asks_for)
        .bind(&row.digits_hash)
        .bind(row.entered_at_ms)
    )?;
    Ok(rows == 1)
}

/// What the desk did under a key.
pub(crate) async fn by_key(
    tx: &mut Tx,
    staff: AccountId,
    key: &str,
) -> Result<Option<AssistedRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select assisted_id, request_hash, account_id, round_id, district, kind, claim_key, asks_for,
                digits_hash, entered_at_ms, prints, wrong
           from assisted where staff_id = $1 and idem_key = $2")
        .bind(staff.0).bind(key).fetch_optional(conn))?)
}

/// What the desk did that became this voucher; `None` for one that a phone
/// claimed.
pub(crate) async fn of_voucher(tx: &mut Tx, voucher: VoucherId) -> Result<Option<AssistedRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select assisted_id, request_hash, assisted.account_id, assisted.round_id, district, kind,
                assisted.claim_key, asks_for, digits_hash, entered_at_ms, prints, wrong
           from voucher join assisted
             on assisted.account_id = voucher.account_id and assisted.claim_key = voucher.claim_key
          where voucher_id = $1")
        .bind(voucher.0).fetch_optional(conn))?)
}

/// What the desk did, the newest first: what became a voucher or an entry.
pub(crate) async fn listed(tx: &mut Tx, which: Listed) -> Result<Vec<ListedRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select assisted_id, assisted.round_id, kind, assisted.entered_at_ms, prints, account.name,
                staff.name as staff_name, voucher_id, state, expires_at_ms
           from assisted
           join account on account.account_id = assisted.account_id
           join account staff on staff.account_id = assisted.staff_id
           left join voucher
             on voucher.account_id = assisted.account_id and voucher.claim_key = assisted.claim_key
          where ($1 = 0 or assisted.district = $1) and assisted.entered_at_ms >= $2 and assisted_id < $3
            and (voucher_id is not null or kind = 'entry' and exists
                 (select 1 from draw_entry
                   where draw_entry.round_id = assisted.round_id
                     and draw_entry.account_id = assisted.account_id))
          order by assisted_id desc limit $4")
        .bind(which.district).bind(which.since_ms).bind(which.before).bind(which.limit)
        .fetch_all(conn))?)
}

/// Tries digits on a paper, and counts them when they are wrong: how many were
/// wrong since the last print, these included; `None` when the paper was locked
/// by `most` wrong ones. Those who try at the same time do it one after the
/// other, so that no more than `most` are ever tried in vain.
pub(crate) async fn try_digits(
    tx: &mut Tx,
    assisted: i64,
    digits_hash: &str,
    most: i64,
) -> Result<Option<i64>, StoreError> {
    let row: Option<(i64,)> = on!(tx, conn => sqlx::query_as(
        "update assisted set wrong = wrong + case when digits_hash = $2 then 0 else 1 end
          where assisted_id = $1 and wrong < $3
         returning wrong")
        .bind(assisted).bind(digits_hash).bind(most).fetch_optional(conn))?;
    Ok(row.map(|(wrong,)| wrong))
}

/// How many times a paper was printed.
pub(crate) async fn prints(tx: &mut Tx, assisted: AssistedId) -> Result<i64, StoreError> {
    let (prints,): (i64,) = on!(tx, conn => sqlx::query_as(
        "select prints from assisted where assisted_id = $1").bind(assisted.0).fetch_one(conn))?;
    Ok(prints)
}

/// Prints a paper anew, which unlocks it; false when it was printed `most`
/// times.
pub(crate) async fn print_anew(
    tx: &mut Tx,
    assisted: AssistedId,
    most: i64,
    by: AccountId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let rows = changed!(
        tx,
        sqlx::query(
            "update assisted set prints = prints + 1, wrong = 0 where assisted_id = $1 and prints < $2"
        )
        .bind(assisted.0)
        .bind(most)
    )?;
    if rows == 0 {
        return Ok(false);
    }
    changed!(
        tx,
        sqlx::query(
            "insert into assisted_print (assisted_id, print, printed_by, printed_at_ms)
         select assisted_id, prints, $2, $3 from assisted where assisted_id = $1"
        )
        .bind(assisted.0)
        .bind(by.0)
        .bind(now.ms())
    )?;
    Ok(true)
}

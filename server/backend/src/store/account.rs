//! Accounts, their roles, login codes and sessions.

use crate::store::{StoreError, Tx, changed, on};
use domain::Timestamp;

/// An account as it is stored.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct AccountRow {
    pub(crate) account_id: i64,
    pub(crate) phone_sealed: String,
    pub(crate) name: String,
    pub(crate) district: Option<i64>,
}

/// What an account may act as.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct RoleRow {
    pub(crate) role: String,
    pub(crate) merchant_id: Option<i64>,
    pub(crate) district: Option<i64>,
}

/// A new account.
#[derive(Clone, Debug)]
pub(crate) struct NewAccount<'a> {
    pub(crate) account_id: i64,
    pub(crate) phone_sealed: &'a str,
    pub(crate) phone_hash: &'a str,
    pub(crate) name: &'a str,
    pub(crate) district: Option<i64>,
}

/// Adds an account; false when the number already has one.
pub(crate) async fn add(tx: &mut Tx, account: &NewAccount<'_>, now: Timestamp) -> Result<bool, StoreError> {
    let rows = changed!(
        tx,
        sqlx::query(
            "insert into account (account_id, phone_sealed, phone_hash, name, district, created_at_ms)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (phone_hash) do nothing"
        )
        .bind(account.account_id)
        .bind(account.phone_sealed)
        .bind(account.phone_hash)
        .bind(account.name)
        .bind(account.district)
        .bind(now.ms())
    )?;
    Ok(rows == 1)
}

/// Lets an account act in a role; a role it already has stays as it is, and so
/// does somebody who works for a merchant already.
pub(crate) async fn grant(
    tx: &mut Tx,
    account_id: i64,
    role: &str,
    merchant_id: Option<i64>,
    district: Option<i64>,
) -> Result<(), StoreError> {
    changed!(
        tx,
        sqlx::query(
            "insert into account_role (account_id, role, merchant_id, district) values ($1, $2, $3, $4)
         on conflict do nothing"
        )
        .bind(account_id)
        .bind(role)
        .bind(merchant_id)
        .bind(district)
    )?;
    Ok(())
}

/// The account of a number, by the number's keyed hash.
pub(crate) async fn by_phone(tx: &mut Tx, phone_hash: &str) -> Result<Option<AccountRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select account_id, phone_sealed, name, district from account where phone_hash = $1")
        .bind(phone_hash).fetch_optional(conn))?)
}

/// The account of a session that has not ended, and when it will.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct SessionRow {
    #[sqlx(flatten)]
    pub(crate) account: AccountRow,
    pub(crate) expires_at_ms: i64,
}

/// The account of a session that has not ended.
pub(crate) async fn by_session(
    tx: &mut Tx,
    token_hash: &str,
    now: Timestamp,
) -> Result<Option<SessionRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select account_id, phone_sealed, name, district, expires_at_ms
           from account join session using (account_id)
          where token_hash = $1 and expires_at_ms > $2")
        .bind(token_hash).bind(now.ms()).fetch_optional(conn))?)
}

/// An account.
pub(crate) async fn get(tx: &mut Tx, account_id: i64) -> Result<Option<AccountRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select account_id, phone_sealed, name, district from account where account_id = $1")
        .bind(account_id).fetch_optional(conn))?)
}

/// Gives a number to an account that has none; false when it has one.
pub(crate) async fn set_phone(
    tx: &mut Tx,
    account_id: i64,
    phone_sealed: &str,
    phone_hash: &str,
) -> Result<bool, StoreError> {
    let rows = changed!(
        tx,
        sqlx::query(
            "update account set phone_sealed = $2, phone_hash = $3 where account_id = $1 and phone_sealed = ''"
        )
        .bind(account_id)
        .bind(phone_sealed)
        .bind(phone_hash)
    )?;
    Ok(rows == 1)
}

/// The encrypted number of an account; empty when it has none.
pub(crate) async fn phone(tx: &mut Tx, account_id: i64) -> Result<Option<String>, StoreError> {
    let row: Option<(String,)> = on!(tx, conn => sqlx::query_as(
        "select phone_sealed from account where account_id = $1").bind(account_id).fetch_optional(conn))?;
    Ok(row.map(|(sealed,)| sealed))
}

/// What an account may act as.
pub(crate) async fn roles(tx: &mut Tx, account_id: i64) -> Result<Vec<RoleRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select role, merchant_id, district from account_role where account_id = $1 order by role")
        .bind(account_id).fetch_all(conn))?)
}

/// Sets a resident's home district.
pub(crate) async fn set_district(tx: &mut Tx, account_id: i64, district: i64) -> Result<(), StoreError> {
    changed!(
        tx,
        sqlx::query("update account set district = $2 where account_id = $1").bind(account_id).bind(district)
    )?;
    Ok(())
}

/// Sets the home district of a resident who has none; false when they have one.
pub(crate) async fn settle(tx: &mut Tx, account_id: i64, district: i64) -> Result<bool, StoreError> {
    let rows = changed!(
        tx,
        sqlx::query("update account set district = $2 where account_id = $1 and district is null")
            .bind(account_id)
            .bind(district)
    )?;
    Ok(rows == 1)
}

/// Begins a session.
pub(crate) async fn begin_session(
    tx: &mut Tx,
    token_hash: &str,
    account_id: i64,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    changed!(tx, sqlx::query(
        "insert into session (token_hash, account_id, created_at_ms, expires_at_ms) values ($1, $2, $3, $4)")
        .bind(token_hash).bind(account_id).bind(now.ms()).bind(expires_at.ms()))?;
    Ok(())
}

/// Ends a session; whose it was, unless it had ended before.
pub(crate) async fn end_session(tx: &mut Tx, token_hash: &str) -> Result<Option<i64>, StoreError> {
    let row: Option<(i64,)> = on!(tx, conn => sqlx::query_as(
        "delete from session where token_hash = $1 returning account_id")
        .bind(token_hash).fetch_optional(conn))?;
    Ok(row.map(|(account_id,)| account_id))
}

/// Forgets an account's sessions that ended by themselves.
pub(crate) async fn forget_ended_sessions(
    tx: &mut Tx,
    account_id: i64,
    now: Timestamp,
) -> Result<(), StoreError> {
    changed!(
        tx,
        sqlx::query("delete from session where account_id = $1 and expires_at_ms <= $2")
            .bind(account_id)
            .bind(now.ms())
    )?;
    Ok(())
}

//! A merchant's people and the invitations that make them so.

use crate::store::{StoreError, Tx, changed, on};
use domain::{AccountId, MerchantId, OutletId, Timestamp};

/// One of a merchant's people.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct PersonRow {
    pub(crate) account_id: i64,
    pub(crate) name: String,
    pub(crate) phone_sealed: String,
    pub(crate) role: String,
}

/// An invitation as it is stored.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct InvitationRow {
    pub(crate) code_hash: String,
    pub(crate) merchant_id: i64,
    pub(crate) role: String,
    pub(crate) outlets: String,
    pub(crate) invited_by: i64,
    pub(crate) expires_at_ms: i64,
    pub(crate) accepted_by: Option<i64>,
}

/// A merchant's people before an account's number, at most `limit`.
pub(crate) async fn of_merchant(
    tx: &mut Tx,
    merchant: MerchantId,
    before: AccountId,
    limit: i64,
) -> Result<Vec<PersonRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select a.account_id, a.name, a.phone_sealed, r.role
           from account_role r join account a on a.account_id = r.account_id
          where r.merchant_id = $1 and r.account_id < $2
          order by r.account_id desc limit $3")
        .bind(merchant.0).bind(before.0).bind(limit).fetch_all(conn))?)
}

/// One of a merchant's people.
pub(crate) async fn person(
    tx: &mut Tx,
    merchant: MerchantId,
    account: AccountId,
) -> Result<Option<PersonRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select a.account_id, a.name, a.phone_sealed, r.role
           from account_role r join account a on a.account_id = r.account_id
          where r.merchant_id = $1 and r.account_id = $2")
        .bind(merchant.0).bind(account.0).fetch_optional(conn))?)
}

/// How many people a merchant has.
pub(crate) async fn count(tx: &mut Tx, merchant: MerchantId) -> Result<i64, StoreError> {
    let (count,): (i64,) = on!(tx, conn => sqlx::query_as(
        "select count(*) from account_role where merchant_id = $1").bind(merchant.0).fetch_one(conn))?;
    Ok(count)
}

/// The accounts of a merchant's people.
pub(crate) async fn accounts_of(tx: &mut Tx, merchant: MerchantId) -> Result<Vec<i64>, StoreError> {
    let rows: Vec<(i64,)> = on!(tx, conn => sqlx::query_as(
        "select account_id from account_role where merchant_id = $1 order by account_id")
        .bind(merchant.0).fetch_all(conn))?;
    Ok(rows.into_iter().map(|(account,)| account).collect())
}

/// Makes somebody one of a merchant's people; false when they work for one
/// already.
pub(crate) async fn add(
    tx: &mut Tx,
    merchant: MerchantId,
    account: AccountId,
    role: &str,
) -> Result<bool, StoreError> {
    let rows = changed!(
        tx,
        sqlx::query(
            "insert into account_role (account_id, role, merchant_id) values ($1, $2, $3)
             on conflict do nothing"
        )
        .bind(account.0)
        .bind(role)
        .bind(merchant.0)
    )?;
    Ok(rows == 1)
}

/// Gives one of a merchant's people another role; false when they have another
/// one than was read.
pub(crate) async fn change_role(
    tx: &mut Tx,
    merchant: MerchantId,
    read: &PersonRow,
    role: &str,
) -> Result<bool, StoreError> {
    let rows = changed!(
        tx,
        sqlx::query(
            "update account_role set role = $4 where account_id = $1 and merchant_id = $2 and role = $3"
        )
        .bind(read.account_id)
        .bind(merchant.0)
        .bind(&read.role)
        .bind(role)
    )?;
    Ok(rows == 1)
}

/// Removes one of a merchant's people, who is a resident from then on; false
/// when they have another role than was read.
pub(crate) async fn remove(tx: &mut Tx, merchant: MerchantId, read: &PersonRow) -> Result<bool, StoreError> {
    let rows = changed!(
        tx,
        sqlx::query("delete from account_role where account_id = $1 and merchant_id = $2 and role = $3")
            .bind(read.account_id)
            .bind(merchant.0)
            .bind(&read.role)
    )?;
    Ok(rows == 1)
}

/// The outlets to which somebody is bound; none where they are not.
pub(crate) async fn outlets_of(tx: &mut Tx, account_id: i64) -> Result<Vec<OutletId>, StoreError> {
    let rows: Vec<(i64,)> = on!(tx, conn => sqlx::query_as(
        "select outlet_id from account_outlet where account_id = $1 order by outlet_id")
        .bind(account_id).fetch_all(conn))?;
    Ok(rows.into_iter().map(|(outlet,)| OutletId(outlet)).collect())
}

/// Binds somebody to these outlets and no others.
pub(crate) async fn put_outlets(
    tx: &mut Tx,
    account: AccountId,
    outlets: &[OutletId],
) -> Result<(), StoreError> {
    changed!(tx, sqlx::query("delete from account_outlet where account_id = $1").bind(account.0))?;
    for outlet in outlets {
        changed!(
            tx,
            sqlx::query("insert into account_outlet (account_id, outlet_id) values ($1, $2)")
                .bind(account.0)
                .bind(outlet.0)
        )?;
    }
    Ok(())
}

/// Names an account.
pub(crate) async fn rename(tx: &mut Tx, account: AccountId, name: &str) -> Result<(), StoreError> {
    changed!(
        tx,
        sqlx::query("update account set name = $2 where account_id = $1").bind(account.0).bind(name)
    )?;
    Ok(())
}

/// Adds an invitation while fewer than `most` of its merchant are open; false
/// when there are as many, or it is there already.
pub(crate) async fn invite(
    tx: &mut Tx,
    new: &InvitationRow,
    now: Timestamp,
    most: i64,
) -> Result<bool, StoreError> {
    let rows = changed!(
        tx,
        sqlx::query(
            "insert into invitation (code_hash, merchant_id, role, outlets, invited_by, expires_at_ms)
             select $1, $2, $3, $4, $5, $6
              where (select count(*) from invitation
                      where merchant_id = $2 and accepted_by is null and expires_at_ms > $7) < $8
             on conflict (code_hash) do nothing"
        )
        .bind(&new.code_hash)
        .bind(new.merchant_id)
        .bind(&new.role)
        .bind(&new.outlets)
        .bind(new.invited_by)
        .bind(new.expires_at_ms)
        .bind(now.ms())
        .bind(most)
    )?;
    Ok(rows == 1)
}

/// Forgets a merchant's invitations that nobody accepted and that lapsed before
/// a moment.
pub(crate) async fn forget_lapsed(
    tx: &mut Tx,
    merchant: MerchantId,
    before: Timestamp,
) -> Result<(), StoreError> {
    changed!(
        tx,
        sqlx::query(
            "delete from invitation where merchant_id = $1 and expires_at_ms < $2 and accepted_by is null"
        )
        .bind(merchant.0)
        .bind(before.ms())
    )?;
    Ok(())
}

/// An invitation, by its code's hash.
pub(crate) async fn invitation(tx: &mut Tx, code_hash: &str) -> Result<Option<InvitationRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select code_hash, merchant_id, role, outlets, invited_by, expires_at_ms, accepted_by
           from invitation where code_hash = $1").bind(code_hash).fetch_optional(conn))?)
}

/// Uses an invitation up; false when it lapsed or somebody came before.
pub(crate) async fn accept(
    tx: &mut Tx,
    code_hash: &str,
    account: AccountId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let rows = changed!(
        tx,
        sqlx::query(
            "update invitation set accepted_by = $2, accepted_at_ms = $3
              where code_hash = $1 and accepted_by is null and expires_at_ms > $3"
        )
        .bind(code_hash)
        .bind(account.0)
        .bind(now.ms())
    )?;
    Ok(rows == 1)
}

//! The audit log.

use crate::store::{StoreError, Tx, changed, meta, on};
use domain::{AccountId, AuditAction, AuditRecord, AuditThing, Timestamp};

/// A record as it is stored.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct AuditRow {
    pub(crate) audit_id: i64,
    pub(crate) at_ms: i64,
    pub(crate) account_id: i64,
    pub(crate) place: String,
    pub(crate) action: String,
    pub(crate) thing: String,
    pub(crate) thing_id: i64,
    pub(crate) old: String,
    pub(crate) new: String,
    pub(crate) hash: String,
}

impl AuditRow {
    /// The record; its stored hash is not part of it.
    pub(crate) fn record(&self) -> Result<AuditRecord, StoreError> {
        Ok(AuditRecord {
            id: self.audit_id,
            at: Timestamp::from_ms(self.at_ms),
            account_id: AccountId(self.account_id),
            place: self.place.clone(),
            action: self.action.parse::<AuditAction>().map_err(StoreError::corrupt)?,
            thing: self.thing.parse::<AuditThing>().map_err(StoreError::corrupt)?,
            thing_id: self.thing_id,
            old: self.old.clone(),
            new: self.new.clone(),
        })
    }
}

/// A record and the name of whoever did it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct NamedAuditRow {
    #[sqlx(flatten)]
    pub(crate) row: AuditRow,
    pub(crate) name: String,
}

/// What a search asks for; empty and 0 ask for everything.
#[derive(Clone, Debug, Default)]
pub(crate) struct Search {
    pub(crate) account_id: i64,
    pub(crate) action: String,
    pub(crate) thing: String,
    pub(crate) thing_id: i64,
    pub(crate) from_ms: i64,
    /// The first moment that is not asked for.
    pub(crate) to_ms: i64,
    /// Only records before this number.
    pub(crate) before: i64,
    pub(crate) limit: i64,
}

/// The next record's number.
pub(crate) async fn next_number(tx: &mut Tx) -> Result<i64, StoreError> {
    meta::take_numbers(tx, "audit", 1).await
}

/// Adds a record.
pub(crate) async fn add(tx: &mut Tx, record: &AuditRecord) -> Result<(), StoreError> {
    changed!(
        tx,
        sqlx::query(
            "insert into audit (audit_id, at_ms, account_id, place, action, thing, thing_id, old, new, hash)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
        )
        .bind(record.id)
        .bind(record.at.ms())
        .bind(record.account_id.0)
        .bind(&record.place)
        .bind(record.action.code())
        .bind(record.thing.code())
        .bind(record.thing_id)
        .bind(&record.old)
        .bind(&record.new)
        .bind(record.hash().to_string())
    )?;
    Ok(())
}

/// What a search finds, the newest first.
pub(crate) async fn found(tx: &mut Tx, search: &Search) -> Result<Vec<NamedAuditRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select audit_id, at_ms, audit.account_id, place, action, thing, thing_id, old, new, hash,
                coalesce(account.name, '') as name
           from audit left join account on account.account_id = audit.account_id
          where audit_id < $1 and at_ms >= $2 and at_ms < $3
            and ($4 = 0 or audit.account_id = $4) and ($5 = '' or action = $5)
            and ($6 = '' or thing = $6) and ($7 = 0 or thing_id = $7)
          order by audit_id desc limit $8")
        .bind(search.before).bind(search.from_ms).bind(search.to_ms)
        .bind(search.account_id).bind(&search.action)
        .bind(&search.thing).bind(search.thing_id)
        .bind(search.limit).fetch_all(conn))?)
}

/// What last became of somebody's post within a span: the record's new state,
/// empty where they were removed; `None` where nothing did.
pub(crate) async fn last_post(
    tx: &mut Tx,
    account: AccountId,
    (from, to): (Timestamp, Timestamp),
) -> Result<Option<String>, StoreError> {
    let row: Option<(String,)> = on!(tx, conn => sqlx::query_as(
        "select new from audit
          where thing = 'person' and thing_id = $1 and at_ms >= $2 and at_ms <= $3
            and action in ('grant_role', 'change_person', 'remove_person')
          order by audit_id desc limit 1")
        .bind(account.0).bind(from.ms()).bind(to.ms()).fetch_optional(conn))?;
    Ok(row.map(|(new,)| new))
}

/// Records after a number, in order, at most `limit`: for verification.
pub(crate) async fn after(tx: &mut Tx, id: i64, limit: i64) -> Result<Vec<AuditRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select audit_id, at_ms, account_id, place, action, thing, thing_id, old, new, hash
           from audit where audit_id > $1 order by audit_id limit $2")
        .bind(id).bind(limit).fetch_all(conn))?)
}

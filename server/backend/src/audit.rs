//! The audit log: a change's service writes it in the change's own transaction.

use crate::paging::{Cursor, page};
use crate::store::audit::{self, NamedAuditRow, Search};
use crate::store::{Tx, ledger};
use crate::{Backend, Caller, Error, StoreError};
use domain::shapes::{AuditShape, Page};
use domain::{
    AccountId, AuditAction, AuditQuery, AuditRecord, AuditThing, Day, Denied, Entry, ListQuery, Permission,
    Phone, Timestamp,
};
use serde::Serialize;
use serde_json::Value;
use std::fmt::Write;

/// The most records of an export.
const MOST_EXPORTED: i64 = 10_000;

/// What somebody did, and to which thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Deed {
    pub(crate) action: AuditAction,
    pub(crate) thing: AuditThing,
    pub(crate) thing_id: i64,
}

impl Deed {
    pub(crate) fn new(action: AuditAction, thing: AuditThing, thing_id: i64) -> Deed {
        Deed { action, thing, thing_id }
    }
}

/// Records what a caller does, with what stood there before and what stands
/// there now (`None` for nothing); neither may hold a phone number. It moves the
/// ledger's end: call it last, after [`catalogue::changed`] and the change.
///
/// [`catalogue::changed`]: crate::store::catalogue::changed
///
/// # Errors
/// The store failed.
pub(crate) async fn record(
    backend: &Backend,
    tx: &mut Tx,
    caller: &Caller,
    deed: Deed,
    (old, new): (Option<&(impl Serialize + Sync)>, Option<&(impl Serialize + Sync)>),
) -> Result<(), StoreError> {
    record_moving(backend, tx, caller, deed, (old, new), &[]).await
}

/// The same for a change that moves money: its entries and the record stand in
/// one block of the ledger.
///
/// # Errors
/// The store failed.
pub(crate) async fn record_moving(
    backend: &Backend,
    tx: &mut Tx,
    caller: &Caller,
    deed: Deed,
    (old, new): (Option<&(impl Serialize + Sync)>, Option<&(impl Serialize + Sync)>),
    entries: &[Entry],
) -> Result<(), StoreError> {
    record_blocks(backend, tx, caller, deed, (old, new), vec![ledger::text(entries)]).await
}

/// The same for a change that writes more than one block should hold: the last
/// block has the record's mark behind its lines.
///
/// # Errors
/// The store failed.
pub(crate) async fn record_blocks(
    backend: &Backend,
    tx: &mut Tx,
    caller: &Caller,
    deed: Deed,
    (old, new): (Option<&(impl Serialize + Sync)>, Option<&(impl Serialize + Sync)>),
    blocks: Vec<String>,
) -> Result<(), StoreError> {
    let texts = (text(old)?, text(new)?);
    let who = (caller.account_id, place(caller));
    write(backend, tx, who, (deed, backend.now()), texts, blocks).await
}

/// Records what was done at the program's command line.
///
/// # Errors
/// The store failed.
pub(crate) async fn record_at_command_line(
    backend: &Backend,
    tx: &mut Tx,
    deed: Deed,
    new: &(impl Serialize + Sync),
) -> Result<(), StoreError> {
    let texts = (String::new(), text(Some(new))?);
    // A demonstration's clock goes on from the ledger's last moment: it is not moved to this day.
    let at = backend.demo_clock().await?.unwrap_or_else(|| backend.now());
    write(backend, tx, (AccountId(0), "command_line".to_owned()), (deed, at), texts, Vec::new()).await
}

async fn write(
    backend: &Backend,
    tx: &mut Tx,
    (account_id, place): (AccountId, String),
    (Deed { action, thing, thing_id }, at): (Deed, Timestamp),
    (old, new): (String, String),
    mut blocks: Vec<String>,
) -> Result<(), StoreError> {
    let id = audit::next_number(tx).await?;
    let record = AuditRecord { id, at, account_id, place, action, thing, thing_id, old, new };
    audit::add(tx, &record).await?;
    let mut last = blocks.pop().unwrap_or_default();
    for block in blocks {
        ledger::append_text(tx, backend.chain(), block, at).await?;
    }
    // Writing to a string cannot fail.
    let _ = writeln!(last, "{}", record.mark());
    ledger::append_text(tx, backend.chain(), last, at).await
}

/// JSON in which no text holds a phone number, whatever somebody typed.
fn text(value: Option<&impl Serialize>) -> Result<String, StoreError> {
    let Some(value) = value else { return Ok(String::new()) };
    let mut value = serde_json::to_value(value).map_err(StoreError::corrupt)?;
    mask(&mut value);
    serde_json::to_string(&value).map_err(StoreError::corrupt)
}

fn mask(value: &mut Value) {
    match value {
        Value::String(text) => *text = Phone::masked_in(text),
        Value::Array(items) => items.iter_mut().for_each(mask),
        Value::Object(members) => members.values_mut().for_each(mask),
        Value::Null | Value::Bool(_) | Value::Number(_) => (),
    }
}

/// From where: the roles, the office's or desk's district, the till. The
/// network's address is not kept.
fn place(caller: &Caller) -> String {
    let mut place = caller.roles.iter().map(|role| role.code()).collect::<Vec<_>>().join("+");
    // Writing to a string cannot fail.
    if let Some(district) = caller.office.or(caller.desk) {
        let _ = write!(place, " {district}");
    }
    if let Some(till) = caller.till {
        let _ = write!(place, " till {}", till.id);
    }
    place
}

impl Backend {
    /// The audit log, the newest record first.
    ///
    /// # Errors
    /// The caller may not read it, or a parameter is none.
    pub async fn audit_log(&self, caller: &Caller, query: &AuditQuery) -> Result<Page<AuditShape>, Error> {
        caller.require(Permission::ReadAudit)?;
        let list = ListQuery { limit: query.limit.clone(), cursor: query.cursor.clone() };
        let cursor = Cursor::newest_first(&list)?;
        let search = Search { before: cursor.before, limit: cursor.limit + 1, ..self.search(query)? };
        Ok(page(self.found(&search).await?, &cursor, |shape| shape.audit_id))
    }

    /// The same as a whole, at most 10,000 records.
    ///
    /// # Errors
    /// The caller may not read it, or a parameter is none.
    pub async fn audit_export(&self, caller: &Caller, query: &AuditQuery) -> Result<Vec<AuditShape>, Error> {
        caller.require(Permission::ReadAudit)?;
        self.found(&Search { before: i64::MAX, limit: MOST_EXPORTED, ..self.search(query)? }).await
    }

    async fn found(&self, search: &Search) -> Result<Vec<AuditShape>, Error> {
        let mut tx = self.db().read().await?;
        let rows = audit::found(&mut tx, search).await?;
        Ok(rows.into_iter().map(|row| self.audit_shape(row)).collect::<Result<_, _>>()?)
    }

    fn search(&self, query: &AuditQuery) -> Result<Search, Denied> {
        let number = |field: &str, text: Option<&str>| {
            let number = text.map_or(Ok(0), |text| text.parse::<i64>().ok().filter(|n| *n > 0).ok_or(()));
            number.map_err(|()| Denied::query(field, "1, 2, …"))
        };
        let day = |field: &str, text: Option<&str>| {
            text.map(str::parse::<Day>).transpose().map_err(|error| Denied::query(field, error))
        };
        let action = query.action.as_deref().map(str::parse::<AuditAction>).transpose();
        let thing = query.thing.as_deref().map(str::parse::<AuditThing>).transpose();
        let (from, to) = (day("from", query.from.as_deref())?, day("to", query.to.as_deref())?);
        if let (Some(from), Some(to)) = (from, to)
            && to < from
        {
            return Err(Denied::query("to", format!("≥ {from}")));
        }
        let zone = self.zone();
        Ok(Search {
            account_id: number("actor", query.actor.as_deref())?,
            action: action
                .map_err(|error| Denied::query("action", error))?
                .map_or("", AuditAction::code)
                .into(),
            thing: thing.map_err(|error| Denied::query("thing", error))?.map_or("", AuditThing::code).into(),
            thing_id: number("thing_id", query.thing_id.as_deref())?,
            from_ms: from.map_or(0, |day| zone.at(day, 0).ms()),
            to_ms: to.map_or(i64::MAX, |day| zone.at(day.next(), 0).ms()),
            ..Search::default()
        })
    }

    fn audit_shape(&self, NamedAuditRow { row, name }: NamedAuditRow) -> Result<AuditShape, StoreError> {
        let record = row.record()?;
        Ok(AuditShape {
            audit_id: record.id,
            at: self.zone().rfc3339(record.at),
            account_id: record.account_id,
            name,
            place: record.place,
            action: record.action,
            thing: record.thing,
            thing_id: record.thing_id,
            old: record.old,
            new: record.new,
            hash: row.hash,
        })
    }
}

//! Imports from the bureau's page: the file is checked in the background, a
//! person looks at what was found and confirms, and then it is written, all of
//! it in one transaction. A checked import waits in the database; how far this
//! node has come is in its memory.

use super::{BadCell, ImportReport, MAX_FILE_BYTES, Shops};
use crate::audit::{self, Deed};
use crate::paging::{Cursor, page};
use crate::store::import_job::{self, ImportRow};
use crate::store::{catalogue, merchant, meta};
use crate::{Backend, Caller, Error, StoreError};
use domain::shapes::{BadCellShape, ImportShape, ImportState, Page};
use domain::{AuditAction, AuditThing, Denied, ImportRefused, ListQuery, Permission, Timestamp};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Imports that a node reads or writes at the same time; each may hold a file
/// of [`MAX_FILE_BYTES`] and what it unpacks to.
const MOST_AT_ONCE: usize = 2;
/// When to come back to a node that has as many.
const RETRY_AFTER_S: i64 = 5;
/// Imports are listed and may be confirmed for so long: 30 days.
const KEPT_MS: i64 = 30 * 24 * 3_600_000;
/// A check that takes longer was on a node that is gone.
const CHECKED_WITHIN_MS: i64 = 10 * 60_000;
/// The most characters of a file's name.
const MOST_NAME: usize = 80;

/// The imports that this node works on, or that failed on it.
#[derive(Debug)]
pub(crate) struct Imports {
    turns: Arc<Semaphore>,
    running: Mutex<HashMap<i64, Arc<Progress>>>,
}

/// How far an import has come.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    pub(super) done: AtomicUsize,
    pub(super) total: AtomicUsize,
    writes: bool,
    failed: AtomicBool,
}

impl Imports {
    pub(crate) fn new() -> Imports {
        Imports { turns: Arc::new(Semaphore::new(MOST_AT_ONCE)), running: Mutex::default() }
    }

    fn running(&self) -> MutexGuard<'_, HashMap<i64, Arc<Progress>>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn turn(&self) -> Result<OwnedSemaphorePermit, Denied> {
        let turn = self.turns.clone().try_acquire_owned();
        turn.map_err(|_| Denied::Busy { retry_after_s: RETRY_AFTER_S })
    }

    /// Begins to work on an import; `None` while this node does already.
    fn begin(&self, id: i64, writes: bool) -> Option<Arc<Progress>> {
        let mut running = self.running();
        // What failed is told until the next one begins.
        running.retain(|_, progress| !progress.failed.load(Ordering::Relaxed));
        if running.contains_key(&id) {
            return None;
        }
        let progress = Arc::new(Progress { writes, ..Progress::default() });
        running.insert(id, progress.clone());
        Some(progress)
    }

    fn end(&self, id: i64, result: &Result<(), Error>) {
        let mut running = self.running();
        if let Err(error) = result {
            tracing::error!(%error, cause = ?std::error::Error::source(error), "an import failed");
            if let Some(progress) = running.get(&id) {
                progress.failed.store(true, Ordering::Relaxed);
            }
        } else {
            running.remove(&id);
        }
    }
}

impl Backend {
    /// Takes a file of merchants and begins to check it in the background.
    ///
    /// # Errors
    /// The caller may not, the file is empty or too large, or the node has as
    /// many imports as it works on at once.
    pub async fn begin_import(
        &self,
        caller: &Caller,
        file_name: &str,
        file: Vec<u8>,
    ) -> Result<ImportShape, Error> {
        caller.require(Permission::ImportMerchants)?;
        if file.is_empty() || file.len() > MAX_FILE_BYTES {
            return Err(Denied::field("file", format!("1–{MAX_FILE_BYTES} bytes")).into());
        }
        let turn = self.imports().turn()?;
        let plain = file_name.chars().filter(|c| !c.is_control()).take(MOST_NAME);
        let (file_name, now): (String, _) = (plain.collect(), self.now());
        let mut tx = self.db().write().await?;
        import_job::forget(&mut tx, now.plus_ms(-KEPT_MS)).await?;
        let id = meta::take_numbers(&mut tx, "import_job", 1).await?;
        let text = json(&ImportReport::default())?;
        let begun = (ImportState::Reading.code(), text.as_str());
        import_job::begin(&mut tx, id, caller.account_id, &file_name, begun, now).await?;
        tx.commit().await?;
        if let Some(progress) = self.imports().begin(id, false) {
            let backend = self.clone();
            tokio::spawn(async move {
                let checked = backend.check_import(id, file, &progress).await;
                drop(turn);
                backend.imports().end(id, &checked);
            });
        }
        self.import(caller, id).await
    }

    async fn check_import(&self, id: i64, file: Vec<u8>, progress: &Progress) -> Result<(), Error> {
        let season = self.catalogue().season().clone();
        let read = tokio::task::spawn_blocking(move || super::read(&file, &season)).await;
        let (shops, mut report) = read.map_err(|error| StoreError::Group(error.to_string()))?;
        progress.total.store(shops.outlets(), Ordering::Relaxed);
        let mut tx = self.db().read().await?;
        super::compare(&mut tx, &shops, &mut report, progress).await?;
        drop(tx);
        let (report, shops) = (json(&report)?, json(&shops)?);
        let mut tx = self.db().write().await?;
        let step = (ImportState::Reading.code(), ImportState::Checked.code());
        import_job::put(&mut tx, id, step, &report, &shops).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Begins to write a checked import in the background: all of it, or all
    /// but its bad rows. Once it is written another confirmation changes
    /// nothing.
    ///
    /// # Errors
    /// The caller may not, there is no such import, it is not checked, or it
    /// has bad rows that are not to be skipped; or the node is busy.
    pub async fn confirm_import(
        &self,
        caller: &Caller,
        id: i64,
        skip_bad: bool,
    ) -> Result<ImportShape, Error> {
        let shape = self.import(caller, id).await?;
        match shape.state {
            ImportState::Done | ImportState::Writing => return Ok(shape),
            ImportState::Reading => return Err(ImportRefused::NotChecked.into()),
            ImportState::Checked | ImportState::Failed if shape.total == 0 => {
                return Err(ImportRefused::NothingToImport.into());
            }
            ImportState::Checked | ImportState::Failed => {}
        }
        if shape.bad_rows > 0 && !skip_bad {
            return Err(ImportRefused::BadRows { bad_rows: shape.bad_rows }.into());
        }
        let turn = self.imports().turn()?;
        if let Some(progress) = self.imports().begin(id, true) {
            let (backend, caller) = (self.clone(), caller.clone());
            tokio::spawn(async move {
                let written = backend.write_import(&caller, id, &progress).await;
                drop(turn);
                backend.imports().end(id, &written);
            });
        }
        self.import(caller, id).await
    }

    async fn write_import(&self, caller: &Caller, id: i64, progress: &Progress) -> Result<(), Error> {
        let (checked, done) = (ImportState::Checked.code(), ImportState::Done.code());
        let mut tx = self.db().write().await?;
        merchant::take_turn(&mut tx).await?;
        // Another node may have written it meanwhile.
        let Some(text) = import_job::shops(&mut tx, id, checked).await? else { return Ok(()) };
        let shops: Shops = serde_json::from_str(&text).map_err(StoreError::corrupt)?;
        let row = import_job::get(&mut tx, id).await?.ok_or(Denied::NotFound)?;
        let mut report = report_of(&row)?.uncounted();
        progress.total.store(shops.outlets(), Ordering::Relaxed);
        let demo = self.catalogue().season().demo;
        super::write(&mut tx, &shops, demo, &mut report, progress).await?;
        report.written = true;
        import_job::put(&mut tx, id, (checked, done), &json(&report)?, "").await?;
        catalogue::changed(&mut tx).await?;
        let deed = Deed::new(AuditAction::ImportMerchants, AuditThing::Import, id);
        let mut told = report.counts();
        told["file_name"] = row.file_name.into();
        audit::record(self, &mut tx, caller, deed, (None::<&()>, Some(&told))).await?;
        tx.commit().await?;
        self.reload().await?;
        Ok(())
    }

    /// An import.
    ///
    /// # Errors
    /// The caller may not see it, or there is none.
    pub async fn import(&self, caller: &Caller, id: i64) -> Result<ImportShape, Error> {
        caller.require(Permission::ImportMerchants)?;
        // First: what ends in between is shown as under way, and not as it was before.
        let progress = self.imports().running().get(&id).cloned();
        let mut tx = self.db().read().await?;
        let row = import_job::get(&mut tx, id).await?.ok_or(Denied::NotFound)?;
        Ok(self.import_shape(&row, progress.as_deref())?)
    }

    /// The imports of the last thirty days, the newest first.
    ///
    /// # Errors
    /// The caller may not see them, or limit or cursor is none.
    pub async fn imports_of_bureau(
        &self,
        caller: &Caller,
        query: &ListQuery,
    ) -> Result<Page<ImportShape>, Error> {
        caller.require(Permission::ImportMerchants)?;
        let cursor = Cursor::newest_first(query)?;
        let running = self.imports().running().clone();
        let mut tx = self.db().read().await?;
        let rows = import_job::listed(&mut tx, cursor.before, cursor.limit + 1).await?;
        let shape = |row: &ImportRow| {
            let shape = self.import_shape(row, running.get(&row.import_id).map(Arc::as_ref))?;
            Ok(ImportShape { bad: Vec::new(), ..shape })
        };
        let shapes = rows.iter().map(shape).collect::<Result<Vec<_>, StoreError>>()?;
        Ok(page(shapes, &cursor, |shape| shape.import_id))
    }

    fn import_shape(&self, row: &ImportRow, progress: Option<&Progress>) -> Result<ImportShape, StoreError> {
        let stored: ImportState = row.state.parse().map_err(StoreError::corrupt)?;
        let begun_at = Timestamp::from_ms(row.begun_at_ms);
        let failed = progress.is_some_and(|progress| progress.failed.load(Ordering::Relaxed));
        let late = stored == ImportState::Reading
            && progress.is_none()
            && self.now() >= begun_at.plus_ms(CHECKED_WITHIN_MS);
        let state = match progress {
            _ if failed || late => ImportState::Failed,
            Some(progress) if progress.writes => ImportState::Writing,
            Some(_) => ImportState::Reading,
            None => stored,
        };
        let report = report_of(row)?;
        let (done, total) = match progress {
            Some(progress) if !failed => {
                (progress.done.load(Ordering::Relaxed), progress.total.load(Ordering::Relaxed))
            }
            _ => (report.good_rows, report.good_rows),
        };
        let waits =
            stored == ImportState::Checked && matches!(state, ImportState::Checked | ImportState::Failed);
        let some = report.good_rows > 0;
        Ok(ImportShape {
            import_id: row.import_id,
            file_name: row.file_name.clone(),
            state,
            begun_at: self.zone().rfc3339(begun_at),
            done: count(done),
            total: count(total),
            rows: count(report.rows),
            bad_rows: count(report.bad_rows),
            new_merchants: count(report.new_merchants),
            new_outlets: count(report.new_outlets),
            changed: count(report.changed),
            unchanged: count(report.unchanged),
            whole: waits && some && report.bad_rows == 0,
            without_bad: waits && some && report.bad_rows > 0,
            bad: report.bad.into_iter().map(bad_cell).collect(),
        })
    }
}

fn report_of(row: &ImportRow) -> Result<ImportReport, StoreError> {
    serde_json::from_str(&row.report).map_err(StoreError::corrupt)
}

fn json(value: &impl serde::Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(StoreError::corrupt)
}

fn bad_cell(bad: BadCell) -> BadCellShape {
    let BadCell { row, column, value, rule } = bad;
    BadCellShape { row: count(row), column, value, rule }
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

//! Bringing in the merchants that a bureau already has in a spreadsheet: one
//! row for each outlet, checked whole before anything is written.
//!
//! A merchant is known by its credit code and an outlet by its name within the
//! merchant, so the same file a second time changes nothing.

mod columns;
mod csv;
mod hours;
mod jobs;
mod rows;
mod sheet;
mod xlsx;

pub use columns::template;
pub(crate) use jobs::Imports;

use crate::audit::{self, Deed};
use crate::store::{Tx, catalogue, merchant};
use crate::{Backend, Error, StoreError};
use domain::{AuditAction, AuditThing, MerchantId, Outlet, Season};
use jobs::Progress;
use rows::{Row, Shop};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sheet::{Fault, Sheet};
use std::collections::HashMap;
use std::sync::atomic::Ordering;

/// The largest file, in bytes.
pub const MAX_FILE_BYTES: usize = 20 * 1024 * 1024;
/// The most rows of a file.
pub const MAX_ROWS: usize = 20_000;
/// Faults beyond these are counted and not told: whoever wrote the file mends
/// these first.
const MAX_FAULTS: usize = 1_000;

/// What to do with a file.
#[derive(Clone, Copy, Debug, Default)]
pub struct ImportChoice {
    /// Only tell what would happen.
    pub dry_run: bool,
    /// Write the good rows although there are bad ones.
    pub skip_bad: bool,
}

/// A cell that cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BadCell {
    /// The row as spreadsheets number it, the headings being row 1; 0 where
    /// the file itself is at fault.
    pub row: usize,
    /// The column's heading, or its letter.
    pub column: String,
    /// What stands there, shortened.
    pub value: String,
    /// What is wrong with it and what is allowed.
    pub rule: String,
}

/// What became of a file, or would become of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportReport {
    /// Rows below the headings that hold something.
    pub rows: usize,
    /// Rows with a bad cell.
    pub bad_rows: usize,
    /// Rows that can be taken, an outlet each.
    pub good_rows: usize,
    /// The bad cells, at most a thousand of them.
    pub bad: Vec<BadCell>,
    /// Merchants that were not known.
    pub new_merchants: usize,
    /// Outlets that were not known.
    pub new_outlets: usize,
    /// Known merchants and outlets of which something is different now.
    pub changed: usize,
    /// Known ones that stay as they are.
    pub unchanged: usize,
    /// Whether anything was written.
    pub written: bool,
}

impl ImportReport {
    /// Whether the file or its headings are at fault, so that no row can be taken.
    #[must_use]
    pub fn is_unreadable(&self) -> bool {
        self.bad.iter().any(|bad| bad.row <= 1)
    }
}

/// The good rows of a file by merchant.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
struct Shops(Vec<Shop>);

impl Shops {
    fn outlets(&self) -> usize {
        self.0.iter().map(|shop| shop.outlets.len()).sum()
    }
}

/// A spreadsheet of any kind.
#[derive(Debug)]
pub(crate) struct PlainTable {
    pub(crate) headings: Vec<String>,
    /// The rows below, numbered as spreadsheets do.
    pub(crate) rows: Vec<(usize, Vec<String>)>,
}

impl PlainTable {
    /// Reads a CSV or XLSX file; or what is wrong with it, and where.
    pub(crate) fn read(file: &[u8]) -> Result<PlainTable, String> {
        let told = |fault: &Fault| match fault.row {
            0 => fault.rule.clone(),
            row => format!("{}{row}: {}", fault.column, fault.rule),
        };
        let read = sheet::read(file);
        let Sheet { headings, rows } =
            read.map_err(|faults| faults.first().map_or_else(String::new, told))?;
        if let Some(fault) = rows.iter().flat_map(|row| &row.faults).next() {
            return Err(told(fault));
        }
        Ok(PlainTable { headings, rows: rows.into_iter().map(|row| (row.number, row.cells)).collect() })
    }
}

impl Backend {
    /// Brings in merchants from a CSV or XLSX file: all of it or, when a row
    /// is bad, nothing, unless bad rows are to be skipped.
    ///
    /// # Errors
    /// The store failed: nothing is written then.
    pub async fn import_merchants(&self, file: &[u8], choice: ImportChoice) -> Result<ImportReport, Error> {
        let catalogue = self.catalogue();
        let season = catalogue.season();
        let (shops, mut report) = read(file, season);
        if report.bad_rows > 0 && (report.is_unreadable() || !choice.skip_bad) {
            return Ok(report);
        }
        let progress = Progress::default();
        if choice.dry_run {
            compare(&mut self.db().read().await?, &shops, &mut report, &progress).await?;
            return Ok(report);
        }
        let mut tx = self.db().write().await?;
        merchant::take_turn(&mut tx).await?;
        write(&mut tx, &shops, season.demo, &mut report, &progress).await?;
        report.written = report.new_merchants + report.new_outlets + report.changed > 0;
        if report.written {
            catalogue::changed(&mut tx).await?;
            let deed = Deed::new(AuditAction::ImportMerchants, AuditThing::Import, 0);
            audit::record_at_command_line(self, &mut tx, deed, &report.counts()).await?;
            tx.commit().await?;
            self.reload().await?;
        }
        Ok(report)
    }
}

/// Reads a file; a bad one leaves nothing but the report of it.
fn read(file: &[u8], season: &Season) -> (Shops, ImportReport) {
    let sheet = match sheet::read(file).and_then(columns::arranged) {
        Ok(sheet) => sheet,
        Err(faults) => return (Shops::default(), refused(faults)),
    };
    let Sheet { rows, .. } = sheet;
    let mut report = ImportReport { rows: rows.len(), ..ImportReport::default() };
    let (shops, faults) = rows::read(rows, season);
    report.tell(faults);
    let shops = Shops(shops);
    report.good_rows = shops.outlets();
    (shops, report)
}

/// Counts what would be new and what different; changes nothing.
async fn compare(
    tx: &mut Tx,
    shops: &Shops,
    report: &mut ImportReport,
    progress: &Progress,
) -> Result<(), StoreError> {
    apply(tx, shops, None, report, progress).await
}

/// Writes what is new and what is different.
async fn write(
    tx: &mut Tx,
    shops: &Shops,
    demo: bool,
    report: &mut ImportReport,
    progress: &Progress,
) -> Result<(), StoreError> {
    apply(tx, shops, Some(demo), report, progress).await
}

/// Goes through all of it, and writes where new merchants are known to be
/// demonstration data or not.
async fn apply(
    tx: &mut Tx,
    shops: &Shops,
    writes: Option<bool>,
    report: &mut ImportReport,
    progress: &Progress,
) -> Result<(), StoreError> {
    let mut known = merchant::known(tx).await?;
    for shop in &shops.0 {
        let id = match known.merchants.get(shop.legal.credit_code.as_str()) {
            Some(found) => {
                let merchant = shop.legal.onto(found);
                let same = merchant == *found;
                report.compared(same);
                if writes.is_some() && !same {
                    merchant::change(tx, &merchant).await?;
                }
                found.id
            }
            None => {
                report.new_merchants += 1;
                let id = known.next_merchant();
                if let Some(demo) = writes {
                    merchant::add(tx, &shop.legal.merchant(id, demo), &shop.legal.credit_code).await?;
                }
                id
            }
        };
        let own: HashMap<&str, &Outlet> =
            known.outlets.get(&id).into_iter().flatten().map(|found| (found.name.as_str(), found)).collect();
        let mut fresh: Vec<&Row> = Vec::new();
        for row in &shop.outlets {
            match own.get(row.name.as_str()) {
                Some(found) => compare_outlet(tx, (row, found), id, writes, report).await?,
                None => fresh.push(row),
            }
        }
        report.new_outlets += fresh.len();
        for row in fresh {
            let outlet = row.outlet(known.next_outlet(), id);
            if writes.is_some() {
                merchant::add_outlet(tx, &outlet).await?;
            }
        }
        progress.done.fetch_add(shop.outlets.len(), Ordering::Relaxed);
    }
    Ok(())
}

async fn compare_outlet(
    tx: &mut Tx,
    (row, found): (&Row, &Outlet),
    merchant: MerchantId,
    writes: Option<bool>,
    report: &mut ImportReport,
) -> Result<(), StoreError> {
    let outlet = row.outlet(found.id, merchant);
    let same = outlet == *found;
    report.compared(same);
    if writes.is_some() && !same {
        merchant::change_outlet(tx, &outlet).await?;
    }
    Ok(())
}

/// The report on a file of which nothing can be taken.
fn refused(faults: Vec<Fault>) -> ImportReport {
    let mut report = ImportReport::default();
    report.tell(faults);
    report
}

impl ImportReport {
    /// The same with nothing counted as new, different or the same.
    fn uncounted(self) -> ImportReport {
        ImportReport { new_merchants: 0, new_outlets: 0, changed: 0, unchanged: 0, ..self }
    }

    /// What the audit log keeps of it: how much became what.
    fn counts(&self) -> Value {
        let ImportReport { rows, bad_rows, new_merchants, new_outlets, changed, unchanged, .. } = self;
        json!({
            "rows": rows, "bad_rows": bad_rows, "new_merchants": new_merchants,
            "new_outlets": new_outlets, "changed": changed, "unchanged": unchanged,
        })
    }

    fn compared(&mut self, same: bool) {
        let count = if same { &mut self.unchanged } else { &mut self.changed };
        *count += 1;
    }

    fn tell(&mut self, faults: Vec<Fault>) {
        let mut rows: Vec<usize> = faults.iter().map(|fault| fault.row).collect();
        rows.sort_unstable();
        rows.dedup();
        self.bad_rows += rows.len();
        self.bad.extend(faults.into_iter().map(Fault::told).take(MAX_FAULTS));
    }
}

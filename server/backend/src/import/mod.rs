//! Bringing in the merchants that a bureau already has in a spreadsheet: one
//! row for each outlet, checked whole before anything is written.
//!
//! A merchant is known by its credit code and an outlet by its name within the
//! merchant, so the same file a second time changes nothing.

mod columns;
mod csv;
mod hours;
mod rows;
mod sheet;
mod xlsx;

pub use columns::template;

use crate::store::{catalogue, merchant};
use crate::{Backend, Error};
use rows::Shop;
use sheet::{Fault, Sheet};
use std::collections::HashMap;

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
#[derive(Clone, Debug, PartialEq, Eq)]
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
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportReport {
    /// Rows below the headings that hold something.
    pub rows: usize,
    /// Rows with a bad cell.
    pub bad_rows: usize,
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

impl Backend {
    /// Brings in merchants from a CSV or XLSX file: all of it or, when a row
    /// is bad, nothing, unless bad rows are to be skipped.
    ///
    /// # Errors
    /// The store failed: nothing is written then.
    pub async fn import_merchants(&self, file: &[u8], choice: ImportChoice) -> Result<ImportReport, Error> {
        let catalogue = self.catalogue();
        let season = catalogue.season();
        let sheet = match sheet::read(file).and_then(columns::arranged) {
            Ok(sheet) => sheet,
            Err(faults) => return Ok(refused(faults)),
        };
        let Sheet { rows, .. } = sheet;
        let mut report = ImportReport { rows: rows.len(), ..ImportReport::default() };
        let (shops, faults) = rows::read(rows, season);
        report.tell(faults);
        if report.bad_rows > 0 && !choice.skip_bad {
            return Ok(report);
        }
        self.write(&shops, season.demo, choice, &mut report).await?;
        Ok(report)
    }

    async fn write(
        &self,
        shops: &[Shop],
        demo: bool,
        choice: ImportChoice,
        report: &mut ImportReport,
    ) -> Result<(), Error> {
        let mut tx = self.db().write().await?;
        merchant::take_turn(&mut tx).await?;
        let mut known = merchant::known(&mut tx).await?;
        for shop in shops {
            let id = match known.merchants.get(shop.legal.credit_code.as_str()) {
                Some(found) => {
                    let id = found.id;
                    let merchant = shop.legal.onto(found);
                    if merchant == *found {
                        report.unchanged += 1;
                    } else {
                        report.changed += 1;
                        merchant::change(&mut tx, &merchant).await?;
                    }
                    id
                }
                None => {
                    report.new_merchants += 1;
                    let id = known.next_merchant();
                    let code = &shop.legal.credit_code;
                    merchant::add(&mut tx, &shop.legal.merchant(id, demo), code).await?;
                    id
                }
            };
            let mut own: HashMap<&str, &domain::Outlet> = HashMap::new();
            own.extend(
                known.outlets.get(&id).into_iter().flatten().map(|found| (found.name.as_str(), found)),
            );
            let mut fresh = Vec::new();
            for row in &shop.outlets {
                match own.get(row.name.as_str()) {
                    Some(found) if row.outlet(found.id, id) == **found => report.unchanged += 1,
                    Some(found) => {
                        report.changed += 1;
                        merchant::change_outlet(&mut tx, &row.outlet(found.id, id)).await?;
                    }
                    None => fresh.push(row),
                }
            }
            report.new_outlets += fresh.len();
            for row in fresh {
                let outlet = row.outlet(known.next_outlet(), id);
                merchant::add_outlet(&mut tx, &outlet).await?;
            }
        }
        report.written = !choice.dry_run && report.new_merchants + report.new_outlets + report.changed > 0;
        if report.written {
            catalogue::changed(&mut tx).await?;
            tx.commit().await?;
            self.reload().await?;
        }
        Ok(())
    }
}

/// The report on a file of which nothing can be taken.
fn refused(faults: Vec<Fault>) -> ImportReport {
    let mut report = ImportReport::default();
    report.tell(faults);
    report
}

impl ImportReport {
    fn tell(&mut self, faults: Vec<Fault>) {
        let mut rows: Vec<usize> = faults.iter().map(|fault| fault.row).collect();
        rows.sort_unstable();
        rows.dedup();
        self.bad_rows += rows.len();
        self.bad.extend(faults.into_iter().map(Fault::told).take(MAX_FAULTS));
    }
}

//! Backups: the whole database in one file, taken while others go on, and put
//! back into an empty database, also of the other kind.
//!
//! The installation's secret is not in it: who finds a backup reads no phone
//! number.

mod file;

pub use file::Unreadable;

use crate::keys::{KeyError, Keys};
use crate::store::{self, Db, Table, Tx, ledger, meta, redemption, resident_use};
use crate::{Backend, ConnectError, Error, Options, StoreError};
use domain::shapes::LedgerHead;
use file::{Head, Line, Reader, Writer};
use futures::TryStreamExt;
use std::collections::HashSet;
use std::io::{self, Read, Write};
use std::path::PathBuf;

/// Bytes of rows that are put back in one statement, and how many rows.
const BYTES_AT_ONCE: usize = 1 << 20;
const ROWS_AT_ONCE: usize = 1000;
/// Counts that PostgreSQL keeps and SQLite takes from the rows.
const KEPT_BY_POSTGRES: [&str; 2] = ["outlet_use", "resident_use"];

/// What a backup holds.
#[derive(Clone, Debug, PartialEq)]
pub struct BackupReport {
    /// Tables.
    pub tables: usize,
    /// Rows of all tables.
    pub rows: u64,
    /// The end of the ledger, to be compared with what is restored.
    pub head: LedgerHead,
}

/// No backup could be taken.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// There is nothing to back up.
    #[error("the database holds no season: is this the right data folder?")]
    NoSeason,
    /// The file cannot be written.
    #[error("the backup cannot be written")]
    File(#[from] io::Error),
    /// The store failed.
    #[error(transparent)]
    Service(#[from] Error),
}

impl From<StoreError> for BackupError {
    fn from(error: StoreError) -> BackupError {
        BackupError::Service(error.into())
    }
}

/// A backup was not restored; the database is as it was.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The file is no backup, or was damaged.
    #[error("the backup cannot be read, nothing was restored")]
    Unreadable(#[from] Unreadable),
    /// The file was made by a newer program.
    #[error(
        "the backup was made by a newer yuehui (it has migration {0}, which this program does not know): \
         restore it with that one"
    )]
    Newer(i64),
    /// The database is in use.
    #[error(
        "the database holds something already: restore into a new data folder (--data) \
         or a new database (--database)"
    )]
    NotEmpty,
    /// The secret that the backup needs is not there.
    #[error("{0}/secret.key is not that of the backup's installation: put that one there first")]
    OtherSecret(PathBuf),
    /// The secret cannot be read.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The database cannot be opened.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The store failed.
    #[error("the database did not take the backup, nothing was restored")]
    Store(#[from] StoreError),
}

impl Backend {
    /// Writes the whole database down, as it is at one moment. It blocks on
    /// what it writes to: for a process that has nothing else to do.
    ///
    /// # Errors
    /// There is no season, what is written to fails, or the store does.
    pub async fn backup(&self, out: impl Write) -> Result<BackupReport, BackupError> {
        let mut tx = self.db().read().await?;
        if meta::get(&mut tx, "season").await?.is_none() {
            return Err(BackupError::NoSeason);
        }
        let migration = tx.last_migration().await?.unwrap_or(0);
        let head = self.head_of(&ledger::heads(&mut tx).await?)?;
        let first = Head::new(migration, self.keys().fingerprint.clone(), self.now().ms());
        let mut file = Writer::begin(out, &first)?;
        let tables = tx.tables().await?;
        for table in &tables {
            let columns = table.columns.iter().map(|column| column.name.clone()).collect();
            file.table(&table.name, columns)?;
            let mut rows = tx.rows(table);
            while let Some(row) = rows.try_next().await.map_err(StoreError::from)? {
                file.row(&row)?;
            }
        }
        let report = BackupReport { tables: tables.len(), rows: file.rows, head };
        file.end()?.flush()?;
        Ok(report)
    }

    /// Puts a backup into an empty database, whole or not at all, and brings
    /// its tables up to date; how many rows. A backup of SQLite may go into
    /// PostgreSQL, and the other way round. It blocks on what it reads from.
    ///
    /// # Errors
    /// The file is no backup or was damaged, it needs another secret or a newer
    /// program, the database is not empty, or it fails.
    pub async fn restore(options: &Options, from: impl Read) -> Result<u64, RestoreError> {
        let (mut file, head) = Reader::begin(from)?;
        if head.migration > store::newest_migration() {
            return Err(RestoreError::Newer(head.migration));
        }
        let keys = Keys::read(&options.data)?;
        if keys.is_none_or(|keys| keys.fingerprint != head.secret) {
            return Err(RestoreError::OtherSecret(options.data.clone()));
        }
        let db = Db::connect(&options.database).await?;
        let restored = restore_into(&db, &mut file, head.migration).await;
        db.close().await;
        restored
    }
}

async fn restore_into(db: &Db, file: &mut Reader<impl Read>, migration: i64) -> Result<u64, RestoreError> {
    if db.read().await?.last_migration().await?.is_some_and(|last| last > migration) {
        return Err(RestoreError::NotEmpty);
    }
    db.migrate_to(migration).await?;
    let mut tx = db.write().await?;
    if meta::get(&mut tx, "secret").await?.is_some() {
        return Err(RestoreError::NotEmpty);
    }
    let rows = put_back(&mut tx, file).await?;
    tx.commit().await?;
    db.migrate().await?;
    db.checkpoint().await?;
    Ok(rows)
}

/// Puts all rows back.
async fn put_back(tx: &mut Tx, file: &mut Reader<impl Read>) -> Result<u64, RestoreError> {
    tx.begin_filling().await?;
    let own = tx.tables().await?;
    for table in own.iter().rev() {
        tx.empty(table).await?;
    }
    let (mut seen, mut rows) = (HashSet::new(), 0);
    let mut waiting = Waiting::default();
    loop {
        match file.next()? {
            Line::Row(row) => {
                rows += 1;
                waiting.push(row);
                if waiting.is_full() {
                    waiting.put(tx).await?;
                }
            }
            Line::Table { name, columns } => {
                waiting.put(tx).await?;
                let table = own.iter().find(|table| table.name == name);
                let table = table.map(|table| table.with_columns(&columns));
                waiting.table = match table {
                    Some(Some(table)) => Some(table),
                    None if KEPT_BY_POSTGRES.contains(&name.as_str()) => None,
                    _ => return Err(file.unreadable(format!("not as {name} is known here")).into()),
                };
                seen.insert(name);
            }
            Line::End => {
                waiting.put(tx).await?;
                break;
            }
        }
    }
    let counted = |name: &str| own.iter().any(|table| table.name == name) && !seen.contains(name);
    if KEPT_BY_POSTGRES.into_iter().any(counted) {
        redemption::count_outlets_again(tx).await?;
        resident_use::count_again(tx).await?;
    }
    Ok(rows)
}

/// Rows on their way into a table.
#[derive(Default)]
struct Waiting {
    /// `None` for one that this database does without.
    table: Option<Table>,
    /// A JSON array that is still open.
    rows: String,
    count: usize,
}

impl Waiting {
    fn push(&mut self, row: &str) {
        self.rows.push(if self.count == 0 { '[' } else { ',' });
        self.rows.push_str(row);
        self.count += 1;
    }

    fn is_full(&self) -> bool {
        self.count >= ROWS_AT_ONCE || self.rows.len() >= BYTES_AT_ONCE
    }

    async fn put(&mut self, tx: &mut Tx) -> Result<(), StoreError> {
        if let Some(table) = self.table.as_ref().filter(|_| self.count > 0) {
            self.rows.push(']');
            tx.add_rows(table, &self.rows).await?;
        }
        self.rows.clear();
        self.count = 0;
        Ok(())
    }
}

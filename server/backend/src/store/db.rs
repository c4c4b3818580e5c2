//! The two databases behind one type. This file, those below it and
//! `dialect.rs` alone know which one it is.

mod announce;
mod tables;

pub(crate) use announce::Ear;
pub(crate) use tables::Table;

use crate::store::disk::Disk;
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions, Postgres};
use sqlx::sqlite::{Sqlite, SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Executor, PgPool, SqlitePool, Transaction};
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio::time::timeout;

/// How many readers SQLite serves side by side; its one writer stands apart.
const SQLITE_READERS: u32 = 8;
/// Pages that a connection to SQLite keeps, in KB, negative as SQLite has it.
/// The desk keeps most; what the others do not keep is in the system's cache.
const WRITER_CACHE: &str = "-4096";
const READER_CACHE: &str = "-2048";
/// Connections of one node to PostgreSQL.
const POSTGRES_CONNECTIONS: u32 = 24;
/// How long a caller waits for a connection before the answer is 503.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);

/// PostgreSQL reads all of a table where it has not learnt yet how long it is.
/// A bitmap scan is the one way that cannot be taken without a key. What is
/// forbidden counts as dear, and what is dear would be compiled first.
const BY_KEY_ALONE: &str = "set local jit = off; set local enable_seqscan = off;
    set local enable_indexscan = off; set local enable_indexonlyscan = off";

/// Waits for nobody: what readers still need stays in the log.
const CHECKPOINT: &str = "pragma wal_checkpoint(passive)";

/// The database broke, or holds what it should not.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database did not do what it was asked to.
    #[error("the database failed")]
    Database(#[from] sqlx::Error),
    /// The desk's connection did not do what it was asked to.
    #[error("the database failed")]
    Desk(#[from] rusqlite::Error),
    /// The group that the write was part of was not written, as far as is known.
    #[error("the group was not written: {0}")]
    Group(String),
    /// Others wrote in between, more often than is waited for.
    #[error("{0} moved meanwhile")]
    Moved(&'static str),
    /// The disk failed to make a write durable: nothing is asked of it any more.
    #[error("the disk failed, and the process ends")]
    DiskLost,
    /// A row holds a value that no code of ours writes.
    #[error("the database holds an impossible value: {0}")]
    Corrupt(String),
}

impl StoreError {
    /// A stored value that cannot be read back.
    pub(crate) fn corrupt(what: impl ToString) -> StoreError {
        StoreError::Corrupt(what.to_string())
    }
}

/// What the machine refused: a thread, a file.
pub(crate) fn failed(error: std::io::Error) -> StoreError {
    StoreError::Database(error.into())
}

/// The database cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The URL is neither `sqlite://path` nor `postgres://…`.
    #[error("the database URL starts with sqlite:// or postgres://")]
    BadUrl,
    /// A newer program has changed the tables: this one would not understand them.
    #[error(
        "the database was made by a newer yuehui (it has migration {0}, which this program does not know): \
         start the newer program, or restore a backup that this one made"
    )]
    Newer(i64),
    /// The tables cannot be brought up to date.
    #[error("the database's tables cannot be brought up to date")]
    Migrate(#[source] MigrateError),
    /// It does not answer.
    #[error("the database cannot be opened")]
    Database(#[from] sqlx::Error),
}

/// A database, by its pools.
#[derive(Clone, Debug)]
pub(crate) enum Db {
    /// One file: a single writer, and readers that do not wait for it.
    Sqlite { write: SqlitePool, read: SqlitePool, turn: Turn, file: PathBuf, disk: Disk },
    /// A server, for many nodes.
    Postgres {
        pool: PgPool,
        /// Whether the server passes announcements on.
        announces: bool,
    },
}

/// Whose turn it is to write to SQLite: those who wait are served in order.
pub(crate) type Turn = Arc<Mutex<()>>;

/// A transaction; dropped without [`Tx::commit`] it leaves nothing behind.
#[derive(Debug)]
pub(crate) enum Tx {
    /// With its turn, when it writes.
    Sqlite(Transaction<'static, Sqlite>, Option<Writing>),
    /// With whether the server passes announcements on.
    Postgres(Transaction<'static, Postgres>, bool),
}

/// The turn of a transaction that writes to SQLite, and the disk under it.
#[derive(Debug)]
pub(crate) struct Writing {
    _turn: OwnedMutexGuard<()>,
    disk: Disk,
}

impl Db {
    /// Opens the database and brings its tables up to date.
    pub(crate) async fn open(url: &str) -> Result<Db, ConnectError> {
        let db = Db::connect(url).await?;
        db.migrate().await?;
        Ok(db)
    }

    /// Opens the database as it is.
    pub(crate) async fn connect(url: &str) -> Result<Db, ConnectError> {
        if url.starts_with("sqlite:") {
            open_sqlite(url).await
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            open_postgres(url).await
        } else {
            Err(ConnectError::BadUrl)
        }
    }

    async fn run(&self, migrations: Migrator) -> Result<(), ConnectError> {
        let done = match self {
            Db::Sqlite { write, .. } => migrations.run(write).await,
            Db::Postgres { pool, .. } => migrations.run(pool).await,
        };
        done.map_err(|error| match error {
            MigrateError::VersionMissing(version) => ConnectError::Newer(version),
            error => ConnectError::Migrate(error),
        })
    }

    /// A transaction that may write. On SQLite it waits its turn here, so that
    /// no statement inside it meets a lock.
    pub(crate) async fn write(&self) -> Result<Tx, StoreError> {
        Ok(match self {
            Db::Sqlite { write, turn, disk, .. } => {
                let _turn = turn_of(turn).await?;
                disk.check()?;
                let begun = write.begin_with("begin immediate").await?;
                Tx::Sqlite(begun, Some(Writing { _turn, disk: disk.clone() }))
            }
            Db::Postgres { pool, announces } => Tx::Postgres(pool.begin().await?, *announces),
        })
    }

    /// A transaction that reads one state of the whole database.
    pub(crate) async fn read(&self) -> Result<Tx, StoreError> {
        Ok(match self {
            Db::Sqlite { read, disk, .. } => {
                disk.check()?;
                Tx::Sqlite(read.begin().await?, None)
            }
            Db::Postgres { pool, announces } => {
                let begin = "begin isolation level repeatable read read only";
                Tx::Postgres(pool.begin_with(begin).await?, *announces)
            }
        })
    }

    /// Brings what SQLite has written to its log into the file itself. SQLite
    /// would do so by itself, and pass over an `fsync` that failed.
    pub(crate) async fn checkpoint(&self) -> Result<(), StoreError> {
        let Db::Sqlite { write, turn, disk, .. } = self else { return Ok(()) };
        let _turn = turn_of(turn).await?;
        disk.check()?;
        let done = sqlx::query(CHECKPOINT).execute(write).await.map_err(StoreError::from);
        done.map(drop).inspect_err(|error| disk.learn(error))
    }

    /// Resolves when the disk under the database cannot be trusted any more;
    /// a database server sees to that itself.
    pub(crate) async fn disk_lost(&self) {
        match self {
            Db::Sqlite { disk, .. } => disk.lost().await,
            Db::Postgres { .. } => std::future::pending().await,
        }
    }

    /// Ends all connections.
    pub(crate) async fn close(&self) {
        match self {
            Db::Sqlite { write, read, .. } => {
                read.close().await;
                write.close().await;
            }
            Db::Postgres { pool, .. } => pool.close().await,
        }
    }
}

impl Tx {
    /// Whether nobody else writes until the commit, so that what is read holds.
    pub(crate) fn writes_alone(&self) -> bool {
        matches!(self, Tx::Sqlite(..))
    }

    /// Finds every row by its key from here on, however the tables look.
    pub(crate) async fn by_key_alone(&mut self) -> Result<(), StoreError> {
        if let Tx::Postgres(tx, _) = self {
            tx.execute(BY_KEY_ALONE).await?;
        }
        Ok(())
    }

    /// Makes what was done durable.
    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        match self {
            Tx::Sqlite(tx, writing) => {
                let done = tx.commit().await.map_err(StoreError::from);
                if let (Err(error), Some(writing)) = (&done, &writing) {
                    writing.disk.learn(error);
                }
                done?;
            }
            Tx::Postgres(tx, _) => tx.commit().await?,
        }
        Ok(())
    }
}

/// Waits for one's turn to write to SQLite.
async fn turn_of(turn: &Turn) -> Result<OwnedMutexGuard<()>, StoreError> {
    let turn = timeout(ACQUIRE_TIMEOUT, turn.clone().lock_owned()).await;
    Ok(turn.map_err(|_| sqlx::Error::PoolTimedOut)?)
}

async fn open_sqlite(url: &str) -> Result<Db, ConnectError> {
    // FULL: a power cut loses nothing that was acknowledged.
    let options = SqliteConnectOptions::from_str(url)?
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(ACQUIRE_TIMEOUT)
        .pragma("wal_autocheckpoint", "0");
    let file = options.get_filename().to_path_buf();
    let writer = SqlitePoolOptions::new().max_connections(1).acquire_timeout(ACQUIRE_TIMEOUT);
    let write = writer.connect_with(options.clone().pragma("cache_size", WRITER_CACHE)).await?;
    // What a process that died left in the log is durable in the file before anybody is told of it.
    sqlx::query(CHECKPOINT).execute(&write).await?;
    let readers = SqlitePoolOptions::new().max_connections(SQLITE_READERS).acquire_timeout(ACQUIRE_TIMEOUT);
    let options = options.pragma("cache_size", READER_CACHE).pragma("query_only", "true");
    let read = readers.connect_lazy_with(options);
    Ok(Db::Sqlite { write, read, turn: Turn::default(), file, disk: Disk::new() })
}

/// The same server by connections of another pool, made when they are first
/// needed: what they wait for is seen to by the runtime that uses them.
pub(crate) fn pool_apart(pool: &PgPool, connections: u32) -> PgPool {
    let options = PgPoolOptions::new().max_connections(connections).acquire_timeout(ACQUIRE_TIMEOUT);
    options.connect_lazy_with(pool.connect_options().as_ref().clone())
}

async fn open_postgres(url: &str) -> Result<Db, ConnectError> {
    let options =
        PgConnectOptions::from_str(url)?.application_name("yuehui").options([("synchronous_commit", "on")]);
    let pool = PgPoolOptions::new().max_connections(POSTGRES_CONNECTIONS).acquire_timeout(ACQUIRE_TIMEOUT);
    let pool = pool.connect_with(options).await?;
    let announces = announce::is_possible(&pool).await?;
    Ok(Db::Postgres { pool, announces })
}

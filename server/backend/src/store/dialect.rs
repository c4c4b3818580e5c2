//! Where the two databases differ: which migrations they get, and how one
//! query text reaches either.

use crate::store::db::Db;
use sqlx::migrate::{Migration, Migrator};

static COMMON: Migrator = sqlx::migrate!("migrations/common");
static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// The common migrations and the database's own, in one order.
pub(super) fn migrations(db: &Db) -> Migrator {
    let own = match db {
        Db::Sqlite { .. } => &SQLITE,
        Db::Postgres { .. } => &POSTGRES,
    };
    let mut all: Vec<Migration> = COMMON.iter().chain(own.iter()).cloned().collect();
    all.sort_by_key(|migration| migration.version);
    Migrator::with_migrations(all)
}

/// The same up to one of them: of a database as an earlier program left it.
pub(super) fn migrations_to(db: &Db, last: i64) -> Migrator {
    let all = migrations(db);
    Migrator::with_migrations(all.iter().filter(|migration| migration.version <= last).cloned().collect())
}

/// The last migration of either database that this program knows.
pub(crate) fn newest_migration() -> i64 {
    let all = [&COMMON, &SQLITE, &POSTGRES].into_iter().flat_map(|migrator| migrator.iter());
    all.map(|migration| migration.version).max().unwrap_or(0)
}

/// Runs one query text on whichever database the transaction belongs to.
///
/// ```text
/// on!(tx, conn => sqlx::query("delete from session where token_hash = $1").bind(hash).execute(conn))?
/// ```
macro_rules! on {
    ($tx:expr, $conn:ident => $query:expr) => {
        match $tx {
            $crate::store::Tx::Sqlite(tx, _) => {
                let $conn = &mut **tx;
                $query.await
            }
            $crate::store::Tx::Postgres(tx, _) => {
                let $conn = &mut **tx;
                $query.await
            }
        }
    };
}

/// Runs a statement and tells how many rows it changed.
macro_rules! changed {
    ($tx:expr, $query:expr) => {
        match $tx {
            $crate::store::Tx::Sqlite(tx, _) => {
                $query.execute(&mut **tx).await.map(|done| done.rows_affected())
            }
            $crate::store::Tx::Postgres(tx, _) => {
                $query.execute(&mut **tx).await.map(|done| done.rows_affected())
            }
        }
    };
}

/// Runs a text that takes many rows at once: the text's first value is a JSON
/// array, and between its two parts stands a table of that array's elements, each
/// as `value`.
///
/// ```text
/// on_rows!(tx, conn, text, "select cast(value ->> 0 as bigint) from", "" =>
///     sqlx::query_as(text).bind(rows).fetch_all(conn))?
/// ```
macro_rules! on_rows {
    ($tx:expr, $conn:ident, $text:ident, $before:literal, $after:literal => $query:expr) => {
        match $tx {
            $crate::store::Tx::Sqlite(tx, _) => {
                let ($conn, $text) = (&mut **tx, concat!($before, " json_each($1) ", $after));
                $query.await
            }
            $crate::store::Tx::Postgres(tx, _) => {
                let $conn = &mut **tx;
                let $text = concat!($before, " json_array_elements(cast($1 as json)) ", $after);
                $query.await
            }
        }
    };
}

pub(crate) use {changed, on, on_rows};

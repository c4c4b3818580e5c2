//! Announcements between the nodes of a PostgreSQL database: `notify` in the
//! transaction that has something to tell, `listen` on a connection of its own.
//!
//! They only save time. What they tell of is a row that every node looks at
//! anyway, so a lost one costs no more than the time until the next look; on
//! SQLite, and on a server that speaks PostgreSQL's protocol without them, the
//! looks are all there is.

use super::{Db, Tx};
use crate::store::StoreError;
use sqlx::PgPool;
use sqlx::postgres::PgListener;

/// On which all nodes of a database hear each other.
const CHANNEL: &str = "yuehui_catalogue";

/// Hears what other nodes announce.
#[derive(Debug)]
pub(crate) struct Ear(PgListener);

impl Tx {
    /// Tells the other nodes, when this transaction is committed, to look.
    pub(crate) async fn announce(&mut self) -> Result<(), StoreError> {
        if let Tx::Postgres(tx, true) = self {
            sqlx::query("select pg_notify($1, '')").bind(CHANNEL).execute(&mut **tx).await?;
        }
        Ok(())
    }
}

impl Db {
    /// An ear for announcements; `None` where there are none, or not any more.
    pub(crate) async fn ear(&self) -> Result<Option<Ear>, StoreError> {
        let Db::Postgres { pool, announces: true } = self else { return Ok(None) };
        if pool.is_closed() {
            return Ok(None);
        }
        let mut listener = PgListener::connect_with(pool).await?;
        listener.eager_reconnect(false);
        listener.listen(CHANNEL).await?;
        Ok(Some(Ear(listener)))
    }
}

impl Ear {
    /// Waits for an announcement; false when the connection is lost, and with
    /// it this ear.
    pub(crate) async fn heard(&mut self) -> Result<bool, StoreError> {
        Ok(self.0.try_recv().await?.is_some())
    }
}

/// Whether the server passes announcements on: it is asked to, in a transaction
/// that comes to nothing.
pub(super) async fn is_possible(pool: &PgPool) -> Result<bool, sqlx::Error> {
    let mut tx = pool.begin().await?;
    let asked = sqlx::query("select pg_notify($1, '')").bind(CHANNEL).execute(&mut *tx).await;
    tx.rollback().await?;
    match asked {
        Ok(_) => Ok(true),
        Err(sqlx::Error::Database(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

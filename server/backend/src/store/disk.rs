//! The disk under a database file, and when it is trusted no more.
//!
//! A full disk refuses a write and says so: the write is undone, and the next
//! one may find room. A failed `fsync` is another matter. The system may have
//! dropped what it could not write, and calls the next `fsync` good all the
//! same, so from then on neither what is read nor what is written can be
//! believed. Nothing is asked of the database any more, and the process ends
//! without touching the file; a new one reads what the disk really holds.

use crate::store::StoreError;
use rusqlite::ffi::{SQLITE_IOERR_DIR_FSYNC, SQLITE_IOERR_FSYNC};
use std::sync::Arc;
use tokio::sync::watch;

/// A disk, as far as this process knows; a cheap clone.
#[derive(Clone, Debug)]
pub(crate) struct Disk(Arc<watch::Sender<bool>>);

impl Disk {
    pub(crate) fn new() -> Disk {
        Disk(Arc::new(watch::Sender::new(false)))
    }

    /// Says no once the disk is lost.
    pub(crate) fn check(&self) -> Result<(), StoreError> {
        if *self.0.borrow() { Err(StoreError::DiskLost) } else { Ok(()) }
    }

    /// Takes note of what an error tells of the disk.
    pub(crate) fn learn(&self, error: &StoreError) {
        if is_failed_sync(error) {
            tracing::error!(%error, "the disk did not make a write durable (fsync failed)");
            self.0.send_replace(true);
        }
    }

    /// Resolves when the disk is lost.
    pub(crate) async fn lost(&self) {
        // The sender lives in this very value.
        let _ = self.0.subscribe().wait_for(|lost| *lost).await;
    }
}

/// Whether an error is an `fsync` that failed.
fn is_failed_sync(error: &StoreError) -> bool {
    match error {
        StoreError::Desk(error) => is_failed_sync_of_desk(error),
        StoreError::Database(sqlx::Error::Database(error)) => error
            .code()
            .and_then(|code| code.parse().ok())
            .is_some_and(|code: i32| code == SQLITE_IOERR_FSYNC || code == SQLITE_IOERR_DIR_FSYNC),
        _ => false,
    }
}

/// The same of the desk's own connection.
pub(super) fn is_failed_sync_of_desk(error: &rusqlite::Error) -> bool {
    let code = error.sqlite_error().map(|error| error.extended_code);
    code == Some(SQLITE_IOERR_FSYNC) || code == Some(SQLITE_IOERR_DIR_FSYNC)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::ffi::{Error, SQLITE_FULL};

    fn failure(code: i32) -> StoreError {
        StoreError::Desk(rusqlite::Error::SqliteFailure(Error::new(code), None))
    }

    #[tokio::test]
    async fn a_full_disk_is_trusted_and_one_that_does_not_sync_is_not() {
        let disk = Disk::new();
        disk.learn(&failure(SQLITE_FULL));
        disk.learn(&StoreError::Group("anything".to_owned()));
        assert!(disk.check().is_ok());
        disk.clone().learn(&failure(SQLITE_IOERR_FSYNC));
        assert!(matches!(disk.check(), Err(StoreError::DiskLost)));
        disk.lost().await;
    }
}

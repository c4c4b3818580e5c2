//! Copies what the desk wrote from the log into the database file, beside the
//! desk. The desk does that itself whenever the log has grown to its limit, and
//! whoever presses then waits for it: little is left to copy by then, because the
//! second half of the log is copied again and again.

use super::LONG_LOG_PAGES;
use crate::store::disk::Disk;
use crate::store::{StoreError, failed};
use rusqlite::Connection;
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

/// How long the log grows before it is copied.
const PAUSE: Duration = Duration::from_millis(250);
/// The same once the desk will soon have to copy the rest itself: the less time
/// lies between, the less is left each time.
const SHORT_PAUSE: Duration = Duration::from_millis(10);
/// From how many pages on that is: halfway to the desk's own turn.
const SOON_LONG_PAGES: i32 = LONG_LOG_PAGES / 2;

/// Tells the copying thread that there is something to copy; it ends with this.
#[derive(Debug)]
pub(super) struct Checkpoints(SyncSender<()>);

impl Checkpoints {
    pub(super) fn begin(file: &Path, disk: Disk) -> Result<Checkpoints, StoreError> {
        let connection = Connection::open(file)?;
        // FULL: what the log no longer holds is on the disk.
        connection.pragma_update(None, "synchronous", "full")?;
        let (tell, told) = sync_channel(1);
        let copy = move || copy_for_good(&connection, &disk, &told);
        thread::Builder::new().name("checkpoints".to_owned()).spawn(copy).map_err(failed)?;
        Ok(Checkpoints(tell))
    }

    /// Something was written.
    pub(super) fn wrote(&self) {
        // It was told before and has not begun yet.
        let _ = self.0.try_send(());
    }
}

fn copy_for_good(connection: &Connection, disk: &Disk, told: &Receiver<()>) {
    while told.recv().is_ok() {
        // PASSIVE: neither readers nor the desk are waited for or made to wait.
        let copied = connection.query_row("pragma wal_checkpoint(passive)", [], |row| row.get(1));
        let log_pages: i32 = copied.map_err(StoreError::from).unwrap_or_else(|error| {
            disk.learn(&error);
            tracing::warn!(%error, "the log was not copied; the next time tries again");
            0
        });
        thread::sleep(if log_pages < SOON_LONG_PAGES { PAUSE } else { SHORT_PAUSE });
    }
}

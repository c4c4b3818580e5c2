//! The desk: a bounded queue, and one writer that takes all that waits into
//! one transaction and answers after the commit.
//!
//! Waiting for a fuller group gains nothing: while one group is written the
//! next one gathers by itself.

use crate::clock::Clock;
use crate::store::desk::postgres::PostgresDesk;
use crate::store::desk::sqlite::SqliteDesk;
use crate::store::desk::{Claimed, NewRedemption, NewVoucher, Redeemed, Work, Written};
use crate::store::{Db, Disk, StoreError};
use crate::{Error, store};
use domain::Denied;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;
use tokio::runtime;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::timeout;

/// Requests that may wait: at 10,000 a second four tenths of one.
const MOST_WAITING: usize = 4096;
/// Requests in one transaction.
const MOST_IN_GROUP: usize = 256;
/// Written groups whose people are still being told.
const GROUPS_TO_TELL: usize = 16;
/// How long anybody waits for the desk. Whether the write took place is unknown
/// then, and its repeat tells.
const ANSWERED_WITHIN: Duration = Duration::from_secs(30);
/// When to come back to a desk that is full.
const RETRY_AFTER_S: i64 = 1;

/// Where claims and redemptions are handed in.
#[derive(Debug)]
pub(crate) struct Desk {
    /// `None` once the desk is closed.
    queue: Mutex<Option<mpsc::Sender<Asked>>>,
    /// Closes when the writer has ended.
    writer: watch::Receiver<()>,
}

/// One request and who waits for its answer.
struct Asked {
    work: Work<Error>,
    reply: oneshot::Sender<Result<Written<Error>, StoreError>>,
}

impl Desk {
    /// Opens the desk of a node, which writes to one of the ledger's chains.
    pub(crate) fn open(db: &Db, chain: i64, clock: Arc<dyn Clock>) -> Result<Desk, StoreError> {
        let (queue, asked) = mpsc::channel(MOST_WAITING);
        let (ended, writer_ended) = watch::channel(());
        let (told, groups) = mpsc::channel(GROUPS_TO_TELL);
        tokio::spawn(async move {
            tell(groups).await;
            drop(ended);
        });
        match db {
            Db::Sqlite { file, turn, disk, .. } => {
                let (file, turn, disk) = (file.clone(), turn.clone(), disk.clone());
                let open = {
                    let disk = disk.clone();
                    move || SqliteDesk::open(&file, turn.clone(), disk.clone())
                };
                let writer = open()?;
                on_a_thread(move || {
                    serve_sqlite(asked, writer, open, &disk, (chain, clock.as_ref()), &told);
                })?;
            }
            Db::Postgres { pool, announces } => {
                // In the node's own runtime each of its round trips would wait behind the requests.
                let runtime = runtime::Builder::new_current_thread().enable_all().build();
                let runtime = runtime.map_err(store::failed)?;
                let (pool, announces) = (pool.clone(), *announces);
                on_a_thread(move || {
                    runtime.block_on(async {
                        serve_postgres(asked, PostgresDesk::new(&pool, announces, chain), clock, told).await;
                    });
                })?;
            }
        }
        Ok(Desk { queue: Mutex::new(Some(queue)), writer: writer_ended })
    }

    /// Takes nothing more and waits until everything that was taken is
    /// answered.
    pub(crate) async fn close(&self) {
        drop(self.queue().take());
        // It never sends: an error is its end.
        if timeout(ANSWERED_WITHIN, self.writer.clone().changed()).await.is_err() {
            tracing::error!("the desk still writes; what it answers to nobody is found by its repeat");
        }
    }

    fn queue(&self) -> MutexGuard<'_, Option<mpsc::Sender<Asked>>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands in a claim; its answer is durable.
    pub(crate) async fn claim(&self, claim: NewVoucher) -> Result<Claimed, Error> {
        match self.ask(Work::Claim(claim)).await? {
            Written::Claim(claimed) => Ok(claimed),
            Written::Redeem(_) => Err(mixed_up()),
        }
    }

    /// Hands in a redemption; its answer is durable.
    pub(crate) async fn redeem(&self, redemption: NewRedemption<Error>) -> Result<Redeemed<Error>, Error> {
        match self.ask(Work::Redeem(redemption)).await? {
            Written::Redeem(redeemed) => Ok(redeemed),
            Written::Claim(_) => Err(mixed_up()),
        }
    }

    async fn ask(&self, work: Work<Error>) -> Result<Written<Error>, Error> {
        let (reply, answer) = oneshot::channel();
        {
            let queue = self.queue();
            match queue.as_ref().ok_or_else(closed)?.try_reserve() {
                Ok(room) => room.send(Asked { work, reply }),
                Err(mpsc::error::TrySendError::Full(())) => {
                    return Err(Denied::Busy { retry_after_s: RETRY_AFTER_S }.into());
                }
                Err(mpsc::error::TrySendError::Closed(())) => return Err(closed().into()),
            }
        }
        let answer = timeout(ANSWERED_WITHIN, answer).await;
        Ok(answer.map_err(|_| StoreError::Group("no answer in time".to_owned()))?.map_err(|_| closed())??)
    }
}

fn mixed_up() -> Error {
    StoreError::corrupt("an answer to another request").into()
}

fn closed() -> StoreError {
    StoreError::Group("the desk is closed".to_owned())
}

/// Serves until the last handle on the desk is gone. After a failure the
/// connection is opened anew: what the old one still held in memory may be
/// other than what the disk holds. Once the disk is lost nothing is written.
fn serve_sqlite(
    mut asked: mpsc::Receiver<Asked>,
    writer: SqliteDesk,
    open: impl Fn() -> Result<SqliteDesk, StoreError>,
    disk: &Disk,
    (chain, clock): (i64, &dyn Clock),
    told: &mpsc::Sender<Group>,
) {
    let mut writer = Some(writer);
    loop {
        let mut group = Vec::new();
        if asked.blocking_recv_many(&mut group, MOST_IN_GROUP) == 0 {
            return;
        }
        let (works, replies): (Vec<_>, Vec<_>) =
            group.into_iter().map(|asked| (asked.work, asked.reply)).unzip();
        let written = disk.check().and_then(|()| match &mut writer {
            Some(writer) => writer.write(chain, clock.now(), &works),
            None => open().and_then(|opened| writer.insert(opened).write(chain, clock.now(), &works)),
        });
        if let Err(error) = &written {
            disk.learn(error);
            writer = None;
        }
        if told.blocking_send((replies, written)).is_err() {
            return;
        }
    }
}

/// Answers inside the runtime: waking each of a group from another thread
/// would cost the desk as much as writing it.
async fn tell(mut groups: mpsc::Receiver<Group>) {
    while let Some((replies, written)) = groups.recv().await {
        answer(replies, written);
    }
}

async fn serve_postgres(
    mut asked: mpsc::Receiver<Asked>,
    mut writer: PostgresDesk,
    clock: Arc<dyn Clock>,
    told: mpsc::Sender<Group>,
) {
    if let Err(error) = writer.warm_up().await {
        tracing::warn!(%error, "the desk is not warm yet; its first group waits for that");
        writer.give_up();
    }
    loop {
        let mut group = Vec::new();
        if asked.recv_many(&mut group, MOST_IN_GROUP).await == 0 {
            break;
        }
        let (works, replies): (Vec<_>, Vec<_>) =
            group.into_iter().map(|asked| (asked.work, asked.reply)).unzip();
        let written = writer.write(clock.now(), &works).await;
        if written.is_err() {
            writer.give_up();
        }
        if told.send((replies, written)).await.is_err() {
            break;
        }
    }
    writer.close().await;
}

fn on_a_thread(serve: impl FnOnce() + Send + 'static) -> Result<(), StoreError> {
    thread::Builder::new().name("desk".to_owned()).spawn(serve).map(drop).map_err(store::failed)
}

type Reply = oneshot::Sender<Result<Written<Error>, StoreError>>;
/// Those of a group, and what became of it.
type Group = (Vec<Reply>, Result<Vec<Written<Error>>, StoreError>);

/// Tells each of a group what became of it. Who has gone away hears nothing;
/// the write stands all the same and its repeat finds it.
fn answer(replies: Vec<Reply>, written: Result<Vec<Written<Error>>, StoreError>) {
    match written {
        Ok(written) => {
            for (reply, written) in replies.into_iter().zip(written) {
                let _ = reply.send(Ok(written));
            }
        }
        Err(error) => {
            tracing::error!(%error, cause = ?std::error::Error::source(&error), "a group was not written");
            for reply in replies {
                let _ = reply.send(Err(StoreError::Group(error.to_string())));
            }
        }
    }
}

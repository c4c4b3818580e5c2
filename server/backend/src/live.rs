//! What changes while people watch: the rounds' stock and states, and the
//! tallies. One look at the database serves every watcher of this node.

use crate::rounds::remaining;
use crate::store::{Ear, catalogue, round};
use crate::{Backend, Error, Inner, StoreError};
use domain::RoundId;
use domain::shapes::RoundLive;
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::sync::{Mutex, watch};
use tokio::time::{sleep, timeout};

/// How often the node looks; no watcher is told of the stock more often.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// How long a look may take.
const LOOK_WITHIN: Duration = Duration::from_secs(5);
/// How often what is due is done.
const WORK_EVERY: Duration = Duration::from_secs(10);
/// How often residents are counted.
const COUNT_EVERY: Duration = Duration::from_secs(2);
/// Transactions of expiring vouchers between two other jobs.
const MOST_EXPIRIES: usize = 200;
/// How soon a node that lost its ear for announcements listens again.
const LISTEN_AGAIN_AFTER: Duration = Duration::from_secs(1);

/// What watchers hold on to.
#[derive(Debug)]
pub(crate) struct Live {
    rounds: watch::Sender<Arc<Vec<RoundLive>>>,
    ledger: watch::Sender<i64>,
    /// The version of the catalogue that the node holds. Whoever looks keeps it
    /// locked, so that a later look never shows less than an earlier one.
    version: Mutex<Option<i64>>,
}

impl Live {
    pub(crate) fn new() -> Live {
        Live {
            rounds: watch::Sender::new(Arc::default()),
            ledger: watch::Sender::new(0),
            version: Mutex::new(None),
        }
    }

    /// Whether nothing was left of a round when the node last looked.
    pub(crate) fn is_gone(&self, id: RoundId) -> bool {
        self.rounds.borrow().iter().any(|round| round.id == id && round.remaining == 0)
    }
}

impl Backend {
    /// Stock and state of every round: the present picture, and a new one when
    /// something changes, at most every 250 ms.
    #[must_use]
    pub fn live_rounds(&self) -> watch::Receiver<Arc<Vec<RoundLive>>> {
        self.live().rounds.subscribe()
    }

    /// The number of the ledger's last block: it moves when a tally may have.
    #[must_use]
    pub fn live_stats(&self) -> watch::Receiver<i64> {
        self.live().ledger.subscribe()
    }

    /// Looks at the database once: reads the catalogue when its version moved,
    /// and tells the watchers what changed.
    pub(crate) async fn look(&self) -> Result<(), StoreError> {
        let mut version = self.live().version.lock().await;
        let mut tx = self.db().read().await?;
        self.callers().catch_up(&mut tx).await?;
        let pulse = catalogue::pulse(&mut tx).await?;
        let renewed = *version != Some(pulse.catalogue);
        if renewed {
            if let Some(catalogue) = catalogue::load(&mut tx).await? {
                self.hold(catalogue);
            }
            *version = Some(pulse.catalogue);
        }
        let head = pulse.ledger;
        let (now, zone, catalogue) = (self.now(), self.zone(), self.catalogue());
        let moved = renewed || *self.live().ledger.borrow() != head;
        let stock = if moved { round::stock(&mut tx).await? } else { Vec::new() };
        drop(tx);
        self.live().rounds.send_if_modified(|known| {
            let fresh = catalogue.rounds().iter().enumerate().map(|(n, round)| RoundLive {
                id: round.id,
                state: round.state(now),
                remaining: if moved {
                    remaining(round, &stock)
                } else {
                    known.get(n).map_or(0, |live| live.remaining)
                },
                now: zone.rfc3339(now),
            });
            let fresh: Vec<RoundLive> = fresh.collect();
            let same = |(one, other): (&RoundLive, &RoundLive)| {
                one.state == other.state && one.remaining == other.remaining
            };
            let changed = fresh.len() != known.len() || !fresh.iter().zip(known.iter()).all(same);
            if changed {
                *known = Arc::new(fresh);
            }
            changed
        });
        self.known().look(&self.live().rounds.borrow());
        self.live().ledger.send_if_modified(|known| std::mem::replace(known, head) != head);
        Ok(())
    }
}

/// Looks, listens, and does what is due, for as long as the backend lives. They
/// go on apart: a long job, such as freezing a draw's list, stops no watcher.
pub(crate) fn keep_looking(backend: &Backend) {
    tokio::spawn(look_for_good(backend.downgrade()));
    tokio::spawn(listen_for_good(backend.downgrade()));
    tokio::spawn(work_for_good(backend.downgrade()));
    tokio::spawn(count_for_good(backend.downgrade()));
}

async fn look_for_good(inner: Weak<Inner>) {
    let mut beat = beat(LOOK_EVERY);
    loop {
        beat.tick().await;
        let Some(backend) = Backend::upgrade(&inner) else { return };
        let looked = timeout(LOOK_WITHIN, backend.look()).await;
        if let Err(error) = looked.unwrap_or(Err(sqlx::Error::PoolTimedOut.into())) {
            backend.callers().forget_all();
            tracing::error!(%error, "the look at stock and tallies failed; the next one tries again");
        }
    }
}

/// Looks at once when another node announces a change.
async fn listen_for_good(inner: Weak<Inner>) {
    loop {
        let Some(backend) = Backend::upgrade(&inner) else { return };
        let ear = backend.db().ear().await;
        drop(backend);
        match ear {
            Ok(Some(ear)) => hear(ear, &inner).await,
            Ok(None) => return,
            Err(error) => tracing::warn!(%error, "announcements are not heard; changes are seen at looks"),
        }
        sleep(LISTEN_AGAIN_AFTER).await;
    }
}

/// Hears until the connection is lost or the backend is gone.
async fn hear(mut ear: Ear, inner: &Weak<Inner>) {
    loop {
        let heard = timeout(LISTEN_AGAIN_AFTER, ear.heard()).await;
        let Some(backend) = Backend::upgrade(inner) else { return };
        match heard {
            Err(_) => (),
            Ok(Ok(true)) => {
                if let Err(error) = backend.look().await {
                    tracing::error!(%error, "a look failed; the next one tries again");
                }
            }
            Ok(Ok(false) | Err(_)) => return,
        }
    }
}

async fn work_for_good(inner: Weak<Inner>) {
    let mut beat = beat(WORK_EVERY);
    loop {
        beat.tick().await;
        let Some(backend) = Backend::upgrade(&inner) else { return };
        if let Err(error) = expire_all(&backend).await {
            tracing::error!(%error, "expiring vouchers failed; the next time tries again");
        }
        if let Err(error) = backend.db().checkpoint().await {
            tracing::error!(%error, "the database's log was not brought into its file; the next time tries again");
        }
        if let Err(error) = backend.forget_told_changes().await {
            tracing::error!(%error, "old changes of callers were kept; the next time tries again");
        }
        if let Err(error) = backend.return_due().await {
            tracing::error!(%error, "a closed round kept what it had left; the next time tries again");
        }
        if let Err(error) = backend.advance_draws().await {
            tracing::error!(%error, "a draw did not go on; the next time tries again");
        }
        if let Err(error) = backend.advance_promotions().await {
            tracing::error!(%error, "promotions neither appeared nor ended; the next time tries again");
        }
        if let Err(error) = backend.look_for_risk().await {
            tracing::error!(%error, "the rules did not look at a day; the next time tries again");
        }
        if let Err(error) = backend.write_counts().await {
            tracing::error!(%error, "views were not written; the next time tries again");
        }
    }
}

/// Counts the residents of what the ledger has new.
async fn count_for_good(inner: Weak<Inner>) {
    loop {
        sleep(COUNT_EVERY).await;
        let Some(backend) = Backend::upgrade(&inner) else { return };
        if let Err(error) = backend.count_residents().await {
            tracing::error!(%error, "residents were not counted; the next time tries again");
        }
    }
}

/// Expires what is due, some at a time, and leaves the rest of a great day to
/// the next beat: the other jobs have their turn.
async fn expire_all(backend: &Backend) -> Result<(), Error> {
    for _ in 0..MOST_EXPIRIES {
        if backend.expire_due().await? == 0 {
            break;
        }
    }
    Ok(())
}

fn beat(every: Duration) -> tokio::time::Interval {
    let mut beat = tokio::time::interval(every);
    beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    beat
}

//! What changes while people watch: the rounds' stock and states, and the
//! tallies. One look at the database serves every watcher of this node.

use crate::rounds::remaining;
use crate::store::{ledger, round};
use crate::{Backend, Inner, StoreError};
use domain::RoundId;
use domain::shapes::RoundLive;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::timeout;

/// How often the node looks; no watcher is told more often.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// How long a look may take.
const LOOK_WITHIN: Duration = Duration::from_secs(5);
/// How often what is due is done.
const WORK_EVERY: Duration = Duration::from_secs(10);
/// How many looks pass until a draw that another node held is known: a second.
const DRAWS_EVERY_LOOKS: u64 = 4;

/// What watchers hold on to.
#[derive(Debug)]
pub(crate) struct Live {
    rounds: watch::Sender<Arc<Vec<RoundLive>>>,
    ledger: watch::Sender<i64>,
    /// How many rounds have given back what they had left.
    returns: AtomicUsize,
}

impl Live {
    pub(crate) fn new() -> Live {
        Live {
            rounds: watch::Sender::new(Arc::default()),
            ledger: watch::Sender::new(0),
            returns: AtomicUsize::new(0),
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

    /// Takes note how many rounds have given back what they had left; whether
    /// that is news.
    pub(crate) fn known_returns(&self, count: usize) -> bool {
        self.live().returns.swap(count, Ordering::SeqCst) != count
    }

    /// Looks at the database once and tells the watchers what changed.
    pub(crate) async fn look(&self) -> Result<(), StoreError> {
        let mut tx = self.db().read().await?;
        self.callers().catch_up(&mut tx).await?;
        let head = ledger::heads(&mut tx).await?.iter().map(|head| head.sequence).sum();
        let (now, zone, catalogue) = (self.now(), self.zone(), self.catalogue());
        let moved = *self.live().ledger.borrow() != head || self.live().rounds.borrow().is_empty();
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

/// Looks, and does what is due, for as long as the backend lives. The two go
/// on apart: a long job, such as freezing a draw's list, stops no watcher.
pub(crate) fn keep_looking(backend: &Backend) {
    tokio::spawn(look_for_good(backend.downgrade()));
    tokio::spawn(work_for_good(backend.downgrade()));
}

async fn look_for_good(inner: Weak<Inner>) {
    let mut beat = beat(LOOK_EVERY);
    for look in 0u64.. {
        beat.tick().await;
        let Some(backend) = Backend::upgrade(&inner) else { return };
        let looked = timeout(LOOK_WITHIN, backend.look()).await;
        if let Err(error) = looked.unwrap_or(Err(sqlx::Error::PoolTimedOut.into())) {
            backend.callers().forget_all();
            tracing::error!(%error, "the look at stock and tallies failed; the next one tries again");
        }
        if look % DRAWS_EVERY_LOOKS == 0
            && let Err(error) = backend.follow_draws().await
        {
            tracing::error!(%error, "the look at draws failed; the next one tries again");
        }
    }
}

async fn work_for_good(inner: Weak<Inner>) {
    let mut beat = beat(WORK_EVERY);
    loop {
        beat.tick().await;
        let Some(backend) = Backend::upgrade(&inner) else { return };
        if let Err(error) = backend.expire_due().await {
            tracing::error!(%error, "expiring vouchers failed; the next time tries again");
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
    }
}

fn beat(every: Duration) -> tokio::time::Interval {
    let mut beat = tokio::time::interval(every);
    beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    beat
}

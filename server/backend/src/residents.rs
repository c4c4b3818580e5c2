//! Distinct residents: they cannot be added up from tallies, so they are counted
//! from the redemptions, and a count is kept for as long as the ledger stands
//! still. Where counting takes long, the last count is told with its moment
//! while the next one is made in the background.

use crate::store::{Tx, ledger, tally};
use crate::{Backend, StoreError};
use domain::{Day, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

/// From so many milliseconds on, counting takes long.
const LONG_MS: i64 = 50;
/// A long count rests for so many times the time that it took.
const RESTS: i64 = 20;
/// Ranges whose counts are kept.
const MOST_KEPT: usize = 64;

/// A range of business days, and a campaign or 0.
pub(crate) type Asked = (Day, Day, i64);

/// What was counted.
#[derive(Clone, Debug)]
pub(crate) struct Counted {
    /// When.
    pub(crate) at: Timestamp,
    /// All over the city.
    pub(crate) all: i64,
    by_district: Arc<BTreeMap<i64, i64>>,
    /// The blocks of the ledger that were there.
    blocks: i64,
    took_ms: i64,
}

impl Counted {
    /// Those of a district's outlets.
    pub(crate) fn of(&self, district: i64) -> i64 {
        self.by_district.get(&district).copied().unwrap_or(0)
    }
}

/// The counts that a node keeps.
#[derive(Debug, Default)]
pub(crate) struct Residents(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    counted: BTreeMap<Asked, Counted>,
    counting: BTreeSet<Asked>,
}

impl Residents {
    fn with<T>(&self, look: impl FnOnce(&mut Kept) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Backend {
    /// Distinct residents of a range, as a transaction sees them; `exact` even
    /// where that takes long.
    pub(crate) async fn residents_in(
        &self,
        tx: &mut Tx,
        asked: Asked,
        exact: bool,
    ) -> Result<Counted, StoreError> {
        let blocks = blocks(tx).await?;
        let now = self.now();
        let known = self.residents().with(|kept| kept.counted.get(&asked).cloned());
        if let Some(known) = known {
            if known.blocks == blocks {
                return Ok(Counted { at: now, ..known });
            }
            if !exact && known.took_ms >= LONG_MS {
                if known.at.until(now) >= known.took_ms.saturating_mul(RESTS) {
                    self.count_behind(asked);
                }
                return Ok(known);
            }
        }
        self.count_residents(tx, asked, blocks).await
    }

    async fn count_residents(&self, tx: &mut Tx, asked: Asked, blocks: i64) -> Result<Counted, StoreError> {
        let (from, to, campaign) = asked;
        let at = self.now();
        let by_district = tally::residents(tx, from, to, campaign).await?.into_iter().collect();
        let all = tally::all_residents(tx, from, to, campaign).await?;
        let took_ms = at.until(self.now());
        let counted = Counted { at, all, by_district: Arc::new(by_district), blocks, took_ms };
        self.residents().with(|kept| {
            if kept.counted.len() >= MOST_KEPT {
                kept.counted.clear();
            }
            kept.counted.insert(asked, counted.clone());
        });
        Ok(counted)
    }

    /// Counts in the background, one count of a range at a time.
    fn count_behind(&self, asked: Asked) {
        if !self.residents().with(|kept| kept.counting.insert(asked)) {
            return;
        }
        let backend = self.clone();
        tokio::spawn(async move {
            let counted = async {
                let mut tx = backend.db().read().await?;
                let blocks = blocks(&mut tx).await?;
                backend.count_residents(&mut tx, asked, blocks).await
            };
            if let Err(error) = counted.await {
                tracing::error!(%error, "residents were not counted; the next question tries again");
            }
            backend.residents().with(|kept| kept.counting.remove(&asked));
        });
    }
}

/// How many blocks the ledger has; it moves with every claim, redemption and reversal.
async fn blocks(tx: &mut Tx) -> Result<i64, StoreError> {
    Ok(ledger::heads(tx).await?.iter().map(|head| head.sequence).sum())
}

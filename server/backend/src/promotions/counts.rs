//! How often promotions are looked at, and how often a reader goes on from one
//! to claim vouchers.
//!
//! A node counts in memory and adds what it counted to the database every ten
//! seconds, so that looking costs no write. Every opening of the page counts,
//! the same person's and a program's too; a node that dies loses what it
//! counted since the last time. They tell which offer draws more, and no money
//! depends on them.

use crate::store::promotion;
use crate::{Backend, StoreError};
use domain::PromotionId;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Views and claims since they were last written.
#[derive(Debug, Default)]
pub(crate) struct Counts(Mutex<HashMap<PromotionId, (i64, i64)>>);

impl Counts {
    /// As many entries as there are promotions that everybody sees, at most.
    fn all(&self) -> MutexGuard<'_, HashMap<PromotionId, (i64, i64)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Backend {
    /// Counts that a promotion's page was opened.
    pub fn count_view(&self, id: PromotionId) {
        if self.catalogue().promotion(id).is_some() {
            self.counts().all().entry(id).or_default().0 += 1;
        }
    }

    /// Counts that a reader went on from a promotion to claim vouchers; false
    /// where there is no such promotion.
    #[must_use]
    pub fn count_claim(&self, id: PromotionId) -> bool {
        let known = self.catalogue().promotion(id).is_some();
        if known {
            self.counts().all().entry(id).or_default().1 += 1;
        }
        known
    }

    /// Writes what was counted since the last time.
    ///
    /// # Errors
    /// The store failed: it is counted again the next time.
    pub async fn write_counts(&self) -> Result<(), StoreError> {
        let counted = std::mem::take(&mut *self.counts().all());
        if counted.is_empty() {
            return Ok(());
        }
        let written = self.add_counts(&counted).await;
        if written.is_err() {
            let mut all = self.counts().all();
            for (id, (views, claims)) in counted {
                let count = all.entry(id).or_default();
                *count = (count.0 + views, count.1 + claims);
            }
        }
        written
    }

    async fn add_counts(&self, counted: &HashMap<PromotionId, (i64, i64)>) -> Result<(), StoreError> {
        // In one order on every node, so that no two wait for each other.
        let mut counted: Vec<_> = counted.iter().collect();
        counted.sort_unstable();
        let mut tx = self.db().write().await?;
        for (id, (views, claims)) in counted {
            promotion::count(&mut tx, *id, *views, *claims).await?;
        }
        tx.commit().await
    }
}

//! What becomes due by itself: lists are frozen when entries close, draws that
//! a node left unfinished are finished, and the next in line are called.

use super::{ROWS_AT_ONCE, entrant};
use crate::store::draw;
use crate::{Backend, Error, StoreError};
use domain::draw::{DrawPhase, EntryList};
use domain::{Round, RoundId};

impl Backend {
    /// Does what is due in draws; how many steps. Any node may call it at any
    /// time: each step is done once.
    ///
    /// # Errors
    /// The store failed.
    pub async fn advance_draws(&self) -> Result<usize, Error> {
        let (catalogue, now) = (self.catalogue(), self.now());
        let mut steps = 0;
        for round in catalogue.rounds() {
            steps += match round.draw_phase(now) {
                Some(DrawPhase::Drawing) => usize::from(self.advance_drawing(round).await?),
                Some(DrawPhase::Claiming) => usize::from(self.call_next(round).await?),
                _ => 0,
            };
        }
        Ok(steps)
    }

    async fn advance_drawing(&self, round: &Round) -> Result<bool, Error> {
        let mut tx = self.db().read().await?;
        let row = draw::get(&mut tx, round.id).await?;
        drop(tx);
        match row {
            Some(row) if row.frozen_at_ms.is_none() => self.freeze(round).await,
            Some(row) if row.revealed_at_ms.is_some() => self.finish_draw(round).await,
            _ => Ok(false),
        }
    }

    /// Freezes a round's list; false when another node did.
    pub(super) async fn freeze(&self, round: &Round) -> Result<bool, Error> {
        let now = self.now();
        let mut tx = self.db().write().await?;
        draw::shut_gates(&mut tx, round.id, now).await?;
        tx.commit().await?;
        // Nothing comes in any more: every node reads the same list.
        let (entries, hash) = self.list_of(round.id).await?.finish();
        let mut tx = self.db().write().await?;
        let frozen = draw::freeze(&mut tx, round.id, entries, &hash.to_string(), now).await?;
        tx.commit().await?;
        Ok(frozen)
    }

    async fn list_of(&self, round: RoundId) -> Result<EntryList, StoreError> {
        let mut tx = self.db().read().await?;
        let (mut list, mut after) = (EntryList::default(), -1);
        loop {
            let rows = draw::entries_after(&mut tx, round, after, ROWS_AT_ONCE).await?;
            let Some(last) = rows.last() else { return Ok(list) };
            after = last.entry_no;
            for row in &rows {
                list.add(&entrant(row)?);
            }
        }
    }
}

//! What a closed round did not issue goes back to its campaign's pot or, when
//! the round says so, on to the campaign's next round.

use crate::store::{Tx, catalogue, ledger, round};
use crate::{Backend, Error, StoreError};
use domain::{Account, DistrictCode, Entry, EntryKind, Round, RoundState, Timestamp};

impl Backend {
    /// Gives back what closed rounds have left; of how many rounds. Any node
    /// may call it at any time: each round gives back once.
    ///
    /// # Errors
    /// The store failed.
    pub async fn return_due(&self) -> Result<usize, Error> {
        let (held, now) = (self.catalogue(), self.now());
        let mut tx = self.db().read().await?;
        let returned = round::returned(&mut tx).await?;
        drop(tx);
        let is_due = |round: &&Round| round.is_settled(now) && !returned.contains(&round.id.0);
        let mut count = 0;
        for closed in held.rounds().iter().filter(is_due) {
            let next = next_of(held.rounds(), closed, now);
            count += usize::from(self.give_back(closed, next, now).await?);
        }
        if count > 0 {
            self.reload().await?;
        }
        Ok(count)
    }

    async fn give_back(&self, closed: &Round, next: Option<&Round>, now: Timestamp) -> Result<bool, Error> {
        let terms = self.catalogue().campaign(closed.campaign_id).map(|terms| terms.benefit.face_value());
        let face_value = terms.ok_or_else(|| StoreError::corrupt("a round of no campaign"))?;
        let mut tx = self.db().write().await?;
        if !round::begin_return(&mut tx, closed.id, next.map(|next| next.id), now).await? {
            return Ok(false);
        }
        let mut left = 0;
        for district in districts(closed) {
            let rest = round::take_rest(&mut tx, closed.id, district).await?;
            if let Some(next) = next.filter(|_| rest > 0) {
                move_on(&mut tx, closed, next, (district, rest)).await?;
            }
            left += rest;
        }
        round::finish_return(&mut tx, closed.id, left).await?;
        if next.is_some() && left > 0 {
            catalogue::changed(&mut tx).await?;
        }
        if left > 0 {
            let value = face_value.times(left).ok_or_else(|| StoreError::corrupt("a round's value"))?.get();
            let to = next.map_or(Account::Pot(closed.campaign_id), |next| Account::Reserved(next.id));
            let lines = [(Account::Reserved(closed.id), -value), (to, value)];
            let entry = Entry::new(EntryKind::Return, None, &lines).map_err(StoreError::corrupt)?;
            ledger::append(&mut tx, self.chain(), &[entry], now).await?;
        }
        tx.commit().await?;
        Ok(true)
    }
}

/// The districts of a round's stock; 0 where it serves everyone.
fn districts(round: &Round) -> Vec<i64> {
    if round.quotas.is_empty() {
        return vec![0];
    }
    round.quotas.iter().map(|quota| DistrictCode::number(quota.district)).collect()
}

/// The campaign's round after this one, when this one says so and it is not
/// over yet. A draw's places are part of its proof: it gets none.
fn next_of<'a>(rounds: &'a [Round], closed: &Round, now: Timestamp) -> Option<&'a Round> {
    let later = rounds.iter().filter(|round| {
        round.campaign_id == closed.campaign_id
            && round.opens_at > closed.opens_at
            && round.draw.is_none()
            && round.state(now) != RoundState::Closed
    });
    later.min_by_key(|round| round.opens_at).filter(|_| closed.return_to_next)
}

/// Adds what is left to the next round: to the same district's quota, or else
/// to the first that it has.
async fn move_on(tx: &mut Tx, from: &Round, next: &Round, (district, rest): (i64, i64)) -> Result<(), Error> {
    if from.draw.is_none() {
        round::resize(tx, from.id, district, -rest).await?;
    }
    let own = districts(next);
    let to = own.iter().find(|other| **other == district).or(own.first()).copied().unwrap_or(0);
    if round::add_stock(tx, next.id, to, rest).await? {
        Ok(())
    } else {
        Err(StoreError::corrupt("a round without stock").into())
    }
}

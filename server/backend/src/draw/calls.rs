//! Claims after a draw: who is called in which window.

use super::district;
use crate::issue::Claimant;
use crate::store::round::stock_of;
use crate::store::{draw, voucher};
use crate::{Backend, Caller, Error, issue};
use domain::draw::{DrawPhase, DrawRefused, DrawTerms, Places, allot};
use domain::{Round, Timestamp};

impl Backend {
    /// The quotas on which a caller's claim may draw now, in order; district 0
    /// where the round has none.
    ///
    /// # Errors
    /// The round takes no claims now, or none of this caller.
    pub(crate) async fn quotas_open_to(
        &self,
        caller: &Caller,
        round: &Round,
        from: Claimant,
        now: Timestamp,
    ) -> Result<Vec<i64>, Error> {
        match &round.draw {
            Some(terms) if round.draw_phase(now) == Some(DrawPhase::Claiming) => {
                self.right_to_claim(caller, round, terms, now).await
            }
            _ => {
                match from {
                    Claimant::Phone => round.accepts_claims(now)?,
                    Claimant::Desk => round.accepts_claims_at_desk(now)?,
                }
                Ok(issue::quotas_for(caller, round, now)?)
            }
        }
    }

    /// The quota whose place a caller was called to, while their window lasts.
    async fn right_to_claim(
        &self,
        caller: &Caller,
        round: &Round,
        terms: &DrawTerms,
        now: Timestamp,
    ) -> Result<Vec<i64>, Error> {
        self.call_next(round).await?;
        let mut tx = self.db().read().await?;
        let place = draw::place_of(&mut tx, round.id, caller.account_id).await?;
        let place = place.ok_or(DrawRefused::NotDrawn)?;
        let (Some(number), Some(quota)) = (place.called_window, place.place) else {
            let (waiting, next_call) = (place.waiting.unwrap_or_default(), terms.next_call(now));
            return Err(DrawRefused::NotYetYourTurn { waiting, next_call }.into());
        };
        match terms.window(number) {
            Some(window) if now < window.until => Ok(vec![quota]),
            // Who has claimed is told so by the limit, not that time ran out.
            _ if voucher::issued_in(&mut tx, caller.account_id, round.id).await? > 0 => Ok(vec![quota]),
            window => {
                let until = window.map_or(now, |window| window.until);
                Err(DrawRefused::ClaimWindowOver { until }.into())
            }
        }
    }

    /// Calls the next in line to the places that were not taken, once for each
    /// window; false when there is nothing to call.
    pub(super) async fn call_next(&self, round: &Round) -> Result<bool, Error> {
        let window = round.draw.as_ref().and_then(|terms| terms.window_at(self.now()));
        let Some(window) = window.filter(|window| window.number > 1) else { return Ok(false) };
        let mut tx = self.db().read().await?;
        let called = draw::get(&mut tx, round.id).await?.is_none_or(|row| row.called_window >= window.number);
        drop(tx);
        if called {
            return Ok(false);
        }
        let mut tx = self.db().write().await?;
        if !draw::begin_window(&mut tx, round.id, window.number).await? {
            return Ok(false);
        }
        let left = untaken(round, &stock_of(&mut tx, round.id).await?);
        let waiting = draw::uncalled(&mut tx, round.id).await?;
        let homes: Vec<_> = waiting.iter().map(|row| district(row.district)).collect();
        for (row, place) in waiting.iter().zip(allot(&homes, &left)) {
            if let Some(place) = place {
                let quota = draw::stored(left[place].district);
                draw::call(&mut tx, round.id, row.rank, quota, window.number).await?;
            }
        }
        tx.commit().await?;
        Ok(true)
    }
}

/// The places that nobody has taken so far.
fn untaken(round: &Round, stock: &[crate::store::round::StockRow]) -> Vec<Places> {
    let left = |places: Places| {
        let own = stock.iter().filter(|row| row.district == draw::stored(places.district));
        Places { count: own.map(|row| row.quantity - row.issued).sum(), ..places }
    };
    Places::of(round).into_iter().map(left).collect()
}

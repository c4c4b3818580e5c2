//! Holding a draw: the public value makes the seed, and the seed the ranks.

use super::{ROWS_AT_ONCE, draw_of, entrant};
use crate::audit::{self, Deed};
use crate::once::{Begun, Done};
use crate::store::{catalogue, draw};
use crate::{Backend, Caller, Error, StoreError, keys};
use domain::draw::{
    DrawRefused, Drawn, Entrant, EntryList, Outcome, Places, PublicValue, Seed, draw as draw_places,
    result_hash,
};
use domain::shapes::DrawHeld;
use domain::{AuditAction, AuditThing, Denied, IdempotencyKey, Permission, Round, RoundId};

/// Results that are written in one transaction.
const PLACES_AT_ONCE: usize = 1_000;

impl Backend {
    /// Holds a draw with the public value, typed twice because it cannot be
    /// taken back. From here on the city's secret is public.
    ///
    /// # Errors
    /// The caller may not, the two values are none or differ, the value cannot
    /// be there yet, or the draw was held.
    pub async fn hold_draw(
        &self,
        caller: &Caller,
        round: RoundId,
        (value, again): (&str, &str),
        key: &IdempotencyKey,
    ) -> Result<Done<DrawHeld>, Error> {
        caller.require(Permission::HoldDraws)?;
        let (catalogue, now) = (self.catalogue(), self.now());
        let (round, terms) = draw_of(&catalogue, round)?;
        let value = value.parse::<PublicValue>().map_err(|_| Denied::field("public_value", "1–64"))?;
        if again.parse::<PublicValue>().ok().as_ref() != Some(&value) {
            return Err(Denied::field("public_value_again", value.as_str()).into());
        }
        let request_hash = keys::sha256(&format!("draw {} {}", round.id, value.as_str()));
        if let Some(done) = self.answered(caller, key, &request_hash).await? {
            return Ok(done);
        }
        if now < terms.draws_at {
            return Err(DrawRefused::NotDue { draws_at: terms.draws_at }.into());
        }
        // The job has frozen the list long before; on a node just started it may not.
        self.freeze(round).await?;
        let mut tx = match self.begin_once(caller, key, &request_hash).await? {
            Begun::Before(done) => return Ok(done),
            Begun::Now(tx) => tx,
        };
        if !draw::reveal(&mut tx, round.id, value.as_str(), caller.account_id, now).await? {
            return Err(DrawRefused::AlreadyDrawn.into());
        }
        let seed = Seed::of(round.id, &self.keys().draw_secret(round.id), &value).hash().to_string();
        let (public_value, revealed_at) = (value.as_str().to_owned(), self.zone().rfc3339(now));
        let held = DrawHeld { round_id: round.id, public_value, seed, revealed_at };
        let deed = Deed::new(AuditAction::HoldDraw, AuditThing::Round, round.id.0);
        audit::record(self, &mut tx, caller, deed, (None::<&()>, Some(&held))).await?;
        let done = self.finish_once(tx, caller, key, held).await?;
        if let Err(error) = self.finish_draw(round).await {
            tracing::error!(%error, round = round.id.0, "the results were not written; the next look tries again");
        }
        Ok(done)
    }

    /// Draws by the seed that is fixed now, and writes the results; false when
    /// another node did. Whoever draws gets the same.
    pub(super) async fn finish_draw(&self, round: &Round) -> Result<bool, Error> {
        let (seed, entrants) = self.fixed(round.id).await?;
        let (places, windows) = (Places::of(round), round.draw.as_ref().map_or(1, |draw| draw.claim_windows));
        let ranking = move || draw_places(&entrants, &seed, &places, windows);
        let drawn = tokio::task::spawn_blocking(ranking).await.map_err(StoreError::corrupt)?;
        for some in drawn.chunks(PLACES_AT_ONCE) {
            let mut tx = self.db().write().await?;
            for drawn in some {
                draw::add_place(&mut tx, round.id, drawn).await?;
            }
            tx.commit().await?;
        }
        let mut tx = self.db().write().await?;
        let hash = result_hash(&drawn).to_string();
        let finished = draw::finish(&mut tx, round.id, counts(&drawn), &hash, self.now()).await?;
        if finished {
            catalogue::changed(&mut tx).await?;
        }
        tx.commit().await?;
        self.reload().await?;
        Ok(finished)
    }

    /// The seed of a revealed draw, and the list that was frozen.
    async fn fixed(&self, round: RoundId) -> Result<(Seed, Vec<Entrant>), StoreError> {
        let mut tx = self.db().read().await?;
        let row = draw::get(&mut tx, round).await?;
        let value = row.as_ref().and_then(|row| row.public_value.as_ref()?.parse().ok());
        let value = value.ok_or_else(|| StoreError::corrupt("a draw without its public value"))?;
        let seed = Seed::of(round, &self.keys().draw_secret(round), &value);
        let (mut list, mut entrants, mut after) = (EntryList::default(), Vec::new(), -1);
        loop {
            let rows = draw::entries_after(&mut tx, round, after, ROWS_AT_ONCE).await?;
            let Some(last) = rows.last() else { break };
            after = last.entry_no;
            for row in &rows {
                let entrant = entrant(row)?;
                list.add(&entrant);
                entrants.push(entrant);
            }
        }
        let frozen = row.and_then(|row| row.list_hash);
        if Some(list.finish().1.to_string()) != frozen {
            return Err(StoreError::corrupt("a list of entries that was changed after it was frozen"));
        }
        Ok((seed, entrants))
    }
}

/// How many won, and how many wait.
fn counts(drawn: &[Drawn]) -> (i64, i64) {
    let won = drawn.iter().filter(|drawn| matches!(drawn.outcome, Outcome::Won(_))).count();
    let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    (number(won), number(drawn.len() - won))
}

//! Entering a draw, and what became of one's entry.

use super::{district, draw_of, entry_id};
use crate::once::{Begun, Done};
use crate::store::draw::{self, EntryRow, PlaceRow};
use crate::store::{Tx, voucher};
use crate::{Backend, Caller, Error, StoreError, keys};
use domain::draw::{DrawRefused, DrawTerms, EntryId};
use domain::shapes::{EntryShape, EntryState};
use domain::{Denied, DistrictCode, IdempotencyKey, Permission, Round, RoundId, Timestamp};

/// Names that are tried: two of 60 random bits are hardly ever the same.
const NAMES_TRIED: usize = 3;

impl Backend {
    /// Enters a draw. Whoever has entered gets the same entry again.
    ///
    /// # Errors
    /// The entry is refused, the caller is no resident, the round does not
    /// exist, or the key was used for another request.
    pub async fn enter_draw(
        &self,
        caller: &Caller,
        round: RoundId,
        key: &IdempotencyKey,
    ) -> Result<Done<EntryShape>, Error> {
        caller.require(Permission::HoldVouchers)?;
        let (catalogue, now) = (self.catalogue(), self.now());
        let (round, terms) = draw_of(&catalogue, round)?;
        let request_hash = keys::sha256(&format!("enter {}", round.id));
        if let Some(done) = self.answered(caller, key, &request_hash).await? {
            return Ok(done);
        }
        round.accepts_entries(now)?;
        let home = round.entry_district(caller.district)?;
        let mut tx = match self.begin_once(caller, key, &request_hash).await? {
            Begun::Before(done) => return Ok(done),
            Begun::Now(tx) => tx,
        };
        let campaign = catalogue.campaign(round.campaign_id).ok_or(Denied::NotFound)?;
        let limit = campaign.limits.per_campaign;
        if voucher::issued_of(&mut tx, caller.account_id, campaign.id).await? >= limit {
            return Err(DrawRefused::LimitReached { limit }.into());
        }
        let row = self.add_entry(&mut tx, caller, round, home, now).await?;
        let shape = self.entry_shape(round, terms, &row, &Standing::default())?;
        self.finish_once(tx, caller, key, shape).await
    }

    /// The caller's entry in a draw; `None` for one who has not entered.
    ///
    /// # Errors
    /// The caller is no resident, or the round is no draw.
    pub async fn entry(&self, caller: &Caller, round: RoundId) -> Result<Option<EntryShape>, Error> {
        caller.require(Permission::HoldVouchers)?;
        let catalogue = self.catalogue();
        let (round, terms) = draw_of(&catalogue, round)?;
        self.call_next(round).await?;
        let mut tx = self.db().read().await?;
        let Some(row) = draw::entry_of(&mut tx, round.id, caller.account_id).await? else {
            return Ok(None);
        };
        let place = draw::place_of(&mut tx, round.id, caller.account_id).await?;
        let claimed = voucher::issued_in(&mut tx, caller.account_id, round.id).await? > 0;
        Ok(Some(self.entry_shape(round, terms, &row, &Standing { place, claimed })?))
    }

    /// Adds the resident's entry, or finds the one they have.
    async fn add_entry(
        &self,
        tx: &mut Tx,
        caller: &Caller,
        round: &Round,
        home: Option<DistrictCode>,
        now: Timestamp,
    ) -> Result<EntryRow, Error> {
        let account = caller.account_id;
        for _ in 0..NAMES_TRIED {
            let name = EntryId::from_random(self.random().number());
            if draw::enter(tx, round.id, account, name, home, now).await? {
                if !draw::pass_gate(tx, round.id, account).await? {
                    return Err(DrawRefused::Closed { closed_at: round.closes_at }.into());
                }
                let (entry_no, district) = (name.number(), draw::stored(home));
                return Ok(EntryRow { entry_no, district, entered_at_ms: now.ms() });
            }
            if let Some(row) = draw::entry_of(tx, round.id, account).await? {
                return Ok(row);
            }
        }
        Err(StoreError::corrupt("no free name for an entry").into())
    }

    fn entry_shape(
        &self,
        round: &Round,
        terms: &DrawTerms,
        row: &EntryRow,
        standing: &Standing,
    ) -> Result<EntryShape, StoreError> {
        let (zone, now) = (self.zone(), self.now());
        let moment = |at: Timestamp| zone.rfc3339(at);
        let place = standing.place.as_ref().filter(|_| terms.drawn_at.is_some());
        let window = place.and_then(|place| terms.window(place.called_window?));
        let next_call = place.filter(|_| window.is_none()).and_then(|_| terms.next_call(now));
        let state = match (terms.drawn_at, place, window) {
            (None, ..) => EntryState::Entered,
            _ if standing.claimed => EntryState::Claimed,
            (_, _, Some(window)) if now < window.until => EntryState::Called,
            (_, _, Some(_)) => EntryState::Missed,
            (_, Some(_), None) if next_call.is_some() => EntryState::Waiting,
            _ => EntryState::NotDrawn,
        };
        Ok(EntryShape {
            entry: entry_id(row.entry_no)?,
            round_id: round.id,
            district: district(row.district),
            entered_at: moment(Timestamp::from_ms(row.entered_at_ms)),
            state,
            rank: place.map(|place| place.rank),
            waiting: place.and_then(|place| place.waiting),
            claim_from: window.map(|window| window.from).or(next_call).map(moment),
            claim_until: window.map(|window| moment(window.until)),
        })
    }
}

/// What the draw and the resident made of an entry.
#[derive(Default)]
struct Standing {
    place: Option<PlaceRow>,
    claimed: bool,
}

//! The waiting room of a flash round, and what a claim passes on its way in:
//! limits, the line, and in a hot round a small proof of work.

mod counting;
mod room;
mod work;

use crate::catalogue::Catalogue;
use crate::issue::Claimant;
use crate::{Backend, Caller, Done, Error};
use domain::shapes::{PlaceShape, VoucherShape};
use domain::{
    AccountId, ClaimRefused, Denied, IdempotencyKey, Permission, Place, Round, RoundId, Seat, Timestamp,
};
use room::Room;
use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, AtomicU8, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::{OnceCell, Semaphore};

pub(crate) use counting::keep_counting;
pub use work::WorkDemand;

/// How many places of a round have their turn in a second, unless the operator
/// says otherwise: no more than the nodes answer in a second, so that whoever
/// has their turn is answered at once.
pub const PLACES_PER_S: i64 = 20_000;
/// Claims that one node works on at once: more would only wait for each other.
const MOST_CLAIMS: usize = 8_192;
/// When whoever comes on top of them may come back.
const FULL_RETRY_S: i64 = 1;
/// In a hot round a form without JavaScript cannot do the work, so it waits.
const PATIENCE_MS: i64 = 5_000;

/// What a claim shows besides its caller and its key.
#[derive(Clone, Debug, Default)]
pub struct Pass {
    /// A place in the waiting room; a text that is none counts for nothing.
    pub place: Option<String>,
    /// A proof of work; a text that is none counts for nothing.
    pub work: Option<String>,
    /// The number of the browser.
    pub device: Option<u128>,
    /// Whether it is a form without JavaScript.
    pub by_form: bool,
    /// Whether the community desk claims for the resident.
    pub at_desk: bool,
}

/// Every waiting room of this node.
pub(crate) struct Waiting {
    rooms: Mutex<HashMap<RoundId, Room>>,
    /// Held while a room is made known.
    opening: tokio::sync::Mutex<()>,
    node: OnceCell<i64>,
    claims: Semaphore,
    per_second: AtomicI64,
    demand: AtomicU8,
}

impl Waiting {
    pub(crate) fn new() -> Waiting {
        Waiting {
            rooms: Mutex::default(),
            opening: tokio::sync::Mutex::default(),
            node: OnceCell::new(),
            claims: Semaphore::new(MOST_CLAIMS),
            per_second: AtomicI64::new(PLACES_PER_S),
            demand: AtomicU8::new(WorkDemand::Hot as u8),
        }
    }

    fn per_second(&self) -> i64 {
        self.per_second.load(Ordering::Relaxed)
    }
}

/// A node goes on with its rooms when a thread that held them panicked.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Backend {
    /// Sets how many places of a round have their turn in a second, at least one.
    pub fn admit_per_second(&self, places: i64) {
        self.waiting().per_second.store(places.max(1), Ordering::Relaxed);
    }

    /// Joins a round's waiting room; whoever is there already gets the same
    /// place again. An open round gives a place behind all others.
    ///
    /// # Errors
    /// The caller is no resident, the round does not exist, its waiting room is
    /// not open or it is closed, the room is full, or the caller asks too often.
    pub async fn join(&self, caller: &Caller, round: RoundId, pass: &Pass) -> Result<PlaceShape, Error> {
        let (catalogue, now) = (self.catalogue(), self.now());
        let round = self.enter_room(&catalogue, caller, round, pass, now).await?;
        let mut rooms = locked(&self.waiting().rooms);
        let room = rooms.get_mut(&round.id).ok_or(Denied::NotFound)?;
        let place = self.waiting().place_in(room, round, caller.account_id, pass, now)?;
        Ok(self.place_shape(room, round, caller.account_id, place, (pass.device, now)))
    }

    /// Opens a round's waiting room to a caller who may be in it.
    async fn enter_room<'a>(
        &self,
        catalogue: &'a Catalogue,
        caller: &Caller,
        round: RoundId,
        pass: &Pass,
        now: Timestamp,
    ) -> Result<&'a Round, Error> {
        caller.require(Permission::HoldVouchers)?;
        let round = catalogue.round(round).ok_or(Denied::NotFound)?;
        self.limits().press(caller.account_id, round.id, pass.device)?;
        round.accepts_waiting(now)?;
        self.open_room(round).await?;
        Ok(round)
    }

    /// Claims as people at the doors do: within their limits, when it is their
    /// turn. A repeat of a claim that succeeded gets its answer in any case.
    ///
    /// # Errors
    /// As of [`Backend::claim`]; or it is not the caller's turn yet, work is
    /// required, the caller presses too often, or too many claim at once.
    pub async fn claim_in_turn(
        &self,
        caller: &Caller,
        round: RoundId,
        key: &IdempotencyKey,
        pass: &Pass,
    ) -> Result<Done<VoucherShape>, Error> {
        caller.require(Permission::HoldVouchers)?;
        let Ok(_running) = self.waiting().claims.try_acquire() else {
            return Err(Denied::QueueFull { retry_after_s: FULL_RETRY_S }.into());
        };
        match self.admit(caller, round, pass).await {
            Ok(()) => {
                let from = if pass.at_desk { Claimant::Desk } else { Claimant::Phone };
                self.claim_from(caller, round, key, from).await
            }
            Err(refused) => self.answered_claim(caller, round, key).await?.ok_or(refused),
        }
    }

    /// Lets a claim through, or says what it has to wait for. What the round
    /// itself refuses, the claim says better.
    async fn admit(&self, caller: &Caller, round: RoundId, pass: &Pass) -> Result<(), Error> {
        let (catalogue, now) = (self.catalogue(), self.now());
        let round = catalogue.round(round).ok_or(Denied::NotFound)?;
        self.limits().press(caller.account_id, round.id, pass.device)?;
        if round.accepts_claims(now).is_err() || self.live().is_gone(round.id) {
            return Ok(());
        }
        self.open_room(round).await?;
        let mut rooms = locked(&self.waiting().rooms);
        let room = rooms.get_mut(&round.id).ok_or(Denied::NotFound)?;
        room.count_claim(now);
        self.waiting().take_turn(room, round, caller.account_id, pass, now)?;
        let hot = room.is_hot(&room.queue(round, self.waiting().per_second()), now);
        if !pass.by_form && self.waiting().demands_work(hot) {
            drop(rooms);
            self.check_work(caller.account_id, round.id, pass, now)?;
        }
        Ok(())
    }

    fn place_shape(
        &self,
        room: &Room,
        round: &Round,
        account: AccountId,
        place: Place,
        (device, now): (Option<u128>, Timestamp),
    ) -> PlaceShape {
        let (queue, zone) = (room.queue(round, self.waiting().per_second()), self.zone());
        let open = now >= round.opens_at;
        let number = queue.place(room.key.lot(account), place.seat);
        PlaceShape {
            round_id: round.id,
            place_token: place.sign(&room.key, account),
            joined_at: zone.rfc3339(place.joined_at),
            opens_at: zone.rfc3339(round.opens_at),
            now: zone.rfc3339(now),
            waiting: queue.waited,
            ahead: open.then(|| queue.ahead(number, now)),
            turn_at: open.then(|| zone.rfc3339(queue.turn_at(number).max(place.joined_at))),
            work: self.work_shape(room, round, account, (device, now)),
        }
    }
}

impl Waiting {
    /// The place of somebody who joins.
    fn place_in(
        &self,
        room: &mut Room,
        round: &Round,
        account: AccountId,
        pass: &Pass,
        now: Timestamp,
    ) -> Result<Place, Denied> {
        if let Some(place) = room.known(account, pass.place.as_deref()) {
            return room.remember(account, place);
        }
        let queue = room.queue(round, self.per_second());
        if now >= round.opens_at && queue.is_over(now) {
            // There is no line: a place that has its turn already.
            return Ok(Place { seat: Seat::Arrived(0), joined_at: now });
        }
        room.seat(account, &queue, now)
    }

    /// Whether a claim has its turn; one without a place gets one.
    fn take_turn(
        &self,
        room: &mut Room,
        round: &Round,
        account: AccountId,
        pass: &Pass,
        now: Timestamp,
    ) -> Result<(), Error> {
        let queue = room.queue(round, self.per_second());
        let waits = pass.by_form && self.demands_work(room.is_hot(&queue, now));
        if queue.is_over(now) && !waits {
            return Ok(());
        }
        let known = room.known(account, pass.place.as_deref());
        let place = match known.filter(|place| !waits || matches!(place.seat, Seat::Arrived(_))) {
            Some(place) => place,
            None if waits => room.seat_later(account, &queue, now, PATIENCE_MS)?,
            None => room.seat(account, &queue, now)?,
        };
        let number = queue.place(room.key.lot(account), place.seat);
        let turn_at = queue.turn_at(number);
        if turn_at <= now {
            return Ok(());
        }
        Err(ClaimRefused::NotYourTurn {
            ahead: queue.ahead(number, now),
            turn_at,
            retry_after_s: (now.until(turn_at) + 999) / 1000,
            place_token: place.sign(&room.key, account),
        }
        .into())
    }
}

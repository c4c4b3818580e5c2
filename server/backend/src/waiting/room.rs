//! One round's waiting room, as one node knows it.

use crate::store::waiting::Counted;
use domain::{AccountId, Denied, Place, Queue, RoomKey, Round, Seat, Timestamp};
use std::collections::HashMap;

/// Most people that one node gives a place in one round: some 40 MB of them.
const MOST_PLACES: usize = 500_000;
/// When whoever finds the room full may come back: a line of so many is about
/// half through then.
const FULL_RETRY_S: i64 = 15;
/// So many waiting make a round hot: more than press by themselves for a
/// round that few know of, and few enough that bots do not hide below it.
const HOT_WAITED: i64 = 2_000;
/// How long after its opening a round is hot for having been waited for.
const HOT_MS: i64 = 120_000;

/// Who has a place, and how many there are.
pub(super) struct Room {
    pub(super) key: RoomKey,
    places: HashMap<AccountId, Place>,
    /// What this node counted.
    pub(super) own: Counted,
    /// What it last told the others.
    pub(super) told: Counted,
    /// What the others counted, as of the last look.
    pub(super) others: Counted,
    rush: Rush,
}

impl Room {
    pub(super) fn new(key: RoomKey, others: Counted) -> Room {
        let (own, told) = (Counted::default(), Counted::default());
        Room { key, places: HashMap::new(), own, told, others, rush: Rush::default() }
    }

    /// The round's line as this node knows it.
    pub(super) fn queue(&self, round: &Round, per_second: i64) -> Queue {
        Queue {
            opens_at: round.opens_at,
            waited: self.own.waited + self.others.waited,
            arrived: self.own.arrived + self.others.arrived,
            per_second,
        }
    }

    /// The place that an account shows or is known to have.
    pub(super) fn known(&self, account: AccountId, shown: Option<&str>) -> Option<Place> {
        let shown = shown.and_then(|text| Place::read(text, &self.key, account));
        shown.or_else(|| self.places.get(&account).copied())
    }

    /// Gives an account a place: among those who wait, or behind all others.
    pub(super) fn seat(
        &mut self,
        account: AccountId,
        queue: &Queue,
        now: Timestamp,
    ) -> Result<Place, Denied> {
        let waits = now < queue.opens_at;
        let seat = if waits { Seat::Waited } else { Seat::Arrived(queue.arrived) };
        let place = self.remember(account, Place { seat, joined_at: now })?;
        if waits {
            self.own.waited += 1;
        } else {
            self.own.arrived += 1;
        }
        Ok(place)
    }

    /// A place whose turn comes `after_ms` from now, behind whoever is in line.
    pub(super) fn seat_later(
        &mut self,
        account: AccountId,
        queue: &Queue,
        now: Timestamp,
        after_ms: i64,
    ) -> Result<Place, Denied> {
        let behind = queue.called(now.plus_ms(after_ms)) - queue.waited;
        let seat = Seat::Arrived(behind.max(queue.arrived));
        self.remember(account, Place { seat, joined_at: now })
    }

    /// Keeps a place; also one that another node gave.
    pub(super) fn remember(&mut self, account: AccountId, place: Place) -> Result<Place, Denied> {
        if self.places.len() >= MOST_PLACES && !self.places.contains_key(&account) {
            return Err(Denied::QueueFull { retry_after_s: FULL_RETRY_S });
        }
        self.places.insert(account, place);
        Ok(place)
    }

    /// Counts a claim.
    pub(super) fn count_claim(&mut self, now: Timestamp) {
        self.rush.count(now);
    }

    /// Whether so many claim that each has to work for it: many waited for the
    /// opening, or claims come faster than the line moves.
    pub(super) fn is_hot(&self, queue: &Queue, now: Timestamp) -> bool {
        let awaited = queue.waited >= HOT_WAITED && queue.opens_at.until(now) < HOT_MS;
        awaited || self.rush.at(now) >= queue.per_second
    }

    /// Whether everybody had their turn and nobody new has to wait.
    pub(super) fn is_quiet(&self, queue: &Queue, now: Timestamp) -> bool {
        queue.opens_at.until(now) >= HOT_MS && queue.is_over(now) && !self.is_hot(queue, now)
    }

    /// Forgets who was there.
    pub(super) fn clear(&mut self) {
        self.places = HashMap::new();
    }
}

/// Claims of this second and of the one before.
#[derive(Debug, Default)]
struct Rush {
    second: i64,
    count: i64,
    before: i64,
}

impl Rush {
    fn count(&mut self, now: Timestamp) {
        let second = now.ms().div_euclid(1000);
        if second != self.second {
            self.before = if second == self.second + 1 { self.count } else { 0 };
            (self.second, self.count) = (second, 0);
        }
        self.count += 1;
    }

    /// The greater count of a moment's second and the one before.
    fn at(&self, now: Timestamp) -> i64 {
        match now.ms().div_euclid(1000) - self.second {
            0 => self.count.max(self.before),
            1 => self.count,
            _ => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::RoundId;

    #[test]
    fn a_full_room_says_so_at_once_and_keeps_who_is_in() {
        let opens_at = Timestamp::from_ms(1_000);
        let mut room = Room::new(RoomKey::new(&[1; 32], RoundId(1), 7), Counted::default());
        let queue = Queue { opens_at, waited: 0, arrived: 0, per_second: 1 };
        let now = Timestamp::from_ms(0);
        for account in 1..=i64::try_from(MOST_PLACES).unwrap() {
            assert!(room.seat(AccountId(account), &queue, now).is_ok());
        }
        let full = Err(Denied::QueueFull { retry_after_s: FULL_RETRY_S });
        assert_eq!(room.seat(AccountId(-1), &queue, now), full);
        let mine = room.known(AccountId(1), None).unwrap();
        assert_eq!(room.remember(AccountId(1), mine), Ok(mine));
        assert_eq!(room.own.waited, i64::try_from(MOST_PLACES).unwrap());
    }

    #[test]
    fn claims_are_counted_by_the_second() {
        let (mut rush, at) = (Rush::default(), |ms| Timestamp::from_ms(ms));
        for ms in [5_000, 5_500, 5_999, 6_000] {
            rush.count(at(ms));
        }
        assert_eq!((rush.at(at(6_100)), rush.at(at(7_500)), rush.at(at(9_000))), (3, 1, 0));
    }
}

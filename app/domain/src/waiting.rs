//! The waiting room (候场) of a flash round.
//!
//! Whoever waits when the round opens is ordered by lot, whoever comes later
//! stands behind them, so that being a millisecond early gains nothing. A place
//! is signed and the caller keeps it: any node knows it again, also after a
//! restart. Nothing here keeps a list of people.

use crate::code::{encode, keyed};
use crate::{AccountId, RoundId, Timestamp};
use std::fmt;

/// How many characters of five bits prove a place or a task: 130 bits.
const PROOF: usize = 26;
/// The longest place that is looked at.
const LONGEST: usize = 80;

/// The key that orders a round's waiting room and signs its places.
#[derive(Clone)]
pub struct RoomKey([u8; 32]);

impl RoomKey {
    /// The key of a round: made from the installation's secret, and from a
    /// random number that was drawn when the room opened. Before that nobody
    /// can know anybody's lot.
    #[must_use]
    pub fn new(secret: &[u8; 32], round: RoundId, drawn: i64) -> RoomKey {
        RoomKey(keyed(secret, &[b"yuehui room", &round.0.to_be_bytes(), &drawn.to_be_bytes()]))
    }

    /// The lot of an account: always the same one.
    #[must_use]
    pub fn lot(&self, account: AccountId) -> Lot {
        let mac = keyed(&self.0, &[b"yuehui lot", &account.0.to_be_bytes()]);
        Lot(mac.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    fn proof(&self, account: AccountId, seat: Seat, joined_at: Timestamp) -> String {
        let number = match seat {
            Seat::Waited => -1,
            Seat::Arrived(number) => number,
        };
        let parts = [account.0.to_be_bytes(), number.to_be_bytes(), joined_at.ms().to_be_bytes()];
        proof(&self.0, b"yuehui place", &parts)
    }
}

/// The first characters of a MAC over numbers.
pub(crate) fn proof(key: &[u8; 32], purpose: &[u8], numbers: &[[u8; 8]]) -> String {
    let parts: Vec<&[u8]> = std::iter::once(purpose).chain(numbers.iter().map(<[u8; 8]>::as_slice)).collect();
    let mac = keyed(key, &parts);
    let characters = mac.chunks(5).flat_map(|chunk| {
        let bits = chunk.iter().fold(0u64, |bits, byte| bits << 8 | u64::from(*byte));
        encode(bits << (8 * (5 - chunk.len())), 8).into_bytes()
    });
    characters.take(PROOF).map(char::from).collect()
}

impl fmt::Debug for RoomKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RoomKey(…)")
    }
}

/// Where somebody stands among those who waited: a fraction of the whole line,
/// in 2^64ths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lot(pub u64);

impl Lot {
    /// The place in a line of so many, from 0. Two lots may share a place.
    #[must_use]
    pub fn place(self, waited: i64) -> i64 {
        let place = (u128::from(self.0) * u128::from(waited.unsigned_abs())) >> 64;
        i64::try_from(place).unwrap_or(i64::MAX)
    }
}

/// How somebody came to their place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seat {
    /// Was there when the round opened.
    Waited,
    /// Came later, after so many others who did.
    Arrived(i64),
}

/// A round's line as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Queue {
    /// When its first place has its turn.
    pub opens_at: Timestamp,
    /// How many waited for the opening.
    pub waited: i64,
    /// How many came later and stand behind them.
    pub arrived: i64,
    /// How many places have their turn in a second.
    pub per_second: i64,
}

impl Queue {
    /// A place in the line, from 0.
    #[must_use]
    pub fn place(&self, lot: Lot, seat: Seat) -> i64 {
        match seat {
            Seat::Waited => lot.place(self.waited),
            Seat::Arrived(number) => self.waited.saturating_add(number),
        }
    }

    /// When a place has its turn.
    #[must_use]
    pub fn turn_at(&self, place: i64) -> Timestamp {
        self.opens_at.plus_ms(place.saturating_mul(1000) / self.per_second.max(1))
    }

    /// How many places have had their turn.
    #[must_use]
    pub fn called(&self, now: Timestamp) -> i64 {
        self.opens_at.until(now).max(0).saturating_mul(self.per_second.max(1)) / 1000
    }

    /// How many have their turn before a place.
    #[must_use]
    pub fn ahead(&self, place: i64, now: Timestamp) -> i64 {
        (place - self.called(now)).max(0)
    }

    /// Whether the whole line has had its turn: whoever comes now does not wait.
    #[must_use]
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.turn_at(self.waited.saturating_add(self.arrived)) <= now
    }
}

/// A place in a waiting room, as its holder keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Whether its holder waited, or came later.
    pub seat: Seat,
    /// Since when.
    pub joined_at: Timestamp,
}

impl Place {
    /// The place as a text that nobody else can write.
    #[must_use]
    pub fn sign(&self, key: &RoomKey, account: AccountId) -> String {
        let Place { seat, joined_at } = *self;
        let number = match seat {
            Seat::Waited => "w".to_owned(),
            Seat::Arrived(number) => number.to_string(),
        };
        format!("{number}.{}.{}", joined_at.ms(), key.proof(account, seat, joined_at))
    }

    /// A place that was signed for this account in this round; `None` for
    /// every other text.
    #[must_use]
    pub fn read(text: &str, key: &RoomKey, account: AccountId) -> Option<Place> {
        if text.len() > LONGEST {
            return None;
        }
        let mut parts = text.split('.');
        let (number, joined_at, proof) = (parts.next()?, parts.next()?, parts.next()?);
        let seat = if number == "w" { Seat::Waited } else { Seat::Arrived(number.parse().ok()?) };
        let joined_at = Timestamp::from_ms(joined_at.parse().ok()?);
        let place = Place { seat, joined_at };
        let own = same(proof, &key.proof(account, seat, joined_at)) && parts.next().is_none();
        own.then_some(place)
    }
}

/// Compares without telling by its duration where the difference lies.
pub(crate) fn same(a: &str, b: &str) -> bool {
    a.len() == b.len() && a.bytes().zip(b.bytes()).fold(0, |difference, (a, b)| difference | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashMap;

    const OPENS: i64 = 1_624_000_000_000;

    fn key(drawn: i64) -> RoomKey {
        RoomKey::new(&[5; 32], RoundId(1), drawn)
    }

    fn queue(waited: i64, arrived: i64, per_second: i64) -> Queue {
        Queue { opens_at: Timestamp::from_ms(OPENS), waited, arrived, per_second }
    }

    #[test]
    fn lots_spread_evenly_and_rarely_meet() {
        let (key, waited) = (key(1), 20_000);
        let mut tenths = [0i64; 10];
        let mut taken: HashMap<i64, i64> = HashMap::new();
        for account in 1..=waited {
            let place = key.lot(AccountId(account)).place(waited);
            assert!((0..waited).contains(&place));
            tenths[usize::try_from(place * 10 / waited).unwrap()] += 1;
            *taken.entry(place).or_default() += 1;
        }
        // 2,000 each: five standard deviations are 212.
        assert!(tenths.iter().all(|count| (count - 2000).abs() < 212), "{tenths:?}");
        // Thrown by lot, 63 % of the places are taken and none by a crowd.
        assert!(taken.len() > 12_000 && taken.values().all(|count| *count < 10), "{}", taken.len());
    }

    #[test]
    fn neither_number_nor_another_rooms_lot_tells_a_lot() {
        let (one, other) = (key(1), key(2));
        let early = |key: &RoomKey| {
            (1..=1000).filter(|account| key.lot(AccountId(*account)).place(10) == 0).collect::<Vec<_>>()
        };
        let (in_one, in_other) = (early(&one), early(&other));
        let both = in_one.iter().filter(|account| in_other.contains(account)).count();
        // About a hundred each; ten in both by chance.
        assert!((60..140).contains(&in_one.len()) && both < 30, "{} {both}", in_one.len());
    }

    proptest! {
        #[test]
        fn a_place_lies_in_the_line_and_moves_back_at_most(lot: u64, waited in 0..2_000_000i64, more in 0..1000i64) {
            let place = Lot(lot).place(waited);
            prop_assert!((0..waited.max(1)).contains(&place));
            prop_assert!((place..=place + more).contains(&Lot(lot).place(waited + more)));
        }

        #[test]
        fn turns_come_in_the_order_of_places(a in 0..5_000_000i64, b in 0..5_000_000i64, per_second in 1..100_000i64) {
            let queue = queue(0, 0, per_second);
            prop_assert_eq!(a <= b || queue.turn_at(b) <= queue.turn_at(a), true);
            prop_assert!(queue.turn_at(a) >= queue.opens_at);
            // In any second no more than the rate have their turn.
            let later = queue.turn_at(a + per_second);
            prop_assert!(queue.turn_at(a).until(later) >= 999);
        }

        #[test]
        fn whoever_came_later_stands_behind_all_who_waited(lot: u64, waited in 1..1_000_000i64, number in 0..1_000_000i64) {
            let queue = queue(waited, number + 1, 20_000);
            let (theirs, own) = (queue.place(Lot(lot), Seat::Waited), queue.place(Lot(lot), Seat::Arrived(number)));
            prop_assert!(theirs < own && own < queue.waited + queue.arrived);
        }

        #[test]
        fn the_line_is_over_when_its_last_place_had_its_turn(waited in 0..1_000_000i64, arrived in 0..1000i64, per_second in 1..50_000i64, after in 0..200_000i64) {
            let (queue, now) = (queue(waited, arrived, per_second), Timestamp::from_ms(OPENS + after));
            prop_assert_eq!(queue.is_over(now), queue.turn_at(waited + arrived) <= now);
            if queue.is_over(now) {
                // A turn falls on a whole millisecond: as many as it holds may have it at once.
                prop_assert!(queue.ahead(waited + arrived, now) <= per_second / 1000 + 1);
            }
            prop_assert_eq!(queue.ahead(0, now), 0);
        }

        #[test]
        fn a_place_is_its_holders_alone(account in 1..1000i64, number in proptest::option::of(0..1_000_000i64), ms in 0..10_000_000i64) {
            let seat = number.map_or(Seat::Waited, Seat::Arrived);
            let place = Place { seat, joined_at: Timestamp::from_ms(OPENS + ms) };
            let text = place.sign(&key(1), AccountId(account));
            prop_assert_eq!(Place::read(&text, &key(1), AccountId(account)), Some(place));
            prop_assert_eq!(Place::read(&text, &key(1), AccountId(account + 1)), None);
            prop_assert_eq!(Place::read(&text, &key(2), AccountId(account)), None);
            let earlier = text.replacen(&place.joined_at.ms().to_string(), "1", 1);
            prop_assert_eq!(Place::read(&earlier, &key(1), AccountId(account)), None);
        }

        #[test]
        fn no_text_panics(text in ".{0,100}") {
            prop_assert_eq!(Place::read(&text, &key(1), AccountId(1)), None);
        }
    }
}

//! How often one account, device or address may press. Everything is counted
//! in memory that has a bound, by the backend's clock.
//!
//! A person is never the one who is limited: an account may press as fast as a
//! thumb can, a device serves a family, and an address, behind which a carrier
//! puts thousands of phones, has only a ceiling that no crowd of people reaches.

use crate::clock::Clock as SeasonClock;
use crate::remembered::Remembered;
use crate::wrong_codes::WrongCodes;
use domain::{AccountId, Denied, RoundId, Timestamp};
use governor::clock::{Clock, Reference};
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::StateStore;
use governor::{Quota, RateLimiter};
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// A thumb presses three times a second and gives up after ten; a program that
/// goes on gets one press a second. Counted for each round.
const ACCOUNT: Rate = Rate { at_once: 30, per_s: 1 };
/// A family's phone, or a neighbour who helps: four people at a time.
const DEVICE: Rate = Rate { at_once: 120, per_s: 4 };
/// A carrier's gateway: some ten thousand phones behind one address, of which
/// half press within the same second.
const ADDRESS: Rate = Rate { at_once: 10_000, per_s: 5_000 };
/// How many of each are remembered; whoever has not pressed for the longest
/// time is forgotten first. At most 10 MB for each of the three.
pub(crate) const MOST_REMEMBERED: usize = 200_000;
/// Presses are counted as repeats for so long.
const REPEAT_MS: i64 = 60_000;

/// So many at once, and then so many in a second.
struct Rate {
    at_once: u32,
    per_s: u32,
}

/// The limiter's memory.
struct Memory<K>(Mutex<Remembered<K, Nanos, MOST_REMEMBERED>>);

impl<K: Hash + Eq + Clone> StateStore for Memory<K> {
    type Key = K;

    fn measure_and_replace<T, F, E>(&self, key: &K, decide: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (answer, next) = decide(known.get(key).copied())?;
        known.put(key.clone(), next);
        Ok(answer)
    }
}

/// The backend's clock, as the limiter reads it.
#[derive(Clone)]
struct Ticks(Arc<dyn SeasonClock>);

impl Clock for Ticks {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        let ms = u64::try_from(self.0.now().ms()).unwrap_or(0);
        Nanos::new(ms.saturating_mul(1_000_000))
    }
}

/// Limits one kind of caller.
struct Limiter<K: Hash + Eq + Clone> {
    limiter: RateLimiter<K, Memory<K>, Ticks, NoOpMiddleware<Nanos>>,
    ticks: Ticks,
}

impl<K: Hash + Eq + Clone> Limiter<K> {
    fn new(rate: &Rate, clock: &Arc<dyn SeasonClock>) -> Limiter<K> {
        let some = |number| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::per_second(some(rate.per_s)).allow_burst(some(rate.at_once));
        let memory = Memory(Mutex::default());
        let ticks = Ticks(clock.clone());
        Limiter { limiter: RateLimiter::new(quota, memory, ticks.clone()), ticks }
    }

    fn press(&self, key: &K) -> Result<(), Denied> {
        self.limiter.check_key(key).map_err(|refused| {
            let wait = Duration::from(refused.earliest_possible().duration_since(self.ticks.now()));
            let retry_after_s = i64::try_from(wait.as_millis().div_ceil(1000)).unwrap_or(i64::MAX).max(1);
            Denied::TooOften { retry_after_s }
        })
    }
}

/// All limits of a node.
pub(crate) struct Limits {
    accounts: Limiter<(AccountId, RoundId)>,
    devices: Limiter<u128>,
    addresses: Limiter<IpAddr>,
    by_account: Repeats<AccountId>,
    by_device: Repeats<u128>,
    wrong_codes: WrongCodes,
}

impl Limits {
    pub(crate) fn new(clock: &Arc<dyn SeasonClock>) -> Limits {
        Limits {
            accounts: Limiter::new(&ACCOUNT, clock),
            devices: Limiter::new(&DEVICE, clock),
            addresses: Limiter::new(&ADDRESS, clock),
            by_account: Repeats::new(),
            by_device: Repeats::new(),
            wrong_codes: WrongCodes::default(),
        }
    }

    /// One press of an account on a device, where the device is known.
    pub(crate) fn press(
        &self,
        account: AccountId,
        round: RoundId,
        device: Option<u128>,
    ) -> Result<(), Denied> {
        self.accounts.press(&(account, round))?;
        device.map_or(Ok(()), |device| self.devices.press(&device))
    }

    /// One press from an address. This machine's own programs have no ceiling:
    /// a proxy in front of the server is one of them.
    pub(crate) fn press_from(&self, address: IpAddr) -> Result<(), Denied> {
        if address.to_canonical().is_loopback() {
            return Ok(());
        }
        self.addresses.press(&shared_by(address))
    }

    /// How often the account and the device have pressed in the last minute.
    pub(crate) fn repeats(&self, account: AccountId, device: Option<u128>, now: Timestamp) -> (u32, u32) {
        let of_device = device.map_or(0, |device| self.by_device.of(&device, now));
        (self.by_account.of(&account, now), of_device)
    }

    /// Whether a clerk may try a customer's code now.
    pub(crate) fn may_try_code(&self, clerk: AccountId, now: Timestamp) -> Result<(), Denied> {
        self.wrong_codes.may_try(clerk, now)
    }

    /// Counts a wrong code of a clerk.
    pub(crate) fn wrong_code(&self, clerk: AccountId, now: Timestamp) {
        self.wrong_codes.count(clerk, now);
    }

    /// Counts a press as one that may be repeated.
    pub(crate) fn count(&self, account: AccountId, device: Option<u128>, now: Timestamp) {
        self.by_account.count(&account, now);
        if let Some(device) = device {
            self.by_device.count(&device, now);
        }
    }
}

/// What one connection's owner holds: an IPv4 address, or the 64 bits in front
/// of an IPv6 one.
fn shared_by(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64)),
        v4 => v4,
    }
}

/// How often each has pressed within [`REPEAT_MS`] of the first time.
struct Repeats<K>(Mutex<Remembered<K, (i64, u32), MOST_REMEMBERED>>);

impl<K: Hash + Eq + Clone> Repeats<K> {
    fn new() -> Repeats<K> {
        Repeats(Mutex::default())
    }

    fn of(&self, key: &K, now: Timestamp) -> u32 {
        recent(self.0.lock().unwrap_or_else(PoisonError::into_inner).get(key).copied(), now).1
    }

    fn count(&self, key: &K, now: Timestamp) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (since_ms, presses) = recent(known.get(key).copied(), now);
        known.put(key.clone(), (since_ms, presses.saturating_add(1)));
    }
}

fn recent(counted: Option<(i64, u32)>, now: Timestamp) -> (i64, u32) {
    let fresh = |(since_ms, _): &(i64, u32)| now.ms() - since_ms < REPEAT_MS;
    counted.filter(fresh).unwrap_or((now.ms(), 0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SetClock;

    fn limits() -> (Limits, Arc<SetClock>) {
        let clock = Arc::new(SetClock::at(Timestamp::from_ms(1_624_000_000_000)));
        let shared: Arc<dyn SeasonClock> = clock.clone();
        (Limits::new(&shared), clock)
    }

    /// How many presses pass at one moment.
    fn passed(mut press: impl FnMut() -> Result<(), Denied>) -> usize {
        (0..20_000).take_while(|_| press().is_ok()).count()
    }

    #[test]
    fn an_account_presses_as_fast_as_a_thumb_and_then_once_a_second() {
        let (limits, clock) = limits();
        let press = |account, round| limits.press(AccountId(account), RoundId(round), None);
        assert_eq!(passed(|| press(1, 1)), 30);
        assert_eq!(press(1, 1), Err(Denied::TooOften { retry_after_s: 1 }));
        // Neither another round nor another account minds.
        assert_eq!((press(1, 2), press(2, 1)), (Ok(()), Ok(())));
        clock.advance_ms(3_000);
        assert_eq!(passed(|| press(1, 1)), 3);
        clock.advance_ms(60_000);
        assert_eq!(passed(|| press(1, 1)), 30);
    }

    #[test]
    fn a_device_is_limited_whoever_uses_it() {
        let (limits, _) = limits();
        let mut account = 0;
        let next = || {
            account += 1;
            limits.press(AccountId(account), RoundId(1), Some(7))
        };
        assert_eq!(passed(next), 120);
        assert_eq!(limits.press(AccountId(1), RoundId(1), Some(8)), Ok(()));
    }

    #[test]
    fn a_shared_address_serves_a_crowd_and_this_machine_has_no_ceiling() {
        let (limits, clock) = limits();
        let gateway: IpAddr = "203.0.113.7".parse().unwrap();
        assert_eq!(passed(|| limits.press_from(gateway)), 10_000);
        clock.advance_ms(1_000);
        assert_eq!(passed(|| limits.press_from(gateway)), 5_000);
        for own in ["127.0.0.1", "::1", "::ffff:127.0.0.1"] {
            assert_eq!(passed(|| limits.press_from(own.parse().unwrap())), 20_000);
        }
        // One subscriber of IPv6 has as many addresses as they like.
        let mut last = 0u128;
        let next = || {
            last += 1;
            limits.press_from(IpAddr::V6(Ipv6Addr::from_bits(0x2001_0db8_u128 << 96 | last)))
        };
        assert_eq!(passed(next), 10_000);
    }

    #[test]
    fn repeats_count_for_a_minute() {
        let (limits, clock) = limits();
        for _ in 0..4 {
            limits.count(AccountId(1), Some(9), clock.now());
        }
        limits.count(AccountId(2), Some(9), clock.now());
        assert_eq!(limits.repeats(AccountId(1), Some(9), clock.now()), (4, 5));
        assert_eq!(limits.repeats(AccountId(3), None, clock.now()), (0, 0));
        clock.advance_ms(60_000);
        assert_eq!(limits.repeats(AccountId(1), Some(9), clock.now()), (0, 0));
    }
}

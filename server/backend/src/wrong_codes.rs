//! Wrong codes at a till: whoever tries many is slowed down, and longer each
//! time. A clerk who mistypes is not.

use crate::limits::MOST_REMEMBERED;
use crate::remembered::Remembered;
use domain::{AccountId, Denied, Timestamp};
use std::sync::{Mutex, PoisonError};

/// Wrong codes within [`WINDOW_MS`] of the first one that cost nothing.
const FREE: u32 = 5;
const WINDOW_MS: i64 = 60_000;
/// The wait after the last free one; each further wrong code doubles it.
const FIRST_WAIT_MS: i64 = 10_000;
/// The longest wait.
const LONGEST_WAIT_MS: i64 = 600_000;

/// What is known of a clerk who tried a wrong code.
#[derive(Clone, Copy, Debug)]
struct Tries {
    since_ms: i64,
    wrong: u32,
    until_ms: i64,
}

impl Tries {
    /// Whether a further wrong code belongs to the same series: within the
    /// window of the first one, or of the end of a wait.
    fn goes_on(&self, now: Timestamp) -> bool {
        now.ms() < self.since_ms.max(self.until_ms) + WINDOW_MS
    }
}

/// The wrong codes of each clerk, in bounded memory.
#[derive(Default)]
pub(crate) struct WrongCodes(Mutex<Remembered<AccountId, Tries, MOST_REMEMBERED>>);

impl WrongCodes {
    /// Whether a clerk may try a code now.
    pub(crate) fn may_try(&self, clerk: AccountId, now: Timestamp) -> Result<(), Denied> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&clerk).copied();
        let left_ms = known.map_or(0, |tries| tries.until_ms - now.ms());
        if left_ms > 0 { Err(Denied::TooOften { retry_after_s: (left_ms + 999) / 1000 }) } else { Ok(()) }
    }

    /// Counts a wrong code.
    pub(crate) fn count(&self, clerk: AccountId, now: Timestamp) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = Tries { since_ms: now.ms(), wrong: 0, until_ms: 0 };
        let mut tries = known.get(&clerk).copied().filter(|tries| tries.goes_on(now)).unwrap_or(fresh);
        tries.wrong = tries.wrong.saturating_add(1);
        if let Some(doubled) = tries.wrong.checked_sub(FREE) {
            let wait_ms = FIRST_WAIT_MS.saturating_mul(1 << doubled.min(16)).min(LONGEST_WAIT_MS);
            tries.until_ms = now.ms() + wait_ms;
        }
        known.put(clerk, tries);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLERK: AccountId = AccountId(7);

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_ms(1_624_000_000_000 + seconds * 1000)
    }

    #[test]
    fn the_fifth_wrong_code_in_a_minute_costs_time_and_each_next_one_more() {
        let codes = WrongCodes::default();
        for second in 0..5 {
            assert_eq!(codes.may_try(CLERK, at(second)), Ok(()));
            codes.count(CLERK, at(second));
        }
        assert_eq!(codes.may_try(CLERK, at(5)), Err(Denied::TooOften { retry_after_s: 9 }));
        assert_eq!((codes.may_try(AccountId(8), at(5)), codes.may_try(CLERK, at(14))), (Ok(()), Ok(())));
        codes.count(CLERK, at(14));
        assert_eq!(codes.may_try(CLERK, at(14)), Err(Denied::TooOften { retry_after_s: 20 }));
        codes.count(CLERK, at(34));
        assert_eq!(codes.may_try(CLERK, at(34)), Err(Denied::TooOften { retry_after_s: 40 }));
        // A minute without a wrong code after the wait ends the series.
        codes.count(CLERK, at(134));
        assert_eq!(codes.may_try(CLERK, at(134)), Ok(()));
    }

    #[test]
    fn mistyping_now_and_then_costs_nothing() {
        let codes = WrongCodes::default();
        for quarter in 0..40 {
            codes.count(CLERK, at(quarter * 15));
            assert_eq!(codes.may_try(CLERK, at(quarter * 15)), Ok(()), "{quarter}");
        }
    }

    #[test]
    fn no_wait_is_longer_than_ten_minutes() {
        let codes = WrongCodes::default();
        for _ in 0..100 {
            codes.count(CLERK, at(0));
        }
        assert_eq!(codes.may_try(CLERK, at(0)), Err(Denied::TooOften { retry_after_s: 600 }));
    }
}

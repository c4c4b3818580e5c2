//! A small proof of work on claims in a hot round: a phone does it in the blink
//! of an eye, a program that presses for a thousand accounts does it a thousand
//! times.
//!
//! The task is a text that the server signed, `15.1623981600000.PROOF`: how many
//! zero bits, until when, for whom. Its solution is a number such that SHA-256
//! over `task:number` begins with that many zero bits.

use crate::waiting::{proof, same};
use crate::{AccountId, RoundId, Timestamp};
use sha2::{Digest, Sha256};

/// The longest solution that is looked at.
const LONGEST: usize = 100;
/// Digits of a number that [`Search`] tries.
const DIGITS: usize = 10;
/// No task asks for more.
pub const MOST_BITS: u32 = 30;

/// What the server asks of somebody who claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Task {
    /// In which round.
    pub round: RoundId,
    /// Of whom.
    pub account: AccountId,
    /// How many zero bits: one more is twice the work.
    pub bits: u32,
    /// The first moment at which a solution is worth nothing.
    pub expires_at: Timestamp,
}

impl Task {
    /// The task as a text that only the holder of the key can write.
    #[must_use]
    pub fn sign(&self, key: &[u8; 32]) -> String {
        format!("{}.{}.{}", self.bits, self.expires_at.ms(), self.proof(key))
    }

    fn proof(&self, key: &[u8; 32]) -> String {
        let numbers = [self.round.0, self.account.0, i64::from(self.bits), self.expires_at.ms()];
        proof(key, b"yuehui work", &numbers.map(i64::to_be_bytes))
    }

    /// The task that a solution solves: signed for this account in this round,
    /// not expired, and done. `None` for every other text.
    #[must_use]
    pub fn solved(
        solution: &str,
        key: &[u8; 32],
        round: RoundId,
        account: AccountId,
        now: Timestamp,
    ) -> Option<Task> {
        if solution.len() > LONGEST {
            return None;
        }
        let (text, _) = solution.split_once(':')?;
        let mut parts = text.split('.');
        let (bits, expires_at, signed) = (parts.next()?, parts.next()?, parts.next()?);
        let expires_at = Timestamp::from_ms(expires_at.parse().ok()?);
        let task = Task { round, account, bits: bits.parse().ok()?, expires_at };
        let whole = same(signed, &task.proof(key)) && parts.next().is_none();
        let done = || zero_bits(&Sha256::digest(solution)) >= task.bits;
        (whole && now < expires_at && done()).then_some(task)
    }
}

/// How many zero bits a hash begins with.
fn zero_bits(hash: &[u8]) -> u32 {
    let whole = hash.iter().take_while(|byte| **byte == 0).count();
    let next = hash.get(whole).map_or(0, |byte| byte.leading_zeros());
    u32::try_from(whole).unwrap_or(0) * 8 + next
}

/// The search for a solution, a piece at a time, so that the page stays alive.
#[derive(Clone)]
pub struct Search {
    task: String,
    begun: Sha256,
    bits: u32,
    digits: [u8; DIGITS],
}

impl Search {
    /// Begins with a task's text; `None` when it is none that ends.
    #[must_use]
    pub fn new(task: &str) -> Option<Search> {
        let bits = task.split('.').next()?.parse().ok().filter(|bits| *bits <= MOST_BITS)?;
        let begun = Sha256::new_with_prefix(format!("{task}:"));
        Some(Search { task: task.to_owned(), begun, bits, digits: [b'0'; DIGITS] })
    }

    /// Tries so many numbers; answers the solution when one of them is it.
    pub fn try_some(&mut self, tries: u32) -> Option<String> {
        for _ in 0..tries {
            let hash = self.begun.clone().chain_update(self.digits).finalize();
            if zero_bits(&hash) >= self.bits {
                let number: String = self.digits.iter().copied().map(char::from).collect();
                return Some(format!("{}:{number}", self.task));
            }
            self.next();
        }
        None
    }

    fn next(&mut self) {
        for digit in self.digits.iter_mut().rev() {
            if *digit < b'9' {
                *digit += 1;
                return;
            }
            *digit = b'0';
        }
    }
}

impl std::fmt::Debug for Search {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Search({})", self.task)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const KEY: [u8; 32] = [9; 32];
    fn now() -> Timestamp {
        Timestamp::from_ms(1)
    }

    fn task(bits: u32, account: i64) -> Task {
        let expires_at = Timestamp::from_ms(1_624_000_000_000);
        Task { round: RoundId(1), account: AccountId(account), bits, expires_at }
    }

    fn solution(task: &Task) -> String {
        let mut search = Search::new(&task.sign(&KEY)).unwrap();
        std::iter::repeat_with(|| search.try_some(100)).flatten().next().unwrap()
    }

    #[test]
    fn the_work_doubles_with_each_bit() {
        let tries = |bits: u32| -> u64 {
            let of =
                |account| solution(&task(bits, account)).rsplit(':').next().unwrap().parse::<u64>().unwrap();
            (1..=200).map(of).sum()
        };
        let (six, eight) = (tries(6), tries(8));
        assert!((2..=8).contains(&(eight / six.max(1))), "{six} {eight}");
    }

    #[test]
    fn a_task_that_does_not_end_is_not_begun() {
        assert!(Search::new("31.1.X").is_none());
        assert!(Search::new("").is_none());
        assert!(Search::new("x.1.X").is_none());
    }

    #[test]
    fn zero_bits_are_counted_across_bytes() {
        assert_eq!(zero_bits(&[0x80, 0]), 0);
        assert_eq!(zero_bits(&[0, 0x1f, 0xff]), 11);
        assert_eq!(zero_bits(&[0, 0]), 16);
    }

    proptest! {
        #[test]
        fn a_solution_is_good_for_its_task_alone(bits in 0..10u32, account in 1..1000i64) {
            let task = task(bits, account);
            let solution = solution(&task);
            let (round, owner) = (task.round, task.account);
            prop_assert_eq!(Task::solved(&solution, &KEY, round, owner, now()), Some(task));
            prop_assert_eq!(Task::solved(&solution, &KEY, round, AccountId(account + 1), now()), None);
            prop_assert_eq!(Task::solved(&solution, &KEY, RoundId(2), owner, now()), None);
            prop_assert_eq!(Task::solved(&solution, &[8; 32], round, owner, now()), None);
            prop_assert_eq!(Task::solved(&solution, &KEY, round, owner, task.expires_at), None);
            // Nobody makes a hard task easy.
            let easier = solution.replacen(&format!("{bits}."), "0.", 1);
            prop_assert_eq!(Task::solved(&easier, &KEY, round, owner, now()).is_some(), bits == 0);
        }

        #[test]
        fn work_that_was_not_done_is_none(number: u32) {
            let task = task(24, 1);
            let claimed = format!("{}:{number}", task.sign(&KEY));
            let done = zero_bits(&Sha256::digest(&claimed)) >= 24;
            prop_assert_eq!(Task::solved(&claimed, &KEY, task.round, task.account, now()).is_some(), done);
        }

        #[test]
        fn no_text_panics(text in ".{0,120}") {
            prop_assert_eq!(Task::solved(&text, &KEY, RoundId(1), AccountId(1), now()), None);
            let _ = Search::new(&text);
        }
    }
}

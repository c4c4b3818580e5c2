//! Who gets a place, and who waits in which order.

use super::entry::written;
use super::{Entrant, Rank, Seed};
use crate::{DistrictCode, Hash, Round};
use sha2::{Digest, Sha256};

/// Places for one district's residents, or for everyone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Places {
    /// Whose; everyone's, when `None`.
    pub district: Option<DistrictCode>,
    /// How many.
    pub count: i64,
    /// Whether those that nobody of the district takes go to the others.
    pub lent: bool,
}

impl Places {
    /// A round's places. A quota that is lent on a date is lent at the draw:
    /// all entries are known then, so waiting for the date helps nobody. A hard
    /// quota's places stay its district's.
    #[must_use]
    pub fn of(round: &Round) -> Vec<Places> {
        if round.quotas.is_empty() {
            return vec![Places { district: None, count: round.quantity, lent: true }];
        }
        let places = round.quotas.iter().map(|quota| Places {
            district: Some(quota.district),
            count: quota.quantity,
            lent: quota.lend_at.is_some(),
        });
        places.collect()
    }
}

/// Gives out places to candidates in their order: first each district's to its
/// own residents, then what is left of the lent ones to whoever comes next.
/// For each candidate the number of the place's row; `None` where none is left.
#[must_use]
pub fn allot(candidates: &[Option<DistrictCode>], places: &[Places]) -> Vec<Option<usize>> {
    let mut left: Vec<i64> = places.iter().map(|places| places.count).collect();
    let mut take = |fits: &dyn Fn(&Places) -> bool| {
        let found = places.iter().zip(&left).position(|(places, left)| *left > 0 && fits(places))?;
        left[found] -= 1;
        Some(found)
    };
    let own =
        candidates.iter().map(|home| home.and_then(|home| take(&|places| places.district == Some(home))));
    let mut given: Vec<Option<usize>> = own.collect();
    for place in given.iter_mut().filter(|place| place.is_none()) {
        *place = take(&|places| places.lent);
        if place.is_none() {
            break;
        }
    }
    given
}

/// What the draw gave an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A place, of this district's quota.
    Won(Option<DistrictCode>),
    /// This number in the waiting list, from 1.
    Waiting(i64),
}

/// An entry that won or waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drawn {
    /// Where it stands among all entries, from 1.
    pub rank: i64,
    /// The entry.
    pub entrant: Entrant,
    /// What it got.
    pub outcome: Outcome,
}

/// Draws: all winners and the waiting list, in the order of rank. Who could
/// not be called in the windows that follow the first, even if nobody took a
/// place, does not wait in vain: they are left out.
#[must_use]
pub fn draw(entrants: &[Entrant], seed: &Seed, places: &[Places], windows: i64) -> Vec<Drawn> {
    let mut ranked: Vec<(Rank, Entrant)> =
        entrants.iter().map(|entrant| (seed.rank(entrant.id), *entrant)).collect();
    ranked.sort_unstable();
    let homes: Vec<_> = ranked.iter().map(|(_, entrant)| entrant.district).collect();
    let given = allot(&homes, places);
    let mut waiting = WaitingList::of(places, windows);
    let outcomes = ranked.iter().zip(&given).zip(1..).filter_map(|(((_, entrant), given), rank)| {
        let outcome = match given {
            Some(row) => Some(Outcome::Won(places[*row].district)),
            None => waiting.next(entrant.district).map(Outcome::Waiting),
        };
        outcome.map(|outcome| Drawn { rank, entrant: *entrant, outcome })
    });
    outcomes.collect()
}

/// Hands out waiting numbers to those who may yet be called.
struct WaitingList {
    /// How many each district's own places can still call.
    own: Vec<(DistrictCode, i64)>,
    /// How many can be called in all; none by another district's hard quota.
    any: i64,
    number: i64,
}

impl WaitingList {
    fn of(places: &[Places], windows: i64) -> WaitingList {
        let more = (windows - 1).max(0);
        let own = places.iter().filter_map(|places| Some((places.district?, more * places.count)));
        let lent = places.iter().any(|places| places.lent);
        let all: i64 = places.iter().map(|places| places.count).sum();
        WaitingList { own: own.collect(), any: if lent { more * all } else { 0 }, number: 0 }
    }

    fn next(&mut self, home: Option<DistrictCode>) -> Option<i64> {
        let own = self.own.iter_mut().find(|(district, left)| Some(*district) == home && *left > 0);
        if own.is_none() && self.any <= 0 {
            return None;
        }
        if let Some((_, left)) = own {
            *left -= 1;
        }
        self.any -= 1;
        self.number += 1;
        Some(self.number)
    }
}

/// SHA-256 over the results in the order of rank, a line each, ended by LF:
/// `1 7K3M9PQX2ABC won 210302`, `8 0D4F… waiting 1`; `-` for everyone's places.
#[must_use]
pub fn result_hash(drawn: &[Drawn]) -> Hash {
    let mut hasher = Sha256::new();
    drawn.iter().for_each(|drawn| hasher.update(format!("{drawn}\n")));
    Hash::new(hasher.finalize().into())
}

impl std::fmt::Display for Drawn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (rank, id) = (self.rank, self.entrant.id);
        match self.outcome {
            Outcome::Won(place) => write!(f, "{rank} {id} won {}", written(place)),
            Outcome::Waiting(number) => write!(f, "{rank} {id} waiting {number}"),
        }
    }
}

#[cfg(test)]
mod tests;

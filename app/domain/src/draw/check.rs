//! The check that anyone can make: everything that was published is computed
//! again from the list of entries.

use super::{CitySecret, Drawn, EntryList, Outcome, Places, Seed, draw, result_hash};
use crate::Lang;
use crate::shapes::{DrawProof, ResultShape};
use std::fmt;

/// What is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckStep {
    /// The list is the one that was frozen.
    List,
    /// The secret is the one that was committed to.
    Commitment,
    /// The seed is made of the secret and the public value.
    Seed,
    /// The winners and the waiting list are those that the seed gives.
    Result,
}

impl CheckStep {
    /// What people read.
    #[must_use]
    pub fn word(self, lang: Lang) -> &'static str {
        match self {
            CheckStep::List => {
                lang.pick("报名名单与封存时公布的一致", "The list of entries is the frozen one")
            }
            CheckStep::Commitment => lang.pick(
                "密钥与报名前公布的承诺一致",
                "The secret is the one committed to before entries opened",
            ),
            CheckStep::Seed => {
                lang.pick("种子由密钥和公开数值算出", "The seed is made of the secret and the public value")
            }
            CheckStep::Result => lang.pick(
                "中签和候补名单由种子和名单算出",
                "Winners and waiting list are those that the seed gives",
            ),
        }
    }
}

/// What one step came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// Which.
    pub step: CheckStep,
    /// Whether what was published is what was computed.
    pub holds: bool,
    /// What was computed; empty where nothing could be.
    pub computed: String,
}

impl Checked {
    fn of(step: CheckStep, published: &str, computed: Option<impl fmt::Display>) -> Checked {
        let computed = computed.map(|computed| computed.to_string()).unwrap_or_default();
        Checked { step, holds: !computed.is_empty() && published == computed, computed }
    }

    fn and(mut self, holds: bool) -> Checked {
        self.holds &= holds;
        self
    }
}

/// Checks a proof against the list of entries as it is downloaded. Before the
/// draw only what is published by then; nothing before entries close.
#[must_use]
pub fn check(proof: &DrawProof, list: &str) -> Vec<Checked> {
    let mut checks = Vec::new();
    let Some(list_hash) = &proof.list_hash else { return checks };
    let read = EntryList::read(list);
    let (entrants, counted) = match read {
        Some((entrants, list)) => (entrants, Some(list.finish())),
        None => (Vec::new(), None),
    };
    let entries = counted.map(|(entries, _)| entries);
    let list = Checked::of(CheckStep::List, list_hash, counted.map(|(_, hash)| hash));
    checks.push(list.and(entries == proof.entries));

    let (Some(secret), Some(value), Some(seed)) = (&proof.city_secret, &proof.public_value, &proof.seed)
    else {
        return checks;
    };
    let secret = secret.parse::<CitySecret>().ok();
    let commitment = secret.as_ref().map(CitySecret::commitment);
    checks.push(Checked::of(CheckStep::Commitment, &proof.commitment, commitment));
    // The value is taken to the letter: a blank more would be another seed.
    let value = value.parse().ok().filter(|parsed: &super::PublicValue| parsed.as_str() == value);
    let computed = secret.zip(value).map(|(secret, value)| Seed::of(proof.round_id, &secret, &value));
    checks.push(Checked::of(CheckStep::Seed, seed, computed.as_ref().map(Seed::hash)));

    let Some(published) = &proof.result_hash else { return checks };
    let places: Vec<Places> = proof.places.iter().map(|row| row.places()).collect();
    let drawn = computed.map(|seed| draw(&entrants, &seed, &places, proof.claim_windows)).unwrap_or_default();
    let result = Checked::of(CheckStep::Result, published, Some(result_hash(&drawn)));
    let fits = places.iter().map(|places| places.count).sum::<i64>() == proof.quantity;
    checks.push(result.and(fits && counts_hold(proof, &drawn)));
    checks
}

/// What the proof tells of the results beside their hash.
fn counts_hold(proof: &DrawProof, drawn: &[Drawn]) -> bool {
    let number = |count: usize| i64::try_from(count).ok();
    let waiting = drawn.iter().filter(|drawn| matches!(drawn.outcome, Outcome::Waiting(_))).count();
    let won = |row: &crate::shapes::PlacesShape| {
        let won = drawn.iter().filter(|drawn| drawn.outcome == Outcome::Won(row.district)).count();
        row.won == number(won)
    };
    let first = proof.results.iter().zip(drawn).all(|(shown, drawn)| *shown == ResultShape::of(drawn));
    first
        && proof.results.len() <= drawn.len()
        && proof.places.iter().all(won)
        && proof.waiting == number(waiting)
        && proof.winners == number(drawn.len() - waiting)
}

#[cfg(test)]
mod tests;

//! The search for an order that explains a history (Wing and Gong's, with the
//! memory that Lowe added): requests that were answered before others were
//! asked stay before them, and those that overlap may stand either way.
//!
//! A history is searched resident by resident. Whatever a write reads or
//! changes belongs to one resident, but for the round's stock; and writes that
//! take from a stock of which none is given back may stand in any order. So an
//! order of each resident's requests makes, merged by real time, an order of all
//! writes. What this leaves out: that the "sold out" of two rounds, which change
//! nothing, fit into one order together; each is held against its own round.

use super::model::{Answer, Ask, Event, Refusal, Resident, Terms};
use std::collections::HashSet;

/// Requests of one resident that can be searched.
const MOST_EVENTS: usize = 128;

/// Why no order explains a history.
#[derive(Debug)]
pub(crate) struct Unexplained(pub(crate) String);

struct Search<'a> {
    events: &'a [Event],
    terms: &'a Terms,
    /// Where the search has been in vain.
    seen: HashSet<(u128, Resident)>,
    /// The farthest that it came.
    farthest: u128,
}

/// Finds an order of one resident's requests in which each answer is right.
pub(crate) fn explain(mut events: Vec<Event>, terms: &Terms) -> Result<(), Unexplained> {
    assert!(events.len() <= MOST_EVENTS, "{} requests of one resident", events.len());
    events.sort_by_key(|event| event.asked);
    let mut search = Search { events: &events, terms, seen: HashSet::new(), farthest: 0 };
    if search.goes_on(0, &Resident::default()) {
        return Ok(());
    }
    let farthest = search.farthest;
    let stuck = events.iter().enumerate().filter(|(n, _)| farthest & 1 << n == 0).take(12);
    let stuck: Vec<String> = stuck.map(|(_, event)| format!("{event:?}")).collect();
    Err(Unexplained(format!(
        "{} of {} are explained, and none of these comes next:\n{}",
        farthest.count_ones(),
        events.len(),
        stuck.join("\n")
    )))
}

impl Search<'_> {
    fn goes_on(&mut self, done: u128, resident: &Resident) -> bool {
        if done.count_ones() > self.farthest.count_ones() {
            self.farthest = done;
        }
        let open = |n: &usize| done & 1 << n == 0;
        let Some(first_answer) = (0..self.events.len()).filter(open).map(|n| self.events[n].answered).min()
        else {
            return true;
        };
        if !self.seen.insert((done, resident.clone())) {
            return false;
        }
        let next: Vec<usize> =
            (0..self.events.len()).filter(open).filter(|n| self.events[*n].asked < first_answer).collect();
        next.into_iter().any(|n| {
            let after = resident.after(&self.events[n], self.terms);
            after.is_some_and(|after| self.goes_on(done | 1 << n, &after))
        })
    }
}

/// Holds the answers of one round against its stock, of which none is given
/// back: no more are issued than there are, and "sold out" comes after all
/// others were issued.
pub(crate) fn explain_stock(events: &[Event], round: i64, quantity: usize) -> Result<(), Unexplained> {
    let of_round =
        || events.iter().filter(|event| matches!(event.ask, Ask::Claim { round: of } if of == round));
    let issued: Vec<&Event> = of_round().filter(|event| event.issued().is_some()).collect();
    let sold_out = || of_round().filter(|event| event.answer == Answer::Refused(Refusal::SoldOut));
    if issued.len() > quantity {
        return Err(Unexplained(format!("{} issued of {quantity}", issued.len())));
    }
    if issued.len() < quantity && sold_out().next().is_some() {
        return Err(Unexplained(format!("sold out with {} issued of {quantity}", issued.len())));
    }
    let too_early = sold_out().find(|no| issued.iter().any(|yes| no.answered < yes.asked));
    too_early.map_or(Ok(()), |no| Err(Unexplained(format!("one was issued after {no:?}"))))
}

//! Draws: a resident's entry, and what anyone may check.

use super::catalogue::shape;
use crate::draw::{DrawPhase, Drawn, EntryId, Outcome, Places};
use crate::promotion::words;
use crate::{DistrictCode, RoundId};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

words! {
    /// Where a resident's entry stands.
    EntryState {
        /// Entered; the draw is to come.
        Entered = "entered", "已报名", "Entered";
        /// Drawn, or next in line: to be claimed now.
        Called = "called", "待领取", "To be claimed";
        /// Claimed.
        Claimed = "claimed", "已领取", "Claimed";
        /// In the waiting list.
        Waiting = "waiting", "候补", "Waiting";
        /// Called, and the time has passed.
        Missed = "missed", "逾期未领", "Not claimed in time";
        /// Not drawn.
        NotDrawn = "not_drawn", "未中签", "Not drawn";
    }
}

shape! {
    /// What a draw round promises, and where it stands.
    DrawShape {
        /// What it is about now.
        phase: DrawPhase,
        /// The value that becomes public after entries close.
        public_source: String,
        /// The same in English.
        public_source_en: String,
        /// When the value is there; the draw is not held before.
        draws_at: String,
        /// How long those who are called may claim.
        claim_hours: i64,
        /// How many times people are called: winners, then those next in line.
        claim_windows: i64,
        /// When the draw was held.
        drawn_at: Option<String>,
        /// When the last claims end.
        claims_until: Option<String>,
    }
}

shape! {
    /// A resident's entry in a draw.
    EntryShape {
        /// The name under which it stands in the public list.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        entry: EntryId,
        /// In which round.
        round_id: RoundId,
        /// The home district that counts, where the round has quotas.
        district: Option<DistrictCode>,
        /// When it was made.
        entered_at: String,
        /// Where it stands.
        state: EntryState,
        /// Its rank among all entries; null before the draw and when it was not drawn.
        rank: Option<i64>,
        /// Its number in the waiting list; null for winners.
        waiting: Option<i64>,
        /// From when it may be claimed; for one that waits, when people are called next.
        claim_from: Option<String>,
        /// Until when.
        claim_until: Option<String>,
    }
}

shape! {
    /// Places of a draw.
    PlacesShape {
        /// Whose residents'; everyone's, when null.
        district: Option<DistrictCode>,
        /// How many.
        count: i64,
        /// Whether places that nobody of the district takes go to the others.
        lent: bool,
        /// How many entries won one; null before the draw.
        won: Option<i64>,
    }
}

impl PlacesShape {
    /// For the draw's own reckoning.
    #[must_use]
    pub fn places(&self) -> Places {
        Places { district: self.district, count: self.count, lent: self.lent }
    }
}

shape! {
    /// An entry that won or waits.
    ResultShape {
        /// Its rank among all entries.
        rank: i64,
        /// The entry.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        entry: EntryId,
        /// Whose place it won; null for everyone's, and for one that waits.
        place: Option<DistrictCode>,
        /// Its number in the waiting list; null for winners.
        waiting: Option<i64>,
    }
}

impl ResultShape {
    /// As it is published.
    #[must_use]
    pub fn of(drawn: &Drawn) -> ResultShape {
        let (place, waiting) = match drawn.outcome {
            Outcome::Won(place) => (place, None),
            Outcome::Waiting(number) => (None, Some(number)),
        };
        ResultShape { rank: drawn.rank, entry: drawn.entrant.id, place, waiting }
    }
}

shape! {
    /// Everything that a draw's check needs beside the list of entries.
    DrawProof {
        /// Which round.
        round_id: RoundId,
        /// The round's name.
        title: String,
        /// The round's name in English.
        title_en: String,
        /// What it is about now.
        phase: DrawPhase,
        /// When entries open.
        opens_at: String,
        /// When entries close.
        closes_at: String,
        /// From when the draw may be held.
        draws_at: String,
        /// The value that becomes public after entries close.
        public_source: String,
        /// The same in English.
        public_source_en: String,
        /// How many places in all.
        quantity: i64,
        /// The places by district.
        places: Vec<PlacesShape>,
        /// How long those who are called may claim.
        claim_hours: i64,
        /// How many times people are called.
        claim_windows: i64,
        /// SHA-256 of the city's secret, published before entries open.
        commitment: String,
        /// How many have entered so far.
        entered: i64,
        /// When the list was frozen.
        frozen_at: Option<String>,
        /// How many entries it has.
        entries: Option<i64>,
        /// SHA-256 of the list as `/rounds/{id}/draw/entries` gives it.
        list_hash: Option<String>,
        /// When the public value was entered and the secret published.
        revealed_at: Option<String>,
        /// The city's secret, in hexadecimal.
        city_secret: Option<String>,
        /// The public value.
        public_value: Option<String>,
        /// SHA-256 over `yuehui draw`, the round's number, the secret and the value, a line each.
        seed: Option<String>,
        /// When the results were written.
        drawn_at: Option<String>,
        /// When the last claims end.
        claims_until: Option<String>,
        /// How many entries won.
        winners: Option<i64>,
        /// How many wait.
        waiting: Option<i64>,
        /// SHA-256 of the results as `/rounds/{id}/draw/results` gives them.
        result_hash: Option<String>,
        /// The first hundred results in the order of rank.
        results: Vec<ResultShape>,
    }
}

shape! {
    /// The answer to the organizer who held a draw.
    DrawHeld {
        /// Which round.
        round_id: RoundId,
        /// The public value as it was entered.
        public_value: String,
        /// The seed that it made.
        seed: String,
        /// When.
        revealed_at: String,
    }
}

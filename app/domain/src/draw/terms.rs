//! What a draw round promises before entries open, and its phases and windows.

use super::DrawRefused;
use crate::promotion::words;
use crate::{DistrictCode, Round, RoundState, Timestamp};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

const HOUR_MS: i64 = 3_600_000;
/// Between two windows: claims of the one are all written before those of the
/// other are counted out.
const CALL_AFTER_MS: i64 = 60_000;

/// A draw's terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrawTerms {
    /// The value that becomes public after entries close: 某日上证指数收盘点位.
    pub public_source: String,
    /// The same in English; may be empty.
    pub public_source_en: String,
    /// When the value is there: the draw is not held before.
    pub draws_at: Timestamp,
    /// How long those who are called may claim, in hours.
    pub claim_hours: i64,
    /// How many times people are called: the winners first, then those next in
    /// line for what was not taken.
    pub claim_windows: i64,
    /// When the draw was held.
    pub drawn_at: Option<Timestamp>,
}

words! {
    /// What a draw round is about at a moment.
    DrawPhase {
        /// Entries open later.
        Upcoming = "upcoming", "即将开始报名", "Entries open soon";
        /// Residents enter.
        Entering = "entering", "报名中", "Open for entries";
        /// Entries are closed; the public value is waited for.
        Drawing = "drawing", "待摇号", "Waiting for the draw";
        /// The draw was held; those called claim.
        Claiming = "claiming", "中签领取中", "Winners claim";
        /// Over.
        Closed = "closed", "已结束", "Closed";
    }
}

impl DrawPhase {
    /// The round's state in this phase: open while residents can do something,
    /// first enter and then claim.
    #[must_use]
    pub const fn state(self) -> RoundState {
        match self {
            DrawPhase::Upcoming => RoundState::Upcoming,
            DrawPhase::Entering | DrawPhase::Claiming => RoundState::Open,
            DrawPhase::Drawing => RoundState::Drawing,
            DrawPhase::Closed => RoundState::Closed,
        }
    }
}

/// A span in which those who were called may claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// The first is 1.
    pub number: i64,
    /// From when.
    pub from: Timestamp,
    /// Until when (the first moment at which it is over).
    pub until: Timestamp,
}

impl DrawTerms {
    /// Where the draw stands.
    #[must_use]
    pub fn phase(&self, round: &Round, now: Timestamp) -> DrawPhase {
        if now < round.opens_at {
            DrawPhase::Upcoming
        } else if now < round.closes_at {
            DrawPhase::Entering
        } else {
            match self.claims_until() {
                None => DrawPhase::Drawing,
                Some(until) if now < until => DrawPhase::Claiming,
                Some(_) => DrawPhase::Closed,
            }
        }
    }

    /// The end of the last window; unknown until the draw is held.
    #[must_use]
    pub fn claims_until(&self) -> Option<Timestamp> {
        self.drawn_at.map(|drawn_at| self.start(drawn_at, self.claim_windows + 1))
    }

    /// A window by its number; `None` before the draw and past the last.
    #[must_use]
    pub fn window(&self, number: i64) -> Option<Window> {
        let drawn_at = self.drawn_at.filter(|_| (1..=self.claim_windows).contains(&number))?;
        let starts = self.start(drawn_at, number);
        let from = if number == 1 { starts } else { starts.plus_ms(CALL_AFTER_MS) };
        Some(Window { number, from, until: self.start(drawn_at, number + 1) })
    }

    /// The window into which a moment falls; the minute of calling between two
    /// belongs to the one before.
    #[must_use]
    pub fn window_at(&self, now: Timestamp) -> Option<Window> {
        let past_ms = self.drawn_at?.until(now);
        let span_ms = self.claim_hours.max(1) * HOUR_MS;
        let window = self.window(past_ms.div_euclid(span_ms) + 1)?;
        if now < window.from { self.window(window.number - 1) } else { Some(window) }
    }

    /// When people are called next; `None` when nobody is any more.
    #[must_use]
    pub fn next_call(&self, now: Timestamp) -> Option<Timestamp> {
        let next = self.window(self.window_at(now)?.number + 1)?;
        Some(next.from)
    }

    fn start(&self, drawn_at: Timestamp, number: i64) -> Timestamp {
        drawn_at.plus_ms((number - 1) * self.claim_hours * HOUR_MS)
    }
}

impl Round {
    /// Whether an entry may come in now.
    ///
    /// # Errors
    /// It is no draw, entries are not open yet, or closed.
    pub fn accepts_entries(&self, now: Timestamp) -> Result<(), DrawRefused> {
        match self.draw_phase(now) {
            None => Err(DrawRefused::WrongMethod { method: self.method }),
            Some(DrawPhase::Upcoming) => Err(DrawRefused::NotOpen { opens_at: self.opens_at }),
            Some(DrawPhase::Entering) => Ok(()),
            Some(_) => Err(DrawRefused::Closed { closed_at: self.closes_at }),
        }
    }

    /// The district that counts for an entry; none where the round has no
    /// quotas. Residents of a district without places enter where another
    /// lends its own.
    ///
    /// # Errors
    /// No place can fall to the resident.
    pub fn entry_district(&self, home: Option<DistrictCode>) -> Result<Option<DistrictCode>, DrawRefused> {
        if self.quotas.is_empty() {
            return Ok(None);
        }
        let reaches =
            |home| self.quotas.iter().any(|quota| quota.district == home || quota.lend_at.is_some());
        let districts = self.quotas.iter().map(|quota| quota.district).collect();
        match home {
            Some(home) if reaches(home) => Ok(Some(home)),
            _ => Err(DrawRefused::NotEligible { districts, district_unknown: home.is_none() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn drawn(claim_hours: i64, claim_windows: i64) -> DrawTerms {
        DrawTerms {
            public_source: "上证指数".to_owned(),
            public_source_en: String::new(),
            draws_at: Timestamp::from_ms(0),
            claim_hours,
            claim_windows,
            drawn_at: Some(Timestamp::from_ms(1_000_000)),
        }
    }

    proptest! {
        #[test]
        fn windows_follow_each_other_and_never_overlap(hours in 1..200i64, windows in 1..20i64, past_ms in 0..20_000_000_000i64) {
            let terms = drawn(hours, windows);
            let all: Vec<Window> = (1..=windows).filter_map(|n| terms.window(n)).collect();
            prop_assert!(all.windows(2).all(|pair| pair[0].until < pair[1].from));
            prop_assert_eq!(all.last().map(|last| last.until), terms.claims_until());
            let now = Timestamp::from_ms(1_000_000 + past_ms);
            match terms.window_at(now) {
                Some(window) => prop_assert!(window.from <= now && now < window.until.plus_ms(CALL_AFTER_MS)),
                None => prop_assert!(terms.claims_until() <= Some(now)),
            }
        }
    }

    #[test]
    fn nobody_claims_before_the_draw() {
        let terms = DrawTerms { drawn_at: None, ..drawn(48, 3) };
        assert_eq!((terms.window(1), terms.claims_until()), (None, None));
        assert_eq!(drawn(48, 3).window(4), None);
    }
}

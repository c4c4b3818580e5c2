//! The rules of a campaign's terms and rounds, on values that were read. The form
//! and the seeds' files ask the same ones, each in its own words.

use super::Budget;
use crate::draw::DrawTerms;
use crate::{Benefit, CampaignTerms, Fen, Funding, KindCode, Limits, Method, Season, Switch, UsableWhere};
use std::ops::RangeInclusive;

/// The bounds of each limit for one resident.
pub const LIMIT_BOUNDS: RangeInclusive<i64> = 1..=1_000;
/// The bounds of a voucher's validity, in hours.
pub const VALID_HOURS: RangeInclusive<i64> = 1..=24 * 366;
/// The bounds of how long those who are called may claim, in hours.
pub const CLAIM_HOURS: RangeInclusive<i64> = 1..=24 * 14;
/// The bounds of how many times people are called.
pub const CLAIM_WINDOWS: RangeInclusive<i64> = 1..=20;
/// The bounds of what a percentage takes off.
pub const PERCENT_OFF: RangeInclusive<i64> = 1..=99;
/// No round is larger.
pub const MOST_IN_ROUND: i64 = 10_000_000;
/// No draw has more places: all that won or wait are written at once.
pub const MOST_IN_DRAW: i64 = 100_000;

impl Funding {
    /// What the government's part may be, in percent.
    #[must_use]
    pub const fn government_percents(self) -> RangeInclusive<i64> {
        match self {
            Funding::Government => 100..=100,
            Funding::Merchant => 0..=0,
            Funding::Mixed => 1..=99,
        }
    }
}

impl Benefit {
    /// Whether an order that meets the threshold would be less than what comes
    /// off it.
    #[must_use]
    pub fn takes_more_than_its_threshold(self) -> bool {
        matches!(self, Benefit::Threshold { face_value_fen, threshold_fen } if threshold_fen < face_value_fen)
    }
}

impl UsableWhere {
    /// The switches that have to be on, because an allowed kind needs them: each
    /// by its field, with the first such kind.
    #[must_use]
    pub fn missing_switches<'a>(&self, season: &'a Season) -> Vec<(&'static str, &'a KindCode)> {
        let switches = [("fuel", self.fuel, Switch::Fuel), ("cars", self.cars, Switch::Cars)];
        let missing = |(field, on, switch): (&'static str, bool, Switch)| {
            let mut behind = season.kinds.iter().filter(|kind| kind.switch == Some(switch));
            let named = behind.find(|kind| self.kinds_allow.contains(&kind.code));
            named.filter(|_| !on).map(|kind| (field, &kind.code))
        };
        switches.into_iter().filter_map(missing).collect()
    }
}

impl Method {
    /// No round of it is larger.
    #[must_use]
    pub const fn most_vouchers(self) -> i64 {
        match self {
            Method::Draw => MOST_IN_DRAW,
            Method::Flash | Method::Assisted => MOST_IN_ROUND,
        }
    }
}

impl Limits {
    /// The most that a round of this method may give one resident.
    #[must_use]
    pub fn most_per_resident(self, method: Method) -> i64 {
        match method {
            Method::Draw => 1,
            Method::Flash | Method::Assisted => self.per_campaign.min(self.per_day),
        }
    }
}

impl CampaignTerms {
    /// What so many vouchers may cost, beside the pot.
    #[must_use]
    pub fn budget(&self, vouchers: i64) -> Budget {
        let value = self.benefit.face_value().times(vouchers).unwrap_or(Fen::MAX);
        Budget { pot: self.pot_fen, vouchers, value }
    }

    /// Whether a draw that is held when it is due leaves each of its windows
    /// before the last day of use is over.
    #[must_use]
    pub fn outlasts(&self, draw: &DrawTerms, season: &Season) -> bool {
        let on_time = DrawTerms { drawn_at: Some(draw.draws_at), ..draw.clone() };
        on_time.claims_until() <= Some(self.usable_until(season.zone))
    }
}

//! One release of a campaign, and how many it may issue.

use crate::draw::{DrawPhase, DrawTerms};
use crate::promotion::words;
use crate::{AssistedKind, CampaignId, ClaimRefused, DistrictCode, RoundId, Timestamp};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

words! {
    /// How a round gives out its vouchers.
    Method {
        /// In order of arrival.
        Flash = "flash", "限时抢券", "Flash";
        /// By lot.
        Draw = "draw", "摇号", "Draw";
        /// At the community desk, on paper.
        Assisted = "assisted", "社区代领", "Assisted";
    }
}

words! {
    /// Where a round stands.
    RoundState {
        /// Not yet.
        Upcoming = "upcoming", "即将开始", "Upcoming";
        /// The last two minutes before a flash round opens.
        Waiting = "waiting", "马上开始", "Opening soon";
        /// Now.
        Open = "open", "进行中", "Open";
        /// Entries are closed, the lots are being drawn.
        Drawing = "drawing", "摇号中", "Drawing";
        /// Over.
        Closed = "closed", "已结束", "Closed";
    }
}

/// How long before its opening a flash round's waiting room opens, in
/// milliseconds.
pub const WAITING_MS: i64 = 120_000;

/// By how much the clocks of an installation's nodes differ at most, in
/// milliseconds.
pub const CLOCKS_DIFFER_MS: i64 = 5_000;

/// A round's quantity for one district (名额).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quota {
    /// Whose residents.
    pub district: DistrictCode,
    /// How many.
    pub quantity: i64,
    /// From when what is left serves every district; never, when `None`.
    pub lend_at: Option<Timestamp>,
}

/// One release of a campaign (轮次).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Round {
    /// Its number.
    pub id: RoundId,
    /// Whose terms it issues.
    pub campaign_id: CampaignId,
    /// Its name.
    pub title: String,
    /// Its English name; may be empty.
    pub title_en: String,
    /// How it gives out.
    pub method: Method,
    /// From when.
    pub opens_at: Timestamp,
    /// Until when (the first moment at which it is closed).
    pub closes_at: Timestamp,
    /// How many vouchers.
    pub quantity: i64,
    /// The most for one resident.
    pub per_resident: i64,
    /// By district; the whole quantity for everyone when empty.
    pub quotas: Vec<Quota>,
    /// Whether what is left goes to the campaign's next round.
    pub return_to_next: bool,
    /// A draw round's own terms.
    pub draw: Option<DrawTerms>,
}

impl Round {
    /// Where it stands at a moment.
    #[must_use]
    pub fn state(&self, now: Timestamp) -> RoundState {
        if let Some(phase) = self.draw_phase(now) {
            phase.state()
        } else if now >= self.closes_at {
            RoundState::Closed
        } else if now >= self.opens_at {
            RoundState::Open
        } else if self.method == Method::Flash && now.until(self.opens_at) <= WAITING_MS {
            RoundState::Waiting
        } else {
            RoundState::Upcoming
        }
    }

    /// Where its draw stands at a moment; `None` for another method.
    #[must_use]
    pub fn draw_phase(&self, now: Timestamp) -> Option<DrawPhase> {
        self.draw.as_ref().map(|draw| draw.phase(self, now))
    }

    /// The first moment at which nothing can be claimed any more; unknown
    /// while a draw is still to be held.
    #[must_use]
    pub fn ends_at(&self) -> Option<Timestamp> {
        self.draw.as_ref().map_or(Some(self.closes_at), DrawTerms::claims_until)
    }

    /// Whether it has been closed for so long that no node's clock says
    /// otherwise: nothing of it is issued any more.
    #[must_use]
    pub fn is_settled(&self, now: Timestamp) -> bool {
        self.state(now.plus_ms(-CLOCKS_DIFFER_MS)) == RoundState::Closed
    }

    /// Whether a claim may come in now.
    ///
    /// # Errors
    /// It is no flash round, not open yet, or closed.
    pub fn accepts_claims(&self, now: Timestamp) -> Result<(), ClaimRefused> {
        match (self.method, self.state(now)) {
            (_, RoundState::Closed) => {
                Err(ClaimRefused::Closed { closed_at: self.ends_at().unwrap_or(self.closes_at) })
            }
            (Method::Flash, RoundState::Open) => Ok(()),
            (Method::Flash, _) => Err(ClaimRefused::NotOpen { opens_at: self.opens_at }),
            (method, _) => Err(ClaimRefused::WrongMethod { method }),
        }
    }

    /// Whether the community desk may claim for a resident now: in an assisted
    /// round, and wherever residents themselves may.
    ///
    /// # Errors
    /// It is a draw, not open yet, or closed.
    pub fn accepts_claims_at_desk(&self, now: Timestamp) -> Result<(), ClaimRefused> {
        match (self.method, self.state(now)) {
            (Method::Assisted, RoundState::Open) => Ok(()),
            (Method::Assisted, RoundState::Upcoming | RoundState::Waiting | RoundState::Drawing) => {
                Err(ClaimRefused::NotOpen { opens_at: self.opens_at })
            }
            _ => self.accepts_claims(now),
        }
    }

    /// What the community desk does in it now: it enters a draw until the draw
    /// is held, and claims in everything else.
    #[must_use]
    pub fn kind_at_desk(&self, now: Timestamp) -> AssistedKind {
        match self.draw_phase(now) {
            Some(DrawPhase::Upcoming | DrawPhase::Entering | DrawPhase::Drawing) => AssistedKind::Entry,
            Some(DrawPhase::Claiming | DrawPhase::Closed) | None => AssistedKind::Voucher,
        }
    }

    /// Whether a resident may join its waiting room now; one that is open
    /// already takes late arrivals.
    ///
    /// # Errors
    /// It is no flash round, its waiting room opens later, or it is closed.
    pub fn accepts_waiting(&self, now: Timestamp) -> Result<(), ClaimRefused> {
        if self.state(now) == RoundState::Waiting { Ok(()) } else { self.accepts_claims(now) }
    }

    /// The quotas that a resident of a district may draw on, in order: their
    /// own, then those lent by now. Empty when the round has quotas and none
    /// is for them yet.
    #[must_use]
    pub fn quotas_for(&self, district: Option<DistrictCode>, now: Timestamp) -> Vec<DistrictCode> {
        let own = self.quotas.iter().filter(|quota| Some(quota.district) == district);
        let lent = self.quotas.iter().filter(|quota| {
            Some(quota.district) != district && quota.lend_at.is_some_and(|lend_at| lend_at <= now)
        });
        own.chain(lent).map(|quota| quota.district).collect()
    }

    /// Whether the quotas fit the quantity.
    #[must_use]
    pub fn quotas_fit(&self) -> bool {
        self.quotas.is_empty() || self.quotas.iter().map(|quota| quota.quantity).sum::<i64>() == self.quantity
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn round(quotas: Vec<Quota>) -> Round {
        Round {
            id: RoundId(1),
            campaign_id: CampaignId(1),
            title: String::new(),
            title_en: String::new(),
            method: Method::Flash,
            opens_at: Timestamp::from_ms(1_000_000),
            closes_at: Timestamp::from_ms(2_000_000),
            quantity: quotas.iter().map(|quota| quota.quantity).sum(),
            per_resident: 1,
            quotas,
            return_to_next: false,
            draw: None,
        }
    }

    #[test]
    fn it_opens_to_the_millisecond() {
        let round = round(vec![]);
        let state = |ms| round.state(Timestamp::from_ms(ms));
        assert_eq!(state(879_999), RoundState::Upcoming);
        assert_eq!(state(880_000), RoundState::Waiting);
        assert_eq!(state(999_999), RoundState::Waiting);
        assert_eq!(state(1_000_000), RoundState::Open);
        assert_eq!(state(1_999_999), RoundState::Open);
        assert_eq!(state(2_000_000), RoundState::Closed);
    }

    #[test]
    fn a_draw_is_open_for_entries_and_again_for_claims() {
        let terms = DrawTerms {
            public_source: String::new(),
            public_source_en: String::new(),
            draws_at: Timestamp::from_ms(2_500_000),
            claim_hours: 1,
            claim_windows: 2,
            drawn_at: None,
        };
        let waiting = Round { method: Method::Draw, draw: Some(terms.clone()), ..round(vec![]) };
        let held = DrawTerms { drawn_at: Some(Timestamp::from_ms(3_000_000)), ..terms };
        let held = Round { draw: Some(held), ..waiting.clone() };
        for (ms, before, after) in [
            (900_000, RoundState::Upcoming, RoundState::Upcoming),
            (1_000_000, RoundState::Open, RoundState::Open),
            (2_000_000, RoundState::Drawing, RoundState::Open),
            (10_199_999, RoundState::Drawing, RoundState::Open),
            (10_200_000, RoundState::Drawing, RoundState::Closed),
        ] {
            let now = Timestamp::from_ms(ms);
            assert_eq!((waiting.state(now), held.state(now)), (before, after), "{ms}");
        }
    }

    #[test]
    fn an_assisted_round_is_the_desks_alone() {
        let assisted = Round { method: Method::Assisted, ..round(vec![]) };
        let flash = round(vec![]);
        for (ms, is_open) in [(999_999, false), (1_000_000, true), (1_999_999, true), (2_000_000, false)] {
            let now = Timestamp::from_ms(ms);
            assert_eq!(assisted.accepts_claims_at_desk(now).is_ok(), is_open, "{ms}");
            assert_eq!(flash.accepts_claims_at_desk(now), flash.accepts_claims(now), "{ms}");
            assert!(assisted.accepts_claims(now).is_err());
            assert_eq!(assisted.kind_at_desk(now), AssistedKind::Voucher);
        }
    }

    proptest! {
        #[test]
        fn a_quota_serves_others_only_once_lent(home in 0usize..7, quantity in 1..50i64, lend_after in proptest::option::of(0..900_000i64), now in 1_000_000..2_000_000i64) {
            let districts: Vec<DistrictCode> = (1..=7).map(|n| DistrictCode::try_from(210_300 + n).unwrap()).collect();
            let lend_at = lend_after.map(|ms| Timestamp::from_ms(1_000_000 + ms));
            let round = round(districts.iter().map(|district| Quota { district: *district, quantity, lend_at }).collect());
            let now = Timestamp::from_ms(now);
            let open = round.quotas_for(Some(districts[home]), now);
            prop_assert_eq!(open[0], districts[home]);
            prop_assert_eq!(open.len(), if lend_at.is_some_and(|at| at <= now) { 7 } else { 1 });
            prop_assert!(round.quotas_fit());
            let stranger = round.quotas_for(None, now);
            prop_assert_eq!(stranger.len(), if lend_at.is_some_and(|at| at <= now) { 7 } else { 0 });
        }
    }
}

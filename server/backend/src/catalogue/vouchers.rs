//! What people and programs are told of campaigns and rounds.

use super::Catalogue;
use domain::draw::DrawTerms;
use domain::shapes::{CampaignShape, DrawShape, QuotaShape, RoundShape};
use domain::{Benefit, CampaignTerms, DistrictCode, Quota, Round, Timestamp, UsableWhere, Validity};

/// What is left of a quota; `None` is the stock that serves everyone.
pub(crate) type Remaining = (Option<DistrictCode>, i64);

impl Catalogue {
    /// A campaign's terms.
    pub(crate) fn campaign_shape(&self, terms: &CampaignTerms) -> CampaignShape {
        let place = &terms.usable_where;
        let kinds = self.season.kinds.iter().filter(|kind| place.allows_kind(&kind.code, kind.switch));
        let (valid_until, valid_hours) = match terms.validity {
            Validity::Until(day) => (Some(day.to_string()), None),
            Validity::Hours(hours) => (None, Some(hours)),
        };
        CampaignShape {
            id: terms.id,
            title: terms.title.clone(),
            title_en: terms.title_en.clone(),
            summary: terms.summary.clone(),
            summary_en: terms.summary_en.clone(),
            funded_by: terms.funding,
            government_percent: terms.government_percent,
            kind: terms.benefit.code().to_owned(),
            face_value_fen: terms.benefit.face_value(),
            threshold_fen: terms.benefit.threshold(),
            percent_off: percent_off(terms.benefit),
            pot_fen: terms.pot_fen,
            per_campaign: terms.limits.per_campaign,
            per_day: terms.limits.per_day,
            per_outlet_day: terms.limits.per_outlet_day,
            per_merchant_day: terms.limits.per_merchant_day,
            districts: self.usable_districts(place),
            merchant_kinds: kinds.map(|kind| kind.code.clone()).collect(),
            outlets_allow: place.outlets_allow.clone(),
            outlets_deny: place.outlets_deny.clone(),
            usable_from: terms.usable_when.from.to_string(),
            usable_to: terms.usable_when.to.to_string(),
            hours: terms.usable_when.hours.as_ref().map(ToString::to_string),
            valid_until,
            valid_hours,
            with_promotion: terms.stacking.with_promotion,
            returns_on_reversal: terms.returns_on_reversal,
            round_ids: self.rounds_of(terms.id).map(|round| round.id).collect(),
            demo: terms.demo,
        }
    }

    /// A round with what is left of its stock.
    pub(crate) fn round_shape(&self, round: &Round, stock: &[Remaining], now: Timestamp) -> RoundShape {
        let terms = &self.campaigns[round.campaign_id];
        let zone = self.season.zone;
        RoundShape {
            id: round.id,
            campaign_id: terms.id,
            title: round.title.clone(),
            title_en: round.title_en.clone(),
            campaign_title: terms.title.clone(),
            campaign_title_en: terms.title_en.clone(),
            method: round.method,
            state: round.state(now),
            opens_at: zone.rfc3339(round.opens_at),
            closes_at: zone.rfc3339(round.closes_at),
            quantity: round.quantity,
            remaining: stock.iter().map(|(_, remaining)| remaining).sum(),
            per_resident: round.per_resident,
            kind: terms.benefit.code().to_owned(),
            face_value_fen: terms.benefit.face_value(),
            threshold_fen: terms.benefit.threshold(),
            percent_off: percent_off(terms.benefit),
            districts: self.usable_districts(&terms.usable_where),
            quotas: round.quotas.iter().map(|quota| self.quota_shape(quota, stock)).collect(),
            draw: round.draw.as_ref().map(|draw| self.draw_shape(round, draw, now)),
            demo: terms.demo,
        }
    }

    fn draw_shape(&self, round: &Round, draw: &DrawTerms, now: Timestamp) -> DrawShape {
        let zone = self.season.zone;
        DrawShape {
            phase: draw.phase(round, now),
            public_source: draw.public_source.clone(),
            public_source_en: draw.public_source_en.clone(),
            draws_at: zone.rfc3339(draw.draws_at),
            claim_hours: draw.claim_hours,
            claim_windows: draw.claim_windows,
            drawn_at: draw.drawn_at.map(|at| zone.rfc3339(at)),
            claims_until: draw.claims_until().map(|at| zone.rfc3339(at)),
        }
    }

    fn quota_shape(&self, quota: &Quota, stock: &[Remaining]) -> QuotaShape {
        let own = stock.iter().find(|(district, _)| *district == Some(quota.district));
        QuotaShape {
            district: quota.district,
            quantity: quota.quantity,
            remaining: own.map_or(0, |(_, remaining)| *remaining),
            lend_at: quota.lend_at.map(|lend_at| self.season.zone.rfc3339(lend_at)),
        }
    }

    /// The season's districts in which a voucher works.
    pub(crate) fn usable_districts(&self, place: &UsableWhere) -> Vec<DistrictCode> {
        let codes = self.season.districts.iter().map(|district| district.code);
        codes.filter(|code| place.allows_district(*code)).collect()
    }
}

/// How many percent a benefit takes off, where it takes off a share.
pub(crate) fn percent_off(benefit: Benefit) -> Option<u8> {
    match benefit {
        Benefit::Percent { percent_off, .. } => Some(percent_off),
        Benefit::Threshold { .. } | Benefit::Cash { .. } => None,
    }
}

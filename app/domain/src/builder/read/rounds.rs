//! The rounds of a form, and their shares.

use super::Reader;
use crate::builder::{
    CLAIM_HOURS, CLAIM_WINDOWS, CampaignForm, CampaignRule, MOST_IN_ROUND, RoundForm, ShareOut,
};
use crate::draw::DrawTerms;
use crate::{CampaignTerms, DistrictCode, Method, Quota, Round, RoundId, Timestamp, apportion};

impl Reader<'_> {
    /// The form's rounds, which join those that stand already.
    pub(super) fn rounds(
        &mut self,
        form: &CampaignForm,
        terms: &CampaignTerms,
        standing: &[Round],
    ) -> Vec<Round> {
        if form.rounds.is_empty() {
            self.fault("rounds", CampaignRule::Needed);
        }
        let rounds =
            form.rounds.iter().zip(1..).filter_map(|(round, number)| self.round(round, number, terms));
        let rounds: Vec<Round> = rounds.collect();
        for (place, round) in rounds.iter().enumerate() {
            let mut later = rounds.iter().chain(standing).filter(|next| next.opens_at > round.opens_at);
            if round.return_to_next && !later.any(|next| next.method != Method::Draw) {
                self.fault(format!("rounds[{place}].return_to_next"), CampaignRule::NoNextRound);
            }
        }
        rounds
    }

    fn round(&mut self, form: &RoundForm, number: i64, terms: &CampaignTerms) -> Option<Round> {
        let name = |field: &str| format!("rounds[{}].{field}", number - 1);
        let title = self.needed(&name("title"), &form.title);
        let method = self.word::<Method>(&name("method"), &form.method);
        let opens_at = self.moment(&name("opens_at"), &form.opens_at);
        let closes_at = self.moment(&name("closes_at"), &form.closes_at);
        let kind = method.unwrap_or(Method::Flash);
        let quantity = self.number(&name("quantity"), &form.quantity, 1..=kind.most_vouchers());
        let most = terms.limits.most_per_resident(kind);
        let per_resident = self.number(&name("per_resident"), &form.per_resident, 1..=most);
        let (method, opens_at, closes_at) = (method?, opens_at?, closes_at?);
        self.times(&name, (method, opens_at, closes_at), terms);
        let lend_at = self.lend_at(&name("lend_at"), form, (opens_at, closes_at));
        let draw =
            if method == Method::Draw { Some(self.draw(&name, form, closes_at, terms)?) } else { None };
        let quotas = self.quotas(&name("quotas"), form, quantity?, lend_at);
        Some(Round {
            id: RoundId(number),
            campaign_id: terms.id,
            title,
            title_en: form.title_en.clone(),
            method,
            opens_at,
            closes_at,
            quantity: quantity?,
            per_resident: per_resident?,
            quotas,
            return_to_next: form.return_to_next,
            draw,
        })
    }

    /// A round lies in the season, ends while its vouchers can be used, and is
    /// not over; entries of a draw are not open yet.
    fn times(
        &mut self,
        name: &impl Fn(&str) -> String,
        (method, opens_at, closes_at): (Method, Timestamp, Timestamp),
        terms: &CampaignTerms,
    ) {
        let (season, now) = (self.rules.season, self.rules.now);
        let (from, to) = (season.starts_on, season.ends_on);
        if opens_at < season.zone.at(from, 0) {
            self.fault(name("opens_at"), CampaignRule::Outside { from, to });
        }
        if closes_at <= opens_at {
            self.fault(name("closes_at"), CampaignRule::TooEarly);
        } else if closes_at <= now {
            self.fault(name("closes_at"), CampaignRule::Passed);
        } else if closes_at > terms.usable_until(season.zone) {
            let (from, to) = (terms.usable_when.from, terms.usable_when.to);
            self.fault(name("closes_at"), CampaignRule::Outside { from, to });
        }
        if method == Method::Draw && opens_at < now {
            self.fault(name("opens_at"), CampaignRule::Passed);
        }
    }

    fn lend_at(&mut self, field: &str, form: &RoundForm, open: (Timestamp, Timestamp)) -> Option<Timestamp> {
        if form.lend_at.is_empty() {
            return None;
        }
        let lend_at = self.moment(field, &form.lend_at)?;
        if !(open.0..open.1).contains(&lend_at) {
            let zone = self.rules.season.zone;
            let (from, to) = (zone.day(open.0), zone.day(open.1));
            self.fault(field, CampaignRule::Outside { from, to });
        }
        Some(lend_at)
    }

    fn draw(
        &mut self,
        name: &impl Fn(&str) -> String,
        form: &RoundForm,
        closes_at: Timestamp,
        terms: &CampaignTerms,
    ) -> Option<DrawTerms> {
        let public_source = self.needed(&name("public_source"), &form.public_source);
        let draws_at = self.moment(&name("draws_at"), &form.draws_at);
        let claim_hours = self.number(&name("claim_hours"), &form.claim_hours, CLAIM_HOURS);
        let claim_windows = self.number(&name("claim_windows"), &form.claim_windows, CLAIM_WINDOWS);
        let (draws_at, claim_hours, claim_windows) = (draws_at?, claim_hours?, claim_windows?);
        if draws_at <= closes_at {
            self.fault(name("draws_at"), CampaignRule::TooEarly);
        }
        let public_source_en = form.public_source_en.clone();
        let draw = DrawTerms {
            public_source,
            public_source_en,
            draws_at,
            claim_hours,
            claim_windows,
            drawn_at: None,
        };
        if !terms.outlasts(&draw, self.rules.season) {
            let (from, to) = (terms.usable_when.from, terms.usable_when.to);
            self.fault(name("claim_windows"), CampaignRule::Outside { from, to });
        }
        Some(draw)
    }

    /// The districts' shares; none where the round serves everyone.
    fn quotas(
        &mut self,
        field: &str,
        form: &RoundForm,
        quantity: i64,
        lend_at: Option<Timestamp>,
    ) -> Vec<Quota> {
        let districts = &self.rules.season.districts;
        let weights: Vec<i64> = match form.share_out.parse() {
            Ok(ShareOut::Population) => districts.iter().map(|district| district.weight).collect(),
            Ok(ShareOut::Equal) => vec![1; districts.len()],
            Ok(ShareOut::Hand) => return self.by_hand(field, form, quantity, lend_at),
            Ok(ShareOut::All) | Err(_) => return Vec::new(),
        };
        let shares = districts.iter().zip(apportion(quantity, &weights)).filter(|(_, share)| *share > 0);
        shares.map(|(district, quantity)| Quota { district: district.code, quantity, lend_at }).collect()
    }

    fn by_hand(
        &mut self,
        field: &str,
        form: &RoundForm,
        quantity: i64,
        lend_at: Option<Timestamp>,
    ) -> Vec<Quota> {
        let season = self.rules.season;
        let mut quotas: Vec<Quota> = Vec::new();
        for share in &form.quotas {
            let code =
                share.district.parse::<DistrictCode>().ok().filter(|code| season.district(*code).is_some());
            let twice = quotas.iter().any(|quota| Some(quota.district) == code);
            let (Some(district), false) = (code, twice) else {
                self.fault(field, CampaignRule::Unknown);
                continue;
            };
            match share.quantity.parse() {
                Ok(0) => (),
                Ok(quantity) if (1..=MOST_IN_ROUND).contains(&quantity) => {
                    quotas.push(Quota { district, quantity, lend_at });
                }
                _ => self.fault(field, CampaignRule::NotIn { least: 0, most: MOST_IN_ROUND }),
            }
        }
        let sum = quotas.iter().map(|quota| quota.quantity).sum();
        if sum != quantity {
            self.fault(field, CampaignRule::Shares { sum, quantity });
        }
        quotas
    }
}

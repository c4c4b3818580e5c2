//! What an officer types, field by field. A draft may be incomplete; what is
//! handed in reads without a fault.

use super::sentence;
use crate::promotion::words;
use crate::{Benefit, CampaignTerms, Fen, Funding, Lang, Method, Round, Season, Timestamp, Validity, Zone};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// Of a name.
const NAME: usize = 160;
/// Of a few sentences.
const TEXT: usize = 600;
/// Of a list, of hours, of a number.
const SHORT: usize = 400;

words! {
    /// How a round's quantity is shared out over the districts.
    ShareOut {
        /// Not at all: it serves everyone.
        All = "all", "不分区县", "One stock for all";
        /// By the districts' population.
        Population = "population", "按人口", "By population";
        /// The same for each.
        Equal = "equal", "平均", "Equal shares";
        /// As the table says.
        Hand = "hand", "手工填写", "By hand";
    }
}

/// A district's share as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct QuotaForm {
    /// Its code.
    pub district: String,
    /// How many; empty for none.
    pub quantity: String,
}

/// A round as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct RoundForm {
    /// Its name, at most 160 characters.
    pub title: String,
    /// Its English name; may be empty.
    pub title_en: String,
    /// `flash`, `draw` or `assisted`.
    pub method: String,
    /// From when: `2021-06-20T10:00` in the season's zone, or with an offset.
    pub opens_at: String,
    /// Until when.
    pub closes_at: String,
    /// How many vouchers.
    pub quantity: String,
    /// The most for one resident.
    pub per_resident: String,
    /// Whether what is left goes to the campaign's next round.
    pub return_to_next: bool,
    /// `all`, `population`, `equal` or `hand`.
    pub share_out: String,
    /// By hand: the districts' shares.
    pub quotas: Vec<QuotaForm>,
    /// From when what a district has left serves every district; may be empty.
    pub lend_at: String,
    /// Of a draw: the public value that makes its seed.
    pub public_source: String,
    /// The same in English; may be empty.
    pub public_source_en: String,
    /// Of a draw: when the value is there.
    pub draws_at: String,
    /// Of a draw: how long those who are called may claim, in hours.
    pub claim_hours: String,
    /// Of a draw: how many times people are called.
    pub claim_windows: String,
}

/// A campaign as it was typed. Amounts are in yuan: `20`, `0.5`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct CampaignForm {
    /// Its name, at most 160 characters.
    pub title: String,
    /// Its English name; may be empty.
    pub title_en: String,
    /// A sentence or two; empty for the sentence made from the terms.
    pub summary: String,
    /// The same in English.
    pub summary_en: String,
    /// `government`, `merchant` or `mixed`.
    pub funded_by: String,
    /// The government's part of each subsidy, of a mixed one: 1 to 99.
    pub government_percent: String,
    /// `threshold`, `percent` or `cash`.
    pub kind: String,
    /// What a voucher takes off, at most.
    pub face_value: String,
    /// The order from which it works; empty for none.
    pub threshold: String,
    /// Of a percentage: 20 means 8折.
    pub percent_off: String,
    /// The campaign's money.
    pub pot: String,
    /// Claims per resident in the campaign.
    pub per_campaign: String,
    /// Claims per resident and business day.
    pub per_day: String,
    /// Redemptions per resident, outlet and business day.
    pub per_outlet_day: String,
    /// Redemptions per resident, merchant and business day, at all its outlets
    /// together; empty for no such limit.
    pub per_merchant_day: String,
    /// Only these districts; all, when empty.
    pub districts_allow: Vec<String>,
    /// Not these districts.
    pub districts_deny: Vec<String>,
    /// Only these kinds; all, when empty.
    pub kinds_allow: Vec<String>,
    /// Not these kinds.
    pub kinds_deny: Vec<String>,
    /// Only these outlets: their numbers, with blanks or commas between.
    pub outlets_allow: String,
    /// Not these outlets.
    pub outlets_deny: String,
    /// Whether it buys refined oil.
    pub fuel: bool,
    /// Whether it buys cars.
    pub cars: bool,
    /// The first business day of use.
    pub usable_from: String,
    /// The last business day of use, included.
    pub usable_to: String,
    /// Weekly hours of use, `daily 18:00-02:00`; always, when empty.
    pub hours: String,
    /// Validity to the end of this business day;
    pub valid_until: String,
    /// or in hours after issue: one of the two.
    pub valid_hours: String,
    /// Whether a merchant promotion may join it on one order.
    pub with_promotion: bool,
    /// Whether a full reversal gives the voucher back.
    pub returns_on_reversal: bool,
    /// Its rounds, at most 20.
    pub rounds: Vec<RoundForm>,
}

impl RoundForm {
    /// Whether nothing that makes a round was typed.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        [&self.title, &self.opens_at, &self.closes_at, &self.quantity]
            .iter()
            .all(|text| text.trim().is_empty())
    }

    fn texts(&mut self) -> [(&'static str, usize, &mut String); 14] {
        [
            ("title", NAME, &mut self.title),
            ("title_en", NAME, &mut self.title_en),
            ("method", SHORT, &mut self.method),
            ("opens_at", SHORT, &mut self.opens_at),
            ("closes_at", SHORT, &mut self.closes_at),
            ("quantity", SHORT, &mut self.quantity),
            ("per_resident", SHORT, &mut self.per_resident),
            ("share_out", SHORT, &mut self.share_out),
            ("lend_at", SHORT, &mut self.lend_at),
            ("public_source", TEXT, &mut self.public_source),
            ("public_source_en", TEXT, &mut self.public_source_en),
            ("draws_at", SHORT, &mut self.draws_at),
            ("claim_hours", SHORT, &mut self.claim_hours),
            ("claim_windows", SHORT, &mut self.claim_windows),
        ]
    }

    /// A round as it would have been typed.
    #[must_use]
    pub fn of(round: &Round, zone: Zone) -> RoundForm {
        let local = |at: Timestamp| zone.rfc3339(at)[..16].to_owned();
        let draw = round.draw.as_ref();
        let quota = |quota: &crate::Quota| QuotaForm {
            district: quota.district.to_string(),
            quantity: quota.quantity.to_string(),
        };
        let share_out = if round.quotas.is_empty() { ShareOut::All } else { ShareOut::Hand };
        RoundForm {
            title: round.title.clone(),
            title_en: round.title_en.clone(),
            method: round.method.to_string(),
            opens_at: local(round.opens_at),
            closes_at: local(round.closes_at),
            quantity: round.quantity.to_string(),
            per_resident: round.per_resident.to_string(),
            return_to_next: round.return_to_next,
            share_out: share_out.to_string(),
            quotas: round.quotas.iter().map(quota).collect(),
            lend_at: round.quotas.iter().find_map(|quota| quota.lend_at).map(local).unwrap_or_default(),
            public_source: draw.map(|draw| draw.public_source.clone()).unwrap_or_default(),
            public_source_en: draw.map(|draw| draw.public_source_en.clone()).unwrap_or_default(),
            draws_at: draw.map(|draw| local(draw.draws_at)).unwrap_or_default(),
            claim_hours: draw.map(|draw| draw.claim_hours.to_string()).unwrap_or_default(),
            claim_windows: draw.map(|draw| draw.claim_windows.to_string()).unwrap_or_default(),
        }
    }
}

impl CampaignForm {
    /// Without blanks around what was typed, and without rounds of which
    /// nothing was.
    ///
    /// # Errors
    /// A field that is so long that it is not even kept as a draft, and the
    /// most characters or items.
    pub fn trimmed(mut self) -> Result<CampaignForm, (String, usize)> {
        self.rounds.retain(|round| !round.is_blank());
        if self.rounds.len() > super::MOST_ROUNDS {
            return Err(("rounds".to_owned(), super::MOST_ROUNDS));
        }
        for (name, limit, text) in self.texts() {
            trim(name, limit, text)?;
        }
        for (number, round) in self.rounds.iter_mut().enumerate() {
            for (name, limit, text) in round.texts() {
                trim(&format!("rounds[{number}].{name}"), limit, text)?;
            }
            round.quotas.retain(|quota| !quota.quantity.trim().is_empty());
            if round.quotas.len() > NAME || round.quotas.iter().any(|quota| quota.quantity.len() > 20) {
                return Err((format!("rounds[{number}].quotas"), NAME));
            }
        }
        let lists = [&self.districts_allow, &self.districts_deny, &self.kinds_allow, &self.kinds_deny];
        if lists.iter().any(|list| list.len() > NAME || list.iter().any(|item| item.len() > SHORT)) {
            return Err(("districts, kinds".to_owned(), NAME));
        }
        Ok(self)
    }

    fn texts(&mut self) -> [(&'static str, usize, &mut String); 22] {
        [
            ("title", NAME, &mut self.title),
            ("title_en", NAME, &mut self.title_en),
            ("summary", TEXT, &mut self.summary),
            ("summary_en", TEXT, &mut self.summary_en),
            ("funded_by", SHORT, &mut self.funded_by),
            ("government_percent", SHORT, &mut self.government_percent),
            ("kind", SHORT, &mut self.kind),
            ("face_value", SHORT, &mut self.face_value),
            ("threshold", SHORT, &mut self.threshold),
            ("percent_off", SHORT, &mut self.percent_off),
            ("pot", SHORT, &mut self.pot),
            ("per_campaign", SHORT, &mut self.per_campaign),
            ("per_day", SHORT, &mut self.per_day),
            ("per_outlet_day", SHORT, &mut self.per_outlet_day),
            ("per_merchant_day", SHORT, &mut self.per_merchant_day),
            ("outlets_allow", SHORT, &mut self.outlets_allow),
            ("outlets_deny", SHORT, &mut self.outlets_deny),
            ("hours", SHORT, &mut self.hours),
            ("usable_from", SHORT, &mut self.usable_from),
            ("usable_to", SHORT, &mut self.usable_to),
            ("valid_until", SHORT, &mut self.valid_until),
            ("valid_hours", SHORT, &mut self.valid_hours),
        ]
    }

    /// A campaign as it would have been typed, with its rounds. A summary that
    /// was made from the terms is left out: it is made anew.
    #[must_use]
    pub fn of(terms: &CampaignTerms, rounds: &[Round], season: &Season) -> CampaignForm {
        let made = terms.summary == sentence(terms, season, Lang::Zh);
        let own = |text: &String| if made { String::new() } else { text.clone() };
        let texts = |codes: &[crate::DistrictCode]| codes.iter().map(ToString::to_string).collect();
        let kinds = |codes: &[crate::KindCode]| codes.iter().map(ToString::to_string).collect();
        let outlets =
            |ids: &[crate::OutletId]| ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        let percent_off = match terms.benefit {
            Benefit::Percent { percent_off, .. } => percent_off.to_string(),
            Benefit::Threshold { .. } | Benefit::Cash { .. } => String::new(),
        };
        let (valid_until, valid_hours) = match terms.validity {
            Validity::Until(day) => (day.to_string(), String::new()),
            Validity::Hours(hours) => (String::new(), hours.to_string()),
        };
        let (place, threshold) = (&terms.usable_where, terms.benefit.threshold());
        let mixed = terms.funding == Funding::Mixed;
        let per_merchant_day = terms.limits.per_merchant_day;
        CampaignForm {
            title: terms.title.clone(),
            title_en: terms.title_en.clone(),
            summary: own(&terms.summary),
            summary_en: own(&terms.summary_en),
            funded_by: terms.funding.to_string(),
            government_percent: if mixed { terms.government_percent.to_string() } else { String::new() },
            kind: terms.benefit.code().to_owned(),
            face_value: terms.benefit.face_value().yuan(),
            threshold: if threshold == Fen::ZERO { String::new() } else { threshold.yuan() },
            percent_off,
            pot: terms.pot_fen.yuan(),
            per_campaign: terms.limits.per_campaign.to_string(),
            per_day: terms.limits.per_day.to_string(),
            per_outlet_day: terms.limits.per_outlet_day.to_string(),
            per_merchant_day: per_merchant_day.map(|limit| limit.to_string()).unwrap_or_default(),
            districts_allow: texts(&place.districts_allow),
            districts_deny: texts(&place.districts_deny),
            kinds_allow: kinds(&place.kinds_allow),
            kinds_deny: kinds(&place.kinds_deny),
            outlets_allow: outlets(&place.outlets_allow),
            outlets_deny: outlets(&place.outlets_deny),
            fuel: place.fuel,
            cars: place.cars,
            usable_from: terms.usable_when.from.to_string(),
            usable_to: terms.usable_when.to.to_string(),
            hours: terms.usable_when.hours.as_ref().map(ToString::to_string).unwrap_or_default(),
            valid_until,
            valid_hours,
            with_promotion: terms.stacking.with_promotion,
            returns_on_reversal: terms.returns_on_reversal,
            rounds: rounds.iter().map(|round| RoundForm::of(round, season.zone)).collect(),
        }
    }

    /// What a new one begins with.
    #[must_use]
    pub fn blank() -> CampaignForm {
        let one = || "1".to_owned();
        CampaignForm {
            funded_by: Funding::Government.to_string(),
            kind: "threshold".to_owned(),
            per_campaign: one(),
            per_day: one(),
            per_outlet_day: one(),
            valid_hours: "168".to_owned(),
            with_promotion: true,
            returns_on_reversal: true,
            rounds: vec![RoundForm {
                method: Method::Flash.to_string(),
                per_resident: one(),
                ..RoundForm::default()
            }],
            ..CampaignForm::default()
        }
    }
}

fn trim(name: &str, limit: usize, text: &mut String) -> Result<(), (String, usize)> {
    *text = text.trim().to_owned();
    if text.chars().count() > limit { Err((name.to_owned(), limit)) } else { Ok(()) }
}

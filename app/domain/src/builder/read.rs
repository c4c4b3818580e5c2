//! Reading a form: every field that is not as it has to be is named.

mod rounds;

use super::{
    CampaignFault, CampaignForm, CampaignRule, DraftRefused, LIMIT_BOUNDS, PERCENT_OFF, VALID_HOURS, sentence,
};
use crate::{
    Benefit, CampaignId, CampaignTerms, Day, DistrictCode, Fen, Funding, KindCode, Lang, Limits, OutletId,
    Round, Season, Stacking, Timestamp, UsableWhen, UsableWhere, Validity, Zone,
};
use std::ops::RangeInclusive;
use std::str::FromStr;

/// Against what a form is read.
#[derive(Clone, Copy, Debug)]
pub struct PlanRules<'a> {
    /// Its dates, districts and kinds.
    pub season: &'a Season,
    /// The outlets that there are.
    pub outlets: &'a [OutletId],
    /// The moment.
    pub now: Timestamp,
}

/// A form that reads without a fault; its numbers are given at publication.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The terms.
    pub terms: CampaignTerms,
    /// The rounds, in the form's order, numbered from 1.
    pub rounds: Vec<Round>,
}

/// What the rounds may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// The campaign's money.
    pub pot: Fen,
    /// How many vouchers the rounds may issue.
    pub vouchers: i64,
    /// Σ face value of them.
    pub value: Fen,
}

impl Budget {
    /// What is left of the pot.
    #[must_use]
    pub fn left(&self) -> Fen {
        self.pot.less(self.value)
    }

    /// Whether the rounds cost more than the pot holds.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.value > self.pot
    }
}

impl Plan {
    /// Σ face value, and what is left of the pot.
    ///
    /// # Errors
    /// The rounds cost more than the pot holds.
    pub fn budget(&self) -> Result<Budget, DraftRefused> {
        let budget = self.terms.budget(self.rounds.iter().map(|round| round.quantity).sum());
        let Budget { pot, vouchers, value } = budget;
        if budget.is_over() { Err(DraftRefused::OverBudget { value, pot, vouchers }) } else { Ok(budget) }
    }
}

impl CampaignForm {
    /// The budget as far as it can be told from what was typed.
    #[must_use]
    pub fn budget(&self) -> Option<Budget> {
        let face_value = yuan(&self.face_value)?;
        let vouchers: i64 = self.rounds.iter().filter_map(|round| round.quantity.parse::<i64>().ok()).sum();
        let value = face_value.times(vouchers)?;
        Some(Budget { pot: yuan(&self.pot).unwrap_or(Fen::ZERO), vouchers, value })
    }

    /// What a voucher takes off, as far as it can be told.
    #[must_use]
    pub fn benefit(&self) -> Option<Benefit> {
        let face_value_fen = yuan(&self.face_value)?;
        let threshold_fen = yuan(&self.threshold).unwrap_or(Fen::ZERO);
        match self.kind.as_str() {
            "threshold" => Some(Benefit::Threshold { face_value_fen, threshold_fen }),
            "percent" => {
                let percent_off =
                    self.percent_off.parse().ok().filter(|percent| (1..=99).contains(percent))?;
                Some(Benefit::Percent { percent_off, face_value_fen, threshold_fen })
            }
            "cash" => Some(Benefit::Cash { face_value_fen }),
            _ => None,
        }
    }

    /// Reads the terms and the rounds.
    ///
    /// # Errors
    /// What is wrong, field by field.
    pub fn read(&self, rules: &PlanRules<'_>) -> Result<Plan, Vec<CampaignFault>> {
        let mut reader = Reader { rules, faults: Vec::new() };
        let terms = reader.terms(self);
        let rounds = terms.as_ref().map(|terms| reader.rounds(self, terms, &[])).unwrap_or_default();
        match terms {
            Some(terms) if reader.faults.is_empty() => Ok(Plan { terms, rounds }),
            _ => Err(reader.faults),
        }
    }

    /// Reads the rounds alone: further ones of a published campaign, which has
    /// some already.
    ///
    /// # Errors
    /// What is wrong, field by field.
    pub fn read_rounds(
        &self,
        rules: &PlanRules<'_>,
        terms: &CampaignTerms,
        standing: &[Round],
    ) -> Result<Vec<Round>, Vec<CampaignFault>> {
        let mut reader = Reader { rules, faults: Vec::new() };
        let rounds = reader.rounds(self, terms, standing);
        if reader.faults.is_empty() { Ok(rounds) } else { Err(reader.faults) }
    }

    /// Reads the terms alone: for a change of a published campaign.
    ///
    /// # Errors
    /// What is wrong, field by field.
    pub fn read_terms(&self, rules: &PlanRules<'_>) -> Result<CampaignTerms, Vec<CampaignFault>> {
        let mut reader = Reader { rules, faults: Vec::new() };
        match reader.terms(self) {
            Some(terms) if reader.faults.is_empty() => Ok(terms),
            _ => Err(reader.faults),
        }
    }
}

/// An amount of yuan with at most two decimals.
fn yuan(text: &str) -> Option<Fen> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 12 || part.len() > 2 || !plain(whole) || !plain(part) {
        return None;
    }
    Fen::try_from(format!("{whole}{part:0<2}").parse::<i64>().ok()?).ok()
}

/// A moment in the season's zone, `2021-06-20T10:00`, or with an offset.
fn moment(text: &str, zone: Zone) -> Option<Timestamp> {
    let local = || {
        let (day, time) = text.split_once(['T', ' '])?;
        let (hour, minute) = time.get(..5)?.split_once(':')?;
        let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
        (hour < 24 && minute < 60).then_some(zone.at(day.parse().ok()?, hour * 60 + minute))
    };
    text.parse().ok().or_else(local)
}

/// Reads fields and collects what is wrong with them.
struct Reader<'a> {
    rules: &'a PlanRules<'a>,
    faults: Vec<CampaignFault>,
}

impl Reader<'_> {
    fn fault(&mut self, field: impl Into<String>, rule: CampaignRule) {
        self.faults.push(CampaignFault { field: field.into(), rule });
    }

    fn needed(&mut self, field: &str, text: &str) -> String {
        if text.is_empty() {
            self.fault(field, CampaignRule::Needed);
        }
        text.to_owned()
    }

    fn word<T: FromStr>(&mut self, field: &str, text: &str) -> Option<T> {
        let word = text.parse().ok();
        if word.is_none() {
            self.fault(field, if text.is_empty() { CampaignRule::Needed } else { CampaignRule::Unknown });
        }
        word
    }

    fn number(&mut self, field: &str, text: &str, bounds: RangeInclusive<i64>) -> Option<i64> {
        let number = text.parse().ok().filter(|number| bounds.contains(number));
        if number.is_none() {
            let (least, most) = bounds.into_inner();
            self.fault(field, CampaignRule::NotIn { least, most });
        }
        number
    }

    fn money(&mut self, field: &str, text: &str) -> Option<Fen> {
        let amount = yuan(text).filter(|amount| *amount > Fen::ZERO);
        if amount.is_none() {
            self.fault(field, CampaignRule::NotMoney);
        }
        amount
    }

    fn day(&mut self, field: &str, text: &str) -> Option<Day> {
        let Ok(day) = text.parse::<Day>() else {
            self.fault(field, if text.is_empty() { CampaignRule::Needed } else { CampaignRule::NotTime });
            return None;
        };
        let (from, to) = (self.rules.season.starts_on, self.rules.season.ends_on);
        if day < from || day > to {
            self.fault(field, CampaignRule::Outside { from, to });
        }
        Some(day)
    }

    fn moment(&mut self, field: &str, text: &str) -> Option<Timestamp> {
        let at = moment(text, self.rules.season.zone);
        if at.is_none() {
            self.fault(field, if text.is_empty() { CampaignRule::Needed } else { CampaignRule::NotTime });
        }
        at
    }

    fn terms(&mut self, form: &CampaignForm) -> Option<CampaignTerms> {
        let title = self.needed("title", &form.title);
        let funding = self.funding(form);
        let benefit = self.benefit(form);
        let pot_fen = self.money("pot", &form.pot);
        let limits = self.limits(form);
        let usable_where = self.usable_where(form);
        let usable_when = self.usable_when(form);
        let validity = self.validity(form, usable_when.as_ref());
        let (funding, government_percent) = funding?;
        let season = self.rules.season;
        let mut terms = CampaignTerms {
            id: CampaignId(0),
            title,
            title_en: form.title_en.clone(),
            summary: form.summary.clone(),
            summary_en: form.summary_en.clone(),
            funding,
            government_percent,
            benefit: benefit?,
            pot_fen: pot_fen?,
            limits: limits?,
            usable_where,
            usable_when: usable_when?,
            validity: validity?,
            stacking: Stacking { with_promotion: form.with_promotion },
            returns_on_reversal: form.returns_on_reversal,
            demo: season.demo,
        };
        if terms.summary.is_empty() {
            terms.summary = sentence(&terms, season, Lang::Zh);
            terms.summary_en = sentence(&terms, season, Lang::En);
        }
        Some(terms)
    }

    fn funding(&mut self, form: &CampaignForm) -> Option<(Funding, u8)> {
        let funding = self.word::<Funding>("funded_by", &form.funded_by)?;
        let bounds = funding.government_percents();
        let percent = match funding {
            Funding::Government | Funding::Merchant => *bounds.start(),
            Funding::Mixed => self.number("government_percent", &form.government_percent, bounds)?,
        };
        Some((funding, u8::try_from(percent).ok()?))
    }

    fn benefit(&mut self, form: &CampaignForm) -> Option<Benefit> {
        self.money("face_value", &form.face_value);
        match form.kind.as_str() {
            "threshold" => {
                self.money("threshold", &form.threshold)?;
                if let Some(benefit) =
                    form.benefit().filter(|benefit| benefit.takes_more_than_its_threshold())
                {
                    let face_value = benefit.face_value();
                    self.fault("threshold", CampaignRule::BelowFaceValue { face_value });
                }
            }
            "percent" => {
                self.number("percent_off", &form.percent_off, PERCENT_OFF)?;
                if !form.threshold.is_empty() {
                    self.money("threshold", &form.threshold);
                }
            }
            "cash" => (),
            _ => self.fault("kind", CampaignRule::Unknown),
        }
        form.benefit()
    }

    fn limits(&mut self, form: &CampaignForm) -> Option<Limits> {
        let per_campaign = self.number("per_campaign", &form.per_campaign, LIMIT_BOUNDS);
        let per_day = self.number("per_day", &form.per_day, LIMIT_BOUNDS);
        let per_outlet_day = self.number("per_outlet_day", &form.per_outlet_day, LIMIT_BOUNDS);
        let per_merchant_day = match form.per_merchant_day.as_str() {
            "" => None,
            typed => Some(self.number("per_merchant_day", typed, LIMIT_BOUNDS)?),
        };
        Some(Limits {
            per_campaign: per_campaign?,
            per_day: per_day?,
            per_outlet_day: per_outlet_day?,
            per_merchant_day,
        })
    }

    fn usable_where(&mut self, form: &CampaignForm) -> UsableWhere {
        let place = UsableWhere {
            districts_allow: self.districts("districts_allow", &form.districts_allow),
            districts_deny: self.districts("districts_deny", &form.districts_deny),
            kinds_allow: self.kinds("kinds_allow", &form.kinds_allow),
            kinds_deny: self.kinds("kinds_deny", &form.kinds_deny),
            outlets_allow: self.outlets("outlets_allow", &form.outlets_allow),
            outlets_deny: self.outlets("outlets_deny", &form.outlets_deny),
            fuel: form.fuel,
            cars: form.cars,
        };
        for (field, _) in place.missing_switches(self.rules.season) {
            self.fault(field, CampaignRule::Switch);
        }
        place
    }

    fn districts(&mut self, field: &str, texts: &[String]) -> Vec<DistrictCode> {
        let season = self.rules.season;
        let known = |text: &String| text.parse().ok().filter(|code| season.district(*code).is_some());
        self.all(field, texts.iter(), known)
    }

    fn kinds(&mut self, field: &str, texts: &[String]) -> Vec<KindCode> {
        let kinds = &self.rules.season.kinds;
        let known =
            |text: &String| kinds.iter().find(|kind| kind.code.0 == **text).map(|kind| kind.code.clone());
        self.all(field, texts.iter(), known)
    }

    fn outlets(&mut self, field: &str, text: &str) -> Vec<OutletId> {
        let outlets = self.rules.outlets;
        let numbers = text.split([' ', ',', '，', '、']).filter(|number| !number.is_empty());
        let known = |text: &str| text.parse().ok().filter(|id| outlets.contains(id));
        self.all(field, numbers, known)
    }

    /// All of a list; one that is not known is a fault.
    fn all<S, T>(
        &mut self,
        field: &str,
        texts: impl Iterator<Item = S>,
        known: impl Fn(S) -> Option<T>,
    ) -> Vec<T> {
        let read: Option<Vec<T>> = texts.map(known).collect();
        if read.is_none() {
            self.fault(field, CampaignRule::Unknown);
        }
        read.unwrap_or_default()
    }

    fn usable_when(&mut self, form: &CampaignForm) -> Option<UsableWhen> {
        let from = self.day("usable_from", &form.usable_from);
        let to = self.day("usable_to", &form.usable_to);
        let hours = if form.hours.is_empty() { None } else { form.hours.parse().ok() };
        if hours.is_none() && !form.hours.is_empty() {
            self.fault("hours", CampaignRule::NotTime);
        }
        let (from, to) = (from?, to?);
        if to < from {
            self.fault("usable_to", CampaignRule::TooEarly);
        }
        Some(UsableWhen { from, to, hours })
    }

    fn validity(&mut self, form: &CampaignForm, usable: Option<&UsableWhen>) -> Option<Validity> {
        match (form.valid_until.as_str(), form.valid_hours.as_str()) {
            (until, "") if !until.is_empty() => {
                let day = self.day("valid_until", until)?;
                if let Some(UsableWhen { from, to, .. }) = usable
                    && !(*from..=*to).contains(&day)
                {
                    self.fault("valid_until", CampaignRule::Outside { from: *from, to: *to });
                }
                Some(Validity::Until(day))
            }
            ("", hours) if !hours.is_empty() => {
                let hours = self.number("valid_hours", hours, VALID_HOURS)?;
                u32::try_from(hours).ok().map(Validity::Hours)
            }
            _ => {
                self.fault("valid_until", CampaignRule::OneOfTwo);
                None
            }
        }
    }
}

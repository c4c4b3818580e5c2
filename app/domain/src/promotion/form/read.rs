//! Reading a form: every field that is not as it has to be is named.

use super::{LINK, PromotionDraft, PromotionField, PromotionForm};
use crate::promotion::{Axes, Fault, FormRule, Promotion};
use crate::{Day, MerchantId, OutletId, PromotionId, Timestamp, WeeklyHours, Zone};
use std::str::FromStr;

/// Against what a form is read.
#[derive(Clone, Debug)]
pub struct FormRules {
    /// The season's first and last day.
    pub season: (Day, Day),
    /// The business day.
    pub today: Day,
    /// The season's zone.
    pub zone: Zone,
    /// The merchant's outlets.
    pub outlets: Vec<OutletId>,
}

/// A form that reads without a fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ready {
    /// The promotion.
    pub promotion: Promotion,
    /// When it appears, where that was named.
    pub publish_at: Option<Timestamp>,
}

/// The host of a link that may be shown; `None` for anything but a plain https
/// address without a user name, a port or signs that are not ASCII.
#[must_use]
pub fn link_host(link: &str) -> Option<&str> {
    let rest = link.strip_prefix("https://")?;
    let host = rest.split(['/', '?', '#']).next()?;
    let label = |label: &str| {
        let plain = label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        !label.is_empty() && plain && !label.starts_with('-')
    };
    let clean = link.bytes().all(|byte| byte.is_ascii_graphic() && !b"<>\"\\".contains(&byte));
    (clean && link.len() <= LINK && host.contains('.') && host.split('.').all(label)).then_some(host)
}

impl PromotionForm {
    /// The moment at which it appears, where one was named that is one.
    fn publish_at(&self, zone: Zone) -> Option<Timestamp> {
        let local = || {
            let (day, time) = self.publish_at.split_once(['T', ' '])?;
            let (hour, minute) = time.get(..5)?.split_once(':')?;
            let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
            (hour < 24 && minute < 60).then_some(zone.at(day.parse().ok()?, hour * 60 + minute))
        };
        self.publish_at.parse().ok().or_else(local)
    }
}

/// Reads a form's fields and collects what is wrong with them.
struct Reader<'a> {
    rules: &'a FormRules,
    faults: Vec<Fault>,
}

impl Reader<'_> {
    fn fault(&mut self, field: PromotionField, rule: FormRule) {
        self.faults.push(Fault { field, rule });
    }

    fn needed(&mut self, field: PromotionField, text: &str) -> String {
        if text.is_empty() {
            self.fault(field, FormRule::Needed);
        }
        text.to_owned()
    }

    fn word<T: FromStr>(&mut self, field: PromotionField, text: &str) -> Option<T> {
        let word = text.parse().ok();
        if word.is_none() {
            self.fault(field, FormRule::NotOneOf);
        }
        word
    }

    fn day(&mut self, field: PromotionField, text: &str) -> Option<Day> {
        let Ok(day) = text.parse::<Day>() else {
            self.fault(field, if text.is_empty() { FormRule::Needed } else { FormRule::NotADay });
            return None;
        };
        let (from, to) = self.rules.season;
        if day < from || day > to {
            self.fault(field, FormRule::OutsideSeason { from, to });
        }
        Some(day)
    }

    fn days(&mut self, form: &PromotionForm) -> Option<(Day, Day)> {
        let starts_on = self.day(PromotionField::StartsOn, &form.starts_on);
        let ends_on = self.day(PromotionField::EndsOn, &form.ends_on);
        let (starts_on, ends_on) = (starts_on?, ends_on?);
        if ends_on < starts_on {
            self.fault(PromotionField::EndsOn, FormRule::EndsBeforeStart);
        } else if ends_on < self.rules.today {
            self.fault(PromotionField::EndsOn, FormRule::Over);
        }
        Some((starts_on, ends_on))
    }

    fn hours(&mut self, text: &str) -> Option<WeeklyHours> {
        let hours = text.parse().ok();
        if hours.is_none() && !text.is_empty() {
            self.fault(PromotionField::Hours, FormRule::NotHours);
        }
        hours
    }

    fn outlets(&mut self, outlets: &[OutletId]) {
        if outlets.is_empty() {
            self.fault(PromotionField::Outlets, FormRule::NotOneOf);
        } else if !outlets.iter().all(|outlet| self.rules.outlets.contains(outlet)) {
            self.fault(PromotionField::Outlets, FormRule::NotOwnOutlet);
        }
    }

    fn publish_at(&mut self, form: &PromotionForm, ends_on: Option<Day>) -> Option<Timestamp> {
        if form.publish_at.is_empty() {
            return None;
        }
        let zone = self.rules.zone;
        let at = form.publish_at(zone);
        let in_time = |at: &Timestamp| ends_on.is_none_or(|day| *at < zone.business_day_starts(day.next()));
        if at.filter(in_time).is_none() {
            self.fault(PromotionField::PublishAt, FormRule::NotAMoment);
        }
        at
    }
}

impl PromotionDraft {
    /// Reads it as the promotion of a number and merchant.
    ///
    /// # Errors
    /// Every field that is not as it has to be, in their order.
    pub fn read(
        &self,
        (id, merchant_id, demo): (PromotionId, MerchantId, bool),
        rules: &FormRules,
    ) -> Result<Ready, Vec<Fault>> {
        use PromotionField as F;
        let (form, mut reader) = (&self.form, Reader { rules, faults: Vec::new() });
        let title = reader.needed(F::Title, &form.title);
        let text = reader.needed(F::Text, &form.text);
        let price_text = reader.needed(F::PriceText, &form.price_text);
        let channel = reader.word(F::Channel, &form.channel);
        let supply = reader.word(F::Supply, &form.supply);
        let setting = reader.word(F::Setting, &form.setting);
        let sector = reader.word(F::Sector, &form.sector);
        let days = reader.days(form);
        let hours = reader.hours(&form.hours);
        if !form.link.is_empty() && link_host(&form.link).is_none() {
            reader.fault(F::Link, FormRule::NotHttps);
        }
        let publish_at = reader.publish_at(form, days.map(|(_, ends_on)| ends_on));
        reader.outlets(&form.outlets);
        let axes = || Some(Axes { channel: channel?, supply: supply?, setting: setting?, sector: sector? });
        let (Some(axes), Some((starts_on, ends_on)), true) = (axes(), days, reader.faults.is_empty()) else {
            return Err(reader.faults);
        };
        let promotion = Promotion {
            id,
            merchant_id,
            outlets: form.outlets.clone(),
            title,
            title_en: form.title_en.clone(),
            text,
            text_en: form.text_en.clone(),
            price_text,
            price_text_en: form.price_text_en.clone(),
            axes,
            starts_on,
            ends_on,
            hours,
            link: Some(form.link.clone()).filter(|link| !link.is_empty()),
            photos: self.photos.clone(),
            demo,
        };
        Ok(Ready { promotion, publish_at })
    }
}

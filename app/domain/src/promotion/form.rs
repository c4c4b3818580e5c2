//! What a merchant writes of a promotion, field by field as it was typed. A
//! draft may be incomplete; what is handed in reads without a fault.

use super::{Axes, PhotoId, Promotion, words};
use crate::{Day, Lang, MerchantId, OutletId, PromotionId, Timestamp, WeeklyHours, Zone};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

const TITLE: usize = 80;
const TITLE_EN: usize = 160;
const TEXT: usize = 600;
const PRICE: usize = 80;
const LINK: usize = 300;
/// Of a field that holds a word, a day, hours.
const SHORT: usize = 200;
const OUTLETS: usize = 200;

words! {
    /// A field of a promotion.
    PromotionField {
        /// One line.
        Title = "title", "标题", "Title";
        /// The line in English.
        TitleEn = "title_en", "英文标题", "English title";
        /// A few sentences.
        Text = "text", "说明", "Text";
        /// The sentences in English.
        TextEn = "text_en", "英文说明", "English text";
        /// What it costs or saves.
        PriceText = "price_text", "价格文字", "Price text";
        /// The same in English.
        PriceTextEn = "price_text_en", "英文价格文字", "English price text";
        /// 线上线下.
        Channel = "channel", "线上线下", "Online or in store";
        /// 商品服务.
        Supply = "supply", "商品服务", "Goods or services";
        /// 城市乡村.
        Setting = "setting", "城市乡村", "Urban or rural";
        /// 商旅文娱.
        Sector = "sector", "商旅文娱", "Sector";
        /// The first day.
        StartsOn = "starts_on", "开始日期", "First day";
        /// The last day, included.
        EndsOn = "ends_on", "结束日期", "Last day";
        /// Its own weekly hours.
        Hours = "hours", "时段", "Hours";
        /// An online shop.
        Link = "link", "线上店铺链接", "Link";
        /// When it appears.
        PublishAt = "publish_at", "发布时间", "Appears at";
        /// At which outlets.
        Outlets = "outlets", "适用门店", "Outlets";
        /// Its photos.
        Photos = "photos", "照片", "Photos";
    }
}

/// A promotion as its merchant typed it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct PromotionForm {
    /// One line, at most 80 characters.
    pub title: String,
    /// The line in English, at most 160 characters; may be empty.
    pub title_en: String,
    /// A few sentences, at most 600 characters.
    pub text: String,
    /// The sentences in English; may be empty.
    pub text_en: String,
    /// What it costs or saves, at most 80 characters.
    pub price_text: String,
    /// The same in English; may be empty.
    pub price_text_en: String,
    /// `offline`, `online` or `both`.
    pub channel: String,
    /// `goods`, `services` or `both`.
    pub supply: String,
    /// `urban`, `rural` or `both`.
    pub setting: String,
    /// `commerce`, `travel`, `culture` or `entertainment`.
    pub sector: String,
    /// The first day: `2021-06-18`.
    pub starts_on: String,
    /// The last day, included.
    pub ends_on: String,
    /// Its own weekly hours, such as `mon-fri 18:00-02:00; sat,sun 10:00-02:00`; empty for the outlets'.
    pub hours: String,
    /// An online shop, https only, at most 300 characters; may be empty.
    pub link: String,
    /// When it appears, such as `2021-06-20T08:00` in the season's zone or with an offset; empty for as soon
    /// as it is approved. Without meaning for the revision of a published one.
    pub publish_at: String,
    /// At which of the merchant's outlets.
    pub outlets: Vec<OutletId>,
}

/// A promotion in the making: what was typed, and its photos.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PromotionDraft {
    /// What was typed.
    pub form: PromotionForm,
    /// The photos, in their order.
    pub photos: Vec<PhotoId>,
}

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

/// A field that is not as it has to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Which.
    pub field: PromotionField,
    /// What is wrong.
    pub rule: FormRule,
}

/// What a field has to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FormRule {
    /// It is empty.
    Needed,
    /// It is too long.
    TooLong {
        /// In characters.
        limit: usize,
    },
    /// It is none of the words.
    NotOneOf,
    /// It is no day.
    NotADay,
    /// It lies outside the season.
    OutsideSeason {
        /// The season's first day.
        from: Day,
        /// The season's last day.
        to: Day,
    },
    /// The last day lies before the first.
    EndsBeforeStart,
    /// The last day has passed.
    Over,
    /// It is no weekly hours.
    NotHours,
    /// It is no https address.
    NotHttps,
    /// It is no moment, or one after the last day.
    NotAMoment,
    /// It names an outlet of somebody else.
    NotOwnOutlet,
}

impl Fault {
    /// What the person reads.
    #[must_use]
    pub fn words(&self, lang: Lang) -> String {
        format!("{}{}", self.field.word(lang), self.rule.words(lang))
    }
}

impl FormRule {
    /// What is wrong, to stand behind the field's name.
    #[must_use]
    pub fn words(&self, lang: Lang) -> String {
        let fixed = |zh: &str, en: &str| lang.pick(zh, en).to_owned();
        match self {
            FormRule::Needed => fixed("没有填", " is missing"),
            FormRule::TooLong { limit } => {
                lang.pick(format!("超过 {limit} 字"), format!(" has more than {limit} characters"))
            }
            FormRule::NotOneOf => fixed("没有选", " is not chosen"),
            FormRule::NotADay => fixed("不是日期", " is no day"),
            FormRule::OutsideSeason { from, to } => lang.pick(
                format!("不在消费季内（{from} 至 {to}）"),
                format!(" is outside the season ({from} to {to})"),
            ),
            FormRule::EndsBeforeStart => fixed("早于开始日期", " is before the first day"),
            FormRule::Over => fixed("已经过去", " has passed"),
            FormRule::NotHours => {
                fixed("不完整：每行选好星期并填起止时间", " are incomplete: choose the days and both times")
            }
            FormRule::NotHttps => fixed("须为 https:// 开头的网址", " has to be an https:// address"),
            FormRule::NotAMoment => fixed("不是活动结束前的时刻", " is no moment before the last day ends"),
            FormRule::NotOwnOutlet => fixed("不是本商户的门店", " are not all yours"),
        }
    }
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
    /// Without blanks around what was typed.
    ///
    /// # Errors
    /// A field is so long that it is not even kept as a draft.
    pub fn trimmed(mut self) -> Result<PromotionForm, Fault> {
        for (field, limit, text) in self.texts() {
            *text = text.trim().to_owned();
            if text.chars().count() > limit {
                return Err(Fault { field, rule: FormRule::TooLong { limit } });
            }
        }
        self.outlets.sort_unstable();
        self.outlets.dedup();
        if self.outlets.len() > OUTLETS {
            return Err(Fault { field: PromotionField::Outlets, rule: FormRule::TooLong { limit: OUTLETS } });
        }
        Ok(self)
    }

    fn texts(&mut self) -> [(PromotionField, usize, &mut String); 15] {
        use PromotionField as F;
        [
            (F::Title, TITLE, &mut self.title),
            (F::TitleEn, TITLE_EN, &mut self.title_en),
            (F::Text, TEXT, &mut self.text),
            (F::TextEn, TEXT, &mut self.text_en),
            (F::PriceText, PRICE, &mut self.price_text),
            (F::PriceTextEn, PRICE, &mut self.price_text_en),
            (F::Channel, SHORT, &mut self.channel),
            (F::Supply, SHORT, &mut self.supply),
            (F::Setting, SHORT, &mut self.setting),
            (F::Sector, SHORT, &mut self.sector),
            (F::StartsOn, SHORT, &mut self.starts_on),
            (F::EndsOn, SHORT, &mut self.ends_on),
            (F::Hours, SHORT, &mut self.hours),
            (F::Link, LINK, &mut self.link),
            (F::PublishAt, SHORT, &mut self.publish_at),
        ]
    }

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
    /// A published promotion as its merchant would have typed it.
    #[must_use]
    pub fn of(promotion: &Promotion) -> PromotionDraft {
        let form = PromotionForm {
            title: promotion.title.clone(),
            title_en: promotion.title_en.clone(),
            text: promotion.text.clone(),
            text_en: promotion.text_en.clone(),
            price_text: promotion.price_text.clone(),
            price_text_en: promotion.price_text_en.clone(),
            channel: promotion.axes.channel.to_string(),
            supply: promotion.axes.supply.to_string(),
            setting: promotion.axes.setting.to_string(),
            sector: promotion.axes.sector.to_string(),
            starts_on: promotion.starts_on.to_string(),
            ends_on: promotion.ends_on.to_string(),
            hours: promotion.hours.as_ref().map(ToString::to_string).unwrap_or_default(),
            link: promotion.link.clone().unwrap_or_default(),
            publish_at: String::new(),
            outlets: promotion.outlets.clone(),
        };
        PromotionDraft { form, photos: promotion.photos.clone() }
    }

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

    /// The fields in which it differs from another, as (field, the other's,
    /// its own).
    #[must_use]
    pub fn differences(&self, other: &PromotionDraft) -> Vec<(PromotionField, String, String)> {
        let pairs = other.values().into_iter().zip(self.values());
        let differing = pairs.filter(|((_, before), (_, after))| before != after);
        differing.map(|((field, before), (_, after))| (field, before, after)).collect()
    }

    fn values(&self) -> Vec<(PromotionField, String)> {
        let mut form = self.form.clone();
        form.publish_at.clear();
        let texts = form.texts().map(|(field, _, text)| (field, std::mem::take(text)));
        let list = |names: Vec<String>| names.join(" ");
        let outlets = list(self.form.outlets.iter().map(ToString::to_string).collect());
        let photos = list(self.photos.iter().map(ToString::to_string).collect());
        let lists = [(PromotionField::Outlets, outlets), (PromotionField::Photos, photos)];
        texts.into_iter().chain(lists).collect()
    }
}

#[cfg(test)]
mod tests;

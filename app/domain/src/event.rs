//! What the season has beside its offers: news, events and dishes.

use crate::promotion::words;
use crate::{Day, DistrictCode, EventId, MerchantId, WeeklyHours};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

words! {
    /// What an event is.
    EventKind {
        /// 展会.
        Fair = "fair", "展会", "Fair";
        /// 夜市.
        NightMarket = "night_market", "夜市", "Night market";
        /// 评选.
        Contest = "contest", "评选", "Contest";
        /// 文化活动.
        Culture = "culture", "文化活动", "Culture";
        /// 体育活动.
        Sports = "sports", "体育活动", "Sports";
        /// 采购对接.
        Procurement = "procurement", "采购对接", "Procurement";
        /// 招商推介.
        Investment = "investment", "招商推介", "Investment";
    }
}

/// A news card (动态).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct News {
    /// The day on which it was published.
    pub published_on: Day,
    /// One line.
    pub title: String,
    /// The line in English; may be empty.
    pub title_en: String,
    /// A sentence or two.
    pub summary: String,
    /// The sentences in English; may be empty.
    pub summary_en: String,
    /// The whole text; an empty line divides paragraphs.
    pub body: String,
    /// The text in English; may be empty.
    pub body_en: String,
}

/// Something that happens in the season (活动): a fair, a night market.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Its number.
    pub id: EventId,
    /// What it is.
    pub kind: EventKind,
    /// Its name.
    pub title: String,
    /// Its English name; may be empty.
    pub title_en: String,
    /// The first day.
    pub starts_on: Day,
    /// The last day, included.
    pub ends_on: Day,
    /// The hours, where known.
    pub hours: Option<WeeklyHours>,
    /// Where.
    pub place: String,
    /// Where, in English; may be empty.
    pub place_en: String,
    /// In which district.
    pub district: DistrictCode,
    /// A sentence or two.
    pub summary: String,
    /// The sentences in English; may be empty.
    pub summary_en: String,
    /// Whether it, or its date, hours or place, is demonstration content.
    pub demo: bool,
}

/// A local signature dish (地方特色菜品) of the contest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dish {
    /// Its number.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Its English name; may be empty.
    pub name_en: String,
    /// Of which district.
    pub district: DistrictCode,
    /// Who serves it, where one takes part.
    pub merchant_id: Option<MerchantId>,
    /// A sentence or two.
    pub summary: String,
    /// The sentences in English; may be empty.
    pub summary_en: String,
    /// Whether this is demonstration content.
    pub demo: bool,
}

//! What is wrong with a promotion's form, field by field.

use super::PromotionField;
use crate::{Day, Lang};

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

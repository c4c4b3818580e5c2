//! What is wrong with a campaign's form, field by field.

use crate::{Day, Fen, Lang};

/// A field that is not as it has to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CampaignFault {
    /// Which: `pot`, `rounds[0].quantity`.
    pub field: String,
    /// What is wrong.
    pub rule: CampaignRule,
}

/// What a field has to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CampaignRule {
    /// It is empty.
    Needed,
    /// It is none of the words, or a district, kind or outlet that there is not.
    Unknown,
    /// It is no number in these bounds.
    NotIn {
        /// The least.
        least: i64,
        /// The most.
        most: i64,
    },
    /// It is no amount of yuan above zero.
    NotMoney,
    /// It is no day, no moment or no weekly hours.
    NotTime,
    /// It lies outside these days.
    Outside {
        /// The first.
        from: Day,
        /// The last, included.
        to: Day,
    },
    /// It lies before what it has to follow.
    TooEarly,
    /// It has passed already.
    Passed,
    /// One of two has to be given, and not both.
    OneOfTwo,
    /// The threshold is less than the face value.
    BelowFaceValue {
        /// The face value.
        face_value: Fen,
    },
    /// The shares sum to another number than the round's.
    Shares {
        /// Their sum.
        sum: i64,
        /// The round's quantity.
        quantity: i64,
    },
    /// The campaign has no next round, or the next one is a draw.
    NoNextRound,
    /// A kind that it names needs this switched on.
    Switch,
}

impl CampaignRule {
    /// What the officer reads.
    #[must_use]
    pub fn words(&self, lang: Lang) -> String {
        let fixed = |zh: &str, en: &str| lang.pick(zh, en).to_owned();
        match self {
            CampaignRule::Needed => fixed("没有填", "is missing"),
            CampaignRule::Unknown => fixed("不在可选范围内", "is none that there is"),
            CampaignRule::NotIn { least, most } => lang.pick(
                format!("应为 {least} 至 {most} 的整数"),
                format!("has to be a whole number from {least} to {most}"),
            ),
            CampaignRule::NotMoney => {
                fixed("应为大于零的金额（元）", "has to be an amount of yuan above zero")
            }
            CampaignRule::NotTime => fixed("不是有效的日期或时间", "is no day, time or hours"),
            CampaignRule::Outside { from, to } => {
                lang.pick(format!("不在 {from} 至 {to} 之内"), format!("lies outside {from} to {to}"))
            }
            CampaignRule::TooEarly => fixed("早于它应当晚于的时间", "lies before what it has to follow"),
            CampaignRule::Passed => fixed("已经过去", "has passed"),
            CampaignRule::OneOfTwo => fixed(
                "有效期填“截至日期”或“领取后小时数”其中一项",
                "give a last day or a number of hours, one of the two",
            ),
            CampaignRule::BelowFaceValue { face_value } => lang.pick(
                format!("门槛低于面值 {face_value}"),
                format!("the threshold is below the face value of {face_value}"),
            ),
            CampaignRule::Shares { sum, quantity } => lang.pick(
                format!("各区县合计 {sum}，与本轮数量 {quantity} 不符"),
                format!("the districts' shares sum to {sum} instead of {quantity}"),
            ),
            CampaignRule::NoNextRound => fixed(
                "没有可以接收余量的下一轮（下一轮不能是摇号）",
                "there is no next round that could take what is left (a draw cannot)",
            ),
            CampaignRule::Switch => {
                fixed("所选商户类别需要打开这个开关", "a chosen kind of merchant needs this switched on")
            }
        }
    }
}

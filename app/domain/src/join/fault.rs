//! What is wrong with a field of an application.

use super::JoinStep;
use crate::{BadCreditCode, Lang};

/// A field that cannot be taken as it was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JoinFault {
    /// Its name as programs have it: `credit_code`, `outlets[0].hours`.
    pub field: String,
    /// What is wrong with it.
    pub rule: JoinRule,
}

/// What is wrong with a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JoinRule {
    /// It has to be filled in.
    Missing,
    /// It has too many characters.
    TooLong {
        /// The most.
        most: usize,
    },
    /// It holds a line break or a control character.
    ControlCharacter,
    /// It is no unified social credit code.
    CreditCode(BadCreditCode),
    /// Another merchant has the code.
    CodeTaken {
        /// Its name.
        name: String,
    },
    /// It is none of the season's list.
    NotListed,
    /// The district has no such area.
    AreaElsewhere,
    /// They are no weekly hours.
    Hours,
    /// It is no telephone number of a shop.
    Telephone,
    /// It is no mobile number.
    Phone,
    /// A merchant has an outlet at least.
    NoOutlet,
    /// So many outlets do not join this way.
    TooManyOutlets {
        /// The most.
        most: usize,
    },
    /// Another outlet of the merchant has the name.
    OutletTwice,
}

impl JoinFault {
    pub(crate) fn new(field: impl Into<String>, rule: JoinRule) -> JoinFault {
        JoinFault { field: field.into(), rule }
    }

    /// The step on which the field stands.
    #[must_use]
    pub fn step(&self) -> JoinStep {
        match self.field.as_str() {
            field if field.starts_with("outlets") => JoinStep::Outlets,
            field if field.starts_with("contact") => JoinStep::Contact,
            "signer" => JoinStep::Commitment,
            _ => JoinStep::Merchant,
        }
    }
}

impl JoinRule {
    /// What is allowed, as people read it beside the field.
    #[must_use]
    pub fn words(&self, lang: Lang) -> String {
        let fixed = |zh: &str, en: &str| lang.pick(zh, en).to_owned();
        match self {
            JoinRule::Missing => fixed("请填写", "fill this in"),
            JoinRule::TooLong { most } => {
                lang.pick(format!("最多 {most} 字"), format!("at most {most} characters"))
            }
            JoinRule::ControlCharacter => {
                fixed("不能有换行或控制字符", "no line breaks or control characters")
            }
            JoinRule::CreditCode(BadCreditCode::Shape) => fixed(
                "统一社会信用代码是 18 位数字和大写字母，没有 I、O、S、V、Z",
                "a credit code has 18 digits and capital letters, without I, O, S, V and Z",
            ),
            JoinRule::CreditCode(BadCreditCode::Check { expected }) => lang.pick(
                format!("校验位不对：照前 17 位，最后一位应是 {expected}，请对照营业执照"),
                format!("the check character should be {expected}: compare with the licence"),
            ),
            JoinRule::CodeTaken { name } => lang.pick(
                format!("该代码已由“{name}”加入，请核对；如是本店，请联系所在区县商务局"),
                format!("“{name}” has joined with this code: check it, or ask the district's bureau"),
            ),
            JoinRule::NotListed => fixed("请从列表中选择", "choose one of the list"),
            JoinRule::AreaElsewhere => fixed("该区县没有这个片区", "the district has no such area"),
            JoinRule::Hours => fixed(
                "营业时间要有日子、开始和结束，开始和结束不能相同；结束不晚于开始就是到次日",
                "hours need days, a start and another end; an end that is not after the start is the next morning",
            ),
            JoinRule::Telephone => {
                fixed("最多 20 位，只能有数字、+、- 和空格", "at most 20 digits, +, - and spaces")
            }
            JoinRule::Phone => fixed("请填写 11 位手机号", "a mobile number has 11 digits"),
            JoinRule::NoOutlet => fixed("至少要有一家门店", "there is one outlet at least"),
            JoinRule::TooManyOutlets { most } => lang.pick(
                format!("这样加入最多 {most} 家门店，更多请由商务局导入"),
                format!("at most {most} outlets join this way; the bureau imports more"),
            ),
            JoinRule::OutletTwice => fixed("另一家门店已叫这个名字", "another outlet has this name"),
        }
    }
}

/// One line of text; a fault, and perhaps nothing, where it is none.
pub(super) fn text(faults: &mut Vec<JoinFault>, field: &str, typed: &str, most: usize) -> Option<String> {
    let text = maybe_text(faults, field, typed, most);
    if text.is_empty() {
        faults.push(JoinFault::new(field, JoinRule::Missing));
        return None;
    }
    Some(text)
}

/// One line of text that may be empty.
pub(super) fn maybe_text(faults: &mut Vec<JoinFault>, field: &str, typed: &str, most: usize) -> String {
    let text = typed.trim();
    if text.chars().count() > most {
        faults.push(JoinFault::new(field, JoinRule::TooLong { most }));
    } else if text.chars().any(char::is_control) {
        faults.push(JoinFault::new(field, JoinRule::ControlCharacter));
    }
    text.to_owned()
}

//! The community desk (社区代领): what staff enter for residents without a
//! phone, and what the paper's code asks for at the till.

use crate::promotion::words;
use crate::{DistrictCode, IdentityNumber, Lang, Phone, VoucherState, fold_typed};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// Wrong digits at tills that lock a paper code until it is printed anew.
pub const MOST_WRONG_DIGITS: i64 = 5;
/// How many times one voucher is printed at most.
pub const MOST_PRINTS: i64 = 10;

words! {
    /// What the desk does for a resident in a round.
    AssistedKind {
        /// Claims a voucher, on paper.
        Voucher = "voucher", "领券", "Voucher";
        /// Enters a draw.
        Entry = "entry", "摇号报名", "Draw entry";
    }
}

words! {
    /// Whose phone number the desk was given.
    PhoneOwner {
        /// The resident's own: it is how their account is known.
        Own = "own", "本人的", "the resident's own";
        /// A relative's: only its last four digits are asked for at the till.
        Relative = "relative", "亲属的", "a relative's";
    }
}

words! {
    /// Whose last four digits a paper code asks for.
    AsksFor {
        /// The phone number's, own or a relative's.
        Phone = "phone", "手机号后四位", "the last four digits of the phone number";
        /// The identity number's, where the desk was given no phone.
        Identity = "identity", "身份证号后四位", "the last four signs of the identity number";
    }
}

/// The last four digits that a clerk enters beside a paper code. Its `Debug`
/// is empty, so that they cannot slip into a log.
#[derive(Clone, PartialEq, Eq)]
pub struct LastFour(String);

/// The text is no last four digits.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("four digits; the last one may be X")]
pub struct BadLastFour;

impl LastFour {
    /// Of a phone number.
    #[must_use]
    pub fn of_phone(phone: &Phone) -> LastFour {
        LastFour(phone.last_four().to_owned())
    }

    /// Of an identity number.
    #[must_use]
    pub fn of_identity(number: &IdentityNumber) -> LastFour {
        LastFour(number.last_four().to_owned())
    }

    /// The four signs, for their keyed hash.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

/// As forgiving as [`fold_typed`].
impl FromStr for LastFour {
    type Err = BadLastFour;

    fn from_str(text: &str) -> Result<LastFour, BadLastFour> {
        let folded = fold_typed(text);
        let (digits, last) = folded.as_bytes().split_at_checked(3).ok_or(BadLastFour)?;
        let well_formed = digits.iter().all(u8::is_ascii_digit)
            && matches!(last, [last] if last.is_ascii_digit() || *last == b'X');
        if well_formed { Ok(LastFour(folded)) } else { Err(BadLastFour) }
    }
}

impl fmt::Debug for LastFour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LastFour(…)")
    }
}

/// A name as it may be shown: `王**`, whatever its length.
#[must_use]
pub fn masked_name(name: &str) -> String {
    let first = name.trim().chars().next();
    first.map_or_else(String::new, |first| format!("{first}**"))
}

/// Why the desk cannot do it for this resident.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AssistRefused {
    /// The resident lives elsewhere.
    #[error("the resident belongs to another district")]
    OtherDistrict {
        /// The desk's own.
        district: DistrictCode,
    },
    /// The phone and the identity number are those of two residents.
    #[error("the phone and the identity number belong to two residents")]
    IdentityConflict,
    /// The number is that of somebody who works for the season.
    #[error("the account is no resident's")]
    NotResident,
    /// Only a voucher that can still be used is printed.
    #[error("the voucher is not printed any more")]
    NotPrintable {
        /// Where it stands.
        state: VoucherState,
    },
    /// The voucher was printed as often as it may be.
    #[error("the voucher was printed too often")]
    PrintLimit {
        /// How often that is.
        limit: i64,
    },
}

impl AssistRefused {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            AssistRefused::OtherDistrict { .. } => "other_district",
            AssistRefused::IdentityConflict => "identity_conflict",
            AssistRefused::NotResident => "not_a_resident",
            AssistRefused::NotPrintable { .. } => "not_printable",
            AssistRefused::PrintLimit { .. } => "print_limit",
        }
    }

    /// The HTTP status.
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self {
            AssistRefused::OtherDistrict { .. } | AssistRefused::NotResident => 403,
            AssistRefused::IdentityConflict
            | AssistRefused::NotPrintable { .. }
            | AssistRefused::PrintLimit { .. } => 409,
        }
    }

    /// What the person at the desk reads: what happened, and what to do next.
    #[must_use]
    pub fn words(&self, lang: Lang) -> String {
        match self {
            AssistRefused::OtherDistrict { .. } => lang
                .pick(
                    "这位居民登记在其他区县，请到所在区县的社区服务点办理",
                    "This resident is registered in another district: send them to a desk there",
                )
                .to_owned(),
            AssistRefused::IdentityConflict => lang
                .pick(
                    "手机号和身份证号属于两位居民，请核对；手机是亲属的，请选“亲属的”",
                    "The phone and the identity number belong to two residents: compare them, and mark the phone as a relative's if it is",
                )
                .to_owned(),
            AssistRefused::NotResident => lang
                .pick(
                    "这个手机号是工作人员或商户的账号，不能代领；请改用身份证号",
                    "This number is the account of staff or a merchant: enter the identity number instead",
                )
                .to_owned(),
            AssistRefused::NotPrintable { state } => {
                let state = state.word(lang);
                lang.pick(
                    format!("这张券{state}，不能再打印"),
                    format!("This voucher is not printed any more: {state}"),
                )
            }
            AssistRefused::PrintLimit { limit } => lang.pick(
                format!("这张券已打印 {limit} 次，不能再打印，请报市级工作人员核查"),
                format!("This voucher was printed {limit} times and is not printed again: report it to the city"),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn last_digits_are_read_as_people_type_them() {
        let phone: Phone = "13900000102".parse().unwrap();
        assert_eq!(" o1 0２ ".parse(), Ok(LastFour::of_phone(&phone)));
        let number: IdentityNumber = "11010519491231002X".parse().unwrap();
        assert_eq!("002x".parse(), Ok(LastFour::of_identity(&number)));
        for text in ["", "010", "01022", "x012", "01a2", "０１２三"] {
            assert_eq!(text.parse::<LastFour>(), Err(BadLastFour), "{text}");
        }
        assert_eq!(format!("{:?}", LastFour::of_phone(&phone)), "LastFour(…)");
    }

    #[test]
    fn a_masked_name_tells_the_first_sign_alone() {
        assert_eq!(
            (masked_name(" 欧阳修 "), masked_name("Li"), masked_name("")),
            ("欧**".into(), "L**".into(), String::new())
        );
    }
}

//! The resident identity number (公民身份号码) of GB 11643-1999: as private as
//! a phone number.

use crate::Lang;
use std::{fmt, str::FromStr};
use time::{Date, Month};

/// The check characters by the weighted sum modulo 11.
const CHECKS: &[u8; 11] = b"10X98765432";
/// The weights of the first seventeen places: powers of 2 modulo 11.
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/// The eighteen signs by which a person is known; the last one checks the
/// others. It has no `Display` and its `Debug` is masked, so that it cannot
/// slip into a log.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct IdentityNumber(String);

/// The text is no identity number. It tells nothing of the number: an error
/// may end up in a log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadIdentity {
    /// Another number of signs, or one that is no digit.
    #[error("an identity number has 18 digits; the last one may be X")]
    Shape,
    /// The eight digits in the middle are no day.
    #[error("the day of birth in the identity number does not exist")]
    Birth,
    /// The last sign does not follow from the others: most often a typing
    /// error.
    #[error("the last sign of the identity number does not fit the others: compare with the card")]
    Check,
}

impl BadIdentity {
    /// What the person at the desk reads.
    #[must_use]
    pub fn words(&self, lang: Lang) -> &'static str {
        match self {
            BadIdentity::Shape => {
                lang.pick("身份证号是 18 位，最后一位可以是 X", "it has 18 digits; the last one may be X")
            }
            BadIdentity::Birth => lang.pick("其中的出生日期不存在", "the day of birth in it does not exist"),
            BadIdentity::Check => {
                lang.pick("有一位输错了，请对照证件再核对", "one sign is wrong: compare with the card")
            }
        }
    }
}

impl IdentityNumber {
    /// The signs, for encryption.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// As it may be shown: `110***********002X`.
    #[must_use]
    pub fn masked(&self) -> String {
        format!("{}***********{}", &self.0[..3], &self.0[14..])
    }

    /// The last four signs, which a paper code asks for where there is no phone.
    #[must_use]
    pub fn last_four(&self) -> &str {
        &self.0[14..]
    }
}

/// Spaces are allowed, full-width digits and a small x.
impl FromStr for IdentityNumber {
    type Err = BadIdentity;

    fn from_str(text: &str) -> Result<IdentityNumber, BadIdentity> {
        let plain = text.chars().filter(|c| !c.is_whitespace()).take(19).map(|c| match c {
            '０'..='９' | 'Ｘ' | 'ｘ' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
            c => c,
        });
        let number: String = plain.map(|c| c.to_ascii_uppercase()).collect();
        let (digits, check) = number.as_bytes().split_at_checked(17).ok_or(BadIdentity::Shape)?;
        let well_formed = digits.iter().all(u8::is_ascii_digit) && digits[0] != b'0';
        if !well_formed || check.len() != 1 || !CHECKS.contains(&check[0]) {
            return Err(BadIdentity::Shape);
        }
        if !is_day(&number[6..14]) {
            return Err(BadIdentity::Birth);
        }
        let sum: u32 =
            digits.iter().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
        let expected = CHECKS.get(usize::try_from(sum % 11).unwrap_or(0));
        if expected == Some(&check[0]) { Ok(IdentityNumber(number)) } else { Err(BadIdentity::Check) }
    }
}

/// Whether eight digits are a day; people are older than [`Day`](crate::Day)s.
fn is_day(digits: &str) -> bool {
    let number = |from: usize, to: usize| digits.get(from..to)?.parse::<u16>().ok();
    let day = || {
        let month = u8::try_from(number(4, 6)?).ok().and_then(|month| Month::try_from(month).ok())?;
        let day = u8::try_from(number(6, 8)?).ok()?;
        Date::from_calendar_date(i32::from(number(0, 4)?), month, day).ok()
    };
    day().is_some()
}

impl fmt::Debug for IdentityNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn checked(digits: &str) -> String {
        let sum: u32 =
            digits.bytes().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
        format!("{digits}{}", char::from(CHECKS[usize::try_from(sum % 11).unwrap()]))
    }

    #[test]
    fn the_standards_own_examples_are_read_and_masked() {
        let number: IdentityNumber = " 110105 19491231 002x ".parse().unwrap();
        assert_eq!(number.reveal(), "11010519491231002X");
        assert_eq!((number.masked().as_str(), number.last_four()), ("110***********002X", "002X"));
        assert_eq!(format!("{number:?}"), "110***********002X");
        assert!("440524188001010014".parse::<IdentityNumber>().is_ok());
        assert_eq!("１１０１０５１９４９１２３１００２Ｘ".parse(), Ok(number));
    }

    #[test]
    fn what_is_none_is_told_from_a_typing_error() {
        let told = |text: &str| text.parse::<IdentityNumber>().unwrap_err();
        for text in [
            "",
            "1101051949123100",
            "11010519491231002Y",
            "1101051949123100X2",
            "X10105194912310021",
            "身份证号码十八位身份证号码十八位十八",
        ] {
            assert_eq!(told(text), BadIdentity::Shape, "{text}");
        }
        assert_eq!(told(&checked("11010519490231002")), BadIdentity::Birth);
        assert_eq!(told("110105194912310021"), BadIdentity::Check);
    }

    proptest! {
        #[test]
        fn one_wrong_digit_is_always_noticed(person in 0..1_000u32, place in 0usize..17, by in 1u8..10) {
            let good = checked(&format!("21030219480615{person:03}"));
            prop_assert!(good.parse::<IdentityNumber>().is_ok());
            let mut wrong = good.into_bytes();
            wrong[place] = b'0' + (wrong[place] - b'0' + by) % 10;
            prop_assert!(String::from_utf8(wrong).unwrap().parse::<IdentityNumber>().is_err());
        }

        #[test]
        fn no_text_panics(text in ".{0,40}") {
            let _ = text.parse::<IdentityNumber>();
        }
    }
}

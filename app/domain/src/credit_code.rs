//! The unified social credit code (统一社会信用代码) of GB 32100-2015.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// The signs of a code in the order of their values 0 to 30: the digits and
/// the capital letters without I, O, S, V and Z.
const SIGNS: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
/// The weights of the first seventeen places: powers of 3 modulo 31.
const WEIGHTS: [usize; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

/// The eighteen signs by which a legal person is known; the last one checks
/// the others.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CreditCode(String);

/// The text is no unified social credit code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadCreditCode {
    /// Another number of signs, or one that the standard does not use.
    #[error("a credit code has 18 digits and capital letters, without I, O, S, V and Z")]
    Shape,
    /// The last sign does not follow from the others: most often a typing
    /// error.
    #[error("the last sign of the credit code should be {expected}")]
    Check {
        /// The sign that follows from the first seventeen.
        expected: char,
    },
}

impl CreditCode {
    /// The code as it is stored and printed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CreditCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for CreditCode {
    type Error = BadCreditCode;

    fn try_from(text: String) -> Result<CreditCode, BadCreditCode> {
        text.parse()
    }
}

impl From<CreditCode> for String {
    fn from(code: CreditCode) -> String {
        code.0
    }
}

/// Spaces around it and small letters are allowed.
impl FromStr for CreditCode {
    type Err = BadCreditCode;

    fn from_str(text: &str) -> Result<CreditCode, BadCreditCode> {
        let text = text.trim();
        if text.len() != 18 {
            return Err(BadCreditCode::Shape);
        }
        let code = text.to_ascii_uppercase();
        let value = |sign: u8| SIGNS.iter().position(|known| *known == sign);
        let values: Option<Vec<usize>> = code.bytes().map(value).collect();
        let values = values.ok_or(BadCreditCode::Shape)?;
        let sum: usize = values.iter().zip(WEIGHTS).map(|(value, weight)| value * weight).sum();
        let expected = (31 - sum % 31) % 31;
        if values[17] == expected {
            Ok(CreditCode(code))
        } else {
            Err(BadCreditCode::Check { expected: char::from(SIGNS[expected]) })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_typing_error_is_noticed() {
        let code: CreditCode = " 91210302dem000014h ".parse().unwrap();
        assert_eq!(code.as_str(), "91210302DEM000014H");
        assert_eq!("91210302DEM000014J".parse::<CreditCode>(), Err(BadCreditCode::Check { expected: 'H' }));
        for text in ["", "91210302DEM000014", "91210302DEMO00014H", "９１210302DEM0014"] {
            assert_eq!(text.parse::<CreditCode>(), Err(BadCreditCode::Shape), "{text}");
        }
    }

    proptest! {
        #[test]
        fn exactly_one_last_sign_fits(body in "[0-9A-HJ-NPQRTUWXY]{17}") {
            let fits = |sign: &u8| format!("{body}{}", char::from(*sign)).parse::<CreditCode>().is_ok();
            prop_assert_eq!(SIGNS.iter().filter(|sign| fits(sign)).count(), 1);
        }

        #[test]
        fn no_text_panics(text in ".{0,30}") {
            let _ = text.parse::<CreditCode>();
        }
    }
}

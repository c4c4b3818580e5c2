//! Money: integer fen, so that no sum is ever rounded.

use serde::{Deserialize, Serialize};
use std::{fmt, iter::Sum, str::FromStr};

/// An amount of money in fen (1/100 yuan); never negative, and at most
/// [`Fen::MAX`], so that a season's sums stay far from the end of an `i64`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = i64, minimum = 0))]
#[serde(try_from = "i64", into = "i64")]
pub struct Fen(i64);

/// What was given is not an amount of money.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an amount is between 0 and {} fen", Fen::MAX.get())]
pub struct NotMoney;

impl Fen {
    /// Nothing.
    pub const ZERO: Fen = Fen(0);
    /// Ten billion yuan: more than any city's season.
    pub const MAX: Fen = Fen(1_000_000_000_000);

    /// The amount as an integer, for storage and sums.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }

    /// Whole yuan as fen.
    ///
    /// # Errors
    /// The amount is negative or above [`Fen::MAX`].
    pub fn from_yuan(yuan: i64) -> Result<Fen, NotMoney> {
        yuan.checked_mul(100).ok_or(NotMoney)?.try_into()
    }

    /// The sum; `None` above [`Fen::MAX`].
    #[must_use]
    pub fn plus(self, other: Fen) -> Option<Fen> {
        Fen::try_from(self.0 + other.0).ok()
    }

    /// The difference, or zero where `other` is larger.
    #[must_use]
    pub fn less(self, other: Fen) -> Fen {
        Fen((self.0 - other.0).max(0))
    }

    /// So many times the amount; `None` above [`Fen::MAX`].
    #[must_use]
    pub fn times(self, count: i64) -> Option<Fen> {
        self.0.checked_mul(count)?.try_into().ok()
    }

    /// ⌊amount × part ÷ whole⌋; the whole amount where `part ≥ whole`.
    #[must_use]
    pub fn share(self, part: i64, whole: i64) -> Fen {
        if part <= 0 || whole <= 0 {
            return Fen::ZERO;
        }
        let product = i128::from(self.0) * i128::from(part.min(whole)) / i128::from(whole);
        Fen(i64::try_from(product).unwrap_or(self.0))
    }

    /// Yuan and fen without a unit and without needless zeros: `12`, `12.50`.
    #[must_use]
    pub fn yuan(self) -> String {
        match (self.0 / 100, self.0 % 100) {
            (yuan, 0) => format!("{yuan}"),
            (yuan, fen) => format!("{yuan}.{fen:02}"),
        }
    }
}

impl TryFrom<i64> for Fen {
    type Error = NotMoney;

    fn try_from(fen: i64) -> Result<Fen, NotMoney> {
        if (0..=Fen::MAX.0).contains(&fen) { Ok(Fen(fen)) } else { Err(NotMoney) }
    }
}

impl From<Fen> for i64 {
    fn from(fen: Fen) -> i64 {
        fen.0
    }
}

impl Sum for Fen {
    fn sum<I: Iterator<Item = Fen>>(amounts: I) -> Fen {
        amounts.fold(Fen::ZERO, |sum, next| sum.plus(next).unwrap_or(Fen::MAX))
    }
}

/// As people write it: `¥12.50`.
impl fmt::Display for Fen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "¥{}", self.yuan())
    }
}

/// Reads what a clerk types: `88`, `88.5`, `88.50`, `¥88`, also with the
/// full-width signs of a Chinese keyboard.
impl FromStr for Fen {
    type Err = NotMoney;

    fn from_str(text: &str) -> Result<Fen, NotMoney> {
        let plain: String = text
            .trim()
            .chars()
            .filter(|c| !matches!(c, ',' | '，' | ' '))
            .map(|c| match c {
                '０'..='９' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
                '．' | '。' => '.',
                c => c,
            })
            .collect();
        let plain = plain.trim_start_matches(['¥', '￥']).trim_end_matches('元');
        let (yuan, cents) = plain.split_once('.').unwrap_or((plain, ""));
        let digits = |s: &str| s.chars().all(|c| c.is_ascii_digit());
        if yuan.is_empty() || yuan.len() > 12 || cents.len() > 2 || !digits(yuan) || !digits(cents) {
            return Err(NotMoney);
        }
        let cents: i64 = format!("{cents:0<2}").parse().map_err(|_| NotMoney)?;
        let yuan: i64 = yuan.parse().map_err(|_| NotMoney)?;
        Fen::try_from(yuan * 100 + cents)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_written_reads_back(fen in 0..=Fen::MAX.get()) {
            let amount = Fen::try_from(fen).unwrap();
            prop_assert_eq!(amount.to_string().parse::<Fen>(), Ok(amount));
        }

        #[test]
        fn a_share_and_its_rest_make_the_whole(fen in 0..1_000_000_000i64, part in 0..10_000i64, whole in 1..10_000i64) {
            let amount = Fen::try_from(fen).unwrap();
            let share = amount.share(part, whole);
            prop_assert!(share <= amount);
            prop_assert_eq!(share.plus(amount.less(share)), Some(amount));
        }

        #[test]
        fn no_text_panics(text in ".{0,40}") {
            let _ = text.parse::<Fen>();
        }
    }

    #[test]
    fn a_clerk_may_type_it_as_the_keyboard_has_it() {
        for text in ["88", "88.0", "¥88", "￥88.00", "８８", "88元", " 88 "] {
            assert_eq!(text.parse(), Ok(Fen(8800)), "{text}");
        }
        for text in ["", "-1", "1.234", "八十", "1e3", "9999999999999"] {
            assert_eq!(text.parse::<Fen>(), Err(NotMoney), "{text}");
        }
    }
}

//! Where: districts by their national code, and areas inside them.

use crate::Setting;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A county-level code of GB/T 2260: six digits, such as 210302 铁东区.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String, pattern = "^[1-9][0-9]{5}$"))]
#[serde(try_from = "String", into = "String")]
pub struct DistrictCode(u32);

/// The text is no district code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a district code has six digits, such as 210302")]
pub struct BadDistrict;

impl DistrictCode {
    /// The code as a number, for storage.
    #[must_use]
    pub fn number(self) -> i64 {
        i64::from(self.0)
    }
}

impl fmt::Display for DistrictCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:06}", self.0)
    }
}

impl FromStr for DistrictCode {
    type Err = BadDistrict;

    fn from_str(text: &str) -> Result<DistrictCode, BadDistrict> {
        let digits = text.len() == 6 && text.bytes().all(|b| b.is_ascii_digit()) && !text.starts_with('0');
        digits.then(|| text.parse().ok()).flatten().map(DistrictCode).ok_or(BadDistrict)
    }
}

impl TryFrom<String> for DistrictCode {
    type Error = BadDistrict;

    fn try_from(text: String) -> Result<DistrictCode, BadDistrict> {
        text.parse()
    }
}

impl TryFrom<i64> for DistrictCode {
    type Error = BadDistrict;

    fn try_from(number: i64) -> Result<DistrictCode, BadDistrict> {
        number.to_string().parse()
    }
}

impl From<DistrictCode> for String {
    fn from(code: DistrictCode) -> String {
        code.to_string()
    }
}

/// A district of the season's city (区县).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct District {
    /// GB/T 2260.
    pub code: DistrictCode,
    /// 铁东区.
    pub name: String,
    /// Tiedong.
    pub name_en: String,
    /// The share by which reports split a city-wide release over the districts.
    pub weight: i64,
    /// Whether it counts as urban or rural.
    #[serde(default)]
    pub setting: Option<Setting>,
    /// Where it lies on the map of tiles: column and row, both from 0.
    #[serde(default)]
    pub tile: Option<(i64, i64)>,
}

/// A map of tiles has so many columns and rows at most.
pub const MOST_TILES: i64 = 12;

/// A tag inside one district (片区), such as a development zone, that has no
/// code of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Area {
    /// The tag that outlets carry.
    pub key: String,
    /// 高新区.
    pub name: String,
    /// High-tech Zone.
    pub name_en: String,
    /// The district it lies in.
    pub district: DistrictCode,
}

/// Splits a count over weights so that the parts sum to it: everyone gets the
/// whole part of their share, and the largest remainders get one more, the
/// first of equals first.
#[must_use]
pub fn apportion(total: i64, weights: &[i64]) -> Vec<i64> {
    let sum: i128 = weights.iter().map(|w| i128::from((*w).max(0))).sum();
    if sum == 0 || total <= 0 {
        return vec![0; weights.len()];
    }
    let share = |weight: i64| i128::from(total) * i128::from(weight.max(0));
    let mut parts: Vec<i64> = weights.iter().map(|w| i64::try_from(share(*w) / sum).unwrap_or(0)).collect();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|n| (std::cmp::Reverse(share(weights[*n]) % sum), *n));
    let left = usize::try_from(total - parts.iter().sum::<i64>()).unwrap_or(0);
    for n in order.into_iter().take(left) {
        parts[n] += 1;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn codes_are_six_digits() {
        assert_eq!("210302".parse::<DistrictCode>().unwrap().to_string(), "210302");
        for text in ["", "21030", "2103020", "21030a", "010302", "２１０３０２"] {
            assert!(text.parse::<DistrictCode>().is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn the_parts_sum_to_the_whole_and_are_fair(total in 0..1_000_000i64, weights in proptest::collection::vec(0..10_000i64, 1..12)) {
            let parts = apportion(total, &weights);
            let sum: i64 = weights.iter().sum();
            prop_assume!(sum > 0);
            prop_assert_eq!(parts.iter().sum::<i64>(), total);
            for (part, weight) in parts.iter().zip(&weights) {
                let floor = total * weight / sum;
                prop_assert!((floor..=floor + 1).contains(part));
            }
        }
    }
}

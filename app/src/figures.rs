//! How figures are written: the pages and their live parts write them alike.

use domain::Fen;
use domain::shapes::StatsRow;
#[cfg(feature = "ssr")]
use domain::{Benefit, Lang};

/// A count with its thousands apart: `12,345`.
#[must_use]
pub(crate) fn count(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if number < 0 {
        text.push('-');
    }
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Yuan with thousands apart and always two decimals: `12,345.00`.
#[must_use]
pub(crate) fn yuan(amount: Fen) -> String {
    let fen = amount.get();
    format!("{}.{:02}", count(fen / 100), fen % 100)
}

/// Yuan of an amount that may be negative: `-1,020.00`.
#[cfg(feature = "ssr")]
#[must_use]
pub(crate) fn signed_yuan(fen: i64) -> String {
    let sign = if fen < 0 { "-" } else { "" };
    let fen = fen.unsigned_abs();
    format!("{sign}{}.{:02}", count(i64::try_from(fen / 100).unwrap_or(i64::MAX)), fen % 100)
}

/// A rate as percent with one decimal; a dash where there is none.
#[must_use]
pub(crate) fn percent(rate: Option<f64>) -> String {
    rate.map_or_else(|| "—".to_owned(), |rate| format!("{:.1}%", rate * 100.0))
}

/// So many times; a dash where there is none.
#[must_use]
pub(crate) fn times(rate: Option<f64>) -> String {
    rate.map_or_else(|| "—".to_owned(), |rate| format!("×{rate:.2}"))
}

/// What stands in a row's column; nothing in one that does not exist.
#[must_use]
pub(crate) fn cell(row: &StatsRow, column: &str) -> String {
    match column {
        "released" => count(row.released),
        "claimed" => count(row.claimed),
        "redeemed" => count(row.redeemed),
        "subsidy" => yuan(row.subsidy_fen),
        "order" => yuan(row.order_fen),
        "residents" => count(row.residents),
        "claim_rate" => percent(row.claim_rate),
        "redemption_rate" => percent(row.redemption_rate),
        "budget_rate" => percent(row.budget_rate),
        "leverage" => times(row.leverage),
        _ => String::new(),
    }
}

/// The name of a row in `data-district`: its code, or `none` for residents
/// without a district.
#[must_use]
pub(crate) fn row_name(row: &StatsRow) -> String {
    row.district.map_or_else(|| "none".to_owned(), |code| code.to_string())
}

/// The name of the total's row.
pub(crate) const TOTAL: &str = "total";

/// A benefit in two sizes: what one gets, and on what condition.
#[cfg(feature = "ssr")]
#[must_use]
pub(crate) fn face(benefit: Benefit, lang: Lang) -> (String, String) {
    match benefit {
        Benefit::Cash { face_value_fen } => {
            (face_value_fen.to_string(), lang.pick("无门槛", "no minimum").to_owned())
        }
        Benefit::Threshold { face_value_fen, threshold_fen } => {
            (face_value_fen.to_string(), from(threshold_fen, lang))
        }
        Benefit::Percent { percent_off, face_value_fen, .. } => {
            let tenths = 100 - percent_off;
            let zh = if tenths % 10 == 0 {
                format!("{}折", tenths / 10)
            } else {
                format!("{}.{}折", tenths / 10, tenths % 10)
            };
            let most =
                lang.pick(format!("最高减{}", face_value_fen.yuan()), format!("up to {face_value_fen}"));
            (lang.pick(zh, format!("−{percent_off}%")), most)
        }
    }
}

#[cfg(feature = "ssr")]
fn from(threshold: Fen, lang: Lang) -> String {
    lang.pick(format!("满{}可用", threshold.yuan()), format!("from {threshold}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart() {
        let texts = [0, 7, 999, 1_000, 12_345, 1_234_567, -1_000].map(count);
        assert_eq!(texts, ["0", "7", "999", "1,000", "12,345", "1,234,567", "-1,000"]);
        assert_eq!(yuan(Fen::try_from(123_456_705).unwrap()), "1,234,567.05");
    }

    #[test]
    #[cfg(feature = "ssr")]
    fn what_goes_back_keeps_its_sign() {
        assert_eq!([-2_005, -5, 0, 123_456].map(signed_yuan), ["-20.05", "-0.05", "0.00", "1,234.56"]);
    }

    #[test]
    fn a_rate_that_cannot_be_is_a_dash() {
        assert_eq!((percent(None), times(None)), ("—".to_owned(), "—".to_owned()));
        assert_eq!((percent(Some(0.1234)), times(Some(4.4))), ("12.3%".to_owned(), "×4.40".to_owned()));
    }
}

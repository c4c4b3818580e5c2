//! A phone number: the most private thing the product holds.

use std::{fmt, str::FromStr};

/// A mainland mobile number of eleven digits. It has no `Display` and its
/// `Debug` is masked, so that it cannot slip into a log.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Phone(String);

/// The text is no mobile number.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a mobile number has 11 digits and starts with 13 to 19")]
pub struct BadPhone;

impl Phone {
    /// The digits, for encryption and the gateway that sends the code.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// As it may be shown: `139****0001`.
    #[must_use]
    pub fn masked(&self) -> String {
        format!("{}****{}", &self.0[..3], &self.0[7..])
    }

    /// A text in which every such number is masked.
    #[must_use]
    pub fn masked_in(text: &str) -> String {
        let mut masked = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
            let (before, from) = rest.split_at(start);
            let end = from.find(|c: char| !c.is_ascii_digit()).unwrap_or(from.len());
            let (digits, after) = from.split_at(end);
            masked.push_str(before);
            match digits.parse::<Phone>() {
                Ok(phone) => masked.push_str(&phone.masked()),
                Err(BadPhone) => masked.push_str(digits),
            }
            rest = after;
        }
        masked + rest
    }

    /// The last four digits, which an assisted round's paper code asks for.
    #[must_use]
    pub fn last_four(&self) -> &str {
        &self.0[7..]
    }
}

/// Spaces and dashes are allowed, and the country code +86.
impl FromStr for Phone {
    type Err = BadPhone;

    fn from_str(text: &str) -> Result<Phone, BadPhone> {
        let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '-')).take(20).collect();
        let digits = digits.strip_prefix("+86").unwrap_or(&digits);
        let well_formed = digits.len() == 11
            && digits.bytes().all(|b| b.is_ascii_digit())
            && digits.starts_with('1')
            && matches!(digits.as_bytes()[1], b'3'..=b'9');
        if well_formed { Ok(Phone(digits.to_owned())) } else { Err(BadPhone) }
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_loses_its_numbers_and_nothing_else() {
        let text = "请联系13912345678或 1391234567、139123456789 的店主";
        assert_eq!(Phone::masked_in(text), "请联系139****5678或 1391234567、139123456789 的店主");
        assert_eq!(Phone::masked_in(""), "");
    }

    #[test]
    fn numbers_are_read_and_masked() {
        let phone: Phone = "+86 139-0000-0001".parse().unwrap();
        assert_eq!(phone.reveal(), "13900000001");
        assert_eq!(phone.masked(), "139****0001");
        assert_eq!(format!("{phone:?}"), "139****0001");
        for text in ["", "1390000000", "139000000011", "12900000001", "1390000000a", "１３９００００００１"]
        {
            assert_eq!(text.parse::<Phone>(), Err(BadPhone), "{text}");
        }
    }
}

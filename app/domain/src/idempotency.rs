//! The key under which a write is done once.

use std::str::FromStr;

/// What a caller sends as `Idempotency-Key`: 8 to 128 visible ASCII characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct IdempotencyKey(String);

/// The key is too short, too long or holds other than visible characters.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an idempotency key has 8 to 128 visible ASCII characters")]
pub struct BadKey;

impl IdempotencyKey {
    /// A key from two random numbers, as 32 hexadecimal digits.
    #[must_use]
    pub fn from_random(high: u64, low: u64) -> IdempotencyKey {
        IdempotencyKey(format!("{high:016x}{low:016x}"))
    }

    /// The key as it was sent.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for IdempotencyKey {
    type Err = BadKey;

    fn from_str(text: &str) -> Result<IdempotencyKey, BadKey> {
        let visible = text.bytes().all(|b| b.is_ascii_graphic());
        if (8..=128).contains(&text.len()) && visible {
            Ok(IdempotencyKey(text.to_owned()))
        } else {
            Err(BadKey)
        }
    }
}

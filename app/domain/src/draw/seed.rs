//! The seed: the city's secret, committed to before entries open, mixed with a
//! value that nobody knew then.

use super::EntryId;
use crate::{Hash, RoundId};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use std::{fmt, str::FromStr};

/// The city's 32 secret bytes of one round. Before the draw they leave the
/// program as their hash alone.
#[derive(Clone, PartialEq, Eq)]
pub struct CitySecret([u8; 32]);

/// The text is no secret of 64 hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a city's secret has 64 hexadecimal digits")]
pub struct BadSecret;

impl CitySecret {
    /// A secret of 32 bytes.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> CitySecret {
        CitySecret(bytes)
    }

    /// What is published before entries open: SHA-256 of the 32 bytes.
    #[must_use]
    pub fn commitment(&self) -> Hash {
        Hash::new(Sha256::digest(self.0).into())
    }

    /// The secret itself, in hexadecimal: for publication after the draw.
    #[must_use]
    pub fn reveal(&self) -> String {
        Hash::new(self.0).to_string()
    }
}

impl fmt::Debug for CitySecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CitySecret(…)")
    }
}

impl FromStr for CitySecret {
    type Err = BadSecret;

    fn from_str(text: &str) -> Result<CitySecret, BadSecret> {
        text.parse::<Hash>().map(|bytes| CitySecret(bytes.bytes())).map_err(|_| BadSecret)
    }
}

/// The value that becomes public after entries close: 1 to 64 visible
/// characters, as its source writes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicValue(String);

/// The text is no public value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a public value has 1 to 64 visible characters on one line")]
pub struct BadValue;

impl PublicValue {
    /// The value as it goes into the seed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Blanks around it are dropped and full-width signs become plain ones, as a
/// Chinese keyboard mixes both.
impl FromStr for PublicValue {
    type Err = BadValue;

    fn from_str(text: &str) -> Result<PublicValue, BadValue> {
        let plain = text.trim().chars().map(|c| match c {
            '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
            '\u{3000}' => ' ',
            c => c,
        });
        let plain: String = plain.collect();
        let fits = (1..=64).contains(&plain.chars().count()) && !plain.chars().any(char::is_control);
        if fits { Ok(PublicValue(plain)) } else { Err(BadValue) }
    }
}

/// Where an entry stands in the draw: the smaller, the further ahead.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Rank([u8; 32]);

/// What ranks the entries.
#[derive(Clone)]
pub struct Seed {
    hash: Hash,
    keyed: Option<Hmac<Sha256>>,
}

impl Seed {
    /// SHA-256 over four lines, each ended by LF: `yuehui draw`, the round's
    /// number, the city's secret in hexadecimal, the public value.
    #[must_use]
    pub fn of(round: RoundId, secret: &CitySecret, value: &PublicValue) -> Seed {
        let text = format!("yuehui draw\n{round}\n{}\n{}\n", secret.reveal(), value.as_str());
        let hash = Hash::new(Sha256::digest(text).into());
        // A MAC takes keys of any length: the error cannot happen.
        Seed { hash, keyed: Hmac::new_from_slice(&hash.bytes()).ok() }
    }

    /// The seed as it is published.
    #[must_use]
    pub const fn hash(&self) -> Hash {
        self.hash
    }

    /// HMAC-SHA256 of the entry's name, with the seed's 32 bytes as the key.
    #[must_use]
    pub fn rank(&self, entry: EntryId) -> Rank {
        let Some(mut mac) = self.keyed.clone() else { return Rank([0; 32]) };
        mac.update(entry.to_string().as_bytes());
        Rank(mac.finalize().into_bytes().into())
    }
}

impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Seed({})", self.hash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_never_shown_by_accident() {
        let secret = CitySecret::new([7; 32]);
        assert_eq!(format!("{secret:?}"), "CitySecret(…)");
        assert_eq!(secret.reveal().parse(), Ok(secret.clone()));
        assert_ne!(secret.commitment().to_string(), secret.reveal());
    }

    #[test]
    fn a_value_is_one_plain_line() {
        let value = |text: &str| text.parse::<PublicValue>().map(|value| value.0);
        assert_eq!(value(" ３５２９．１８ "), Ok("3529.18".to_owned()));
        assert_eq!(value("上证 3529.18"), Ok("上证 3529.18".to_owned()));
        for text in ["", "  ", "1\n2", &"9".repeat(65)] {
            assert_eq!(value(text), Err(BadValue), "{text:?}");
        }
    }

    #[test]
    fn the_seed_is_what_a_shell_computes() {
        // printf 'yuehui draw\n18\n%s\n3529.18\n' "$(printf '07%.0s' $(seq 32))" | sha256sum
        let seed = Seed::of(RoundId(18), &CitySecret::new([7; 32]), &"3529.18".parse().unwrap());
        assert_eq!(
            seed.hash().to_string(),
            "06c73f8b69b858771436049f49b250d3820853b52fac43757d82bbbea5e89f59"
        );
        // printf '000000000001' | openssl dgst -sha256 -mac HMAC -macopt hexkey:SEED
        let rank = Hash::new(seed.rank(EntryId::from_number(1).unwrap()).0);
        assert_eq!(rank.to_string(), "1fe25c659c92a4d31593ed332c1f269cb8fb0f8d3b04b7284a0b3ec92d86f4a6");
    }
}

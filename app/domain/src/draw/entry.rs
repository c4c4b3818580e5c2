//! Entries, and the list that is frozen when they close.

use crate::code::{decode, encode};
use crate::{DistrictCode, Hash};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{fmt, str::FromStr};

/// The name under which a resident's entry stands in the public list: 60
/// random bits, so that it tells neither who nor when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EntryId(u64);

/// The text is no entry.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no entry: twelve characters, a space and a district or -")]
pub struct BadEntry(String);

impl BadEntry {
    fn of(text: &str) -> BadEntry {
        BadEntry(text.chars().take(40).collect())
    }
}

impl EntryId {
    /// How many characters it has.
    pub const LENGTH: usize = 12;
    const BITS: u32 = 60;

    /// A name from a random number.
    #[must_use]
    pub const fn from_random(number: u64) -> EntryId {
        EntryId(number >> (u64::BITS - Self::BITS))
    }

    /// The number for storage; numbers sort as the names do.
    #[must_use]
    pub fn number(self) -> i64 {
        i64::try_from(self.0).unwrap_or(0)
    }

    /// The name of a stored number.
    #[must_use]
    pub fn from_number(number: i64) -> Option<EntryId> {
        u64::try_from(number).ok().filter(|number| number >> Self::BITS == 0).map(EntryId)
    }
}

impl fmt::Display for EntryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&encode(self.0, Self::LENGTH))
    }
}

impl FromStr for EntryId {
    type Err = BadEntry;

    fn from_str(text: &str) -> Result<EntryId, BadEntry> {
        let number = (text.len() == Self::LENGTH).then(|| decode(text)).flatten();
        number.map(EntryId).ok_or_else(|| BadEntry::of(text))
    }
}

impl TryFrom<String> for EntryId {
    type Error = BadEntry;

    fn try_from(text: String) -> Result<EntryId, BadEntry> {
        text.parse()
    }
}

impl From<EntryId> for String {
    fn from(id: EntryId) -> String {
        id.to_string()
    }
}

/// An entry as the public list tells it, a line each: `7K3M9PQX2ABC 210302`,
/// or `-` where the round has no quotas and the district does not matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entrant {
    /// Its name.
    pub id: EntryId,
    /// The resident's home district when they entered.
    pub district: Option<DistrictCode>,
}

/// A district as the list and the results write it.
pub(super) fn written(district: Option<DistrictCode>) -> String {
    district.map_or_else(|| "-".to_owned(), |code| code.to_string())
}

impl fmt::Display for Entrant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.id, written(self.district))
    }
}

impl FromStr for Entrant {
    type Err = BadEntry;

    fn from_str(line: &str) -> Result<Entrant, BadEntry> {
        let bad = || BadEntry::of(line);
        let (id, district) = line.split_once(' ').ok_or_else(bad)?;
        let district = match district {
            "-" => None,
            code => Some(code.parse().map_err(|_| bad())?),
        };
        Ok(Entrant { id: id.parse()?, district })
    }
}

/// The list's hash as the list passes by: SHA-256 over its lines in the order
/// of the names, each ended by LF.
#[derive(Clone, Debug, Default)]
pub struct EntryList {
    hasher: Sha256,
    entries: i64,
    last: Option<EntryId>,
}

impl EntryList {
    /// Takes the next entry; false, and the list is none, when it does not
    /// come after the one before.
    pub fn add(&mut self, entrant: &Entrant) -> bool {
        let in_order = self.last.is_none_or(|last| last < entrant.id);
        self.last = Some(entrant.id);
        self.entries += 1;
        self.hasher.update(format!("{entrant}\n"));
        in_order
    }

    /// How many entries it has, and its hash.
    #[must_use]
    pub fn finish(self) -> (i64, Hash) {
        (self.entries, Hash::new(self.hasher.finalize().into()))
    }

    /// Reads the list as it is downloaded; `None` when a line is none or not
    /// in order.
    #[must_use]
    pub fn read(text: &str) -> Option<(Vec<Entrant>, EntryList)> {
        let mut list = EntryList::default();
        let read = |line: &str| line.parse::<Entrant>().ok().filter(|entrant| list.add(entrant));
        let entrants = text.lines().map(read).collect::<Option<Vec<_>>>()?;
        Some((entrants, list))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn names_read_back_and_sort_as_their_numbers(one: u64, other: u64) {
            let (one, other) = (EntryId::from_random(one), EntryId::from_random(other));
            prop_assert_eq!(one.to_string().parse(), Ok(one));
            prop_assert_eq!(EntryId::from_number(one.number()), Some(one));
            prop_assert_eq!(one.number().cmp(&other.number()), one.to_string().cmp(&other.to_string()));
        }

        #[test]
        fn lines_read_back(number: u64, code in proptest::option::of(210_301..210_382i64)) {
            let district = code.map(|code| DistrictCode::try_from(code).unwrap());
            let entrant = Entrant { id: EntryId::from_random(number), district };
            prop_assert_eq!(entrant.to_string().parse(), Ok(entrant));
        }

        #[test]
        fn a_line_that_is_none_is_never_read(line in "[0-9A-Z -]{0,20}") {
            if let Ok(entrant) = line.parse::<Entrant>() {
                prop_assert_eq!(entrant.to_string(), line);
            }
        }
    }

    #[test]
    fn the_list_is_hashed_as_sha256sum_does() {
        let text = "000000000001 -\n000000000002 -\n";
        let (entrants, list) = EntryList::read(text).unwrap();
        assert_eq!(entrants.len(), 2);
        // printf '000000000001 -\n000000000002 -\n' | sha256sum
        let (entries, hash) = list.finish();
        assert_eq!(entries, 2);
        assert_eq!(hash.to_string(), "acdbca9d9c66bf2d1f2b08267d9d059743197de47860bacdcf1437552772755b");
        assert!(EntryList::read("000000000002 -\n000000000001 -\n").is_none());
        assert!(EntryList::read("000000000002 -\n000000000002 -\n").is_none());
    }
}

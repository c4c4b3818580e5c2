//! Draws (摇号): places by lot, so that anyone can check who got them.
//!
//! Before entries open the city publishes the hash of a secret and names a
//! value that becomes public only after they close. Entries close, the list is
//! frozen and its hash published. Then the value is there: with the city's
//! secret it makes the seed, which neither the city nor anybody else could
//! choose, and the seed ranks the entries. All of it is text that a person can
//! write down again and hash with any tool.

mod allot;
mod check;
mod entry;
mod refusal;
mod seed;
mod terms;

pub use allot::{Drawn, Outcome, Places, allot, draw, result_hash};
pub use check::{CheckStep, Checked, check};
pub use entry::{BadEntry, Entrant, EntryId, EntryList};
pub use refusal::DrawRefused;
pub use seed::{BadSecret, BadValue, CitySecret, PublicValue, Rank, Seed};
pub use terms::{DrawPhase, DrawTerms, Window};

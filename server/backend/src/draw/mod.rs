//! Draws: residents enter, the list is frozen, the organizer enters the public
//! value, the places are drawn, and those called claim window by window.

mod calls;
mod enter;
mod freeze;
mod hold;
mod proof;

pub use proof::Lines;

use crate::catalogue::Catalogue;
use crate::store::draw::{EntryRow, PlaceRow};
use crate::{Error, StoreError};
use domain::draw::{DrawRefused, DrawTerms, Drawn, Entrant, EntryId, Outcome};
use domain::{Denied, DistrictCode, Round, RoundId};

/// Entries or results that are read at a time.
const ROWS_AT_ONCE: i64 = 10_000;

/// A draw round with its terms.
fn draw_of(catalogue: &Catalogue, id: RoundId) -> Result<(&Round, &DrawTerms), Error> {
    let round = catalogue.round(id).ok_or(Denied::NotFound)?;
    let terms = round.draw.as_ref().ok_or(DrawRefused::WrongMethod { method: round.method })?;
    Ok((round, terms))
}

/// A stored district; 0 is none.
fn district(code: i64) -> Option<DistrictCode> {
    DistrictCode::try_from(code).ok()
}

fn entry_id(number: i64) -> Result<EntryId, StoreError> {
    EntryId::from_number(number).ok_or_else(|| StoreError::corrupt("an entry that is none"))
}

fn entrant(row: &EntryRow) -> Result<Entrant, StoreError> {
    Ok(Entrant { id: entry_id(row.entry_no)?, district: district(row.district) })
}

/// A result as the draw gave it, whatever became of it since.
fn drawn(row: &PlaceRow) -> Result<Drawn, StoreError> {
    let outcome = match row.waiting {
        Some(number) => Outcome::Waiting(number),
        None => Outcome::Won(row.place.and_then(district)),
    };
    let entrant = Entrant { id: entry_id(row.entry_no)?, district: district(row.district) };
    Ok(Drawn { rank: row.rank, entrant, outcome })
}

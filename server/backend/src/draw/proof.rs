//! What anyone may check: the proof, the list of entries and the results.

use super::{ROWS_AT_ONCE, draw_of, drawn, entrant};
use crate::store::draw::{self, DrawRow};
use crate::{Backend, Error, StoreError};
use domain::draw::{DrawRefused, Places, PublicValue, Seed};
use domain::shapes::{DrawProof, PlacesShape, ResultShape};
use domain::{Denied, RoundId, Timestamp};
use std::fmt::Write;

/// Results that stand in the proof itself.
const SHOWN: i64 = 100;

/// Some lines of a published text, and where the next begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lines {
    /// The lines, each ended by LF.
    pub text: String,
    /// What to ask with for the next; `None` after the last.
    pub next: Option<i64>,
}

impl Backend {
    /// A draw's proof as far as it is public by now.
    ///
    /// # Errors
    /// There is no such round, or it is no draw.
    pub async fn draw_proof(&self, id: RoundId) -> Result<DrawProof, Error> {
        let catalogue = self.catalogue();
        let (round, terms) = draw_of(&catalogue, id)?;
        let (zone, now) = (self.zone(), self.now());
        let mut tx = self.db().read().await?;
        let row = draw::get(&mut tx, id).await?.ok_or(Denied::NotFound)?;
        let entered = draw::entered(&mut tx, id).await?;
        let is_drawn = row.drawn_at_ms.is_some();
        let won = if is_drawn { draw::won(&mut tx, id).await? } else { Vec::new() };
        let first = if is_drawn { draw::places_after(&mut tx, id, 0, SHOWN).await? } else { Vec::new() };
        let moment = |ms: Option<i64>| ms.map(|ms| zone.rfc3339(Timestamp::from_ms(ms)));
        let places = Places::of(round).into_iter().map(|places| PlacesShape {
            district: places.district,
            count: places.count,
            lent: places.lent,
            won: is_drawn.then(|| {
                let own = won.iter().find(|(place, _)| *place == draw::stored(places.district));
                own.map_or(0, |(_, won)| *won)
            }),
        });
        let results = first.iter().map(|row| Ok(ResultShape::of(&drawn(row)?)));
        let (city_secret, seed) = self.revealed(id, &row).unzip();
        Ok(DrawProof {
            round_id: id,
            title: round.title.clone(),
            title_en: round.title_en.clone(),
            phase: terms.phase(round, now),
            opens_at: zone.rfc3339(round.opens_at),
            closes_at: zone.rfc3339(round.closes_at),
            draws_at: zone.rfc3339(terms.draws_at),
            public_source: terms.public_source.clone(),
            public_source_en: terms.public_source_en.clone(),
            quantity: round.quantity,
            places: places.collect(),
            claim_hours: terms.claim_hours,
            claim_windows: terms.claim_windows,
            commitment: self.keys().draw_secret(id).commitment().to_string(),
            entered,
            frozen_at: moment(row.frozen_at_ms),
            entries: row.entries,
            list_hash: row.list_hash,
            revealed_at: moment(row.revealed_at_ms),
            city_secret,
            public_value: row.public_value,
            seed,
            drawn_at: moment(row.drawn_at_ms),
            claims_until: terms.claims_until().map(|at| zone.rfc3339(at)),
            winners: row.winners,
            waiting: row.waiting,
            result_hash: row.result_hash,
            results: results.collect::<Result<_, StoreError>>()?,
        })
    }

    /// The secret and the seed, once the public value is written down.
    fn revealed(&self, round: RoundId, row: &DrawRow) -> Option<(String, String)> {
        row.revealed_at_ms?;
        let value: PublicValue = row.public_value.as_ref()?.parse().ok()?;
        let secret = self.keys().draw_secret(round);
        let seed = Seed::of(round, &secret, &value).hash().to_string();
        Some((secret.reveal(), seed))
    }

    /// The frozen list of entries, some at a time.
    ///
    /// # Errors
    /// There is no such round, it is no draw, or its list is not frozen yet.
    pub async fn draw_entries(&self, id: RoundId, after: Option<i64>) -> Result<Lines, Error> {
        let catalogue = self.catalogue();
        let (round, _) = draw_of(&catalogue, id)?;
        let mut tx = self.db().read().await?;
        if draw::get(&mut tx, id).await?.is_none_or(|row| row.frozen_at_ms.is_none()) {
            return Err(DrawRefused::NotFrozen { closes_at: round.closes_at }.into());
        }
        let rows = draw::entries_after(&mut tx, id, after.unwrap_or(-1), ROWS_AT_ONCE).await?;
        let mut text = String::new();
        for row in &rows {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{}", entrant(row)?);
        }
        Ok(Lines { text, next: rows.last().filter(|_| is_full(&rows)).map(|row| row.entry_no) })
    }

    /// The results in the order of rank, some at a time.
    ///
    /// # Errors
    /// There is no such round, it is no draw, or the draw was not held yet.
    pub async fn draw_results(&self, id: RoundId, after: Option<i64>) -> Result<Lines, Error> {
        let catalogue = self.catalogue();
        let (_, terms) = draw_of(&catalogue, id)?;
        let mut tx = self.db().read().await?;
        if draw::get(&mut tx, id).await?.is_none_or(|row| row.drawn_at_ms.is_none()) {
            return Err(DrawRefused::NotDue { draws_at: terms.draws_at }.into());
        }
        let rows = draw::places_after(&mut tx, id, after.unwrap_or(0), ROWS_AT_ONCE).await?;
        let mut text = String::new();
        for row in &rows {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{}", drawn(row)?);
        }
        Ok(Lines { text, next: rows.last().filter(|_| is_full(&rows)).map(|row| row.rank) })
    }
}

/// Whether more may follow.
fn is_full<T>(rows: &[T]) -> bool {
    i64::try_from(rows.len()).is_ok_and(|length| length >= ROWS_AT_ONCE)
}

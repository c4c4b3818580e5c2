//! Draws: entries, the frozen list, and who won.

use crate::store::{StoreError, Tx, changed, on};
use domain::draw::{Drawn, EntryId, Outcome};
use domain::{AccountId, DistrictCode, RoundId, Timestamp};

/// Through how many gates a round's entries come.
const GATES: i64 = 16;

/// A draw as it stands.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct DrawRow {
    pub(crate) frozen_at_ms: Option<i64>,
    pub(crate) entries: Option<i64>,
    pub(crate) list_hash: Option<String>,
    pub(crate) revealed_at_ms: Option<i64>,
    pub(crate) public_value: Option<String>,
    pub(crate) drawn_at_ms: Option<i64>,
    pub(crate) winners: Option<i64>,
    pub(crate) waiting: Option<i64>,
    pub(crate) result_hash: Option<String>,
    pub(crate) called_window: i64,
}

/// An entry as it is stored; district 0 where the round has no quotas.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct EntryRow {
    pub(crate) entry_no: i64,
    pub(crate) district: i64,
    pub(crate) entered_at_ms: i64,
}

/// An entry that won or waits.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct PlaceRow {
    pub(crate) rank: i64,
    pub(crate) entry_no: i64,
    pub(crate) district: i64,
    pub(crate) waiting: Option<i64>,
    pub(crate) place: Option<i64>,
    pub(crate) called_window: Option<i64>,
}

/// A district as it is stored.
pub(crate) fn stored(district: Option<DistrictCode>) -> i64 {
    district.map_or(0, DistrictCode::number)
}

/// Adds a round's gates.
pub(crate) async fn add_gates(tx: &mut Tx, round: RoundId) -> Result<(), StoreError> {
    for gate in 0..GATES {
        changed!(
            tx,
            sqlx::query("insert into draw_gate (round_id, gate) values ($1, $2)").bind(round.0).bind(gate)
        )?;
    }
    Ok(())
}

/// Adds an entry; false when the resident has one, or the name is taken.
pub(crate) async fn enter(
    tx: &mut Tx,
    round: RoundId,
    account: AccountId,
    entry: EntryId,
    district: Option<DistrictCode>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let rows = changed!(
        tx,
        sqlx::query(
            "insert into draw_entry (round_id, account_id, entry_no, district, entered_at_ms)
         values ($1, $2, $3, $4, $5)
         on conflict do nothing"
        )
        .bind(round.0)
        .bind(account.0)
        .bind(entry.number())
        .bind(stored(district))
        .bind(now.ms())
    )?;
    Ok(rows == 1)
}

/// Counts an entry at its gate; false when the gates are shut.
pub(crate) async fn pass_gate(tx: &mut Tx, round: RoundId, account: AccountId) -> Result<bool, StoreError> {
    let rows = changed!(
        tx,
        sqlx::query(
            "update draw_gate set entered = entered + 1
          where round_id = $1 and gate = $2 and shut_at_ms is null"
        )
        .bind(round.0)
        .bind(account.0.rem_euclid(GATES))
    )?;
    Ok(rows == 1)
}

/// Shuts a round's gates; waits for whoever is inside one.
pub(crate) async fn shut_gates(tx: &mut Tx, round: RoundId, now: Timestamp) -> Result<(), StoreError> {
    changed!(
        tx,
        sqlx::query("update draw_gate set shut_at_ms = $2 where round_id = $1 and shut_at_ms is null")
            .bind(round.0)
            .bind(now.ms())
    )?;
    Ok(())
}

/// How many have entered.
pub(crate) async fn entered(tx: &mut Tx, round: RoundId) -> Result<i64, StoreError> {
    let (entered,): (i64,) = on!(tx, conn => sqlx::query_as(
        "select cast(coalesce(sum(entered), 0) as bigint) from draw_gate where round_id = $1")
        .bind(round.0).fetch_one(conn))?;
    Ok(entered)
}

/// A resident's entry.
pub(crate) async fn entry_of(
    tx: &mut Tx,
    round: RoundId,
    account: AccountId,
) -> Result<Option<EntryRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select entry_no, district, entered_at_ms from draw_entry where round_id = $1 and account_id = $2")
        .bind(round.0).bind(account.0).fetch_optional(conn))?)
}

/// A round's entries after a name, in the order of names, at most `limit`.
pub(crate) async fn entries_after(
    tx: &mut Tx,
    round: RoundId,
    after: i64,
    limit: i64,
) -> Result<Vec<EntryRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select entry_no, district, entered_at_ms from draw_entry
          where round_id = $1 and entry_no > $2 order by entry_no limit $3")
        .bind(round.0).bind(after).bind(limit).fetch_all(conn))?)
}

/// A round's draw; `None` where it has none.
pub(crate) async fn get(tx: &mut Tx, round: RoundId) -> Result<Option<DrawRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select frozen_at_ms, entries, list_hash, revealed_at_ms, public_value, drawn_at_ms, winners,
                waiting, result_hash, called_window
           from draw where round_id = $1")
        .bind(round.0).fetch_optional(conn))?)
}

/// Writes the frozen list's hash; false when it was written before.
pub(crate) async fn freeze(
    tx: &mut Tx,
    round: RoundId,
    entries: i64,
    list_hash: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let rows = changed!(
        tx,
        sqlx::query(
            "update draw set frozen_at_ms = $2, entries = $3, list_hash = $4
          where round_id = $1 and frozen_at_ms is null"
        )
        .bind(round.0)
        .bind(now.ms())
        .bind(entries)
        .bind(list_hash)
    )?;
    Ok(rows == 1)
}

/// Writes the public value; false when there is one, or the list is not frozen.
pub(crate) async fn reveal(
    tx: &mut Tx,
    round: RoundId,
    value: &str,
    by: AccountId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let rows = changed!(
        tx,
        sqlx::query(
            "update draw set revealed_at_ms = $2, public_value = $3, revealed_by = $4
          where round_id = $1 and frozen_at_ms is not null and revealed_at_ms is null"
        )
        .bind(round.0)
        .bind(now.ms())
        .bind(value)
        .bind(by.0)
    )?;
    Ok(rows == 1)
}

/// Writes one result; it is written once, whoever comes first.
pub(crate) async fn add_place(tx: &mut Tx, round: RoundId, drawn: &Drawn) -> Result<(), StoreError> {
    let (waiting, place, called_window) = match drawn.outcome {
        Outcome::Won(place) => (None, Some(stored(place)), Some(1)),
        Outcome::Waiting(number) => (Some(number), None, None),
    };
    changed!(
        tx,
        sqlx::query(
            "insert into draw_place (round_id, rank, account_id, entry_no, district, waiting, place,
                                 called_window)
         select round_id, $3, account_id, entry_no, district, $4, $5, $6 from draw_entry
          where round_id = $1 and entry_no = $2
         on conflict do nothing"
        )
        .bind(round.0)
        .bind(drawn.entrant.id.number())
        .bind(drawn.rank)
        .bind(waiting)
        .bind(place)
        .bind(called_window)
    )?;
    Ok(())
}

/// Writes that all results are there; false when another node did.
pub(crate) async fn finish(
    tx: &mut Tx,
    round: RoundId,
    (winners, waiting): (i64, i64),
    result_hash: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let rows = changed!(
        tx,
        sqlx::query(
            "update draw set drawn_at_ms = $2, winners = $3, waiting = $4, result_hash = $5,
                         called_window = 1
          where round_id = $1 and revealed_at_ms is not null and drawn_at_ms is null"
        )
        .bind(round.0)
        .bind(now.ms())
        .bind(winners)
        .bind(waiting)
        .bind(result_hash)
    )?;
    Ok(rows == 1)
}

/// A resident's place or number in the waiting list.
pub(crate) async fn place_of(
    tx: &mut Tx,
    round: RoundId,
    account: AccountId,
) -> Result<Option<PlaceRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select rank, entry_no, district, waiting, place, called_window from draw_place
          where round_id = $1 and account_id = $2")
        .bind(round.0).bind(account.0).fetch_optional(conn))?)
}

/// Results after a rank, at most `limit`.
pub(crate) async fn places_after(
    tx: &mut Tx,
    round: RoundId,
    after: i64,
    limit: i64,
) -> Result<Vec<PlaceRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select rank, entry_no, district, waiting, place, called_window from draw_place
          where round_id = $1 and rank > $2 order by rank limit $3")
        .bind(round.0).bind(after).bind(limit).fetch_all(conn))?)
}

/// How many won a place of each quota at the draw.
pub(crate) async fn won(tx: &mut Tx, round: RoundId) -> Result<Vec<(i64, i64)>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select place, count(*) from draw_place
          where round_id = $1 and waiting is null group by place")
        .bind(round.0).fetch_all(conn))?)
}

/// Begins a window; false when another node did.
pub(crate) async fn begin_window(tx: &mut Tx, round: RoundId, window: i64) -> Result<bool, StoreError> {
    let rows = changed!(
        tx,
        sqlx::query(
            "update draw set called_window = $2
          where round_id = $1 and drawn_at_ms is not null and called_window < $2"
        )
        .bind(round.0)
        .bind(window)
    )?;
    Ok(rows == 1)
}

/// Those who wait and were not called, by rank. A draw has at most 100,000
/// places for each window.
pub(crate) async fn uncalled(tx: &mut Tx, round: RoundId) -> Result<Vec<PlaceRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select rank, entry_no, district, waiting, place, called_window from draw_place
          where round_id = $1 and called_window is null order by rank")
        .bind(round.0).fetch_all(conn))?)
}

/// Calls one who waits to a quota's place.
pub(crate) async fn call(
    tx: &mut Tx,
    round: RoundId,
    rank: i64,
    place: i64,
    window: i64,
) -> Result<(), StoreError> {
    changed!(
        tx,
        sqlx::query(
            "update draw_place set place = $3, called_window = $4
          where round_id = $1 and rank = $2 and called_window is null"
        )
        .bind(round.0)
        .bind(rank)
        .bind(place)
        .bind(window)
    )?;
    Ok(())
}

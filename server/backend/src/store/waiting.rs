//! Waiting rooms: the number drawn for each, and how many each node counted.

use crate::store::{StoreError, Tx, changed, on};
use domain::RoundId;

/// How many waited for a round's opening, and how many came later.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub(crate) struct Counted {
    pub(crate) waited: i64,
    pub(crate) arrived: i64,
}

/// Writes a room's number where none is; of nodes that do so at once, one does.
pub(crate) async fn draw(tx: &mut Tx, round: RoundId, drawn: i64) -> Result<(), StoreError> {
    changed!(
        tx,
        sqlx::query(
            "insert into waiting_room (round_id, drawn) values ($1, $2) on conflict (round_id) do nothing"
        )
        .bind(round.0)
        .bind(drawn)
    )?;
    Ok(())
}

/// A room's number; `None` while it has none.
pub(crate) async fn drawn(tx: &mut Tx, round: RoundId) -> Result<Option<i64>, StoreError> {
    let row: Option<(i64,)> = on!(tx, conn => sqlx::query_as(
        "select drawn from waiting_room where round_id = $1").bind(round.0).fetch_optional(conn))?;
    Ok(row.map(|(drawn,)| drawn))
}

/// Writes what a node counted in a round so far.
pub(crate) async fn put(tx: &mut Tx, round: RoundId, node: i64, counted: Counted) -> Result<(), StoreError> {
    changed!(
        tx,
        sqlx::query(
            "insert into waiting_count (round_id, node, waited, arrived) values ($1, $2, $3, $4)
         on conflict (round_id, node) do update set waited = $3, arrived = $4"
        )
        .bind(round.0)
        .bind(node)
        .bind(counted.waited)
        .bind(counted.arrived)
    )?;
    Ok(())
}

/// What all other nodes counted in a round, those included that are gone.
pub(crate) async fn of_others(tx: &mut Tx, round: RoundId, node: i64) -> Result<Counted, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select cast(coalesce(sum(waited), 0) as bigint) as waited,
                cast(coalesce(sum(arrived), 0) as bigint) as arrived
           from waiting_count
          where round_id = $1 and node <> $2")
        .bind(round.0).bind(node).fetch_one(conn))?)
}

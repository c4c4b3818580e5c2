//! The ledger's blocks, and the ends of its chains.

use crate::store::{StoreError, Tx, changed, on};
use domain::{Block, Entry, Hash, Timestamp};
use std::fmt::Write;

/// The chains that there are; a node writes to one of them.
pub(crate) const CHAINS: i64 = 16;

/// The end of a chain.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct HeadRow {
    pub(crate) chain: i64,
    pub(crate) sequence: i64,
    pub(crate) hash: String,
    pub(crate) at_ms: Option<i64>,
}

/// A block as it is stored.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct BlockRow {
    pub(crate) sequence: i64,
    pub(crate) at_ms: i64,
    pub(crate) previous: String,
    pub(crate) entries: String,
    pub(crate) hash: String,
}

/// The ends of all chains, by number.
pub(crate) async fn heads(tx: &mut Tx) -> Result<Vec<HeadRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(HEADS).fetch_all(conn))?)
}

pub(super) const HEADS: &str = "select chain, sequence, hash, at_ms from ledger_head order by chain";

/// The text of a block's entries.
pub(crate) fn text(entries: &[Entry]) -> String {
    entries.iter().fold(String::new(), |mut text, entry| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{entry}");
        text
    })
}

/// Chains entries to the ledger as one block. The head's row is locked from
/// here to the commit, so this is the last thing that a write does.
pub(crate) async fn append(
    tx: &mut Tx,
    chain: i64,
    entries: &[Entry],
    now: Timestamp,
) -> Result<(), StoreError> {
    append_text(tx, chain, text(entries), now).await
}

/// Chains a block of this text: lines of entries, or marks of audit records.
pub(crate) async fn append_text(
    tx: &mut Tx,
    chain: i64,
    entries: String,
    now: Timestamp,
) -> Result<(), StoreError> {
    // The update takes the lock before the hash is read.
    let (sequence, previous): (i64, String) = on!(tx, conn => sqlx::query_as(
        "update ledger_head set sequence = sequence + 1, at_ms = $1 where chain = $2
         returning sequence, hash")
        .bind(now.ms()).bind(chain).fetch_one(conn))?;
    let previous: Hash = previous.parse().map_err(StoreError::corrupt)?;
    let block = Block { chain, sequence, at: now, previous, entries };
    let hash = block.hash().to_string();
    changed!(
        tx,
        sqlx::query(ADD_BLOCK)
            .bind(chain)
            .bind(sequence)
            .bind(now.ms())
            .bind(previous.to_string())
            .bind(&block.entries)
            .bind(&hash)
    )?;
    changed!(tx, sqlx::query("update ledger_head set hash = $1 where chain = $2").bind(&hash).bind(chain))?;
    Ok(())
}

/// The end of one chain.
pub(super) const HEAD: &str = "select sequence, hash from ledger_head where chain = $1";

/// Moves the end of a chain by one block.
pub(super) const MOVE_HEAD: &str =
    "update ledger_head set sequence = $1, hash = $2, at_ms = $3 where chain = $4 and sequence = $5";

pub(super) const ADD_BLOCK: &str = "insert into ledger_block (chain, sequence, at_ms, previous, entries, hash) values ($1, $2, $3, $4, $5, $6)";

/// The blocks of a chain after `sequence`, in order, at most `limit`.
pub(crate) async fn blocks_after(
    tx: &mut Tx,
    chain: i64,
    sequence: i64,
    limit: i64,
) -> Result<Vec<BlockRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select sequence, at_ms, previous, entries, hash from ledger_block
          where chain = $1 and sequence > $2 order by sequence limit $3")
        .bind(chain).bind(sequence).bind(limit).fetch_all(conn))?)
}

/// The block of a chain, committed in a span of milliseconds, that holds a line
/// which begins so; at most `most` blocks are looked through. Blocks of a chain
/// stand in the order of their times, so the span is found by halving.
pub(crate) async fn block_with(
    tx: &mut Tx,
    head: &HeadRow,
    (from_ms, to_ms): (i64, i64),
    begins: &str,
    most: i64,
) -> Result<Option<BlockRow>, StoreError> {
    let first = first_at(tx, head, from_ms).await?;
    let end = first_at(tx, head, to_ms).await?.min(first + most);
    Ok(on!(tx, conn => sqlx::query_as(
        "select sequence, at_ms, previous, entries, hash from ledger_block
          where chain = $1 and sequence >= $2 and sequence < $3 and entries like $4
          order by sequence limit 1")
        .bind(head.chain).bind(first).bind(end).bind(format!("%{begins}%")).fetch_optional(conn))?)
}

/// The blocks of a chain, committed in a span of milliseconds, that begin so,
/// in order.
pub(crate) async fn blocks_that_begin(
    tx: &mut Tx,
    head: &HeadRow,
    (from_ms, to_ms): (i64, i64),
    begins: &str,
) -> Result<Vec<BlockRow>, StoreError> {
    let (first, end) = (first_at(tx, head, from_ms).await?, first_at(tx, head, to_ms).await?);
    Ok(on!(tx, conn => sqlx::query_as(
        "select sequence, at_ms, previous, entries, hash from ledger_block
          where chain = $1 and sequence >= $2 and sequence < $3 and entries like $4
          order by sequence")
        .bind(head.chain).bind(first).bind(end).bind(format!("{begins}%")).fetch_all(conn))?)
}

/// The first block of a chain at or after a moment; one past the end where
/// there is none.
async fn first_at(tx: &mut Tx, head: &HeadRow, at_ms: i64) -> Result<i64, StoreError> {
    let (mut low, mut high) = (1, head.sequence + 1);
    while low < high {
        let middle = low + (high - low) / 2;
        let row: Option<(i64,)> = on!(tx, conn => sqlx::query_as(
            "select at_ms from ledger_block where chain = $1 and sequence = $2")
            .bind(head.chain).bind(middle).fetch_optional(conn))?;
        match row {
            Some((found,)) if found < at_ms => low = middle + 1,
            _ => high = middle,
        }
    }
    Ok(low)
}

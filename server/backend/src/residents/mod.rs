//! Distinct residents: they cannot be added up from tallies, and a count in
//! every redemption's own transaction would cost it three rows more. So each
//! resident is counted a moment later, from the ledger's blocks: the place up to
//! which they were read is kept with the counts, and moves with them.
//!
//! A question first reads the few blocks that came since. Where there are more,
//! what it is told is as of the place.

mod check;
mod days;

pub(crate) use check::check;

use crate::store::ledger::{self, HeadRow};
use crate::store::resident::{self, PlaceRow};
use crate::store::{Tx, tally};
use crate::{Backend, Error, StoreError};
use days::Steps;
use domain::{Day, EntryKind, Timestamp, VoucherId};
use std::collections::{BTreeMap, BTreeSet};

/// Blocks of a chain that are read at a time.
const BLOCKS_AT_ONCE: i64 = 200;
/// Vouchers after which a step in the background ends: the desk waits for it
/// where there is one writer, and reads again what it had in memory.
const MANY: usize = 500;
/// The same for a step that a question waits for.
const FEW: usize = 16;
/// Steps in the background at a time; the tills have the machine before.
const MOST_STEPS: usize = 4;

/// A range of business days, and a campaign or 0.
pub(crate) type Asked = (Day, Day, i64);

/// What was counted.
#[derive(Clone, Debug)]
pub(crate) struct Counted {
    /// As of when.
    pub(crate) at: Timestamp,
    /// By district; 0 is all over the city.
    by_district: BTreeMap<i64, i64>,
}

impl Counted {
    /// Those of a district's outlets.
    pub(crate) fn of(&self, district: i64) -> i64 {
        self.by_district.get(&district).copied().unwrap_or(0)
    }

    /// Those all over the city.
    pub(crate) fn all(&self) -> i64 {
        self.of(0)
    }
}

/// What came after a place.
#[derive(Debug, Default)]
struct Since {
    /// The last block of each chain, by number.
    sequences: Vec<i64>,
    /// Of vouchers that were redeemed, or whose redemption was undone.
    vouchers: BTreeSet<VoucherId>,
    /// All until then is among them.
    at: Option<Timestamp>,
}

/// What a step moves.
#[derive(Debug, Default)]
struct Moves {
    steps: Steps,
    days: Vec<(i64, String)>,
}

impl Backend {
    /// Counts the residents of what the ledger has new, a step at a time; false
    /// when there is more than that. Any node may call it at any time.
    ///
    /// # Errors
    /// The store failed.
    pub async fn count_residents(&self) -> Result<bool, Error> {
        for _ in 0..MOST_STEPS {
            if self.count_on(MANY).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Counts those of the last few blocks, before a question is answered. Twice,
    /// for somebody else may have gone on meanwhile, and not as far.
    pub(crate) async fn count_few_residents(&self) -> Result<(), StoreError> {
        let _ = self.count_on(FEW).await? || self.count_on(FEW).await?;
        Ok(())
    }

    /// Distinct residents of a range, as a transaction sees them: of this
    /// moment, or as of an earlier one; never the latter with `exact`, which
    /// takes long where there is much to count.
    pub(crate) async fn residents_in(
        &self,
        tx: &mut Tx,
        (from, to, campaign): Asked,
        exact: bool,
    ) -> Result<Counted, StoreError> {
        let now = self.now();
        let place = resident::place(tx).await?;
        let is_up = read_place(&place)? == sequences(&ledger::heads(tx).await?);
        if is_up || !exact {
            let at = if is_up { now } else { Timestamp::from_ms(place.at_ms).min(now) };
            let by_district = resident::count(tx, from, to, campaign).await?.into_iter().collect();
            return Ok(Counted { at, by_district });
        }
        let mut by_district: BTreeMap<i64, i64> =
            tally::residents(tx, from, to, campaign).await?.into_iter().collect();
        by_district.insert(0, tally::all_residents(tx, from, to, campaign).await?);
        Ok(Counted { at: now, by_district })
    }

    /// Goes on from the place; true when nothing is left to count.
    async fn count_on(&self, most: usize) -> Result<bool, StoreError> {
        let now = self.now();
        let mut tx = self.db().read().await?;
        let place = resident::place(&mut tx).await?;
        let heads = ledger::heads(&mut tx).await?;
        if read_place(&place)? == sequences(&heads) {
            return Ok(true);
        }
        let since = read_since(&mut tx, &place, &heads, most).await?;
        if since.sequences == read_place(&place)? {
            // The blocks that a head tells of are not there: `verify` says so.
            return Ok(true);
        }
        let vouchers: Vec<VoucherId> = since.vouchers.into_iter().collect();
        tx.by_key_alone().await?;
        let moves = moves_of(&mut tx, &vouchers).await?;
        drop(tx);
        let at = since.at.unwrap_or(now).max(Timestamp::from_ms(place.at_ms));
        let mut tx = self.db().write().await?;
        if !resident::go_on(&mut tx, &place, &write_place(&since.sequences), at).await? {
            return Ok(false);
        }
        if !moves.days.is_empty() {
            resident::put(&mut tx, &moves.days).await?;
            resident::add(&mut tx, &moves.steps.rows().collect::<Vec<_>>()).await?;
        }
        tx.commit().await?;
        Ok(since.at.is_none())
    }
}

fn sequences(heads: &[HeadRow]) -> Vec<i64> {
    heads.iter().map(|head| head.sequence).collect()
}

fn read_place(place: &PlaceRow) -> Result<Vec<i64>, StoreError> {
    place.sequences.split(' ').map(|word| word.parse().map_err(StoreError::corrupt)).collect()
}

fn write_place(sequences: &[i64]) -> String {
    sequences.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

/// Reads on from a place until there are `most` vouchers, whole blocks only.
async fn read_since(
    tx: &mut Tx,
    place: &PlaceRow,
    heads: &[HeadRow],
    most: usize,
) -> Result<Since, StoreError> {
    let mut since = Since { sequences: read_place(place)?, ..Since::default() };
    for (sequence, head) in since.sequences.iter_mut().zip(heads) {
        let mut at = None;
        if since.vouchers.len() < most && *sequence < head.sequence {
            for block in ledger::blocks_after(tx, head.chain, *sequence, BLOCKS_AT_ONCE).await? {
                *sequence = block.sequence;
                at = Some(Timestamp::from_ms(block.at_ms));
                since.vouchers.extend(used_in(&block.entries));
                if since.vouchers.len() >= most {
                    break;
                }
            }
        }
        if *sequence < head.sequence {
            let at = at.unwrap_or(Timestamp::from_ms(place.at_ms));
            since.at = Some(since.at.map_or(at, |other| other.min(at)));
        }
    }
    Ok(since)
}

/// The vouchers that a block's entries redeem, or whose redemption they undo. A
/// line that was spoiled is for `verify` to tell of, and stops no count.
fn used_in(entries: &str) -> impl Iterator<Item = VoucherId> {
    let of_use =
        |kind: &EntryKind| matches!(kind, EntryKind::Redeem | EntryKind::Reverse | EntryKind::Clawback);
    entries.lines().filter_map(move |line| {
        let mut words = line.split(' ');
        words.next()?.parse().ok().filter(of_use)?;
        words.next()?.parse().ok().map(VoucherId)
    })
}

/// What the redemptions of these vouchers' holders say now, against what is
/// counted of them.
async fn moves_of(tx: &mut Tx, vouchers: &[VoucherId]) -> Result<Moves, StoreError> {
    let holders = resident::holders(tx, vouchers).await?;
    let mut redeemed: BTreeMap<i64, BTreeSet<days::Use>> =
        holders.iter().map(|account| (*account, BTreeSet::new())).collect();
    for (account, day, district, campaign) in resident::redeemed(tx, &holders).await? {
        redeemed.entry(account).or_default().insert((day, district, campaign));
    }
    let counted: BTreeMap<i64, String> = resident::counted(tx, &holders).await?.into_iter().collect();
    let mut moves = Moves::default();
    for (account, after) in redeemed {
        let before = days::read(counted.get(&account).map_or("", String::as_str))?;
        if before != after {
            moves.steps.count(&before, -1);
            moves.steps.count(&after, 1);
            moves.days.push((account, days::write(&after)));
        }
    }
    Ok(moves)
}

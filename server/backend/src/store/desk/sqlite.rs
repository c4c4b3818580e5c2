//! The desk on SQLite: one connection of its own that takes its turn with the
//! other writers of the process.

mod checkpoints;

use crate::store::db::Turn;
use crate::store::desk::cap;
use crate::store::desk::group::Group;
use crate::store::desk::{Claimed, NewRedemption, NewVoucher, Redeemable, Redeemed, Work, Written};
use crate::store::disk::{self, Disk};
use crate::store::redemption::{self, RedemptionRow};
use crate::store::voucher::{self, VoucherRow};
use crate::store::{StoreError, idempotency, ledger, meta, resident_use, round, tally};
use checkpoints::Checkpoints;
use domain::{Block, Hash, Timestamp};
use rusqlite::hooks::Wal;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, TransactionBehavior, params};
use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

/// How long another process may hold the file before a group is given up.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// Statements that are kept compiled.
const STATEMENTS: usize = 32;
/// From how many pages on the log is brought into the file: 160 MB.
const LONG_LOG_PAGES: i32 = 40_000;

/// The desk's connection.
#[derive(Debug)]
pub(crate) struct SqliteDesk {
    connection: Connection,
    turn: Turn,
    checkpoints: Checkpoints,
}

/// A group that is being written. What it reads holds until the commit: nobody
/// else writes meanwhile.
struct Writing<'a> {
    tx: &'a Transaction<'a>,
    group: Group,
    /// The next number of a voucher and of a redemption.
    voucher: Numbers,
    redemption: Numbers,
    /// What is left of each quota that was asked for, by round and district.
    stock: HashMap<(i64, i64), Vec<Share>>,
}

/// A sequence, read when first needed and written when the group is finished.
struct Numbers {
    name: &'static str,
    last: Option<i64>,
}

struct Share {
    share: i64,
    remaining: i64,
    taken: i64,
}

impl SqliteDesk {
    /// Opens the desk's connection to a database that is up to date.
    pub(crate) fn open(file: &Path, turn: Turn, disk: Disk) -> Result<SqliteDesk, StoreError> {
        let connection = Connection::open(file)?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        connection.pragma_update(None, "journal_mode", "wal")?;
        // FULL: a power cut loses nothing that was acknowledged.
        connection.pragma_update(None, "synchronous", "full")?;
        connection.pragma_update(None, "cache_size", -57_344)?;
        connection.wal_hook(Some(checkpoint_when_long));
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        Ok(SqliteDesk { connection, turn, checkpoints: Checkpoints::begin(file, disk)? })
    }

    /// Writes a group; durable when it returns. Waits for other writers of the
    /// process, so it is called outside the runtime.
    ///
    /// # Errors
    /// The database failed. Nothing is known to be written.
    pub(crate) fn write<E>(
        &mut self,
        chain: i64,
        now: Timestamp,
        works: &[Work<E>],
    ) -> Result<Vec<Written<E>>, StoreError> {
        let _turn = self.turn.blocking_lock();
        let tx = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut writing = Writing {
            tx: &tx,
            group: Group::default(),
            voucher: Numbers { name: "voucher", last: None },
            redemption: Numbers { name: "redemption", last: None },
            stock: HashMap::new(),
        };
        let written = works.iter().map(|work| writing.write(work)).collect::<Result<Vec<_>, _>>()?;
        if !writing.group.entries.is_empty() {
            writing.finish(chain, now)?;
            tx.commit()?;
            self.checkpoints.wrote();
        }
        Ok(written)
    }
}

/// Brings a log that has grown long into the file, with the commit that made it
/// so: no other writer is in the way then. An `fsync` that fails here fails the
/// commit, which SQLite's own checkpoint would not; anything else waits for the
/// next time.
fn checkpoint_when_long(wal: &Wal, pages: i32) -> rusqlite::Result<()> {
    match if pages < LONG_LOG_PAGES { Ok(()) } else { wal.checkpoint() } {
        Err(error) if disk::is_failed_sync_of_desk(&error) => Err(error),
        _ => Ok(()),
    }
}

impl Writing<'_> {
    fn write<E>(&mut self, work: &Work<E>) -> Result<Written<E>, StoreError> {
        Ok(match work {
            Work::Claim(claim) => Written::Claim(self.claim(claim)?),
            Work::Redeem(redemption) => Written::Redeem(self.redeem(redemption)?),
        })
    }

    fn claim(&mut self, claim: &NewVoucher) -> Result<Claimed, StoreError> {
        let Some((district, share)) = self.find_share(claim)? else {
            return self.refused(claim, Claimed::SoldOut);
        };
        let number = self.voucher.next(self.tx)?;
        let issued = self.tx.prepare_cached(voucher::ISSUE)?.execute(params![
            number,
            claim.account_id,
            claim.campaign_id,
            claim.round_id,
            claim.resident_district,
            claim.issued_at_ms,
            claim.expires_at_ms,
            claim.key,
            claim.day_starts_ms,
            claim.per_round,
            claim.per_campaign,
            claim.per_day
        ])?;
        if issued == 0 {
            return self.refused(claim, Claimed::KeyReused);
        }
        self.voucher.last = Some(number);
        if let Some(share) =
            self.stock.get_mut(&(claim.round_id, district)).and_then(|shares| shares.get_mut(share))
        {
            share.remaining -= 1;
            share.taken += 1;
        }
        self.group.issue(claim, number)?;
        Ok(Claimed::Issued(claim.row(number)))
    }

    /// A share that has one left: its district and its place in the list.
    fn find_share(&mut self, claim: &NewVoucher) -> Result<Option<(i64, usize)>, StoreError> {
        for district in &claim.quotas {
            let place = (claim.round_id, *district);
            if !self.stock.contains_key(&place) {
                let mut statement = self.tx.prepare_cached(round::SHARES)?;
                let shares = statement.query_map(params![claim.round_id, district], |row| {
                    Ok(Share { share: row.get(0)?, remaining: row.get(1)?, taken: 0 })
                })?;
                self.stock.insert(place, shares.collect::<Result<_, _>>()?);
            }
            let left = self.stock[&place].iter().position(|share| share.remaining > 0);
            if let Some(share) = left {
                return Ok(Some((*district, share)));
            }
        }
        Ok(None)
    }

    /// Why there is no voucher: a repeat, a limit, or else `otherwise`.
    fn refused(&self, claim: &NewVoucher, otherwise: Claimed) -> Result<Claimed, StoreError> {
        let mut statement = self.tx.prepare_cached(voucher::BY_KEY)?;
        let before = statement.query_row(params![claim.account_id, claim.key], voucher_row).optional()?;
        if let Some(row) = before {
            let same = row.round_id == claim.round_id;
            return Ok(if same { Claimed::Before(row) } else { Claimed::KeyReused });
        }
        let mut statement = self.tx.prepare_cached(voucher::HELD)?;
        let held = statement.query_row(
            params![claim.round_id, claim.day_starts_ms, claim.account_id, claim.campaign_id],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )?;
        Ok(claim.limit_reached(held).map_or(otherwise, Claimed::AtLimit))
    }

    fn redeem<E>(&mut self, new: &NewRedemption<E>) -> Result<Redeemed<E>, StoreError> {
        let mut statement = self.tx.prepare_cached(voucher::GET)?;
        let Some(held) = statement.query_row([new.voucher_id], voucher_row).optional()? else {
            return Ok(self.redeemed_before(new)?.unwrap_or(Redeemed::Unknown));
        };
        let judged = match (new.judge)(&held) {
            Ok(redeemable) => redeemable,
            Err(refused) => return Ok(self.redeemed_before(new)?.unwrap_or(Redeemed::Refused(refused))),
        };
        let Redeemable { mut row, step, per_outlet_day, per_merchant_day, cap, entry, tally } = judged;
        if let Some(cap) = cap
            && !cap::has_room(self.tx, &row, cap)?
        {
            return Ok(self.redeemed_before(new)?.unwrap_or(Redeemed::AtDailyCap(cap)));
        }
        let used: i64 =
            self.tx.prepare_cached(redemption::USED_AT_OUTLET)?.query_row(
                params![row.account_id, row.campaign_id, row.outlet_id, row.business_day],
                |row| row.get(0),
            )?;
        if used >= per_outlet_day {
            return Ok(self.redeemed_before(new)?.unwrap_or(Redeemed::AtOutletLimit(per_outlet_day)));
        }
        if let Some(limit) = per_merchant_day
            && self.used_at_merchant(&row)? >= limit
        {
            return Ok(self.redeemed_before(new)?.unwrap_or(Redeemed::AtMerchantLimit(limit)));
        }
        row.redemption_id = self.redemption.next(self.tx)?;
        if !self.add(&row)? {
            return Ok(self.redeemed_before(new)?.unwrap_or(Redeemed::KeyReused));
        }
        let redeemed = self.tx.prepare_cached(voucher::REDEEM)?.execute(params![
            row.redeemed_at_ms,
            step,
            row.redemption_id,
            row.voucher_id
        ])?;
        if redeemed == 0 {
            return Err(StoreError::corrupt("a voucher that was judged otherwise than it is stored"));
        }
        if let Some(cap) = cap {
            cap::count(self.tx, &row, cap)?;
        }
        self.redemption.last = Some(row.redemption_id);
        self.group.enter(&entry, &tally);
        Ok(Redeemed::Now(row))
    }

    fn used_at_merchant(&self, row: &RedemptionRow) -> Result<i64, StoreError> {
        let mut statement = self.tx.prepare_cached(resident_use::USED)?;
        let day = params![row.account_id, row.campaign_id, row.merchant_id, row.business_day];
        Ok(statement.query_row(day, |row| row.get(0))?)
    }

    /// Adds it, unless its key was used before; false then.
    fn add(&self, row: &RedemptionRow) -> Result<bool, StoreError> {
        let mut statement = self.tx.prepare_cached(idempotency::USED_ELSEWHERE)?;
        let used: i64 = statement.query_row(params![row.clerk_id, row.redeem_key], |row| row.get(0))?;
        if used > 0 {
            return Ok(false);
        }
        let added = self.tx.prepare_cached(redemption::ADD)?.execute(params![
            row.redemption_id,
            row.voucher_id,
            row.round_id,
            row.campaign_id,
            row.account_id,
            row.merchant_id,
            row.outlet_id,
            row.district,
            row.kind,
            row.channel,
            row.clerk_id,
            row.redeem_key,
            row.request_hash,
            row.order_fen,
            row.subsidy_fen,
            row.government_fen,
            row.receipt_code,
            row.invoice_no,
            row.redeemed_at_ms,
            row.business_day,
            row.hour,
            row.merchant_discount_fen,
            row.till_id
        ])?;
        Ok(added == 1)
    }

    /// What the key was used for before, if for anything.
    fn redeemed_before<E>(&self, new: &NewRedemption<E>) -> Result<Option<Redeemed<E>>, StoreError> {
        let mut statement = self.tx.prepare_cached(redemption::BY_KEY)?;
        let before = statement.query_row(params![new.clerk_id, new.key], redemption_row).optional()?;
        Ok(before.map(|row| {
            let same = row.request_hash == new.request_hash;
            if same { Redeemed::Before(row) } else { Redeemed::KeyReused }
        }))
    }

    /// Moves the numbers, the stock and the tallies, and chains the block.
    fn finish(self, chain: i64, now: Timestamp) -> Result<(), StoreError> {
        self.voucher.put(self.tx)?;
        self.redemption.put(self.tx)?;
        let shares =
            self.stock.iter().flat_map(|(place, shares)| shares.iter().map(move |share| (place, share)));
        for ((round, district), share) in shares.filter(|(_, share)| share.taken > 0) {
            let mut statement = self.tx.prepare_cached(round::TAKE)?;
            if statement.execute(params![share.taken, round, district, share.share])? != 1 {
                return Err(StoreError::corrupt("a stock that moved while it was locked"));
            }
        }
        for by in &self.group.moves {
            self.tx.prepare_cached(tally::ADD)?.execute(params![
                by.business_day,
                by.hour,
                by.district,
                by.kind,
                by.round_id,
                by.channel,
                chain,
                by.claimed,
                by.redeemed,
                by.order_fen,
                by.subsidy_fen,
                by.government_fen
            ])?;
        }
        for by in tally::by_day(&self.group.moves) {
            self.tx.prepare_cached(tally::ADD_DAY)?.execute(params![
                by.business_day,
                by.district,
                by.round_id,
                chain,
                by.claimed,
                by.redeemed,
                by.order_fen,
                by.subsidy_fen,
                by.government_fen
            ])?;
        }
        let mut statement = self.tx.prepare_cached(ledger::HEAD)?;
        let (sequence, previous): (i64, String) =
            statement.query_row([chain], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let previous: Hash = previous.parse().map_err(StoreError::corrupt)?;
        let block = Block { chain, sequence: sequence + 1, at: now, previous, entries: self.group.entries };
        let hash = block.hash().to_string();
        self.tx.prepare_cached(ledger::ADD_BLOCK)?.execute(params![
            chain,
            block.sequence,
            now.ms(),
            previous.to_string(),
            block.entries,
            hash
        ])?;
        let mut statement = self.tx.prepare_cached(ledger::MOVE_HEAD)?;
        statement.execute(params![block.sequence, hash, now.ms(), chain, sequence])?;
        Ok(())
    }
}

impl Numbers {
    fn next(&mut self, tx: &Transaction<'_>) -> Result<i64, StoreError> {
        if self.last.is_none() {
            let mut statement = tx.prepare_cached(meta::LAST_NUMBER)?;
            self.last = Some(statement.query_row([self.name], |row| row.get(0)).optional()?.unwrap_or(0));
        }
        Ok(self.last.unwrap_or(0) + 1)
    }

    fn put(&self, tx: &Transaction<'_>) -> Result<(), StoreError> {
        if let Some(last) = self.last {
            tx.prepare_cached(meta::PUT_NUMBER)?.execute(params![self.name, last])?;
        }
        Ok(())
    }
}

fn voucher_row(row: &Row<'_>) -> rusqlite::Result<VoucherRow> {
    Ok(VoucherRow {
        voucher_id: row.get(0)?,
        round_id: row.get(1)?,
        campaign_id: row.get(2)?,
        account_id: row.get(3)?,
        state: row.get(4)?,
        issued_at_ms: row.get(5)?,
        expires_at_ms: row.get(6)?,
        redeemed_at_ms: row.get(7)?,
        present_step: row.get(8)?,
    })
}

fn redemption_row(row: &Row<'_>) -> rusqlite::Result<RedemptionRow> {
    Ok(RedemptionRow {
        redemption_id: row.get("redemption_id")?,
        voucher_id: row.get("voucher_id")?,
        round_id: row.get("round_id")?,
        campaign_id: row.get("campaign_id")?,
        account_id: row.get("account_id")?,
        merchant_id: row.get("merchant_id")?,
        outlet_id: row.get("outlet_id")?,
        district: row.get("district")?,
        kind: row.get("kind")?,
        channel: row.get("channel")?,
        clerk_id: row.get("clerk_id")?,
        redeem_key: row.get("redeem_key")?,
        request_hash: row.get("request_hash")?,
        order_fen: row.get("order_fen")?,
        subsidy_fen: row.get("subsidy_fen")?,
        government_fen: row.get("government_fen")?,
        receipt_code: row.get("receipt_code")?,
        invoice_no: row.get("invoice_no")?,
        redeemed_at_ms: row.get("redeemed_at_ms")?,
        business_day: row.get("business_day")?,
        hour: row.get("hour")?,
        refunded_fen: row.get("refunded_fen")?,
        subsidy_back_fen: row.get("subsidy_back_fen")?,
        government_back_fen: row.get("government_back_fen")?,
        merchant_discount_fen: row.get("merchant_discount_fen")?,
        till_id: row.get("till_id")?,
    })
}

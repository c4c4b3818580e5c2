//! Verification: the whole ledger is replayed, and everything that was derived
//! from it is counted again.

use crate::settlement::{self, Texts};
use crate::store::ledger::{BlockRow, HeadRow};
use crate::store::{Tx, audit, ledger, recount};
use crate::{Backend, Error, StoreError, residents};
use domain::shapes::LedgerHead;
use domain::{Account, AuditMark, Block, Entry, Hash, MerchantId, RoundId, SettledBatch, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// Blocks that are read at a time.
const BLOCKS_AT_ONCE: i64 = 1000;
/// Faults that are told; one changed row can cause many.
const MOST_FAULTS: usize = 100;

/// What a replay found.
#[derive(Clone, Debug, PartialEq)]
pub struct VerifyReport {
    /// Blocks of all chains.
    pub blocks: i64,
    /// Lines in them.
    pub lines: i64,
    /// Vouchers ever issued.
    pub vouchers: i64,
    /// Records of the audit log.
    pub audits: i64,
    /// The end of the chain, to be compared with one that was kept outside.
    pub head: LedgerHead,
    /// What does not agree, each a sentence; empty when everything does.
    pub faults: Vec<String>,
}

/// The ledger as it was replayed so far.
#[derive(Default)]
struct Replay {
    blocks: i64,
    lines: i64,
    balances: BTreeMap<Account, i64>,
    /// The audit records that the blocks name.
    marks: BTreeMap<i64, Hash>,
    /// The exported batches that the blocks hold.
    settled: Texts,
    faults: Vec<String>,
}

impl Replay {
    fn fault(&mut self, fault: String) {
        if self.faults.len() < MOST_FAULTS {
            self.faults.push(fault);
        }
    }

    fn expect(&mut self, what: &str, found: i64, expected: i64) {
        if found != expected {
            self.fault(format!("{what}: {found} instead of {expected}"));
        }
    }

    fn balance(&self, account: Account) -> i64 {
        self.balances.get(&account).copied().unwrap_or(0)
    }
}

impl Backend {
    /// Replays the ledger: sums, states, tallies and the hash chain.
    ///
    /// # Errors
    /// The store failed; what does not agree is in the report.
    pub async fn verify(&self) -> Result<VerifyReport, Error> {
        // One snapshot for all: redemptions go on meanwhile.
        let mut tx = self.db().read().await?;
        let mut replay = Replay::default();
        let heads = ledger::heads(&mut tx).await?;
        let head = self.head_of(&heads)?;
        for head in &heads {
            replay_chain(&mut tx, &mut replay, head).await?;
        }
        check_balances(&mut replay);
        let vouchers = self.check_vouchers(&mut tx, &mut replay).await?;
        replay.expect("voucher numbers given out twice", recount::doubled_numbers(&mut tx).await?, 0);
        check_redemptions(&mut tx, &mut replay).await?;
        check_settlements(&mut tx, &mut replay).await?;
        check_tallies(&mut tx, &mut replay).await?;
        let audits = check_audit(&mut tx, &mut replay).await?;
        let Replay { blocks, lines, faults, .. } = replay;
        Ok(VerifyReport { blocks, lines, vouchers, audits, head, faults })
    }

    /// A round issued what its quotas and the ledger say; how many in all.
    async fn check_vouchers(&self, tx: &mut Tx, replay: &mut Replay) -> Result<i64, StoreError> {
        let stock = recount::stock(tx).await?;
        let counts = recount::vouchers(tx).await?;
        let catalogue = self.catalogue();
        for (round, issued, left) in &stock {
            let id = RoundId(*round);
            let Some(terms) = catalogue.round(id).and_then(|round| catalogue.campaign(round.campaign_id))
            else {
                replay.fault(format!("round {round} has no campaign"));
                continue;
            };
            replay.expect(
                &format!("round {round}, fen set aside"),
                left * terms.benefit.face_value().get(),
                replay.balance(Account::Reserved(id)),
            );
            let count = counts.iter().find(|count| count.round_id == *round);
            let held = count.map_or(0, |count| count.held) * terms.benefit.face_value().get();
            replay.expect(
                &format!("round {round}, vouchers issued"),
                count.map_or(0, |count| count.vouchers),
                *issued,
            );
            replay.expect(
                &format!("round {round}, fen in residents' hands"),
                held,
                replay.balance(Account::Issued(id)),
            );
        }
        Ok(counts.iter().map(|count| count.vouchers).sum())
    }
}

/// Reads a chain from its start and hashes every block again.
async fn replay_chain(tx: &mut Tx, replay: &mut Replay, head: &HeadRow) -> Result<(), StoreError> {
    let (mut previous, mut last) = (Hash::GENESIS, 0);
    loop {
        let blocks = ledger::blocks_after(tx, head.chain, last, BLOCKS_AT_ONCE).await?;
        if blocks.is_empty() {
            break;
        }
        for stored in &blocks {
            if stored.sequence != last + 1 {
                replay.fault(format!("chain {}, block {} is missing", head.chain, last + 1));
            }
            last = stored.sequence;
            previous = replay_block(replay, head.chain, stored, previous);
        }
    }
    replay.expect(&format!("chain {}, blocks by its end", head.chain), head.sequence, last);
    if head.hash != previous.to_string() {
        replay.fault(format!("chain {} ends with {} instead of {previous}", head.chain, head.hash));
    }
    Ok(())
}

/// Hashes one block again; the hash that the next one must name.
fn replay_block(replay: &mut Replay, chain: i64, stored: &BlockRow, previous: Hash) -> Hash {
    let BlockRow { sequence, at_ms, entries, hash, .. } = stored;
    replay.blocks += 1;
    if stored.previous != previous.to_string() {
        let named = &stored.previous;
        replay.fault(format!(
            "chain {chain}, block {sequence} does not follow the one before: it names {named}"
        ));
    }
    let (settled, rest): (Vec<&str>, Vec<&str>) = entries.lines().partition(|line| SettledBatch::is_in(line));
    for text in settled {
        let number = SettledBatch::number_in(text).unwrap_or(0);
        replay.settled.entry(number).or_default().push(text.to_owned());
    }
    let (marks, moved): (Vec<&str>, Vec<&str>) = rest.into_iter().partition(|line| AuditMark::is_in(line));
    for text in marks {
        match text.parse::<AuditMark>() {
            Ok(mark) => {
                if replay.marks.insert(mark.id, mark.hash).is_some() {
                    replay.fault(format!("audit record {} stands in two blocks", mark.id));
                }
            }
            Err(error) => replay.fault(format!("chain {chain}, block {sequence}: {error}")),
        }
    }
    for text in moved {
        match text.parse::<Entry>() {
            Ok(entry) => {
                for line in entry.lines() {
                    replay.lines += 1;
                    *replay.balances.entry(line.account).or_default() += line.amount_fen;
                }
            }
            Err(error) => replay.fault(format!("chain {chain}, block {sequence}: {error}")),
        }
    }
    let at = Timestamp::from_ms(*at_ms);
    let found = Block { chain, sequence: *sequence, at, previous, entries: entries.clone() }.hash();
    if found.to_string() != *hash {
        replay.fault(format!(
            "chain {chain}, block {sequence} was changed: its hash is {found} instead of {hash}"
        ));
    }
    hash.parse().unwrap_or(previous)
}

/// Only the purse outside may stand below zero, and what is to be clawed back
/// never above it.
fn check_balances(replay: &mut Replay) {
    let overdrawn: Vec<_> = replay
        .balances
        .iter()
        .filter(|(account, balance)| match account {
            Account::Funder(_) => false,
            Account::Clawback(_) => **balance > 0,
            _ => **balance < 0,
        })
        .map(|(account, balance)| format!("account {account} stands at {balance} fen"))
        .collect();
    overdrawn.into_iter().for_each(|fault| replay.fault(fault));
}

/// What merchants are owed is what their redemptions say.
async fn check_redemptions(tx: &mut Tx, replay: &mut Replay) -> Result<(), StoreError> {
    let sums = recount::merchants(tx).await?;
    for sum in &sums {
        let merchant = MerchantId(sum.merchant_id);
        let accounts = [Account::Payable(merchant), Account::Clawback(merchant), Account::Paid(merchant)];
        let owed: i64 = accounts.into_iter().map(|account| replay.balance(account)).sum();
        replay.expect(&format!("merchant {merchant}, fen owed and paid"), owed, sum.government_fen);
        let borne = replay.balance(Account::Borne(merchant));
        replay.expect(
            &format!("merchant {merchant}, fen borne"),
            borne,
            sum.subsidy_fen - sum.government_fen,
        );
    }
    let owed =
        replay.balances.iter().filter(|(a, _)| matches!(a, Account::Payable(_) | Account::Clawback(_)));
    let in_ledger: i64 = owed.map(|(_, b)| b).sum();
    let in_rows: i64 = sums.iter().map(|sum| sum.government_fen).sum();
    let paid: i64 =
        replay.balances.iter().filter(|(a, _)| matches!(a, Account::Paid(_))).map(|(_, b)| b).sum();
    replay.expect("fen owed and paid to all merchants", in_ledger + paid, in_rows);
    let unmatched = recount::unmatched(tx).await?;
    replay.expect("vouchers whose state and redemption disagree", unmatched, 0);
    let wrong = recount::wrong_freezes(tx).await?;
    replay.expect("vouchers whose state and the cases that hold them disagree", wrong, 0);
    let wrong = recount::wrong_refunds(tx).await?;
    replay.expect("redemptions whose refunds and reversals disagree", wrong, 0);
    Ok(())
}

/// Batches are what the ledger has of them, and paid what its accounts say.
async fn check_settlements(tx: &mut Tx, replay: &mut Replay) -> Result<(), StoreError> {
    let mut settled = std::mem::take(&mut replay.settled);
    let mut faults = Vec::new();
    let expected = settlement::check(tx, &mut settled, &mut faults).await?;
    faults.into_iter().for_each(|fault| replay.fault(fault));
    let mut merchants: BTreeSet<i64> = expected.keys().copied().collect();
    merchants.extend(replay.balances.keys().filter_map(|account| match account {
        Account::Clawback(merchant) | Account::Paid(merchant) => Some(merchant.0),
        _ => None,
    }));
    for merchant in merchants {
        let of = expected.get(&merchant).copied().unwrap_or_default();
        let (paid, clawback) = (Account::Paid(MerchantId(merchant)), Account::Clawback(MerchantId(merchant)));
        replay.expect(&format!("merchant {merchant}, fen paid"), replay.balance(paid), of.paid_fen);
        replay.expect(
            &format!("merchant {merchant}, fen to be clawed back"),
            replay.balance(clawback),
            of.clawback_fen,
        );
    }
    Ok(())
}

/// Every audit record is the one that a block names; how many there are.
async fn check_audit(tx: &mut Tx, replay: &mut Replay) -> Result<i64, StoreError> {
    let (mut last, mut count) = (0, 0);
    loop {
        let rows = audit::after(tx, last, BLOCKS_AT_ONCE).await?;
        let Some(end) = rows.last() else { break };
        last = end.audit_id;
        for row in &rows {
            count += 1;
            let found = row.record()?.hash();
            let id = row.audit_id;
            match replay.marks.remove(&id) {
                Some(marked) if marked == found && row.hash == found.to_string() => (),
                Some(marked) => {
                    replay.fault(format!(
                        "audit record {id} was changed: its hash is {found} instead of {marked}"
                    ));
                }
                None => replay.fault(format!("audit record {id} stands in no block of the ledger")),
            }
        }
    }
    let gone: Vec<i64> = replay.marks.keys().copied().collect();
    gone.into_iter().for_each(|id| replay.fault(format!("audit record {id} is gone")));
    Ok(count)
}

/// The tallies are what the rows add up to.
async fn check_tallies(tx: &mut Tx, replay: &mut Replay) -> Result<(), StoreError> {
    let (mut kept, mut counted) = (recount::tally_cells(tx).await?, recount::redemption_cells(tx).await?);
    // The databases sort text in different ways.
    kept.sort();
    counted.sort();
    for cell in kept.iter().filter(|cell| counted.binary_search(cell).is_err()) {
        replay.fault(format!(
            "the tally of {} in district {} does not recount",
            cell.business_day, cell.district
        ));
    }
    replay.expect(
        "cells of the tally",
        i64::try_from(kept.len()).unwrap_or(0),
        i64::try_from(counted.len()).unwrap_or(0),
    );
    if recount::claimed_tally(tx).await? != recount::claimed_vouchers(tx).await? {
        replay.fault("the tally of claims does not recount".to_owned());
    }
    replay.expect("rows of the tally by day that do not recount", recount::wrong_days(tx).await?, 0);
    residents::check(tx, MOST_FAULTS).await?.into_iter().for_each(|fault| replay.fault(fault));
    Ok(())
}

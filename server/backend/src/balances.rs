//! What the ledger itself says of merchants: their accounts, kept up to date by
//! reading the blocks that came since.

use crate::StoreError;
use crate::store::ledger::HeadRow;
use crate::store::{Tx, ledger};
use domain::{Account, CampaignId, Entry, MerchantId, SettledBatch, Timestamp};
use std::collections::{BTreeMap, HashMap};

/// Blocks that are read at a time.
const BLOCKS_AT_ONCE: i64 = 500;

/// A merchant's accounts in the ledger, in fen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Balance {
    /// Owed, less what is to be clawed back.
    pub(crate) payable_fen: i64,
    pub(crate) paid_fen: i64,
    pub(crate) borne_fen: i64,
}

/// All merchants' accounts and all pots, as of the last block that was read of
/// each chain.
#[derive(Debug, Default)]
pub(crate) struct Balances {
    read: BTreeMap<i64, i64>,
    merchants: HashMap<MerchantId, Balance>,
    pots: HashMap<CampaignId, i64>,
    /// By merchant and the moment of the payment, in milliseconds.
    paid: BTreeMap<(MerchantId, i64), i64>,
}

impl Balances {
    /// Reads on to the ends of the chains. Whoever calls holds the balances for
    /// themselves and opened the transaction after they had them: then the
    /// balances are never ahead of what the transaction sees.
    pub(crate) async fn follow(&mut self, tx: &mut Tx, heads: &[HeadRow]) -> Result<(), StoreError> {
        for head in heads {
            while self.last(head.chain) < head.sequence {
                let last = self.last(head.chain);
                let blocks = ledger::blocks_after(tx, head.chain, last, BLOCKS_AT_ONCE).await?;
                if blocks.is_empty() {
                    return Err(StoreError::corrupt("a chain without its blocks"));
                }
                for block in &blocks {
                    self.add(block.at_ms, &block.entries)?;
                    self.read.insert(head.chain, block.sequence);
                }
            }
        }
        Ok(())
    }

    /// What each merchant was paid, and when.
    pub(crate) fn paid(&self) -> impl Iterator<Item = (MerchantId, Timestamp, i64)> {
        self.paid.iter().map(|((merchant, at_ms), fen)| (*merchant, Timestamp::from_ms(*at_ms), *fen))
    }

    /// What a campaign's pot has, in fen.
    pub(crate) fn pot(&self, campaign: CampaignId) -> i64 {
        self.pots.get(&campaign).copied().unwrap_or(0)
    }

    /// A merchant's accounts.
    pub(crate) fn of(&self, merchant: MerchantId) -> Balance {
        self.merchants.get(&merchant).copied().unwrap_or_default()
    }

    fn last(&self, chain: i64) -> i64 {
        self.read.get(&chain).copied().unwrap_or(0)
    }

    /// All of a block or nothing.
    fn add(&mut self, at_ms: i64, entries: &str) -> Result<(), StoreError> {
        let asked = [" payable:", " borne:", " clawback:", " paid:", " pot:"];
        // An exported settlement names its lines by such words too.
        let is_asked = |line: &&str| asked.iter().any(|of| line.contains(of)) && !SettledBatch::is_in(line);
        let entries = entries.lines().filter(is_asked).map(str::parse::<Entry>);
        let entries = entries.collect::<Result<Vec<_>, _>>().map_err(StoreError::corrupt)?;
        for line in entries.iter().flat_map(Entry::lines) {
            let (merchant, column): (_, fn(&mut Balance) -> &mut i64) = match line.account {
                Account::Payable(merchant) | Account::Clawback(merchant) => {
                    (merchant, |of| &mut of.payable_fen)
                }
                Account::Paid(merchant) => {
                    *self.paid.entry((merchant, at_ms)).or_default() += line.amount_fen;
                    (merchant, |of| &mut of.paid_fen)
                }
                Account::Borne(merchant) => (merchant, |of| &mut of.borne_fen),
                Account::Pot(campaign) => {
                    *self.pots.entry(campaign).or_default() += line.amount_fen;
                    continue;
                }
                Account::Funder(_) | Account::Reserved(_) | Account::Issued(_) => continue,
            };
            *column(self.merchants.entry(merchant).or_default()) += line.amount_fen;
        }
        Ok(())
    }
}

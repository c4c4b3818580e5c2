//! The ledger's head, and what becomes due by itself.

use crate::store::ledger::HeadRow;
use crate::store::voucher::ExpiredRow;
use crate::store::{ledger, meta, voucher};
use crate::{Backend, Error, StoreError};
use domain::shapes::LedgerHead;
use domain::{Account, CampaignId, Entry, EntryKind, Hash, RoundId, Timestamp, VoucherId};

/// Vouchers that expire in one transaction.
const EXPIRE_AT_ONCE: i64 = 500;

impl Backend {
    /// The end of the ledger's chain, to be kept outside as well: a chain does
    /// not notice that its tail is cut off.
    ///
    /// # Errors
    /// The store failed.
    pub async fn ledger_head(&self) -> Result<LedgerHead, Error> {
        let mut tx = self.db().read().await?;
        self.head_of(&ledger::heads(&mut tx).await?)
    }

    /// One head for the ends of all chains.
    pub(crate) fn head_of(&self, heads: &[HeadRow]) -> Result<LedgerHead, Error> {
        let read =
            |row: &HeadRow| Ok((row.chain, row.sequence, row.hash.parse().map_err(StoreError::corrupt)?));
        let ends = heads.iter().map(read).collect::<Result<Vec<_>, StoreError>>()?;
        let at_ms = heads.iter().filter_map(|row| row.at_ms).max();
        Ok(LedgerHead {
            sequence: ends.iter().map(|(_, sequence, _)| sequence).sum(),
            hash: Hash::of_heads(&ends).to_string(),
            at: at_ms.map(|ms| self.zone().rfc3339(Timestamp::from_ms(ms))),
        })
    }

    /// Marks vouchers expired whose time has run out and returns their value
    /// to the pot; how many, at most 500: whoever has time asks again until
    /// there are none. Any node may call it at any time: each voucher expires
    /// once.
    ///
    /// # Errors
    /// The store failed.
    pub async fn expire_due(&self) -> Result<usize, Error> {
        let now = self.now();
        let mut looked = self.db().read().await?;
        let due = voucher::any_due(&mut looked, now).await?;
        drop(looked);
        if !due {
            return Ok(0);
        }
        let mut tx = self.db().write().await?;
        // One node at a time, by the sequence's row: of two that took the same
        // vouchers in another order, one would have to be turned away.
        meta::take_numbers(&mut tx, "expiry", 1).await?;
        let mut expired = voucher::expire(&mut tx, now, EXPIRE_AT_ONCE).await?;
        expired.sort_unstable_by_key(|row| row.voucher_id);
        let entries = expired.iter().map(|row| self.expire_entry(row)).collect::<Result<Vec<_>, _>>()?;
        if !entries.is_empty() {
            ledger::append(&mut tx, self.chain(), &entries, now).await?;
            tx.commit().await?;
        }
        Ok(entries.len())
    }

    fn expire_entry(&self, row: &ExpiredRow) -> Result<Entry, StoreError> {
        let campaign = CampaignId(row.campaign_id);
        let catalogue = self.catalogue();
        let terms =
            catalogue.campaign(campaign).ok_or_else(|| StoreError::corrupt("a voucher of no campaign"))?;
        let face_value = terms.benefit.face_value().get();
        let lines =
            [(Account::Issued(RoundId(row.round_id)), -face_value), (Account::Pot(campaign), face_value)];
        Entry::new(EntryKind::Expire, Some(VoucherId(row.voucher_id)), &lines).map_err(StoreError::corrupt)
    }
}

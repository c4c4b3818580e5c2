//! The ledger's head, and what becomes due by itself.

use crate::store::ledger::HeadRow;
use crate::store::voucher::VoucherRow;
use crate::store::{ledger, voucher};
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
    /// to the pot; how many. Any node may call it at any time: each voucher
    /// expires once.
    ///
    /// # Errors
    /// The store failed.
    pub async fn expire_due(&self) -> Result<usize, Error> {
        let now = self.now();
        let mut looked = self.db().read().await?;
        let due = voucher::due(&mut looked, now, EXPIRE_AT_ONCE).await?;
        drop(looked);
        if due.is_empty() {
            return Ok(0);
        }
        let mut tx = self.db().write().await?;
        let mut entries = Vec::new();
        for row in &due {
            if voucher::expire(&mut tx, VoucherId(row.voucher_id), now).await? {
                entries.push(self.expire_entry(row)?);
            }
        }
        let expired = entries.len();
        if expired > 0 {
            ledger::append(&mut tx, self.chain(), &entries, now).await?;
            tx.commit().await?;
        }
        Ok(expired)
    }

    fn expire_entry(&self, row: &VoucherRow) -> Result<Entry, StoreError> {
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

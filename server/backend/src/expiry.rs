//! Vouchers whose time runs out: their value goes back to the pot.
//!
//! The index that finds them says nothing of their state, or every redemption
//! would have to write to it. So each node remembers how far it has looked.

use crate::store::voucher::{ExpiredRow, ExpiryPlace};
use crate::store::{ledger, meta, voucher};
use crate::{Backend, Error, StoreError};
use domain::{Account, CLOCKS_DIFFER_MS, CampaignId, Entry, EntryKind, RoundId, Timestamp, VoucherId};

/// Vouchers that expire in one transaction.
const EXPIRE_AT_ONCE: usize = 500;
/// Vouchers that are looked at in one query.
const LOOK_AT_ONCE: i64 = 2_000;

/// How far a node has looked.
#[derive(Debug, Default)]
pub(crate) struct Expiry {
    /// Up to where no voucher is held any more.
    settled: ExpiryPlace,
    /// Where the next look begins.
    next: ExpiryPlace,
}

impl Expiry {
    /// Begins at the first voucher when the clock was set back.
    fn begin(&mut self, now: Timestamp) -> ExpiryPlace {
        if now.ms() < self.settled.expires_at_ms {
            *self = Expiry::default();
        }
        self.next
    }

    /// Nothing that was seen is held up to `place`.
    fn reached(&mut self, place: ExpiryPlace, now: Timestamp) {
        self.next = place;
        if place.expires_at_ms <= now.plus_ms(-CLOCKS_DIFFER_MS).ms() {
            self.settled = place;
        }
    }

    /// All was looked at. What another node issues or gives back by a slower
    /// clock is met the next time.
    fn finish(&mut self) {
        self.next = self.settled;
    }
}

/// Vouchers that run out together.
struct Due {
    after: ExpiryPlace,
    up_to: ExpiryPlace,
}

impl Backend {
    /// Marks vouchers expired whose time has run out and returns their value
    /// to the pot; how many, at most 500: whoever has time asks again until
    /// there are none. Any node may call it at any time: each voucher expires
    /// once.
    ///
    /// # Errors
    /// The store failed.
    pub async fn expire_due(&self) -> Result<usize, Error> {
        let now = self.now();
        let mut expiry = self.expiry().lock().await;
        while let Some(due) = self.find_due(&mut expiry, now).await? {
            let expired = self.expire(&due, now).await?;
            expiry.reached(due.up_to, now);
            // Another node was there before where there are none.
            if expired > 0 {
                return Ok(expired);
            }
        }
        Ok(0)
    }

    /// The next vouchers that are held and have run out.
    async fn find_due(&self, expiry: &mut Expiry, now: Timestamp) -> Result<Option<Due>, Error> {
        loop {
            let after = expiry.begin(now);
            let mut tx = self.db().read().await?;
            let rows = voucher::run_out(&mut tx, after, now, LOOK_AT_ONCE).await?;
            drop(tx);
            let mut held = rows.iter().filter(|(_, is_held)| *is_held).map(|(place, _)| *place);
            if let Some(up_to) = held.by_ref().take(EXPIRE_AT_ONCE).last() {
                return Ok(Some(Due { after, up_to }));
            }
            let Some((last, _)) = rows.last() else {
                expiry.finish();
                return Ok(None);
            };
            expiry.reached(*last, now);
        }
    }

    async fn expire(&self, due: &Due, now: Timestamp) -> Result<usize, Error> {
        let mut tx = self.db().write().await?;
        // One node at a time, by the sequence's row: of two that took the same
        // vouchers in another order, one would have to be turned away.
        meta::take_numbers(&mut tx, "expiry", 1).await?;
        let mut expired = voucher::expire(&mut tx, due.after, due.up_to).await?;
        expired.sort_unstable_by_key(|row| row.voucher_id);
        let entries = expired.iter().map(|row| self.expire_entry(row)).collect::<Result<Vec<_>, _>>()?;
        if !entries.is_empty() {
            ledger::append(&mut tx, self.chain(), &entries, now).await?;
            tx.commit().await?;
        }
        Ok(entries.len())
    }

    /// A voucher's face value goes back to the pot.
    pub(crate) fn expire_entry(&self, row: &ExpiredRow) -> Result<Entry, StoreError> {
        self.moved_back(EntryKind::Expire, row, 1)
    }

    /// The same turned round: a voucher that had run out was used before.
    pub(crate) fn revive_entry(&self, row: &ExpiredRow) -> Result<Entry, StoreError> {
        self.moved_back(EntryKind::Revive, row, -1)
    }

    /// A voucher's face value moves to the pot so many times.
    fn moved_back(&self, kind: EntryKind, row: &ExpiredRow, times: i64) -> Result<Entry, StoreError> {
        let campaign = CampaignId(row.campaign_id);
        let catalogue = self.catalogue();
        let terms =
            catalogue.campaign(campaign).ok_or_else(|| StoreError::corrupt("a voucher of no campaign"))?;
        let face_value = terms.benefit.face_value().get() * times;
        let lines =
            [(Account::Issued(RoundId(row.round_id)), -face_value), (Account::Pot(campaign), face_value)];
        Entry::new(kind, Some(VoucherId(row.voucher_id)), &lines).map_err(StoreError::corrupt)
    }
}

//! Vouchers that were used before their time ran out and arrive after: the
//! expiry gave their value back to the pot, and it is taken out again.

use crate::store::voucher::{ExpiredRow, VoucherRow};
use crate::store::{Tx, ledger, meta, voucher};
use crate::{Backend, Error, StoreError};
use domain::{CampaignId, Entry, Fen, OfflineRefused, Timestamp, VoucherId, VoucherState};

/// A voucher as it stood at the till's moment, and whether it expired since.
pub(super) fn as_of(held: VoucherRow, at: Timestamp) -> (VoucherRow, bool) {
    let expired_since = held.state == VoucherState::Expired.code() && at.ms() < held.expires_at_ms;
    if !expired_since {
        return (held, false);
    }
    (VoucherRow { state: VoucherState::Issued.code().to_owned(), ..held }, true)
}

impl Backend {
    /// Tests that the pot still has the subsidy of a voucher whose value went
    /// back to it. One at a time does so, over all nodes, until the commit.
    pub(super) async fn check_pot(
        &self,
        tx: &mut Tx,
        held: &VoucherRow,
        subsidy_fen: Fen,
    ) -> Result<(), Error> {
        meta::take_numbers(tx, "revival", 1).await?;
        // Whoever follows the ledger now may wait for a connection like this
        // one: it is not waited for, and the till sends again.
        let mut balances =
            self.balances().try_lock().map_err(|_| StoreError::Moved("the ledger's balances"))?;
        let heads = ledger::heads(tx).await?;
        balances.follow(tx, &heads).await?;
        if balances.pot(CampaignId(held.campaign_id)) >= subsidy_fen.get() {
            return Ok(());
        }
        let expired_at = Timestamp::from_ms(held.expires_at_ms);
        Err(OfflineRefused::PotSpent { subsidy_fen, expired_at }.into())
    }

    /// Holds a voucher as issued again, and takes its value out of the pot.
    pub(super) async fn revive(
        &self,
        tx: &mut Tx,
        row: &ExpiredRow,
        at: Timestamp,
    ) -> Result<Entry, StoreError> {
        if !voucher::revive(tx, VoucherId(row.voucher_id), at).await? {
            return Err(StoreError::Moved("an expired voucher"));
        }
        self.revive_entry(row)
    }
}

//! What a node remembers of claims and tills for a while, so that the desk is
//! asked and reads no more than it must.
//!
//! The answer to a claim or a redemption never changes: whoever lost it and asks
//! again gets it from here. A voucher may have changed since it was looked at, by
//! the preview before its redemption or for its code: the desk writes by guards
//! and reads it after all when one says no.

use crate::remembered::Remembered;
use crate::store::redemption::RedemptionRow;
use crate::store::voucher::VoucherRow;
use crate::{StoreError, keys};
use domain::{
    AccountId, Fen, IdempotencyKey, MerchantId, OutletId, ReceiptCode, RedemptionId, Timestamp, VoucherId,
    VoucherState,
};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How much of each is remembered: 150 to 200 bytes of each. Half of it fills
/// seven eighths of a table of a power of two, as the table would have it.
const MOST: usize = 57_344;

/// What of a redemption never changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Receipt {
    pub(crate) redemption: RedemptionId,
    pub(crate) voucher: VoucherId,
    pub(crate) merchant: MerchantId,
    pub(crate) outlet: OutletId,
    pub(crate) order: Fen,
    pub(crate) discount: Fen,
    pub(crate) subsidy: Fen,
    pub(crate) code: ReceiptCode,
    pub(crate) at: Timestamp,
}

impl TryFrom<&RedemptionRow> for Receipt {
    type Error = StoreError;

    fn try_from(row: &RedemptionRow) -> Result<Receipt, StoreError> {
        let fen = |amount: i64| Fen::try_from(amount).map_err(StoreError::corrupt);
        Ok(Receipt {
            redemption: RedemptionId(row.redemption_id),
            voucher: VoucherId(row.voucher_id),
            merchant: MerchantId(row.merchant_id),
            outlet: OutletId(row.outlet_id),
            order: fen(row.order_fen)?,
            discount: fen(row.merchant_discount_fen)?,
            subsidy: fen(row.subsidy_fen)?,
            code: row.receipt_code.clone().try_into().map_err(StoreError::corrupt)?,
            at: Timestamp::from_ms(row.redeemed_at_ms),
        })
    }
}

/// What of a voucher never changes once it is issued.
#[derive(Clone, Copy, Debug)]
struct IssuedVoucher {
    voucher_id: i64,
    round_id: i64,
    campaign_id: i64,
    issued_at_ms: i64,
    expires_at_ms: i64,
}

/// The SHA-256 of a text.
pub(crate) type Digest = [u8; 32];
/// Who asked, and under which key.
type Asked = (AccountId, Digest);

/// What was answered and looked at lately.
#[derive(Debug, Default)]
pub(crate) struct Lately {
    claims: Mutex<Remembered<Asked, IssuedVoucher, MOST>>,
    receipts: Mutex<Remembered<Asked, (Receipt, Digest), MOST>>,
    vouchers: Mutex<Remembered<VoucherId, VoucherRow, MOST>>,
}

impl Lately {
    /// The voucher that an account claimed under a key, as it was issued.
    pub(crate) fn claimed(&self, account: AccountId, key: &IdempotencyKey) -> Option<VoucherRow> {
        let issued = held(&self.claims).get(&asked(account, key)).copied()?;
        Some(VoucherRow {
            voucher_id: issued.voucher_id,
            round_id: issued.round_id,
            campaign_id: issued.campaign_id,
            account_id: account.0,
            state: VoucherState::Issued.code().to_owned(),
            issued_at_ms: issued.issued_at_ms,
            expires_at_ms: issued.expires_at_ms,
            redeemed_at_ms: None,
            present_step: None,
        })
    }

    pub(crate) fn keep_claim(&self, key: &IdempotencyKey, row: &VoucherRow) {
        let issued = IssuedVoucher {
            voucher_id: row.voucher_id,
            round_id: row.round_id,
            campaign_id: row.campaign_id,
            issued_at_ms: row.issued_at_ms,
            expires_at_ms: row.expires_at_ms,
        };
        held(&self.claims).put(asked(AccountId(row.account_id), key), issued);
    }

    /// The receipt that a clerk got under a key, and the digest of the request.
    pub(crate) fn receipt(&self, clerk: AccountId, key: &IdempotencyKey) -> Option<(Receipt, Digest)> {
        held(&self.receipts).get(&asked(clerk, key)).copied()
    }

    pub(crate) fn keep_receipt(
        &self,
        clerk: AccountId,
        key: &IdempotencyKey,
        request: Digest,
        receipt: Receipt,
    ) {
        held(&self.receipts).put(asked(clerk, key), (receipt, request));
    }

    /// A voucher as it was looked at, once: whoever asks again has to read it.
    pub(crate) fn take_voucher(&self, id: VoucherId) -> Option<VoucherRow> {
        held(&self.vouchers).take(&id)
    }

    pub(crate) fn keep_voucher(&self, row: &VoucherRow) {
        held(&self.vouchers).put(VoucherId(row.voucher_id), row.clone());
    }
}

fn asked(account: AccountId, key: &IdempotencyKey) -> Asked {
    (account, keys::digest(key.as_str().as_bytes()))
}

/// A thread that panicked leaves a whole memory behind.
fn held<T>(memory: &Mutex<T>) -> MutexGuard<'_, T> {
    memory.lock().unwrap_or_else(PoisonError::into_inner)
}

//! What a node remembers of its tills for a while, so that the desk is asked
//! and reads no more than it must.
//!
//! A redemption's answer never changes: a till that lost it and asks again gets
//! it from here. A voucher may have changed since it was looked at, by the
//! preview before its redemption or for its code: the desk writes by guards and
//! reads it after all when one says no.

use crate::StoreError;
use crate::remembered::Remembered;
use crate::store::redemption::RedemptionRow;
use crate::store::voucher::VoucherRow;
use domain::{
    AccountId, Fen, IdempotencyKey, MerchantId, OutletId, ReceiptCode, RedemptionId, Timestamp, VoucherId,
};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Redemptions, of some 250 bytes each.
const MOST_RECEIPTS: usize = 65_536;
/// Vouchers, of some 150 bytes each.
const MOST_VOUCHERS: usize = 65_536;

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

/// What a till asked for: by whom, and under which key.
type Asked = (AccountId, IdempotencyKey);

/// What was answered and looked at lately.
#[derive(Debug, Default)]
pub(crate) struct Lately {
    receipts: Mutex<Remembered<Asked, (Receipt, RequestHash), MOST_RECEIPTS>>,
    vouchers: Mutex<Remembered<VoucherId, VoucherRow, MOST_VOUCHERS>>,
}

/// The SHA-256 of a request.
pub(crate) type RequestHash = [u8; 32];

impl Lately {
    /// The receipt that a clerk got under a key, and of which request.
    pub(crate) fn receipt(&self, clerk: AccountId, key: &IdempotencyKey) -> Option<(Receipt, RequestHash)> {
        held(&self.receipts).get(&(clerk, key.clone())).copied()
    }

    pub(crate) fn keep_receipt(
        &self,
        clerk: AccountId,
        key: &IdempotencyKey,
        request: RequestHash,
        receipt: Receipt,
    ) {
        held(&self.receipts).put((clerk, key.clone()), (receipt, request));
    }

    /// A voucher as it was looked at, once: whoever asks again has to read it.
    pub(crate) fn take_voucher(&self, id: VoucherId) -> Option<VoucherRow> {
        held(&self.vouchers).take(&id)
    }

    pub(crate) fn keep_voucher(&self, row: &VoucherRow) {
        held(&self.vouchers).put(VoucherId(row.voucher_id), row.clone());
    }
}

/// A thread that panicked leaves a whole memory behind.
fn held<T>(memory: &Mutex<T>) -> MutexGuard<'_, T> {
    memory.lock().unwrap_or_else(PoisonError::into_inner)
}

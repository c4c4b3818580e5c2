//! An order with the vouchers that are used on it.

use super::catalogue::shape;
use super::{Preview, RedemptionShape, Reversed};
use crate::{Fen, ReceiptCode, RedemptionId, VoucherState};
use serde::{Deserialize, Serialize};

shape! {
    /// What an order's vouchers would do together.
    OrderPreview {
        /// The order after merchant discounts, before any voucher.
        order_fen: Fen,
        /// The merchant's own discount before it.
        merchant_discount_fen: Fen,
        /// What the vouchers take off.
        subsidy_fen: Fen,
        /// What the resident pays.
        payable_fen: Fen,
        /// Each voucher on its part of the order.
        vouchers: Vec<Preview>,
    }
}

impl OrderPreview {
    /// The order whose parts these are.
    #[must_use]
    pub fn of(vouchers: Vec<Preview>) -> OrderPreview {
        OrderPreview {
            order_fen: vouchers.iter().map(|part| part.order_fen).sum(),
            merchant_discount_fen: vouchers.iter().map(|part| part.merchant_discount_fen).sum(),
            subsidy_fen: vouchers.iter().map(|part| part.subsidy_fen).sum(),
            payable_fen: vouchers.iter().map(|part| part.payable_fen).sum(),
            vouchers,
        }
    }
}

shape! {
    /// An order that was undone, with every voucher on it.
    OrderUndone {
        /// The number of its first redemption.
        order_id: RedemptionId,
        /// What of the order goes back.
        refund_fen: Fen,
        /// What of it goes back to the pots.
        subsidy_back_fen: Fen,
        /// What of it the resident gets.
        resident_refund_fen: Fen,
        /// Each voucher's own reversal.
        reversals: Vec<Reversed>,
    }
}

impl OrderUndone {
    /// The order whose parts these are.
    #[must_use]
    pub fn of(order_id: RedemptionId, reversals: Vec<Reversed>) -> OrderUndone {
        OrderUndone {
            order_id,
            refund_fen: reversals.iter().map(|part| part.refund_fen).sum(),
            subsidy_back_fen: reversals.iter().map(|part| part.subsidy_back_fen).sum(),
            resident_refund_fen: reversals.iter().map(|part| part.resident_refund_fen).sum(),
            reversals,
        }
    }

    /// How many of its vouchers went back to the resident.
    #[must_use]
    pub fn returned(&self) -> usize {
        self.reversals.iter().filter(|part| part.voucher_state != VoucherState::Redeemed).count()
    }
}

/// An order whose vouchers were redeemed together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OrderShape {
    /// The number of its first redemption.
    pub order_id: RedemptionId,
    /// The order after merchant discounts, before any voucher.
    pub order_fen: Fen,
    /// The merchant's own discount before it.
    pub merchant_discount_fen: Fen,
    /// What the vouchers took off.
    pub subsidy_fen: Fen,
    /// What the resident paid.
    pub payable_fen: Fen,
    /// The four digits that both phones show; of every redemption the same.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub receipt_code: ReceiptCode,
    /// Each voucher's redemption on its part of the order: it is refunded by
    /// itself.
    pub redemptions: Vec<RedemptionShape>,
}

impl OrderShape {
    /// The order of one redemption.
    #[must_use]
    pub fn one(redemption: RedemptionShape) -> OrderShape {
        let receipt_code = redemption.receipt_code;
        OrderShape::of(redemption.redemption_id, receipt_code, vec![redemption])
    }

    /// The order whose parts these are.
    #[must_use]
    pub fn of(
        order_id: RedemptionId,
        receipt_code: ReceiptCode,
        redemptions: Vec<RedemptionShape>,
    ) -> OrderShape {
        OrderShape {
            order_id,
            order_fen: redemptions.iter().map(|part| part.order_fen).sum(),
            merchant_discount_fen: redemptions.iter().map(|part| part.merchant_discount_fen).sum(),
            subsidy_fen: redemptions.iter().map(|part| part.subsidy_fen).sum(),
            payable_fen: redemptions.iter().map(|part| part.payable_fen).sum(),
            receipt_code,
            redemptions,
        }
    }
}

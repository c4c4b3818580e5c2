//! What a resident holds and a till redeems.

use super::OfflinePassShape;
use super::catalogue::{benefit, shape};
use crate::{
    Benefit, CampaignId, DistrictCode, Fen, MerchantId, OutletId, ReceiptCode, RedemptionId, ReversalId,
    RoundId, Secret, VoucherId, VoucherState,
};
use serde::{Deserialize, Serialize};

shape! {
    /// A voucher: the answer to a claim, and an item of the wallet.
    VoucherShape {
        /// Its number.
        voucher_id: VoucherId,
        /// From which round.
        round_id: RoundId,
        /// Of which campaign.
        campaign_id: CampaignId,
        /// The campaign's name.
        title: String,
        /// The campaign's name in English.
        title_en: String,
        /// The six characters by which people know it.
        code: String,
        /// `threshold`, `percent` or `cash`.
        kind: String,
        /// What it takes off; the cap of a percentage.
        face_value_fen: Fen,
        /// The order from which it works.
        threshold_fen: Fen,
        /// 20 means 8折; percentages only.
        percent_off: Option<u8>,
        /// When it was claimed.
        issued_at: String,
        /// From when it works.
        valid_from: String,
        /// The first moment at which it does not work any more.
        expires_at: String,
        /// Weekly hours of use; always, when null.
        hours: Option<String>,
        /// Where it works.
        districts: Vec<DistrictCode>,
        /// Where it stands.
        state: VoucherState,
    }
}

impl VoucherShape {
    /// What it takes off.
    #[must_use]
    pub fn benefit(&self) -> Benefit {
        benefit(&self.kind, self.face_value_fen, self.threshold_fen, self.percent_off)
    }
}

/// A voucher as its holder's phone keeps it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VoucherDetail {
    /// The voucher.
    #[serde(flatten)]
    pub voucher: VoucherShape,
    /// The secret from which the phone makes present tokens, in hexadecimal.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub secret: Secret,
    /// How it was used; null while it was not.
    pub redemption: Option<RedemptionShape>,
    /// For tills without a network; null where the city has none, or when it may not be used.
    #[serde(default)]
    pub offline: Option<OfflinePassShape>,
}

shape! {
    /// A place in a round's waiting room.
    PlaceShape {
        /// In which round.
        round_id: RoundId,
        /// The place, signed: to be shown with the claim.
        place_token: String,
        /// Since when.
        joined_at: String,
        /// When the round opens.
        opens_at: String,
        /// The server's time.
        now: String,
        /// How many wait for the opening, about.
        waiting: i64,
        /// How many have their turn before; null until the round opens and lots
        /// are drawn.
        ahead: Option<i64>,
        /// When the turn comes; null until the round opens.
        turn_at: Option<String>,
        /// What a claim has to show in a hot round: solve it while you wait.
        work: WorkShape,
    }
}

shape! {
    /// A small proof of work. Its solution is a number such that SHA-256 over
    /// `challenge:number` begins with `bits` zero bits.
    WorkShape {
        /// The task.
        challenge: String,
        /// How many zero bits it asks for.
        bits: u32,
        /// The first moment at which a solution is worth nothing.
        expires_at: String,
        /// Whether a claim needs it now.
        required: bool,
    }
}

shape! {
    /// The present token and typed code of this moment.
    TokenShape {
        /// The QR's text.
        token: String,
        /// The twelve characters.
        code: String,
        /// When both change.
        expires_at: String,
    }
}

shape! {
    /// What a redemption would do.
    Preview {
        /// Which voucher.
        voucher_id: VoucherId,
        /// The campaign's name.
        title: String,
        /// The campaign's name in English.
        title_en: String,
        /// The holder's phone, masked.
        holder_masked: String,
        /// The order after merchant discounts.
        order_fen: Fen,
        /// The merchant's own discount before it, as the till noted it.
        merchant_discount_fen: Fen,
        /// What the voucher takes off.
        subsidy_fen: Fen,
        /// What the resident pays.
        payable_fen: Fen,
    }
}

/// A redemption.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RedemptionShape {
    /// Its number.
    pub redemption_id: RedemptionId,
    /// Which voucher.
    pub voucher_id: VoucherId,
    /// At which merchant.
    pub merchant_id: MerchantId,
    /// At which outlet.
    pub outlet_id: OutletId,
    /// The outlet's name.
    pub outlet_name: String,
    /// The outlet's name in English.
    pub outlet_name_en: String,
    /// The order after merchant discounts.
    pub order_fen: Fen,
    /// The merchant's own discount before it, as the till noted it.
    pub merchant_discount_fen: Fen,
    /// What the voucher took off.
    pub subsidy_fen: Fen,
    /// What the resident paid.
    pub payable_fen: Fen,
    /// The four digits that both phones show.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub receipt_code: ReceiptCode,
    /// When.
    pub redeemed_at: String,
    /// What was refunded of the order since.
    pub refunded_fen: Fen,
    /// What went back of the subsidy since.
    pub subsidy_back_fen: Fen,
}

shape! {
    /// A reversal.
    Reversed {
        /// Its number.
        reversal_id: ReversalId,
        /// Of which redemption.
        redemption_id: RedemptionId,
        /// What was refunded of the order.
        refund_fen: Fen,
        /// What of it goes back to the pot.
        subsidy_back_fen: Fen,
        /// What of it the resident gets.
        resident_refund_fen: Fen,
        /// Where the voucher stands now.
        voucher_state: VoucherState,
    }
}

shape! {
    /// One of a merchant's last redemptions, as its till shows it.
    RecentSale {
        /// The redemption.
        redemption: RedemptionShape,
        /// The first redemption of its order: its own number, where it has the
        /// order to itself.
        order_id: RedemptionId,
        /// Until when the caller may undo it, in milliseconds; null when it is
        /// another person's, or is undone.
        undo_until_ms: Option<i64>,
    }
}

shape! {
    /// What a refund would do, and what may be refunded.
    RefundPreview {
        /// Of which redemption.
        redemption: RedemptionShape,
        /// The most that may still be refunded of the order.
        refundable_fen: Fen,
        /// What would be refunded of the order.
        refund_fen: Fen,
        /// What of it would go back to the pot.
        subsidy_back_fen: Fen,
        /// What of it the resident would get.
        resident_refund_fen: Fen,
    }
}

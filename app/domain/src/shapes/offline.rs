//! Redeeming without a network, and the cases that come of it.

use super::RedemptionShape;
use super::catalogue::shape;
use crate::{DistrictCode, Fen, MerchantId, OfflineLimits, OutletId, RiskSignal, RiskState, VoucherId};
use serde::{Deserialize, Serialize};

shape! {
    /// What a phone shows to tills without a network: the signed pass, and
    /// behind it the link of the step (see `domain`'s `offline`).
    OfflinePassShape {
        /// The signed pass.
        pass: String,
        /// The step at which it begins; it holds for a day.
        first_step: i64,
    }
}

shape! {
    /// An outlet that may redeem without a network.
    OfflineOutlet {
        /// Which.
        outlet_id: OutletId,
        /// Its name.
        outlet_name: String,
        /// Its name in English.
        outlet_name_en: String,
        /// Its merchant.
        merchant_name: String,
        /// Its merchant's name in English.
        merchant_name_en: String,
        /// What each of its tills may redeem so in a business day.
        limits: OfflineLimits,
        /// Since when.
        allowed_at: String,
    }
}

shape! {
    /// A redemption made without a network, once it arrived.
    OfflineRedemption {
        /// Its number.
        offline_id: i64,
        /// `booked`, `conflict` or `refused`.
        state: String,
        /// At which outlet.
        outlet_id: OutletId,
        /// Its name.
        outlet_name: String,
        /// Its name in English.
        outlet_name_en: String,
        /// Who redeemed it: whoever was signed in at the till.
        clerk_name: String,
        /// The voucher.
        voucher_id: VoucherId,
        /// The order after merchant discounts.
        order_fen: Fen,
        /// The till's moment.
        made_at: String,
        /// When it arrived.
        arrived_at: String,
        /// The redemption, where it was booked.
        redemption: Option<RedemptionShape>,
        /// Why it was not booked: the refusal's code.
        code: Option<String>,
        /// The same in words.
        detail: Option<String>,
        /// The words in English.
        detail_en: Option<String>,
        /// The case that was opened.
        case_id: Option<i64>,
    }
}

shape! {
    /// What looks wrong, until a person has looked at it.
    RiskCase {
        /// Its number.
        case_id: i64,
        /// The rule that found it.
        signal: RiskSignal,
        /// Where it stands.
        state: RiskState,
        /// The merchant that it is about.
        merchant_id: MerchantId,
        /// The merchant's name.
        merchant_name: String,
        /// The merchant's name in English.
        merchant_name_en: String,
        /// The outlet.
        outlet_id: OutletId,
        /// The outlet's name.
        outlet_name: String,
        /// The outlet's name in English.
        outlet_name_en: String,
        /// The outlet's district.
        district: DistrictCode,
        /// The voucher.
        voucher_id: Option<VoucherId>,
        /// What the rule saw, in Chinese.
        evidence: Vec<String>,
        /// What the rule saw, in English.
        evidence_en: Vec<String>,
        /// When it was opened.
        opened_at: String,
        /// When it was decided.
        decided_at: Option<String>,
        /// Why it was decided so.
        reason: Option<String>,
        /// What the city may decide now: `withheld`, `frozen`, `cleared`.
        decisions: Vec<RiskState>,
        /// The holder's vouchers, where they may be frozen; never for a merchant.
        vouchers: Option<RiskVouchers>,
        /// What merchants answered, the oldest first; a merchant sees its own.
        answers: Vec<RiskAnswer>,
        /// Whether the merchant that asks may answer (again); never for others.
        answerable: bool,
    }
}

shape! {
    /// The vouchers of a case's holder.
    RiskVouchers {
        /// How many the case holds frozen.
        frozen: i64,
        /// How many more a freeze would hold: issued and not used.
        unused: i64,
    }
}

shape! {
    /// A merchant's answer to a case.
    RiskAnswer {
        /// Whose.
        merchant_id: MerchantId,
        /// The merchant's name.
        merchant_name: String,
        /// The merchant's name in English.
        merchant_name_en: String,
        /// When.
        answered_at: String,
        /// What it says.
        text: String,
    }
}

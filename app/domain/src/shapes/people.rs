//! A merchant's people and tills.

use super::RedemptionShape;
use super::catalogue::shape;
use crate::{AccountId, DistrictCode, MerchantId, OutletId, Role, TillId};
use serde::{Deserialize, Serialize};

shape! {
    /// One of a merchant's people.
    PersonShape {
        /// Their account's number.
        account_id: AccountId,
        /// Their name.
        name: String,
        /// `139****0001`.
        phone_masked: String,
        /// `owner`, `manager` or `clerk`.
        role: Role,
        /// Where they may redeem; empty means at every outlet.
        outlet_ids: Vec<OutletId>,
        /// Whether the caller may change or remove them.
        managed: bool,
    }
}

shape! {
    /// An invitation to work for a merchant; good once, for ten minutes.
    InvitationShape {
        /// What the link and its QR code hold.
        code: String,
        /// Where it is accepted: `/shop/invitation/{code}`.
        path: String,
        /// By whose merchant.
        merchant_id: MerchantId,
        /// The merchant's name.
        merchant_name: String,
        /// The merchant's name in English.
        merchant_name_en: String,
        /// As what.
        role: Role,
        /// At which outlets; empty means at every one.
        outlet_ids: Vec<OutletId>,
        /// The first moment at which it is not accepted any more.
        expires_at: String,
    }
}

shape! {
    /// An enrolled till.
    TillShape {
        /// Its number.
        till_id: TillId,
        /// Its name: 一号收银台.
        name: String,
        /// Where it stands.
        outlet_id: OutletId,
        /// The outlet's name.
        outlet_name: String,
        /// The outlet's name in English.
        outlet_name_en: String,
        /// Whether it may redeem.
        on: bool,
        /// When it was enrolled.
        enrolled_at: String,
        /// By whom.
        enrolled_by: String,
        /// Since when it is switched off.
        off_since: Option<String>,
    }
}

shape! {
    /// Which devices redeem at an outlet.
    OutletRule {
        /// The outlet.
        outlet_id: OutletId,
        /// Its name.
        outlet_name: String,
        /// Its name in English.
        outlet_name_en: String,
        /// Whether enrolled tills alone do, or any device on which a clerk is
        /// signed in.
        enrolled_only: bool,
    }
}

shape! {
    /// A till that was enrolled, with the secret that it keeps and sends in the
    /// header `Yuehui-Till`. A browser has it in a cookie.
    TillEnrolled {
        /// The till.
        till: TillShape,
        /// 64 hexadecimal digits; they are told this once.
        secret: String,
    }
}

/// A redemption in the lists of a merchant and of the bureau: with who redeemed
/// it, and at which till.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SaleShape {
    /// The redemption.
    #[serde(flatten)]
    pub redemption: RedemptionShape,
    /// Who redeemed it.
    pub clerk_name: String,
    /// At which enrolled till; null where the device was none.
    pub till_id: Option<TillId>,
    /// The till's name.
    pub till_name: Option<String>,
}

shape! {
    /// A redemption in the bureau's list.
    BureauSale {
        /// The merchant's name.
        merchant_name: String,
        /// The merchant's name in English.
        merchant_name_en: String,
        /// The outlet's district at that moment.
        district: DistrictCode,
        /// The redemption, with clerk and till.
        sale: SaleShape,
    }
}

//! Identifiers. Each is a positive integer; the types keep a merchant's number
//! from being taken for an outlet's.

use serde::{Deserialize, Serialize};
use std::{fmt, num::ParseIntError, str::FromStr};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = ParseIntError;

            fn from_str(text: &str) -> Result<Self, ParseIntError> {
                text.parse().map(Self)
            }
        }
    )+};
}

ids! {
    /// A person who signs in, in whatever role.
    AccountId,
    /// A merchant (商户).
    MerchantId,
    /// A merchant's shop (门店).
    OutletId,
    /// What a merchant posts (优惠活动).
    PromotionId,
    /// A voucher's terms (消费券活动).
    CampaignId,
    /// A campaign that is being built.
    DraftId,
    /// One release of a campaign (轮次).
    RoundId,
    /// What a resident holds (券): sequential, so that the table grows at its
    /// end; people see the [`VoucherCode`](crate::VoucherCode) made from it.
    VoucherId,
    /// A voucher used on an order (核销).
    RedemptionId,
    /// The undoing of a redemption, whole or in part (撤销).
    ReversalId,
    /// What the community desk did for a resident (社区代领).
    AssistedId,
    /// A device that is enrolled to redeem (收银台).
    TillId,
    /// Something that happens in the season: a fair, a night market.
    EventId,
}

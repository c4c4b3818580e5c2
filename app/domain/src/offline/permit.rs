//! What a till may do without a network, and its test of a voucher.

use super::{OfflineRefused, OfflineToken, PassKey};
use crate::{
    CampaignTerms, DistrictCode, Fen, KindCode, Order, OutletId, Split, Switch, TillId, Timestamp, Zone,
    split,
};
use serde::{Deserialize, Serialize};

/// So long after it was fetched a permit lets a till go on alone: a day.
pub const PERMIT_MS: i64 = 24 * 3_600_000;
/// So long after its moment a redemption may arrive: three days.
pub const LATEST_MS: i64 = 72 * 3_600_000;
/// The most redemptions that the bureau may allow a till in a business day.
pub const MOST_OFFLINE_REDEMPTIONS: i64 = 500;
/// The most subsidy that the bureau may allow a till in a business day: ¥50,000.
pub const MOST_OFFLINE_FEN: i64 = 5_000_000;

/// What each till of an outlet may redeem without a network in a business day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OfflineLimits {
    /// So many redemptions.
    pub redemptions: i64,
    /// So much subsidy.
    pub subsidy_fen: Fen,
}

impl OfflineLimits {
    /// Limits within the bounds; `None` outside of them.
    #[must_use]
    pub fn new(redemptions: i64, subsidy_fen: i64) -> Option<OfflineLimits> {
        let subsidy_fen = Fen::try_from(subsidy_fen).ok()?;
        let bounded = (1..=MOST_OFFLINE_REDEMPTIONS).contains(&redemptions)
            && (1..=MOST_OFFLINE_FEN).contains(&subsidy_fen.get());
        bounded.then_some(OfflineLimits { redemptions, subsidy_fen })
    }
}

/// What an enrolled till needs to go on without a network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OfflinePermit {
    /// The server's own mark of it, sent back with every redemption.
    pub permit: String,
    /// Whose it is.
    pub till_id: TillId,
    /// Who fetched it: in their name the till redeems without a network.
    #[serde(default)]
    pub clerk_name: String,
    /// Where the till stands.
    pub outlet_id: OutletId,
    /// The outlet's name.
    pub outlet_name: String,
    /// The outlet's name in English.
    pub outlet_name_en: String,
    /// The server's time when it was given, in milliseconds.
    pub issued_at_ms: i64,
    /// The first moment at which it is not good any more.
    pub valid_until_ms: i64,
    /// The till's limits for a business day.
    pub limits: OfflineLimits,
    /// The key under which vouchers are signed.
    pub key: PassKey,
    /// The largest order that who fetched it redeems; any, when null.
    #[serde(default)]
    pub most_order_fen: Option<Fen>,
    /// The season's zone.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub zone: Zone,
    /// The outlet's district.
    pub district: DistrictCode,
    /// The merchant's kind.
    pub kind: KindCode,
    /// The switch that the kind needs.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub switch: Option<Switch>,
    /// The terms of every campaign.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<Object>))]
    pub campaigns: Vec<CampaignTerms>,
}

/// An order at a till without a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OfflineSale {
    /// The order after merchant discounts.
    pub amount: Fen,
    /// The merchant's own discount before it.
    pub discount: Fen,
    /// The till's moment.
    pub at: Timestamp,
}

/// What the till redeemed without a network on the sale's business day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OfflineUse {
    /// So many redemptions.
    pub redemptions: i64,
    /// So much subsidy, in fen.
    pub subsidy_fen: i64,
}

impl OfflineLimits {
    /// Whether one more fits.
    ///
    /// # Errors
    /// [`OfflineRefused::LimitReached`].
    pub fn admit(self, used: OfflineUse, more: Fen) -> Result<(), OfflineRefused> {
        let fits = used.redemptions < self.redemptions
            && used.subsidy_fen.saturating_add(more.get()) <= self.subsidy_fen.get();
        if fits { Ok(()) } else { Err(OfflineRefused::LimitReached { limits: self }) }
    }
}

/// Tests a voucher at a till without a network.
///
/// # Errors
/// Why it may not be redeemed now.
pub fn judge_offline(
    permit: &OfflinePermit,
    token: &OfflineToken,
    sale: &OfflineSale,
    used: OfflineUse,
) -> Result<Split, OfflineRefused> {
    if !(permit.issued_at_ms..permit.valid_until_ms).contains(&sale.at.ms()) {
        return Err(OfflineRefused::PermitOver);
    }
    if let Some(limit) = permit.most_order_fen.filter(|most| sale.amount > *most) {
        return Err(crate::RedeemRefused::ManagerRequired { limit }.into());
    }
    if !token.is_signed_by(&permit.key) {
        return Err(OfflineRefused::NotSigned);
    }
    if sale.at >= token.pass.expires_at {
        return Err(crate::RedeemRefused::Expired { expired_at: token.pass.expires_at }.into());
    }
    if token.proven_step(sale.at).is_none() {
        return Err(match sale.at >= token.ends_at() {
            true => OfflineRefused::PassOver,
            false => crate::RedeemRefused::TokenStale.into(),
        });
    }
    let terms = permit.campaigns.iter().find(|terms| terms.id == token.pass.campaign);
    let order = Order {
        amount: sale.amount,
        discount: sale.discount,
        outlet: permit.outlet_id,
        district: permit.district,
        kind: &permit.kind,
        switch: permit.switch,
        invoice: None,
        at: sale.at,
    };
    let split = split(terms.ok_or(OfflineRefused::UnknownCampaign)?, &order, permit.zone)?;
    permit.limits.admit(used, split.subsidy)?;
    Ok(split)
}

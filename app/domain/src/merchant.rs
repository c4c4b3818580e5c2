//! Who takes part: merchants, their outlets and kinds.

use crate::{DistrictCode, MerchantId, MerchantState, OutletId, RedeemRefused, WeeklyHours};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The code of a merchant kind, such as `catering`; the season names its kinds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct KindCode(pub String);

impl fmt::Display for KindCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Goods that a campaign must switch on before its vouchers buy them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Switch {
    /// Refined oil (成品油).
    Fuel,
    /// Cars (汽车销售): redeemed after the sale, with the invoice number.
    Cars,
}

/// A trade of the season, such as 餐饮.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kind {
    /// `catering`.
    pub code: KindCode,
    /// 餐饮.
    pub name: String,
    /// Catering.
    pub name_en: String,
    /// The switch that a campaign needs for this kind.
    pub switch: Option<Switch>,
}

/// A merchant (商户): the legal person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merchant {
    /// Its number.
    pub id: MerchantId,
    /// Its name.
    pub name: String,
    /// Its English name; may be empty.
    pub name_en: String,
    /// Its trade.
    pub kind: KindCode,
    /// Whether this is demonstration content.
    pub demo: bool,
    /// Where it stands with the bureau.
    pub state: MerchantState,
    /// Why it stands there, as its reviewer wrote; empty where nobody did.
    pub reason: String,
}

impl Merchant {
    /// Whether its tills may redeem.
    ///
    /// # Errors
    /// It takes no part any more, and why.
    pub fn may_redeem(&self) -> Result<(), RedeemRefused> {
        let reason = || self.reason.clone();
        match self.state {
            MerchantState::Provisional | MerchantState::Live => Ok(()),
            MerchantState::Rejected | MerchantState::Reapplied => {
                Err(RedeemRefused::MerchantRejected { reason: reason() })
            }
            MerchantState::Lapsed => Err(RedeemRefused::MerchantLapsed { reason: reason() }),
        }
    }
}

/// A merchant's shop (门店).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outlet {
    /// Its number.
    pub id: OutletId,
    /// Whose shop it is.
    pub merchant_id: MerchantId,
    /// Its name.
    pub name: String,
    /// Its English name; may be empty.
    pub name_en: String,
    /// Where it lies.
    pub district: DistrictCode,
    /// The area's key, where it lies in one.
    pub area: Option<String>,
    /// Street and number.
    pub address: String,
    /// The address in English; may be empty.
    pub address_en: String,
    /// When it is open.
    pub hours: WeeklyHours,
    /// Whether it takes part in the nights (不打烊).
    pub night: bool,
    /// The shop's telephone; may be empty.
    pub telephone: String,
}

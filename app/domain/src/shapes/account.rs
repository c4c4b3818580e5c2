//! Signing in.

use crate::{DistrictCode, MerchantId, OutletId, Role};
use serde::{Deserialize, Serialize};

/// A login code is on its way; the same answer for every number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CodeSent {
    /// For how many seconds the code holds.
    pub expires_in_s: i64,
    /// The code itself, on demonstration data only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub demo_code: Option<String>,
}

/// A session has begun.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Login {
    /// For `Authorization: Bearer`; the cookie holds the same.
    pub token: String,
    /// What the account may act as.
    pub roles: Vec<Role>,
    /// The account's name.
    pub name: String,
}

/// Who is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Me {
    /// The account's name.
    pub name: String,
    /// What the account may act as.
    pub roles: Vec<Role>,
    /// `139****0001`.
    pub phone_masked: String,
    /// The merchant of an owner, manager or clerk.
    pub merchant_id: Option<MerchantId>,
    /// The merchant's outlets; empty for others.
    pub outlet_ids: Vec<OutletId>,
    /// A resident's home district, or the district of its officer.
    pub district: Option<DistrictCode>,
}

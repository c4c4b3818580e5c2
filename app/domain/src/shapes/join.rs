//! Joining by commitment, and its review.

use super::OutletShape;
use crate::{
    DistrictCode, Fen, JoinDraft, JoinFault, JoinStep, KindCode, Lang, MerchantDecision, MerchantId,
    MerchantState, OutletId, Principle,
};
use serde::{Deserialize, Serialize};

/// A field that cannot be taken as it was typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JoinFaultShape {
    /// Its name: `credit_code`, `outlets[0].hours`.
    pub field: String,
    /// The step on which it stands.
    pub step: JoinStep,
    /// What is allowed.
    pub rule: String,
    /// The same in English.
    pub rule_en: String,
}

impl From<&JoinFault> for JoinFaultShape {
    fn from(fault: &JoinFault) -> JoinFaultShape {
        JoinFaultShape {
            field: fault.field.clone(),
            step: fault.step(),
            rule: fault.rule.words(Lang::Zh),
            rule_en: fault.rule.words(Lang::En),
        }
    }
}

/// What a merchant promises when it joins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CommitmentShape {
    /// The version that is signed; empty where there is none to sign.
    pub version: String,
    /// Its clauses in their order.
    pub clauses: Vec<Principle>,
}

/// How far somebody has come with joining.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JoinShape {
    /// What was typed so far.
    pub draft: JoinDraft,
    /// When it was last saved; null where nothing was.
    pub saved_at: Option<String>,
    /// What is wrong with it, in the order of the steps.
    pub faults: Vec<JoinFaultShape>,
    /// The first step that is not done.
    pub step: JoinStep,
    /// What will be signed.
    pub commitment: CommitmentShape,
    /// Redemptions of a business day until the review.
    pub daily_redemptions: i64,
    /// Subsidies of a business day until the review.
    pub daily_subsidy_fen: Fen,
    /// The merchant to which the caller belongs already.
    pub merchant_id: Option<MerchantId>,
    /// Where that stands.
    pub state: Option<MerchantState>,
    /// Why, as its reviewer wrote; may be empty.
    pub reason: String,
    /// Whether the caller may apply again for a merchant that the review
    /// turned down: the draft begins with what it entered before.
    pub again: bool,
}

/// A merchant has joined and is live.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JoinedShape {
    /// Its number.
    pub merchant_id: MerchantId,
    /// Its outlets' numbers, in their order.
    pub outlet_ids: Vec<OutletId>,
    /// `provisional`, or `reapplied` for one that was turned down before and
    /// takes no part until its review.
    pub state: MerchantState,
    /// When the commitment was signed.
    pub signed_at: String,
    /// The version that was signed.
    pub version: String,
    /// Redemptions of a business day until the review.
    pub daily_redemptions: i64,
    /// Subsidies of a business day until the review.
    pub daily_subsidy_fen: Fen,
}

/// A merchant that joined by commitment, in the reviewers' list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WaitingMerchant {
    /// Its number.
    pub merchant_id: MerchantId,
    /// Its name.
    pub name: String,
    /// Its English name; may be empty.
    pub name_en: String,
    /// Its trade.
    pub kind: KindCode,
    /// The district of its first outlet, whose officers review it.
    pub district: DistrictCode,
    /// How many outlets it has.
    pub outlets: i64,
    /// Where it stands.
    pub state: MerchantState,
    /// When it signed.
    pub signed_at: String,
    /// How many seconds ago that was.
    pub waiting_s: i64,
}

/// A merchant as its reviewers see it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MerchantReviewShape {
    /// Its number.
    pub merchant_id: MerchantId,
    /// Its name.
    pub name: String,
    /// Its English name; may be empty.
    pub name_en: String,
    /// Its trade.
    pub kind: KindCode,
    /// Its unified social credit code.
    pub credit_code: String,
    /// Its outlets.
    pub outlets: Vec<OutletShape>,
    /// Where it stands.
    pub state: MerchantState,
    /// Why, as the last reviewer wrote; may be empty.
    pub reason: String,
    /// What may be decided now.
    pub decisions: Vec<MerchantDecision>,
    /// When it signed; null for one that did not join by itself.
    pub signed_at: Option<String>,
    /// The version that it signed.
    pub version: Option<String>,
    /// Who signed.
    pub signer: Option<String>,
    /// The clauses as they were signed.
    pub clauses: Vec<Principle>,
    /// Whom to call.
    pub contact_name: Option<String>,
    /// Their number.
    pub contact_phone: Option<String>,
}

/// A merchant was decided on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReviewedShape {
    /// Its number.
    pub merchant_id: MerchantId,
    /// Where it stands now.
    pub state: MerchantState,
    /// Why; may be empty.
    pub reason: String,
    /// When it was decided.
    pub reviewed_at: String,
}

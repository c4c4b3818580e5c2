//! Reviewing merchants: what the pages show, and the form that decides.

use super::ApiError;
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use super::{caller, notice, season};
#[cfg(feature = "ssr")]
use backend::{Caller, DecideRequest};
#[cfg(feature = "ssr")]
use domain::shapes::{DistrictShape, KindShape, MerchantReviewShape, Page, Problem, WaitingMerchant};
#[cfg(feature = "ssr")]
use domain::{Denied, MerchantId, MerchantReviewQuery, MerchantState, Permission};

/// What `/bureau/reviews` shows of the merchants that stand in one way.
#[cfg(feature = "ssr")]
pub(crate) struct Standing {
    /// How they stand.
    pub(crate) state: MerchantState,
    /// The longest waiting first.
    pub(crate) merchants: Page<WaitingMerchant>,
    /// The district to which the reader is confined.
    pub(crate) district: Option<DistrictShape>,
    pub(crate) districts: Vec<DistrictShape>,
    pub(crate) kinds: Vec<KindShape>,
}

/// What a merchant's page of review shows.
#[cfg(feature = "ssr")]
pub(crate) struct OneMerchant {
    pub(crate) merchant: MerchantReviewShape,
    pub(crate) kinds: Vec<KindShape>,
    /// The key under which a second press is the same decision.
    pub(crate) key: String,
}

#[cfg(feature = "ssr")]
async fn reviewer() -> Result<Caller, ApiError> {
    let reviewer = caller::signed_in().await?;
    reviewer.require(Permission::ReviewMerchants).map_err(caller::convert)?;
    Ok(reviewer)
}

/// The merchants that joined by themselves and stand so.
///
/// # Errors
/// Nobody is signed in, or not a reviewer; a parameter is none; or the store
/// failed.
#[cfg(feature = "ssr")]
pub(crate) async fn standing(state: &str, cursor: Option<String>) -> Result<Standing, ApiError> {
    let (reviewer, backend) = (reviewer().await?, caller::backend()?);
    let state: MerchantState =
        state.parse().map_err(|error| caller::convert(Denied::query("state", error)))?;
    let query = MerchantReviewQuery { state: Some(state.to_string()), cursor, limit: None };
    let merchants = backend.merchants_to_review(&reviewer, &query).await.map_err(caller::convert)?;
    let setting = season::setting()?;
    let whole_city =
        reviewer.roles.iter().any(|role| role.may(Permission::ReviewMerchants) && !role.is_of_district());
    let own = setting.districts.iter().find(|district| Some(district.code) == reviewer.office && !whole_city);
    Ok(Standing {
        state,
        merchants,
        district: own.cloned(),
        districts: setting.districts,
        kinds: setting.season.kinds,
    })
}

/// A merchant to be decided on.
///
/// # Errors
/// Nobody is signed in, or not its reviewer; there is no such merchant; or the
/// store failed.
#[cfg(feature = "ssr")]
pub(crate) async fn one(id: Result<i64, ApiError>) -> Result<OneMerchant, ApiError> {
    let (reviewer, backend) = (reviewer().await?, caller::backend()?);
    let merchant = backend.merchant_review(&reviewer, MerchantId(id?)).await.map_err(caller::convert)?;
    Ok(OneMerchant {
        merchant,
        kinds: season::setting()?.season.kinds,
        key: backend.new_key().as_str().to_owned(),
    })
}

/// Decides on a merchant and goes back to those that wait.
///
/// # Errors
/// Nobody is signed in, or not its reviewer; the reason is missing; or it was
/// decided already.
#[server(prefix = "/api/fn", endpoint = "decide_merchant")]
pub async fn decide_merchant(
    #[server(default)] merchant_id: i64,
    #[server(default)] decision: String,
    #[server(default)] seen: String,
    #[server(default)] reason: String,
    #[server(default)] key: String,
) -> Result<(), ApiError> {
    let page = format!("/bureau/reviews/merchants/{merchant_id}");
    notice::settle(decide(MerchantId(merchant_id), (&decision, &seen), reason, &key).await, &page)
}

#[cfg(feature = "ssr")]
async fn decide(
    merchant: MerchantId,
    (decision, seen): (&str, &str),
    reason: String,
    key: &str,
) -> Result<(), ApiError> {
    let reviewer = reviewer().await?;
    let decision = decision.parse().map_err(|error| caller::convert(Denied::field("decision", error)))?;
    let key = key.parse().map_err(|_| caller::convert(Denied::BadKey))?;
    let request = DecideRequest { decision, seen: seen.parse().ok(), reason };
    caller::backend()?.decide_on_merchant(&reviewer, merchant, &request, &key).await.map_err(in_words)?;
    leptos_axum::redirect("/bureau/reviews");
    Ok(())
}

/// A missing reason by the words that stand above it.
#[cfg(feature = "ssr")]
fn in_words(error: backend::Error) -> ApiError {
    if !matches!(&error, backend::Error::Denied(Denied::BadField { field, .. }) if field == "reason") {
        return caller::convert(error);
    }
    let words = caller::lang().pick(
        "请写明理由（1–200 字），商户和收银台会看到",
        "Write why, in 1 to 200 characters: the merchant and its tills read it",
    );
    caller::set_status_for_scripts(422);
    Problem::new(422, "bad_field", words).text("field", "reason").into()
}

//! Tills without a network and the cases that come of them: what the pages
//! show, and the bureau's two forms.

use super::ApiError;
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use super::{caller, notice, till};
#[cfg(feature = "ssr")]
use backend::{Caller, RiskDecision};
#[cfg(feature = "ssr")]
use domain::shapes::{OfflineOutlet, OfflineRedemption, Page, RiskCase};
#[cfg(feature = "ssr")]
use domain::{Denied, ListQuery, OfflineLimits, OfflinePermit, Permission};

#[cfg(feature = "ssr")]
const OUTLETS: &str = "/bureau/offline";
#[cfg(feature = "ssr")]
const CASES: &str = "/bureau/risk";
#[cfg(feature = "ssr")]
const OWN_CASES: &str = "/shop/risk";
/// So many stand on a page.
#[cfg(feature = "ssr")]
const LISTED: &str = "50";

/// What `/bureau/offline` shows.
#[cfg(feature = "ssr")]
pub(crate) struct Outlets {
    pub(crate) allowed: Page<OfflineOutlet>,
    /// What the keys of the forms begin with.
    pub(crate) key: String,
}

/// What `/bureau/risk` shows.
#[cfg(feature = "ssr")]
pub(crate) struct Cases {
    pub(crate) cases: Page<RiskCase>,
    /// Whether the reader decides.
    pub(crate) decides: bool,
    pub(crate) key: String,
}

/// What `/shop/risk` shows.
#[cfg(feature = "ssr")]
pub(crate) struct OwnCases {
    pub(crate) cases: Page<RiskCase>,
    /// What arrived from tills without a network.
    pub(crate) arrived: Page<OfflineRedemption>,
    /// What the keys of the answers begin with.
    pub(crate) key: String,
}

#[cfg(feature = "ssr")]
fn page(cursor: Option<String>) -> ListQuery {
    ListQuery { limit: Some(LISTED.to_owned()), cursor }
}

#[cfg(feature = "ssr")]
async fn officer(permission: Permission) -> Result<Caller, ApiError> {
    let officer = caller::signed_in().await?;
    officer.require(permission).map_err(caller::convert)?;
    Ok(officer)
}

/// The permit of the reader's till.
///
/// # Errors
/// Nobody is signed in, or not a person who redeems; the device is no till of
/// an allowed outlet; or the store failed.
#[cfg(feature = "ssr")]
pub(crate) async fn permit() -> Result<OfflinePermit, ApiError> {
    let clerk = till::clerk().await?;
    caller::backend()?.offline_permit(&clerk).await.map_err(caller::convert)
}

/// Whether a clerk's till may go on without a network.
///
/// # Errors
/// The store failed.
#[cfg(feature = "ssr")]
pub(crate) async fn is_allowed(clerk: &Caller) -> Result<bool, ApiError> {
    match caller::backend()?.offline_permit(clerk).await {
        Ok(_) => Ok(true),
        Err(error @ backend::Error::Store(_)) => Err(caller::convert(error)),
        Err(_) => Ok(false),
    }
}

/// The outlets that may redeem without a network.
///
/// # Errors
/// Nobody is signed in, or not a person who allows them; or the store failed.
#[cfg(feature = "ssr")]
pub(crate) async fn outlets(cursor: Option<String>) -> Result<Outlets, ApiError> {
    let (officer, backend) = (officer(Permission::AllowOffline).await?, caller::backend()?);
    let allowed = backend.offline_outlets(&officer, &page(cursor)).await.map_err(caller::convert)?;
    Ok(Outlets { allowed, key: backend.new_key().as_str().to_owned() })
}

/// The cases that the reader may see.
///
/// # Errors
/// Nobody is signed in, or not a person who sees them; or the store failed.
#[cfg(feature = "ssr")]
pub(crate) async fn cases(cursor: Option<String>) -> Result<Cases, ApiError> {
    let (officer, backend) = (officer(Permission::SeeRisk).await?, caller::backend()?);
    let cases = backend.risk_cases(&officer, &page(cursor)).await.map_err(caller::convert)?;
    let decides = officer.may(Permission::DecideRisk);
    Ok(Cases { cases, decides, key: backend.new_key().as_str().to_owned() })
}

/// The cases of the reader's merchant, and what arrived from its tills.
///
/// # Errors
/// Nobody is signed in, or not a person who sees them; or the store failed.
#[cfg(feature = "ssr")]
pub(crate) async fn own_cases(cursor: Option<String>) -> Result<OwnCases, ApiError> {
    let (reader, backend) = (officer(Permission::SeeStatements).await?, caller::backend()?);
    let cases = backend.own_risk_cases(&reader, &page(None)).await.map_err(caller::convert)?;
    let arrived = backend.offline_redemptions(&reader, &page(cursor)).await.map_err(caller::convert)?;
    Ok(OwnCases { cases, arrived, key: backend.new_key().as_str().to_owned() })
}

/// Lets an outlet redeem without a network within limits, or no longer.
///
/// # Errors
/// Nobody is signed in, or not a person who allows outlets; there is no such
/// outlet; or a limit is out of its bounds.
#[server(prefix = "/api/fn", endpoint = "allow_offline")]
pub async fn allow_offline(
    #[server(default)] outlet_id: String,
    #[server(default)] redemptions: String,
    #[server(default)] subsidy_yuan: String,
    #[server(default)] forbid: bool,
    #[server(default)] key: String,
) -> Result<(), ApiError> {
    let done = async {
        let officer = officer(Permission::AllowOffline).await?;
        let lang = caller::lang();
        let bad = |field: (&str, &str), allowed: (&str, &str)| {
            caller::convert(Denied::field(lang.pick(field.0, field.1), lang.pick(allowed.0, allowed.1)))
        };
        let outlet = outlet_id.trim().parse();
        let outlet = outlet.map_err(|_| bad(("门店编号", "The outlet's number"), ("数字", "a number")))?;
        let numbers = (redemptions.trim().parse::<i64>().ok(), subsidy_yuan.trim().parse::<i64>().ok());
        let limits = match (forbid, numbers) {
            (true, _) => None,
            (false, (Some(count), Some(yuan))) => OfflineLimits::new(count, yuan.saturating_mul(100)),
            _ => None,
        };
        if limits.is_none() && !forbid {
            return Err(bad(("限额", "The limits"), ("1–500 笔，1–50000 元", "1 to 500, ¥1 to ¥50,000")));
        }
        let key = key.parse().map_err(|_| caller::convert(Denied::BadKey))?;
        caller::backend()?.allow_offline(&officer, outlet, limits, &key).await.map_err(caller::convert)?;
        leptos_axum::redirect(OUTLETS);
        Ok(())
    };
    notice::settle(done.await, OUTLETS)
}

/// Withholds what a case is about, freezes its holder's vouchers too, or clears it.
///
/// # Errors
/// Nobody is signed in, or not a person who decides; there is no such case; the
/// reason is missing; it is not to be decided so; or it was decided already.
#[server(prefix = "/api/fn", endpoint = "decide_risk")]
pub async fn decide_risk(
    #[server(default)] case_id: i64,
    #[server(default)] state: String,
    #[server(default)] reason: String,
    #[server(default)] key: String,
) -> Result<(), ApiError> {
    let done = async {
        let officer = officer(Permission::DecideRisk).await?;
        let state = state.parse().map_err(|error| caller::convert(Denied::field("state", error)))?;
        let key = key.parse().map_err(|_| caller::convert(Denied::BadKey))?;
        let decision = RiskDecision { state, reason };
        caller::backend()?.decide_risk(&officer, case_id, &decision, &key).await.map_err(caller::convert)?;
        leptos_axum::redirect(CASES);
        Ok(())
    };
    notice::settle(done.await, CASES)
}

/// Answers to a case for the reader's merchant.
///
/// # Errors
/// Nobody is signed in, or not a person who answers; no such case concerns the
/// merchant; the text is missing or too long; the case is cleared; or the
/// merchant answered as often as it may.
#[server(prefix = "/api/fn", endpoint = "answer_risk")]
pub async fn answer_risk(
    #[server(default)] case_id: i64,
    #[server(default)] text: String,
    #[server(default)] key: String,
) -> Result<(), ApiError> {
    let done = async {
        let merchant = officer(Permission::AnswerRisk).await?;
        let key = key.parse().map_err(|_| caller::convert(Denied::BadKey))?;
        caller::backend()?.answer_risk(&merchant, case_id, &text, &key).await.map_err(caller::convert)?;
        leptos_axum::redirect(OWN_CASES);
        Ok(())
    };
    notice::settle(done.await, OWN_CASES)
}

//! Enrolled tills: the forms that enrol, name and switch them.

use super::ApiError;
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use super::{caller, cookies, notice, people};
#[cfg(feature = "ssr")]
use backend::{Caller, NewTill, TillChange};
#[cfg(feature = "ssr")]
use domain::Denied;
#[cfg(feature = "ssr")]
use domain::shapes::TillShape;

/// The till's page.
#[cfg(feature = "ssr")]
const PAGE: &str = "/shop/till";
/// Browsers keep no cookie longer: 400 days.
#[cfg(feature = "ssr")]
const KEPT_S: u32 = 34_560_000;

/// The caller at the enrolled till that they call from, if it is one.
///
/// # Errors
/// The till is switched off, or the store failed.
#[cfg(feature = "ssr")]
pub(crate) async fn at_till(clerk: Caller) -> Result<Caller, ApiError> {
    let secret = cookies::get(cookies::TILL);
    caller::backend()?.at_till(clerk, secret.as_deref()).await.map_err(caller::convert)
}

/// The enrolled till from which the caller calls.
///
/// # Errors
/// The store failed.
#[cfg(feature = "ssr")]
pub(crate) async fn own(clerk: &Caller) -> Result<Option<TillShape>, ApiError> {
    match clerk.till {
        Some(place) => caller::backend()?.till(clerk, place.id).await.map(Some).map_err(caller::convert),
        None => Ok(None),
    }
}

/// Enrols the device as a till; one that it was before is switched off.
///
/// # Errors
/// Nobody is signed in, or not a person who manages tills; the name or the
/// outlet is none; or there are too many.
#[server(prefix = "/api/fn", endpoint = "enrol_till")]
pub async fn enrol_till(
    #[server(default)] name: String,
    #[server(default)] outlet_id: String,
    #[server(default)] key: String,
) -> Result<(), ApiError> {
    let enrolled = async {
        let manager = people::manager().await?;
        let outlet_id = outlet_id.parse();
        let outlet_id = outlet_id.map_err(|_| in_words(Denied::field("outlet_id", "").into()))?;
        let key = key.parse().map_err(|_| caller::convert(Denied::BadKey))?;
        let before = cookies::get(cookies::TILL);
        let new = NewTill { name, outlet_id };
        let done = caller::backend()?.enrol_till(&manager, &new, before.as_deref(), &key).await;
        cookies::set(cookies::TILL, &done.map_err(in_words)?.answer.secret, "/", KEPT_S);
        leptos_axum::redirect(PAGE);
        Ok(())
    };
    notice::settle(enrolled.await, PAGE)
}

/// Names a till and switches it on or off.
///
/// # Errors
/// Nobody is signed in, or not a person who manages tills; it is not their
/// merchant's; or the name is none.
#[server(prefix = "/api/fn", endpoint = "change_till")]
pub async fn change_till(
    #[server(default)] till_id: String,
    #[server(default)] name: String,
    #[server(default)] on: String,
) -> Result<(), ApiError> {
    let changed = async {
        let manager = people::manager().await?;
        let id = till_id.parse().map_err(|_| caller::convert(Denied::NotFound))?;
        let change = TillChange { name, on: on == "true" };
        caller::backend()?.change_till(&manager, id, &change).await.map_err(in_words)?;
        leptos_axum::redirect(people::PAGE);
        Ok(())
    };
    notice::settle(changed.await, people::PAGE)
}

/// Lets enrolled tills alone redeem at an outlet, or any device.
///
/// # Errors
/// Nobody is signed in, or not a person who manages tills; or it is not their
/// outlet.
#[server(prefix = "/api/fn", endpoint = "change_outlet_rule")]
pub async fn change_outlet_rule(
    #[server(default)] outlet_id: String,
    #[server(default)] enrolled_only: String,
) -> Result<(), ApiError> {
    let changed = async {
        let manager = people::manager().await?;
        let id = outlet_id.parse().map_err(|_| caller::convert(Denied::NotFound))?;
        let backend = caller::backend()?;
        backend.change_outlet_rule(&manager, id, enrolled_only == "true").await.map_err(caller::convert)?;
        leptos_axum::redirect(people::PAGE);
        Ok(())
    };
    notice::settle(changed.await, people::PAGE)
}

/// A refusal that names the form's fields as people do.
#[cfg(feature = "ssr")]
fn in_words(error: backend::Error) -> ApiError {
    let lang = caller::lang();
    caller::convert(match &error {
        backend::Error::Denied(Denied::BadField { field, .. }) if field == "name" => {
            let allowed = lang.pick("1–40 个字", "1 to 40 characters");
            Denied::field(lang.pick("设备名称", "The till's name"), allowed).into()
        }
        backend::Error::Denied(Denied::BadField { field, .. }) if field == "outlet_id" => {
            let allowed = lang.pick("请从列表中选择", "choose one of the list");
            Denied::field(lang.pick("门店", "The outlet"), allowed).into()
        }
        _ => error,
    })
}

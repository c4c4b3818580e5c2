//! Joining by commitment: what its page shows, and its forms. What is typed is
//! kept on the server with every form, right or wrong.

use super::ApiError;
use domain::Span;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
use super::{caller, notice, season};
#[cfg(feature = "ssr")]
use backend::{Caller, SignRequest};
#[cfg(feature = "ssr")]
use domain::shapes::{DistrictShape, JoinFaultShape, JoinShape, KindShape, Problem};
#[cfg(feature = "ssr")]
use domain::{Denied, JoinDraft, JoinStep, MOST_JOIN_OUTLETS, OutletDraft, Permission, hours_of};

#[cfg(feature = "ssr")]
const PAGE: &str = "/shop/join";

/// What `/shop/join` shows to somebody who is signed in.
#[cfg(feature = "ssr")]
pub(crate) struct Join {
    /// How far they have come.
    pub(crate) shape: JoinShape,
    /// The step that is shown.
    pub(crate) step: JoinStep,
    /// The outlet whose form is open, by its place in the draft; one more than
    /// there are for a new one.
    pub(crate) outlet: Option<usize>,
    pub(crate) kinds: Vec<KindShape>,
    pub(crate) districts: Vec<DistrictShape>,
    /// The reader's name, to sign with.
    pub(crate) name: String,
    /// The key under which a second press is the same signature.
    pub(crate) key: String,
}

#[cfg(feature = "ssr")]
impl Join {
    /// What is wrong on a step, where anything was typed on it.
    pub(crate) fn faults(&self, step: JoinStep) -> Vec<&JoinFaultShape> {
        if !is_begun(&self.shape.draft, step) {
            return Vec::new();
        }
        self.shape.faults.iter().filter(|fault| fault.step == step).collect()
    }

    /// Whether nothing is wrong on a step.
    pub(crate) fn is_done(&self, step: JoinStep) -> bool {
        step != JoinStep::Commitment && !self.shape.faults.iter().any(|fault| fault.step == step)
    }
}

#[cfg(feature = "ssr")]
fn is_begun(draft: &JoinDraft, step: JoinStep) -> bool {
    match step {
        JoinStep::Merchant => {
            !(draft.credit_code.is_empty() && draft.name.is_empty() && draft.kind.is_empty())
        }
        JoinStep::Outlets => !draft.outlets.is_empty(),
        JoinStep::Contact => !(draft.contact_name.is_empty() && draft.contact_phone.is_empty()),
        JoinStep::Commitment => false,
    }
}

/// The page of joining; `None` when nobody is signed in.
///
/// # Errors
/// Somebody is who may not join; or the store failed.
#[cfg(feature = "ssr")]
pub(crate) async fn join(step: Option<String>, outlet: Option<String>) -> Result<Option<Join>, ApiError> {
    let Some(caller) = caller::optional().await? else { return Ok(None) };
    let backend = caller::backend()?;
    let shape = backend.join_draft(&caller).await.map_err(caller::convert)?;
    let setting = season::setting()?;
    let asked = step.and_then(|step| step.parse().ok());
    let outlet = outlet.and_then(|place| place.parse::<usize>().ok());
    let most = shape.draft.outlets.len().min(MOST_JOIN_OUTLETS - 1);
    let first = shape.draft.outlets.is_empty().then_some(0);
    // Whoever applies again begins with what they entered before.
    let begins = if shape.again && shape.saved_at.is_none() { JoinStep::Merchant } else { shape.step };
    Ok(Some(Join {
        step: asked.unwrap_or(begins),
        outlet: outlet.map(|place| place.min(most)).or(first),
        shape,
        kinds: setting.season.kinds,
        districts: setting.districts,
        name: caller.name,
        key: backend.new_key().as_str().to_owned(),
    }))
}

#[cfg(feature = "ssr")]
async fn joiner() -> Result<Caller, ApiError> {
    let joiner = caller::signed_in().await?;
    joiner.require(Permission::JoinAsMerchant).map_err(caller::convert)?;
    Ok(joiner)
}

/// Changes the draft, and tells what is wrong with it now.
#[cfg(feature = "ssr")]
async fn change(change: impl FnOnce(&mut JoinDraft) + Send) -> Result<JoinShape, ApiError> {
    let joiner = joiner().await?;
    caller::backend()?.change_join_draft(&joiner, change).await.map_err(caller::convert)
}

#[cfg(feature = "ssr")]
fn page_of(step: JoinStep) -> String {
    format!("{PAGE}?step={step}")
}

/// The step again while something is wrong on it, else the one after it.
#[cfg(feature = "ssr")]
fn go_on(shape: &JoinShape, done: JoinStep) {
    let wrong = shape.faults.iter().any(|fault| fault.step == done);
    let mut rest = JoinStep::ALL.iter().skip_while(|step| **step != done).skip(usize::from(!wrong));
    leptos_axum::redirect(&page_of(*rest.next().unwrap_or(&JoinStep::Commitment)));
}

/// Saves the step of the legal person.
///
/// # Errors
/// Nobody is signed in, or somebody who may not join; or the store failed.
#[server(prefix = "/api/fn", endpoint = "save_join_merchant")]
pub async fn save_join_merchant(
    #[server(default)] credit_code: String,
    #[server(default)] name: String,
    #[server(default)] name_en: String,
    #[server(default)] kind: String,
) -> Result<(), ApiError> {
    let saved = change(|draft| {
        (draft.credit_code, draft.name, draft.name_en, draft.kind) = (credit_code, name, name_en, kind);
    });
    let saved = saved.await.map(|shape| go_on(&shape, JoinStep::Merchant));
    notice::settle(saved, &page_of(JoinStep::Merchant))
}

/// An outlet's form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OutletForm {
    /// Its place in the draft, from 0.
    pub place: String,
    /// Its name.
    pub name: String,
    /// Its English name.
    pub name_en: String,
    /// The district's code, or that and an area's key: `210304/hightech`.
    pub district: String,
    /// Street and number.
    pub address: String,
    /// The same in English.
    pub address_en: String,
    /// Its hours.
    pub spans: Vec<Span>,
    /// Not empty where it takes part in the nights.
    pub night: String,
    /// Its telephone.
    pub telephone: String,
}

#[cfg(feature = "ssr")]
impl From<OutletForm> for OutletDraft {
    fn from(form: OutletForm) -> OutletDraft {
        let (district, area) = form.district.split_once('/').unwrap_or((&form.district, ""));
        OutletDraft {
            district: district.to_owned(),
            area: area.to_owned(),
            name: form.name,
            outlet_id: None,
            name_en: form.name_en,
            address: form.address,
            address_en: form.address_en,
            hours: hours_of(&form.spans),
            night: !form.night.is_empty(),
            telephone: form.telephone,
        }
    }
}

/// Saves an outlet over the one at its place, or adds it.
///
/// # Errors
/// Nobody is signed in, or somebody who may not join; or the store failed.
#[server(prefix = "/api/fn", endpoint = "save_join_outlet")]
pub async fn save_join_outlet(#[server(default)] outlet: OutletForm) -> Result<(), ApiError> {
    let place = outlet.place.parse::<usize>().unwrap_or(usize::MAX);
    let saved = change(move |draft| match draft.outlets.get_mut(place) {
        Some(kept) => *kept = OutletDraft { outlet_id: kept.outlet_id, ..outlet.into() },
        None => draft.outlets.push(outlet.into()),
    });
    let saved = saved.await.map(|shape| {
        let place = place.min(shape.draft.outlets.len().saturating_sub(1));
        let own = format!("outlets[{place}]");
        let wrong = shape.faults.iter().any(|fault| fault.field.starts_with(&own));
        let open = if wrong { format!("&outlet={place}") } else { String::new() };
        leptos_axum::redirect(&(page_of(JoinStep::Outlets) + &open));
    });
    notice::settle(saved, &page_of(JoinStep::Outlets))
}

/// Takes an outlet out of the draft.
///
/// # Errors
/// Nobody is signed in, or somebody who may not join; or the store failed.
#[server(prefix = "/api/fn", endpoint = "remove_join_outlet")]
pub async fn remove_join_outlet(#[server(default)] place: String) -> Result<(), ApiError> {
    let saved = change(move |draft| {
        if let Some(place) = place.parse::<usize>().ok().filter(|place| *place < draft.outlets.len()) {
            draft.outlets.remove(place);
        }
    });
    let saved = saved.await.map(|_| leptos_axum::redirect(&page_of(JoinStep::Outlets)));
    notice::settle(saved, &page_of(JoinStep::Outlets))
}

/// Saves whom the bureau calls.
///
/// # Errors
/// Nobody is signed in, or somebody who may not join; or the store failed.
#[server(prefix = "/api/fn", endpoint = "save_join_contact")]
pub async fn save_join_contact(
    #[server(default)] contact_name: String,
    #[server(default)] contact_phone: String,
) -> Result<(), ApiError> {
    let saved = change(|draft| (draft.contact_name, draft.contact_phone) = (contact_name, contact_phone));
    let saved = saved.await.map(|shape| go_on(&shape, JoinStep::Contact));
    notice::settle(saved, &page_of(JoinStep::Contact))
}

/// Signs the commitment, and shows the shop.
///
/// # Errors
/// Nobody is signed in, or somebody who may not join; the commitment was not
/// agreed to; or the rules refuse it.
#[server(prefix = "/api/fn", endpoint = "sign_join")]
pub async fn sign_join(
    #[server(default)] version: String,
    #[server(default)] signer: String,
    #[server(default)] agreed: String,
    #[server(default)] key: String,
) -> Result<(), ApiError> {
    notice::settle(sign(version, signer, &agreed, &key).await, &page_of(JoinStep::Commitment))
}

#[cfg(feature = "ssr")]
async fn sign(version: String, signer: String, agreed: &str, key: &str) -> Result<(), ApiError> {
    let joiner = joiner().await?;
    if agreed.is_empty() {
        let words = caller::lang().pick(
            "请先阅读承诺书并勾选“我已阅读并承诺”",
            "Read the commitment first and tick that you agree",
        );
        caller::set_status_for_scripts(422);
        return Err(Problem::new(422, "bad_field", words).text("field", "agreed").into());
    }
    let key = key.parse().map_err(|_| caller::convert(Denied::BadKey))?;
    let signed = caller::backend()?.sign_join(&joiner, &SignRequest { version, signer }, &key).await;
    signed.map_err(caller::convert)?;
    leptos_axum::redirect("/shop");
    Ok(())
}

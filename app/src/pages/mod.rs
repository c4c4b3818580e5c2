//! One file per page, in a folder for each kind of people.

pub(crate) mod merchant;
pub(crate) mod organizer;
pub(crate) mod resident;

use crate::api::{ApiError, caller};
use crate::components::page::Page;
use crate::components::problem::ProblemCard;
use axum::extract::Query;
use domain::Denied;
use http::request::Parts;
use leptos::either::Either;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use std::future::Future;

/// Shows a page once its data is there, or why it is not.
pub(crate) fn loaded<T, V>(
    data: impl Future<Output = Result<T, ApiError>> + Send + 'static,
    show: impl FnOnce(T) -> V + Send + 'static,
) -> impl IntoView
where
    T: 'static,
    V: IntoView + Send + 'static,
{
    view! {
        <Suspense>
            {Suspend::new(async move {
                match data.await {
                    Ok(data) => Either::Left(show(data)),
                    Err(error) => Either::Right(failed(error)),
                }
            })}
        </Suspense>
    }
}

/// A page in place of one that cannot be shown, with its status.
pub(crate) fn failed(error: ApiError) -> impl IntoView {
    caller::set_status(error.0.status);
    let title = error.0.detail.clone();
    view! { <Page title><ProblemCard problem=*error.0/></Page> }
}

/// The page of an address that leads nowhere.
pub(crate) fn lost() -> impl IntoView {
    failed(caller::convert(Denied::NotFound))
}

/// The number in the page's address; 404 when it is none.
pub(crate) fn id_in_path() -> Result<i64, ApiError> {
    let id = use_params_map().read_untracked().get("id");
    let id = id.and_then(|id| id.parse().ok()).filter(|id| *id > 0);
    id.ok_or_else(|| caller::convert(Denied::NotFound))
}

/// A parameter of the page's address; `None` when it is blank. The router's own
/// map decodes a value twice.
pub(crate) fn parameter(name: &str) -> Option<String> {
    let parts = use_context::<Parts>()?;
    let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri).ok()?;
    let value = pairs.into_iter().find(|(key, _)| key == name).map(|(_, value)| value);
    value.filter(|value| !value.trim().is_empty())
}

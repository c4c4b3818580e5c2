//! Bringing in merchants: what the bureau's pages show, and the form that
//! confirms.

use super::ApiError;
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use super::{caller, notice};
#[cfg(feature = "ssr")]
use backend::Caller;
#[cfg(feature = "ssr")]
use domain::shapes::{ImportShape, Page};
#[cfg(feature = "ssr")]
use domain::{ListQuery, Permission};

#[cfg(feature = "ssr")]
async fn importer() -> Result<Caller, ApiError> {
    let importer = caller::signed_in().await?;
    importer.require(Permission::ImportMerchants).map_err(caller::convert)?;
    Ok(importer)
}

/// The imports of the last thirty days, the newest first.
///
/// # Errors
/// Nobody is signed in, or not a person who imports; the cursor is none; or the
/// store failed.
#[cfg(feature = "ssr")]
pub(crate) async fn all(cursor: Option<String>) -> Result<Page<ImportShape>, ApiError> {
    let importer = importer().await?;
    let query = ListQuery { limit: None, cursor };
    caller::backend()?.imports_of_bureau(&importer, &query).await.map_err(caller::convert)
}

/// One import.
///
/// # Errors
/// Nobody is signed in, or not a person who imports; there is no such import;
/// or the store failed.
#[cfg(feature = "ssr")]
pub(crate) async fn one(id: Result<i64, ApiError>) -> Result<ImportShape, ApiError> {
    let (importer, id) = (importer().await?, id?);
    caller::backend()?.import(&importer, id).await.map_err(caller::convert)
}

/// Begins to write a checked import, and shows how far it has come.
///
/// # Errors
/// Nobody is signed in, or not a person who imports; or it cannot be written.
#[server(prefix = "/api/fn", endpoint = "confirm_import")]
pub async fn confirm_import(
    #[server(default)] import_id: i64,
    #[server(default)] skip_bad: String,
) -> Result<(), ApiError> {
    let page = format!("/bureau/import/{import_id}");
    let done = async {
        let importer = importer().await?;
        let skip = !skip_bad.is_empty();
        caller::backend()?.confirm_import(&importer, import_id, skip).await.map_err(caller::convert)?;
        leptos_axum::redirect(&page);
        Ok(())
    };
    notice::settle(done.await, &page)
}

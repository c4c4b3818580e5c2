//! Frozen reports: what the bureau's pages show, and the form that freezes one.

use super::ApiError;
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use super::{caller, notice};
#[cfg(feature = "ssr")]
use domain::shapes::{Page, ReportItem, ReportRecount, ReportShape, SeasonShape};
#[cfg(feature = "ssr")]
use domain::{ListQuery, Permission};

/// What `/bureau/reports` shows.
#[cfg(feature = "ssr")]
#[derive(Clone, Debug)]
pub(crate) struct Reports {
    /// The season.
    pub(crate) season: SeasonShape,
    /// The newest first.
    pub(crate) reports: Page<ReportItem>,
    /// Whether the reader may freeze one.
    pub(crate) may_make: bool,
    /// The key under which a second press is the same report.
    pub(crate) key: String,
}

/// The list of reports.
///
/// # Errors
/// Nobody is signed in, or not a person who may see tallies; the cursor is
/// none; or the store failed.
#[cfg(feature = "ssr")]
pub(crate) async fn all(cursor: Option<String>) -> Result<Reports, ApiError> {
    let officer = caller::signed_in().await?;
    let backend = caller::backend()?;
    let reports = backend.reports(&officer, &ListQuery { limit: None, cursor }).await;
    Ok(Reports {
        season: backend.season(),
        reports: reports.map_err(caller::convert)?,
        may_make: officer.may(Permission::MakeReports),
        key: backend.new_key().as_str().to_owned(),
    })
}

/// A report, and its figures counted again if asked.
///
/// # Errors
/// Nobody is signed in, or not a person who may see it; there is none; or the
/// store failed.
#[cfg(feature = "ssr")]
pub(crate) async fn one(
    id: Result<i64, ApiError>,
    recount: bool,
) -> Result<(ReportShape, Option<ReportRecount>), ApiError> {
    let (officer, id) = (caller::signed_in().await?, id?);
    let backend = caller::backend()?;
    let report = backend.report(&officer, id).await.map_err(caller::convert)?;
    let recount = match recount {
        true => Some(backend.recount_report(&officer, id).await.map_err(caller::convert)?),
        false => None,
    };
    Ok((report, recount))
}

/// Freezes a report and shows it.
///
/// # Errors
/// Nobody is signed in, or not a person who may; the range or the key is none.
#[server(prefix = "/api/fn", endpoint = "freeze_report")]
pub async fn freeze_report(
    #[server(default)] kind: String,
    #[server(default)] from: String,
    #[server(default)] to: String,
    #[server(default)] key: String,
) -> Result<(), ApiError> {
    notice::settle(freeze(kind, from, to, &key).await, "/bureau/reports")
}

#[cfg(feature = "ssr")]
async fn freeze(kind: String, from: String, to: String, key: &str) -> Result<(), ApiError> {
    let officer = caller::signed_in().await?;
    officer.require(Permission::MakeReports).map_err(caller::convert)?;
    let key = key.parse().map_err(|_| caller::convert(domain::Denied::BadKey))?;
    let request = backend::ReportRequest { kind, from: Some(from), to: Some(to) };
    let done = caller::backend()?.freeze_report(&officer, &request, &key).await.map_err(caller::convert)?;
    leptos_axum::redirect(&format!("/bureau/reports/{}", done.answer.id));
    Ok(())
}

//! Frozen reports: freeze, list, read, count again, take away.

mod workbook;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use backend::{Backend, ReportRequest};
use domain::ListQuery;
use domain::shapes::{Page, ReportItem, ReportRecount, ReportShape};
use http::HeaderMap;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::ask::{Body, Id, Key, Organizer, Query, Reporter};
use super::statements::XLSX;
use super::{Answer, created};
use crate::lang;
use crate::problem::{Door, Refused};
use crate::router::Doors;

pub(super) fn routes() -> OpenApiRouter<Doors> {
    OpenApiRouter::new()
        .routes(routes!(reports, freeze_report))
        .routes(routes!(report))
        .routes(routes!(report_recount))
        .routes(routes!(report_figures))
        .routes(routes!(report_workbook))
}

/// What is to be frozen.
#[derive(Deserialize, ToSchema)]
struct ReportBody {
    /// `monthly` or `quarterly`.
    kind: String,
    /// The first business day; without one that of the month or quarter, or of the season.
    from: Option<String>,
    /// The last business day, included; today without one.
    to: Option<String>,
}

/// Frozen reports, the newest first; a district officer sees those of their district.
#[utoipa::path(get, path = "/reports", tag = "stats", params(ListQuery), responses((status = OK, body = Page<ReportItem>)), security(("session" = []), ("bearer" = [])))]
async fn reports(
    State(backend): State<Backend>,
    Organizer(caller): Organizer,
    Query(query): Query<ListQuery>,
) -> Answer<Page<ReportItem>> {
    Ok(Json(backend.reports(&caller, &query).await?))
}

/// Freezes the figures of a range with their definitions, the ledger's head and a hash: of the whole city, or of a
/// district officer's own district.
#[utoipa::path(
    post, path = "/reports", tag = "stats", request_body = ReportBody,
    params(("Idempotency-Key" = String, Header, description = "8 to 128 visible characters, one key for each report")),
    responses((status = CREATED, body = ReportItem)),
    security(("session" = []), ("bearer" = [])),
)]
async fn freeze_report(
    State(backend): State<Backend>,
    Reporter(caller): Reporter,
    Key(key): Key,
    Body(ReportBody { kind, from, to }): Body<ReportBody>,
) -> Result<Response, Refused> {
    let request = ReportRequest { kind, from, to };
    Ok(created(backend.freeze_report(&caller, &request, &key).await?))
}

/// A report as it was frozen.
#[utoipa::path(get, path = "/reports/{id}", tag = "stats", params(("id" = i64, Path, description = "The report's number")), responses((status = OK, body = ReportShape)), security(("session" = []), ("bearer" = [])))]
async fn report(
    State(backend): State<Backend>,
    Organizer(caller): Organizer,
    Id(id): Id<i64>,
) -> Answer<ReportShape> {
    Ok(Json(backend.report(&caller, id).await?))
}

/// A report's figures counted again: what changed since, or nothing.
#[utoipa::path(get, path = "/reports/{id}/recount", tag = "stats", params(("id" = i64, Path, description = "The report's number")), responses((status = OK, body = ReportRecount)), security(("session" = []), ("bearer" = [])))]
async fn report_recount(
    State(backend): State<Backend>,
    Organizer(caller): Organizer,
    Id(id): Id<i64>,
) -> Answer<ReportRecount> {
    Ok(Json(backend.recount_report(&caller, id).await?))
}

/// The very text that the report's hash is over: `sha256sum` of this file gives it.
#[utoipa::path(get, path = "/reports/{id}/figures.json", tag = "stats", params(("id" = i64, Path, description = "The report's number")), responses((status = OK, body = String, content_type = "application/json")), security(("session" = []), ("bearer" = [])))]
async fn report_figures(
    State(backend): State<Backend>,
    Organizer(caller): Organizer,
    Id(id): Id<i64>,
) -> Result<Response, Refused> {
    let text = backend.report_text(&caller, id).await?;
    let named = format!("attachment; filename=\"report_{id}.json\"");
    Ok(([(CONTENT_TYPE, "application/json".to_owned()), (CONTENT_DISPOSITION, named)], text).into_response())
}

/// A report as a workbook (XLSX): districts, days, definitions, and the ledger's head with the hash.
#[utoipa::path(get, path = "/reports/{id}/workbook.xlsx", tag = "stats", params(("id" = i64, Path, description = "The report's number")), responses((status = OK, body = Vec<u8>, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")), security(("session" = []), ("bearer" = [])))]
async fn report_workbook(
    State(backend): State<Backend>,
    Organizer(caller): Organizer,
    headers: HeaderMap,
    Id(id): Id<i64>,
) -> Result<Response, Refused> {
    let report = backend.report(&caller, id).await?;
    let lang = lang::of(&headers);
    let made = tokio::task::spawn_blocking(move || workbook::of(&report, lang)).await;
    let made = made.map_err(|_| Door::INTERNAL)?.map_err(|error| {
        tracing::error!(%error, "a workbook was not made");
        Door::INTERNAL
    })?;
    let named = format!("attachment; filename=\"report_{id}.xlsx\"");
    Ok(([(CONTENT_TYPE, XLSX.to_owned()), (CONTENT_DISPOSITION, named)], made).into_response())
}

//! Bringing in merchants from spreadsheets: upload, check, confirm.

use axum::Json;
use axum::extract::{FromRequest, Request, State};
use axum::response::{IntoResponse, Response};
use backend::Backend;
use domain::shapes::{ImportShape, Page, Problem};
use domain::{ImportQuery, ListQuery};
use http::StatusCode;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Answer;
use super::ask::{Body, Id, Importer, Query};
use crate::problem::Refused;
use crate::router::Doors;
use crate::upload;

pub(super) fn routes() -> OpenApiRouter<Doors> {
    OpenApiRouter::new()
        .routes(routes!(imports, upload_import))
        .routes(routes!(template))
        .routes(routes!(import))
        .routes(routes!(confirm_import))
}

/// The file: the whole body, whatever its type says.
struct File(Vec<u8>);

impl<S: Sync> FromRequest<S> for File {
    type Rejection = Refused;

    async fn from_request(request: Request, _: &S) -> Result<Self, Refused> {
        Ok(File(upload::whole(request.into_body()).await?))
    }
}

/// A confirmation.
#[derive(Deserialize, ToSchema)]
struct ConfirmBody {
    /// Writes the good rows although there are bad ones.
    #[serde(default)]
    skip_bad: bool,
}

/// Takes a CSV (UTF-8 or GB18030) or XLSX file of merchants, one row for each outlet, at most 20 MB and 20,000 rows,
/// and begins to check it: nothing is written before it is confirmed. `GET /imports/{id}` tells how far it has come.
#[utoipa::path(
    post, path = "/imports", tag = "imports", params(ImportQuery),
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "The file"),
    responses(
        (status = ACCEPTED, body = ImportShape, description = "It is being checked"),
        (status = 413, body = Problem, content_type = "application/problem+json", description = "`file_too_large`: more than 20 MB"),
    ),
    security(("session" = []), ("bearer" = [])),
)]
async fn upload_import(
    State(backend): State<Backend>,
    Importer(caller): Importer,
    Query(query): Query<ImportQuery>,
    File(file): File,
) -> Result<Response, Refused> {
    let begun = backend.begin_import(&caller, query.name.as_deref().unwrap_or_default(), file).await?;
    Ok((StatusCode::ACCEPTED, Json(begun)).into_response())
}

/// The imports of the last thirty days, the newest first.
#[utoipa::path(get, path = "/imports", tag = "imports", params(ListQuery), responses((status = OK, body = Page<ImportShape>)), security(("session" = []), ("bearer" = [])))]
async fn imports(
    State(backend): State<Backend>,
    Importer(caller): Importer,
    Query(query): Query<ListQuery>,
) -> Answer<Page<ImportShape>> {
    Ok(Json(backend.imports_of_bureau(&caller, &query).await?))
}

/// An import: how far it has come, and every bad cell by row, column, value and rule.
#[utoipa::path(get, path = "/imports/{id}", tag = "imports", params(("id" = i64, Path, description = "The import's number")), responses((status = OK, body = ImportShape)), security(("session" = []), ("bearer" = [])))]
async fn import(
    State(backend): State<Backend>,
    Importer(caller): Importer,
    Id(id): Id<i64>,
) -> Answer<ImportShape> {
    Ok(Json(backend.import(&caller, id).await?))
}

/// Begins to write a checked import, all of it or nothing. A repeat changes nothing: an import is written once.
#[utoipa::path(
    post, path = "/imports/{id}/confirm", tag = "imports",
    request_body = ConfirmBody,
    params(("id" = i64, Path, description = "The import's number")),
    responses(
        (status = ACCEPTED, body = ImportShape, description = "It is being written, or is written"),
        (status = CONFLICT, body = Problem, content_type = "application/problem+json", description = "`import_not_checked`"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "`import_bad_rows` unless they are skipped, `nothing_to_import`, `bad_field`"),
    ),
    security(("session" = []), ("bearer" = [])),
)]
async fn confirm_import(
    State(backend): State<Backend>,
    Importer(caller): Importer,
    Id(id): Id<i64>,
    Body(ConfirmBody { skip_bad }): Body<ConfirmBody>,
) -> Result<Response, Refused> {
    let begun = backend.confirm_import(&caller, id, skip_bad).await?;
    Ok((StatusCode::ACCEPTED, Json(begun)).into_response())
}

/// A file to fill in: the headings and one example, as UTF-8 with a byte-order mark.
#[utoipa::path(get, path = "/imports/template.csv", tag = "imports", responses((status = OK, body = String, content_type = "text/csv")))]
async fn template() -> impl IntoResponse {
    let named = "attachment; filename=\"merchants.csv\"";
    ([(CONTENT_TYPE, "text/csv; charset=utf-8"), (CONTENT_DISPOSITION, named)], backend::import::template())
}

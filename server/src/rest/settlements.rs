//! Settlements: the weeks, a batch with its rows and lines, its steps, the bank's file and its result.

mod files;

use axum::Json;
use axum::extract::{FromRequest, Request, State};
use axum::response::{IntoResponse, Response};
use backend::{Backend, BankResult, SettledFile};
use domain::shapes::{
    OwnSettlement, Page, Problem, SettlementItem, SettlementLineShape, SettlementRowShape, SettlementShape,
    SettlementWeeks,
};
use domain::{BankResultQuery, ListQuery, MerchantId, MerchantLineQuery, SettlementLineQuery};
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::ask::{
    Body, Id, Key, Query, SettlementApprover, SettlementConfirmer, SettlementMaker, SettlementPayer,
    SettlementReader, SettlementReviewer, StatementReader,
};
use super::statements::{CSV, XLSX};
use super::{Answer, created};
use crate::problem::{Door, Refused};
use crate::router::Doors;
use crate::upload;

pub(super) fn routes() -> OpenApiRouter<Doors> {
    OpenApiRouter::new()
        .routes(routes!(settlements, make_settlement))
        .routes(routes!(settlement_weeks))
        .routes(routes!(settlement))
        .routes(routes!(settlement_rows))
        .routes(routes!(settlement_lines))
        .routes(routes!(confirm_settlement))
        .routes(routes!(review_settlement))
        .routes(routes!(approve_settlement))
        .routes(routes!(discard_settlement))
        .routes(routes!(export_settlement))
        .routes(routes!(bank_result))
        .routes(routes!(bank_csv))
        .routes(routes!(bank_xlsx))
        .routes(routes!(settlement_text))
        .routes(routes!(own_settlements))
        .routes(routes!(own_settlement_lines))
}

/// Which week is to be settled.
#[derive(Deserialize, ToSchema)]
struct WeekBody {
    /// One of its business days, `2021-06-20`.
    week: String,
}

/// What a district reviews.
#[derive(Deserialize, ToSchema)]
struct SettlementReviewBody {
    /// One merchant's row; without it all that are confirmed.
    #[serde(default)]
    merchant_id: Option<MerchantId>,
}

/// What the city approves.
#[derive(Deserialize, ToSchema)]
struct SettlementApprovalBody {
    /// Leaves rows that are not reviewed for the next batch, instead of waiting for them.
    #[serde(default)]
    leave_out: bool,
}

/// The file: the whole body, whatever its type says.
struct File(Vec<u8>);

impl<S: Sync> FromRequest<S> for File {
    type Rejection = Refused;

    async fn from_request(request: Request, _: &S) -> Result<Self, Refused> {
        Ok(File(upload::whole(request.into_body()).await?))
    }
}

/// Batches, the newest first; a district officer sees the sums of their district's rows.
#[utoipa::path(get, path = "/settlements", tag = "settlement", params(ListQuery), responses((status = OK, body = Page<SettlementItem>)), security(("session" = []), ("bearer" = [])))]
async fn settlements(
    State(backend): State<Backend>,
    SettlementReader(caller): SettlementReader,
    Query(query): Query<ListQuery>,
) -> Answer<Page<SettlementItem>> {
    Ok(Json(backend.settlements(&caller, &query).await?))
}

/// The season's settlement weeks up to this one, the newest first, each with its batch.
#[utoipa::path(get, path = "/settlements/weeks", tag = "settlement", responses((status = OK, body = SettlementWeeks)), security(("session" = []), ("bearer" = [])))]
async fn settlement_weeks(
    State(backend): State<Backend>,
    SettlementReader(caller): SettlementReader,
) -> Answer<SettlementWeeks> {
    Ok(Json(backend.settlement_weeks(&caller).await?))
}

/// Makes the batch of a week that is over: what was redeemed up to its end and stands in no batch yet.
#[utoipa::path(
    post, path = "/settlements", tag = "settlement", request_body = WeekBody,
    params(("Idempotency-Key" = String, Header, description = "8 to 128 visible characters", min_length = 8, max_length = 128)),
    responses(
        (status = CREATED, body = SettlementItem),
        (status = CONFLICT, body = Problem, content_type = "application/problem+json", description = "`week_not_over`, `week_settled`, `batch_open`, `nothing_due`"),
    ),
    security(("session" = []), ("bearer" = [])),
)]
async fn make_settlement(
    State(backend): State<Backend>,
    SettlementMaker(caller): SettlementMaker,
    Key(key): Key,
    Body(WeekBody { week }): Body<WeekBody>,
) -> Result<Response, Refused> {
    Ok(created(backend.make_settlement(&caller, &week, &key).await?))
}

/// A batch with its steps and the bank's results.
#[utoipa::path(get, path = "/settlements/{id}", tag = "settlement", params(("id" = i64, Path, description = "The batch's number")), responses((status = OK, body = SettlementShape)), security(("session" = []), ("bearer" = [])))]
async fn settlement(
    State(backend): State<Backend>,
    SettlementReader(caller): SettlementReader,
    Id(id): Id<i64>,
) -> Answer<SettlementShape> {
    Ok(Json(backend.settlement(&caller, id).await?))
}

/// The merchants' rows of a batch; a district officer sees those of their district.
#[utoipa::path(get, path = "/settlements/{id}/merchants", tag = "settlement", params(("id" = i64, Path, description = "The batch's number"), ListQuery), responses((status = OK, body = Page<SettlementRowShape>)), security(("session" = []), ("bearer" = [])))]
async fn settlement_rows(
    State(backend): State<Backend>,
    SettlementReader(caller): SettlementReader,
    Id(id): Id<i64>,
    Query(query): Query<ListQuery>,
) -> Answer<Page<SettlementRowShape>> {
    Ok(Json(backend.settlement_rows(&caller, id, &query).await?))
}

/// A merchant's lines of a batch; a withheld one names its case.
#[utoipa::path(get, path = "/settlements/{id}/lines", tag = "settlement", params(("id" = i64, Path, description = "The batch's number"), MerchantLineQuery), responses((status = OK, body = Page<SettlementLineShape>)), security(("session" = []), ("bearer" = [])))]
async fn settlement_lines(
    State(backend): State<Backend>,
    SettlementReader(caller): SettlementReader,
    Id(id): Id<i64>,
    Query(query): Query<MerchantLineQuery>,
) -> Answer<Page<SettlementLineShape>> {
    let (merchant, query) = query.read()?;
    Ok(Json(backend.settlement_lines(&caller, id, merchant, &query).await?))
}

/// The merchant's owner confirms its row.
#[utoipa::path(
    post, path = "/settlements/{id}/confirmation", tag = "settlement",
    params(
        ("id" = i64, Path, description = "The batch's number"),
        ("Idempotency-Key" = String, Header, description = "8 to 128 visible characters", min_length = 8, max_length = 128),
    ),
    responses(
        (status = CREATED, body = OwnSettlement),
        (status = CONFLICT, body = Problem, content_type = "application/problem+json", description = "`wrong_state`"),
    ),
    security(("session" = []), ("bearer" = [])),
)]
async fn confirm_settlement(
    State(backend): State<Backend>,
    SettlementConfirmer(caller): SettlementConfirmer,
    Id(id): Id<i64>,
    Key(key): Key,
) -> Result<Response, Refused> {
    Ok(created(backend.confirm_settlement(&caller, id, &key).await?))
}

/// A district reviews its merchants' confirmed rows, or one of them.
#[utoipa::path(
    post, path = "/settlements/{id}/reviews", tag = "settlement", request_body = SettlementReviewBody,
    params(
        ("id" = i64, Path, description = "The batch's number"),
        ("Idempotency-Key" = String, Header, description = "8 to 128 visible characters", min_length = 8, max_length = 128),
    ),
    responses(
        (status = CREATED, body = SettlementItem),
        (status = CONFLICT, body = Problem, content_type = "application/problem+json", description = "`wrong_state`: no row waits for it"),
    ),
    security(("session" = []), ("bearer" = [])),
)]
async fn review_settlement(
    State(backend): State<Backend>,
    SettlementReviewer(caller): SettlementReviewer,
    Id(id): Id<i64>,
    Key(key): Key,
    Body(SettlementReviewBody { merchant_id }): Body<SettlementReviewBody>,
) -> Result<Response, Refused> {
    Ok(created(backend.review_settlement(&caller, id, merchant_id, &key).await?))
}

/// The city approves a batch: another person than its maker and than each reviewer.
#[utoipa::path(
    post, path = "/settlements/{id}/approval", tag = "settlement", request_body = SettlementApprovalBody,
    params(
        ("id" = i64, Path, description = "The batch's number"),
        ("Idempotency-Key" = String, Header, description = "8 to 128 visible characters", min_length = 8, max_length = 128),
    ),
    responses(
        (status = CREATED, body = SettlementItem),
        (status = 403, body = Problem, content_type = "application/problem+json", description = "`same_as_maker`, `same_as_reviewer`, `wrong_role`, `cross_site`"),
        (status = CONFLICT, body = Problem, content_type = "application/problem+json", description = "`wrong_state`; `not_all_reviewed` with `waiting` and `rows`"),
    ),
    security(("session" = []), ("bearer" = [])),
)]
async fn approve_settlement(
    State(backend): State<Backend>,
    SettlementApprover(caller): SettlementApprover,
    Id(id): Id<i64>,
    Key(key): Key,
    Body(SettlementApprovalBody { leave_out }): Body<SettlementApprovalBody>,
) -> Result<Response, Refused> {
    Ok(created(backend.approve_settlement(&caller, id, leave_out, &key).await?))
}

/// Discards a batch that is not exported: its lines stand in the next one.
#[utoipa::path(
    post, path = "/settlements/{id}/end", tag = "settlement",
    params(
        ("id" = i64, Path, description = "The batch's number"),
        ("Idempotency-Key" = String, Header, description = "8 to 128 visible characters", min_length = 8, max_length = 128),
    ),
    responses(
        (status = CREATED, body = SettlementItem),
        (status = CONFLICT, body = Problem, content_type = "application/problem+json", description = "`wrong_state`"),
    ),
    security(("session" = []), ("bearer" = [])),
)]
async fn discard_settlement(
    State(backend): State<Backend>,
    SettlementMaker(caller): SettlementMaker,
    Id(id): Id<i64>,
    Key(key): Key,
) -> Result<Response, Refused> {
    Ok(created(backend.discard_settlement(&caller, id, &key).await?))
}

/// Exports an approved batch: it is written to the ledger and does not change any more.
#[utoipa::path(
    post, path = "/settlements/{id}/export", tag = "settlement",
    params(
        ("id" = i64, Path, description = "The batch's number"),
        ("Idempotency-Key" = String, Header, description = "8 to 128 visible characters", min_length = 8, max_length = 128),
    ),
    responses(
        (status = CREATED, body = SettlementItem),
        (status = CONFLICT, body = Problem, content_type = "application/problem+json", description = "`wrong_state`"),
    ),
    security(("session" = []), ("bearer" = [])),
)]
async fn export_settlement(
    State(backend): State<Backend>,
    SettlementPayer(caller): SettlementPayer,
    Id(id): Id<i64>,
    Key(key): Key,
) -> Result<Response, Refused> {
    Ok(created(backend.export_settlement(&caller, id, &key).await?))
}

/// Takes the bank's result, CSV or XLSX with the columns `reference` and `amount` (yuan), at most 4 MB and 20,000
/// lines: all of it matches and the batch is paid, or nothing is changed and the answer tells what does not match.
#[utoipa::path(
    post, path = "/settlements/{id}/result", tag = "settlement",
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "The file"),
    params(
        ("id" = i64, Path, description = "The batch's number"), BankResultQuery,
        ("Idempotency-Key" = String, Header, description = "8 to 128 visible characters", min_length = 8, max_length = 128),
    ),
    responses(
        (status = CREATED, body = SettlementItem),
        (status = CONFLICT, body = Problem, content_type = "application/problem+json", description = "`wrong_state`; `other_batch` with `expected` and `found`"),
        (status = 413, body = Problem, content_type = "application/problem+json", description = "`file_too_large`"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "`wrong_total` with `expected_fen` and `found_fen`; `unmatched` with `count` and `mismatches`; `unreadable`; `bad_field`"),
    ),
    security(("session" = []), ("bearer" = [])),
)]
async fn bank_result(
    State(backend): State<Backend>,
    SettlementPayer(caller): SettlementPayer,
    Id(id): Id<i64>,
    Key(key): Key,
    Query(query): Query<BankResultQuery>,
    File(file): File,
) -> Result<Response, Refused> {
    let result = BankResult {
        bank_reference: query.bank_reference.unwrap_or_default(),
        file_name: query.name.unwrap_or_default(),
        file,
    };
    Ok(created(backend.take_bank_result(&caller, id, &result, &key).await?))
}

/// The bank's file as CSV (UTF-8 with a byte-order mark): the payments, their total, and the batch's hash. It is made
/// from the ledger, and always the same.
#[utoipa::path(get, path = "/settlements/{id}/bank.csv", tag = "settlement", params(("id" = i64, Path, description = "The batch's number")), responses((status = OK, body = String, content_type = "text/csv"), (status = CONFLICT, body = Problem, content_type = "application/problem+json", description = "`wrong_state`: it is not exported")), security(("session" = []), ("bearer" = [])))]
async fn bank_csv(
    State(backend): State<Backend>,
    SettlementReader(caller): SettlementReader,
    Id(id): Id<i64>,
) -> Result<Response, Refused> {
    let file = backend.settled_file(&caller, id).await?;
    Ok(download((CSV, "csv"), id, files::csv(&file).into_bytes()))
}

/// The same as a workbook (XLSX).
#[utoipa::path(get, path = "/settlements/{id}/bank.xlsx", tag = "settlement", params(("id" = i64, Path, description = "The batch's number")), responses((status = OK, body = Vec<u8>, content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (status = CONFLICT, body = Problem, content_type = "application/problem+json", description = "`wrong_state`: it is not exported")), security(("session" = []), ("bearer" = [])))]
async fn bank_xlsx(
    State(backend): State<Backend>,
    SettlementReader(caller): SettlementReader,
    Id(id): Id<i64>,
) -> Result<Response, Refused> {
    let file: SettledFile = backend.settled_file(&caller, id).await?;
    let made = tokio::task::spawn_blocking(move || files::workbook(&file)).await;
    let made = made.map_err(|_| Door::INTERNAL)?.map_err(|error| {
        tracing::error!(%error, "a workbook was not made");
        Door::INTERNAL
    })?;
    Ok(download((XLSX, "xlsx"), id, made))
}

/// The very text that the batch's hash is over, as the ledger holds it: every line of every merchant.
#[utoipa::path(get, path = "/settlements/{id}/batch.txt", tag = "settlement", params(("id" = i64, Path, description = "The batch's number")), responses((status = OK, body = String, content_type = "text/plain"), (status = CONFLICT, body = Problem, content_type = "application/problem+json", description = "`wrong_state`: it is not exported")), security(("session" = []), ("bearer" = [])))]
async fn settlement_text(
    State(backend): State<Backend>,
    SettlementReader(caller): SettlementReader,
    Id(id): Id<i64>,
) -> Result<Response, Refused> {
    let file = backend.settled_file(&caller, id).await?;
    Ok(download(("text/plain; charset=utf-8", "txt"), id, file.text.into_bytes()))
}

/// The batches in which the caller's merchant has a row, the newest first.
#[utoipa::path(get, path = "/shop/settlements", tag = "settlement", params(ListQuery), responses((status = OK, body = Page<OwnSettlement>)), security(("session" = []), ("bearer" = [])))]
async fn own_settlements(
    State(backend): State<Backend>,
    StatementReader(caller): StatementReader,
    Query(query): Query<ListQuery>,
) -> Answer<Page<OwnSettlement>> {
    Ok(Json(backend.own_settlements(&caller, &query).await?))
}

/// The lines of the caller's merchant in a batch.
#[utoipa::path(get, path = "/shop/settlements/{id}/lines", tag = "settlement", params(("id" = i64, Path, description = "The batch's number"), SettlementLineQuery), responses((status = OK, body = Page<SettlementLineShape>)), security(("session" = []), ("bearer" = [])))]
async fn own_settlement_lines(
    State(backend): State<Backend>,
    StatementReader(caller): StatementReader,
    Id(id): Id<i64>,
    Query(query): Query<SettlementLineQuery>,
) -> Answer<Page<SettlementLineShape>> {
    Ok(Json(backend.own_settlement_lines(&caller, id, &query).await?))
}

fn download((media, ending): (&str, &str), id: i64, body: Vec<u8>) -> Response {
    let named = format!("attachment; filename=\"settlement_{id}.{ending}\"");
    ([(CONTENT_TYPE, media.to_owned()), (CONTENT_DISPOSITION, named)], body).into_response()
}

//! The open books: the ledger's head, its blocks, and what they add up to.

use axum::Json;
use axum::extract::State;
use backend::Backend;
use domain::shapes::{BlockShape, LedgerHead, LedgerLine, OpenBooks, Page};
use domain::{BlockQuery, ListQuery, OpenQuery, ReceiptQuery};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Answer;
use super::ask::{Holder, Query};
use crate::router::Doors;

pub(super) fn routes() -> OpenApiRouter<Doors> {
    OpenApiRouter::new()
        .routes(routes!(head))
        .routes(routes!(blocks))
        .routes(routes!(books))
        .routes(routes!(own_lines))
}

/// The end of the ledger's hash chain.
///
/// Note it down: who holds an earlier head can prove that nothing before it was changed since.
#[utoipa::path(get, path = "/ledger/head", tag = "open", responses((status = OK, body = LedgerHead)))]
async fn head(State(backend): State<Backend>) -> Answer<LedgerHead> {
    Ok(Json(backend.ledger_head().await?))
}

/// The blocks of one of the ledger's chains, in order, as they are hashed: an export that anyone can check.
#[utoipa::path(get, path = "/ledger/blocks", tag = "open", params(BlockQuery), responses((status = OK, body = Page<BlockShape>)))]
async fn blocks(State(backend): State<Backend>, Query(query): Query<BlockQuery>) -> Answer<Page<BlockShape>> {
    let BlockQuery { chain, limit, cursor } = query;
    Ok(Json(backend.ledger_blocks(chain.as_deref(), &ListQuery { limit, cursor }).await?))
}

/// What was released, claimed, redeemed and paid, by district and by business day; with `district` by business day of that
/// district.
#[utoipa::path(get, path = "/open", tag = "open", params(OpenQuery), responses((status = OK, body = OpenBooks)))]
async fn books(State(backend): State<Backend>, Query(query): Query<OpenQuery>) -> Answer<OpenBooks> {
    Ok(Json(backend.open_books(&query).await?))
}

/// The lines of the caller's own redemptions whose receipt shows these four digits, each with its block.
#[utoipa::path(get, path = "/ledger/lines", tag = "open", params(ReceiptQuery), responses((status = OK, body = Vec<LedgerLine>)), security(("session" = []), ("bearer" = [])))]
async fn own_lines(
    State(backend): State<Backend>,
    Holder(caller): Holder,
    Query(query): Query<ReceiptQuery>,
) -> Answer<Vec<LedgerLine>> {
    Ok(Json(backend.lines_of_receipt(&caller, query.receipt.as_deref().unwrap_or_default()).await?))
}

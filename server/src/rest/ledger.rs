//! The ledger's head.

use axum::Json;
use axum::extract::State;
use backend::Backend;
use domain::shapes::LedgerHead;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Answer;
use crate::router::Doors;

pub(super) fn routes() -> OpenApiRouter<Doors> {
    OpenApiRouter::new().routes(routes!(head))
}

/// The end of the ledger's hash chain.
///
/// Note it down: who holds an earlier head can prove that nothing before it was changed since.
#[utoipa::path(get, path = "/ledger/head", tag = "open", responses((status = OK, body = LedgerHead)))]
async fn head(State(backend): State<Backend>) -> Answer<LedgerHead> {
    Ok(Json(backend.ledger_head().await?))
}

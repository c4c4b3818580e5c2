//! The wallet: a resident's vouchers and their present tokens.

use axum::Json;
use axum::extract::State;
use backend::Backend;
use domain::shapes::{Page, TokenShape, VoucherDetail, VoucherShape};
use domain::{ListQuery, VoucherId};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Answer;
use super::ask::{Holder, Id, Query};
use crate::router::Doors;

pub(super) fn routes() -> OpenApiRouter<Doors> {
    OpenApiRouter::new().routes(routes!(vouchers)).routes(routes!(voucher)).routes(routes!(token))
}

/// The caller's vouchers, the newest first.
#[utoipa::path(get, path = "/vouchers", tag = "vouchers", params(ListQuery), responses((status = OK, body = Page<VoucherShape>)), security(("session" = []), ("bearer" = [])))]
async fn vouchers(
    State(backend): State<Backend>,
    Holder(caller): Holder,
    Query(query): Query<ListQuery>,
) -> Answer<Page<VoucherShape>> {
    Ok(Json(backend.vouchers(&caller, &query).await?))
}

/// One of the caller's vouchers, with the secret from which a phone makes present tokens offline.
#[utoipa::path(get, path = "/vouchers/{id}", tag = "vouchers", params(("id" = VoucherId, Path, description = "The voucher's number")), responses((status = OK, body = VoucherDetail)), security(("session" = []), ("bearer" = [])))]
async fn voucher(
    State(backend): State<Backend>,
    Holder(caller): Holder,
    Id(id): Id<VoucherId>,
) -> Answer<VoucherDetail> {
    Ok(Json(backend.voucher(&caller, id).await?))
}

/// The present token and the typed code of this moment.
#[utoipa::path(post, path = "/vouchers/{id}/token", tag = "vouchers", params(("id" = VoucherId, Path, description = "The voucher's number")), responses((status = OK, body = TokenShape)), security(("session" = []), ("bearer" = [])))]
async fn token(
    State(backend): State<Backend>,
    Holder(caller): Holder,
    Id(id): Id<VoucherId>,
) -> Answer<TokenShape> {
    Ok(Json(backend.voucher_token(&caller, id).await?))
}

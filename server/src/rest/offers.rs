//! Merchants and their promotions.

use axum::Json;
use axum::extract::State;
use backend::Backend;
use domain::shapes::{MerchantShape, Page, PromotionShape};
use domain::{MerchantId, OfferQuery, PromotionId};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Answer;
use super::ask::{Id, Query};
use crate::router::Doors;

pub(super) fn routes() -> OpenApiRouter<Doors> {
    OpenApiRouter::new()
        .routes(routes!(merchants))
        .routes(routes!(merchant))
        .routes(routes!(promotions))
        .routes(routes!(promotion))
}

/// Merchants with their outlets.
///
/// `channel`, `supply`, `setting` and `sector` are of promotions alone.
#[utoipa::path(get, path = "/merchants", tag = "offers", params(OfferQuery), responses((status = OK, body = Page<MerchantShape>)))]
async fn merchants(
    State(backend): State<Backend>,
    Query(query): Query<OfferQuery>,
) -> Answer<Page<MerchantShape>> {
    Ok(Json(backend.merchants(&query)?))
}

/// One merchant.
#[utoipa::path(get, path = "/merchants/{id}", tag = "offers", params(("id" = MerchantId, Path, description = "The merchant's number")), responses((status = OK, body = MerchantShape)))]
async fn merchant(State(backend): State<Backend>, Id(id): Id<MerchantId>) -> Answer<MerchantShape> {
    Ok(Json(backend.merchant(id)?))
}

/// Promotions; search in Chinese, pinyin or initials with `q`.
#[utoipa::path(get, path = "/promotions", tag = "offers", params(OfferQuery), responses((status = OK, body = Page<PromotionShape>)))]
async fn promotions(
    State(backend): State<Backend>,
    Query(query): Query<OfferQuery>,
) -> Answer<Page<PromotionShape>> {
    Ok(Json(backend.promotions(&query)?))
}

/// One promotion.
#[utoipa::path(get, path = "/promotions/{id}", tag = "offers", params(("id" = PromotionId, Path, description = "The promotion's number")), responses((status = OK, body = PromotionShape)))]
async fn promotion(State(backend): State<Backend>, Id(id): Id<PromotionId>) -> Answer<PromotionShape> {
    Ok(Json(backend.promotion(id)?))
}

//! Campaigns: the terms of vouchers.

use axum::Json;
use axum::extract::State;
use backend::Backend;
use domain::shapes::{CampaignShape, Page};
use domain::{CampaignId, ListQuery};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Answer;
use super::ask::{Id, Query};
use crate::router::Doors;

pub(super) fn routes() -> OpenApiRouter<Doors> {
    OpenApiRouter::new().routes(routes!(campaigns)).routes(routes!(campaign))
}

/// Campaigns: who pays, what a voucher takes off, where and when it works.
#[utoipa::path(get, path = "/campaigns", tag = "vouchers", params(ListQuery), responses((status = OK, body = Page<CampaignShape>)))]
async fn campaigns(
    State(backend): State<Backend>,
    Query(query): Query<ListQuery>,
) -> Answer<Page<CampaignShape>> {
    Ok(Json(backend.campaigns(&query)?))
}

/// One campaign.
#[utoipa::path(get, path = "/campaigns/{id}", tag = "vouchers", params(("id" = CampaignId, Path, description = "The campaign's number")), responses((status = OK, body = CampaignShape)))]
async fn campaign(State(backend): State<Backend>, Id(id): Id<CampaignId>) -> Answer<CampaignShape> {
    Ok(Json(backend.campaign(id)?))
}

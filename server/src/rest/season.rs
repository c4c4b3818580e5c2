//! The season, its districts, events and dishes.

use axum::Json;
use axum::extract::State;
use backend::Backend;
use domain::ListQuery;
use domain::shapes::{DishShape, DistrictShape, EventShape, Page, SeasonShape};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Answer;
use super::ask::Query;
use crate::router::Doors;

pub(super) fn routes() -> OpenApiRouter<Doors> {
    OpenApiRouter::new()
        .routes(routes!(season))
        .routes(routes!(districts))
        .routes(routes!(events))
        .routes(routes!(dishes))
}

/// The season and the server's clock.
///
/// Count down by `now`, not by the clock of your machine: on demonstration data it is the summer of 2021.
#[utoipa::path(get, path = "/season", tag = "season", responses((status = OK, body = SeasonShape)))]
async fn season(State(backend): State<Backend>) -> Json<SeasonShape> {
    Json(backend.season())
}

/// All districts of the city with their areas.
#[utoipa::path(get, path = "/districts", tag = "season", responses((status = OK, body = Page<DistrictShape>)))]
async fn districts(State(backend): State<Backend>) -> Json<Page<DistrictShape>> {
    Json(Page { items: backend.districts(), next_cursor: None })
}

/// Fairs, night markets and contests.
#[utoipa::path(get, path = "/events", tag = "season", params(ListQuery), responses((status = OK, body = Page<EventShape>)))]
async fn events(State(backend): State<Backend>, Query(query): Query<ListQuery>) -> Answer<Page<EventShape>> {
    Ok(Json(backend.events(&query)?))
}

/// Local signature dishes.
#[utoipa::path(get, path = "/dishes", tag = "season", params(ListQuery), responses((status = OK, body = Page<DishShape>)))]
async fn dishes(State(backend): State<Backend>, Query(query): Query<ListQuery>) -> Answer<Page<DishShape>> {
    Ok(Json(backend.dishes(&query)?))
}

//! The waiting room of a flash round: places, and the small proof of work of a
//! hot one.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use backend::Backend;
use domain::RoundId;
use domain::shapes::{PlaceShape, Problem, WorkShape};
use http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Answer;
use super::ask::{Holder, Id, Shown};
use crate::problem::Refused;
use crate::router::Doors;

pub(super) fn routes() -> OpenApiRouter<Doors> {
    OpenApiRouter::new().routes(routes!(join)).routes(routes!(work))
}

/// Joins the waiting room of a flash round, from two minutes before it opens.
///
/// Whoever waits when the round opens is ordered by lot, later arrivals stand behind them. The place is
/// signed: keep it, and show it with the claim and when joining again. A body is not needed.
#[utoipa::path(
    post, path = "/rounds/{id}/places", tag = "vouchers",
    params(
        ("id" = RoundId, Path, description = "The round's number"),
        ("Yuehui-Place" = Option<String>, Header, description = "The `place_token` of an earlier answer: the same place again"),
    ),
    responses(
        (status = CREATED, body = PlaceShape, description = "The place"),
        (status = CONFLICT, body = Problem, content_type = "application/problem+json", description = "`wrong_method`"),
        (status = GONE, body = Problem, content_type = "application/problem+json", description = "`closed`"),
        (status = 425, body = Problem, content_type = "application/problem+json", description = "`not_open`: it is more than two minutes to the opening"),
        (status = 503, body = Problem, content_type = "application/problem+json", description = "`queue_full`, `unavailable`: repeat the request after `Retry-After` seconds"),
    ),
    security(("session" = []), ("bearer" = [])),
)]
async fn join(
    State(backend): State<Backend>,
    Holder(caller): Holder,
    Id(id): Id<RoundId>,
    Shown(pass): Shown,
) -> Result<Response, Refused> {
    let place: PlaceShape = backend.join(&caller, id, &pass).await?;
    Ok((StatusCode::CREATED, Json(place)).into_response())
}

/// The proof of work that the caller's claim has to show while the round is hot.
#[utoipa::path(
    get, path = "/rounds/{id}/work", tag = "vouchers",
    params(("id" = RoundId, Path, description = "The round's number")),
    responses(
        (status = OK, body = WorkShape),
        (status = CONFLICT, body = Problem, content_type = "application/problem+json", description = "`wrong_method`"),
        (status = GONE, body = Problem, content_type = "application/problem+json", description = "`closed`"),
        (status = 425, body = Problem, content_type = "application/problem+json", description = "`not_open`: it is more than two minutes to the opening"),
    ),
    security(("session" = []), ("bearer" = [])),
)]
async fn work(
    State(backend): State<Backend>,
    Holder(caller): Holder,
    Id(id): Id<RoundId>,
    Shown(pass): Shown,
) -> Answer<WorkShape> {
    Ok(Json(backend.work(&caller, id, &pass).await?))
}

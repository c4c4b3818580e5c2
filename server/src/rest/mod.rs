//! The REST interface under `/api/v1`: one file per group of endpoints. A handler's arguments name who may
//! call and what is asked; its body is one call to a service.

pub(crate) mod ask;
mod assisted;
mod audit;
mod auth;
mod campaigns;
mod cube;
mod document;
mod drafts;
mod draws;
mod guide;
mod imports;
mod join;
mod ledger;
mod live;
mod merchant_reviews;
mod offers;
mod offline;
mod orders;
mod people;
mod places;
mod promotions;
mod redemptions;
mod reports;
mod risk;
mod rounds;
mod season;
mod settlements;
mod statements;
mod stats;
mod table;
mod tills;
mod vouchers;

use axum::body::Bytes;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use backend::Done;
use domain::Denied;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use serde::Serialize;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use crate::problem::{Door, Refused};
use crate::router::Doors;

/// Where it is mounted.
const PREFIX: &str = "/api/v1";

/// The answer of a call that reads.
type Answer<T> = Result<Json<T>, Refused>;

/// The routes and their document, which are written in one place and cannot part.
fn described() -> (Router<Doors>, OpenApi) {
    let endpoints = OpenApiRouter::new()
        .merge(season::routes())
        .merge(offers::routes())
        .merge(campaigns::routes())
        .merge(rounds::routes())
        .merge(draws::routes())
        .merge(places::routes())
        .merge(assisted::routes())
        .merge(vouchers::routes())
        .merge(redemptions::routes())
        .merge(orders::routes())
        .merge(offline::routes())
        .merge(risk::routes())
        .merge(people::routes())
        .merge(tills::routes())
        .merge(statements::routes())
        .merge(promotions::routes())
        .merge(join::routes())
        .merge(merchant_reviews::routes())
        .merge(imports::routes())
        .merge(audit::routes())
        .merge(drafts::routes())
        .merge(auth::routes())
        .merge(stats::routes())
        .merge(cube::routes())
        .merge(reports::routes())
        .merge(settlements::routes())
        .merge(live::routes())
        .merge(ledger::routes());
    let (router, paths) =
        OpenApiRouter::with_openapi(document::frame()).nest(PREFIX, endpoints).split_for_parts();
    (router, document::complete(paths))
}

/// The OpenAPI 3.1 document.
pub(crate) fn document() -> OpenApi {
    described().1
}

/// The REST interface with its document and its readable page.
pub(crate) fn router(doors: &Doors) -> Router<Doors> {
    let (endpoints, document) = described();
    let guide = guide::page(&document, doors.assets.names());
    let document = Bytes::from(serde_json::to_vec(&document).unwrap_or_default());
    let own = Router::new()
        .route(
            "/api/v1/openapi.json",
            get(async move || ([(CONTENT_TYPE, "application/json")], document.clone())),
        )
        .route("/api/docs", get(async move || guide::answer(guide.clone())))
        .route("/api/{*unknown}", axum::routing::any(unknown))
        .route("/api", axum::routing::any(unknown));
    endpoints.merge(own).method_not_allowed_fallback(|| async { Refused::from(Door::METHOD_NOT_ALLOWED) })
}

async fn unknown() -> Refused {
    Denied::NotFound.into()
}

/// 201, or the stored answer of the first request under the same key.
fn created<T: Serialize>(done: Done<T>) -> Response {
    let replay = done.replayed.then_some([("idempotent-replay", "true")]);
    (StatusCode::CREATED, replay, Json(done.answer)).into_response()
}

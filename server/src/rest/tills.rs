//! A merchant's tills: devices that are enrolled, named and switched off.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use backend::{Backend, NewTill, TillChange};
use domain::shapes::{OutletRule, Page, Problem, TillEnrolled, TillShape};
use domain::{ListQuery, OutletId, TillId};
use http::HeaderMap;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::ask::{Body, Id, Key, PeopleManager, Query, till_secret};
use super::{Answer, created};
use crate::problem::Refused;
use crate::router::Doors;

pub(super) fn routes() -> OpenApiRouter<Doors> {
    OpenApiRouter::new()
        .routes(routes!(tills, enrol_till))
        .routes(routes!(change_till))
        .routes(routes!(outlet_rules))
        .routes(routes!(change_outlet_rule))
}

/// A till to be enrolled.
#[derive(Deserialize, ToSchema)]
struct TillBody {
    /// Its name, 1 to 40 characters.
    name: String,
    /// The merchant's outlet in which it stands.
    outlet_id: OutletId,
}

/// How a till is to be from now on.
#[derive(Deserialize, ToSchema)]
struct TillChangeBody {
    /// Its name, 1 to 40 characters.
    name: String,
    /// Whether it may redeem.
    on: bool,
}

/// Which devices redeem at an outlet from now on.
#[derive(Deserialize, ToSchema)]
struct OutletRuleBody {
    /// Whether enrolled tills alone do, or any device on which a clerk is signed in.
    enrolled_only: bool,
}

/// The tills of the caller's merchant, the newest first.
#[utoipa::path(get, path = "/tills", tag = "people", params(ListQuery), responses((status = OK, body = Page<TillShape>)), security(("session" = []), ("bearer" = [])))]
async fn tills(
    State(backend): State<Backend>,
    PeopleManager(caller): PeopleManager,
    Query(query): Query<ListQuery>,
) -> Answer<Page<TillShape>> {
    Ok(Json(backend.tills(&caller, &query).await?))
}

/// Enrols the calling device as a till. It sends the answer's secret with every redemption, in the header
/// `Yuehui-Till`; a till that it was before, by that header, is switched off.
#[utoipa::path(
    post, path = "/tills", tag = "people",
    request_body = TillBody,
    params(("Idempotency-Key" = String, Header, description = "8 to 128 visible characters, new for each till", min_length = 8, max_length = 128)),
    responses(
        (status = CREATED, body = TillEnrolled, description = "The till and its secret", headers(("Idempotent-Replay" = bool, description = "`true` when this is the till of an earlier request"))),
        (status = CONFLICT, body = Problem, content_type = "application/problem+json", description = "`too_many`"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "`bad_field`, `key_reused`"),
    ),
    security(("session" = []), ("bearer" = [])),
)]
async fn enrol_till(
    State(backend): State<Backend>,
    PeopleManager(caller): PeopleManager,
    Key(key): Key,
    headers: HeaderMap,
    Body(TillBody { name, outlet_id }): Body<TillBody>,
) -> Result<Response, Refused> {
    let new = NewTill { name, outlet_id };
    Ok(created(backend.enrol_till(&caller, &new, till_secret(&headers), &key).await?))
}

/// Names a till, and switches it on or off on every node at once. One that is off gets 403 `till_off`.
#[utoipa::path(
    put, path = "/tills/{id}", tag = "people",
    request_body = TillChangeBody,
    params(("id" = TillId, Path, description = "The till's number")),
    responses((status = OK, body = TillShape)),
    security(("session" = []), ("bearer" = [])),
)]
async fn change_till(
    State(backend): State<Backend>,
    PeopleManager(caller): PeopleManager,
    Id(id): Id<TillId>,
    Body(TillChangeBody { name, on }): Body<TillChangeBody>,
) -> Answer<TillShape> {
    Ok(Json(backend.change_till(&caller, id, &TillChange { name, on }).await?))
}

/// The outlets of the caller's merchant and which devices redeem at each, the oldest first.
#[utoipa::path(get, path = "/shop/outlets", tag = "people", params(ListQuery), responses((status = OK, body = Page<OutletRule>)), security(("session" = []), ("bearer" = [])))]
async fn outlet_rules(
    State(backend): State<Backend>,
    PeopleManager(caller): PeopleManager,
    Query(query): Query<ListQuery>,
) -> Answer<Page<OutletRule>> {
    Ok(Json(backend.outlet_rules(&caller, &query).await?))
}

/// Lets enrolled tills alone redeem at an outlet, or any device on which a clerk is signed in. Where they alone do, a
/// redemption without the header `Yuehui-Till` gets 422 `till_required`.
#[utoipa::path(
    put, path = "/shop/outlets/{id}", tag = "people",
    request_body = OutletRuleBody,
    params(("id" = OutletId, Path, description = "The outlet's number")),
    responses((status = OK, body = OutletRule)),
    security(("session" = []), ("bearer" = [])),
)]
async fn change_outlet_rule(
    State(backend): State<Backend>,
    PeopleManager(caller): PeopleManager,
    Id(id): Id<OutletId>,
    Body(OutletRuleBody { enrolled_only }): Body<OutletRuleBody>,
) -> Answer<OutletRule> {
    Ok(Json(backend.change_outlet_rule(&caller, id, enrolled_only).await?))
}

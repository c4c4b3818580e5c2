//! What looks wrong: cases, and the city's decision on them.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use backend::{Backend, RiskDecision};
use domain::shapes::{Page, Problem, RiskCase};
use domain::{ListQuery, RiskState};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::ask::{Body, Id, Key, Query, RiskAnswerer, RiskDecider, RiskReader, StatementReader};
use super::{Answer, created};
use crate::problem::Refused;
use crate::router::Doors;

pub(super) fn routes() -> OpenApiRouter<Doors> {
    OpenApiRouter::new()
        .routes(routes!(risk_cases))
        .routes(routes!(own_risk_cases))
        .routes(routes!(answer_risk))
        .routes(routes!(decide_risk))
}

/// What the city decides on a case.
#[derive(Deserialize, ToSchema)]
struct RiskDecisionBody {
    /// `withheld`, `frozen` or `cleared`, as the case's `decisions` say; a cleared
    /// case stays so.
    state: RiskState,
    /// Why, 1 to 200 characters; the merchants read it.
    reason: String,
}

/// What a merchant answers to a case.
#[derive(Deserialize, ToSchema)]
struct RiskAnswerBody {
    /// 1 to 500 characters; the bureau reads them.
    text: String,
}

/// The cases, the newest first; a district officer sees those of their district.
#[utoipa::path(get, path = "/risk/cases", tag = "risk", params(ListQuery), responses((status = OK, body = Page<RiskCase>)), security(("session" = []), ("bearer" = [])))]
async fn risk_cases(
    State(backend): State<Backend>,
    RiskReader(caller): RiskReader,
    Query(query): Query<ListQuery>,
) -> Answer<Page<RiskCase>> {
    Ok(Json(backend.risk_cases(&caller, &query).await?))
}

/// The cases that concern the caller's merchant, the newest first.
#[utoipa::path(get, path = "/shop/risk", tag = "risk", params(ListQuery), responses((status = OK, body = Page<RiskCase>)), security(("session" = []), ("bearer" = [])))]
async fn own_risk_cases(
    State(backend): State<Backend>,
    StatementReader(caller): StatementReader,
    Query(query): Query<ListQuery>,
) -> Answer<Page<RiskCase>> {
    Ok(Json(backend.own_risk_cases(&caller, &query).await?))
}

/// Withholds what a case is about, freezes besides what its voucher's holder has
/// not used yet, or clears it; what was frozen thaws with another decision.
#[utoipa::path(
    post, path = "/risk/cases/{id}/decisions", tag = "risk",
    request_body = RiskDecisionBody,
    params(
        ("id" = i64, Path, description = "The case's number"),
        ("Idempotency-Key" = String, Header, description = "8 to 128 visible characters", min_length = 8, max_length = 128),
    ),
    responses(
        (status = CREATED, body = RiskCase),
        (status = CONFLICT, body = Problem, content_type = "application/problem+json", description = "`already_decided`, `not_freezable`"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "`bad_field`, `key_reused`"),
    ),
    security(("session" = []), ("bearer" = [])),
)]
async fn decide_risk(
    State(backend): State<Backend>,
    RiskDecider(caller): RiskDecider,
    Id(id): Id<i64>,
    Key(key): Key,
    Body(RiskDecisionBody { state, reason }): Body<RiskDecisionBody>,
) -> Result<Response, Refused> {
    Ok(created(backend.decide_risk(&caller, id, &RiskDecision { state, reason }, &key).await?))
}

/// Answers to a case that concerns the caller's merchant, at most three times.
#[utoipa::path(
    post, path = "/shop/risk/{id}/answers", tag = "risk",
    request_body = RiskAnswerBody,
    params(
        ("id" = i64, Path, description = "The case's number"),
        ("Idempotency-Key" = String, Header, description = "8 to 128 visible characters", min_length = 8, max_length = 128),
    ),
    responses(
        (status = CREATED, body = RiskCase),
        (status = CONFLICT, body = Problem, content_type = "application/problem+json", description = "`already_decided`, `answered_often`"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "`bad_field`, `key_reused`"),
    ),
    security(("session" = []), ("bearer" = [])),
)]
async fn answer_risk(
    State(backend): State<Backend>,
    RiskAnswerer(caller): RiskAnswerer,
    Id(id): Id<i64>,
    Key(key): Key,
    Body(RiskAnswerBody { text }): Body<RiskAnswerBody>,
) -> Result<Response, Refused> {
    Ok(created(backend.answer_risk(&caller, id, &text, &key).await?))
}

//! Reviewing merchants.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use backend::{Backend, DecideRequest};
use domain::shapes::{MerchantReviewShape, Page, Problem, ReviewItem, ReviewedShape, WaitingMerchant};
use domain::{MerchantDecision, MerchantId, MerchantReviewQuery, MerchantState, ReviewQuery};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::ask::{Body, Id, Key, MerchantReviewer, Query};
use super::{Answer, created};
use crate::problem::Refused;
use crate::router::Doors;

pub(super) fn routes() -> OpenApiRouter<Doors> {
    OpenApiRouter::new()
        .routes(routes!(reviews))
        .routes(routes!(waiting))
        .routes(routes!(merchant_review))
        .routes(routes!(decide))
}

/// A decision.
#[derive(Deserialize, ToSchema)]
struct DecideBody {
    /// `approve`, `reject` or `lapse`.
    decision: MerchantDecision,
    /// Where the reviewer saw the merchant; when it stands elsewhere by now, somebody else has decided.
    #[serde(default)]
    seen: Option<MerchantState>,
    /// Why, 1 to 200 characters: the merchant and its tills read it. It may be left out with an approval.
    #[serde(default)]
    reason: String,
}

/// What waits for review, merchants and promotions in one queue, the longest waiting first. A district officer sees
/// what is of their district; a promotion of several districts is the city's.
#[utoipa::path(get, path = "/reviews", tag = "reviews", params(ReviewQuery), responses((status = OK, body = Page<ReviewItem>)), security(("session" = []), ("bearer" = [])))]
async fn reviews(
    State(backend): State<Backend>,
    MerchantReviewer(caller): MerchantReviewer,
    Query(query): Query<ReviewQuery>,
) -> Answer<Page<ReviewItem>> {
    Ok(Json(backend.reviews(&caller, &query).await?))
}

/// The merchants that joined by commitment, or applied again, and wait for their review, the longest waiting first;
/// with `state` those
/// that stand otherwise. A district officer sees those of their district.
#[utoipa::path(get, path = "/reviews/merchants", tag = "reviews", params(MerchantReviewQuery), responses((status = OK, body = Page<WaitingMerchant>)), security(("session" = []), ("bearer" = [])))]
async fn waiting(
    State(backend): State<Backend>,
    MerchantReviewer(caller): MerchantReviewer,
    Query(query): Query<MerchantReviewQuery>,
) -> Answer<Page<WaitingMerchant>> {
    Ok(Json(backend.merchants_to_review(&caller, &query).await?))
}

/// A merchant with what it signed, whom to call, and what may be decided.
#[utoipa::path(get, path = "/merchants/{id}/review", tag = "reviews", params(("id" = MerchantId, Path, description = "The merchant's number")), responses((status = OK, body = MerchantReviewShape)), security(("session" = []), ("bearer" = [])))]
async fn merchant_review(
    State(backend): State<Backend>,
    MerchantReviewer(caller): MerchantReviewer,
    Id(id): Id<MerchantId>,
) -> Answer<MerchantReviewShape> {
    Ok(Json(backend.merchant_review(&caller, id).await?))
}

/// Decides on a merchant. One that is rejected or lapses disappears with its promotions, and its tills refuse.
#[utoipa::path(
    post, path = "/merchants/{id}/reviews", tag = "reviews",
    request_body = DecideBody,
    params(
        ("id" = MerchantId, Path, description = "The merchant's number"),
        ("Idempotency-Key" = String, Header, description = "8 to 128 visible characters", min_length = 8, max_length = 128),
    ),
    responses(
        (status = CREATED, body = ReviewedShape, description = "Where the merchant stands now", headers(("Idempotent-Replay" = bool, description = "`true` when this is the stored answer of an earlier request"))),
        (status = CONFLICT, body = Problem, content_type = "application/problem+json", description = "`already_reviewed`, with the `state`"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "`bad_field`, `key_reused`"),
    ),
    security(("session" = []), ("bearer" = [])),
)]
async fn decide(
    State(backend): State<Backend>,
    MerchantReviewer(caller): MerchantReviewer,
    Id(id): Id<MerchantId>,
    Key(key): Key,
    Body(DecideBody { decision, seen, reason }): Body<DecideBody>,
) -> Result<Response, Refused> {
    Ok(created(
        backend.decide_on_merchant(&caller, id, &DecideRequest { decision, seen, reason }, &key).await?,
    ))
}

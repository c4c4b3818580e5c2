//! The bureau's review of promotions.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use backend::{Backend, Verdict};
use domain::shapes::{OwnPromotion, Page, Problem, WaitingPromotion};
use domain::{ListQuery, PromotionId};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::problem::Refused;
use crate::rest::ask::{Body, Id, Key, PromotionReviewer, Query};
use crate::rest::{Answer, created};
use crate::router::Doors;

pub(super) fn routes() -> OpenApiRouter<Doors> {
    OpenApiRouter::new()
        .routes(routes!(waiting_promotions))
        .routes(routes!(review_promotion))
        .routes(routes!(suspend_promotion))
}

/// The promotions and revisions that wait for review, the oldest first.
///
/// A district officer sees those whose outlets all lie in the own district; those of several districts are the
/// city's.
#[utoipa::path(get, path = "/reviews/promotions", tag = "promotions", params(ListQuery), responses((status = OK, body = Page<WaitingPromotion>)), security(("session" = []), ("bearer" = [])))]
async fn waiting_promotions(
    State(backend): State<Backend>,
    PromotionReviewer(caller): PromotionReviewer,
    Query(query): Query<ListQuery>,
) -> Answer<Page<WaitingPromotion>> {
    Ok(Json(backend.waiting_promotions(&caller, &query).await?))
}

/// How a review ends.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum PromotionDecision {
    /// It appears: at once, or at the time that the merchant named.
    Approve,
    /// It goes back to the merchant.
    Return,
}

/// The decision on what was looked at.
#[derive(Deserialize, ToSchema)]
struct PromotionReviewBody {
    /// The version that was looked at.
    version: i64,
    /// What is decided.
    decision: PromotionDecision,
    /// What is to be mended, 1 to 200 characters; for a return.
    #[serde(default)]
    reason: String,
}

/// Approves a promotion or its revision, or returns it with a reason.
#[utoipa::path(
    post, path = "/reviews/promotions/{id}", tag = "promotions", request_body = PromotionReviewBody,
    params(
        ("id" = PromotionId, Path, description = "The promotion's number"),
        ("Idempotency-Key" = String, Header, description = "8 to 128 visible characters, new for each review", min_length = 8, max_length = 128),
    ),
    responses(
        (status = CREATED, body = OwnPromotion, description = "Where it stands now", headers(("Idempotent-Replay" = bool, description = "`true` when this is the stored answer of an earlier request"))),
        (status = CONFLICT, body = Problem, content_type = "application/problem+json", description = "`wrong_state`; `changed_meanwhile`: look at it again"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "`incomplete`, with `fields`: its days have passed, say; `bad_field`; `key_reused`"),
    ),
    security(("session" = []), ("bearer" = [])),
)]
async fn review_promotion(
    State(backend): State<Backend>,
    PromotionReviewer(caller): PromotionReviewer,
    Id(id): Id<PromotionId>,
    Key(key): Key,
    Body(body): Body<PromotionReviewBody>,
) -> Result<Response, Refused> {
    let verdict = match body.decision {
        PromotionDecision::Approve => Verdict::Approve,
        PromotionDecision::Return => Verdict::Return(body.reason),
    };
    Ok(created(backend.review_promotion(&caller, id, (body.version, &verdict), &key).await?))
}

/// Why a promotion is taken down.
#[derive(Deserialize, ToSchema)]
struct SuspensionBody {
    /// 1 to 200 characters, which the merchant reads.
    #[serde(default)]
    reason: String,
}

/// Takes a published promotion down: it goes back to the merchant with the reason, and is reviewed before it appears
/// again. A district officer takes down those whose outlets all lie in the own district.
#[utoipa::path(
    post, path = "/reviews/promotions/{id}/suspension", tag = "promotions", request_body = SuspensionBody,
    params(
        ("id" = PromotionId, Path, description = "The promotion's number"),
        ("Idempotency-Key" = String, Header, description = "8 to 128 visible characters, new for each", min_length = 8, max_length = 128),
    ),
    responses(
        (status = CREATED, body = OwnPromotion, description = "Where it stands now", headers(("Idempotent-Replay" = bool, description = "`true` when this is the stored answer of an earlier request"))),
        (status = CONFLICT, body = Problem, content_type = "application/problem+json", description = "`wrong_state`: it is not published; `changed_meanwhile`"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "`bad_field`, `key_reused`"),
    ),
    security(("session" = []), ("bearer" = [])),
)]
async fn suspend_promotion(
    State(backend): State<Backend>,
    PromotionReviewer(caller): PromotionReviewer,
    Id(id): Id<PromotionId>,
    Key(key): Key,
    Body(SuspensionBody { reason }): Body<SuspensionBody>,
) -> Result<Response, Refused> {
    Ok(created(backend.suspend_promotion(&caller, id, &reason, &key).await?))
}

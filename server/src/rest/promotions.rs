//! A merchant's own promotions and their photos.

mod reviews;

use axum::Json;
use axum::extract::{Path, Request, State};
use axum::response::Response;
use backend::{Backend, PromotionChange};
use domain::shapes::{OwnPromotion, OwnPromotions, Problem};
use domain::{Denied, OwnPromotionQuery, PhotoId, PromotionForm, PromotionId};
use serde::Deserialize;
use tower_http::limit::RequestBodyLimitLayer;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::ask::{Body, Id, Key, Poster, Query};
use super::{Answer, created};
use crate::photos;
use crate::problem::Refused;
use crate::router::Doors;

pub(super) fn routes() -> OpenApiRouter<Doors> {
    let uploads =
        OpenApiRouter::new().routes(routes!(add_photo)).layer(RequestBodyLimitLayer::new(photos::MOST_BYTES));
    OpenApiRouter::new()
        .routes(routes!(own_promotions, begin_promotion))
        .routes(routes!(own_promotion, save_promotion))
        .routes(routes!(step_promotion))
        .routes(routes!(duplicate_promotion))
        .routes(routes!(remove_photo))
        .merge(uploads)
        .merge(reviews::routes())
}

/// The promotions of the caller's merchant, the newest first, and how many stand in each state.
#[utoipa::path(get, path = "/shop/promotions", tag = "promotions", params(OwnPromotionQuery), responses((status = OK, body = OwnPromotions)), security(("session" = []), ("bearer" = [])))]
async fn own_promotions(
    State(backend): State<Backend>,
    Poster(caller): Poster,
    Query(query): Query<OwnPromotionQuery>,
) -> Answer<OwnPromotions> {
    Ok(Json(backend.own_promotions(&caller, &query).await?))
}

/// Begins a promotion as a draft. It may be incomplete: `faults` tells what is missing before it can be
/// submitted.
#[utoipa::path(
    post, path = "/shop/promotions", tag = "promotions", request_body = PromotionForm,
    params(("Idempotency-Key" = String, Header, description = "8 to 128 visible characters, new for each promotion", min_length = 8, max_length = 128)),
    responses(
        (status = CREATED, body = OwnPromotion, description = "The draft", headers(("Idempotent-Replay" = bool, description = "`true` when this is the stored answer of an earlier request"))),
        (status = CONFLICT, body = Problem, content_type = "application/problem+json", description = "`too_many_promotions`"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "`bad_field`, with `field` and `limit`; `key_reused`"),
    ),
    security(("session" = []), ("bearer" = [])),
)]
async fn begin_promotion(
    State(backend): State<Backend>,
    Poster(caller): Poster,
    Key(key): Key,
    Body(form): Body<PromotionForm>,
) -> Result<Response, Refused> {
    Ok(created(backend.begin_promotion(&caller, &form, &key).await?))
}

/// One promotion of the caller's merchant.
#[utoipa::path(get, path = "/shop/promotions/{id}", tag = "promotions", params(("id" = PromotionId, Path, description = "The promotion's number")), responses((status = OK, body = OwnPromotion)), security(("session" = []), ("bearer" = [])))]
async fn own_promotion(
    State(backend): State<Backend>,
    Poster(caller): Poster,
    Id(id): Id<PromotionId>,
) -> Answer<OwnPromotion> {
    Ok(Json(backend.own_promotion(&caller, id).await?))
}

/// Writes a draft anew. What is published stays up meanwhile: it gets a revision.
#[utoipa::path(
    put, path = "/shop/promotions/{id}", tag = "promotions", request_body = PromotionForm,
    params(
        ("id" = PromotionId, Path, description = "The promotion's number"),
        ("Idempotency-Key" = String, Header, description = "8 to 128 visible characters, new for each change", min_length = 8, max_length = 128),
    ),
    responses(
        (status = CREATED, body = OwnPromotion, description = "The draft", headers(("Idempotent-Replay" = bool, description = "`true` when this is the stored answer of an earlier request"))),
        (status = CONFLICT, body = Problem, content_type = "application/problem+json", description = "`wrong_state`: withdraw it first; `changed_meanwhile`"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "`bad_field`, with `field` and `limit`; `key_reused`"),
    ),
    security(("session" = []), ("bearer" = [])),
)]
async fn save_promotion(
    State(backend): State<Backend>,
    Poster(caller): Poster,
    Id(id): Id<PromotionId>,
    Key(key): Key,
    Body(form): Body<PromotionForm>,
) -> Result<Response, Refused> {
    let change = PromotionChange::Save(Box::new(form));
    Ok(created(backend.change_promotion(&caller, id, &change, &key).await?))
}

/// What a merchant does with a promotion besides writing it.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum OwnStep {
    /// Hands it in for review.
    Submit,
    /// Takes it back from review, or from the schedule.
    Withdraw,
    /// Drops the revision of a published one.
    Discard,
    /// Ends it.
    End,
}

/// The step.
#[derive(Deserialize, ToSchema)]
struct PromotionStepBody {
    /// Which.
    step: OwnStep,
}

/// Submits, withdraws or ends a promotion, or drops its revision.
#[utoipa::path(
    post, path = "/shop/promotions/{id}/steps", tag = "promotions", request_body = PromotionStepBody,
    params(
        ("id" = PromotionId, Path, description = "The promotion's number"),
        ("Idempotency-Key" = String, Header, description = "8 to 128 visible characters, new for each step", min_length = 8, max_length = 128),
    ),
    responses(
        (status = CREATED, body = OwnPromotion, description = "Where it stands now", headers(("Idempotent-Replay" = bool, description = "`true` when this is the stored answer of an earlier request"))),
        (status = CONFLICT, body = Problem, content_type = "application/problem+json", description = "`wrong_state`, with `state`, `revision` and `step`; `changed_meanwhile`"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "`incomplete`, with `fields`; `bad_field`; `key_reused`"),
    ),
    security(("session" = []), ("bearer" = [])),
)]
async fn step_promotion(
    State(backend): State<Backend>,
    Poster(caller): Poster,
    Id(id): Id<PromotionId>,
    Key(key): Key,
    Body(body): Body<PromotionStepBody>,
) -> Result<Response, Refused> {
    let change = match body.step {
        OwnStep::Submit => PromotionChange::Submit,
        OwnStep::Withdraw => PromotionChange::Withdraw,
        OwnStep::Discard => PromotionChange::Discard,
        OwnStep::End => PromotionChange::End,
    };
    Ok(created(backend.change_promotion(&caller, id, &change, &key).await?))
}

/// Begins a draft with the words and photos of another promotion of the caller's merchant.
#[utoipa::path(
    post, path = "/shop/promotions/{id}/copies", tag = "promotions",
    params(
        ("id" = PromotionId, Path, description = "The promotion's number"),
        ("Idempotency-Key" = String, Header, description = "8 to 128 visible characters, new for each copy", min_length = 8, max_length = 128),
    ),
    responses(
        (status = CREATED, body = OwnPromotion, description = "The new draft", headers(("Idempotent-Replay" = bool, description = "`true` when this is the stored answer of an earlier request"))),
        (status = CONFLICT, body = Problem, content_type = "application/problem+json", description = "`too_many_promotions`"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "`key_reused`"),
    ),
    security(("session" = []), ("bearer" = [])),
)]
async fn duplicate_promotion(
    State(backend): State<Backend>,
    Poster(caller): Poster,
    Id(id): Id<PromotionId>,
    Key(key): Key,
) -> Result<Response, Refused> {
    Ok(created(backend.duplicate_promotion(&caller, id, &key).await?))
}

/// Adds a photo: the body is the file, at most 12 MB and 24 megapixels. What it is, is read from its content.
///
/// It is made anew in three sizes, without what came with it. The content is its key: the same file a second
/// time changes nothing. A published promotion gets a revision.
#[utoipa::path(
    post, path = "/shop/promotions/{id}/photos", tag = "promotions",
    request_body(content = Vec<u8>, content_type = "image/jpeg", description = "A JPEG, PNG or WebP file"),
    params(("id" = PromotionId, Path, description = "The promotion's number")),
    responses(
        (status = OK, body = OwnPromotion, description = "With the photo"),
        (status = CONFLICT, body = Problem, content_type = "application/problem+json", description = "`too_many_photos`; `wrong_state`, `changed_meanwhile`"),
        (status = 413, body = Problem, content_type = "application/problem+json", description = "`photo_too_large`, `body_too_large`"),
        (status = 415, body = Problem, content_type = "application/problem+json", description = "`not_a_photo`"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "`too_many_pixels`, `broken_photo`"),
    ),
    security(("session" = []), ("bearer" = [])),
)]
async fn add_photo(
    State(backend): State<Backend>,
    Poster(caller): Poster,
    Id(id): Id<PromotionId>,
    request: Request,
) -> Answer<OwnPromotion> {
    if let Err(error) = backend.may_add_photo(&caller, id).await {
        photos::throw_away(request.into_body()).await;
        return Err(error.into());
    }
    let _turn = photos::turn()?;
    let file = photos::file(request.into_body()).await?;
    Ok(Json(backend.add_photo(&caller, id, file).await?))
}

/// Takes a photo out of a promotion; a published one gets a revision. Where it is not there, nothing changes.
#[utoipa::path(
    delete, path = "/shop/promotions/{id}/photos/{photo}", tag = "promotions",
    params(
        ("id" = PromotionId, Path, description = "The promotion's number"),
        ("photo" = PhotoId, Path, description = "The photo's name"),
    ),
    responses(
        (status = OK, body = OwnPromotion, description = "Without the photo"),
        (status = CONFLICT, body = Problem, content_type = "application/problem+json", description = "`wrong_state`, `changed_meanwhile`"),
    ),
    security(("session" = []), ("bearer" = [])),
)]
async fn remove_photo(
    State(backend): State<Backend>,
    Poster(caller): Poster,
    Path((id, photo)): Path<(String, String)>,
) -> Answer<OwnPromotion> {
    let id = id.parse::<PromotionId>().map_err(|_| Denied::NotFound)?;
    let photo = photo.parse::<PhotoId>().map_err(|_| Denied::NotFound)?;
    Ok(Json(backend.remove_photo(&caller, id, &photo).await?))
}

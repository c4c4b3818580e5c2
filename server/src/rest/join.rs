//! Joining by commitment: the draft, and the signature.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use backend::{Backend, SignRequest};
use domain::JoinDraft;
use domain::shapes::{JoinShape, JoinedShape, Problem};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::ask::{Body, Joiner, Key};
use super::{Answer, created};
use crate::problem::Refused;
use crate::router::Doors;

pub(super) fn routes() -> OpenApiRouter<Doors> {
    OpenApiRouter::new().routes(routes!(draft, save, sign))
}

/// A signature.
#[derive(Deserialize, ToSchema)]
struct SignBody {
    /// The version of the commitment that was read.
    version: String,
    /// The name of whoever signs, 1 to 40 characters.
    signer: String,
}

/// How far the caller has come with joining, what is wrong so far, and the commitment.
#[utoipa::path(get, path = "/join", tag = "join", responses((status = OK, body = JoinShape)), security(("session" = []), ("bearer" = [])))]
async fn draft(State(backend): State<Backend>, Joiner(caller): Joiner) -> Answer<JoinShape> {
    Ok(Json(backend.join_draft(&caller).await?))
}

/// Saves what was typed so far, right or wrong, over what was saved before; `faults` names what is wrong.
#[utoipa::path(put, path = "/join", tag = "join", request_body = JoinDraft, responses((status = OK, body = JoinShape)), security(("session" = []), ("bearer" = [])))]
async fn save(
    State(backend): State<Backend>,
    Joiner(caller): Joiner,
    Body(draft): Body<JoinDraft>,
) -> Answer<JoinShape> {
    Ok(Json(backend.save_join_draft(&caller, draft).await?))
}

/// Signs the commitment: the draft becomes a merchant, live at once under a daily cap until it is reviewed, and the
/// caller its owner. The owner of a merchant that the review turned down applies again so: the draft begins with what
/// was entered before, and the merchant takes no part until its next review.
#[utoipa::path(
    post, path = "/join", tag = "join",
    request_body = SignBody,
    params(("Idempotency-Key" = String, Header, description = "8 to 128 visible characters", min_length = 8, max_length = 128)),
    responses(
        (status = CREATED, body = JoinedShape, description = "The merchant", headers(("Idempotent-Replay" = bool, description = "`true` when this is the stored answer of an earlier request"))),
        (status = CONFLICT, body = Problem, content_type = "application/problem+json", description = "`code_taken` with the `name` of the merchant that has it, `already_joined`, `commitment_changed`, `join_not_offered`, `outlet_in_use` with the `name` of an outlet that was left out and has records"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "`bad_field` with the first `field` that cannot be taken, `key_reused`"),
    ),
    security(("session" = []), ("bearer" = [])),
)]
async fn sign(
    State(backend): State<Backend>,
    Joiner(caller): Joiner,
    Key(key): Key,
    Body(SignBody { version, signer }): Body<SignBody>,
) -> Result<Response, Refused> {
    Ok(created(backend.sign_join(&caller, &SignRequest { version, signer }, &key).await?))
}

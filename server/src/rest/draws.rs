//! Draws: entries, the organizer's public value, and what anyone may check.

use axum::Json;
use axum::body::{Body as Stream, Bytes};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use backend::{Backend, Error, Lines};
use domain::shapes::{DrawHeld, DrawProof, EntryShape, Problem};
use domain::{Denied, RoundId};
use futures::StreamExt;
use http::header::CONTENT_TYPE;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::ask::{Body, DrawHolder, Holder, Id, Key};
use super::{Answer, created};
use crate::problem::Refused;
use crate::router::Doors;

pub(super) fn routes() -> OpenApiRouter<Doors> {
    OpenApiRouter::new()
        .routes(routes!(enter))
        .routes(routes!(own_entry))
        .routes(routes!(proof, hold))
        .routes(routes!(entries))
        .routes(routes!(results))
}

/// The public value, twice: it cannot be taken back.
#[derive(Deserialize, ToSchema)]
struct HoldBody {
    /// The value as the source that the round names has published it: 1 to 64 characters.
    public_value: String,
    /// The same again.
    public_value_again: String,
}

/// Enters a draw.
///
/// Whoever has entered gets the same entry again. A body is not needed.
#[utoipa::path(
    post, path = "/rounds/{id}/entries", tag = "draws",
    params(
        ("id" = RoundId, Path, description = "The round's number"),
        ("Idempotency-Key" = String, Header, description = "8 to 128 visible characters, new for each entry", min_length = 8, max_length = 128),
    ),
    responses(
        (status = CREATED, body = EntryShape, description = "The entry", headers(("Idempotent-Replay" = bool, description = "`true` when this is the stored answer of an earlier request"))),
        (status = FORBIDDEN, body = Problem, content_type = "application/problem+json", description = "`not_eligible`, `wrong_role`, `cross_site`"),
        (status = CONFLICT, body = Problem, content_type = "application/problem+json", description = "`wrong_method`, `limit_reached`"),
        (status = GONE, body = Problem, content_type = "application/problem+json", description = "`closed`"),
        (status = 425, body = Problem, content_type = "application/problem+json", description = "`not_open`"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "`key_reused`"),
    ),
    security(("session" = []), ("bearer" = [])),
)]
async fn enter(
    State(backend): State<Backend>,
    Holder(caller): Holder,
    Id(id): Id<RoundId>,
    Key(key): Key,
) -> Result<Response, Refused> {
    Ok(created(backend.enter_draw(&caller, id, &key).await?))
}

/// The caller's own entry and what became of it; 404 for one who has not entered.
#[utoipa::path(
    get, path = "/rounds/{id}/entries/mine", tag = "draws",
    params(("id" = RoundId, Path, description = "The round's number")),
    responses(
        (status = OK, body = EntryShape),
        (status = CONFLICT, body = Problem, content_type = "application/problem+json", description = "`wrong_method`"),
    ),
    security(("session" = []), ("bearer" = [])),
)]
async fn own_entry(
    State(backend): State<Backend>,
    Holder(caller): Holder,
    Id(id): Id<RoundId>,
) -> Answer<EntryShape> {
    Ok(Json(backend.entry(&caller, id).await?.ok_or(Denied::NotFound)?))
}

/// A draw's proof, as far as it is public by now.
#[utoipa::path(
    get, path = "/rounds/{id}/draw", tag = "draws",
    params(("id" = RoundId, Path, description = "The round's number")),
    responses(
        (status = OK, body = DrawProof),
        (status = CONFLICT, body = Problem, content_type = "application/problem+json", description = "`wrong_method`"),
    ),
)]
async fn proof(State(backend): State<Backend>, Id(id): Id<RoundId>) -> Answer<DrawProof> {
    Ok(Json(backend.draw_proof(id).await?))
}

/// Holds a draw with the public value; it cannot be taken back.
#[utoipa::path(
    post, path = "/rounds/{id}/draw", tag = "draws",
    request_body = HoldBody,
    params(
        ("id" = RoundId, Path, description = "The round's number"),
        ("Idempotency-Key" = String, Header, description = "8 to 128 visible characters", min_length = 8, max_length = 128),
    ),
    responses(
        (status = CREATED, body = DrawHeld, description = "The draw", headers(("Idempotent-Replay" = bool, description = "`true` when this is the stored answer of an earlier request"))),
        (status = CONFLICT, body = Problem, content_type = "application/problem+json", description = "`already_drawn`, `wrong_method`"),
        (status = 425, body = Problem, content_type = "application/problem+json", description = "`not_due`"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "`bad_field`, `key_reused`"),
    ),
    security(("session" = []), ("bearer" = [])),
)]
async fn hold(
    State(backend): State<Backend>,
    DrawHolder(caller): DrawHolder,
    Id(id): Id<RoundId>,
    Key(key): Key,
    Body(body): Body<HoldBody>,
) -> Result<Response, Refused> {
    let values = (body.public_value.as_str(), body.public_value_again.as_str());
    Ok(created(backend.hold_draw(&caller, id, values, &key).await?))
}

/// The frozen list of entries, a line each: the entry, a space, the district that counts or `-`.
#[utoipa::path(
    get, path = "/rounds/{id}/draw/entries", tag = "draws",
    params(("id" = RoundId, Path, description = "The round's number")),
    responses(
        (status = OK, body = String, content_type = "text/plain", description = "In the order of names; its SHA-256 is `list_hash`"),
        (status = 425, body = Problem, content_type = "application/problem+json", description = "`not_frozen`"),
        (status = CONFLICT, body = Problem, content_type = "application/problem+json", description = "`wrong_method`"),
    ),
)]
async fn entries(State(backend): State<Backend>, Id(id): Id<RoundId>) -> Result<Response, Refused> {
    let first = backend.draw_entries(id, None).await?;
    Ok(streamed(first, move |after| {
        let backend = backend.clone();
        async move { backend.draw_entries(id, Some(after)).await }
    }))
}

/// Winners and waiting list in the order of rank, a line each: `1 7K3M9PQX2ABC won 210302`, `8 … waiting 1`.
#[utoipa::path(
    get, path = "/rounds/{id}/draw/results", tag = "draws",
    params(("id" = RoundId, Path, description = "The round's number")),
    responses(
        (status = OK, body = String, content_type = "text/plain", description = "Its SHA-256 is `result_hash`"),
        (status = 425, body = Problem, content_type = "application/problem+json", description = "`not_due`"),
        (status = CONFLICT, body = Problem, content_type = "application/problem+json", description = "`wrong_method`"),
    ),
)]
async fn results(State(backend): State<Backend>, Id(id): Id<RoundId>) -> Result<Response, Refused> {
    let first = backend.draw_results(id, None).await?;
    Ok(streamed(first, move |after| {
        let backend = backend.clone();
        async move { backend.draw_results(id, Some(after)).await }
    }))
}

/// Sends a long text as it is read, so that a million lines never stand in memory at once.
fn streamed<F>(first: Lines, more: impl Fn(i64) -> F + Send + 'static) -> Response
where
    F: Future<Output = Result<Lines, Error>> + Send + 'static,
{
    /// What comes next.
    enum Next {
        Here(Lines),
        After(i64),
        Nothing,
    }
    let pieces = futures::stream::unfold((Next::Here(first), more), |(next, more)| async move {
        let lines = match next {
            Next::Here(lines) => Ok(lines),
            Next::After(after) => more(after).await,
            Next::Nothing => return None,
        };
        Some(match lines {
            Ok(Lines { text, next }) => {
                (Ok(Bytes::from(text)), (next.map_or(Next::Nothing, Next::After), more))
            }
            Err(error) => {
                tracing::error!(%error, "a draw's list broke off");
                (Err(std::io::Error::other("the list broke off")), (Next::Nothing, more))
            }
        })
    });
    // Fused: a compressor asks once more after the end.
    ([(CONTENT_TYPE, "text/plain; charset=utf-8")], Stream::from_stream(pieces.fuse())).into_response()
}

//! Rounds: what is released when, and claims in them.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use backend::Backend;
use domain::shapes::{Page, Problem, RoundShape, VoucherShape};
use domain::{RoundId, RoundQuery};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::ask::{Holder, Id, Key, Query, Shown};
use super::{Answer, created};
use crate::problem::Refused;
use crate::router::Doors;

pub(super) fn routes() -> OpenApiRouter<Doors> {
    OpenApiRouter::new().routes(routes!(rounds)).routes(routes!(round)).routes(routes!(claim))
}

/// Rounds by opening time, with what is left.
#[utoipa::path(get, path = "/rounds", tag = "vouchers", params(RoundQuery), responses((status = OK, body = Page<RoundShape>)))]
async fn rounds(State(backend): State<Backend>, Query(query): Query<RoundQuery>) -> Answer<Page<RoundShape>> {
    Ok(Json(backend.rounds(&query).await?))
}

/// One round.
#[utoipa::path(get, path = "/rounds/{id}", tag = "vouchers", params(("id" = RoundId, Path, description = "The round's number")), responses((status = OK, body = RoundShape)))]
async fn round(State(backend): State<Backend>, Id(id): Id<RoundId>) -> Answer<RoundShape> {
    Ok(Json(backend.round(id).await?))
}

/// Claims a voucher in a flash round, or as one who was called in a draw.
///
/// A repeat with the same key answers the same voucher. A body is not needed.
#[utoipa::path(
    post, path = "/rounds/{id}/claims", tag = "vouchers",
    params(
        ("id" = RoundId, Path, description = "The round's number"),
        ("Idempotency-Key" = String, Header, description = "8 to 128 visible characters, new for each claim", min_length = 8, max_length = 128),
        ("Yuehui-Place" = Option<String>, Header, description = "The `place_token` of the waiting room; without one the claim stands behind all others while there is a line"),
        ("Yuehui-Work" = Option<String>, Header, description = "`challenge:number`, the proof of work that a hot round asks for: SHA-256 over it begins with as many zero bits as the challenge says"),
    ),
    responses(
        (status = CREATED, body = VoucherShape, description = "The voucher", headers(("Idempotent-Replay" = bool, description = "`true` when this is the stored answer of an earlier request"))),
        (status = FORBIDDEN, body = Problem, content_type = "application/problem+json", description = "`not_eligible`, `not_drawn`, `wrong_role`, `cross_site`"),
        (status = CONFLICT, body = Problem, content_type = "application/problem+json", description = "`sold_out`, `limit_reached`, `wrong_method`"),
        (status = GONE, body = Problem, content_type = "application/problem+json", description = "`closed`, `claim_window_over`"),
        (status = 425, body = Problem, content_type = "application/problem+json", description = "`not_open`, `not_yet_your_turn`; `not_your_turn`, with `ahead`, `turn_at` and `place_token`: repeat the same claim after `Retry-After` seconds"),
        (status = 428, body = Problem, content_type = "application/problem+json", description = "`work_required`, with `challenge`, `bits` and `expires_at`: repeat the same claim with its proof of work"),
        (status = 503, body = Problem, content_type = "application/problem+json", description = "`busy`, `queue_full`, `unavailable`: repeat the same claim after `Retry-After` seconds"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "`key_reused`"),
    ),
    security(("session" = []), ("bearer" = [])),
)]
async fn claim(
    State(backend): State<Backend>,
    Holder(caller): Holder,
    Id(id): Id<RoundId>,
    Key(key): Key,
    Shown(pass): Shown,
) -> Result<Response, Refused> {
    Ok(created(backend.claim_in_turn(&caller, id, &key, &pass).await?))
}

//! The community desk: residents without a phone, and their papers.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use backend::{AssistRequest, Backend};
use domain::shapes::{AssistedItem, AssistedShape, Page, PrintShape, Problem, SlipShape};
use domain::{ListQuery, PhoneOwner, RoundId, VoucherId};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::ask::{Assistant, Body, Id, Key, Query};
use super::{Answer, created};
use crate::problem::Refused;
use crate::router::Doors;

pub(super) fn routes() -> OpenApiRouter<Doors> {
    OpenApiRouter::new()
        .routes(routes!(assist))
        .routes(routes!(assisted))
        .routes(routes!(slip))
        .routes(routes!(print_anew))
}

/// The resident, by their own phone or their identity number.
#[derive(Deserialize, ToSchema)]
struct AssistBody {
    /// Their name, 1 to 40 characters; an account that exists keeps its own.
    name: String,
    /// A phone number; the paper asks for its last four digits.
    #[serde(default)]
    phone: Option<String>,
    /// Whose phone it is: `own` by default. A relative's is not kept.
    #[serde(default)]
    phone_owner: Option<PhoneOwner>,
    /// The identity number of 18 signs; needed where there is no phone of their own.
    #[serde(default)]
    identity_no: Option<String>,
    /// The resident's district; needed from an officer of the whole city alone.
    #[serde(default)]
    district: Option<String>,
}

impl From<AssistBody> for AssistRequest {
    fn from(body: AssistBody) -> AssistRequest {
        AssistRequest {
            name: body.name,
            phone: body.phone,
            phone_owner: body.phone_owner.map(|owner| owner.code().to_owned()),
            identity_no: body.identity_no,
            district: body.district,
        }
    }
}

/// Claims a voucher for a resident, or enters them into a draw before it is held.
///
/// It is their own claim, under their own limits, whatever they hold by phone. A repeat with the same key
/// answers the same.
#[utoipa::path(
    post, path = "/rounds/{id}/assisted", tag = "desk",
    request_body = AssistBody,
    params(
        ("id" = RoundId, Path, description = "The round's number"),
        ("Idempotency-Key" = String, Header, description = "8 to 128 visible characters, new for each resident", min_length = 8, max_length = 128),
    ),
    responses(
        (status = CREATED, body = AssistedShape, description = "The voucher or the entry", headers(("Idempotent-Replay" = bool, description = "`true` when this is the stored answer of an earlier request"))),
        (status = FORBIDDEN, body = Problem, content_type = "application/problem+json", description = "`other_district`, `not_a_resident`; `not_eligible`, `not_drawn`, `wrong_role`, `cross_site`"),
        (status = CONFLICT, body = Problem, content_type = "application/problem+json", description = "`identity_conflict`; `sold_out`, `limit_reached`, `wrong_method`"),
        (status = GONE, body = Problem, content_type = "application/problem+json", description = "`closed`, `claim_window_over`"),
        (status = 425, body = Problem, content_type = "application/problem+json", description = "`not_open`, `not_yet_your_turn`, `not_your_turn`: repeat the same request after `Retry-After` seconds"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "`bad_field`, with `field` and `limit`; `key_reused`"),
    ),
    security(("session" = []), ("bearer" = [])),
)]
async fn assist(
    State(backend): State<Backend>,
    Assistant(staff): Assistant,
    Id(id): Id<RoundId>,
    Key(key): Key,
    Body(body): Body<AssistBody>,
) -> Result<Response, Refused> {
    Ok(created(backend.assist(&staff, id, &body.into(), &key).await?))
}

/// What the caller's desk did, the newest first.
#[utoipa::path(get, path = "/assisted", tag = "desk", params(ListQuery), responses((status = OK, body = Page<AssistedItem>)), security(("session" = []), ("bearer" = [])))]
async fn assisted(
    State(backend): State<Backend>,
    Assistant(staff): Assistant,
    Query(query): Query<ListQuery>,
) -> Answer<Page<AssistedItem>> {
    Ok(Json(backend.assisted(&staff, &query, false).await?))
}

/// What stands on a voucher's paper.
#[utoipa::path(get, path = "/assisted/{id}", tag = "desk", params(("id" = VoucherId, Path, description = "The voucher's number")), responses((status = OK, body = SlipShape)), security(("session" = []), ("bearer" = [])))]
async fn slip(
    State(backend): State<Backend>,
    Assistant(staff): Assistant,
    Id(id): Id<VoucherId>,
) -> Answer<SlipShape> {
    Ok(Json(backend.slip(&staff, id).await?))
}

/// Prints a voucher anew: the paper gets another code, is unlocked, and those before are worth nothing.
#[utoipa::path(
    post, path = "/assisted/{id}/prints", tag = "desk",
    params(
        ("id" = VoucherId, Path, description = "The voucher's number"),
        ("Idempotency-Key" = String, Header, description = "8 to 128 visible characters, new for each print", min_length = 8, max_length = 128),
    ),
    responses(
        (status = CREATED, body = PrintShape, description = "The print; what stands on it is at `/assisted/{id}`", headers(("Idempotent-Replay" = bool, description = "`true` when this is the stored answer of an earlier request"))),
        (status = CONFLICT, body = Problem, content_type = "application/problem+json", description = "`not_printable`, `print_limit`"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "`key_reused`"),
    ),
    security(("session" = []), ("bearer" = [])),
)]
async fn print_anew(
    State(backend): State<Backend>,
    Assistant(staff): Assistant,
    Id(id): Id<VoucherId>,
    Key(key): Key,
) -> Result<Response, Refused> {
    Ok(created(backend.print_anew(&staff, id, &key).await?))
}

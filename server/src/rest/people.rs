//! A merchant's people, and the invitations that bring them in.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use backend::{Backend, PersonChange};
use domain::shapes::{InvitationShape, Me, Page, PersonShape, Problem};
use domain::{AccountId, Denied, ListQuery, OutletId, Role};
use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::ask::{Body, Id, Key, PeopleManager, Query, SignedIn};
use super::{Answer, created};
use crate::problem::Refused;
use crate::router::Doors;

pub(super) fn routes() -> OpenApiRouter<Doors> {
    OpenApiRouter::new()
        .routes(routes!(people))
        .routes(routes!(change_person, remove_person))
        .routes(routes!(invite))
        .routes(routes!(invitation))
        .routes(routes!(accept_invitation))
}

/// As what and where somebody works.
#[derive(Deserialize, ToSchema)]
struct PostBody {
    /// `clerk`, or `manager` by the owner alone.
    role: Role,
    /// The merchant's outlets at which they may redeem; empty or absent means at every one.
    #[serde(default)]
    outlet_ids: Vec<OutletId>,
}

impl From<PostBody> for PersonChange {
    fn from(body: PostBody) -> PersonChange {
        PersonChange { role: body.role, outlets: body.outlet_ids }
    }
}

/// Who accepts an invitation.
#[derive(Deserialize, ToSchema)]
struct AcceptBody {
    /// How the merchant's lists call them, 1 to 40 characters; their name stays, when absent.
    #[serde(default)]
    name: Option<String>,
}

/// The people of the caller's merchant, the newest account first.
#[utoipa::path(get, path = "/people", tag = "people", params(ListQuery), responses((status = OK, body = Page<PersonShape>)), security(("session" = []), ("bearer" = [])))]
async fn people(
    State(backend): State<Backend>,
    PeopleManager(caller): PeopleManager,
    Query(query): Query<ListQuery>,
) -> Answer<Page<PersonShape>> {
    Ok(Json(backend.people(&caller, &query).await?))
}

/// Gives somebody another role or other outlets; it works on every node at once.
#[utoipa::path(
    put, path = "/people/{id}", tag = "people",
    request_body = PostBody,
    params(("id" = AccountId, Path, description = "The account's number")),
    responses(
        (status = OK, body = PersonShape),
        (status = FORBIDDEN, body = Problem, content_type = "application/problem+json", description = "`not_managed`, `wrong_role`, `cross_site`"),
    ),
    security(("session" = []), ("bearer" = [])),
)]
async fn change_person(
    State(backend): State<Backend>,
    PeopleManager(caller): PeopleManager,
    Id(id): Id<AccountId>,
    Body(body): Body<PostBody>,
) -> Answer<PersonShape> {
    Ok(Json(backend.change_person(&caller, id, &body.into()).await?))
}

/// Removes somebody from the merchant's people; it works on every node at once. They stay a resident.
#[utoipa::path(
    delete, path = "/people/{id}", tag = "people",
    params(("id" = AccountId, Path, description = "The account's number")),
    responses(
        (status = NO_CONTENT, description = "They are removed"),
        (status = FORBIDDEN, body = Problem, content_type = "application/problem+json", description = "`not_managed`, `wrong_role`, `cross_site`"),
    ),
    security(("session" = []), ("bearer" = [])),
)]
async fn remove_person(
    State(backend): State<Backend>,
    PeopleManager(caller): PeopleManager,
    Id(id): Id<AccountId>,
) -> Result<StatusCode, Refused> {
    backend.remove_person(&caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Invites somebody. The invitation is good once, for ten minutes.
#[utoipa::path(
    post, path = "/invitations", tag = "people",
    request_body = PostBody,
    params(("Idempotency-Key" = String, Header, description = "8 to 128 visible characters, new for each invitation", min_length = 8, max_length = 128)),
    responses(
        (status = CREATED, body = InvitationShape, description = "The invitation", headers(("Idempotent-Replay" = bool, description = "`true` when this is the invitation of an earlier request"))),
        (status = FORBIDDEN, body = Problem, content_type = "application/problem+json", description = "`not_managed`, `wrong_role`, `cross_site`"),
        (status = CONFLICT, body = Problem, content_type = "application/problem+json", description = "`too_many`: so many are open"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "`bad_field`, `key_reused`"),
    ),
    security(("session" = []), ("bearer" = [])),
)]
async fn invite(
    State(backend): State<Backend>,
    PeopleManager(caller): PeopleManager,
    Key(key): Key,
    Body(body): Body<PostBody>,
) -> Result<Response, Refused> {
    Ok(created(backend.invite(&caller, &body.into(), &key).await?))
}

/// What an invitation offers.
#[utoipa::path(
    get, path = "/invitations/{id}", tag = "people",
    params(("id" = String, Path, description = "The invitation's code")),
    responses(
        (status = OK, body = InvitationShape),
        (status = CONFLICT, body = Problem, content_type = "application/problem+json", description = "`invitation_used`"),
        (status = GONE, body = Problem, content_type = "application/problem+json", description = "`invitation_lapsed`"),
    ),
    security(("session" = []), ("bearer" = [])),
)]
async fn invitation(
    State(backend): State<Backend>,
    _: SignedIn,
    Id(code): Id<String>,
) -> Answer<InvitationShape> {
    Ok(Json(backend.invitation(&code).await?))
}

/// Makes the caller one of the merchant's people. A repeat by the same person changes nothing.
#[utoipa::path(
    post, path = "/invitations/{id}/acceptances", tag = "people",
    request_body = AcceptBody,
    params(("id" = String, Path, description = "The invitation's code")),
    responses(
        (status = OK, body = Me),
        (status = FORBIDDEN, body = Problem, content_type = "application/problem+json", description = "`official`, `cross_site`"),
        (status = CONFLICT, body = Problem, content_type = "application/problem+json", description = "`invitation_used`, `already_there`, `other_merchant`, `too_many`"),
        (status = GONE, body = Problem, content_type = "application/problem+json", description = "`invitation_lapsed`"),
    ),
    security(("session" = []), ("bearer" = [])),
)]
async fn accept_invitation(
    State(backend): State<Backend>,
    SignedIn { caller, token }: SignedIn,
    Id(code): Id<String>,
    Body(body): Body<AcceptBody>,
) -> Answer<Me> {
    backend.accept_invitation(&caller, &code, body.name.as_deref()).await?;
    let caller = backend.caller(&token).await?.ok_or(Denied::Unauthenticated)?;
    Ok(Json(backend.me(&caller)))
}

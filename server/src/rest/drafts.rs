//! Building campaigns: drafts, their publication, and changes of what is public.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use backend::{Backend, DraftChange};
use domain::shapes::{CampaignShape, DraftShape, Page, Problem};
use domain::{CampaignForm, CampaignId, DraftId, ListQuery, RoundForm};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::ask::{Body, Builder, DraftReader, Id, Key, Publisher, Query};
use super::{Answer, created};
use crate::problem::Refused;
use crate::router::Doors;

pub(super) fn routes() -> OpenApiRouter<Doors> {
    OpenApiRouter::new()
        .routes(routes!(drafts, begin_draft))
        .routes(routes!(one_draft, save_draft))
        .routes(routes!(submit_draft))
        .routes(routes!(drop_draft))
        .routes(routes!(review_draft))
        .routes(routes!(copy_campaign))
        .routes(routes!(change_campaign))
        .routes(routes!(begin_rounds))
}

/// The version that was looked at.
#[derive(Deserialize, ToSchema)]
struct VersionBody {
    /// The draft's `version`: whoever changed it meanwhile came first.
    version: i64,
}

/// A draft written anew.
#[derive(Deserialize, ToSchema)]
struct SaveBody {
    /// The draft's `version`: whoever changed it meanwhile came first.
    version: i64,
    /// What was typed.
    form: CampaignForm,
}

/// What a second person decides.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Decision {
    /// It becomes public.
    Publish,
    /// It goes back to its maker.
    Return,
}

/// A second person's decision.
#[derive(Deserialize, ToSchema)]
struct ReviewBody {
    /// Which.
    decision: Decision,
    /// The draft's `version`: whoever changed it meanwhile came first.
    version: i64,
    /// What is to be mended, 1 to 200 characters; left out with a publication.
    #[serde(default)]
    reason: String,
}

/// The campaigns that are being built, the newest first.
#[utoipa::path(get, path = "/drafts", tag = "builder", params(ListQuery), responses((status = OK, body = Page<DraftShape>)), security(("session" = []), ("bearer" = [])))]
async fn drafts(
    State(backend): State<Backend>,
    DraftReader(caller): DraftReader,
    Query(query): Query<ListQuery>,
) -> Answer<Page<DraftShape>> {
    Ok(Json(backend.drafts(&caller, &query).await?))
}

/// Begins a campaign as a draft. It may be incomplete: `faults` tells what is missing before it can be submitted.
#[utoipa::path(
    post, path = "/drafts", tag = "builder", request_body = CampaignForm,
    params(("Idempotency-Key" = String, Header, description = "8 to 128 visible characters, new for each draft", min_length = 8, max_length = 128)),
    responses(
        (status = CREATED, body = DraftShape, description = "The draft", headers(("Idempotent-Replay" = bool, description = "`true` when this is the stored answer of an earlier request"))),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "`bad_field`, with `field` and `limit`; `key_reused`"),
    ),
    security(("session" = []), ("bearer" = [])),
)]
async fn begin_draft(
    State(backend): State<Backend>,
    Builder(caller): Builder,
    Key(key): Key,
    Body(form): Body<CampaignForm>,
) -> Result<Response, Refused> {
    Ok(created(backend.begin_draft(&caller, form, &key).await?))
}

/// One draft, whatever became of it.
#[utoipa::path(get, path = "/drafts/{id}", tag = "builder", params(("id" = DraftId, Path, description = "The draft's number")), responses((status = OK, body = DraftShape)), security(("session" = []), ("bearer" = [])))]
async fn one_draft(
    State(backend): State<Backend>,
    DraftReader(caller): DraftReader,
    Id(id): Id<DraftId>,
) -> Answer<DraftShape> {
    Ok(Json(backend.draft(&caller, id).await?))
}

/// Writes a draft anew.
#[utoipa::path(
    put, path = "/drafts/{id}", tag = "builder", request_body = SaveBody,
    params(
        ("id" = DraftId, Path, description = "The draft's number"),
        ("Idempotency-Key" = String, Header, description = "8 to 128 visible characters, new for each change", min_length = 8, max_length = 128),
    ),
    responses(
        (status = CREATED, body = DraftShape, description = "The draft", headers(("Idempotent-Replay" = bool, description = "`true` when this is the stored answer of an earlier request"))),
        (status = CONFLICT, body = Problem, content_type = "application/problem+json", description = "`wrong_state`, `changed_meanwhile`"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "`bad_field`, with `field` and `limit`; `key_reused`"),
    ),
    security(("session" = []), ("bearer" = [])),
)]
async fn save_draft(
    State(backend): State<Backend>,
    Builder(caller): Builder,
    Id(id): Id<DraftId>,
    Key(key): Key,
    Body(SaveBody { version, form }): Body<SaveBody>,
) -> Result<Response, Refused> {
    let change = DraftChange::Save(Box::new(form));
    Ok(created(backend.change_draft(&caller, id, (version, change), &key).await?))
}

/// Hands a draft to a second person.
#[utoipa::path(
    post, path = "/drafts/{id}/submission", tag = "builder", request_body = VersionBody,
    params(
        ("id" = DraftId, Path, description = "The draft's number"),
        ("Idempotency-Key" = String, Header, description = "8 to 128 visible characters", min_length = 8, max_length = 128),
    ),
    responses(
        (status = CREATED, body = DraftShape, description = "The draft", headers(("Idempotent-Replay" = bool, description = "`true` when this is the stored answer of an earlier request"))),
        (status = CONFLICT, body = Problem, content_type = "application/problem+json", description = "`over_budget`, with `value_fen`, `pot_fen`, `over_fen`, `vouchers`; `wrong_state`, `changed_meanwhile`"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "`incomplete`, with `fields`; `key_reused`"),
    ),
    security(("session" = []), ("bearer" = [])),
)]
async fn submit_draft(
    State(backend): State<Backend>,
    Builder(caller): Builder,
    Id(id): Id<DraftId>,
    Key(key): Key,
    Body(VersionBody { version }): Body<VersionBody>,
) -> Result<Response, Refused> {
    Ok(created(backend.change_draft(&caller, id, (version, DraftChange::Submit), &key).await?))
}

/// Gives a draft up.
#[utoipa::path(
    post, path = "/drafts/{id}/end", tag = "builder", request_body = VersionBody,
    params(
        ("id" = DraftId, Path, description = "The draft's number"),
        ("Idempotency-Key" = String, Header, description = "8 to 128 visible characters", min_length = 8, max_length = 128),
    ),
    responses(
        (status = CREATED, body = DraftShape, description = "The draft", headers(("Idempotent-Replay" = bool, description = "`true` when this is the stored answer of an earlier request"))),
        (status = CONFLICT, body = Problem, content_type = "application/problem+json", description = "`wrong_state`, `changed_meanwhile`"),
    ),
    security(("session" = []), ("bearer" = [])),
)]
async fn drop_draft(
    State(backend): State<Backend>,
    Builder(caller): Builder,
    Id(id): Id<DraftId>,
    Key(key): Key,
    Body(VersionBody { version }): Body<VersionBody>,
) -> Result<Response, Refused> {
    Ok(created(backend.change_draft(&caller, id, (version, DraftChange::Drop), &key).await?))
}

/// Publishes a submitted draft, or returns it with a reason: a second person, who neither wrote nor submitted it. With
/// the publication the pot is filled and each round's value set aside, in one block of the ledger.
#[utoipa::path(
    post, path = "/drafts/{id}/reviews", tag = "builder", request_body = ReviewBody,
    params(
        ("id" = DraftId, Path, description = "The draft's number"),
        ("Idempotency-Key" = String, Header, description = "8 to 128 visible characters", min_length = 8, max_length = 128),
    ),
    responses(
        (status = CREATED, body = DraftShape, description = "The draft, with the `campaign_id` that it became", headers(("Idempotent-Replay" = bool, description = "`true` when this is the stored answer of an earlier request"))),
        (status = FORBIDDEN, body = Problem, content_type = "application/problem+json", description = "`second_person`, `wrong_role`"),
        (status = CONFLICT, body = Problem, content_type = "application/problem+json", description = "`over_budget`, `wrong_state`, `changed_meanwhile`"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "`incomplete`, with `fields`; `bad_field`, `key_reused`"),
    ),
    security(("session" = []), ("bearer" = [])),
)]
async fn review_draft(
    State(backend): State<Backend>,
    Publisher(caller): Publisher,
    Id(id): Id<DraftId>,
    Key(key): Key,
    Body(ReviewBody { decision, version, reason }): Body<ReviewBody>,
) -> Result<Response, Refused> {
    let change = match decision {
        Decision::Publish => DraftChange::Publish,
        Decision::Return => DraftChange::Return(reason),
    };
    Ok(created(backend.change_draft(&caller, id, (version, change), &key).await?))
}

/// Begins a draft with the terms and rounds of a published campaign.
#[utoipa::path(
    post, path = "/campaigns/{id}/copies", tag = "builder",
    params(
        ("id" = CampaignId, Path, description = "The campaign's number"),
        ("Idempotency-Key" = String, Header, description = "8 to 128 visible characters", min_length = 8, max_length = 128),
    ),
    responses((status = CREATED, body = DraftShape, description = "The draft", headers(("Idempotent-Replay" = bool, description = "`true` when this is the stored answer of an earlier request")))),
    security(("session" = []), ("bearer" = [])),
)]
async fn copy_campaign(
    State(backend): State<Backend>,
    Builder(caller): Builder,
    Id(id): Id<CampaignId>,
    Key(key): Key,
) -> Result<Response, Refused> {
    Ok(created(backend.copy_campaign(&caller, id, &key).await?))
}

/// Further rounds.
#[derive(Deserialize, ToSchema)]
struct RoundsBody {
    /// What was typed, at most 20; they may be incomplete, and written anew as the draft's.
    #[serde(default)]
    rounds: Vec<RoundForm>,
}

/// Begins a draft of further rounds of a published campaign. It goes the way of every draft: submitted, and published
/// by a second person within what the pot has left then. Rounds that stand already are not touched.
#[utoipa::path(
    post, path = "/campaigns/{id}/rounds", tag = "builder", request_body = RoundsBody,
    params(
        ("id" = CampaignId, Path, description = "The campaign's number"),
        ("Idempotency-Key" = String, Header, description = "8 to 128 visible characters", min_length = 8, max_length = 128),
    ),
    responses(
        (status = CREATED, body = DraftShape, description = "The draft, which `extends` the campaign", headers(("Idempotent-Replay" = bool, description = "`true` when this is the stored answer of an earlier request"))),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "`bad_field`, with `field` and `limit`; `key_reused`"),
    ),
    security(("session" = []), ("bearer" = [])),
)]
async fn begin_rounds(
    State(backend): State<Backend>,
    Builder(caller): Builder,
    Id(id): Id<CampaignId>,
    Key(key): Key,
    Body(RoundsBody { rounds }): Body<RoundsBody>,
) -> Result<Response, Refused> {
    Ok(created(backend.begin_rounds(&caller, id, rounds, &key).await?))
}

/// Changes a published campaign's terms to those of the form, where that cannot hurt a holder: terms may be eased and
/// not tightened, a larger pot is funded in the ledger, and neither face value nor funding changes. Its rounds are not
/// looked at.
#[utoipa::path(
    post, path = "/campaigns/{id}/changes", tag = "builder", request_body = CampaignForm,
    params(
        ("id" = CampaignId, Path, description = "The campaign's number"),
        ("Idempotency-Key" = String, Header, description = "8 to 128 visible characters", min_length = 8, max_length = 128),
    ),
    responses(
        (status = CREATED, body = CampaignShape, description = "The campaign", headers(("Idempotent-Replay" = bool, description = "`true` when this is the stored answer of an earlier request"))),
        (status = CONFLICT, body = Problem, content_type = "application/problem+json", description = "`changed_meanwhile`"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "`hurts_holders` and `incomplete`, with `fields`; `bad_field`, `key_reused`"),
    ),
    security(("session" = []), ("bearer" = [])),
)]
async fn change_campaign(
    State(backend): State<Backend>,
    Builder(caller): Builder,
    Id(id): Id<CampaignId>,
    Key(key): Key,
    Body(form): Body<CampaignForm>,
) -> Result<Response, Refused> {
    Ok(created(backend.change_campaign(&caller, id, form, &key).await?))
}

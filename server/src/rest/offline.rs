//! Tills without a network: which outlets may, the till's permit, and the arrival of what was redeemed.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use backend::{Backend, OfflineRequest};
use domain::shapes::{OfflineOutlet, OfflineRedemption, Page, Problem};
use domain::{
    Denied, ListQuery, MOST_OFFLINE_FEN, MOST_OFFLINE_REDEMPTIONS, OfflineLimits, OfflinePermit, OutletId,
};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::ask::{Body, Clerk, Id, Key, OfflineAllower, Query};
use super::{Answer, created};
use crate::problem::Refused;
use crate::router::Doors;

pub(super) fn routes() -> OpenApiRouter<Doors> {
    OpenApiRouter::new()
        .routes(routes!(offline_outlets))
        .routes(routes!(allow_offline, forbid_offline))
        .routes(routes!(offline_permit))
        .routes(routes!(offline_redemptions, redeem_offline))
}

/// What each till of the outlet may redeem without a network in a business day.
#[derive(Deserialize, ToSchema)]
struct LimitsBody {
    /// 1 to 500.
    redemptions: i64,
    /// Up to ¥50,000.
    subsidy_fen: i64,
}

/// What a till sends of a redemption that it made without a network.
#[derive(Deserialize, ToSchema)]
struct OfflineBody {
    /// The text of the QR for tills without a network.
    token: String,
    /// The mark of the till's permit.
    permit: String,
    /// The order after merchant discounts.
    order_fen: i64,
    /// The merchant's own discount that was taken off before `order_fen`.
    #[serde(default)]
    merchant_discount_fen: i64,
    /// The till's moment, in milliseconds of the server's time.
    made_at_ms: i64,
}

/// The outlets whose tills may redeem without a network.
#[utoipa::path(get, path = "/offline/outlets", tag = "offline", params(ListQuery), responses((status = OK, body = Page<OfflineOutlet>)), security(("session" = []), ("bearer" = [])))]
async fn offline_outlets(
    State(backend): State<Backend>,
    OfflineAllower(caller): OfflineAllower,
    Query(query): Query<ListQuery>,
) -> Answer<Page<OfflineOutlet>> {
    Ok(Json(backend.offline_outlets(&caller, &query).await?))
}

/// Lets an outlet's enrolled tills redeem without a network, within limits for each till and business day.
#[utoipa::path(
    put, path = "/offline/outlets/{id}", tag = "offline",
    request_body = LimitsBody,
    params(
        ("id" = OutletId, Path, description = "The outlet's number"),
        ("Idempotency-Key" = String, Header, description = "8 to 128 visible characters", min_length = 8, max_length = 128),
    ),
    responses(
        (status = CREATED, body = OfflineOutlet),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "`bad_field`, `key_reused`"),
    ),
    security(("session" = []), ("bearer" = [])),
)]
async fn allow_offline(
    State(backend): State<Backend>,
    OfflineAllower(caller): OfflineAllower,
    Id(id): Id<OutletId>,
    Key(key): Key,
    Body(LimitsBody { redemptions, subsidy_fen }): Body<LimitsBody>,
) -> Result<Response, Refused> {
    let bounds = format!("redemptions 1–{MOST_OFFLINE_REDEMPTIONS}, subsidy_fen 1–{MOST_OFFLINE_FEN}");
    let limits =
        OfflineLimits::new(redemptions, subsidy_fen).ok_or_else(|| Denied::field("limits", bounds))?;
    Ok(created(backend.allow_offline(&caller, id, Some(limits), &key).await?))
}

/// Lets an outlet's tills redeem without a network no longer. A permit that a till holds stays good for its day.
#[utoipa::path(
    delete, path = "/offline/outlets/{id}", tag = "offline",
    params(
        ("id" = OutletId, Path, description = "The outlet's number"),
        ("Idempotency-Key" = String, Header, description = "8 to 128 visible characters", min_length = 8, max_length = 128),
    ),
    responses((status = CREATED, description = "`null`: it may not")),
    security(("session" = []), ("bearer" = [])),
)]
async fn forbid_offline(
    State(backend): State<Backend>,
    OfflineAllower(caller): OfflineAllower,
    Id(id): Id<OutletId>,
    Key(key): Key,
) -> Result<Response, Refused> {
    Ok(created(backend.allow_offline(&caller, id, None, &key).await?))
}

/// What the calling till needs to go on without a network for a day: the key under which vouchers are signed, the
/// terms of every campaign, its limits. What the till then redeems is in the name of whoever fetched it.
#[utoipa::path(
    get, path = "/offline/permit", tag = "offline",
    responses(
        (status = OK, body = OfflinePermit),
        (status = CONFLICT, body = Problem, content_type = "application/problem+json", description = "`not_enrolled`, `offline_not_allowed`"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "`wrong_outlet`: the caller does not work where the till stands; `merchant_rejected`, `merchant_lapsed`"),
    ),
    security(("session" = []), ("bearer" = [])),
)]
async fn offline_permit(State(backend): State<Backend>, Clerk(caller): Clerk) -> Answer<OfflinePermit> {
    Ok(Json(backend.offline_permit(&caller).await?))
}

/// What arrived from the tills of the caller's merchant, the newest first: booked, refused, or in conflict.
#[utoipa::path(get, path = "/redemptions/offline", tag = "offline", params(ListQuery), responses((status = OK, body = Page<OfflineRedemption>)), security(("session" = []), ("bearer" = [])))]
async fn offline_redemptions(
    State(backend): State<Backend>,
    Clerk(caller): Clerk,
    Query(query): Query<ListQuery>,
) -> Answer<Page<OfflineRedemption>> {
    Ok(Json(backend.offline_redemptions(&caller, &query).await?))
}

/// Takes in a redemption that the till made without a network. The first arrival of a voucher is booked at the
/// till's moment, also where its expiry was booked meanwhile; a second is a `conflict` and opens a case; what the rules
/// refuse is `refused` with its `code`, and `pot_spent`, which opens a case too, where its pot has nothing left.
/// Each of the three is an answer, kept and shown to the merchant.
#[utoipa::path(
    post, path = "/redemptions/offline", tag = "offline",
    request_body = OfflineBody,
    params(("Idempotency-Key" = String, Header, description = "8 to 128 visible characters, made with the redemption", min_length = 8, max_length = 128)),
    responses(
        (status = CREATED, body = OfflineRedemption, description = "What became of it", headers(("Idempotent-Replay" = bool, description = "`true` when this is the stored answer of an earlier request"))),
        (status = CONFLICT, body = Problem, content_type = "application/problem+json", description = "`not_enrolled`"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "`bad_field`, `key_reused`"),
    ),
    security(("session" = []), ("bearer" = [])),
)]
async fn redeem_offline(
    State(backend): State<Backend>,
    Clerk(caller): Clerk,
    Key(key): Key,
    Body(body): Body<OfflineBody>,
) -> Result<Response, Refused> {
    let request = OfflineRequest {
        token: body.token,
        permit: body.permit,
        order_fen: body.order_fen,
        merchant_discount_fen: body.merchant_discount_fen,
        made_at_ms: body.made_at_ms,
    };
    Ok(created(backend.redeem_offline(&caller, &request, &key).await?))
}

//! The till: previews, redemptions and their reversal.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use backend::{Backend, RedeemRequest, ReverseRequest};
use domain::shapes::{Page, Preview, Problem, RedemptionShape, Reversed, SaleShape};
use domain::{ListQuery, OutletId, RedemptionId};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::ask::{Body, Clerk, Id, Key, Query, Reverser};
use super::{Answer, created};
use crate::problem::Refused;
use crate::router::Doors;

pub(super) fn routes() -> OpenApiRouter<Doors> {
    OpenApiRouter::new()
        .routes(routes!(preview))
        .routes(routes!(redeem, redemptions))
        .routes(routes!(reverse))
        .routes(routes!(undo))
}

/// What the till sends: a scanned token or a typed code, and the order.
#[derive(Deserialize, ToSchema)]
struct RedeemBody {
    /// What the scanner read.
    #[serde(default)]
    token: Option<String>,
    /// The twelve typed characters, of a phone or of a paper; lower case, spaces and O for 0 are fine.
    #[serde(default)]
    code: Option<String>,
    /// At which outlet.
    outlet_id: OutletId,
    /// The order after merchant discounts.
    order_fen: i64,
    /// The invoice of a car's sale.
    #[serde(default)]
    invoice_no: Option<String>,
    /// The last four digits of the phone or identity number, which a paper voucher asks for.
    #[serde(default)]
    last4: Option<String>,
    /// The merchant's own discount that was taken off before `order_fen`: for receipts and statements.
    #[serde(default)]
    merchant_discount_fen: Option<i64>,
}

impl From<RedeemBody> for RedeemRequest {
    fn from(body: RedeemBody) -> RedeemRequest {
        RedeemRequest {
            token: body.token,
            code: body.code,
            outlet_id: body.outlet_id,
            order_fen: body.order_fen,
            invoice_no: body.invoice_no,
            last4: body.last4,
            merchant_discount_fen: body.merchant_discount_fen,
        }
    }
}

/// What of an order is refunded, and why.
#[derive(Deserialize, ToSchema)]
struct ReverseBody {
    /// What the customer returns, at most what the order has left.
    refund_fen: i64,
    /// Why, for the audit.
    reason: String,
}

/// What a redemption would do, or why it would be refused; nothing is changed, but wrong digits are counted.
#[utoipa::path(
    post, path = "/redemptions/preview", tag = "till",
    request_body = RedeemBody,
    responses(
        (status = OK, body = Preview),
        (status = CONFLICT, body = Problem, content_type = "application/problem+json", description = "`already_redeemed`"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "`token_stale`, `below_threshold`, `wrong_district`, `wrong_kind`, `wrong_outlet`, `outside_hours`, `not_yet_valid`, `expired`, `voided`, `frozen`, `outlet_limit_reached`, `merchant_limit_reached`, `invoice_required`, `not_with_discount`, `merchant_rejected` and `merchant_lapsed` (with the `reason`), `daily_cap_reached`, `till_required`, `manager_required` (with `limit_fen`), `bad_field`; of a paper `paper_check_required` and `paper_check_wrong` (with `asks_for`, `tries_left`), `paper_locked`, `paper_replaced`"),
    ),
    security(("session" = []), ("bearer" = [])),
)]
async fn preview(
    State(backend): State<Backend>,
    Clerk(caller): Clerk,
    Body(body): Body<RedeemBody>,
) -> Answer<Preview> {
    Ok(Json(backend.preview(&caller, &body.into()).await?))
}

/// Redeems a voucher on an order.
#[utoipa::path(
    post, path = "/redemptions", tag = "till",
    request_body = RedeemBody,
    params(("Idempotency-Key" = String, Header, description = "8 to 128 visible characters, new for each redemption", min_length = 8, max_length = 128)),
    responses(
        (status = CREATED, body = RedemptionShape, description = "The redemption", headers(("Idempotent-Replay" = bool, description = "`true` when this is the stored answer of an earlier request"))),
        (status = CONFLICT, body = Problem, content_type = "application/problem+json", description = "`already_redeemed`"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "As of a preview, and `key_reused`"),
    ),
    security(("session" = []), ("bearer" = [])),
)]
async fn redeem(
    State(backend): State<Backend>,
    Clerk(caller): Clerk,
    Key(key): Key,
    Body(body): Body<RedeemBody>,
) -> Result<Response, Refused> {
    Ok(created(backend.redeem(&caller, &body.into(), &key).await?))
}

/// The redemptions of the caller's merchant, the newest first, with clerk and till.
#[utoipa::path(get, path = "/redemptions", tag = "till", params(ListQuery), responses((status = OK, body = Page<SaleShape>)), security(("session" = []), ("bearer" = [])))]
async fn redemptions(
    State(backend): State<Backend>,
    Clerk(caller): Clerk,
    Query(query): Query<ListQuery>,
) -> Answer<Page<SaleShape>> {
    Ok(Json(backend.redemptions(&caller, &query).await?))
}

/// Undoes a redemption, whole or in part: the subsidy goes back in the refund's share. A manager stays within the
/// season's limits for one reversal and for a business day, an owner need not.
#[utoipa::path(
    post, path = "/redemptions/{id}/reversals", tag = "till",
    request_body = ReverseBody,
    params(
        ("id" = RedemptionId, Path, description = "The redemption's number"),
        ("Idempotency-Key" = String, Header, description = "8 to 128 visible characters, new for each reversal", min_length = 8, max_length = 128),
    ),
    responses(
        (status = CREATED, body = Reversed, description = "The reversal", headers(("Idempotent-Replay" = bool, description = "`true` when this is the stored answer of an earlier request"))),
        (status = CONFLICT, body = Problem, content_type = "application/problem+json", description = "`already_reversed`"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "`refund_too_large`, `refund_limit`, `refund_day_limit`, `key_reused`, `bad_field`"),
    ),
    security(("session" = []), ("bearer" = [])),
)]
async fn reverse(
    State(backend): State<Backend>,
    Reverser(caller): Reverser,
    Id(id): Id<RedemptionId>,
    Key(key): Key,
    Body(ReverseBody { refund_fen, reason }): Body<ReverseBody>,
) -> Result<Response, Refused> {
    let request = ReverseRequest { refund_fen, reason };
    Ok(created(backend.reverse(&caller, id, &request, &key).await?))
}

/// Undoes in whole what the caller redeemed less than 60 seconds ago; of an order, this voucher alone. It takes no
/// body.
#[utoipa::path(
    post, path = "/redemptions/{id}/undo", tag = "till",
    params(
        ("id" = RedemptionId, Path, description = "The redemption's number"),
        ("Idempotency-Key" = String, Header, description = "8 to 128 visible characters", min_length = 8, max_length = 128),
    ),
    responses(
        (status = CREATED, body = Reversed, description = "The reversal", headers(("Idempotent-Replay" = bool, description = "`true` when this is the stored answer of an earlier request"))),
        (status = FORBIDDEN, body = Problem, content_type = "application/problem+json", description = "`another_clerks`, `wrong_role`"),
        (status = CONFLICT, body = Problem, content_type = "application/problem+json", description = "`undo_over`, `already_reversed`"),
    ),
    security(("session" = []), ("bearer" = [])),
)]
async fn undo(
    State(backend): State<Backend>,
    Clerk(caller): Clerk,
    Id(id): Id<RedemptionId>,
    Key(key): Key,
) -> Result<Response, Refused> {
    Ok(created(backend.undo(&caller, id, &key).await?))
}

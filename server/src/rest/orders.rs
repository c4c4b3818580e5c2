//! The till: orders with several vouchers.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use backend::{Backend, OrderRequest, OrderVoucher};
use domain::shapes::{OrderPreview, OrderShape, OrderUndone, Problem};
use domain::{OutletId, RedemptionId};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::ask::{Body, Clerk, Id, Key};
use super::{Answer, created};
use crate::problem::Refused;
use crate::router::Doors;

pub(super) fn routes() -> OpenApiRouter<Doors> {
    OpenApiRouter::new()
        .routes(routes!(preview_order))
        .routes(routes!(redeem_order))
        .routes(routes!(undo_order))
}

/// What the till sends: an order and its vouchers, at most one of the government's and one of the merchants'.
#[derive(Deserialize, ToSchema)]
struct OrderBody {
    /// One or two vouchers.
    vouchers: Vec<OrderVoucherBody>,
    /// At which outlet.
    outlet_id: OutletId,
    /// The order after merchant discounts, before any voucher.
    order_fen: i64,
    /// The invoice of a car's sale.
    #[serde(default)]
    invoice_no: Option<String>,
    /// The merchant's own discount that was taken off before `order_fen`; none beside a merchants' voucher.
    #[serde(default)]
    merchant_discount_fen: Option<i64>,
}

/// A voucher of an order: a scanned token or a typed code.
#[derive(Deserialize, ToSchema)]
struct OrderVoucherBody {
    /// What the scanner read.
    #[serde(default)]
    token: Option<String>,
    /// The twelve typed characters.
    #[serde(default)]
    code: Option<String>,
    /// The last four digits, which a paper voucher asks for.
    #[serde(default)]
    last4: Option<String>,
}

impl From<OrderBody> for OrderRequest {
    fn from(body: OrderBody) -> OrderRequest {
        let voucher = |OrderVoucherBody { token, code, last4 }| OrderVoucher { token, code, last4 };
        OrderRequest {
            vouchers: body.vouchers.into_iter().map(voucher).collect(),
            outlet_id: body.outlet_id,
            order_fen: body.order_fen,
            invoice_no: body.invoice_no,
            merchant_discount_fen: body.merchant_discount_fen,
        }
    }
}

/// What an order's vouchers would do together, or why one would be refused: `voucher` counts it from 1.
///
/// The merchants' voucher comes off first and stands for what it takes off; the government's is tested on what is
/// left, and stands for that.
#[utoipa::path(
    post, path = "/orders/preview", tag = "till",
    request_body = OrderBody,
    responses(
        (status = OK, body = OrderPreview),
        (status = CONFLICT, body = Problem, content_type = "application/problem+json", description = "`already_redeemed`"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "`not_stackable`, `nothing_left`, and those of a redemption; `voucher` tells of which"),
    ),
    security(("session" = []), ("bearer" = [])),
)]
async fn preview_order(
    State(backend): State<Backend>,
    Clerk(caller): Clerk,
    Body(body): Body<OrderBody>,
) -> Answer<OrderPreview> {
    Ok(Json(backend.preview_order(&caller, &body.into()).await?))
}

/// Redeems an order's vouchers, all or none. Each is refunded by itself, at `/redemptions/{id}/reversals`; for 60
/// seconds its clerk undoes the whole at `/orders/{id}/undo`.
#[utoipa::path(
    post, path = "/orders", tag = "till",
    request_body = OrderBody,
    params(("Idempotency-Key" = String, Header, description = "8 to 128 visible characters, new for each order", min_length = 8, max_length = 128)),
    responses(
        (status = CREATED, body = OrderShape, description = "The order", headers(("Idempotent-Replay" = bool, description = "`true` when this is the stored answer of an earlier request"))),
        (status = CONFLICT, body = Problem, content_type = "application/problem+json", description = "`already_redeemed`"),
        (status = 422, body = Problem, content_type = "application/problem+json", description = "As of a preview, and `key_reused`"),
    ),
    security(("session" = []), ("bearer" = [])),
)]
async fn redeem_order(
    State(backend): State<Backend>,
    Clerk(caller): Clerk,
    Key(key): Key,
    Body(body): Body<OrderBody>,
) -> Result<Response, Refused> {
    Ok(created(backend.redeem_order(&caller, &body.into(), &key).await?))
}

/// Undoes in whole an order that the caller redeemed less than 60 seconds ago, with every voucher on it: all of it or
/// nothing. It takes no body.
#[utoipa::path(
    post, path = "/orders/{id}/undo", tag = "till",
    params(
        ("id" = RedemptionId, Path, description = "The number of the order, or of any redemption on it"),
        ("Idempotency-Key" = String, Header, description = "8 to 128 visible characters", min_length = 8, max_length = 128),
    ),
    responses(
        (status = CREATED, body = OrderUndone, description = "The reversals", headers(("Idempotent-Replay" = bool, description = "`true` when this is the stored answer of an earlier request"))),
        (status = FORBIDDEN, body = Problem, content_type = "application/problem+json", description = "`another_clerks`, `wrong_role`"),
        (status = CONFLICT, body = Problem, content_type = "application/problem+json", description = "`undo_over`, `already_reversed`"),
    ),
    security(("session" = []), ("bearer" = [])),
)]
async fn undo_order(
    State(backend): State<Backend>,
    Clerk(caller): Clerk,
    Id(id): Id<RedemptionId>,
    Key(key): Key,
) -> Result<Response, Refused> {
    Ok(created(backend.undo_order(&caller, id, &key).await?))
}

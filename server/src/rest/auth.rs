//! Signing in and out, and who one is.

use axum::Json;
use axum::extract::State;
use axum::response::{AppendHeaders, IntoResponse, Response};
use backend::Backend;
use domain::shapes::{CodeSent, Login, Me, Problem};
use domain::{Denied, DistrictCode, Phone};
use http::header::SET_COOKIE;
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Answer;
use super::ask::{Body, SignedIn};
use crate::cookie;
use crate::problem::Refused;
use crate::router::Doors;

pub(super) fn routes() -> OpenApiRouter<Doors> {
    OpenApiRouter::new()
        .routes(routes!(send_code))
        .routes(routes!(log_in))
        .routes(routes!(log_out))
        .routes(routes!(me))
        .routes(routes!(choose_district))
}

/// To whom a login code goes.
#[derive(Deserialize, ToSchema)]
struct CodeBody {
    /// A mainland mobile number; spaces, dashes and +86 are fine.
    phone: String,
}

/// Who signs in.
#[derive(Deserialize, ToSchema)]
struct LoginBody {
    /// The number that the code went to.
    phone: String,
    /// The code.
    code: String,
}

/// A resident's home district.
#[derive(Deserialize, ToSchema)]
struct DistrictBody {
    /// GB/T 2260.
    #[schema(value_type = String, example = "210302")]
    district: String,
}

fn phone(text: &str) -> Result<Phone, Denied> {
    text.parse().map_err(|bad| Denied::field("phone", bad))
}

/// Sends a login code by SMS. The answer is the same for every number.
///
/// On demonstration data nothing is sent and the answer holds the code.
#[utoipa::path(post, path = "/auth/code", tag = "account", request_body = CodeBody, responses((status = ACCEPTED, body = CodeSent, description = "The code is on its way")))]
async fn send_code(
    State(backend): State<Backend>,
    Body(body): Body<CodeBody>,
) -> Result<(StatusCode, Json<CodeSent>), Refused> {
    Ok((StatusCode::ACCEPTED, Json(backend.send_code(&phone(&body.phone)?).await?)))
}

/// Signs in; the answer's token is for `Authorization: Bearer`, and a cookie holds the same.
#[utoipa::path(
    post, path = "/auth/login", tag = "account", request_body = LoginBody,
    responses(
        (status = OK, body = Login),
        (status = UNAUTHORIZED, body = Problem, content_type = "application/problem+json", description = "`wrong_code`"),
    ),
)]
async fn log_in(
    State(backend): State<Backend>,
    headers: HeaderMap,
    Body(body): Body<LoginBody>,
) -> Result<Response, Refused> {
    let login = backend.log_in(&phone(&body.phone)?, &body.code).await?;
    let kept = cookie::of_session(&headers, &login.token).map(|cookie| (SET_COOKIE, cookie));
    Ok((AppendHeaders(kept), Json(login)).into_response())
}

/// Ends the session.
#[utoipa::path(post, path = "/auth/logout", tag = "account", responses((status = NO_CONTENT, description = "The session is over")), security(("session" = []), ("bearer" = [])))]
async fn log_out(
    State(backend): State<Backend>,
    signed_in: SignedIn,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    backend.log_out(&signed_in.token).await?;
    let ended = cookie::of_session(&headers, "").map(|cookie| (SET_COOKIE, cookie));
    Ok((StatusCode::NO_CONTENT, AppendHeaders(ended)).into_response())
}

/// Who is signed in.
#[utoipa::path(get, path = "/me", tag = "account", responses((status = OK, body = Me)), security(("session" = []), ("bearer" = [])))]
async fn me(State(backend): State<Backend>, signed_in: SignedIn) -> Json<Me> {
    Json(backend.me(&signed_in.caller))
}

/// Chooses a resident's home district, for rounds that are shared out by district.
#[utoipa::path(put, path = "/me/district", tag = "account", request_body = DistrictBody, responses((status = OK, body = Me)), security(("session" = []), ("bearer" = [])))]
async fn choose_district(
    State(backend): State<Backend>,
    signed_in: SignedIn,
    Body(body): Body<DistrictBody>,
) -> Answer<Me> {
    let district: DistrictCode = body.district.parse().map_err(|bad| Denied::field("district", bad))?;
    backend.choose_district(&signed_in.caller, district).await?;
    let caller = backend.caller(&signed_in.token).await?.ok_or(Denied::Unauthenticated)?;
    Ok(Json(backend.me(&caller)))
}

//! Presses at the door: the ceiling of an address, and the cookie by which a
//! device is known again.
//!
//! What one account, device or address may press is a rule of the backend; this
//! file knows where a request comes from.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use backend::Backend;
use http::header::SET_COOKIE;
use http::{HeaderMap, HeaderValue, Method};

use crate::cookie;
use crate::listen::ClientAddress;
use crate::problem::Refused;

/// The cookie with a browser's random number. It tells nothing of its owner.
const DEVICE: &str = "yuehui_device";

/// A year.
const KEPT_S: u32 = 31_536_000;

/// The form of a claim without JavaScript.
const CLAIM_FORM: &str = "/api/fn/claim_voucher";

/// Counts a press where it comes from, and gives a browser its number.
pub(crate) async fn count(State(backend): State<Backend>, request: Request, next: Next) -> Response {
    if !is_press(&request) {
        return next.run(request).await;
    }
    if let Some(ClientAddress(address)) = request.extensions().get()
        && let Err(denied) = backend.press_from(*address)
    {
        return Refused::from(denied).into_response();
    }
    // Programs that sign in by a header keep no cookies.
    let unknown =
        cookie::value(request.headers(), cookie::SESSION).is_some() && device(request.headers()).is_none();
    let fresh = unknown.then(|| fresh_device(&backend, request.headers())).flatten();
    let mut response = next.run(request).await;
    if let Some(fresh) = fresh {
        response.headers_mut().append(SET_COOKIE, fresh);
    }
    response
}

/// Whether a request asks for a place, a task or a voucher.
fn is_press(request: &Request) -> bool {
    let path = request.uri().path();
    let of_round = || path.strip_prefix("/api/v1/rounds/").and_then(|rest| rest.split_once('/'));
    let last = of_round().map(|(_, last)| last);
    match *request.method() {
        Method::POST => path == CLAIM_FORM || matches!(last, Some("claims" | "places")),
        Method::GET => last == Some("work"),
        _ => false,
    }
}

/// The number of the browser that sent a request.
pub(crate) fn device(headers: &HeaderMap) -> Option<u128> {
    let digits = cookie::value(headers, DEVICE).filter(|digits| digits.len() == 32)?;
    u128::from_str_radix(digits, 16).ok()
}

fn fresh_device(backend: &Backend, headers: &HeaderMap) -> Option<HeaderValue> {
    let number = backend.new_key();
    let secure = if cookie::is_https(headers) { "; Secure" } else { "" };
    let number = number.as_str();
    let cookie = format!("{DEVICE}={number}; Path=/; HttpOnly; SameSite=Lax; Max-Age={KEPT_S}{secure}");
    HeaderValue::try_from(cookie).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use http::header::COOKIE;

    #[test]
    fn presses_are_counted_and_reading_is_not() {
        let is = |method: Method, path: &str| {
            is_press(&Request::builder().method(method).uri(path).body(Body::empty()).unwrap())
        };
        for path in ["/api/v1/rounds/1/claims", "/api/v1/rounds/1/places", CLAIM_FORM] {
            assert!(is(Method::POST, path), "{path}");
        }
        assert!(is(Method::GET, "/api/v1/rounds/1/work"));
        for path in ["/api/v1/rounds/1", "/api/v1/rounds/live", "/rounds/1", "/api/v1/redemptions"] {
            assert!(!is(Method::GET, path) && !is(Method::POST, path), "{path}");
        }
    }

    #[test]
    fn a_device_is_a_number_or_nothing() {
        let of = |cookie: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(COOKIE, HeaderValue::try_from(format!("{DEVICE}={cookie}")).unwrap());
            device(&headers)
        };
        assert_eq!(of("000000000000000000000000000000ff"), Some(255));
        for none in ["", "ff", "zz0000000000000000000000000000ff", &"0".repeat(33)] {
            assert_eq!(of(none), None, "{none}");
        }
    }
}

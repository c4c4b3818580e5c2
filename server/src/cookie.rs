//! Cookies, read and written.

use http::header::COOKIE;
use http::{HeaderMap, HeaderValue};

/// The cookie that holds the session's token.
pub(crate) const SESSION: &str = "yuehui_session";

/// The cookie that holds an enrolled till's secret.
pub(crate) const TILL: &str = "yuehui_till";

/// How long a browser keeps the session, in seconds: thirty days.
const KEPT_S: u32 = 30 * 24 * 3600;

/// The value of a cookie; the first one of that name.
pub(crate) fn value<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(COOKIE).into_iter();
    let pairs = lines.filter_map(|line| line.to_str().ok()).flat_map(|line| line.split(';'));
    pairs
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(found, value)| (found == name).then_some(value))
}

/// What keeps a session in the browser; an empty token ends it there. `Secure` only when the request came
/// by https, so that a bureau may try the program out on a bare address.
pub(crate) fn of_session(headers: &HeaderMap, token: &str) -> Option<HeaderValue> {
    let age_s = if token.is_empty() { 0 } else { KEPT_S };
    let secure = if is_https(headers) { "; Secure" } else { "" };
    let cookie = format!("{SESSION}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={age_s}{secure}");
    HeaderValue::try_from(cookie).ok()
}

/// Whether the caller reached the proxy in front of this server by https.
pub(crate) fn is_https(headers: &HeaderMap) -> bool {
    let forwarded = headers.get("x-forwarded-proto").and_then(|value| value.to_str().ok());
    forwarded.is_some_and(|scheme| scheme.eq_ignore_ascii_case("https"))
}

//! Who asks, in which language, and with what: read from the request in context.

use super::{ApiError, cookies};
use backend::{Backend, Caller};
use domain::shapes::Problem;
use domain::{Denied, Lang};
use http::StatusCode;
use http::header::{ACCEPT, ACCEPT_LANGUAGE, HOST};
use http::request::Parts;
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;

/// The services.
///
/// # Errors
/// The server provides none: it is starting or stopping.
pub(crate) fn backend() -> Result<Backend, ApiError> {
    use_context().ok_or_else(|| {
        let words = lang().pick("系统正在启动，请稍后重试", "The service is starting: try again in a moment");
        Problem::new(503, "unavailable", words).into()
    })
}

/// The language: the cookie's, else the browser's, else Chinese.
pub(crate) fn lang() -> Lang {
    let accepted = || Lang::from_tags(header(ACCEPT_LANGUAGE)?.as_str());
    let chosen = cookies::get(cookies::LANG).and_then(|tag| Lang::from_tags(&tag));
    chosen.or_else(accepted).unwrap_or_default()
}

/// The account that is signed in, if any.
///
/// # Errors
/// The store failed.
pub(crate) async fn optional() -> Result<Option<Caller>, ApiError> {
    let backend = backend()?;
    match cookies::get(cookies::SESSION) {
        Some(token) => backend.caller(&token).await.map_err(convert),
        None => Ok(None),
    }
}

/// The account that is signed in.
///
/// # Errors
/// Nobody is, or the store failed.
pub(crate) async fn signed_in() -> Result<Caller, ApiError> {
    optional().await?.ok_or_else(|| convert(Denied::Unauthenticated))
}

/// A service's error in the caller's language. Under a server function that a
/// script called it also sets the status; a form without JavaScript is sent
/// back to its page instead, by a redirect that a status would undo.
pub(crate) fn convert(error: impl Into<backend::Error>) -> ApiError {
    let error = error.into();
    let zone = use_context::<Backend>().map_or(domain::Zone::SHANGHAI, |backend| backend.zone());
    let problem = error.problem(lang(), zone);
    set_status_for_scripts(problem.status);
    problem.into()
}

/// Sets the answer's status unless a browser asks for a page.
pub(crate) fn set_status_for_scripts(status: u16) {
    if !accepts_html() {
        set_status(status);
    }
}

/// Sets the answer's status: for pages that show an error.
pub(crate) fn set_status(status: u16) {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if let Some(response) = use_context::<ResponseOptions>() {
        response.set_status(status);
    }
}

/// Whether a browser asks for a page or sends a form.
pub(crate) fn accepts_html() -> bool {
    header(ACCEPT).is_some_and(|accept| accept.contains("text/html"))
}

/// The path of the page that is asked for: `/offers`.
pub(crate) fn path() -> String {
    use_context::<Parts>().map_or_else(|| "/".to_owned(), |parts| parts.uri.path().to_owned())
}

/// The path and query of the page that is asked for.
pub(crate) fn path_and_query() -> String {
    let whole = |parts: Parts| parts.uri.path_and_query().map(ToString::to_string);
    use_context::<Parts>().and_then(whole).unwrap_or_else(|| "/".to_owned())
}

/// Whether the request came by https, directly or through a proxy that says so.
pub(crate) fn is_https() -> bool {
    let forwarded = http::HeaderName::from_static("x-forwarded-proto");
    header(forwarded).is_some_and(|scheme| scheme.eq_ignore_ascii_case("https"))
}

/// How the reader's browser addresses this site: `https://host`.
pub(crate) fn origin() -> String {
    let by_uri = || Some(use_context::<Parts>()?.uri.authority()?.to_string());
    let host = header(HOST).or_else(by_uri).unwrap_or_default();
    format!("{}://{host}", if is_https() { "https" } else { "http" })
}

fn header(name: http::HeaderName) -> Option<String> {
    let parts = use_context::<Parts>()?;
    Some(parts.headers.get(name)?.to_str().ok()?.to_owned())
}

/// The path, where it is one of this site: it begins with one slash.
pub(crate) fn local_path(path: &str) -> Option<&str> {
    let local = path.starts_with('/') && !path.starts_with("//") && path.len() <= 300;
    let plain = path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    (local && plain).then_some(path)
}

/// A text as part of a query: everything but letters, digits and `-._~/` becomes `%XX`.
pub(crate) fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::{encoded, local_path};

    #[test]
    fn a_query_holds_nothing_but_itself() {
        assert_eq!(encoded("/offers?q=火锅&a=1"), "/offers%3Fq%3D%E7%81%AB%E9%94%85%26a%3D1");
    }

    #[test]
    fn only_paths_of_this_site_are_gone_back_to() {
        assert_eq!(local_path("/rounds/3?a=b"), Some("/rounds/3?a=b"));
        for path in ["", "rounds", "//evil.example", "/\\evil.example", "https://evil.example", "/a\nb", "/ü"]
        {
            assert_eq!(local_path(path), None, "{path}");
        }
    }
}

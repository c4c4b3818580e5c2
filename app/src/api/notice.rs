//! What a form without JavaScript came to, told on the page that it returns to.
//!
//! The result travels in a cookie of that page and not in its address, so that
//! nobody can write words onto the city's page by sending a link.

use super::{ApiError, caller, cookies};
use domain::shapes::Problem;

const COOKIE: &str = "yuehui_notice";
const KEPT_S: u32 = 60;

/// Ends a server function that a form may have called. Where it failed, a
/// browser is sent back to `page`, which tells why; a script gets the error.
///
/// # Errors
/// The given one, for scripts.
pub(crate) fn settle(outcome: Result<(), ApiError>, page: &str) -> Result<(), ApiError> {
    match outcome {
        Err(ApiError(problem)) if caller::accepts_html() => {
            let path = page.split('?').next().unwrap_or(page);
            cookies::set(COOKIE, &cookies::pack(&problem), path, KEPT_S);
            leptos_axum::redirect(page);
            Ok(())
        }
        outcome => outcome,
    }
}

/// The same for a form that a door of the server takes itself: the cookie that
/// tells `page` why.
#[must_use]
pub fn notice_cookie(problem: &Problem, page: &str, is_https: bool) -> String {
    let (packed, secure) = (cookies::pack(problem), if is_https { "; Secure" } else { "" });
    format!("{COOKIE}={packed}; Path={page}; Max-Age={KEPT_S}; HttpOnly; SameSite=Lax{secure}")
}

/// The result that waits for this page; it is told once.
pub(crate) fn take() -> Option<Problem> {
    let problem = cookies::unpack(&cookies::get(COOKIE)?);
    cookies::clear(COOKIE, &caller::path());
    problem
}

//! The phone's REST calls, and what becomes of them.

use domain::Lang;
use domain::shapes::Problem;
use gloo::timers::callback::Timeout;
use reqwasm::http::Request;
use serde::de::DeserializeOwned;
use web_sys::AbortController;

/// After so long without an answer a call counts as lost.
const PATIENCE_MS: u32 = 10_000;
/// The same for a long list on a slow network.
const LONG_PATIENCE_MS: u32 = 300_000;

/// Reads something.
///
/// # Errors
/// The server's problem, or that it cannot be reached.
pub(crate) async fn get<T: DeserializeOwned>(url: &str, lang: Lang) -> Result<T, Problem> {
    answer(Request::get(url), lang).await
}

/// Reads a long text.
///
/// # Errors
/// The server's problem, or that it cannot be reached.
pub(crate) async fn text(url: &str, lang: Lang) -> Result<String, Problem> {
    match sent(Request::get(url), LONG_PATIENCE_MS).await {
        Some((true, text)) => Ok(text),
        Some((false, text)) => Err(serde_json::from_str(&text).unwrap_or_else(|_| unreachable(lang))),
        None => Err(unreachable(lang)),
    }
}

/// Asks something with a body, which changes nothing.
///
/// # Errors
/// The server's problem, or that it cannot be reached.
pub(crate) async fn ask<T: DeserializeOwned>(url: &str, body: String, lang: Lang) -> Result<T, Problem> {
    let request = Request::post(url).header("content-type", "application/json");
    answer(request.body(body), lang).await
}

/// Writes something under a key, so that a repeat is the same request.
///
/// # Errors
/// The server's problem, or that it cannot be reached: the write may still
/// have been done, and is to be repeated with its key.
pub(crate) async fn post<T: DeserializeOwned>(
    url: &str,
    key: &str,
    body: String,
    lang: Lang,
) -> Result<T, Problem> {
    post_with(url, &[("idempotency-key", key)], body, lang).await
}

/// Writes something with headers of one's own.
///
/// # Errors
/// As of [`post`].
pub(crate) async fn post_with<T: DeserializeOwned>(
    url: &str,
    headers: &[(&str, &str)],
    body: String,
    lang: Lang,
) -> Result<T, Problem> {
    let request = Request::post(url).header("content-type", "application/json");
    let request = headers.iter().fold(request, |request, (name, value)| request.header(name, value));
    answer(request.body(body), lang).await
}

async fn answer<T: DeserializeOwned>(request: Request, lang: Lang) -> Result<T, Problem> {
    let Some((ok, text)) = sent(request, PATIENCE_MS).await else {
        return Err(unreachable(lang));
    };
    if ok {
        serde_json::from_str(&text).map_err(|_| unreachable(lang))
    } else {
        Err(serde_json::from_str(&text).unwrap_or_else(|_| unreachable(lang)))
    }
}

/// Whether it succeeded, and the answer's whole text; `None` without one.
async fn sent(request: Request, patience_ms: u32) -> Option<(bool, String)> {
    let abort = AbortController::new().ok()?;
    let signal = abort.signal();
    let _patience = Timeout::new(patience_ms, move || abort.abort());
    let response = request.abort_signal(Some(&signal)).send().await.ok()?;
    Some((response.ok(), response.text().await.ok()?))
}

/// No answer, or none that can be read.
fn unreachable(lang: Lang) -> Problem {
    let words = lang.pick(
        "网络不通或系统繁忙，结果未知。请再点一次，不会重复",
        "No answer from the service, so the result is unknown. Press again: nothing happens twice",
    );
    Problem::new(503, "unavailable", words)
}

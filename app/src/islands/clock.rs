//! The server's time on the phone: the one file that reads the phone's clock.
//!
//! A page carries the moment at which it was made. The phone's clock at the
//! beginning of the answer gives the difference between the two clocks, however
//! much later the islands wake. Streams that carry the time correct it.

use std::cell::Cell;
use wasm_bindgen::JsCast;

thread_local! {
    /// Server's time less phone's time, in milliseconds, once it is known.
    static AHEAD_MS: Cell<Option<i64>> = const { Cell::new(None) };
}

/// The server's time now, in milliseconds; `made_at_ms` is when the page was made.
pub(crate) fn now_ms(made_at_ms: i64) -> i64 {
    let ahead = AHEAD_MS.get().unwrap_or_else(|| {
        let ahead = made_at_ms - answered_at_ms().unwrap_or_else(phone_ms);
        AHEAD_MS.set(Some(ahead));
        ahead
    });
    phone_ms() + ahead
}

/// Learns from an answer that the server's time was past a moment: an answer
/// may be old, but never comes from the future.
pub(crate) fn is_past(server_ms: i64) {
    let least = server_ms - phone_ms();
    AHEAD_MS.set(Some(AHEAD_MS.get().map_or(least, |ahead| ahead.max(least))));
}

/// When the answer that brought this page began, by the phone's clock.
fn answered_at_ms() -> Option<i64> {
    let performance = web_sys::window()?.performance()?;
    let navigation = performance.get_entries_by_type("navigation").get(0);
    let navigation = navigation.dyn_into::<web_sys::PerformanceNavigationTiming>().ok()?;
    Some(whole(performance.time_origin() + navigation.response_start()))
}

#[expect(clippy::disallowed_methods, reason = "this is the file that may")]
fn phone_ms() -> i64 {
    whole(js_sys::Date::now())
}

#[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970 are far below 2^53")]
fn whole(ms: f64) -> i64 {
    ms as i64
}

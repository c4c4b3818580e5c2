//! A page that looks again by itself while something is under way.

use gloo::timers::callback::Timeout;
use leptos::prelude::*;

/// Loads the page again after a while; without JavaScript a link does.
#[island]
pub fn Reload(
    /// In milliseconds.
    after_ms: u32,
) -> impl IntoView {
    Effect::new(move |_| {
        // A browser that does not is looked at by hand.
        Timeout::new(after_ms, || drop(window().location().reload())).forget();
    });
}

//! What stands where a list has nothing.

use leptos::prelude::*;

/// Why there is nothing, and where something is.
#[component]
pub(crate) fn Empty(
    /// What happened.
    #[prop(into)]
    words: String,
    /// Where to go.
    #[prop(into)]
    href: String,
    /// What is there.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    view! {
        <div class="empty">
            <p>{words}</p>
            <p><a class="button" href=href>{label}</a></p>
        </div>
    }
}

//! The icons, drawn on a grid of 24 with lines of the text's colour.

use leptos::prelude::*;

/// One icon; it says nothing that the words beside it do not.
#[component]
pub(crate) fn Icon(
    /// Its lines, as an SVG path.
    path: &'static str,
) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 24 24" width="24" height="24" fill="none" stroke="currentColor" stroke-width="1.8"
            stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">
            <path d=path/>
        </svg>
    }
}

/// A house.
pub(crate) const HOME: &str = "M4 11l8-7 8 7M6 9.5V20h12V9.5M10 20v-6h4v6";
/// A price tag.
pub(crate) const TAG: &str = "M4 4h8l8.5 8.5-8 8L4 12zM8.5 8.5h.01";
/// A bolt.
pub(crate) const BOLT: &str = "M13 3L5 13.5h6L10 21l9-11.5h-6.5z";
/// A ticket.
pub(crate) const TICKET: &str = "M3 7h18v3.2a1.9 1.9 0 000 3.6V17H3v-3.2a1.9 1.9 0 000-3.6zM14 7v10";
/// A person.
pub(crate) const PERSON: &str = "M12 12a4 4 0 100-8 4 4 0 000 8zM4.5 20.5c1-4 4-6 7.5-6s6.5 2 7.5 6";
/// A pin on the map.
pub(crate) const PIN: &str =
    "M12 21s7-6.2 7-11.5a7 7 0 10-14 0C5 14.8 12 21 12 21zM12 12a2.5 2.5 0 100-5 2.5 2.5 0 000 5z";
/// A clock.
pub(crate) const CLOCK: &str = "M12 21a9 9 0 100-18 9 9 0 000 18zM12 7v5.2l3.2 2";
/// A calendar.
pub(crate) const CALENDAR: &str = "M4 6h16v14H4zM4 10.5h16M8.5 3.5v4M15.5 3.5v4";
/// A shop.
pub(crate) const SHOP: &str = "M4 9l1.5-5h13L20 9a2.7 2.7 0 01-5.3 0 2.7 2.7 0 01-5.4 0A2.7 2.7 0 014 9zM5.5 12v8h13v-8M10 20v-4.5h4V20";
/// A magnifying glass.
pub(crate) const SEARCH: &str = "M10.5 17a6.5 6.5 0 100-13 6.5 6.5 0 000 13zM15.3 15.3L20 20";
/// An arrow to the right.
pub(crate) const NEXT: &str = "M9 5l7 7-7 7";
/// A telephone.
pub(crate) const PHONE: &str = "M6 3.5h3.5l1.5 4.5-2.2 1.6a11 11 0 005.6 5.6L16 13l4.5 1.5V18a2.5 2.5 0 01-2.6 2.5A14.5 14.5 0 013.5 6.1 2.5 2.5 0 016 3.5z";

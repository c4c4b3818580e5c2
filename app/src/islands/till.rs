//! The till: one sale after the other, by camera, keyboard or barcode reader.
//!
//! Everything is there before the script arrives: the forms post to
//! `api::till`. The script scans, asks without leaving the page, and repeats a
//! confirmation whose answer got lost.

mod ask;
mod camera;
mod desk;
mod entry;
mod lens;
mod outcome;
mod recent;
mod signal;
mod wedge;

use super::pause::sleep;
use crate::api::sale::{Sale, Step, TillOutlet};
use desk::Desk;
use domain::Lang;
use domain::shapes::RecentSale;
use gloo::events::{EventListener, EventListenerOptions};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wedge::Wedge;

/// The till of a merchant with these outlets.
#[island]
pub fn Till(
    /// The reader's language.
    lang: Lang,
    /// Where the till may stand.
    outlets: Vec<TillOutlet>,
    /// What is in the form.
    sale: Sale,
    /// Where the sale stands.
    step: Step,
    /// The merchant's last redemptions.
    recent: Vec<RecentSale>,
    /// What the keys of undoing begin with.
    undo_key: String,
    /// When the page was made, in milliseconds.
    made_at_ms: i64,
    /// The address of the scanner's script.
    scanner: String,
) -> impl IntoView {
    let desk = Desk::new(lang, &sale, step, recent);
    Effect::new(move |_| {
        desk.wake();
        listen(desk);
    });
    view! {
        <div class="till">
            {entry::entry(desk, outlets, &sale, scanner)}
            {move || outcome::outcome(desk, &sale)}
            {signal::switch(desk)}
            {recent::recent(desk, undo_key, made_at_ms)}
        </div>
    }
}

/// Hears barcode readers for as long as the page is open.
fn listen(desk: Desk) {
    let mut wedge = Wedge::default();
    let options = EventListenerOptions::enable_prevent_default();
    let hear = move |event: &web_sys::Event| {
        let Some(key) = event.dyn_ref() else { return };
        if let Some(text) = wedge.hear(key) {
            // Enter would press whatever has the focus.
            event.prevent_default();
            desk.take_code(&text);
        }
    };
    EventListener::new_with_options(&window(), "keydown", options, hear).forget();
}

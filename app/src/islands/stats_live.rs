//! Keeps the figures of a tally current while its page is open.
//!
//! The figures stand in the page since the server made it; a tick of the
//! stream fetches the tally anew and writes what has changed into its place.

use super::rest;
use crate::figures;
use domain::Lang;
use domain::shapes::{DistrictStats, StatsRow};
use gloo::events::EventListener;
use gloo::timers::callback::Timeout;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use web_sys::{Element, EventSource};

const STREAM: &str = "/api/v1/stats/live";
/// How long a changed figure stays marked.
const MARKED_MS: u32 = 1_600;

/// How the stream is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stream {
    /// Not there: the page stays as it was made.
    None,
    Open,
    Interrupted,
}

/// What the tally and its stream have in common.
#[derive(Clone, Copy)]
struct Tally {
    lang: Lang,
    url: StoredValue<String>,
    stream: RwSignal<Stream>,
    as_of: RwSignal<String>,
    /// A fetch is under way.
    fetching: StoredValue<bool>,
    /// A tick came while it was.
    again: StoredValue<bool>,
}

/// Says as of when the figures are, and keeps them current.
#[island]
pub fn LiveTally(
    /// The reader's language.
    lang: Lang,
    /// The tally's query with its question mark, or nothing.
    query: String,
    /// The moment that the figures are as of, in RFC 3339.
    as_of: String,
) -> impl IntoView {
    let tally = Tally {
        lang,
        url: StoredValue::new(format!("/api/v1/stats/districts{query}")),
        stream: RwSignal::new(Stream::None),
        as_of: RwSignal::new(as_of),
        fetching: StoredValue::new(false),
        again: StoredValue::new(false),
    };
    Effect::new(move |_| tally.follow());
    let mark = move || match tally.stream.get() {
        Stream::None => "live",
        Stream::Open => "live live-on",
        Stream::Interrupted => "live live-off",
    };
    let said = move || match tally.stream.get() {
        Stream::None => "",
        Stream::Open => lang.pick("实时更新", "Live"),
        Stream::Interrupted => lang.pick("实时更新中断，正在重连", "Interrupted: reconnecting"),
    };
    view! {
        <p class=mark>
            <span class="live-as-of">
                {lang.pick("截至 ", "As of ")}
                <time datetime=move || tally.as_of.get()>{move || moment(&tally.as_of.get())}</time>
            </span>
            <span class="live-said" role="status">{said}</span>
        </p>
    }
}

/// `2021-06-18 10:00:05` of a moment in RFC 3339.
fn moment(rfc3339: &str) -> String {
    let second = rfc3339.get(..19).unwrap_or(rfc3339);
    second.replace('T', " ")
}

impl Tally {
    fn follow(self) {
        let Ok(stream) = EventSource::new(STREAM) else {
            return;
        };
        // The first tick comes with the stream: it brings what moved meanwhile.
        EventListener::new(&stream, "tick", move |_| self.fetch()).forget();
        EventListener::new(&stream, "open", move |_| self.stream.set(Stream::Open)).forget();
        EventListener::new(&stream, "error", move |_| self.stream.set(Stream::Interrupted)).forget();
    }

    /// Fetches the tally; ticks that come meanwhile are one more fetch.
    fn fetch(self) {
        self.again.set_value(true);
        if self.fetching.get_value() {
            return;
        }
        self.fetching.set_value(true);
        spawn_local(async move {
            while self.again.get_value() {
                self.again.set_value(false);
                let url = self.url.get_value();
                match rest::get::<DistrictStats>(&url, self.lang).await {
                    Ok(stats) => {
                        self.as_of.set(stats.as_of.clone());
                        write(&stats);
                    }
                    Err(_) => self.stream.set(Stream::Interrupted),
                }
            }
            self.fetching.set_value(false);
        });
    }
}

fn write(stats: &DistrictStats) {
    let rows = stats.items.iter().map(|row| (figures::row_name(row), row));
    let complete = rows.fold(true, |complete, (name, row)| write_row(&name, row) && complete);
    // One district alone is its own total and may have no other.
    let whole = write_row(figures::TOTAL, &stats.total) || stats.items.len() == 1;
    if !(complete && whole) {
        // A district that had nothing to show until now.
        let _ = window().location().reload();
    }
}

/// Writes a row into its place; false when it has none.
fn write_row(name: &str, row: &StatsRow) -> bool {
    let find = format!("[data-district='{name}'] [data-column]");
    let Ok(cells) = document().query_selector_all(&find) else {
        return true;
    };
    for n in 0..cells.length() {
        if let Some(cell) = cells.get(n).and_then(|cell| cell.dyn_into::<Element>().ok()) {
            write_cell(&cell, row);
        }
    }
    cells.length() > 0
}

fn write_cell(cell: &Element, row: &StatsRow) {
    let column = cell.get_attribute("data-column").unwrap_or_default();
    let figure = figures::cell(row, &column);
    if cell.text_content().is_some_and(|text| text == figure) {
        return;
    }
    cell.set_text_content(Some(&figure));
    // Without its mark a figure is as right.
    let _ = cell.class_list().add_1("moved");
    let cell = cell.clone();
    Timeout::new(MARKED_MS, move || {
        let _ = cell.class_list().remove_1("moved");
    })
    .forget();
}

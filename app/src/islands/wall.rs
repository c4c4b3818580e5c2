//! Keeps the wall screen current for weeks: what the server draws replaces what
//! stands there, so that nothing grows.

use super::rest;
use domain::Lang;
use gloo::events::EventListener;
use gloo::timers::callback::Interval;
use leptos::prelude::*;
use leptos::task::spawn_local;
use web_sys::EventSource;

const STREAM: &str = "/api/v1/stats/live";
const PAGE: &str = "/bureau/screen";
/// How often the wall may be drawn anew.
const BEAT_MS: u32 = 2_000;
/// After so many beats it is drawn anew whatever the stream says.
const PATIENCE: u32 = 15;

/// Draws the wall anew when a tally moved, and opens the stream again where the
/// browser gave it up.
#[island]
pub fn LiveWall(
    /// The reader's language.
    lang: Lang,
) -> impl IntoView {
    let moved = StoredValue::new(false);
    let drawing = StoredValue::new(false);
    let quiet = StoredValue::new(0_u32);
    let lost = RwSignal::new(false);
    Effect::new(move |_| {
        let mut stream = None;
        Interval::new(BEAT_MS, move || {
            follow(&mut stream, moved);
            quiet.update_value(|beats| *beats += 1);
            let due = moved.get_value() || quiet.get_value() >= PATIENCE;
            if due && !drawing.get_value() {
                drawing.set_value(true);
                moved.set_value(false);
                quiet.set_value(0);
                spawn_local(async move {
                    let drawn = draw(lang).await;
                    lost.set(!drawn);
                    // What failed is tried again at the next beat.
                    moved.update_value(|moved| *moved |= !drawn);
                    drawing.set_value(false);
                });
            }
        })
        .forget();
    });
    let said = move || {
        if lost.get() { lang.pick("连接中断，正在重连", "Interrupted: reconnecting") } else { "" }
    };
    view! { <p class="wall-lost" role="status">{said}</p> }
}

/// Opens the stream where there is none, or a dead one.
fn follow(stream: &mut Option<(EventSource, EventListener)>, moved: StoredValue<bool>) {
    let alive = stream.as_ref().is_some_and(|(source, _)| source.ready_state() != EventSource::CLOSED);
    if !alive && let Ok(source) = EventSource::new(STREAM) {
        let ticks = EventListener::new(&source, "tick", move |_| moved.set_value(true));
        *stream = Some((source, ticks));
    }
}

/// Fetches the page and puts its wall in the place of the old; false where it did not come.
async fn draw(lang: Lang) -> bool {
    let Ok(page) = rest::text(PAGE, lang).await else { return false };
    let Ok(apart) = document().create_element("div") else { return false };
    apart.set_inner_html(&page);
    let (fresh, stands) = (apart.query_selector("#wall"), document().query_selector("#wall"));
    let (Ok(Some(fresh)), Ok(Some(stands))) = (fresh, stands) else { return false };
    stands.set_inner_html(&fresh.inner_html());
    true
}

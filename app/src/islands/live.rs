//! The rounds as they stand, streamed by the server: one stream for a whole page.

use super::clock;
use domain::RoundId;
use domain::Timestamp;
use domain::shapes::RoundLive;
use gloo::events::EventListener;
use std::cell::RefCell;
use wasm_bindgen::JsCast;
use web_sys::{EventSource, MessageEvent};

const STREAM: &str = "/api/v1/rounds/live";

type Listener = Box<dyn Fn(&RoundLive)>;

thread_local! {
    /// Who waits for news of which round. The stream opens with the first.
    static LISTENERS: RefCell<Vec<(RoundId, Listener)>> = const { RefCell::new(Vec::new()) };
}

/// Calls `listener` with every picture of a round from now on.
pub(crate) fn follow(round: RoundId, listener: impl Fn(&RoundLive) + 'static) {
    let first = LISTENERS.with_borrow_mut(|listeners| {
        listeners.push((round, Box::new(listener)));
        listeners.len() == 1
    });
    // Without the stream the page stays as it was made.
    if let Some(stream) = first.then(|| EventSource::new(STREAM).ok()).flatten() {
        EventListener::new(&stream, "message", |event| {
            if let Some(rounds) = read(event) {
                tell(&rounds);
            }
        })
        .forget();
    }
}

fn read(event: &web_sys::Event) -> Option<Vec<RoundLive>> {
    let text = event.dyn_ref::<MessageEvent>()?.data().as_string()?;
    serde_json::from_str(&text).ok()
}

fn tell(rounds: &[RoundLive]) {
    let now = rounds.first().and_then(|live| live.now.parse::<Timestamp>().ok());
    if let Some(now) = now {
        clock::is_past(now.ms());
    }
    LISTENERS.with_borrow(|listeners| {
        for live in rounds {
            let concerned = listeners.iter().filter(|(round, _)| *round == live.id);
            concerned.for_each(|(_, listener)| listener(live));
        }
    });
}

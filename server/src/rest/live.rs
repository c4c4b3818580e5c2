//! Server-sent events: the rounds' stock for anyone, the tallies' pulse for organizers.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use backend::Backend;
use domain::shapes::RoundLive;
use futures::stream::{Stream, StreamExt};
use serde_json::json;
use tokio_stream::wrappers::WatchStream;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::ask::Organizer;
use crate::listen::Closing;
use crate::router::Doors;

/// A comment goes out this often, so that proxies keep a quiet stream open.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

pub(super) fn routes() -> OpenApiRouter<Doors> {
    OpenApiRouter::new().routes(routes!(rounds_live)).routes(routes!(stats_live))
}

/// The rounds' stock and state as they change.
///
/// Each event's `data` is a JSON array of `RoundLive`. The first holds every round, each further one those
/// that changed.
#[utoipa::path(get, path = "/rounds/live", tag = "vouchers", responses((status = OK, body = [RoundLive], content_type = "text/event-stream")))]
async fn rounds_live(
    State(backend): State<Backend>,
    closing: Option<Extension<Closing>>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let mut told = Arc::default();
    let pictures = WatchStream::new(backend.live_rounds());
    let changes = pictures.filter_map(move |picture| {
        let changed = changed_rounds(&mut told, &picture);
        async move { (!changed.is_empty()).then(|| Event::default().json_data(changed).unwrap_or_default()) }
    });
    stream(changes, closing)
}

/// Those rounds of a picture that differ from the one told before, which every stream shares with the others.
fn changed_rounds(told: &mut Arc<Vec<RoundLive>>, picture: &Arc<Vec<RoundLive>>) -> Vec<RoundLive> {
    let before = std::mem::replace(told, picture.clone());
    let is_told = |round: &RoundLive| {
        let known = before.iter().find(|known| known.id == round.id);
        known.is_some_and(|known| known.state == round.state && known.remaining == round.remaining)
    };
    picture.iter().filter(|round| !is_told(round)).cloned().collect()
}

/// A `tick` whenever a tally moved: fetch the tallies again.
///
/// The first comes at once. Its `data` is `{"as_of": "…"}`.
#[utoipa::path(get, path = "/stats/live", tag = "stats", responses((status = OK, body = String, content_type = "text/event-stream")), security(("session" = []), ("bearer" = [])))]
async fn stats_live(
    State(backend): State<Backend>,
    Organizer(_): Organizer,
    closing: Option<Extension<Closing>>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let moves = WatchStream::new(backend.live_stats());
    let ticks = moves.map(move |_| {
        let as_of = backend.zone().rfc3339(backend.now());
        Event::default().event("tick").data(json!({ "as_of": as_of }).to_string())
    });
    stream(ticks, closing)
}

/// Streams events until the caller leaves or the server stops.
fn stream(
    events: impl Stream<Item = Event> + Send + 'static,
    closing: Option<Extension<Closing>>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let end = async move {
        match closing {
            Some(Extension(closing)) => closing.closed().await,
            None => std::future::pending().await,
        }
    };
    let until_end = events.map(Ok).take_until(Box::pin(end));
    Sse::new(until_end).keep_alive(KeepAlive::new().interval(KEEP_ALIVE))
}

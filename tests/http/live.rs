//! `/rounds/live`, `/stats/live`: server-sent events.

use futures::StreamExt;
use futures::stream::BoxStream;
use http::Method;
use serde_json::Value;
use std::time::Duration;
use tests::{Person, TestCity, on_both_databases};

on_both_databases!(anyone_watches_the_stock, organizers_feel_the_pulse_of_the_tallies);

/// How long to wait for an event.
const PATIENCE: Duration = Duration::from_secs(10);

/// A stream of events, read as it comes.
struct Events {
    bytes: BoxStream<'static, String>,
    rest: String,
}

impl Events {
    async fn of(person: &Person, path: &str) -> Events {
        let response = person.api(Method::GET, path).send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        let bytes = response.bytes_stream().map(|chunk| String::from_utf8(chunk.unwrap().to_vec()).unwrap());
        Events { bytes: bytes.boxed(), rest: String::new() }
    }

    /// The next event's name and data.
    async fn next(&mut self) -> (String, Value) {
        loop {
            if let Some((event, rest)) = self.rest.split_once("\n\n") {
                let (event, rest) = (event.to_owned(), rest.to_owned());
                self.rest = rest;
                let field = |name: &str| {
                    event.lines().find_map(|line| line.strip_prefix(name)).map(|text| text.trim().to_owned())
                };
                if let Some(data) = field("data:") {
                    return (field("event:").unwrap_or_default(), serde_json::from_str(&data).unwrap());
                }
                continue;
            }
            let chunk = tokio::time::timeout(PATIENCE, self.bytes.next()).await.expect("an event in time");
            self.rest.push_str(&chunk.expect("an open stream"));
        }
    }
}

async fn anyone_watches_the_stock(city: &TestCity) {
    let mut events = Events::of(&city.anyone(), "/rounds/live").await;
    let (_, all) = events.next().await;
    let rounds = city.anyone().get("/rounds?limit=100").await.expect(200);
    assert_eq!(all.as_array().unwrap().len(), rounds["items"].as_array().unwrap().len());
    let first = all.as_array().unwrap().iter().find(|round| round["id"] == 1).unwrap();
    assert_eq!((&first["remaining"], &first["state"]), (&300.into(), &"open".into()));
    city.voucher_of(&city.resident(1).await).await;
    let (_, changed) = events.next().await;
    assert_eq!(changed.as_array().unwrap().len(), 1, "{changed}");
    assert_eq!((&changed[0]["id"], &changed[0]["remaining"]), (&1.into(), &299.into()));
    city.set_clock("2021-06-18T22:00:00+08:00");
    let (_, changed) = events.next().await;
    assert!(
        changed.as_array().unwrap().iter().any(|round| round["id"] == 1 && round["state"] == "closed"),
        "{changed}"
    );
}

async fn organizers_feel_the_pulse_of_the_tallies(city: &TestCity) {
    let mut events = Events::of(&city.organizer().await, "/stats/live").await;
    let (name, data) = events.next().await;
    assert_eq!((name.as_str(), &data["as_of"]), ("tick", &"2021-06-18T10:00:00+08:00".into()));
    city.wait_s(1);
    city.voucher_of(&city.resident(1).await).await;
    let (name, data) = events.next().await;
    assert_eq!((name.as_str(), &data["as_of"]), ("tick", &"2021-06-18T10:00:01+08:00".into()));
    city.anyone().get("/stats/live").await.refused(401, "unauthenticated");
}

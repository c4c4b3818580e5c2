//! Somebody with a phone in their hand: a client of the REST interface.

use crate::Answer;
use http::Method;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use serde_json::Value;
use std::sync::atomic::{AtomicU64, Ordering};

/// The accounts of the demonstration season.
pub mod people {
    /// The n-th resident, of 999.
    #[must_use]
    pub fn resident(n: u32) -> String {
        format!("139{n:08}")
    }
    /// The owner of the first merchant.
    pub const OWNER: &str = "13800000001";
    /// Its clerk.
    pub const CLERK: &str = "13800000002";
    /// Its manager.
    pub const OWN_MANAGER: &str = "13800000003";
    /// The owner of another merchant.
    pub const OTHER_OWNER: &str = "13800000011";
    /// A manager of another merchant.
    pub const MANAGER: &str = "13800000027";
    /// The city's organizer.
    pub const ORGANIZER: &str = "13700000001";
    /// The officer of the district 210302.
    pub const OFFICER: &str = "13700000002";
    /// Finance.
    pub const FINANCE: &str = "13700000003";
    /// The auditor.
    pub const AUDITOR: &str = "13700000004";
    /// The community desk of the district 210302.
    pub const DESK: &str = "13700000005";
}

/// A fresh idempotency key.
#[must_use]
pub fn new_key() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    format!("test-key-{:08}", COUNT.fetch_add(1, Ordering::SeqCst))
}

/// A caller, signed in or not.
#[derive(Clone, Debug)]
pub struct Person {
    client: reqwest::Client,
    origin: String,
    token: Option<String>,
}

impl Person {
    pub(crate) fn new(client: reqwest::Client, origin: &str, token: Option<String>) -> Person {
        Person { client, origin: origin.to_owned(), token }
    }

    /// The session's token.
    #[must_use]
    pub fn token(&self) -> &str {
        self.token.as_deref().unwrap_or_default()
    }

    /// The same caller with another token.
    #[must_use]
    pub fn with_token(&self, token: &str) -> Person {
        Person { token: Some(token.to_owned()), ..self.clone() }
    }

    /// A request to a path of the site, with the session.
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.client.request(method, format!("{}{path}", self.origin));
        match &self.token {
            Some(token) => request.header(AUTHORIZATION, format!("Bearer {token}")),
            None => request,
        }
    }

    /// A request to a path of the REST interface, with the session.
    pub fn api(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.request(method, &format!("/api/v1{path}"))
    }

    /// Reads.
    pub async fn get(&self, path: &str) -> Answer {
        Answer::of(self.api(Method::GET, path)).await
    }

    /// Calls with a body.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        Answer::of(self.api(Method::POST, path).json(body)).await
    }

    /// Calls with a body of any kind.
    pub async fn post_raw(&self, path: &str, media: &str, body: impl Into<reqwest::Body>) -> Answer {
        let request = self.api(Method::POST, path).header(CONTENT_TYPE, media);
        Answer::of(request.header("idempotency-key", new_key()).body(body)).await
    }

    /// Writes under a key.
    pub async fn write(&self, method: Method, path: &str, body: Option<&Value>, key: &str) -> Answer {
        let request = self.api(method, path).header("idempotency-key", key);
        Answer::of(match body {
            Some(body) => request.json(body),
            None => request,
        })
        .await
    }
}

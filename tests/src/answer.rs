//! What a server said.

use http::HeaderMap;
use http::header::CONTENT_TYPE;
use serde_json::Value;

/// An answer, read whole.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub text: String,
}

impl Answer {
    /// Sends a request and reads its answer.
    ///
    /// # Panics
    /// When there is none.
    pub async fn of(request: reqwest::RequestBuilder) -> Answer {
        let response = request.send().await.expect("an answer");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Answer { status, headers, text: response.text().await.expect("a body") }
    }

    /// The body as JSON.
    ///
    /// # Panics
    /// When it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    /// A header; empty when it is not there.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Whether this is the stored answer of an earlier request.
    #[must_use]
    pub fn is_replay(&self) -> bool {
        self.header("idempotent-replay") == "true"
    }

    /// The body of an answer with this status.
    ///
    /// # Panics
    /// When the status is another.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        self.json()
    }

    /// The problem of a refusal with this status and code, whole and well formed.
    ///
    /// # Panics
    /// When it is something else.
    #[track_caller]
    pub fn refused(&self, status: u16, code: &str) -> Value {
        assert_eq!(
            (self.status, self.header(CONTENT_TYPE.as_str())),
            (status, "application/problem+json"),
            "{}",
            self.text
        );
        let problem = self.json();
        assert_eq!(problem["code"], code, "{problem}");
        assert_eq!(problem["status"], status, "{problem}");
        for member in ["type", "title", "detail"] {
            assert!(problem[member].as_str().is_some_and(|text| !text.is_empty()), "{member} of {problem}");
        }
        problem
    }

    /// The field that a refusal names.
    ///
    /// # Panics
    /// When the refusal is another.
    #[track_caller]
    pub fn refused_field(&self, status: u16, code: &str, field: &str) {
        let problem = self.refused(status, code);
        assert_eq!(problem["field"], field, "{problem}");
        assert!(problem["limit"].is_string() || problem["limit"].is_number(), "{problem}");
    }
}

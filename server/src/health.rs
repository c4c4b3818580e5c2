//! `/healthz`: the process answers. `/readyz`: so does its database.

use axum::extract::State;
use backend::Backend;
use http::StatusCode;

pub(crate) async fn alive() -> &'static str {
    "alive"
}

pub(crate) async fn ready(State(backend): State<Backend>) -> (StatusCode, &'static str) {
    match backend.ping().await {
        Ok(_) => (StatusCode::OK, "ready"),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer"),
    }
}

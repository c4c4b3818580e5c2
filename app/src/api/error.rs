//! The one error of pages and server functions.

use domain::shapes::Problem;
use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A problem in the reader's language, on its way to a page or a script.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ApiError(pub Box<Problem>);

impl From<Problem> for ApiError {
    fn from(problem: Problem) -> ApiError {
        ApiError(Box::new(problem))
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.detail)
    }
}

impl std::error::Error for ApiError {}

impl FromServerFnError for ApiError {
    type Encoder = JsonEncoding;

    /// What went wrong around a server function: the form is not the one that
    /// the page sent, or the network is gone.
    fn from_server_fn_error(error: ServerFnErrorErr) -> ApiError {
        let problem = match error {
            ServerFnErrorErr::Args(_)
            | ServerFnErrorErr::MissingArg(_)
            | ServerFnErrorErr::Deserialization(_) => Problem::new(
                422,
                "bad_field",
                "表单不完整，请返回重填 · The form is incomplete: go back and fill it in again",
            ),
            _ => Problem::new(
                503,
                "unavailable",
                "系统繁忙，请稍后重试 · The service is busy: try again in a moment",
            ),
        };
        #[cfg(feature = "ssr")]
        super::caller::set_status_for_scripts(problem.status);
        problem.into()
    }
}

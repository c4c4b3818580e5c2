//! Refusals on their way out: whatever turns a request away leaves a [`Refused`] on the response, and one
//! layer around everything writes it as a problem (RFC 9457) in the caller's language.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use backend::{Backend, Error};
use domain::shapes::{Extra, Problem};
use domain::{Denied, Lang, Zone};
use http::header::{ALLOW, CONTENT_LANGUAGE, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, StatusCode};

use crate::lang;

/// The media type of a problem.
pub(crate) const PROBLEM_JSON: &str = "application/problem+json";

/// When to repeat a request that met a busy service.
const BUSY_RETRY_S: i64 = 1;

/// Why a request gets no answer.
#[derive(Debug)]
pub(crate) enum Refused {
    /// A service said no, or failed.
    Service(Error),
    /// It did not come as far as a service.
    Door(Door),
}

/// What stops a request before any service sees it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Door {
    status: StatusCode,
    code: &'static str,
    zh: &'static str,
    en: &'static str,
}

macro_rules! doors {
    ($($name:ident: $status:ident $code:literal $zh:literal $en:literal;)+) => {
        impl Door {$(
            #[doc = $en]
            pub(crate) const $name: Door =
                Door { status: StatusCode::$status, code: $code, zh: $zh, en: $en };
        )+}
    };
}

doors! {
    BAD_BODY: BAD_REQUEST "bad_body" "请求体不是 JSON 对象" "The body is not a JSON object";
    CROSS_SITE: FORBIDDEN "cross_site" "请求来自其他网站，已拒绝" "The request comes from another site";
    METHOD_NOT_ALLOWED: METHOD_NOT_ALLOWED "method_not_allowed" "此地址不支持该方法" "This address does not take that method";
    TOO_SLOW: REQUEST_TIMEOUT "body_too_slow" "请求体发送太慢，请重试" "The body took too long: send it again";
    FILE_TOO_LARGE: PAYLOAD_TOO_LARGE "file_too_large" "文件超过 20 MB" "The file is larger than 20 MB";
    TOO_LARGE: PAYLOAD_TOO_LARGE "body_too_large" "请求体超过 64 KB" "The body is larger than 64 KB";
    BAD_UPLOAD: BAD_REQUEST "bad_body" "上传中断或表单不完整，请重试" "The upload broke off or the form is incomplete: try again";
    FILES_TOO_LARGE: PAYLOAD_TOO_LARGE "body_too_large" "上传的文件太大，请分几次传" "The files are too large: send them one after the other";
    NOT_FORM: UNSUPPORTED_MEDIA_TYPE "unsupported_media_type" "请求体须为 multipart/form-data" "The body has to be multipart/form-data";
    NOT_JSON: UNSUPPORTED_MEDIA_TYPE "unsupported_media_type" "请求体须为 application/json" "The body has to be application/json";
    INTERNAL: INTERNAL_SERVER_ERROR "internal" "系统出错，请稍后再试" "Something went wrong: try again in a moment";
}

impl Refused {
    fn problem(&self, lang: Lang, zone: Zone) -> Problem {
        match self {
            Refused::Service(error) => error.problem(lang, zone),
            Refused::Door(door) => Problem::new(door.status.as_u16(), door.code, lang.pick(door.zh, door.en)),
        }
    }
}

/// Carries the refusal out to [`speak`]; without that layer the answer is an empty 500.
impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let carrier = Extension(Arc::new(self));
        (StatusCode::INTERNAL_SERVER_ERROR, carrier).into_response()
    }
}

/// Writes a refusal in the caller's language; other answers pass untouched.
pub(crate) async fn speak(State(backend): State<Backend>, request: Request, next: Next) -> Response {
    let lang = lang::of(request.headers());
    let mut response = next.run(request).await;
    let Some(refused) = response.extensions_mut().remove::<Arc<Refused>>() else {
        return response;
    };
    if let Refused::Service(Error::Store(error)) = &*refused {
        tracing::error!(%error, cause = ?std::error::Error::source(error), "the store failed");
    }
    let problem = refused.problem(lang, backend.zone());
    let mut written = write(&problem, lang);
    // What a router told beside: the methods that it allows.
    if let Some(allow) = response.headers_mut().remove(ALLOW) {
        written.headers_mut().insert(ALLOW, allow);
    }
    written
}

fn write(problem: &Problem, lang: Lang) -> Response {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
    headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static(lang.tag()));
    let retry_after_s = match problem.with.get("retry_after_s") {
        Some(Extra::Number(seconds)) => Some(*seconds),
        _ => (status == StatusCode::SERVICE_UNAVAILABLE).then_some(BUSY_RETRY_S),
    };
    if let Some(seconds) = retry_after_s {
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    if status == StatusCode::UNAUTHORIZED {
        headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    (status, headers, serde_json::to_vec(&titled(problem, status)).unwrap_or_default()).into_response()
}

/// The problem with the title that its status has in HTTP.
fn titled(problem: &Problem, status: StatusCode) -> Problem {
    let title = status.canonical_reason().unwrap_or(&problem.title);
    Problem { title: title.to_owned(), ..problem.clone() }
}

impl From<Door> for Refused {
    fn from(door: Door) -> Refused {
        Refused::Door(door)
    }
}

macro_rules! from_service {
    ($($error:ty),+) => {$(
        impl From<$error> for Refused {
            fn from(error: $error) -> Refused {
                Refused::Service(error.into())
            }
        }
    )+};
}
from_service!(Error, Denied);

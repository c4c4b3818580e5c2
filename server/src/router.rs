//! All front doors in one router, with what stands before each of them.

use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use backend::Backend;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderName, HeaderValue};
use tower::ServiceBuilder;
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};
use tower_http::csrf::{CsrfLayer, ProtectionError};
use tower_http::request_id::{MakeRequestId, PropagateRequestIdLayer, RequestId, SetRequestIdLayer};
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::trace::TraceLayer;

use crate::assets::Assets;
use crate::problem::{Door, Refused};
use crate::{body, health, lang, limits, metrics, pages, photos, problem, rest, upload};

/// What every door needs.
#[derive(Clone)]
pub(crate) struct Doors {
    pub(crate) backend: Backend,
    pub(crate) assets: Assets,
}

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The whole server. To be called inside a runtime.
pub fn router(backend: Backend, assets: Assets) -> Router {
    let doors = Doors { backend, assets };
    let inside = Router::new()
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/lang/{lang}", get(lang::choose))
        .merge(rest::router(&doors))
        .merge(photos::router())
        .merge(upload::router())
        .merge(doors.assets.router())
        .merge(pages::router(&doors));
    guarded(&doors.backend, inside).with_state(doors)
}

/// What stands before every door, around doors of one's own. To be called inside a runtime.
pub fn guarded<S: Clone + Send + Sync + 'static>(backend: &Backend, inside: Router<S>) -> Router<S> {
    let guarded = inside.layer(
        ServiceBuilder::new()
            .layer(from_fn_with_state(backend.clone(), problem::speak))
            .layer(CatchPanicLayer::custom(broken))
            .layer(CsrfLayer::new().with_rejection_response(cross_site))
            .layer(from_fn_with_state(backend.clone(), limits::count))
            .layer(from_fn(body::read)),
    );
    metrics::counted(guarded).layer(
        ServiceBuilder::new()
            .layer(compressed())
            .layer(SetRequestIdLayer::new(REQUEST_ID, Numbers::new(backend)))
            .layer(TraceLayer::new_for_http().make_span_with(span))
            .layer(PropagateRequestIdLayer::new(REQUEST_ID))
            .layer(header(X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .layer(header(REFERRER_POLICY, "same-origin"))
            .layer(header(PERMISSIONS_POLICY, "camera=(self), microphone=(), geolocation=()"))
            // Pages bring a policy of their own; everything else is no document.
            .layer(header(CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"))
            .layer(header(CACHE_CONTROL, "no-store")),
    )
}

/// What is long enough to gain by it leaves compressed; assets and photos are already, and events leave one by
/// one.
fn compressed() -> CompressionLayer<impl Predicate> {
    let worthwhile =
        SizeAbove::new(COMPRESSED_FROM_BYTES).and(NotForContentType::SSE).and(NotForContentType::IMAGES);
    CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(worthwhile)
}

/// Below this an answer fits one packet anyway.
const COMPRESSED_FROM_BYTES: u64 = 1400;

const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");

fn header(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
}

/// A handler's panic ends its request and no other. What it said stays in the log.
fn broken(_panic: Box<dyn Any + Send>) -> Response {
    tracing::error!("a handler panicked");
    Refused::from(Door::INTERNAL).into_response()
}

fn cross_site(_: ProtectionError) -> Response {
    Refused::from(Door::CROSS_SITE).into_response()
}

/// What a log line tells of a request: neither its address with numbers and searches nor its caller.
fn span(request: &Request<Body>) -> tracing::Span {
    let route =
        request.extensions().get::<axum::extract::MatchedPath>().map_or("unknown", |path| path.as_str());
    let id = request.headers().get(REQUEST_ID).and_then(|id| id.to_str().ok()).unwrap_or_default();
    tracing::debug_span!("request", method = %request.method(), route, id)
}

/// Numbers the requests of a process, after a random start.
#[derive(Clone, Debug)]
struct Numbers {
    process: Arc<str>,
    count: Arc<AtomicU64>,
}

impl Numbers {
    fn new(backend: &Backend) -> Numbers {
        let random = backend.new_key();
        let process = random.as_str().chars().take(8).collect::<String>().into();
        Numbers { process, count: Arc::default() }
    }
}

impl MakeRequestId for Numbers {
    fn make_request_id<B>(&mut self, _: &Request<B>) -> Option<RequestId> {
        let number = self.count.fetch_add(1, Ordering::Relaxed);
        HeaderValue::try_from(format!("{}-{number}", self.process)).ok().map(RequestId::new)
    }
}

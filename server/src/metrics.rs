//! `/metrics`: requests by route, method and status, for Prometheus.
//!
//! A route stands as its pattern, `/api/v1/rounds/{id}`, and everything unknown as one, so that neither a
//! number nor a stranger's path becomes a label.

use std::sync::OnceLock;

use axum::Router;
use axum::routing::get;
use axum_prometheus::metrics_exporter_prometheus::PrometheusHandle;
use axum_prometheus::{EndpointLabel, PrometheusMetricLayer, PrometheusMetricLayerBuilder};

/// The process has one recorder, whatever number of servers it runs.
static RECORDER: OnceLock<(PrometheusMetricLayer<'static>, PrometheusHandle)> = OnceLock::new();

fn recorder() -> &'static (PrometheusMetricLayer<'static>, PrometheusHandle) {
    RECORDER.get_or_init(|| {
        PrometheusMetricLayerBuilder::new()
            .with_prefix("yuehui")
            .with_endpoint_label_type(EndpointLabel::MatchedPathWithFallbackFn(|_| "unknown".to_owned()))
            .with_ignore_pattern("/metrics")
            .with_default_metrics()
            .build_pair()
    })
}

/// Counts every request of a router and shows the counts at `/metrics`. To be called inside a runtime.
pub(crate) fn counted<S: Clone + Send + Sync + 'static>(router: Router<S>) -> Router<S> {
    let (layer, handle) = recorder();
    router.route("/metrics", get(|| async { handle.render() })).layer(layer.clone())
}

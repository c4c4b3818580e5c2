//! Request bodies: read whole, within 64 KB and ten seconds, before anything looks at them. Files are the
//! exception: their door asks first who sends them, and then reads them itself.

use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::StreamExt;
use http::HeaderMap;
use http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};

use crate::photos;
use crate::problem::{Door, Refused};
use crate::upload;

/// The largest body of a form or call.
pub(crate) const LIMIT_BYTES: usize = 64 * 1024;

/// How much of a larger one is still taken, and thrown away, so that its sender comes to read the refusal.
const PATIENCE_BYTES: usize = 1024 * 1024;

/// How long a caller may take to send it.
const DEADLINE: Duration = Duration::from_secs(10);

/// Puts the whole body in the place of the stream, or refuses it.
pub(crate) async fn read(request: Request, next: Next) -> Response {
    if upload::is_upload(&request) {
        return next.run(request).await;
    }
    let length = declared_length(request.headers());
    if photos::is_upload(&request) {
        if length.is_some_and(|length| length > photos::MOST_BYTES as u64) {
            return Refused::from(Door::FILES_TOO_LARGE).into_response();
        }
        return next.run(request).await;
    }
    if length.is_some_and(|length| length > PATIENCE_BYTES as u64) {
        return Refused::from(Door::TOO_LARGE).into_response();
    }
    let chunked = request.headers().contains_key(TRANSFER_ENCODING);
    if !chunked && length.is_none_or(|length| length == 0) {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let whole = tokio::time::timeout(DEADLINE, take(body.into_data_stream())).await;
    match whole.unwrap_or(Err(Door::TOO_SLOW)) {
        Ok(bytes) => next.run(Request::from_parts(parts, Body::from(bytes))).await,
        Err(door) => Refused::from(door).into_response(),
    }
}

async fn take(mut pieces: BodyDataStream) -> Result<Vec<u8>, Door> {
    let (mut whole, mut read_bytes) = (Vec::new(), 0);
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|_| Door::BAD_BODY)?;
        read_bytes += piece.len();
        if read_bytes <= LIMIT_BYTES {
            whole.extend_from_slice(&piece);
        } else if read_bytes > PATIENCE_BYTES {
            break;
        }
    }
    if read_bytes > LIMIT_BYTES { Err(Door::TOO_LARGE) } else { Ok(whole) }
}

fn declared_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

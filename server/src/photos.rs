//! Photos on their way in and out: the form that sends them, and the addresses under which they are served.
//!
//! A file's name is never looked at. A file is read only after its sender is known to be allowed to add it,
//! and one at a time.

use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Path, Request, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use backend::{Backend, Caller, Error};
use domain::{Denied, MOST_PHOTO_BYTES, MOST_PHOTOS, PhotoId, PhotoSize, PromotionId, PromotionRefused};
use futures::{Stream, StreamExt};
use http::Method;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, SET_COOKIE};
use tokio::sync::{Semaphore, SemaphorePermit};
use tower_http::limit::RequestBodyLimitLayer;

use crate::problem::{Door, Refused};
use crate::rest::ask::{Id, Poster};
use crate::router::Doors;
use crate::{cookie, lang};

/// The largest body: as many photos as a promotion has, and what a form adds.
pub(crate) const MOST_BYTES: usize = MOST_PHOTOS * MOST_PHOTO_BYTES + 64 * 1024;

/// How long a sender may take: six photos over a slow line.
const DEADLINE: Duration = Duration::from_secs(180);

/// How many uploads a node reads at a time; each may stand in memory whole.
const AT_ONCE: usize = 16;
const BUSY_RETRY_S: i64 = 2;
static UPLOADS: Semaphore = Semaphore::const_new(AT_ONCE);

/// The form's field.
const FIELD: &str = "photo";

/// What an address shows never changes.
const FOR_GOOD: &str = "public, max-age=31536000, immutable";

pub(crate) fn router() -> Router<Doors> {
    let form = Router::new()
        .route("/shop/promotions/{id}/photos", post(add))
        .layer(DefaultBodyLimit::disable())
        .layer(RequestBodyLimitLayer::new(MOST_BYTES));
    Router::new()
        .route("/photos/{photo}/{size}", get(show))
        .route("/promotions/{id}/vouchers", get(go_on))
        .merge(form)
}

/// Whether a request brings photos.
pub(crate) fn is_upload(request: &Request) -> bool {
    let path = request.uri().path();
    let of_shop = path.strip_prefix("/api/v1").unwrap_or(path).strip_prefix("/shop/promotions/");
    request.method() == Method::POST && of_shop.is_some_and(|rest| rest.ends_with("/photos"))
}

/// A photo in one of its sizes.
async fn show(
    State(backend): State<Backend>,
    Path((photo, size)): Path<(String, String)>,
) -> Result<Response, Refused> {
    let photo = photo.parse::<PhotoId>().map_err(|_| Denied::NotFound)?;
    let size = size.parse::<PhotoSize>().map_err(|_| Denied::NotFound)?;
    let picture = backend.photo(&photo, size).await?;
    Ok(([(CONTENT_TYPE, "image/jpeg"), (CACHE_CONTROL, FOR_GOOD)], picture).into_response())
}

/// From a promotion to the vouchers: it is counted.
async fn go_on(State(backend): State<Backend>, Id(id): Id<PromotionId>) -> Result<Redirect, Refused> {
    if backend.count_claim(id) { Ok(Redirect::to("/vouchers")) } else { Err(Denied::NotFound.into()) }
}

/// A turn to read an upload, until it is dropped.
pub(crate) fn turn() -> Result<SemaphorePermit<'static>, Denied> {
    UPLOADS.try_acquire().map_err(|_| Denied::Busy { retry_after_s: BUSY_RETRY_S })
}

/// A whole body as one file. What is too large is still taken, and thrown away, so that its sender comes to
/// read the refusal.
pub(crate) async fn file(body: Body) -> Result<Vec<u8>, Refused> {
    let read = tokio::time::timeout(DEADLINE, take(body.into_data_stream())).await;
    read.map_err(|_| Refused::from(Door::TOO_SLOW))?
}

/// Reads a body to its end and throws it away.
pub(crate) async fn throw_away(body: Body) {
    let mut pieces = body.into_data_stream();
    let end = async { while let Some(Ok(_)) = pieces.next().await {} };
    // Whoever takes longer does not get to read why.
    let _ = tokio::time::timeout(DEADLINE, end).await;
}

/// The pieces of a file, while they are within its limit.
async fn take<E>(mut pieces: impl Stream<Item = Result<Bytes, E>> + Unpin) -> Result<Vec<u8>, Refused> {
    let (mut whole, mut read_bytes) = (Vec::new(), 0);
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|_| Door::BAD_UPLOAD)?;
        read_bytes += piece.len();
        if read_bytes <= MOST_PHOTO_BYTES {
            whole.extend_from_slice(&piece);
        } else {
            whole = Vec::new();
        }
    }
    if read_bytes > MOST_PHOTO_BYTES {
        let limit = i64::try_from(MOST_PHOTO_BYTES).unwrap_or(i64::MAX);
        return Err(Error::from(PromotionRefused::PhotoTooLarge { limit }).into());
    }
    Ok(whole)
}

/// The form of a promotion's page: adds its photos and goes back, with what went wrong.
async fn add(
    State(doors): State<Doors>,
    Poster(caller): Poster,
    Id(id): Id<PromotionId>,
    request: Request,
) -> Result<Response, Refused> {
    let (backend, headers) = (&doors.backend, request.headers().clone());
    let added = match backend.may_add_photo(&caller, id).await {
        Ok(()) => {
            let _turn = turn()?;
            let form = Multipart::from_request(request, &()).await.map_err(|_| Door::NOT_FORM)?;
            let added = tokio::time::timeout(DEADLINE, add_all(backend, &caller, id, form)).await;
            added.unwrap_or(Err(Door::TOO_SLOW.into()))
        }
        Err(error) => {
            throw_away(request.into_body()).await;
            Err(error.into())
        }
    };
    let page = format!("/shop/promotions/{id}");
    let back = Redirect::to(&format!("{page}#photos"));
    match added {
        Ok(()) => Ok(back.into_response()),
        Err(Refused::Service(error @ (Error::Promotion(_) | Error::Denied(Denied::TooOften { .. })))) => {
            let problem = error.problem(lang::of(&headers), backend.zone());
            let told = app::notice_cookie(&problem, &page, cookie::is_https(&headers));
            Ok(([(SET_COOKIE, told)], back).into_response())
        }
        Err(other) => Err(other),
    }
}

/// Adds the photos one after the other; after a refusal the rest is only read.
async fn add_all(
    backend: &Backend,
    caller: &Caller,
    id: PromotionId,
    mut form: Multipart,
) -> Result<(), Refused> {
    let mut outcome = Ok(());
    while let Some(field) = form.next_field().await.map_err(|_| Door::BAD_UPLOAD)? {
        let wanted = outcome.is_ok() && field.name() == Some(FIELD);
        let file = take(field).await;
        match file {
            // A form in which nothing was chosen sends an empty file.
            Ok(file) if wanted && !file.is_empty() => {
                outcome = backend.add_photo(caller, id, file).await.map(drop).map_err(Refused::from);
            }
            Err(refused) if wanted => outcome = Err(refused),
            _ => {}
        }
    }
    outcome
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_photos_door_reads_large_bodies_itself() {
        let is = |method: Method, path: &str| {
            is_upload(&Request::builder().method(method).uri(path).body(Body::empty()).unwrap())
        };
        assert!(is(Method::POST, "/shop/promotions/1/photos"));
        assert!(is(Method::POST, "/api/v1/shop/promotions/1/photos"));
        assert!(!is(Method::GET, "/shop/promotions/1/photos"));
        for path in ["/api/v1/shop/promotions", "/photos", "/api/fn/save_promotion", "/shop/promotions/1"] {
            assert!(!is(Method::POST, path), "{path}");
        }
    }
}

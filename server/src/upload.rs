//! Files that people upload: read by their own doors alone, after these know who sends them.

use std::time::Duration;

use axum::Router;
use axum::body::{Body, BodyDataStream};
use axum::extract::{DefaultBodyLimit, FromRequest, FromRequestParts, Multipart, Path, Request, State};
use axum::response::Redirect;
use axum::routing::post;
use backend::import::MAX_FILE_BYTES;
use backend::{BankResult, Error};
use domain::{Denied, IdempotencyKey, Permission};
use futures::StreamExt;
use http::Method;

use crate::problem::{Door, Refused};
use crate::rest::ask::SignedIn;
use crate::router::Doors;

/// The largest body: a file, and what a form writes around it.
const LIMIT_BYTES: usize = MAX_FILE_BYTES + 64 * 1024;
/// How much of a larger one is still taken, and thrown away.
const PATIENCE_BYTES: usize = 2 * 1024 * 1024;
/// How long a caller may take to send it.
const DEADLINE: Duration = Duration::from_secs(60);
/// The door of the REST interface, and that of the page's form.
const REST: &str = "/api/v1/imports";
const FORM: &str = "/bureau/import/file";
/// The page of the form.
const PAGE: &str = "/bureau/import";
/// The batches of the REST interface and of the pages, whose `…/{id}/result` takes the bank's file.
const BATCHES: [&str; 2] = ["/api/v1/settlements/", "/bureau/settlement/"];

/// Whether a request brings a file, which its door reads itself.
pub(crate) fn is_upload(request: &Request) -> bool {
    let path = request.uri().path();
    let is_of_batch = |door: &str| path.strip_prefix(door).is_some_and(|rest| rest.ends_with("/result"));
    request.method() == Method::POST
        && ([REST, FORM].contains(&path) || BATCHES.iter().any(|door| is_of_batch(door)))
}

/// The whole of a body that may be as large as a file.
pub(crate) async fn whole(body: Body) -> Result<Vec<u8>, Door> {
    let whole = tokio::time::timeout(DEADLINE, take(body.into_data_stream())).await;
    whole.unwrap_or(Err(Door::TOO_SLOW))
}

async fn take(mut pieces: BodyDataStream) -> Result<Vec<u8>, Door> {
    let (mut whole, mut read_bytes) = (Vec::new(), 0);
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|_| Door::BAD_BODY)?;
        read_bytes += piece.len();
        if read_bytes <= LIMIT_BYTES {
            whole.extend_from_slice(&piece);
        } else {
            // The sender of one that is a little too large comes to read the refusal.
            whole = Vec::new();
            if read_bytes > LIMIT_BYTES + PATIENCE_BYTES {
                break;
            }
        }
    }
    if read_bytes > LIMIT_BYTES { Err(Door::FILE_TOO_LARGE) } else { Ok(whole) }
}

/// The door of the form, which works without JavaScript.
pub(crate) fn router() -> Router<Doors> {
    Router::new()
        .route(FORM, post(form).layer(DefaultBodyLimit::disable()))
        .route("/bureau/settlement/{id}/result", post(result_form).layer(DefaultBodyLimit::disable()))
}

/// Takes the bank's result, and goes back to the page of its batch, which shows what became of it.
async fn result_form(State(doors): State<Doors>, Path(id): Path<i64>, request: Request) -> Redirect {
    let page = format!("/bureau/settlement/{id}");
    match take_result(&doors, id, request).await {
        Ok(()) => Redirect::to(&page),
        Err(code) => Redirect::to(&format!("{page}?problem={code}")),
    }
}

async fn take_result(doors: &Doors, id: i64, request: Request) -> Result<(), &'static str> {
    let (mut parts, body) = request.into_parts();
    let caller = SignedIn::from_request_parts(&mut parts, doors).await.map_err(code_of)?.caller;
    caller.require(Permission::PaySettlement).map_err(|denied| denied.code())?;
    let bytes = whole(body).await.map_err(|_| "file_too_large")?;
    let request = Request::from_parts(parts, Body::from(bytes));
    let mut form = Multipart::from_request(request, &()).await.map_err(|_| "bad_field")?;
    let mut key = None;
    let mut result = BankResult { bank_reference: String::new(), file_name: String::new(), file: Vec::new() };
    while let Some(field) = form.next_field().await.map_err(|_| "bad_field")? {
        match field.name() {
            Some("key") => key = field.text().await.map_err(|_| "bad_key")?.parse().ok(),
            Some("bank_reference") => result.bank_reference = field.text().await.map_err(|_| "bad_field")?,
            Some("file") => {
                field.file_name().unwrap_or_default().clone_into(&mut result.file_name);
                result.file = Vec::from(field.bytes().await.map_err(|_| "bad_field")?);
            }
            _ => {}
        }
    }
    let key: IdempotencyKey = key.ok_or("bad_key")?;
    let taken = doors.backend.take_bank_result(&caller, id, &result, &key).await;
    taken.map(drop).map_err(|error| code_of(error.into()))
}

/// Takes the file and goes to the page of its import; the form's page tells why where there is none.
async fn form(State(doors): State<Doors>, request: Request) -> Redirect {
    match begin(&doors, request).await {
        Ok(id) => Redirect::to(&format!("{PAGE}/{id}")),
        Err(code) => Redirect::to(&format!("{PAGE}?problem={code}")),
    }
}

async fn begin(doors: &Doors, request: Request) -> Result<i64, &'static str> {
    let (mut parts, body) = request.into_parts();
    let caller = SignedIn::from_request_parts(&mut parts, doors).await.map_err(code_of)?.caller;
    caller.require(Permission::ImportMerchants).map_err(|denied| denied.code())?;
    let bytes = whole(body).await.map_err(|_| "file_too_large")?;
    let request = Request::from_parts(parts, Body::from(bytes));
    let mut form = Multipart::from_request(request, &()).await.map_err(|_| "bad_field")?;
    while let Some(field) = form.next_field().await.map_err(|_| "bad_field")? {
        if field.name() == Some("file") {
            let name = field.file_name().unwrap_or_default().to_owned();
            let file = field.bytes().await.map_err(|_| "bad_field")?;
            let begun = doors.backend.begin_import(&caller, &name, Vec::from(file)).await;
            return Ok(begun.map_err(|error| code_of(error.into()))?.import_id);
        }
    }
    Err("bad_field")
}

fn code_of(refused: Refused) -> &'static str {
    match refused {
        Refused::Service(Error::Denied(denied)) => Denied::code(&denied),
        Refused::Service(Error::Bank(refused)) => refused.code(),
        Refused::Service(Error::Settlement(refused)) => refused.code(),
        _ => "unavailable",
    }
}

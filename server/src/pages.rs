//! The pages: the Leptos app, rendered here, with its server functions under `/api/fn`.

use app::{App, shell};
use axum::Router;
use axum::body::Body;
use axum::extract::{FromRef, Request, State};
use axum::response::{IntoResponse, Response};
use domain::Denied;
use http::{Method, StatusCode};
use leptos::config::LeptosOptions;
use leptos::prelude::provide_context;
use leptos_axum::{
    LeptosRoutes, generate_route_list_with_exclusions_and_ssg_and_context, render_app_async_with_context,
};

use crate::problem::{Door, Refused};
use crate::router::Doors;

impl FromRef<Doors> for LeptosOptions {
    fn from_ref(doors: &Doors) -> LeptosOptions {
        doors.assets.leptos_options()
    }
}

/// Every page and server function, and the page for addresses that are none.
pub(crate) fn router(doors: &Doors) -> Router<Doors> {
    let context = context(doors);
    let (pages, _) = generate_route_list_with_exclusions_and_ssg_and_context(App, None, context.clone());
    let options = LeptosOptions::from_ref(doors);
    Router::new()
        .leptos_routes_with_context(doors, pages, context, move || shell(options.clone()))
        .fallback(lost)
        .method_not_allowed_fallback(|| async { Refused::from(Door::METHOD_NOT_ALLOWED) })
}

/// What the app asks for besides the request: the services and the names of its assets.
fn context(doors: &Doors) -> impl Fn() + Clone + Send + Sync + 'static {
    let doors = doors.clone();
    move || {
        provide_context(doors.backend.clone());
        provide_context(doors.assets.names().clone());
    }
}

/// An address that is none: the app says so on a page.
async fn lost(State(doors): State<Doors>, request: Request<Body>) -> Response {
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return Refused::from(Denied::NotFound).into_response();
    }
    let options = LeptosOptions::from_ref(&doors);
    let mut page =
        render_app_async_with_context(context(&doors), move || shell(options.clone()))(request).await;
    if page.status() == StatusCode::OK {
        *page.status_mut() = StatusCode::NOT_FOUND;
    }
    page
}

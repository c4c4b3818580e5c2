//! The OpenAPI document: its frame, and the errors that all operations share.

use domain::shapes::Problem;
use utoipa::openapi::path::{Operation, ParameterIn, PathItem};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{Components, ContentBuilder, OpenApi, Ref, RefOr, Response, ResponseBuilder};

use crate::cookie;
use crate::problem::PROBLEM_JSON;

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "约惠 Yuehui",
        description = "The REST interface of a city's consumption season.\n\n\
            Money is integer fen (1/100 yuan), a time RFC 3339 with the season's offset, a business day \
            `2021-06-18` ends at 06:00 of the next morning. Lists take `limit` and `cursor` and answer \
            `{items, next_cursor}`. Errors are `application/problem+json` (RFC 9457) with a stable `code`; \
            their `detail` is for people, in the language of the cookie `yuehui_lang` or `Accept-Language`. \
            Writes take an `Idempotency-Key`: repeat a request that got no answer, or a 5xx, with its key.",
        license(name = "Apache-2.0 OR MIT", identifier = "Apache-2.0 OR MIT"),
    ),
    servers((url = "/", description = "This server")),
    components(schemas(Problem)),
    tags(
        (name = "season", description = "The season, its districts, events and dishes"),
        (name = "offers", description = "Merchants and promotions"),
        (name = "vouchers", description = "Campaigns, rounds, claims and the wallet"),
        (name = "draws", description = "Entries in draws, and the proof that anyone may check"),
        (name = "desk", description = "The community desk: residents without a phone, and their papers"),
        (name = "till", description = "Redemptions and their reversal"),
        (name = "offline", description = "Tills without a network"),
        (name = "risk", description = "What looks wrong, and the decision on it"),
        (name = "people", description = "A merchant's people and tills"),
        (name = "promotions", description = "A merchant's own promotions, and their review"),
        (name = "join", description = "Joining by commitment"),
        (name = "reviews", description = "The bureau's reviews"),
        (name = "imports", description = "Merchants from spreadsheets"),
        (name = "account", description = "Signing in"),
        (name = "stats", description = "Tallies, for organizers"),
        (name = "builder", description = "Building campaigns, and publishing them by a second person"),
        (name = "settlement", description = "The weekly batches that pay merchants, and the bank"),
        (name = "audit", description = "Who changed what"),
        (name = "open", description = "What anyone may check"),
    ),
)]
struct Frame;

/// The document without its paths.
pub(super) fn frame() -> OpenApi {
    let mut document = <Frame as utoipa::OpenApi>::openapi();
    let components = document.components.get_or_insert_with(Components::new);
    let in_cookie = ApiKeyValue::with_description(cookie::SESSION, "The cookie that signing in sets");
    components.add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(in_cookie)));
    components.add_security_scheme("bearer", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    document
}

/// Adds to every operation the errors that come before its service.
pub(super) fn complete(mut document: OpenApi) -> OpenApi {
    for item in document.paths.paths.values_mut() {
        for operation in operations(item) {
            add_common(operation);
        }
    }
    document
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let PathItem { get, put, post, patch, delete, .. } = item;
    [get, put, post, patch, delete].into_iter().flatten()
}

fn add_common(operation: &mut Operation) {
    let asks = |place: &ParameterIn| {
        let mut parameters = operation.parameters.iter().flatten();
        parameters
            .any(|parameter| matches!(parameter, RefOr::T(parameter) if parameter.parameter_in == *place))
    };
    let (query, path) = (asks(&ParameterIn::Query), asks(&ParameterIn::Path));
    let key = operation
        .parameters
        .iter()
        .flatten()
        .any(|parameter| matches!(parameter, RefOr::T(parameter) if parameter.name == "Idempotency-Key"));
    let (body, session) = (operation.request_body.is_some(), operation.security.is_some());
    let bad: Vec<&str> = [(query, "`bad_query`"), (key, "`key_required`, `bad_key`"), (body, "`bad_body`")]
        .into_iter()
        .filter_map(|(asked, codes)| asked.then_some(codes))
        .collect();
    let common = [
        (!bad.is_empty(), "400", bad.join(", ")),
        (session, "401", "`unauthenticated`".to_owned()),
        (session || body, "403", "`wrong_role`, `cross_site`".to_owned()),
        (path, "404", "`not_found`".to_owned()),
        (body, "413", "`body_too_large`: more than 64 KB".to_owned()),
        (body, "415", "`unsupported_media_type`".to_owned()),
        (body, "422", "`bad_field`, with `field` and `limit`".to_owned()),
        (true, "429", "`too_often`, `locked`; `Retry-After` tells when to come back".to_owned()),
        (
            true,
            "503",
            "`unavailable`, `busy`: repeat the same request after `Retry-After` seconds".to_owned(),
        ),
    ];
    for (_, status, codes) in common.into_iter().filter(|(applies, ..)| *applies) {
        let responses = &mut operation.responses.responses;
        responses.entry(status.to_owned()).or_insert_with(|| RefOr::T(problem(codes)));
    }
}

fn problem(codes: String) -> Response {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    ResponseBuilder::new().description(codes).content(PROBLEM_JSON, content).build()
}

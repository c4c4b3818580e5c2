//! The readable page of the interface, `/api/docs`: written from the document once at start, complete
//! without a script.

use std::fmt::Write as _;

use app::assets::AssetNames;
use axum::body::Bytes;
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use serde_json::Value;
use utoipa::openapi::OpenApi;

/// The page needs the site's style sheet and nothing else.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; \
    frame-ancestors 'none'; form-action 'none'";

/// The methods in the order in which they are shown.
const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// Where the document keeps its schemas.
const SCHEMAS: &str = "#/components/schemas/";

/// The answer that holds the page.
pub(super) fn answer(page: Bytes) -> Response {
    ([(CONTENT_TYPE, "text/html; charset=utf-8"), (CONTENT_SECURITY_POLICY, POLICY)], page).into_response()
}

/// The page of a document.
pub(super) fn page(document: &OpenApi, names: &AssetNames) -> Bytes {
    let document = serde_json::to_value(document).unwrap_or_default();
    let mut page = Page(String::new());
    page.open(&document["info"], names);
    for tag in array(&document["tags"]) {
        page.group(tag, &document["paths"]);
    }
    page.raw("<h2 id=\"schemas\">数据结构 Schemas</h2>");
    for (name, schema) in object(&document["components"]["schemas"]) {
        page.schema(name, schema);
    }
    page.raw("</main></body></html>");
    Bytes::from(page.0)
}

/// A page being written.
struct Page(String);

impl Page {
    fn raw(&mut self, html: &str) {
        self.0.push_str(html);
    }

    /// Text between tags, escaped, with `code` marked.
    fn text(&mut self, text: &str) {
        for (place, part) in text.split('`').enumerate() {
            let part = escaped(part);
            // Writing to a string cannot fail.
            let _ =
                if place % 2 == 1 { write!(self.0, "<code>{part}</code>") } else { write!(self.0, "{part}") };
        }
    }

    fn tagged(&mut self, tag: &str, text: &str) {
        self.raw(&format!("<{tag}>"));
        self.text(text);
        self.raw(&format!("</{tag}>"));
    }

    fn open(&mut self, info: &Value, names: &AssetNames) {
        self.raw("<!doctype html><html lang=\"zh-CN\"><head><meta charset=\"utf-8\">");
        self.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
        self.raw("<title>接口文档 API · 约惠</title><link rel=\"icon\" href=\"/favicon.svg\">");
        self.raw(&format!("<link rel=\"stylesheet\" href=\"{}\"></head>", escaped(&names.css)));
        self.raw("<body><main class=\"guide\"><h1>约惠接口文档 <span lang=\"en\">Yuehui API</span></h1>");
        self.raw("<p>金额单位为分，时间为 RFC 3339（带时区），出错时返回 <code>application/problem+json</code>，以 <code>code</code> 为准；写操作须带 <code>Idempotency-Key</code>，没有收到答复时用同一键重发。 ");
        self.raw("<a href=\"/api/v1/openapi.json\">OpenAPI 3.1</a> · <a href=\"#schemas\">数据结构 Schemas</a></p><div lang=\"en\">");
        for paragraph in string(&info["description"]).split("\n\n") {
            self.tagged("p", paragraph);
        }
        self.raw("</div>");
    }

    fn group(&mut self, tag: &Value, paths: &Value) {
        let name = string(&tag["name"]);
        self.raw(&format!("<h2 id=\"{name}\" lang=\"en\">"));
        self.text(string(&tag["description"]));
        self.raw("</h2>");
        for (path, item) in object(paths) {
            for method in METHODS {
                let operation = &item[method];
                if array(&operation["tags"]).any(|tag| tag == name) {
                    self.operation(method, path, operation);
                }
            }
        }
    }

    fn operation(&mut self, method: &str, path: &str, operation: &Value) {
        self.raw("<section lang=\"en\">");
        self.tagged("h3", &format!("`{} {path}`", method.to_uppercase()));
        self.tagged("p", string(&operation["summary"]));
        if let Some(more) = operation["description"].as_str() {
            self.tagged("p", more);
        }
        if !operation["security"].is_null() {
            self.raw("<p>须登录 Sign in first.</p>");
        }
        self.raw("<dl>");
        for parameter in array(&operation["parameters"]) {
            let place = string(&parameter["in"]);
            self.tagged("dt", &format!("`{}` ({place})", string(&parameter["name"])));
            self.tagged("dd", string(&parameter["description"]));
        }
        if let Some(body) = kind_of_content(&operation["requestBody"]) {
            self.raw("<dt>请求体 Body</dt>");
            self.raw(&format!("<dd>{body}</dd>"));
        }
        for (status, response) in object(&operation["responses"]) {
            self.tagged("dt", status);
            self.raw("<dd>");
            self.text(string(&response["description"]));
            if let Some(kind) = kind_of_content(response) {
                self.raw(&format!(" {kind}"));
            }
            self.raw("</dd>");
        }
        self.raw("</dl></section>");
    }

    fn schema(&mut self, name: &str, schema: &Value) {
        self.raw(&format!("<section lang=\"en\"><h3 id=\"{0}\"><code>{0}</code></h3>", escaped(name)));
        self.tagged("p", string(&schema["description"]));
        self.raw("<dl>");
        let parts = [schema].into_iter().chain(array(&schema["allOf"]));
        for (field, of) in parts.flat_map(|part| object(&part["properties"])) {
            self.raw(&format!("<dt><code>{}</code> {}</dt>", escaped(field), kind(of)));
            self.tagged("dd", string(&of["description"]));
        }
        for word in array(&schema["enum"]) {
            self.tagged("dt", &format!("`{}`", string(word)));
        }
        self.raw("</dl></section>");
    }
}

/// What a body or response holds: its first content's kind.
fn kind_of_content(holder: &Value) -> Option<String> {
    let (media, content) = object(&holder["content"]).next()?;
    Some(format!("{} <small>{}</small>", kind(&content["schema"]), escaped(media)))
}

/// A schema in few words, as HTML: a link where it has a name.
fn kind(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|target| target.strip_prefix(SCHEMAS)) {
        let name = escaped(name);
        return format!("<a href=\"#{name}\">{name}</a>");
    }
    if schema["items"].is_object() {
        return format!("[{}]", kind(&schema["items"]));
    }
    let choices: Vec<_> =
        ["oneOf", "allOf", "anyOf"].iter().flat_map(|of| array(&schema[of])).map(kind).collect();
    if !choices.is_empty() {
        return choices.join(" | ");
    }
    match &schema["type"] {
        Value::String(one) => escaped(one),
        Value::Array(several) => {
            several.iter().map(|one| escaped(string(one))).collect::<Vec<_>>().join(" | ")
        }
        _ => String::new(),
    }
}

fn string(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn array(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn object(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

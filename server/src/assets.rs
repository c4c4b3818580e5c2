//! The pages' script, wasm, style and icons: held inside the binary, served from memory.
//!
//! The binary embeds them and hands them to this library, which is therefore not compiled again
//! when only a style sheet changed. Every file is held as it is and compressed by brotli at its
//! strongest: the second copy costs less than a megabyte and saves a decompressor with its limits
//! for the few callers that do not take brotli.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use app::assets::AssetNames;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG,
    IF_NONE_MATCH, VARY,
};
use http::{HeaderMap, HeaderValue, StatusCode, Uri};
use leptos::config::LeptosOptions;
use rust_embed::RustEmbed;

/// The folder of files whose names carry a hash, and the first part of their paths.
const PKG: &str = "pkg";

/// The till's service worker, and what it may do: its own policy governs what it fetches.
const TILL_WORKER: &str = "till-worker.js";
const WORKER_POLICY: HeaderValue = HeaderValue::from_static("default-src 'none'; connect-src 'self'");

/// The list of names at the root of the site; the server's own, never served.
const NAMES: &str = "names.json";

/// The binary was built around assets it cannot use.
#[derive(Debug, thiserror::Error)]
pub enum AssetsError {
    /// The list of names is there and cannot be read.
    #[error("the binary's list of assets cannot be read: {0}")]
    Names(#[from] serde_json::Error),
}

/// All assets of this build; a clone shares them.
#[derive(Clone, Debug, Default)]
pub struct Assets(Arc<Held>);

#[derive(Debug, Default)]
struct Held {
    names: AssetNames,
    files: BTreeMap<String, Asset>,
}

#[derive(Debug)]
struct Asset {
    content: Bytes,
    /// `None` when compression gained nothing.
    compressed: Option<Bytes>,
    content_type: HeaderValue,
    is_worker: bool,
    /// `None` for a file whose name already tells its content.
    tag: Option<String>,
}

impl Assets {
    /// The assets that a binary embeds. None at all is fine: a program built without its pages'
    /// assets still renders them.
    ///
    /// # Errors
    ///
    /// When the list of names is there and cannot be read.
    pub fn embedded<Site: RustEmbed>() -> Result<Self, AssetsError> {
        let files = Site::iter().filter_map(|path| {
            let file = Site::get(&path)?;
            Some((path.into_owned(), file.data, file.metadata.sha256_hash()))
        });
        Self::new(files)
    }

    fn new(
        files: impl IntoIterator<Item = (String, Cow<'static, [u8]>, [u8; 32])>,
    ) -> Result<Self, AssetsError> {
        let mut found: BTreeMap<String, (Bytes, [u8; 32])> =
            files.into_iter().map(|(path, content, hash)| (path, (bytes(content), hash))).collect();
        let names = match found.remove(NAMES) {
            Some((list, _)) => serde_json::from_slice(&list)?,
            None => AssetNames::default(),
        };
        let files = found
            .iter()
            .filter(|(path, _)| !path.ends_with(".br"))
            .map(|(path, (content, hash))| {
                let compressed = found.get(&format!("{path}.br")).map(|(bytes, _)| bytes.clone());
                let compressed = compressed.filter(|bytes| bytes.len() < content.len());
                (path.clone(), Asset::new(path, content.clone(), compressed, hash))
            })
            .collect();
        Ok(Self(Arc::new(Held { names, files })))
    }

    /// The names that the pages link.
    #[must_use]
    pub fn names(&self) -> &AssetNames {
        &self.0.names
    }

    /// What leptos must know to write its script tags.
    #[must_use]
    pub fn leptos_options(&self) -> LeptosOptions {
        LeptosOptions::builder().output_name(self.names().output_name.as_str()).site_pkg_dir(PKG).build()
    }

    /// Routes to every asset: those under `/pkg`, and icons and the like at the root.
    pub fn router<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        let mut router = Router::new().route(&format!("/{PKG}/{{*path}}"), get(serve));
        for path in self.0.files.keys().filter(|path| !is_hashed(path)) {
            router = router.route(&format!("/{path}"), get(serve));
        }
        router.with_state(self.clone())
    }
}

impl Asset {
    fn new(path: &str, content: Bytes, compressed: Option<Bytes>, hash: &[u8; 32]) -> Self {
        let tag = (!is_hashed(path)).then(|| hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect());
        Self { content, compressed, content_type: content_type(path), is_worker: path == TILL_WORKER, tag }
    }

    fn answer(&self, headers: &HeaderMap) -> Response {
        let compressed = self.compressed.as_ref().filter(|_| accepts_brotli(headers));
        let mut own = HeaderMap::new();
        own.insert(VARY, HeaderValue::from_static("accept-encoding"));
        own.insert(
            CACHE_CONTROL,
            HeaderValue::from_static(match self.tag {
                None => "public, max-age=31536000, immutable",
                Some(_) => "public, max-age=3600",
            }),
        );
        if self.is_worker {
            own.insert(CONTENT_SECURITY_POLICY, WORKER_POLICY);
        }
        if let Some(tag) = &self.tag {
            let form = if compressed.is_some() { "-br" } else { "" };
            let tag = format!("\"{tag}{form}\"");
            let known = is_known(headers, &tag);
            own.extend(HeaderValue::try_from(tag).ok().map(|tag| (ETAG, tag)));
            if known {
                return (StatusCode::NOT_MODIFIED, own).into_response();
            }
        }
        own.insert(CONTENT_TYPE, self.content_type.clone());
        if compressed.is_some() {
            own.insert(CONTENT_ENCODING, HeaderValue::from_static("br"));
        }
        (own, compressed.unwrap_or(&self.content).clone()).into_response()
    }
}

async fn serve(State(assets): State<Assets>, uri: Uri, headers: HeaderMap) -> Response {
    match assets.0.files.get(uri.path().trim_start_matches('/')) {
        Some(asset) => asset.answer(&headers),
        // While nodes of two builds run side by side, a page of one may ask the other.
        None => (StatusCode::NOT_FOUND, [(CACHE_CONTROL, "no-store")]).into_response(),
    }
}

fn bytes(content: Cow<'static, [u8]>) -> Bytes {
    match content {
        Cow::Borrowed(content) => Bytes::from_static(content),
        Cow::Owned(content) => Bytes::from(content),
    }
}

fn is_hashed(path: &str) -> bool {
    path.split('/').next() == Some(PKG)
}

fn content_type(path: &str) -> HeaderValue {
    HeaderValue::from_static(match path.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("ico") => "image/x-icon",
        Some("js") => "text/javascript; charset=utf-8",
        Some("json") => "application/json",
        Some("png") => "image/png",
        Some("svg") => "image/svg+xml",
        Some("txt") => "text/plain; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("webmanifest") => "application/manifest+json",
        Some("webp") => "image/webp",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    })
}

/// Whether the caller takes brotli: it names `br` and does not weigh it with nothing (RFC 9110,
/// 12.5.3).
fn accepts_brotli(headers: &HeaderMap) -> bool {
    listed(headers, &ACCEPT_ENCODING).any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("br"));
        let weight = parts.find_map(|part| part.strip_prefix("q="));
        named && weight.and_then(|weight| weight.parse::<f32>().ok()).is_none_or(|q| q > 0.0)
    })
}

fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    listed(headers, &IF_NONE_MATCH).any(|known| known == "*" || known.trim_start_matches("W/") == tag)
}

/// The parts of a header that is a list with commas.
fn listed<'a>(headers: &'a HeaderMap, name: &http::HeaderName) -> impl Iterator<Item = &'a str> + use<'a> {
    let values = headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(str::trim)
}

#[cfg(test)]
mod tests;

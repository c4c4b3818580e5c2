use axum::body::{Body, to_bytes};
use http::Request;
use tower::ServiceExt;

use super::*;

const NAMES_JSON: &[u8] = br#"{
    "output_name": "yuehui.00ff",
    "css": "/pkg/yuehui.11ee.css",
    "scanner": "/pkg/scanner.22dd.js",
    "till": "/pkg/till.33ee.js",
    "judge": "/pkg/offline.44ff.js",
    "picture": "/pkg/picture.55aa.js",
    "reckon": "/pkg/reckon.66bb.js"
}"#;

fn assets() -> Assets {
    let files: [(&str, &'static [u8]); 7] = [
        (NAMES, NAMES_JSON),
        ("pkg/yuehui.00ff_bg.wasm", b"wasm as it is"),
        ("pkg/yuehui.00ff_bg.wasm.br", b"wasm"),
        ("favicon.svg", b"<svg/>"),
        ("favicon.svg.br", b"svg"),
        ("manifest.webmanifest", b"{}"),
        ("till-worker.js", b"//"),
    ];
    let files = files.map(|(path, content)| (path.to_owned(), Cow::Borrowed(content), [7; 32]));
    Assets::new(files).unwrap()
}

async fn get_with(path: &str, headers: &[(&str, &str)]) -> (StatusCode, HeaderMap, Bytes) {
    let mut request = Request::builder().uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::empty()).unwrap();
    let (head, body) = assets().router::<()>().oneshot(request).await.unwrap().into_parts();
    (head.status, head.headers, to_bytes(body, 1024).await.unwrap())
}

#[tokio::test]
async fn a_hashed_file_is_kept_for_good() {
    let (status, headers, body) = get_with("/pkg/yuehui.00ff_bg.wasm", &[]).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(headers[CACHE_CONTROL], "public, max-age=31536000, immutable");
    assert_eq!(headers[CONTENT_TYPE], "application/wasm");
    assert!(!headers.contains_key(CONTENT_ENCODING));
    assert_eq!(body, "wasm as it is");
}

#[tokio::test]
async fn brotli_goes_to_who_takes_it() {
    for (accepted, compressed) in
        [("gzip, br", true), ("BR;q=0.5", true), ("gzip, br;q=0", false), ("gzip", false)]
    {
        let (_, headers, body) = get_with("/pkg/yuehui.00ff_bg.wasm", &[("accept-encoding", accepted)]).await;
        assert_eq!(body == "wasm", compressed, "{accepted}");
        assert_eq!(headers.contains_key(CONTENT_ENCODING), compressed, "{accepted}");
        assert_eq!(headers[VARY], "accept-encoding");
    }
}

#[tokio::test]
async fn a_file_at_the_root_is_asked_for_again_by_its_tag() {
    let (_, headers, body) = get_with("/favicon.svg", &[]).await;
    assert_eq!(body, "<svg/>");
    assert_eq!(headers[CONTENT_TYPE], "image/svg+xml");
    let tag = headers[ETAG].to_str().unwrap();
    let (status, _, body) = get_with("/favicon.svg", &[("if-none-match", tag)]).await;
    assert_eq!(status, StatusCode::NOT_MODIFIED);
    assert!(body.is_empty());

    let other = [("if-none-match", tag), ("accept-encoding", "br")];
    let (status, _, body) = get_with("/favicon.svg", &other).await;
    assert_eq!(status, StatusCode::OK, "the compressed form has a tag of its own");
    assert_eq!(body, "svg");
}

#[tokio::test]
async fn anything_else_is_not_found() {
    for path in ["/pkg/", "/pkg/yuehui.js", "/pkg/../favicon.svg", "/names.json", "/favicon.svg.br"] {
        assert_eq!(get_with(path, &[]).await.0, StatusCode::NOT_FOUND, "{path}");
    }
    let (_, headers, _) = get_with("/pkg/yuehui.js", &[]).await;
    assert_eq!(headers[CACHE_CONTROL], "no-store");
}

#[test]
fn the_names_are_those_of_the_build() {
    let assets = assets();
    assert_eq!(assets.names().css, "/pkg/yuehui.11ee.css");
    let options = assets.leptos_options();
    assert_eq!((&*options.output_name, &*options.site_pkg_dir), ("yuehui.00ff", "pkg"));
}

#[test]
fn a_build_without_assets_has_names_all_the_same() {
    let assets = Assets::new([]).unwrap();
    assert_eq!(assets.names(), &AssetNames::default());
}

#[test]
fn a_broken_list_of_names_is_told() {
    let broken = [(NAMES.to_owned(), Cow::Borrowed(b"{}".as_slice()), [0; 32])];
    assert!(Assets::new(broken).unwrap_err().to_string().contains("missing field"));
}

#[tokio::test]
async fn the_tills_worker_may_ask_this_site() {
    let (status, headers, _) = get_with("/till-worker.js", &[]).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(headers[CONTENT_SECURITY_POLICY], "default-src 'none'; connect-src 'self'");
    assert!(!get_with("/favicon.svg", &[]).await.1.contains_key(CONTENT_SECURITY_POLICY));
}

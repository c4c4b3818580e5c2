//! The caller's language: their choice in a cookie, else their browser's, else Chinese.

use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use domain::{Denied, Lang};
use http::HeaderMap;
use http::header::{ACCEPT_LANGUAGE, SET_COOKIE};
use serde::Deserialize;

use crate::cookie;
use crate::problem::Refused;

/// The cookie that holds the choice: `zh` or `en`.
const COOKIE: &str = "yuehui_lang";

/// A year.
const KEPT_S: u32 = 31_536_000;

/// The language in which this caller is answered.
pub(crate) fn of(headers: &HeaderMap) -> Lang {
    let chosen = cookie::value(headers, COOKIE).and_then(Lang::from_tags);
    let accepted = || headers.get(ACCEPT_LANGUAGE)?.to_str().ok().and_then(Lang::from_tags);
    chosen.or_else(accepted).unwrap_or_default()
}

#[derive(Deserialize)]
pub(crate) struct Back {
    #[serde(default)]
    back: String,
}

/// `GET /lang/{zh|en}?back=/path`: a link that works without JavaScript. It goes back to a path of this
/// site and nowhere else.
pub(crate) async fn choose(Path(lang): Path<String>, Query(Back { back }): Query<Back>) -> Response {
    if lang != "zh" && lang != "en" {
        return Refused::from(Denied::NotFound).into_response();
    }
    let kept = format!("{COOKIE}={lang}; Path=/; Max-Age={KEPT_S}; SameSite=Lax");
    ([(SET_COOKIE, kept)], Redirect::to(&local_path(&back))).into_response()
}

/// The path, or `/` when it is none of this site: browsers read `//host`, `/\host` and a tab between the
/// slashes as another site's address.
fn local_path(back: &str) -> String {
    let rooted = back.strip_prefix('/').is_some_and(|rest| !rest.starts_with('/'));
    let clean = !back.contains(|c: char| c == '\\' || c.is_ascii_control() || c == ' ');
    if !rooted || !clean {
        return "/".to_owned();
    }
    let mut path = String::with_capacity(back.len());
    for byte in back.bytes() {
        match byte {
            0x21..=0x7e => path.push(char::from(byte)),
            _ => path.push_str(&format!("%{byte:02X}")),
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::local_path;

    #[test]
    fn a_language_link_goes_back_to_this_site_alone() {
        for path in ["/", "/offers?q=hcs&night=true", "/rounds/1#claim"] {
            assert_eq!(local_path(path), path);
        }
        assert_eq!(local_path("/offers?q=火"), "/offers?q=%E7%81%AB");
        for path in [
            "",
            "offers",
            "//evil.example",
            "/\\evil.example",
            "/\t/evil.example",
            "https://evil.example",
            "/a\r\nx: y",
        ] {
            assert_eq!(local_path(path), "/", "{path}");
        }
    }
}

//! The cookies of this site, read from the request and set on the answer.

use super::caller;
use http::header::{COOKIE, HeaderValue, SET_COOKIE};
use http::request::Parts;
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;

/// Holds the session's token.
pub(crate) const SESSION: &str = "yuehui_session";
/// Holds a browser's random number; the server's doors set it.
const DEVICE: &str = "yuehui_device";
/// Holds an enrolled till's secret.
pub(crate) const TILL: &str = "yuehui_till";
/// Holds the language: `zh` or `en`.
pub(crate) const LANG: &str = "yuehui_lang";

/// A cookie of the request.
pub(crate) fn get(name: &str) -> Option<String> {
    let parts = use_context::<Parts>()?;
    let headers = parts.headers.get_all(COOKIE).iter();
    let pairs = headers.filter_map(|header| header.to_str().ok()).flat_map(|header| header.split(';'));
    let mut values = pairs.filter_map(|pair| pair.trim().split_once('='));
    values.find(|(key, _)| *key == name).map(|(_, value)| value.to_owned())
}

/// The random number by which the server knows a browser again.
pub(crate) fn device() -> Option<u128> {
    let digits = get(DEVICE).filter(|digits| digits.len() == 32)?;
    u128::from_str_radix(&digits, 16).ok()
}

/// Sets a cookie that scripts cannot read, for `max_age_s` seconds and the
/// pages under `path`.
pub(crate) fn set(name: &str, value: &str, path: &str, max_age_s: u32) {
    let secure = if caller::is_https() { "; Secure" } else { "" };
    let cookie = format!("{name}={value}; Path={path}; Max-Age={max_age_s}; HttpOnly; SameSite=Lax{secure}");
    let response = use_context::<ResponseOptions>();
    if let (Some(response), Ok(cookie)) = (response, HeaderValue::try_from(cookie)) {
        response.append_header(SET_COOKIE, cookie);
    }
}

/// Takes a cookie back.
pub(crate) fn clear(name: &str, path: &str) {
    set(name, "", path, 0);
}

/// A small value as hexadecimal JSON: cookies hold no quotes, commas or Chinese.
pub(crate) fn pack(value: &impl serde::Serialize) -> String {
    let json = serde_json::to_vec(value).unwrap_or_default();
    json.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The value that [`pack`] packed; `None` for anything else.
pub(crate) fn unpack<T: serde::de::DeserializeOwned>(packed: &str) -> Option<T> {
    let bytes = packed.as_bytes().chunks(2).map(|pair| {
        let pair = std::str::from_utf8(pair).ok()?;
        u8::from_str_radix(pair, 16).ok()
    });
    serde_json::from_slice(&bytes.collect::<Option<Vec<u8>>>()?).ok()
}

#[cfg(test)]
mod tests {
    use super::{pack, unpack};

    #[test]
    fn a_value_comes_back_and_rubbish_does_not() {
        let value = ("领完".to_owned(), 409);
        assert_eq!(unpack::<(String, i32)>(&pack(&value)), Some(value));
        for rubbish in ["", "7", "zz", "领完", "7b7d"] {
            assert_eq!(unpack::<(String, i32)>(rubbish), None, "{rubbish}");
        }
    }
}

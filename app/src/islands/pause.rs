//! Waiting in the browser.

use super::key;
use gloo::timers::callback::Timeout;
use js_sys::Promise;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

/// Waits.
pub(crate) async fn sleep(ms: u32) {
    let timer = Promise::new(&mut |done, _| {
        Timeout::new(ms, move || {
            // The function that settles a promise throws nothing.
            let _ = done.call0(&JsValue::NULL);
        })
        .forget();
    });
    let _ = JsFuture::from(timer).await;
}

/// A random part of so many milliseconds: phones that were told the same moment
/// do not all come back in the same one.
pub(crate) fn part_of(ms: u32) -> u32 {
    let random = key::new_key().and_then(|key| u64::from_str_radix(key.get(..8)?, 16).ok());
    u32::try_from((u64::from(ms) * random.unwrap_or(0)) >> 32).unwrap_or(0)
}

//! Idempotency keys made in the browser.

use std::fmt::Write as _;

const KEY_BYTES: usize = 16;

/// A fresh key of 128 random bits in hexadecimal; `None` where the browser has
/// no source of randomness.
///
/// `randomUUID` would be shorter, but browsers offer it over https alone.
#[must_use]
pub(crate) fn new_key() -> Option<String> {
    let mut bytes = [0; KEY_BYTES];
    let crypto = web_sys::window()?.crypto().ok()?;
    crypto.get_random_values_with_u8_array(&mut bytes).ok()?;
    Some(bytes.iter().fold(String::new(), |mut key, byte| {
        let _ = write!(key, "{byte:02x}");
        key
    }))
}

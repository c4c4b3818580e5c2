//! Barcode readers that pretend to be a keyboard: they type the whole code in
//! a blink and end it with Enter, wherever the cursor is.

use domain::PresentToken;
use wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, KeyboardEvent};

/// No person strikes two keys within so many milliseconds, code by code.
const GAP_MS: f64 = 60.0;
/// The longest text that is listened to: a token has 35 characters.
const LONGEST: usize = 64;

/// What was struck in one go.
#[derive(Default)]
pub(super) struct Wedge {
    struck: String,
    last_ms: f64,
    /// The field that the burst went into, as it was before.
    into: Option<(HtmlInputElement, String)>,
}

impl Wedge {
    /// Hears a key. Answers the text when it ends a burst that is a customer's
    /// code; the field it went into by mistake is then as it was before.
    pub(super) fn hear(&mut self, event: &KeyboardEvent) -> Option<String> {
        let at_ms = event.time_stamp();
        if at_ms - self.last_ms > GAP_MS || self.struck.len() >= LONGEST {
            self.begin();
        }
        self.last_ms = at_ms;
        match event.key().as_str() {
            "Enter" | "Tab" => self.end(),
            _ => {
                self.struck.extend(sign(event));
                None
            }
        }
    }

    fn begin(&mut self) {
        self.struck.clear();
        let focused = web_sys::window()
            .and_then(|window| window.document()?.active_element())
            .and_then(|element| element.dyn_into::<HtmlInputElement>().ok());
        self.into = focused.map(|field| {
            let before = field.value();
            (field, before)
        });
    }

    fn end(&mut self) -> Option<String> {
        let text = std::mem::take(&mut self.struck);
        text.parse::<PresentToken>().ok()?;
        if let Some((field, before)) = self.into.take() {
            field.set_value(&before);
        }
        Some(text)
    }
}

/// The sign on the key. A Chinese input method hides it from the page, but
/// not which key it was.
fn sign(event: &KeyboardEvent) -> Option<char> {
    let (key, place) = (event.key(), event.code());
    let sign = match key.as_str() {
        "Process" | "Unidentified" => place.strip_prefix("Key").or_else(|| place.strip_prefix("Digit"))?,
        key => key,
    };
    let mut letters = sign.chars();
    letters.next().filter(|_| letters.next().is_none())
}

//! What the till lets a clerk hear and feel, with the eyes on the customer: yes
//! rises, no is low and long.

use super::desk::Desk;
use gloo::storage::{LocalStorage, Storage};
use js_sys::{Array, Reflect};
use leptos::prelude::*;
use std::cell::RefCell;
use wasm_bindgen::JsValue;
use web_sys::{AudioContext, OscillatorType};

/// Whether this till is to be heard.
const SOUND: &str = "yuehui.till.sound";
const LOUDNESS: f32 = 0.25;

thread_local! {
    /// Browsers allow a page only so many.
    static SPEAKER: RefCell<Option<AudioContext>> = const { RefCell::new(None) };
}

/// What is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Signal {
    /// The voucher works.
    Good,
    /// It is redeemed, or undone.
    Done,
    /// It does not work.
    Bad,
}

impl Signal {
    /// Tones one after the other: hertz, seconds, shape.
    fn tones(self) -> &'static [(f32, f64, OscillatorType)] {
        match self {
            Signal::Good => &[(880.0, 0.12, OscillatorType::Sine)],
            Signal::Done => &[(880.0, 0.12, OscillatorType::Sine), (1320.0, 0.22, OscillatorType::Sine)],
            Signal::Bad => &[(196.0, 0.45, OscillatorType::Square)],
        }
    }

    /// Milliseconds of shaking and rest, in turns.
    fn shakes(self) -> &'static [u32] {
        match self {
            Signal::Good => &[40],
            Signal::Done => &[60, 60, 60],
            Signal::Bad => &[350, 100, 350],
        }
    }
}

/// Is heard and felt, where the browser can and the person has touched the
/// page; before that browsers forbid it.
pub(super) fn give(signal: Signal) {
    let Some(navigator) = web_sys::window().map(|window| window.navigator()) else { return };
    let get =
        |of: &JsValue, name: &str| Reflect::get(of, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED);
    let touched = get(&navigator, "userActivation");
    if !touched.is_undefined() && get(&touched, "hasBeenActive").is_falsy() {
        return;
    }
    if get(&navigator, "vibrate").is_function() {
        let pattern: Array = signal.shakes().iter().map(|ms| JsValue::from(*ms)).collect();
        navigator.vibrate_with_pattern(&pattern);
    }
    // A browser without sound is a till without it.
    let _ = sound(signal);
}

fn sound(signal: Signal) -> Result<(), JsValue> {
    let speaker = SPEAKER.with_borrow_mut(|speaker| match speaker {
        Some(speaker) => Ok(speaker.clone()),
        None => AudioContext::new().map(|new| speaker.insert(new).clone()),
    })?;
    // It sleeps while the page was in the background.
    let _ = speaker.resume()?;
    let mut at_s = speaker.current_time();
    for (hertz, length_s, shape) in signal.tones() {
        let (tone, volume) = (speaker.create_oscillator()?, speaker.create_gain()?);
        tone.set_type(*shape);
        tone.frequency().set_value(*hertz);
        volume.gain().set_value(LOUDNESS);
        tone.connect_with_audio_node(&volume)?;
        volume.connect_with_audio_node(&speaker.destination())?;
        tone.start_with_when(at_s)?;
        at_s += length_s;
        tone.stop_with_when(at_s)?;
    }
    Ok(())
}

/// Whether this till was wished to be heard; it is, until somebody says no.
pub(super) fn is_wanted() -> bool {
    LocalStorage::get::<bool>(SOUND).unwrap_or(true)
}

/// The switch, and the wish on this device.
pub(super) fn switch(desk: Desk) -> impl IntoView {
    let lang = desk.lang;
    let turn = move |_| {
        let wanted = !desk.sound.get_untracked();
        desk.sound.set(wanted);
        // Without room to store it, it is asked for again next time.
        let _ = LocalStorage::set(SOUND, wanted);
        desk.signal(Signal::Good);
    };
    let words = move || {
        if desk.sound.get() {
            lang.pick("声音和振动：开", "Sound and vibration: on")
        } else {
            lang.pick("声音和振动：关", "Sound and vibration: off")
        }
    };
    view! {
        <button class="till-sound" type="button" data-testid="sound" on:click=turn>
            {words}
        </button>
    }
}

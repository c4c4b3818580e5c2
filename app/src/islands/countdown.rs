//! The time that is left until a moment.

use super::clock;
use domain::Lang;
use gloo::timers::callback::Interval;
use leptos::prelude::*;

/// How often a display looks at the clock: often enough that no second is seen late.
pub(crate) const LOOK_MS: u32 = 200;

/// A signal that follows the server's time; on the server it stands still.
pub(crate) fn ticking(made_at_ms: i64) -> ReadSignal<i64> {
    let (now, set_now) = signal(made_at_ms);
    Effect::new(move |_| {
        set_now.set(clock::now_ms(made_at_ms));
        Interval::new(LOOK_MS, move || set_now.set(clock::now_ms(made_at_ms))).forget();
    });
    now
}

/// Counts down to a moment, in days, hours, minutes and seconds of fixed width.
#[island]
pub fn Countdown(
    /// The moment, in milliseconds.
    until_ms: i64,
    /// When the page was made, in milliseconds.
    made_at_ms: i64,
    /// The reader's language.
    lang: Lang,
) -> impl IntoView {
    let now = ticking(made_at_ms);
    // The last second is shown as 1 and the end as 0.
    let left_s = Memo::new(move |_| (until_ms - now.get() + 999).div_euclid(1000).max(0));
    let days = Memo::new(move |_| left_s.get() / 86_400);
    let part = move |unit_s: i64, count: i64| move || format!("{:02}", left_s.get() / unit_s % count);
    view! {
        <span class="countdown" role="timer">
            <Show when=move || { days.get() > 0 }>
                <span class="countdown-days">
                    {move || days.get()} {lang.pick(" 天", " d")}
                </span>
            </Show>
            <b>{part(3600, 24)}</b>
            <i>":"</i>
            <b>{part(60, 60)}</b>
            <i>":"</i>
            <b>{part(1, 60)}</b>
        </span>
    }
}

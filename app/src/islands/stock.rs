//! How many vouchers of a round are left, as it happens.

use super::live;
use domain::{Lang, RoundId};
use leptos::prelude::*;

/// A bar and the numbers.
#[island]
pub fn Stock(
    /// Which round.
    round: RoundId,
    /// How many it gives out.
    quantity: i64,
    /// How many were left when the page was made.
    remaining: i64,
    /// The reader's language.
    lang: Lang,
) -> impl IntoView {
    let (left, set_left) = signal(remaining);
    Effect::new(move |_| live::follow(round, move |live| set_left.set(live.remaining)));
    let label = lang.pick("剩余数量", "Vouchers left");
    view! {
        <span class="stock">
            <progress max=quantity value=move || left.get() aria-label=label></progress>
            <span class="stock-words">
                {lang.pick("剩 ", "")} <b>{move || left.get()}</b>
                {lang.pick(format!(" / {quantity} 张"), format!(" of {quantity} left"))}
            </span>
        </span>
    }
}

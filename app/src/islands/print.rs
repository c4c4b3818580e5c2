//! The button that opens the browser's print window.

use domain::Lang;
use leptos::prelude::*;

/// Prints the page; without JavaScript the browser's own menu does.
#[island]
pub fn PrintButton(
    /// The reader's language.
    lang: Lang,
) -> impl IntoView {
    let (ready, set_ready) = signal(false);
    Effect::new(move |_| set_ready.set(true));
    let print = move |_| {
        // A browser that cannot print says so itself.
        let _ = window().print();
    };
    view! {
        <button class="button button-big" type="button" data-testid="print" hidden=move || !ready.get() on:click=print>
            {lang.pick("打印", "Print")}
        </button>
        <p class="quiet" hidden=move || ready.get()>
            {lang.pick("用浏览器菜单打印（Ctrl+P），纸张选 A6", "Print with the browser's menu (Ctrl+P), on A6")}
        </p>
    }
}

//! The Leptos app: pages rendered on the server, with islands of WebAssembly.
//!
//! `pages` and `components` exist on the server alone. What the phone runs is
//! in `islands`; both sides share `api`, the server functions behind the
//! forms.

// A page's view is one nested type.
#![recursion_limit = "512"]

pub mod api;
pub mod assets;
#[expect(missing_docs, reason = "leptos' macro makes an island's struct without words")]
pub mod islands;

mod figures;

#[cfg(feature = "ssr")]
mod drawing;

#[cfg(feature = "ssr")]
#[expect(unreachable_pub, reason = "leptos' macro makes a component's props `pub`")]
mod components;
#[cfg(feature = "ssr")]
#[expect(unreachable_pub, reason = "leptos' macro makes a component's props `pub`")]
mod pages;
#[cfg(feature = "ssr")]
#[expect(unreachable_pub, reason = "leptos' macro makes a component's props `pub`")]
mod shell;

#[cfg(feature = "ssr")]
pub use api::notice::notice_cookie;
#[cfg(feature = "ssr")]
pub use drawing::cube_picture;
#[cfg(feature = "ssr")]
pub use shell::{App, AppProps, shell};

/// Wakes the islands of the page that the server sent; the page's script calls it once.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
    // The page's script wakes the islands one after the other in microtasks
    // that follow this call: a timer fires when all of them are done.
    gloo::timers::callback::Timeout::new(0, || {
        if let Some(root) = leptos::prelude::document().document_element() {
            // A browser that refuses the mark loses nothing else.
            let _ = root.set_attribute("data-hydrated", "yes");
        }
    })
    .forget();
}

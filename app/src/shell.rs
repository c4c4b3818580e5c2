//! The document around every page, and which page answers which address.

use crate::api::caller;
use crate::assets::AssetNames;
use crate::components::frame::{Bottom, Top};
use crate::pages::{merchant, organizer, resident};
use http::HeaderValue;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY};
use leptos::config::LeptosOptions;
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use leptos_meta::{MetaTags, provide_meta_context};
use leptos_router::components::{Route, Router, Routes};
use leptos_router::{SsrMode, path};

/// Islands wake when the browser says that it is idle, and one load in a hundred
/// it never said so: after a second they wake all the same.
const WAKE_IN_TIME: &str = "{const idle=window.requestIdleCallback;\
    if(idle)window.requestIdleCallback=(call)=>idle.call(window,call,{timeout:1000})}";

/// The whole document. The server calls it once for each page.
#[must_use]
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let names = use_context::<AssetNames>().unwrap_or_default();
    guard();
    view! {
        <!DOCTYPE html>
        <html lang=caller::lang().tag()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover"/>
                <meta name="color-scheme" content="light dark"/>
                <meta name="theme-color" media="(prefers-color-scheme: light)" content="#b3261b"/>
                <meta name="theme-color" media="(prefers-color-scheme: dark)" content="#16110f"/>
                <meta name="format-detection" content="telephone=no"/>
                <link rel="stylesheet" href=names.css/>
                // Painted when all of it has been read: half of the bar above, or of the places,
                // stands elsewhere than the whole.
                <link rel="expect" href="#foot" blocking="render"/>
                <link rel="icon" type="image/svg+xml" href="/favicon.svg"/>
                <script nonce=use_nonce()>{WAKE_IN_TIME}</script>
                <HydrationScripts options islands=true/>
                <MetaTags/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}

/// Lets the page load from this site alone and keeps it out of shared caches.
fn guard() {
    let (Some(response), Some(nonce)) = (use_context::<ResponseOptions>(), use_nonce()) else {
        return;
    };
    let policy = format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self' 'nonce-{nonce}'; \
         img-src 'self' data: blob:; connect-src 'self'; font-src 'self'; manifest-src 'self'; worker-src 'self'; \
         object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
    );
    if let Ok(policy) = HeaderValue::try_from(policy) {
        response.insert_header(CONTENT_SECURITY_POLICY, policy);
    }
    response.insert_header(CACHE_CONTROL, HeaderValue::from_static("no-store"));
}

/// All pages.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    let page = SsrMode::Async;
    view! {
        <Router>
            <Top/>
            <Routes fallback=crate::pages::lost>
                <Route path=path!("/") view=resident::home ssr=page.clone()/>
                <Route path=path!("/offers") view=resident::offers ssr=page.clone()/>
                <Route path=path!("/merchants/:id") view=resident::merchant ssr=page.clone()/>
                <Route path=path!("/promotions/:id") view=resident::promotion ssr=page.clone()/>
                <Route path=path!("/vouchers") view=resident::vouchers ssr=page.clone()/>
                <Route path=path!("/rounds/:id") view=resident::round ssr=page.clone()/>
                <Route path=path!("/rounds/:id/draw") view=resident::draw ssr=page.clone()/>
                <Route path=path!("/wallet") view=resident::wallet ssr=page.clone()/>
                <Route path=path!("/wallet/:id") view=resident::voucher ssr=page.clone()/>
                <Route path=path!("/dishes") view=resident::dishes ssr=page.clone()/>
                <Route path=path!("/events") view=resident::events ssr=page.clone()/>
                <Route path=path!("/open") view=resident::open ssr=page.clone()/>
                <Route path=path!("/login") view=resident::login ssr=page.clone()/>
                <Route path=path!("/me") view=resident::me ssr=page.clone()/>
                <Route path=path!("/shop") view=merchant::shop ssr=page.clone()/>
                <Route path=path!("/shop/join") view=merchant::join ssr=page.clone()/>
                <Route path=path!("/shop/till") view=merchant::till ssr=page.clone()/>
                <Route path=path!("/shop/till/offline") view=merchant::offline_till ssr=page.clone()/>
                <Route path=path!("/shop/risk") view=merchant::own_risk ssr=page.clone()/>
                <Route path=path!("/shop/redemptions/:id") view=merchant::refund ssr=page.clone()/>
                <Route path=path!("/shop/clerks") view=merchant::people ssr=page.clone()/>
                <Route path=path!("/shop/invitation/:code") view=merchant::invitation ssr=page.clone()/>
                <Route path=path!("/shop/settlement") view=merchant::own_settlement ssr=page.clone()/>
                <Route path=path!("/shop/statement") view=merchant::statement ssr=page.clone()/>
                <Route path=path!("/shop/promotions") view=merchant::promotions ssr=page.clone()/>
                <Route path=path!("/shop/promotions/new") view=merchant::new_promotion ssr=page.clone()/>
                <Route path=path!("/shop/promotions/:id") view=merchant::promotion ssr=page.clone()/>
                <Route path=path!("/shop/promotions/:id/edit") view=merchant::edit_promotion ssr=page.clone()/>
                <Route path=path!("/bureau") view=organizer::bureau ssr=page.clone()/>
                <Route path=path!("/bureau/desk") view=organizer::desk ssr=page.clone()/>
                <Route path=path!("/bureau/desk/:id") view=organizer::slip ssr=page.clone()/>
                <Route path=path!("/bureau/draws") view=organizer::draws ssr=page.clone()/>
                <Route path=path!("/bureau/redemptions") view=organizer::redemptions ssr=page.clone()/>
                <Route path=path!("/bureau/risk") view=organizer::risk ssr=page.clone()/>
                <Route path=path!("/bureau/offline") view=organizer::offline ssr=page.clone()/>
                <Route path=path!("/bureau/reviews/promotions") view=organizer::promotion_reviews ssr=page.clone()/>
                <Route path=path!("/bureau/campaigns") view=organizer::campaigns ssr=page.clone()/>
                <Route path=path!("/bureau/campaigns/new") view=organizer::new_campaign ssr=page.clone()/>
                <Route path=path!("/bureau/campaigns/drafts/:id") view=organizer::campaign_draft ssr=page.clone()/>
                <Route path=path!("/bureau/campaigns/:id") view=organizer::bureau_campaign ssr=page.clone()/>
                <Route path=path!("/bureau/settlement") view=organizer::settlements ssr=page.clone()/>
                <Route path=path!("/bureau/settlement/:id") view=organizer::settlement ssr=page.clone()/>
                <Route path=path!("/bureau/audit") view=organizer::audit ssr=page.clone()/>
                <Route path=path!("/bureau/import") view=organizer::imports ssr=page.clone()/>
                <Route path=path!("/bureau/import/:id") view=organizer::import ssr=page.clone()/>
                <Route path=path!("/bureau/reviews") view=organizer::reviews ssr=page.clone()/>
                <Route path=path!("/bureau/reviews/merchants/:id") view=organizer::merchant_review ssr=page.clone()/>
                <Route path=path!("/bureau/reports") view=organizer::reports ssr=page.clone()/>
                <Route path=path!("/bureau/reports/:id") view=organizer::report ssr=page.clone()/>
                <Route path=path!("/bureau/screen") view=organizer::screen ssr=page.clone()/>
                <Route path=path!("/bureau/stats") view=organizer::stats ssr=page/>
            </Routes>
            <Bottom/>
        </Router>
    }
}

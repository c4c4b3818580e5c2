//! `/shop/till`: redeems a customer's voucher.

use crate::api::{caller, till as api};
use crate::assets::AssetNames;
use crate::components::page::Page;
use crate::components::standing::standing;
use crate::islands::till::Till;
use crate::pages::{loaded, parameter};
use leptos::prelude::*;

/// The page.
pub(crate) fn till() -> impl IntoView {
    let (step, receipt) = (parameter("step"), parameter("receipt"));
    let setup = async move { api::setup(step.as_deref(), receipt.as_deref()).await };
    loaded(setup, show)
}

fn show(setup: api::TillSetup) -> impl IntoView {
    let lang = caller::lang();
    let scanner = use_context::<AssetNames>().unwrap_or_default().scanner;
    view! {
        <Page title=lang.pick("收银台", "Till") class="page-narrow till-page">
            <h1 class="till-title">{lang.pick("收银台", "Till")}</h1>
            {standing(&setup.standing)}
            <Till lang outlets=setup.outlets sale=setup.sale step=setup.step recent=setup.recent
                undo_key=setup.undo_key made_at_ms=setup.made_at_ms scanner/>
        </Page>
    }
}

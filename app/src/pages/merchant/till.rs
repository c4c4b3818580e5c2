//! `/shop/till`: redeems a customer's voucher.

use crate::api::sale::TillOutlet;
use crate::api::tills::EnrolTill;
use crate::api::{caller, till as api};
use crate::assets::AssetNames;
use crate::components::page::Page;
use crate::components::standing::standing;
use crate::islands::till::Till;
use crate::pages::merchant::offline::keeper;
use crate::pages::{loaded, parameter};
use domain::shapes::TillShape;
use domain::{Lang, MOST_NAME};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

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
            {setup.offline.then(|| keeper(lang, view! {
                <p><a href="/shop/till/offline" data-testid="offline-till">{lang.pick("断网了？转到离线收银", "No network? Go on without")}</a></p>
            }))}
            {device(lang, setup.till, setup.enrols)}
        </Page>
    }
}

/// Which till this device is, and its enrolment by whoever may.
fn device(lang: Lang, till: Option<TillShape>, enrols: Option<(Vec<TillOutlet>, String)>) -> impl IntoView {
    let is = till.as_ref().map(|till| {
        let outlet = lang.of(&till.outlet_name, &till.outlet_name_en);
        let words = format!("{} · {outlet}", till.name);
        view! { <p class="till-device-name" data-testid="own-till">{lang.pick("本机：", "This device: ")}<strong>{words}</strong></p> }
    });
    let known = till.is_some();
    let form = enrols.map(|(outlets, key)| enrolment(lang, outlets, key, known));
    (is.is_some() || form.is_some()).then(|| view! { <section class="till-device">{is}{form}</section> })
}

fn enrolment(lang: Lang, outlets: Vec<TillOutlet>, key: String, known: bool) -> impl IntoView {
    let option = |outlet: TillOutlet| view! { <option value=outlet.id.to_string()>{outlet.name}</option> };
    let words = match known {
        false => lang.pick("把这台设备登记为收银设备", "Enrol this device as a till"),
        true => lang.pick("重新登记这台设备", "Enrol this device anew"),
    };
    view! {
        <details>
            <summary data-testid="enrolment">{words}</summary>
            <form class="card form" method="post" action=EnrolTill::url()>
                <p class="quiet">{lang.pick(
                    "登记后，这台设备的核销记录都写明它的名字；丢了可以在“店员与设备”里停用。",
                    "Its redemptions then carry its name; if it is lost, switch it off under “People and tills”.",
                )}</p>
                <input type="hidden" name="key" value=key/>
                <label class="field">
                    <span>{lang.pick("设备名称", "Name")}</span>
                    <input name="name" type="text" required maxlength=MOST_NAME.to_string() autocomplete="off"
                        placeholder=lang.pick("一号收银台", "Till 1")/>
                </label>
                <label class="field">
                    <span>{lang.pick("所在门店", "Outlet")}</span>
                    <select name="outlet_id" required>{outlets.into_iter().map(option).collect_view()}</select>
                </label>
                <button class="button" type="submit" data-testid="enrol">{lang.pick("登记", "Enrol")}</button>
            </form>
        </details>
    }
}

//! `/merchants/{id}`: who it is, where, and what they offer.

use crate::api::{caller, offers};
use crate::components::icon::{self, Icon};
use crate::components::offer::{Demo, OfferCard, hours};
use crate::components::page::Page;
use crate::pages::{id_in_path, loaded};
use domain::MerchantId;
use domain::shapes::OutletShape;
use leptos::prelude::*;

/// The page.
pub(crate) fn merchant() -> impl IntoView {
    let id = id_in_path();
    loaded(async move { offers::merchant(MerchantId(id?)) }, |(merchant, promotions)| {
        let lang = caller::lang();
        let name = lang.of(&merchant.name, &merchant.name_en).to_owned();
        view! {
            <Page title=name.clone()>
                <h1 class="title">{name}</h1>
                <p class="offer-tags">
                    <span class="tag">{lang.of(&merchant.kind_name, &merchant.kind_name_en).to_owned()}</span>
                    {merchant.night.then(|| view! { <span class="tag tag-night">{lang.pick("不打烊", "Night")}</span> })}
                    {merchant.demo.then(|| view! { <Demo/> })}
                </p>
                <h2>{lang.pick("门店", "Outlets")}</h2>
                <div class="outlets">
                    {merchant.outlets.into_iter().map(|outlet| view! { <OutletCard outlet/> }).collect_view()}
                </div>
                <h2>{lang.pick("优惠活动", "Offers")}</h2>
                {promotions.is_empty().then(|| view! {
                    <p class="quiet">{lang.pick("这家商户暂时没有优惠", "This merchant has no offer at the moment")}</p>
                })}
                <div class="offers">
                    {promotions.into_iter().map(|promotion| view! { <OfferCard promotion/> }).collect_view()}
                </div>
            </Page>
        }
    })
}

/// A shop: where it is, when it is open, how to call it.
#[component]
pub(crate) fn OutletCard(outlet: OutletShape) -> impl IntoView {
    let lang = caller::lang();
    let district = lang.of(&outlet.district_name, &outlet.district_name_en).to_owned();
    let area = outlet.area.map(|area| lang.of(&area.name, &area.name_en).to_owned());
    let open = if outlet.open_now {
        lang.pick("营业中", "Open now")
    } else {
        lang.pick("休息中", "Closed now")
    };
    view! {
        <article class="outlet">
            <h3>
                {lang.of(&outlet.name, &outlet.name_en).to_owned()} " "
                <span class="tag" class:tag-open=outlet.open_now>{open}</span>
            </h3>
            <p><Icon path=icon::PIN/> <span>
                {district} {area.map(|area| format!("（{area}）"))} " " {lang.of(&outlet.address, &outlet.address_en).to_owned()}
            </span></p>
            <p><Icon path=icon::CLOCK/> <span>{hours(&outlet.hours, lang)}</span></p>
            {(!outlet.telephone.is_empty()).then(|| view! {
                <p><Icon path=icon::PHONE/> <a href=format!("tel:{}", outlet.telephone)>{outlet.telephone.clone()}</a></p>
            })}
        </article>
    }
}

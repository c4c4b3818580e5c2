//! `/promotions/{id}`: one offer, and where it is to be had.

use crate::api::{caller, offers};
use crate::components::icon::{self, Icon};
use crate::components::offer::{Marks, hours};
use crate::components::page::Page;
use crate::components::when::When;
use crate::pages::resident::merchant::OutletCard;
use crate::pages::{id_in_path, loaded};
use domain::PromotionId;
use domain::shapes::{MerchantShape, PromotionShape};
use leptos::prelude::*;

/// The page.
pub(crate) fn promotion() -> impl IntoView {
    let id = id_in_path();
    loaded(async move { offers::promotion(PromotionId(id?)) }, |(promotion, merchant)| {
        let lang = caller::lang();
        let title = lang.of(&promotion.title, &promotion.title_en).to_owned();
        let outlets =
            merchant.outlets.clone().into_iter().filter(|outlet| promotion.outlet_ids.contains(&outlet.id));
        let outlets = outlets.map(|outlet| view! { <OutletCard outlet/> }).collect_view();
        view! {
            <Page title=title.clone()>
                <p class="offer-price offer-price-big">{lang.of(&promotion.price_text, &promotion.price_text_en).to_owned()}</p>
                <h1 class="title">{title}</h1>
                <p class="offer-tags"><Marks promotion=promotion.clone()/></p>
                <p class="lead">{lang.of(&promotion.text, &promotion.text_en).to_owned()}</p>
                <Facts promotion merchant/>
                <h2>{lang.pick("适用门店", "Where")}</h2>
                <div class="outlets">{outlets}</div>
            </Page>
        }
    })
}

#[component]
fn Facts(promotion: PromotionShape, merchant: MerchantShape) -> impl IntoView {
    let (lang, when) = (caller::lang(), When::here());
    let name = lang.of(&merchant.name, &merchant.name_en).to_owned();
    let axes = [
        promotion.channel.word(lang),
        promotion.supply.word(lang),
        promotion.setting.word(lang),
        promotion.sector.word(lang),
    ];
    view! {
        <dl class="facts">
            <dt>{lang.pick("商户", "Merchant")}</dt>
            <dd><a href=format!("/merchants/{}", merchant.id)>{name}</a></dd>
            <dt>{lang.pick("日期", "Dates")}</dt>
            <dd>{when.days(&promotion.starts_on, &promotion.ends_on)}</dd>
            {promotion.hours.map(|text| view! {
                <dt>{lang.pick("时段", "Hours")}</dt>
                <dd>{hours(&text, lang)}</dd>
            })}
            <dt>{lang.pick("分类", "About")}</dt>
            <dd>{axes.join(" · ")}</dd>
        </dl>
        {promotion.link.map(|link| view! {
            <p><a class="button" href=link rel="noopener noreferrer external">
                {lang.pick("去线上店铺", "Go to the online shop")} <Icon path=icon::NEXT/>
            </a></p>
        })}
    }
}

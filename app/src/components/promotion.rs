//! A promotion as residents see it: on its page, and where it is looked at
//! before.

use crate::api::caller;
use crate::components::icon::{self, Icon};
use crate::components::offer::{Marks, hours};
use crate::components::when::When;
use crate::pages::resident::OutletCard;
use domain::shapes::{MerchantShape, PhotoShape, PromotionShape};
use domain::{Lang, PromotionId, link_host};
use leptos::either::Either;
use leptos::prelude::*;

/// The whole of it.
#[component]
pub(crate) fn Offer(
    promotion: PromotionShape,
    merchant: MerchantShape,
    /// Whether it is shown before it appears: its title is not the page's then,
    /// and nothing of it is counted.
    #[prop(optional)]
    preview: bool,
) -> impl IntoView {
    let lang = caller::lang();
    let title = lang.of(&promotion.title, &promotion.title_en).to_owned();
    let outlets =
        merchant.outlets.clone().into_iter().filter(|outlet| promotion.outlet_ids.contains(&outlet.id));
    let outlets = outlets.map(|outlet| view! { <OutletCard outlet/> }).collect_view();
    let heading = if preview {
        Either::Left(view! { <h2 class="title">{title.clone()}</h2> })
    } else {
        Either::Right(view! { <h1 class="title">{title.clone()}</h1> })
    };
    view! {
        <Photos photos=promotion.photos.clone() title/>
        <p class="offer-price offer-price-big">{lang.of(&promotion.price_text, &promotion.price_text_en).to_owned()}</p>
        {heading}
        <p class="offer-tags"><Marks promotion=promotion.clone()/></p>
        <p class="lead offer-text">{lang.of(&promotion.text, &promotion.text_en).to_owned()}</p>
        <Facts promotion=promotion.clone() merchant/>
        {(!preview).then(|| to_vouchers(promotion.id, lang))}
        <h2>{lang.pick("适用门店", "Where")}</h2>
        <div class="outlets">{outlets}</div>
    }
}

fn to_vouchers(id: PromotionId, lang: Lang) -> impl IntoView {
    view! {
        <p><a class="button button-quiet" href=format!("/promotions/{id}/vouchers") rel="nofollow">
            {lang.pick("去领消费券", "Claim vouchers")} <Icon path=icon::NEXT/>
        </a></p>
    }
}

/// The photos, to be pushed aside with a finger.
#[component]
pub(crate) fn Photos(photos: Vec<PhotoShape>, #[prop(into)] title: String) -> impl IntoView {
    let lang = caller::lang();
    let count = photos.len();
    let one = |(n, photo): (usize, &PhotoShape)| {
        let alt = lang
            .pick(format!("{title}，照片 {}/{count}", n + 1), format!("{title}, photo {} of {count}", n + 1));
        let sources = format!("{} 320w, {} 800w, {} 1600w", photo.small, photo.medium, photo.large);
        view! {
            <li>
                <img src=photo.medium.clone() srcset=sources sizes="(min-width: 44rem) 30rem, 88vw"
                    width="800" height="600" alt=alt decoding="async"/>
            </li>
        }
    };
    (count > 0).then(|| {
        view! {
            <div class="photos" tabindex="0" role="region" aria-label=lang.pick("照片", "Photos") data-testid="photos">
                <ul>{photos.iter().enumerate().map(one).collect_view()}</ul>
            </div>
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
        {promotion.link.map(|link| {
            let host = link_host(&link).unwrap_or_default().to_owned();
            view! {
                <p class="offer-shop"><a class="button" href=link rel="noopener noreferrer external">
                    {lang.pick("去线上店铺", "Go to the online shop")} <Icon path=icon::NEXT/>
                </a> <span class="quiet">{host}</span></p>
            }
        })}
    }
}

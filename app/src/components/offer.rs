//! Promotions as cards.

use crate::api::caller;
use crate::components::when::When;
use domain::shapes::PromotionShape;
use domain::{Lang, WeeklyHours};
use leptos::prelude::*;

/// Weekly hours as people read them; a text that is none stays as it is.
pub(crate) fn hours(text: &str, lang: Lang) -> String {
    let hours = WeeklyHours::try_from(text.to_owned());
    hours.map_or_else(|_| text.to_owned(), |hours| hours.words(lang))
}

/// A promotion in a list.
#[component]
pub(crate) fn OfferCard(promotion: PromotionShape) -> impl IntoView {
    let lang = caller::lang();
    let merchant = lang.of(&promotion.merchant_name, &promotion.merchant_name_en).to_owned();
    let kind = lang.of(&promotion.kind_name, &promotion.kind_name_en).to_owned();
    let photo = promotion.photos.first().map(|photo| {
        let sources = format!("{} 320w, {} 800w", photo.small, photo.medium);
        view! {
            <img class="offer-photo" src=photo.small.clone() srcset=sources sizes="(min-width: 40rem) 18rem, 92vw"
                width="320" height="180" alt="" loading="lazy" decoding="async"/>
        }
    });
    view! {
        <article class="offer">
            {photo}
            <p class="offer-price">{lang.of(&promotion.price_text, &promotion.price_text_en).to_owned()}</p>
            <h3>
                <a class="offer-link" href=format!("/promotions/{}", promotion.id)>
                    {lang.of(&promotion.title, &promotion.title_en).to_owned()}
                </a>
            </h3>
            <p class="offer-merchant">{merchant} " · " {kind}</p>
            <p class="offer-tags"><Marks promotion/></p>
        </article>
    }
}

/// The marks of a promotion: whether it is open, of the night, demonstration.
#[component]
pub(crate) fn Marks(promotion: PromotionShape) -> impl IntoView {
    let lang = caller::lang();
    let until = When::here().day(&promotion.ends_on);
    view! {
        {promotion.open_now.then(|| view! { <span class="tag tag-open">{lang.pick("营业中", "Open now")}</span> })}
        {promotion.night.then(|| view! { <span class="tag tag-night">{lang.pick("不打烊", "Night")}</span> })}
        <span class="tag">{promotion.channel.word(lang)}</span>
        <span class="tag">{lang.pick(format!("至{until}"), format!("to {until}"))}</span>
        {promotion.demo.then(|| view! { <Demo/> })}
    }
}

/// The mark of demonstration content.
#[component]
pub(crate) fn Demo() -> impl IntoView {
    view! { <span class="tag tag-demo">{caller::lang().pick("演示", "Demo")}</span> }
}

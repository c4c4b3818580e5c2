//! `/bureau/reviews`: the merchants and promotions that wait, in one queue, what
//! waits longest first; `/bureau/reviews/promotions` is the promotions of it.

use super::promotion_reviews::{Place, promotion_card};
use super::review_tabs::{review_kinds, shortcut_words, waited};
use crate::api::caller;
use crate::api::reviews::{self as api, Queue, Queued};
use crate::components::empty::Empty;
use crate::components::page::Page;
use crate::components::when::When;
use crate::figures::count;
use crate::pages::{loaded, parameter};
use domain::shapes::WaitingMerchant;
use domain::{Lang, MerchantState, ReviewKind, ReviewQuery};
use leptos::prelude::*;

/// The queue of both kinds, or of the kind that the address names.
pub(super) fn queue() -> impl IntoView {
    loaded(api::queue(asked(parameter("kind"))), show)
}

/// The promotions of the queue.
pub(crate) fn promotion_reviews() -> impl IntoView {
    loaded(api::queue(asked(Some(ReviewKind::Promotion.to_string()))), show)
}

fn asked(kind: Option<String>) -> ReviewQuery {
    ReviewQuery { kind, district: parameter("district"), cursor: parameter("cursor"), limit: None }
}

fn show(queue: Queue) -> impl IntoView {
    let lang = caller::lang();
    let number = match (queue.kind, queue.waiting) {
        (None, (merchants, promotions)) => merchants + promotions,
        (Some(ReviewKind::Merchant), (merchants, _)) => merchants,
        (Some(ReviewKind::Promotion), (_, promotions)) => promotions,
    };
    let place = queue.district.as_ref().map(|district| lang.of(&district.name, &district.name_en).to_owned());
    let nothing = queue.items.is_empty();
    let district = queue.asked_district.map(|district| format!("?district={district}")).unwrap_or_default();
    let cards = queue.items.iter().enumerate().map(|(at, one)| card(one, &queue, at == 0, lang).into_any());
    let cards = cards.collect_view();
    view! {
        <Page title=lang.pick("审核", "Reviews") class="reviews-page">
            <h1 class="title">{lang.pick("待审核", "Waiting for review")} " " <span class="count digits">{count(number)}</span>
                {place.map(|place| view! { <span class="desk-place">{place}</span> })}
            </h1>
            {review_kinds(queue.kind, &district, lang)}
            {queue.district.is_none().then(|| district_filter(&queue, lang))}
            {nothing.then(|| view! {
                <div data-testid="no-reviews">
                    <Empty words=lang.pick("没有待审核的内容。", "Nothing waits for review.") href="/bureau"
                        label=lang.pick("回总览", "Back to the overview")/>
                </div>
            })}
            {(!nothing).then(|| shortcut_words(lang))}
            {cards}
            {next(&queue, lang)}
            <p><a href="/bureau/reviews?state=live">{lang.pick("已审核的商户", "Merchants that were decided on")}</a></p>
        </Page>
    }
}

fn next(queue: &Queue, lang: Lang) -> Option<impl IntoView + use<>> {
    let cursor = queue.next_cursor.as_ref()?;
    let mut href = format!("/bureau/reviews?cursor={cursor}");
    for (name, value) in [
        ("kind", queue.kind.map(|kind| kind.to_string())),
        ("district", queue.asked_district.map(|code| code.to_string())),
    ] {
        if let Some(value) = value {
            href = format!("{href}&{name}={value}");
        }
    }
    Some(view! {
        <p class="pager"><a class="button button-quiet" href=href>{lang.pick("下一页", "Next page")}</a></p>
    })
}

/// The city's choice of a district.
fn district_filter(queue: &Queue, lang: Lang) -> impl IntoView + use<> {
    let options = queue.districts.iter().map(|district| {
        let chosen = queue.asked_district == Some(district.code);
        let name = lang.of(&district.name, &district.name_en).to_owned();
        view! { <option value=district.code.to_string() selected=chosen>{name}</option> }
    });
    let options = options.collect_view();
    let kind = queue.kind.map(|kind| view! { <input type="hidden" name="kind" value=kind.to_string()/> });
    view! {
        <form class="range" method="get" action="/bureau/reviews">
            {kind}
            <label class="field">
                <span>{lang.pick("区县（跨区县的活动只在“全部”里）", "District (a promotion of several is among all)")}</span>
                <select name="district">
                    <option value="">{lang.pick("全部", "All")}</option>
                    {options}
                </select>
            </label>
            <button class="button" type="submit">{lang.pick("查看", "Show")}</button>
        </form>
    }
}

fn card(one: &Queued, queue: &Queue, is_first: bool, lang: Lang) -> impl IntoView + use<> {
    match one {
        Queued::Merchant(merchant) => merchant_card(merchant, queue, is_first, lang).into_any(),
        Queued::Promotion(both) => {
            let (promotion, merchant) = both.as_ref();
            let place = Place { key: &queue.key, is_first, in_queue: queue.kind.is_none() };
            promotion_card(promotion, merchant, &queue.districts, place, lang).into_any()
        }
    }
}

fn merchant_card(
    merchant: &WaitingMerchant,
    queue: &Queue,
    is_first: bool,
    lang: Lang,
) -> impl IntoView + use<> {
    let district = queue.districts.iter().find(|district| district.code == merchant.district);
    let district = district.map(|district| lang.of(&district.name, &district.name_en).to_owned());
    let trade = queue.kinds.iter().find(|known| known.code == merchant.kind);
    let trade =
        trade.map_or_else(|| merchant.kind.to_string(), |kind| lang.of(&kind.name, &kind.name_en).into());
    let name = lang.of(&merchant.name, &merchant.name_en).to_owned();
    let outlets = lang.pick(format!("{} 家门店", merchant.outlets), format!("outlets: {}", merchant.outlets));
    let tag = match merchant.state {
        MerchantState::Reapplied => lang.pick("重新申请", "Applied again"),
        _ => lang.pick("新商户", "New merchant"),
    };
    let signed = When::here().moment(&merchant.signed_at);
    let id = merchant.merchant_id;
    view! {
        <article class="card review" data-testid="waiting-merchant" data-merchant=id.to_string()>
            <h2><a class="row-link" accesskey=is_first.then_some("n") href=format!("/bureau/reviews/merchants/{id}")>{name}</a></h2>
            <p><span class="tag">{tag}</span> " " {trade} " · " {district} " · " {outlets}</p>
            <p class="quiet">{waited(merchant.waiting_s, lang)} " · " {lang.pick("签署于 ", "signed ")}{signed}</p>
        </article>
    }
}

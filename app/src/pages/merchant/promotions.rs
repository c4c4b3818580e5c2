//! `/shop/promotions`: what a merchant posts, by where it stands.

use crate::api::{caller, promotions as api};
use crate::components::empty::Empty;
use crate::components::page::Page;
use crate::components::when::When;
use crate::figures::count;
use crate::pages::{loaded, parameter};
use domain::shapes::{OwnPromotion, OwnPromotions, StateCount};
use domain::{Lang, PromotionState};
use leptos::either::Either;
use leptos::prelude::*;

/// The page.
pub(crate) fn promotions() -> impl IntoView {
    let (state, cursor) = (parameter("state"), parameter("cursor"));
    let chosen = state.as_deref().and_then(|state| state.parse().ok());
    loaded(async move { api::own_list(state, cursor).await }, move |list| show(list, chosen))
}

fn show(list: OwnPromotions, chosen: Option<PromotionState>) -> impl IntoView {
    let lang = caller::lang();
    let items = if list.items.is_empty() {
        Either::Left(view! {
            <Empty words=lang.pick("这里还没有优惠活动。发一条，审核通过后居民就能看到。", "No promotion here yet. Post one: residents see it once it is approved.")
                href="/shop/promotions/new" label=lang.pick("发布优惠活动", "Post a promotion")/>
        })
    } else {
        Either::Right(
            view! { <ul class="posts">{list.items.iter().map(|item| post(item, lang)).collect_view()}</ul> },
        )
    };
    let next = list.next_cursor.map(|cursor| {
        let state = chosen.map(|state| format!("&state={state}")).unwrap_or_default();
        let href = format!("/shop/promotions?cursor={}{state}", caller::encoded(&cursor));
        view! { <p class="pager"><a class="button button-quiet" href=href>{lang.pick("下一页", "Next page")}</a></p> }
    });
    view! {
        <Page title=lang.pick("优惠活动", "Promotions")>
            <div class="head">
                <h1>{lang.pick("优惠活动", "Promotions")}</h1>
                <a class="button" href="/shop/promotions/new" data-testid="new-promotion">{lang.pick("发布优惠活动", "Post a promotion")}</a>
            </div>
            {states(&list.counts, chosen, lang)}
            {items}
            {next}
        </Page>
    }
}

/// Every state with how many stand in it.
fn states(counts: &[StateCount], chosen: Option<PromotionState>, lang: Lang) -> impl IntoView + use<> {
    let all: i64 = counts.iter().map(|of| of.count).sum();
    let tab = |href: String, word: &'static str, number: i64, here: bool| {
        view! {
            <li><a class="chip" href=href aria-current=here.then_some("page")>{word} " " <span class="digits">{count(number)}</span></a></li>
        }
    };
    let of_state = counts.iter().map(|of| {
        tab(
            format!("/shop/promotions?state={}", of.state),
            of.state.word(lang),
            of.count,
            chosen == Some(of.state),
        )
    });
    let of_state = of_state.collect_view();
    view! {
        <nav aria-label=lang.pick("按状态", "By state")>
            <ul class="chips">
                {tab("/shop/promotions".to_owned(), lang.pick("全部", "All"), all, chosen.is_none())}
                {of_state}
            </ul>
        </nav>
    }
}

fn post(item: &OwnPromotion, lang: Lang) -> impl IntoView + use<> {
    let title = lang.of(&item.form.title, &item.form.title_en);
    let title = if title.is_empty() { lang.pick("（未填标题）", "(no title yet)") } else { title }.to_owned();
    let price = lang.of(&item.form.price_text, &item.form.price_text_en).to_owned();
    let days = When::here().days(&item.form.starts_on, &item.form.ends_on);
    let days = if item.form.starts_on.is_empty() { String::new() } else { days };
    let photo = item.photos.first().map(|photo| {
        view! { <img class="post-photo" src=photo.small.clone() width="96" height="72" alt="" loading="lazy" decoding="async"/> }
    });
    let seen = (item.views + item.claims > 0).then(|| seen(item, lang));
    view! {
        <li class="post" data-state=item.state.code()>
            {photo}
            <div class="post-words">
                <h2><a class="offer-link" href=format!("/shop/promotions/{}", item.id)>{title}</a></h2>
                <p class="offer-price">{price}</p>
                <p class="quiet">{days}</p>
                <p class="offer-tags"><StateTags item=item.clone()/></p>
                {seen.map(|seen| view! { <p class="quiet">{seen}</p> })}
            </div>
        </li>
    }
}

/// How often it was looked at.
pub(super) fn seen(item: &OwnPromotion, lang: Lang) -> String {
    let (views, claims) = (count(item.views), count(item.claims));
    lang.pick(
        format!("浏览 {views} 次 · 去领券 {claims} 次"),
        format!("{views} views · {claims} went on to claim"),
    )
}

/// Where a promotion and its revision stand.
#[component]
pub(super) fn StateTags(item: OwnPromotion) -> impl IntoView {
    let lang = caller::lang();
    let tag = match item.state {
        PromotionState::Published => "tag tag-open",
        PromotionState::Returned => "tag tag-warn",
        _ => "tag",
    };
    view! {
        <span class=tag data-testid="promotion-state" data-state=item.state.code()>{item.state.word(lang)}</span>
        {item.revision.map(|revision| view! {
            <span class="tag tag-demo" data-testid="revision-state" data-state=revision.code()>{revision.word(lang)}</span>
        })}
    }
}

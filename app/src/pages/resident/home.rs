//! `/`: what the season has today.

use crate::api::{ApiError, caller, offers, season};
use crate::components::icon::{self, Icon};
use crate::components::offer::{Demo, OfferCard};
use crate::components::page::Page;
use crate::components::ticket::RoundTicket;
use crate::components::when::{When, ms};
use crate::islands::countdown::Countdown;
use crate::pages::loaded;
use domain::shapes::{DistrictShape, EventShape, NewsShape, PromotionShape, RoundShape, SeasonShape};
use domain::{Lang, OfferQuery, RoundState};
use leptos::prelude::*;
use std::collections::HashSet;

const TONIGHT: usize = 6;
const EVENTS: usize = 4;
const ROUNDS: usize = 3;
const NEWS: usize = 3;

struct Home {
    season: SeasonShape,
    districts: Vec<DistrictShape>,
    rounds: Vec<RoundShape>,
    tonight: Vec<PromotionShape>,
    news: Vec<NewsShape>,
    events: Vec<EventShape>,
}

async fn read() -> Result<Home, ApiError> {
    let setting = season::setting()?;
    Ok(Home {
        season: setting.season,
        districts: setting.districts,
        rounds: season::rounds().await?,
        tonight: tonight()?,
        news: season::news()?,
        events: season::events()?,
    })
}

/// Night offers, one of each merchant, so that many are seen.
fn tonight() -> Result<Vec<PromotionShape>, ApiError> {
    let night =
        OfferQuery { night: Some("true".to_owned()), limit: Some("100".to_owned()), ..OfferQuery::default() };
    let mut seen = HashSet::new();
    let (list, _) = offers::matching(&night)?;
    let one_each = list.items.into_iter().filter(|promotion| seen.insert(promotion.merchant_id));
    Ok(one_each.take(TONIGHT).collect())
}

/// The page.
pub(crate) fn home() -> impl IntoView {
    loaded(read(), |home| {
        let lang = caller::lang();
        view! {
            <Page title=lang.pick("首页", "Home") class="page-wide">
                <Hero season=home.season.clone() next=next_release(&home.rounds)/>
                <Rounds rounds=home.rounds/>
                <Tonight promotions=home.tonight/>
                <Districts districts=home.districts/>
                <News news=home.news/>
                <Events events=home.events/>
                <Principles season=home.season/>
            </Page>
        }
    })
}

/// The next round that opens; rounds come by opening time.
fn next_release(rounds: &[RoundShape]) -> Option<RoundShape> {
    let coming = |round: &&RoundShape| matches!(round.state, RoundState::Upcoming | RoundState::Waiting);
    rounds.iter().find(coming).cloned()
}

#[component]
fn Hero(season: SeasonShape, next: Option<RoundShape>) -> impl IntoView {
    let (lang, when) = (caller::lang(), When::here());
    let days = when.days(&season.starts_on, &season.ends_on);
    view! {
        <section class="hero">
            <div class="hero-words">
                <h1>{lang.of(&season.name, &season.name_en).to_owned()}</h1>
                <p class="hero-days">{days}</p>
                <p class="hero-left">
                    {lang.pick("还有 ", "")} <strong>{season.days_left}</strong> {lang.pick(" 天", " days left")}
                </p>
            </div>
            {next.map(|round| view! { <NextRelease round/> })}
        </section>
    }
}

#[component]
fn NextRelease(round: RoundShape) -> impl IntoView {
    let (lang, when) = (caller::lang(), When::here());
    let benefit = round.benefit().words(lang);
    view! {
        <div class="hero-next">
            <h2>{lang.pick("下一轮开抢", "Next release")}</h2>
            <p class="hero-title">
                {lang.of(&round.campaign_title, &round.campaign_title_en).to_owned()} " · " <b>{benefit}</b>
            </p>
            <p class="hero-when">{when.moment(&round.opens_at)} " · " {quantity(round.quantity, lang)}</p>
            <Countdown until_ms=ms(&round.opens_at) made_at_ms=when.now().ms() lang/>
            <a class="button button-light" href=format!("/rounds/{}", round.id)>{lang.pick("去看看", "See the round")}</a>
        </div>
    }
}

fn quantity(quantity: i64, lang: Lang) -> String {
    lang.pick(format!("{quantity} 张"), format!("{quantity} vouchers"))
}

/// A heading with a link to the whole list.
#[component]
fn Head(#[prop(into)] title: String, #[prop(optional, into)] href: String) -> impl IntoView {
    let lang = caller::lang();
    view! {
        <div class="head">
            <h2>{title}</h2>
            {(!href.is_empty()).then(|| view! { <a href=href>{lang.pick("全部", "All")} <Icon path=icon::NEXT/></a> })}
        </div>
    }
}

#[component]
fn Rounds(rounds: Vec<RoundShape>) -> impl IntoView {
    let lang = caller::lang();
    let now = rounds.into_iter().filter(|round| round.state != RoundState::Closed);
    let mut now: Vec<_> = now.collect();
    now.sort_by_key(|round| round.state != RoundState::Open);
    now.truncate(ROUNDS);
    view! {
        <section class="block">
            <Head title=lang.pick("消费券", "Vouchers") href="/vouchers"/>
            <div class="tickets">
                {now.into_iter().map(|round| view! { <RoundTicket round/> }).collect_view()}
            </div>
        </section>
    }
}

#[component]
fn Tonight(promotions: Vec<PromotionShape>) -> impl IntoView {
    let lang = caller::lang();
    view! {
        <section class="block block-night">
            <Head title=lang.pick("今夜不打烊", "Open late tonight") href="/offers?night=true"/>
            <div class="offers">
                {promotions.into_iter().map(|promotion| view! { <OfferCard promotion/> }).collect_view()}
            </div>
        </section>
    }
}

#[component]
fn Districts(districts: Vec<DistrictShape>) -> impl IntoView {
    let lang = caller::lang();
    let district = |district: DistrictShape| {
        view! {
            <a class="district" href=format!("/offers?district={}", district.code)>
                <b>{lang.of(&district.name, &district.name_en).to_owned()}</b>
                <span>
                    {lang.pick(
                        format!("{} 家 · {} 项优惠", district.merchants, district.promotions),
                        format!("{} merchants · {} offers", district.merchants, district.promotions),
                    )}
                </span>
            </a>
        }
    };
    view! {
        <section class="block">
            <Head title=lang.pick("各区县优惠", "By district") href="/offers"/>
            <div class="districts">{districts.into_iter().map(district).collect_view()}</div>
        </section>
    }
}

#[component]
fn News(news: Vec<NewsShape>) -> impl IntoView {
    let lang = caller::lang();
    let mut cards = news.into_iter().map(|news| view! { <NewsCard news/> });
    let first = cards.by_ref().take(NEWS).collect_view();
    let rest: Vec<_> = cards.collect();
    let count = rest.len();
    view! {
        <section class="block">
            <Head title=lang.pick("消费季动态", "News")/>
            <div class="news">{first}</div>
            {(count > 0).then(|| view! {
                <details class="more">
                    <summary>{lang.pick(format!("更多动态（{count} 条）"), format!("{count} more"))}</summary>
                    <div class="news">{rest}</div>
                </details>
            })}
        </section>
    }
}

#[component]
fn NewsCard(news: NewsShape) -> impl IntoView {
    let (lang, when) = (caller::lang(), When::here());
    let body = lang.of(&news.body, &news.body_en).to_owned();
    let paragraphs = body.split("\n\n").map(|text| view! { <p>{text.trim().to_owned()}</p> }).collect_view();
    view! {
        <article class="news-card">
            <p class="news-day"><time datetime=news.published_on.clone()>{when.day(&news.published_on)}</time></p>
            <h3>{lang.of(&news.title, &news.title_en).to_owned()}</h3>
            <p>{lang.of(&news.summary, &news.summary_en).to_owned()}</p>
            {(!body.is_empty()).then(|| view! {
                <details>
                    <summary>{lang.pick("全文", "Read on")}</summary>
                    {paragraphs}
                </details>
            })}
        </article>
    }
}

#[component]
fn Events(events: Vec<EventShape>) -> impl IntoView {
    let (lang, when) = (caller::lang(), When::here());
    let event = move |event: EventShape| {
        view! {
            <li>
                <span class="event-days">{when.days(&event.starts_on, &event.ends_on)}</span>
                <span class="event-title">{lang.of(&event.title, &event.title_en).to_owned()}</span>
                <span class="event-place">
                    {lang.of(&event.place, &event.place_en).to_owned()} " " {event.demo.then(|| view! { <Demo/> })}
                </span>
            </li>
        }
    };
    view! {
        <section class="block">
            <Head title=lang.pick("活动日程", "Events") href="/events"/>
            <ul class="event-list">{events.into_iter().take(EVENTS).map(event).collect_view()}</ul>
        </section>
    }
}

#[component]
fn Principles(season: SeasonShape) -> impl IntoView {
    let lang = caller::lang();
    let line = move |line: domain::Principle| view! { <li>{lang.of(&line.zh, &line.en).to_owned()}</li> };
    view! {
        <section class="block">
            <Head title=lang.pick("本季原则", "What the season goes by")/>
            <ul class="principles">{season.principles.into_iter().map(line).collect_view()}</ul>
            <ul class="principles principles-scope">{season.scope.into_iter().map(line).collect_view()}</ul>
        </section>
    }
}

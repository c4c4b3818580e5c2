//! `/events`: fairs, night markets, contests.

use crate::api::{caller, season};
use crate::components::empty::Empty;
use crate::components::icon::{self, Icon};
use crate::components::offer::{Demo, hours};
use crate::components::page::Page;
use crate::components::ticket::places;
use crate::components::when::When;
use crate::pages::loaded;
use domain::EventKind;
use domain::shapes::EventShape;
use leptos::prelude::*;

/// The page.
pub(crate) fn events() -> impl IntoView {
    loaded(async { season::events() }, |events| {
        let lang = caller::lang();
        view! {
            <Page title=lang.pick("活动日程", "Events")>
                <h1 class="title">{lang.pick("活动日程", "Events")}</h1>
                {events.is_empty().then(|| view! {
                    <Empty words=lang.pick("还没有公布活动", "No events are announced yet") href="/" label=lang.pick("回首页", "Home")/>
                })}
                <div class="cards">{events.into_iter().map(|event| view! { <EventCard event/> }).collect_view()}</div>
            </Page>
        }
    })
}

#[component]
fn EventCard(event: EventShape) -> impl IntoView {
    let (lang, when) = (caller::lang(), When::here());
    let kind = event.kind.parse::<EventKind>().map_or("", |kind| kind.word(lang));
    view! {
        <article class="card">
            <p class="offer-tags"><span class="tag">{kind}</span> {event.demo.then(|| view! { <Demo/> })}</p>
            <h2>{lang.of(&event.title, &event.title_en).to_owned()}</h2>
            <p>{lang.of(&event.summary, &event.summary_en).to_owned()}</p>
            <p class="line"><Icon path=icon::CALENDAR/> <span>
                {when.days(&event.starts_on, &event.ends_on)} {event.hours.map(|text| format!(" · {}", hours(&text, lang)))}
            </span></p>
            <p class="line"><Icon path=icon::PIN/> <span>
                {places(&[event.district], lang)} " " {lang.of(&event.place, &event.place_en).to_owned()}
            </span></p>
        </article>
    }
}

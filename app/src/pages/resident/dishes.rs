//! `/dishes`: the local signature dishes.

use crate::api::{caller, season};
use crate::components::empty::Empty;
use crate::components::offer::Demo;
use crate::components::page::Page;
use crate::components::ticket::places;
use crate::pages::loaded;
use domain::shapes::DishShape;
use leptos::prelude::*;

/// The page.
pub(crate) fn dishes() -> impl IntoView {
    loaded(async { season::dishes() }, |dishes| {
        let lang = caller::lang();
        view! {
            <Page title=lang.pick("特色菜品", "Signature dishes") class="page-wide">
                <h1 class="title">{lang.pick("地方特色菜品", "Local signature dishes")}</h1>
                {dishes.is_empty().then(|| view! {
                    <Empty words=lang.pick("还没有公布菜品", "No dishes are announced yet") href="/" label=lang.pick("回首页", "Home")/>
                })}
                <div class="cards">{dishes.into_iter().map(|dish| view! { <DishCard dish/> }).collect_view()}</div>
            </Page>
        }
    })
}

#[component]
fn DishCard(dish: DishShape) -> impl IntoView {
    let lang = caller::lang();
    view! {
        <article class="card">
            <p class="offer-tags"><span class="tag">{places(&[dish.district], lang)}</span> {dish.demo.then(|| view! { <Demo/> })}</p>
            <h2>{lang.of(&dish.name, &dish.name_en).to_owned()}</h2>
            <p>{lang.of(&dish.summary, &dish.summary_en).to_owned()}</p>
            {dish.merchant_id.map(|merchant| view! {
                <p><a href=format!("/merchants/{merchant}")>{lang.pick("哪里吃", "Where to eat it")}</a></p>
            })}
        </article>
    }
}

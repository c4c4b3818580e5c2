//! The frame of one page: its title and its one `<main>`.

use crate::api::{caller, notice, season};
use domain::shapes::Problem;
use leptos::prelude::*;
use leptos_meta::Title;

/// A page. `title` goes into the browser's title; the heading is the page's own.
#[component]
pub(crate) fn Page(
    #[prop(into)] title: String,
    /// `page-wide` for tables, `page-narrow` for forms; a column otherwise.
    #[prop(optional)]
    class: &'static str,
    children: Children,
) -> impl IntoView {
    let lang = caller::lang();
    let season =
        season::setting().map(|setting| lang.of(&setting.season.name, &setting.season.name_en).to_owned());
    let title = format!("{title} · {}", season.unwrap_or_else(|_| lang.pick("约惠", "Yuehui").to_owned()));
    view! {
        <Title text=title/>
        <main class=format!("page {class}") id="main">
            {notice::take().map(|problem| view! { <Notice problem/> })}
            {children()}
        </main>
    }
}

/// What a form came to.
#[component]
fn Notice(problem: Problem) -> impl IntoView {
    view! { <p class="notice notice-warn" role="alert" data-code=problem.code>{problem.detail}</p> }
}

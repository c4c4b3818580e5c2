//! Why a page cannot be shown, and what to do next.

use crate::api::{caller, session};
use domain::shapes::Problem;
use leptos::prelude::*;

/// What happened and the next step.
#[component]
pub(crate) fn ProblemCard(problem: Problem) -> impl IntoView {
    let lang = caller::lang();
    let (href, label) = next_step(&problem.code);
    view! {
        <section class="empty" data-code=problem.code>
            <p class="empty-mark" aria-hidden="true">{problem.status}</p>
            <h1>{lang.pick("暂时打不开", "This page cannot be shown")}</h1>
            <p>{problem.detail}</p>
            <p><a class="button" href=href>{label}</a></p>
        </section>
    }
}

fn next_step(code: &str) -> (String, &'static str) {
    let lang = caller::lang();
    match code {
        "unauthenticated" | "wrong_role" => {
            (session::page(&caller::path_and_query()), lang.pick("去登录", "Sign in"))
        }
        "till_off" => ("/shop/clerks".to_owned(), lang.pick("店员与设备", "People and tills")),
        "bad_query" => (caller::path(), lang.pick("清除筛选", "Clear the filters")),
        "unavailable" | "too_often" => (caller::path_and_query(), lang.pick("重试", "Try again")),
        _ => ("/".to_owned(), lang.pick("回首页", "Go to the first page")),
    }
}

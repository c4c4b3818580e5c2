//! `/vouchers`: all rounds, those that matter now first.

use crate::api::{caller, season};
use crate::components::empty::Empty;
use crate::components::page::Page;
use crate::components::ticket::RoundTicket;
use crate::components::when::{When, ms};
use crate::pages::loaded;
use domain::RoundState;
use domain::shapes::RoundShape;
use leptos::prelude::*;

/// A round this near counts as soon.
const SOON_MS: i64 = 48 * 3_600_000;

/// The page.
pub(crate) fn vouchers() -> impl IntoView {
    loaded(season::rounds(), |rounds| {
        let lang = caller::lang();
        let now_ms = When::here().now().ms();
        let is_soon = |round: &RoundShape| ms(&round.opens_at) - now_ms < SOON_MS;
        let (mut open, mut soon, mut later, mut closed) = (vec![], vec![], vec![], vec![]);
        let nothing = rounds.is_empty();
        for round in rounds {
            match round.state {
                RoundState::Open | RoundState::Drawing => open.push(round),
                RoundState::Closed => closed.push(round),
                _ if is_soon(&round) => soon.push(round),
                _ => later.push(round),
            }
        }
        closed.reverse();
        view! {
            <Page title=lang.pick("抢券", "Claim vouchers") class="page-wide">
                <h1 class="title">{lang.pick("消费券", "Vouchers")}</h1>
                {nothing.then(|| view! {
                    <Empty words=lang.pick("本季还没有公布消费券", "No vouchers are announced yet") href="/offers"
                        label=lang.pick("先看看优惠", "See the offers")/>
                })}
                <Group title=lang.pick("正在发放", "Open now") rounds=open/>
                <Group title=lang.pick("即将开始", "Soon") rounds=soon/>
                <Group title=lang.pick("后续轮次", "Later") rounds=later/>
                <Group title=lang.pick("已结束", "Closed") rounds=closed/>
            </Page>
        }
    })
}

#[component]
fn Group(title: &'static str, rounds: Vec<RoundShape>) -> impl IntoView {
    (!rounds.is_empty()).then(|| {
        view! {
            <section class="block">
                <h2>{title}</h2>
                <div class="tickets">{rounds.into_iter().map(|round| view! { <RoundTicket round/> }).collect_view()}</div>
            </section>
        }
    })
}

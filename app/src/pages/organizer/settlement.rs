//! `/bureau/settlement`: the settlement weeks, their batches, and what waits for
//! whom.

use crate::api::caller;
use crate::api::settlement::{self as api, MakeSettlement, Weeks};
use crate::components::page::Page;
use crate::components::when::When;
use crate::figures::{count, yuan};
use crate::pages::loaded;
use domain::shapes::{SettlementItem, SettlementWeek};
use domain::{Lang, SettlementStep};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// The page.
pub(crate) fn settlements() -> impl IntoView {
    loaded(api::weeks(), |Weeks { weeks, key }| {
        let lang = caller::lang();
        let none = weeks.items.is_empty();
        let cards = weeks.items.iter().map(|week| card(week, &key, lang)).collect_view();
        view! {
            <Page title=lang.pick("结算", "Settlement") class="page-wide settle-page">
                <h1>{lang.pick("结算", "Settlement")}</h1>
                <p class="quiet">{lang.pick(
                    "每周一批：商户确认 → 区县复核 → 市级批准（编制人和复核人之外的人）→ 财务导出 → 银行付款。",
                    "A batch a week: merchants confirm, districts review, the city approves (not who made or reviewed it), finance exports, the bank pays.",
                )}</p>
                {none.then(|| view! { <p class="nothing">{lang.pick("消费季还没有开始。", "The season has not begun.")}</p> })}
                {cards}
                <p><a href="/bureau">{lang.pick("回总览", "Back to the overview")}</a></p>
            </Page>
        }
    })
}

fn card(week: &SettlementWeek, key: &str, lang: Lang) -> impl IntoView + use<> {
    let days = When::here().days(&week.from, &week.to);
    let batch = week.settlement.as_ref().map(|item| batch_facts(item, lang));
    let idle = match (&week.settlement, week.over, week.may_make) {
        (None, false, _) => Some(lang.pick("这一周还没有结束。", "This week is not over.")),
        (None, true, false) => Some(lang.pick("没有单独的批次。", "It has no batch of its own.")),
        _ => None,
    };
    let make = week.may_make.then(|| {
        view! {
            <form method="post" action=MakeSettlement::url()>
                <input type="hidden" name="week" value=week.from.clone()/>
                <input type="hidden" name="key" value=format!("{key}-{}", week.from)/>
                <button class="button" type="submit" data-testid="make-batch">{lang.pick("编制本周批次", "Make this week's batch")}</button>
                <p class="quiet">{lang.pick("编制人之后不能批准它。", "Who makes it may not approve it later.")}</p>
            </form>
        }
    });
    view! {
        <article class="card settle-card" data-week=week.from.clone()>
            <h2>{days}</h2>
            {batch}
            {idle.map(|words| view! { <p class="quiet">{words}</p> })}
            {make}
        </article>
    }
}

fn batch_facts(item: &SettlementItem, lang: Lang) -> impl IntoView + use<> {
    let (id, totals) = (item.id, &item.totals);
    let facts = lang.pick(
        format!(
            "{} 家商户，应付 ¥{}，暂扣 ¥{}",
            count(totals.rows),
            yuan(totals.pay_fen),
            yuan(totals.withheld_fen)
        ),
        format!(
            "Merchants: {}; ¥{} to be paid, ¥{} withheld",
            count(totals.rows),
            yuan(totals.pay_fen),
            yuan(totals.withheld_fen)
        ),
    );
    view! {
        <p><a class="row-link" href=format!("/bureau/settlement/{id}")>{lang.pick(format!("第 {id} 批"), format!("Batch {id}"))}</a>
            " · " <span data-testid="batch-state" data-state=item.state.code()>{item.state.word(lang)}</span></p>
        <p>{facts}</p>
        {waits(item, lang).map(|words| view! { <p class="notice" data-testid="waits-for">{words}</p> })}
    }
}

/// For whom a batch waits.
pub(super) fn waits(item: &SettlementItem, lang: Lang) -> Option<String> {
    let (confirm, review) = (count(item.totals.to_confirm), count(item.totals.to_review));
    match item.next_step? {
        SettlementStep::Confirm | SettlementStep::Review => Some(lang.pick(
            format!("等待 {confirm} 家商户确认，{review} 家等待区县复核"),
            format!(
                "To be confirmed by their merchants: {confirm}; to be reviewed by their districts: {review}"
            ),
        )),
        SettlementStep::Approve => Some(lang.pick("等待市级批准", "It waits for the city").into()),
        SettlementStep::Export => Some(lang.pick("等待财务导出", "It waits for finance to export it").into()),
        SettlementStep::Pay => Some(lang.pick("等待银行回单", "It waits for the bank's result").into()),
    }
}

//! `/shop/till/offline`: the till without a network; and `/shop/risk`: what
//! became of its redemptions, and the cases that concern the merchant.

use crate::api::caller;
use crate::api::offline::{self as api, AnswerRisk, OwnCases};
use crate::assets::AssetNames;
use crate::components::page::Page;
use crate::components::risk::evidence;
use crate::components::when::When;
use crate::pages::{loaded, parameter};
use domain::shapes::{OfflineRedemption, Page as List, RiskCase};
use domain::{Lang, MOST_ANSWER, MOST_ANSWERS, OfflinePermit, RiskSignal, RiskState};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// The till without a network.
pub(crate) fn offline_till() -> impl IntoView {
    loaded(api::permit(), |permit| {
        let lang = caller::lang();
        view! {
            <Page title=lang.pick("离线收银", "Till without a network") class="page-narrow till-page">
                <h1 class="till-title">{lang.pick("离线收银", "Till without a network")}</h1>
                {desk(&permit, lang)}
                <p><a class="button button-quiet" href="/shop/till">{lang.pick("回联网收银", "Back to the till")}</a></p>
            </Page>
        }
    })
}

/// Where the till's script shows what it keeps; `till.js` fills it.
pub(crate) fn keeper(lang: Lang, inside: impl IntoView) -> impl IntoView {
    let AssetNames { till, judge, scanner, .. } = use_context::<AssetNames>().unwrap_or_default();
    view! {
        <section class="offline" data-offline-till="" data-judge=judge data-scanner=scanner data-lang=lang.tag().get(..2).unwrap_or("zh")>
            <p class="offline-state" data-part="state" data-testid="offline-state" role="status"></p>
            {inside}
            <ol class="offline-list" data-part="list" hidden></ol>
            <script type="module" src=till></script>
        </section>
    }
}

fn desk(permit: &OfflinePermit, lang: Lang) -> impl IntoView + use<> {
    let outlet = lang.of(&permit.outlet_name, &permit.outlet_name_en).to_owned();
    let form = view! {
        <noscript><p class="notice notice-warn">{lang.pick("离线收银需要 JavaScript。", "This till needs JavaScript.")}</p></noscript>
        <form class="till-form" data-part="form" autocomplete="off">
            <p class="quiet">{outlet}</p>
            <label class="till-field">
                <span class="till-label">{lang.pick("顾客的离线码", "The customer's offline code")}</span>
                <input class="till-code" name="code" required autocapitalize="characters" spellcheck="false" data-testid="offline-code"
                    placeholder=lang.pick("扫码或扫码枪", "Scan it")/>
            </label>
            <button class="button button-quiet" type="button" data-part="scan">{lang.pick("打开摄像头", "Open the camera")}</button>
            <video class="offline-video" data-part="video" playsinline muted hidden></video>
            <label class="till-field">
                <span class="till-label">{lang.pick("订单金额（元，已减店内优惠）", "Order in yuan, after the shop's discount")}</span>
                <input class="till-order" name="order" required inputmode="decimal" data-testid="offline-order"/>
            </label>
            <label class="till-field">
                <span class="till-label">{lang.pick("其中已减店内优惠（元，可不填）", "The shop's own discount before that, if any")}</span>
                <input class="till-order" name="discount" inputmode="decimal"/>
            </label>
            <button class="button" type="submit" data-testid="offline-test">{lang.pick("核对", "Check")}</button>
        </form>
        <div class="offline-outcome" data-part="outcome" aria-live="polite"></div>
    };
    keeper(lang, form)
}

/// The cases that concern the merchant, and what arrived from its tills.
pub(crate) fn own_risk() -> impl IntoView {
    loaded(api::own_cases(parameter("cursor")), |OwnCases { cases, arrived, key }| {
        let lang = caller::lang();
        let none = cases.items.is_empty();
        let own = cases.items.iter().map(|case| case_card(case, &key, lang)).collect_view();
        let arrived = match arrived.items.is_empty() {
            true => view! { <p class="nothing">{lang.pick("没有收到断网时的核销。", "Nothing has arrived from a till without a network.")}</p> }.into_any(),
            false => arrivals(arrived, lang).into_any(),
        };
        view! {
            <Page title=lang.pick("离线与核查", "Offline and under review") class="page-wide own-risk-page">
                <h1>{lang.pick("离线与核查", "Offline and under review")}</h1>
                <section aria-labelledby="cases">
                    <h2 id="cases">{lang.pick("核查中的核销", "Under review")}</h2>
                    {none.then(|| view! { <p class="nothing">{lang.pick("没有与本商户有关的案件。", "No case concerns this merchant.")}</p> })}
                    {own}
                </section>
                <section aria-labelledby="arrived">
                    <h2 id="arrived">{lang.pick("离线核销的结果", "What became of offline redemptions")}</h2>
                    {arrived}
                </section>
            </Page>
        }
    })
}

/// What arrived from tills without a network, and the way to what is older.
fn arrivals(page: List<OfflineRedemption>, lang: Lang) -> impl IntoView {
    let rows = page.items.iter().map(|row| arrival(row, lang)).collect_view();
    let next = page.next_cursor.map(|cursor| {
        view! { <p class="pager"><a class="button button-quiet" href=format!("/shop/risk?cursor={cursor}")>{lang.pick("更早的", "Earlier")}</a></p> }
    });
    view! {
        <div class="table-box" tabindex="0" role="region" aria-labelledby="arrived">
            <table class="figures">
                <thead><tr>
                    <th scope="col">{lang.pick("核销时间", "Made at")}</th>
                    <th scope="col">{lang.pick("送达时间", "Arrived at")}</th>
                    <th scope="col">{lang.pick("门店", "Outlet")}</th>
                    <th scope="col">{lang.pick("店员", "Clerk")}</th>
                    <th scope="col" class="num">{lang.pick("订单", "Order")}</th>
                    <th scope="col">{lang.pick("结果", "Result")}</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        {next}
    }
}

fn case_card(case: &RiskCase, key: &str, lang: Lang) -> impl IntoView + use<> {
    let words = match (case.state, case.signal) {
        (RiskState::Cleared, _) => None,
        (_, RiskSignal::OfflineUnfunded) => Some(lang.pick(
            "请保留小票，并在下面说明情况；商务局会核实并处理这笔补贴。",
            "Keep the receipt and say below what happened: the bureau looks into it and sees to the subsidy.",
        )),
        _ => Some(lang.pick(
            "核查期间只有这一笔暂不结算，其他照常结算。请在下面说明情况，如小票和监控上看到什么；商务局会看到。",
            "Only this line is not paid meanwhile; all others are. Say below what receipts or cameras show: the bureau reads it.",
        )),
    };
    let form = case.answerable.then(|| answer_form(case, key, lang));
    view! {
        <article class="card risk-case" data-case=case.case_id.to_string() data-state=case.state.code()>
            {evidence(case, lang)}
            {words.map(|words| view! { <p class="quiet">{words}</p> })}
            {form}
        </article>
    }
}

fn answer_form(case: &RiskCase, key: &str, lang: Lang) -> impl IntoView + use<> {
    let left = MOST_ANSWERS - i64::try_from(case.answers.len()).unwrap_or(MOST_ANSWERS);
    let label = lang.pick(
        format!("说明情况（最多 {MOST_ANSWER} 字，还可提交 {left} 次）"),
        format!("Your answer (at most {MOST_ANSWER} characters; {left} more may be given)"),
    );
    view! {
        <form class="form risk-form" method="post" action=AnswerRisk::url()>
            <input type="hidden" name="case_id" value=case.case_id.to_string()/>
            <input type="hidden" name="key" value=format!("{key}-{}", case.case_id)/>
            <label class="field">
                <span>{label}</span>
                <textarea name="text" rows="4" required maxlength=MOST_ANSWER.to_string()></textarea>
            </label>
            <p class="form-next">
                <button class="button" type="submit" data-testid="answer">{lang.pick("提交说明", "Send the answer")}</button>
            </p>
        </form>
    }
}

fn arrival(row: &OfflineRedemption, lang: Lang) -> impl IntoView + use<> {
    let when = When::here();
    let outlet = lang.of(&row.outlet_name, &row.outlet_name_en).to_owned();
    let result = match (&row.redemption, &row.detail, &row.detail_en) {
        (Some(redemption), ..) => lang.pick(
            format!("已入账 {}", redemption.receipt_code),
            format!("Booked, {}", redemption.receipt_code),
        ),
        (None, zh, en) => {
            let words =
                lang.of(zh.as_deref().unwrap_or_default(), en.as_deref().unwrap_or_default()).to_owned();
            lang.pick(format!("未入账：{words}"), format!("Not booked: {words}"))
        }
    };
    view! {
        <tr data-offline=row.state.clone()>
            <th scope="row">{when.moment(&row.made_at)}</th>
            <td>{when.moment(&row.arrived_at)}</td>
            <td>{outlet}</td>
            <td>{row.clerk_name.clone()}</td>
            <td class="num">{row.order_fen.to_string()}</td>
            <td>{result}</td>
        </tr>
    }
}

//! `/bureau/risk`: what looks wrong, and the city's decision on it.

use crate::api::caller;
use crate::api::offline::{self as api, Cases, DecideRisk};
use crate::components::page::Page;
use crate::components::risk::evidence;
use crate::pages::{loaded, parameter};
use domain::shapes::RiskCase;
use domain::{Lang, MOST_REASON, RiskState};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// The page.
pub(crate) fn risk() -> impl IntoView {
    loaded(api::cases(parameter("cursor")), |Cases { cases, decides, key }| {
        let lang = caller::lang();
        let none = cases.items.is_empty();
        let key = decides.then_some(key);
        let list = cases.items.iter().map(|case| card(case, key.as_deref(), lang)).collect_view();
        let next = cases.next_cursor.map(|cursor| {
            view! { <p class="pager"><a class="button button-quiet" href=format!("/bureau/risk?cursor={cursor}")>{lang.pick("更早的", "Earlier")}</a></p> }
        });
        view! {
            <Page title=lang.pick("风险案件", "Risk cases") class="page-wide">
                <h1>{lang.pick("风险案件", "Risk cases")}</h1>
                {none.then(|| view! { <p class="nothing" data-testid="no-cases">{lang.pick("现在没有案件。", "There is no case now.")}</p> })}
                {(!none).then(|| view! { <section aria-labelledby="cases"><h2 id="cases">{lang.pick("最新在前", "The newest first")}</h2>{list}</section> })}
                {next}
                <p><a href="/bureau">{lang.pick("回总览", "Back to the overview")}</a></p>
            </Page>
        }
    })
}

fn card(case: &RiskCase, key: Option<&str>, lang: Lang) -> impl IntoView + use<> {
    let key = key.filter(|_| !case.decisions.is_empty()).map(|key| format!("{key}-{}", case.case_id));
    let form = key.clone().map(|key| decision(case, key, lang));
    let freeze = key.and_then(|key| freeze(case, format!("{key}-freeze"), lang));
    view! {
        <article class="card risk-case" data-case=case.case_id.to_string() data-state=case.state.code()>
            {evidence(case, lang)}
            {held(case, lang)}
            {form}
            {freeze}
        </article>
    }
}

/// What the case holds.
fn held(case: &RiskCase, lang: Lang) -> Option<impl IntoView + use<>> {
    let frozen = case.vouchers.as_ref().filter(|_| case.state == RiskState::Frozen)?.frozen;
    let words = lang.pick(
        format!("这件冻结了持券人的 {frozen} 张券；改为暂扣或排除后，这些券恢复可用。"),
        format!("It holds {} of the holder frozen, until it is withheld or cleared.", vouchers(frozen, lang)),
    );
    Some(view! { <p class="notice notice-warn" data-testid="held">{words}</p> })
}

fn vouchers(count: i64, lang: Lang) -> String {
    let noun = if count == 1 { "voucher" } else { "vouchers" };
    lang.pick(format!("{count} 张券"), format!("{count} {noun}"))
}

fn reason(lang: Lang) -> impl IntoView + use<> {
    view! {
        <label class="field">
            <span>{lang.pick("处理意见（必填，商户会看到）", "Why (needed; the merchants read it)")}</span>
            <input name="reason" type="text" required maxlength=MOST_REASON.to_string() autocomplete="off"/>
        </label>
    }
}

fn decision(case: &RiskCase, key: String, lang: Lang) -> impl IntoView + use<> {
    let withholds = case.decisions.contains(&RiskState::Withheld);
    let thaws = case.state == RiskState::Frozen;
    let withhold = match thaws {
        true => lang.pick("解冻，只暂扣这一笔", "Thaw, and withhold this line alone"),
        false => lang.pick("暂扣", "Withhold"),
    };
    let clear = match thaws {
        true => lang.pick("解冻并排除", "Thaw and clear"),
        false => lang.pick("排除", "Clear"),
    };
    view! {
        <form class="form risk-form" method="post" action=DecideRisk::url()>
            <input type="hidden" name="case_id" value=case.case_id.to_string()/>
            <input type="hidden" name="key" value=key/>
            {reason(lang)}
            <p class="form-next">
                {withholds.then(|| view! {
                    <button class="button button-quiet" name="state" value="withheld" data-testid="withhold">{withhold}</button>
                })}
                <button class="button" name="state" value="cleared" data-testid="clear">{clear}</button>
            </p>
        </form>
    }
}

/// Freezing, which says what it costs before it is confirmed; a frozen case is
/// offered it when its holder was issued more.
fn freeze(case: &RiskCase, key: String, lang: Lang) -> Option<impl IntoView + use<>> {
    let again = case.state == RiskState::Frozen;
    let unused = case.vouchers.as_ref().filter(|held| !again || held.unused > 0)?.unused;
    let many = vouchers(unused, lang);
    let (summary, confirm) = match again {
        true => (
            lang.pick(format!("再冻结持券人新领的 {many}"), format!("Freeze {many} issued since")),
            lang.pick(format!("确认冻结 {many}"), format!("Freeze {many} now")),
        ),
        false => (
            lang.pick(
                format!("冻结：暂扣，并停用持券人的 {many}"),
                format!("Freeze: withhold, and stop {many} of the holder"),
            ),
            lang.pick(format!("确认暂扣并冻结 {many}"), format!("Withhold, and freeze {many} now")),
        ),
    };
    Some(view! {
        <details class="risk-freeze">
            <summary data-testid="freeze-more">{summary}</summary>
            <p>{lang.pick(
                "持券人未使用的券立即不能核销，本人在券包看到“已冻结”；有效期照常计算，冻结期间到期的券在结案时过期。改为暂扣或排除后，其余的恢复可用。",
                "What the holder has not used is refused at every till at once, and shows as frozen in the wallet. Its validity runs on: what runs out meanwhile expires with the decision. Withholding or clearing thaws the rest.",
            )}</p>
            <form class="form risk-form" method="post" action=DecideRisk::url()>
                <input type="hidden" name="case_id" value=case.case_id.to_string()/>
                <input type="hidden" name="key" value=key/>
                <input type="hidden" name="state" value="frozen"/>
                {reason(lang)}
                <p class="form-next"><button class="button" data-testid="freeze">{confirm}</button></p>
            </form>
        </details>
    })
}

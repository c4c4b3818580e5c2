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
    let open = key.filter(|_| case.state != RiskState::Cleared);
    let withheld = case.state == RiskState::Withheld;
    let form = open.map(|key| {
        let key = format!("{key}-{}", case.case_id);
        view! {
            <form class="form risk-form" method="post" action=DecideRisk::url()>
                <input type="hidden" name="case_id" value=case.case_id.to_string()/>
                <input type="hidden" name="key" value=key/>
                <label class="field">
                    <span>{lang.pick("处理意见（必填，商户会看到）", "Why (needed; the merchants read it)")}</span>
                    <input name="reason" type="text" required maxlength=MOST_REASON.to_string() autocomplete="off"/>
                </label>
                <p class="form-next">
                    {(!withheld).then(|| view! {
                        <button class="button button-quiet" name="state" value="withheld" data-testid="withhold">{lang.pick("暂扣", "Withhold")}</button>
                    })}
                    <button class="button" name="state" value="cleared" data-testid="clear">{lang.pick("排除", "Clear")}</button>
                </p>
            </form>
        }
    });
    view! {
        <article class="card risk-case" data-case=case.case_id.to_string() data-state=case.state.code()>
            {evidence(case, lang)}
            {form}
        </article>
    }
}

//! A case: what looks wrong, and what the rule saw.

use crate::components::when::When;
use domain::Lang;
use domain::shapes::RiskCase;
use leptos::prelude::*;

/// Its head, its evidence, and the decision where there is one.
pub(crate) fn evidence(case: &RiskCase, lang: Lang) -> impl IntoView + use<> {
    let lines = lang.pick(&case.evidence, &case.evidence_en).clone();
    let lines = lines.into_iter().map(|line| view! { <li>{line}</li> }).collect_view();
    let merchant = lang.of(&case.merchant_name, &case.merchant_name_en).to_owned();
    let outlet = lang.of(&case.outlet_name, &case.outlet_name_en).to_owned();
    let opened = When::here().moment(&case.opened_at);
    view! {
        <h3>{case.signal.word(lang)} " · " <span data-testid="case-state">{case.state.word(lang)}</span></h3>
        <p>{merchant} " · " {outlet} " · " {opened}</p>
        <ul>{lines}</ul>
        {case.reason.clone().map(|reason| view! { <p>{lang.pick("处理意见：", "Decision: ")}{reason}</p> })}
    }
}

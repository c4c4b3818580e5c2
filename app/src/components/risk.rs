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
        {answers(case, lang)}
        {case.reason.clone().map(|reason| view! { <p>{lang.pick("处理意见：", "Decision: ")}{reason}</p> })}
    }
}

/// What merchants answered.
fn answers(case: &RiskCase, lang: Lang) -> Option<impl IntoView + use<>> {
    let answers = case.answers.iter().map(|answer| {
        let (at, merchant) = (
            When::here().moment(&answer.answered_at),
            lang.of(&answer.merchant_name, &answer.merchant_name_en),
        );
        view! {
            <figure class="risk-answer" data-testid="risk-answer">
                <figcaption>{format!("{merchant} · {at}")}</figcaption>
                <blockquote>{answer.text.clone()}</blockquote>
            </figure>
        }
    });
    let answers = answers.collect_view();
    (!case.answers.is_empty()).then(|| {
        view! { <section aria-label=lang.pick("商户的说明", "What the merchant answers")>{answers}</section> }
    })
}

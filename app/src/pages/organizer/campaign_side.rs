//! Beside a campaign's form: the card that residents will see and the budget,
//! kept as the form is filled in where a script runs.

use crate::api::builder::Reckoned;
use crate::assets::AssetNames;
use domain::Lang;
use domain::shapes::DraftShape;
use leptos::prelude::*;

/// Both, and the script that has the server reckon them anew.
pub(super) fn reckoned(draft: &DraftShape, lang: Lang) -> impl IntoView + use<> {
    let AssetNames { reckon, .. } = use_context::<AssetNames>().unwrap_or_default();
    let told = Reckoned::of(draft, lang);
    let pot = match draft.extends {
        Some(_) => lang.pick("资金池可用于加轮次", "What the pot has for further rounds"),
        None => lang.pick("资金池", "The pot"),
    };
    view! {
        {card(&told, lang)}
        {budget(&told, pot, lang)}
        <script type="module" src=reckon></script>
    }
}

fn card(told: &Reckoned, lang: Lang) -> impl IntoView + use<> {
    let Reckoned { title, amount, condition, sentence, summary, .. } = told.clone();
    view! {
        <section aria-labelledby="card">
            <h2 id="card">{lang.pick("居民看到的卡片", "The card that residents see")}</h2>
            <article class="ticket ticket-big">
                <div class="ticket-face">
                    <strong class="ticket-amount" data-part="amount">{amount}</strong>
                    <span class="ticket-condition" data-part="condition">{condition}</span>
                </div>
                <div class="ticket-body">
                    <h3 data-part="title" hidden=title.is_empty()>{title.clone()}</h3>
                    <p class="ticket-note" data-part="sentence" data-testid="sentence" hidden=sentence.is_empty()>{sentence.clone()}</p>
                    <p class="ticket-note" data-part="summary" hidden=summary.is_empty()>{summary.clone()}</p>
                </div>
            </article>
        </section>
    }
}

fn budget(told: &Reckoned, pot: &'static str, lang: Lang) -> impl IntoView + use<> {
    let line = |name: &'static str, part: &'static str, value: &str| {
        view! { <dt>{name}</dt> <dd class="digits" data-part=part>{value.to_owned()}</dd> }
    };
    view! {
        <section class="card" aria-labelledby="budget">
            <h2 id="budget">{lang.pick("预算", "Budget")}</h2>
            <dl class="facts">
                {line(lang.pick("可发张数", "Vouchers"), "vouchers", &told.vouchers)}
                {line(lang.pick("面值合计", "Σ face value"), "value", &told.value)}
                {line(pot, "pot", &told.pot)}
                {line(lang.pick("剩余", "Left of it"), "left", &told.left)}
            </dl>
            <p class="notice notice-warn" role="status" data-part="over" data-testid="over-budget" hidden=told.over.is_empty()>{told.over.clone()}</p>
        </section>
    }
}

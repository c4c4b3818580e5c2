//! What each figure counts.

use domain::{Lang, StatsColumn};
use leptos::prelude::*;

/// All definitions; the table's headings link to them.
pub(super) fn definitions(lang: Lang) -> impl IntoView {
    let entry = |column: &StatsColumn| {
        view! {
            <div class="definition" id=format!("def-{}", column.name)>
                <dt>{column.title(lang)}</dt>
                <dd>{column.meaning(lang)}</dd>
            </div>
        }
    };
    view! {
        <section class="definitions" aria-labelledby="definitions">
            <h2 id="definitions">{lang.pick("指标口径", "What the figures mean")}</h2>
            <dl>{StatsColumn::ALL.iter().map(entry).collect_view()}</dl>
            <p class="quiet">
                {lang.pick("营业日截至次日 06:00，夜市的消费计入当晚。", "A business day ends at 06:00 of the next morning, so that a night market's sales belong to the evening.")}
            </p>
        </section>
    }
}

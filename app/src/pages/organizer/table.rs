//! A tally as a table: districts down, figures across, the total below.

use crate::figures::{self, TOTAL};
use domain::shapes::{DistrictStats, StatsRow};
use domain::{Lang, StatsColumn};
use leptos::prelude::*;

/// The table, in a box of its own that scrolls on phones.
///
/// `columns` are named as in `data-column`; `defined` says whether their
/// headings link to definitions on the same page.
pub(super) fn tally_table(
    lang: Lang,
    tally: &DistrictStats,
    columns: &'static [&'static str],
    defined: bool,
) -> impl IntoView + use<> {
    let heading = |name: &&'static str| {
        let title = StatsColumn::named(name).title(lang);
        let title = if defined {
            view! { <a class="defined" href=format!("#def-{name}")>{title}</a> }.into_any()
        } else {
            title.into_any()
        };
        view! { <th scope="col" class="num">{title}</th> }
    };
    let rows = tally.items.iter().map(|row| {
        let name = lang.of(&row.name, &row.name_en).to_owned();
        line(figures::row_name(row), name, row, columns)
    });
    let rows = rows.collect_view();
    // One district alone is its own total.
    let total = (tally.items.len() != 1).then(|| {
        let name = lang.pick("合计", "Total").to_owned();
        view! { <tfoot>{line(TOTAL.to_owned(), name, &tally.total, columns)}</tfoot> }
    });
    view! {
        <div class="table-box" tabindex="0" role="region" aria-label=lang.pick("按区县统计", "Tally by district")>
            <table class="figures tally">
                <thead><tr>
                    <th scope="col">{lang.pick("区县", "District")}</th>
                    {columns.iter().map(heading).collect_view()}
                </tr></thead>
                <tbody>{rows}</tbody>
                {total}
            </table>
        </div>
    }
}

/// As of when the residents are counted, where that is another moment than that
/// of the other figures.
pub(super) fn residents_as_of(lang: Lang, tally: &DistrictStats) -> impl IntoView + use<> {
    let at = &tally.residents_as_of;
    (*at != tally.as_of).then(|| {
        let at = at.get(..19).unwrap_or(at).replace('T', " ");
        view! { <span>{lang.pick("用券居民截至 ", "Residents as of ")}{at}</span> }
    })
}

fn line(
    key: String,
    name: String,
    row: &StatsRow,
    columns: &'static [&'static str],
) -> impl IntoView + use<> {
    let cells = columns.iter().map(|column| {
        let figure = figures::cell(row, column);
        view! { <td class="num" data-column=*column>{figure}</td> }
    });
    view! {
        <tr data-district=key>
            <th scope="row">{name}</th>
            {cells.collect_view()}
        </tr>
    }
}

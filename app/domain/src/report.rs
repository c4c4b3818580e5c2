//! Reports (月调度、季通报): which there are, and what changed since one was frozen.

use crate::promotion::words;
use crate::shapes::{ReportChange, ReportFigures, StatsRow};
use crate::{Day, Lang, StatsColumn};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::{fmt, str::FromStr};

words! {
    /// How much time a report spans.
    ReportKind {
        /// A month's.
        Monthly = "monthly", "月调度", "Monthly report";
        /// A quarter's.
        Quarterly = "quarterly", "季通报", "Quarterly report";
    }
}

impl ReportKind {
    /// The first day of the month or quarter that a day lies in.
    #[must_use]
    pub fn first_day(self, of: Day) -> Day {
        let (month, _) = of.month_day();
        let first = match self {
            ReportKind::Monthly => month,
            ReportKind::Quarterly => (month - 1) / 3 * 3 + 1,
        };
        let year = of.to_string().get(..4).map(str::to_owned).unwrap_or_default();
        format!("{year}-{first:02}-01").parse().unwrap_or(of)
    }
}

/// A figure's place and what it says, with its names in Chinese and English.
struct Line {
    names: [String; 2],
    figure: String,
}

/// Every figure of a report by a key that stays.
fn lines(figures: &ReportFigures) -> BTreeMap<String, Line> {
    let mut lines = BTreeMap::new();
    let mut add = |key: String, zh: String, en: String, figure: String| {
        lines.insert(key, Line { names: [zh, en], figure });
    };
    for row in figures.districts.items.iter().chain([&figures.districts.total]) {
        let district = row.district.map_or_else(|| row.name.clone(), |code| code.to_string());
        for (name, figure) in of_row(row) {
            let column = StatsColumn::named(name);
            add(
                format!("1 {district} {name}"),
                format!("{} · {}", row.name, column.title(Lang::Zh)),
                format!("{} · {}", Lang::En.of(&row.name, &row.name_en), column.title(Lang::En)),
                figure,
            );
        }
    }
    for day in &figures.days {
        let of_day = [
            ("claimed", day.claimed),
            ("redeemed", day.redeemed),
            ("subsidy", day.subsidy_fen.get()),
            ("order", day.order_fen.get()),
        ];
        for (name, figure) in of_day {
            let column = StatsColumn::named(name);
            let title = |lang| format!("{} · {}", day.day, column.title(lang));
            add(format!("2 {} {name}", day.day), title(Lang::Zh), title(Lang::En), figure_of(name, figure));
        }
    }
    lines
}

fn figure_of(name: &str, figure: i64) -> String {
    match name {
        "subsidy" | "order" => format!("{}.{:02}", figure / 100, figure % 100),
        _ => figure.to_string(),
    }
}

fn of_row(row: &StatsRow) -> [(&'static str, String); 6] {
    [
        ("released", row.released),
        ("claimed", row.claimed),
        ("redeemed", row.redeemed),
        ("subsidy", row.subsidy_fen.get()),
        ("order", row.order_fen.get()),
        ("residents", row.residents),
    ]
    .map(|(name, figure)| (name, figure_of(name, figure)))
}

/// What differs between the frozen figures and those counted again; at most `most`.
#[must_use]
pub fn report_changes(frozen: &ReportFigures, again: &ReportFigures, most: usize) -> Vec<ReportChange> {
    let (before, after) = (lines(frozen), lines(again));
    let mut keys: Vec<&String> = before.keys().chain(after.keys()).collect();
    keys.sort();
    keys.dedup();
    let change = |key: &String| {
        let (old, new) = (before.get(key), after.get(key));
        let figure = |line: Option<&Line>| line.map(|line| line.figure.clone());
        let names = old.or(new)?.names.clone();
        let (frozen, now) = (figure(old), figure(new));
        let [what, what_en] = names;
        (frozen != now).then_some(ReportChange { what, what_en, frozen, now })
    };
    keys.into_iter().filter_map(change).take(most).collect()
}

#[cfg(test)]
mod tests {
    use super::ReportKind;

    #[test]
    fn a_month_and_a_quarter_begin_on_their_first_day() {
        let first = |kind: ReportKind, day: &str| kind.first_day(day.parse().unwrap()).to_string();
        assert_eq!(first(ReportKind::Monthly, "2021-06-18"), "2021-06-01");
        assert_eq!(first(ReportKind::Quarterly, "2021-06-18"), "2021-04-01");
        assert_eq!(first(ReportKind::Quarterly, "2021-12-31"), "2021-10-01");
    }
}

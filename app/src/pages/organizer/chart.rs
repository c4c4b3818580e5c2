//! The tally by day as two charts, drawn on the server, and as a table.
//!
//! Lengths are in sixteenths of the text's size, so that a chart grows with
//! it.

use crate::figures::{count, yuan};
use domain::shapes::DayStats;
use domain::{Day, Lang};
use leptos::prelude::*;
use std::fmt::Write as _;

const LEFT: i64 = 64;
const RIGHT: i64 = 12;
const TOP: i64 = 12;
const BOTTOM: i64 = 30;
/// All days together are at least and at most about so wide.
const NARROWEST: i64 = 240;
const WIDEST: i64 = 1050;
const SLOT_MIN: i64 = 16;
const SLOT_MAX: i64 = 72;
/// A date below the axis takes so much room.
const DATE: i64 = 44;
/// How many steps an axis has.
const STEPS: i64 = 4;

/// The room of one chart.
struct Plot {
    slot: i64,
    width: i64,
    height: i64,
    /// The axis' end.
    most: i64,
}

impl Plot {
    fn new(days: usize, height: i64, highest: i64) -> Plot {
        let days = i64::try_from(days).unwrap_or(1).max(1);
        let slot = (WIDEST / days).clamp(SLOT_MIN, SLOT_MAX);
        Plot { slot, width: LEFT + (slot * days).max(NARROWEST) + RIGHT, height, most: round_up(highest) }
    }

    fn left(&self, n: usize) -> i64 {
        LEFT + self.slot * i64::try_from(n).unwrap_or(0)
    }

    fn base(&self) -> i64 {
        TOP + self.height
    }

    /// How high a value reaches.
    fn reach(&self, value: i64) -> i64 {
        i64::try_from(i128::from(value) * i128::from(self.height) / i128::from(self.most)).unwrap_or(0)
    }
}

/// The end of an axis of four even steps that holds the value.
fn round_up(value: i64) -> i64 {
    let mut ten = 1;
    loop {
        for step in [ten, 2 * ten, 5 * ten] {
            if step * STEPS >= value {
                return step * STEPS;
            }
        }
        ten *= 10;
    }
}

/// The charts and the table of the same figures.
pub(super) fn by_day(lang: Lang, days: &[DayStats]) -> impl IntoView + use<> {
    let table = days_table(lang, days);
    view! {
        <section class="days" aria-labelledby="days">
            <h2 id="days">{lang.pick("按日", "By day")}</h2>
            <ul class="legend">
                <li><span class="key key-claimed" aria-hidden="true"></span>{lang.pick("领取", "Claimed")}</li>
                <li><span class="key key-redeemed" aria-hidden="true"></span>{lang.pick("核销", "Redeemed")}</li>
                <li><span class="key key-subsidy" aria-hidden="true"></span>{lang.pick("补贴（元）", "Subsidy (¥)")}</li>
            </ul>
            <div class="chart-box" tabindex="0" role="region" aria-label=lang.pick("按日图表", "Charts by day")>
                {counts(lang, days)}
                {subsidies(lang, days)}
            </div>
            <details class="days-table">
                <summary>{lang.pick("以表格查看每日数据", "The same figures as a table")}</summary>
                {table}
            </details>
        </section>
    }
}

fn counts(lang: Lang, days: &[DayStats]) -> impl IntoView + use<> {
    let highest = days.iter().map(|day| day.claimed.max(day.redeemed)).max();
    let plot = Plot::new(days.len(), 200, highest.unwrap_or(0));
    let thin = plot.slot / 2 - 2;
    let bars = days.iter().enumerate().map(|(n, day)| {
        let said = lang.pick(
            format!("{}：领取 {}，核销 {}", date(&day.day), count(day.claimed), count(day.redeemed)),
            format!("{}: {} claimed, {} redeemed", date(&day.day), count(day.claimed), count(day.redeemed)),
        );
        let claimed = bar("bar-claimed", plot.left(n) + 1, thin, plot.reach(day.claimed), &plot);
        let redeemed = bar("bar-redeemed", plot.left(n) + 2 + thin, thin, plot.reach(day.redeemed), &plot);
        view! { <g><title>{said}</title>{claimed}{redeemed}</g> }
    });
    let bars = bars.collect_view().into_any();
    let (claimed, redeemed) =
        days.iter().fold((0, 0), |sum, day| (sum.0 + day.claimed, sum.1 + day.redeemed));
    let title = lang.pick("每日领取与核销", "Claimed and redeemed by day");
    let told = lang.pick(
        format!("{}，共领取 {} 张、核销 {} 张。", range(days), count(claimed), count(redeemed)),
        format!("{}: {} claimed and {} redeemed in all.", range(days), count(claimed), count(redeemed)),
    );
    chart("counts", title, told, days, &plot, &count, bars)
}

fn subsidies(lang: Lang, days: &[DayStats]) -> impl IntoView + use<> {
    let highest = days.iter().map(|day| day.subsidy_fen.get()).max();
    // The axis is in yuan.
    let plot = Plot::new(days.len(), 90, highest.unwrap_or(0).div_euclid(100) + 1);
    let mut line = String::new();
    let dots = days.iter().enumerate().map(|(n, day)| {
        let reach = plot.reach(day.subsidy_fen.get()) / 100;
        let (x, y) = (plot.left(n) + plot.slot / 2, plot.base() - reach);
        // Writing to a string cannot fail.
        let _ = write!(line, "{x},{y} ");
        let amount = yuan(day.subsidy_fen);
        let said = lang.pick(
            format!("{}：补贴 {amount} 元", date(&day.day)),
            format!("{}: subsidy ¥{amount}", date(&day.day)),
        );
        view! { <circle class="dot-subsidy" cx=x cy=y r="3.5"><title>{said}</title></circle> }
    });
    let dots = dots.collect_view();
    let drawn = view! { <polyline class="line-subsidy" points=line/>{dots} }.into_any();
    let sum = yuan(days.iter().map(|day| day.subsidy_fen).sum());
    let title = lang.pick("每日补贴（元）", "Subsidy by day (¥)");
    let told =
        lang.pick(format!("{}，共补贴 {sum} 元。", range(days)), format!("{}: ¥{sum} in all.", range(days)));
    chart("subsidy", title, told, days, &plot, &count, drawn)
}

fn bar(class: &'static str, x: i64, width: i64, height: i64, plot: &Plot) -> impl IntoView + use<> {
    view! { <rect class=class x=x y=plot.base() - height width=width height=height rx="1.5"/> }
}

fn chart(
    name: &'static str,
    title: &'static str,
    told: String,
    days: &[DayStats],
    plot: &Plot,
    write: &dyn Fn(i64) -> String,
    drawn: AnyView,
) -> impl IntoView + use<> {
    let height = plot.base() + BOTTOM;
    let (base, right) = (plot.base(), plot.width - RIGHT);
    let lines = (0..=STEPS).map(|n| {
        let value = plot.most / STEPS * n;
        let y = base - plot.reach(value);
        view! {
            <line class="axis" x1=LEFT x2=right y1=y y2=y/>
            <text class="mark" x=LEFT - 8 y=y + 4 text-anchor="end">{write(value)}</text>
        }
    });
    let lines = lines.collect_view();
    let every = usize::try_from((DATE + plot.slot - 1) / plot.slot).unwrap_or(1);
    let dates = days.iter().enumerate().filter(|(n, _)| n.is_multiple_of(every));
    let dates = dates.map(|(n, day)| {
        let x = plot.left(n) + plot.slot / 2;
        view! { <text class="mark" x=x y=base + 20 text-anchor="middle">{date(&day.day)}</text> }
    });
    let dates = dates.collect_view();
    view! {
        <svg class="chart" width=rem(plot.width) height=rem(height) viewBox=format!("0 0 {} {height}", plot.width)
            role="img" aria-labelledby=format!("chart-{name} chart-{name}-told")>
            <title id=format!("chart-{name}")>{title}</title>
            <desc id=format!("chart-{name}-told")>{told}</desc>
            {lines}
            {dates}
            {drawn}
        </svg>
    }
}

/// Sixteenths of the root's text size.
fn rem(length: i64) -> String {
    format!("{}.{:04}rem", length / 16, length % 16 * 625)
}

/// `6/18` of a day.
fn date(day: &str) -> String {
    day.parse::<Day>().map_or_else(
        |_| day.to_owned(),
        |day| {
            let (month, day) = day.month_day();
            format!("{month}/{day}")
        },
    )
}

fn range(days: &[DayStats]) -> String {
    match (days.first(), days.last()) {
        (Some(first), Some(last)) => format!("{} – {}", date(&first.day), date(&last.day)),
        _ => String::new(),
    }
}

fn days_table(lang: Lang, days: &[DayStats]) -> impl IntoView + use<> {
    let row = |day: &DayStats| {
        view! {
            <tr>
                <th scope="row" class="num">{day.day.clone()}</th>
                <td class="num">{count(day.claimed)}</td>
                <td class="num">{count(day.redeemed)}</td>
                <td class="num">{yuan(day.subsidy_fen)}</td>
                <td class="num">{yuan(day.order_fen)}</td>
            </tr>
        }
    };
    view! {
        <div class="table-box" tabindex="0" role="region" aria-label=lang.pick("每日数据", "Figures by day")>
            <table class="figures">
                <thead><tr>
                    <th scope="col">{lang.pick("营业日", "Business day")}</th>
                    <th scope="col" class="num">{lang.pick("领取", "Claimed")}</th>
                    <th scope="col" class="num">{lang.pick("核销", "Redeemed")}</th>
                    <th scope="col" class="num">{lang.pick("补贴（元）", "Subsidy (¥)")}</th>
                    <th scope="col" class="num">{lang.pick("关联消费（元）", "Associated spending (¥)")}</th>
                </tr></thead>
                <tbody>{days.iter().map(row).collect_view()}</tbody>
            </table>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::{date, rem, round_up};

    #[test]
    fn an_axis_ends_on_a_round_number() {
        let ends = [0, 1, 4, 5, 9, 300, 401, 12_345].map(round_up);
        assert_eq!(ends, [4, 4, 4, 8, 20, 400, 800, 20_000]);
    }

    #[test]
    fn lengths_and_dates_are_short() {
        assert_eq!((rem(1036).as_str(), rem(16).as_str()), ("64.7500rem", "1.0000rem"));
        assert_eq!((date("2021-06-18").as_str(), date("soon").as_str()), ("6/18", "soon"));
    }
}

//! A cut through the cube of tallies: its picture and its table, the funnel,
//! and the times from claim to redemption.

use super::stats::{address_query, defined};
use crate::api::stats::Statistics;
use crate::assets::AssetNames;
use crate::drawing::cube_bars;
use crate::figures::{count, percent, times, yuan};
use domain::shapes::{CubeShape, CubeSums, DelaysShape, StatsRow};
use domain::{Dimension, Lang};
use leptos::either::Either;
use leptos::prelude::*;

/// Rows that the page shows; the files have all.
const MOST_ROWS: usize = 400;
const FIGURES: [&str; 6] = ["claimed", "redeemed", "subsidy", "order", "leverage", "clean_leverage"];

/// The cut; `query` is that of its files.
pub(super) fn cut(lang: Lang, stats: &Statistics, query: &str) -> impl IntoView + use<> {
    let cube = &stats.cube;
    let by: Vec<&str> = cube.by.iter().map(|by: &Dimension| by.word(lang)).collect();
    let heading = lang.pick(
        format!("按{}：{}", by.join(" × "), stats.show.word(lang)),
        format!("By {}: {}", by.join(" and "), stats.show.word(lang)),
    );
    let shown = if cube.items.is_empty() {
        let words = lang.pick("这段时间还没有数据。", "There is nothing in this range yet.");
        Either::Left(view! { <p class="nothing">{words}</p> })
    } else {
        let picture = cube_bars(lang, cube, stats.show);
        Either::Right(view! {
            <div class="chart-box" tabindex="0" role="region" aria-label=lang.pick("统计图", "Chart") inner_html=picture></div>
            {table(lang, cube)}
        })
    };
    let link = |ending: &str, words: &'static str| {
        let href = format!("/api/v1/stats/cube.{ending}{query}");
        view! { <a class="download" href=href download="">{words}</a> }
    };
    let more = (cube.items.len() > MOST_ROWS).then(|| {
        lang.pick(
            format!("只列出前 {MOST_ROWS} 行，其余见导出文件。"),
            format!("The first {MOST_ROWS} rows; the files have all."),
        )
    });
    view! {
        <section class="cut" aria-labelledby="cut">
            <h2 id="cut">{heading}</h2>
            {shown}
            <p class="table-notes">
                <span>{more}</span>
                <span class="downloads">
                    {link("csv", lang.pick("导出 CSV", "Export as CSV"))}
                    {link("xlsx", lang.pick("导出 XLSX（含口径）", "Export as XLSX, with definitions"))}
                    {link("svg", lang.pick("下载图片 SVG", "The chart as SVG"))}
                    {png(lang, query)}
                </span>
            </p>
        </section>
    }
}

/// The same picture as PNG, which the browser makes; the button shows once its script runs.
fn png(lang: Lang, query: &str) -> impl IntoView + use<> {
    let AssetNames { picture, .. } = use_context::<AssetNames>().unwrap_or_default();
    let source = format!("/api/v1/stats/cube.svg{query}");
    let failed = lang.pick("没有生成图片，请再试一次", "No picture was made: try again");
    view! {
        <button class="download-picture" type="button" data-picture=source data-failed=failed>
            {lang.pick("下载图片 PNG", "The chart as PNG")}
        </button>
        <script type="module" src=picture></script>
    }
}

fn table(lang: Lang, cube: &CubeShape) -> impl IntoView + use<> {
    let compared = cube.compared_total.is_some();
    let leading = cube.by.iter().map(|by| view! { <th scope="col">{by.word(lang)}</th> }).collect_view();
    let headings = FIGURES.iter().map(|name| {
        view! { <th scope="col" class="num">{defined(lang, name)}</th> }
    });
    let headings = headings.collect_view();
    let before = compared.then(|| {
        view! {
            <th scope="col" class="num">{lang.pick("对比期核销", "Redeemed before")}</th>
            <th scope="col" class="num">{lang.pick("对比期补贴（元）", "Subsidy before (¥)")}</th>
            <th scope="col" class="num">{lang.pick("核销变化", "Redeemed, change")}</th>
        }
    });
    let row = |names: Vec<String>, sums: &CubeSums, compared: Option<&CubeSums>| {
        let names = names.into_iter().map(|name| view! { <th scope="row">{name}</th> }).collect_view();
        view! { <tr>{names}{cells(sums)}{compared.map(|before| changes(sums, before))}</tr> }
    };
    let rows = cube.items.iter().take(MOST_ROWS).map(|item| {
        let names = item.keys.iter().map(|key| lang.of(&key.name, &key.name_en).to_owned());
        row(names.collect(), &item.sums, item.compared.as_ref())
    });
    let rows = rows.collect_view();
    let mut total = vec![lang.pick("合计", "Total").to_owned()];
    total.resize(cube.by.len(), String::new());
    let total = row(total, &cube.total, cube.compared_total.as_ref());
    view! {
        <div class="table-box" tabindex="0" role="region" aria-label=lang.pick("统计表", "The cut as a table")>
            <table class="figures">
                <thead><tr>{leading}{headings}{before}</tr></thead>
                <tbody>{rows}</tbody>
                <tfoot>{total}</tfoot>
            </table>
        </div>
    }
}

fn cells(sums: &CubeSums) -> impl IntoView + use<> {
    let texts = [
        count(sums.claimed),
        count(sums.redeemed),
        yuan(sums.subsidy_fen),
        yuan(sums.order_fen),
        times(sums.leverage),
        times(sums.clean_leverage),
    ];
    texts.map(|text| view! { <td class="num">{text}</td> }).collect_view()
}

fn changes(now: &CubeSums, before: &CubeSums) -> impl IntoView + use<> {
    let change = domain::rate(now.redeemed, before.redeemed).map(|rate| rate - 1.0);
    let change = change.map_or_else(|| "—".to_owned(), |change| format!("{:+.1}%", change * 100.0));
    let texts = [count(before.redeemed), yuan(before.subsidy_fen), change];
    texts.map(|text| view! { <td class="num">{text}</td> }).collect_view()
}

/// Released, claimed, redeemed, and what it is worth.
pub(super) fn funnel(lang: Lang, total: &StatsRow, sums: &CubeSums) -> impl IntoView + use<> {
    let steps = [
        ("released", total.released, None),
        ("claimed", total.claimed, Some(("claim_rate", total.claim_rate))),
        ("redeemed", total.redeemed, Some(("redemption_rate", total.redemption_rate))),
    ];
    let most = steps.iter().map(|(_, figure, _)| *figure).max().unwrap_or(0).max(1);
    let steps = steps.map(|(name, figure, rate)| {
        let width = i64::try_from(i128::from(figure) * 1000 / i128::from(most)).unwrap_or(0);
        let rate = rate
            .map(|(name, rate)| view! { <span class="quiet">{defined(lang, name)}" "{percent(rate)}</span> });
        view! {
            <li>
                <span class="funnel-name">{defined(lang, name)}<b class="num">{count(figure)}</b>{rate}</span>
                <svg class="funnel-bar" viewBox="0 0 1000 20" preserveAspectRatio="none" aria-hidden="true">
                    <rect width=width height="20"/>
                </svg>
            </li>
        }
    });
    let leverages = [("leverage", sums.leverage), ("clean_leverage", sums.clean_leverage)];
    let leverages = leverages.map(|(name, rate)| {
        view! { <div><dt>{defined(lang, name)}</dt><dd class="num">{times(rate)}</dd></div> }
    });
    view! {
        <section class="funnel" aria-labelledby="funnel">
            <h2 id="funnel">{lang.pick("从发放到核销", "From release to redemption")}</h2>
            <ol>{steps.collect_view()}</ol>
            <dl class="leverages">
                {leverages.collect_view()}
                <div>
                    <dt>{lang.pick("可疑核销", "Suspicious redemptions")}</dt>
                    <dd class="num">{count(sums.suspicious)}</dd>
                </div>
            </dl>
        </section>
    }
}

/// How long people waited with their vouchers; a link to it where it was not asked for.
pub(super) fn waits(lang: Lang, stats: &Statistics) -> impl IntoView + use<> {
    let query = &stats.asked.cut;
    let from = Some(query.from.clone().unwrap_or_else(|| stats.tally.from.clone()));
    let pairs = [("from", &from), ("to", &query.to), ("campaign", &query.campaign)];
    let href = format!("/bureau/stats{}&waits=yes#waits", address_query(&pairs));
    let shown = match &stats.delays {
        Some(delays) => Either::Left(waited(lang, delays)),
        None => Either::Right(view! {
            <p>
                <a href=href>{lang.pick("统计这段时间的用时", "Count it for this range")}</a>
                <span class="quiet">{lang.pick("（逐笔计算，最多 31 天）", " (redemption by redemption, at most 31 days)")}</span>
            </p>
        }),
    };
    view! {
        <section class="waits" aria-labelledby="waits">
            <h2 id="waits">{defined(lang, "delay")}</h2>
            {shown}
        </section>
    }
}

fn waited(lang: Lang, delays: &DelaysShape) -> impl IntoView + use<> {
    let all: i64 = delays.items.iter().map(|class| class.redemptions).sum();
    let rows = delays.items.iter().map(|class| {
        view! {
            <tr>
                <th scope="row">{class_name(lang, class.from_hours)}</th>
                <td class="num">{count(class.redemptions)}</td>
                <td class="num">{percent(domain::rate(class.redemptions, all))}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        <div class="table-box" tabindex="0" role="region" aria-label=lang.pick("领取到核销用时", "Time from claim to redemption")>
            <table class="figures">
                <thead><tr>
                    <th scope="col">{lang.pick("用时", "Time")}</th>
                    <th scope="col" class="num">{lang.pick("核销", "Redeemed")}</th>
                    <th scope="col" class="num">{lang.pick("占比", "Share")}</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

fn class_name(lang: Lang, from_hours: i64) -> &'static str {
    match from_hours {
        0 => lang.pick("1 小时以内", "Within an hour"),
        1 => lang.pick("1–6 小时", "1–6 hours"),
        6 => lang.pick("6–24 小时", "6–24 hours"),
        24 => lang.pick("1–3 天", "1–3 days"),
        72 => lang.pick("3–7 天", "3–7 days"),
        _ => lang.pick("7 天以上", "A week or more"),
    }
}

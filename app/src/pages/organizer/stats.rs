//! `/bureau/stats`: what the season did, cut in any two ways.

use super::chart::by_day;
use super::cube::{cut, funnel, waits};
use super::definitions::definitions;
use super::map::district_map;
use super::table::{residents_as_of, tally_table};
use crate::api::stats::{Asked, Statistics};
use crate::api::{caller, stats as api};
use crate::components::page::Page;
use crate::islands::stats_live::LiveTally;
use crate::pages::{loaded, parameter};
use domain::shapes::CampaignShape;
use domain::{CubeQuery, Dimension, Lang, MapRate, Measure, StatsColumn};
use leptos::either::Either;
use leptos::prelude::*;

/// The columns of a table by district, as they are named in an address.
pub(super) const COLUMNS: [&str; 10] = [
    "released",
    "claimed",
    "redeemed",
    "subsidy",
    "order",
    "residents",
    "claim_rate",
    "redemption_rate",
    "budget_rate",
    "leverage",
];

/// The page.
pub(crate) fn stats() -> impl IntoView {
    let by = [parameter("rows"), parameter("columns")].into_iter().flatten().collect::<Vec<_>>().join(",");
    let cut = CubeQuery {
        by: Some(by).filter(|by| !by.is_empty()),
        from: parameter("from"),
        to: parameter("to"),
        campaign: parameter("campaign"),
        compare_from: parameter("compare_from"),
        compare_to: parameter("compare_to"),
        show: parameter("show"),
    };
    let asked = Asked { cut, rate: parameter("rate"), delays: parameter("waits").is_some() };
    loaded(api::statistics(asked), show)
}

fn show(stats: Statistics) -> impl IntoView {
    let lang = caller::lang();
    let cut_query = stats.asked.cut.clone();
    let range =
        address_query(&[("from", &cut_query.from), ("to", &cut_query.to), ("campaign", &cut_query.campaign)]);
    let csv = format!("/api/v1/stats/districts.csv{range}");
    let form = ask_form(lang, &stats);
    let days = if stats.days.is_empty() {
        let words = lang.pick("这段时间还没有数据。", "There is nothing in this range yet.");
        Either::Left(view! { <p class="nothing">{words}</p> })
    } else {
        Either::Right(by_day(lang, &stats.days))
    };
    view! {
        <Page title=lang.pick("统计", "Statistics") class="page-wide bureau-page">
            <header class="bureau-head">
                <h1>{lang.pick("分区县统计", "Statistics by district")}</h1>
                <LiveTally lang query=range as_of=stats.tally.as_of.clone()/>
            </header>
            {form}
            {tally_table(lang, &stats.tally, &COLUMNS, true)}
            <p class="table-notes">
                <span>{lang.pick("点列名可查看口径。用券居民不可跨行相加。", "A heading leads to its definition. Residents do not add up across rows.")}</span>
                {residents_as_of(lang, &stats.tally)}
                <a class="download" href=csv download="">{lang.pick("导出 CSV", "Export as CSV")}</a>
            </p>
            {cut(lang, &stats, &cut_address(&cut_query))}
            <div class="bureau-two stats-two">
                {district_map(lang, &stats.districts, &stats.tally, stats.rate)}
                {funnel(lang, &stats.tally.total, &stats.cube.total)}
            </div>
            {waits(lang, &stats)}
            {days}
            {definitions(lang)}
        </Page>
    }
}

/// The address of the cut's files, without its ending.
fn cut_address(query: &CubeQuery) -> String {
    address_query(&[
        ("by", &query.by),
        ("from", &query.from),
        ("to", &query.to),
        ("campaign", &query.campaign),
        ("compare_from", &query.compare_from),
        ("compare_to", &query.compare_to),
        ("show", &query.show),
    ])
}

/// The query of an address with its question mark, or nothing. What is in it
/// has been read as days, words and a number.
pub(super) fn address_query(pairs: &[(&str, &Option<String>)]) -> String {
    let pairs = pairs.iter().filter_map(|(name, value)| {
        let value = value.as_deref()?.trim();
        Some(format!("{name}={value}"))
    });
    let pairs = pairs.collect::<Vec<_>>().join("&");
    if pairs.is_empty() { pairs } else { format!("?{pairs}") }
}

fn day_field(
    name: &'static str,
    label: &'static str,
    value: Option<String>,
    stats: &Statistics,
    required: bool,
) -> impl IntoView + use<> {
    let (first, last) = (stats.season.starts_on.clone(), stats.season.ends_on.clone());
    view! {
        <label class="field">
            <span>{label}</span>
            <input type="date" name=name value=value min=first max=last required=required/>
        </label>
    }
}

/// A choice of words: name, label, `(code, words, chosen)`.
fn choice(
    name: &'static str,
    label: &'static str,
    options: Vec<(String, String, bool)>,
) -> impl IntoView + use<> {
    let option = |(code, words, chosen): (String, String, bool)| {
        view! { <option value=code selected=chosen>{words}</option> }
    };
    view! {
        <label class="field">
            <span>{label}</span>
            <select name=name>{options.into_iter().map(option).collect_view()}</select>
        </label>
    }
}

fn dimensions(lang: Lang, chosen: Option<Dimension>) -> Vec<(String, String, bool)> {
    let option = |by: &Dimension| (by.code().to_owned(), by.word(lang).to_owned(), chosen == Some(*by));
    Dimension::ALL.iter().map(option).collect()
}

fn ask_form(lang: Lang, stats: &Statistics) -> impl IntoView + use<> {
    let chosen = stats.tally.campaign;
    let of = |campaign: &CampaignShape| {
        let title = lang.of(&campaign.title, &campaign.title_en).to_owned();
        (campaign.id.to_string(), title, chosen == Some(campaign.id))
    };
    let mut campaigns = vec![(String::new(), lang.pick("全部", "All").to_owned(), chosen.is_none())];
    campaigns.extend(stats.campaigns.iter().map(of));
    let by = &stats.cube.by;
    let mut columns = vec![(String::new(), lang.pick("不再细分", "None").to_owned(), by.len() < 2)];
    columns.extend(dimensions(lang, by.get(1).copied()));
    let measures =
        Measure::ALL.iter().map(|m| (m.code().to_owned(), m.word(lang).to_owned(), *m == stats.show));
    let rates = MapRate::ALL
        .iter()
        .map(|rate| (rate.code().to_owned(), rate.word(lang).to_owned(), *rate == stats.rate));
    let today = stats.season.business_day.clone();
    let today = format!("/bureau/stats?from={today}&to={today}");
    view! {
        <form class="range" method="get" action="/bureau/stats">
            {day_field("from", lang.pick("从", "From"), Some(stats.tally.from.clone()), stats, true)}
            {day_field("to", lang.pick("到（含）", "To, included"), Some(stats.tally.to.clone()), stats, true)}
            {choice("campaign", lang.pick("消费券活动", "Campaign"), campaigns)}
            {choice("rows", lang.pick("按", "By"), dimensions(lang, by.first().copied()))}
            {choice("columns", lang.pick("再按", "Then by"), columns)}
            {choice("show", lang.pick("图中显示", "In the chart"), measures.collect())}
            {choice("rate", lang.pick("地图着色", "On the map"), rates.collect())}
            <details class="range-compare" open=stats.cube.compare_from.is_some()>
                <summary>{lang.pick("与另一段时间对比", "Compare with another range")}</summary>
                <div class="range-days">
                    {day_field("compare_from", lang.pick("对比期从", "From"), stats.cube.compare_from.clone(), stats, false)}
                    {day_field("compare_to", lang.pick("对比期到（含）", "To, included"), stats.cube.compare_to.clone(), stats, false)}
                </div>
            </details>
            <button class="button" type="submit">{lang.pick("查看", "Show")}</button>
            <p class="range-links">
                <a href=today>{lang.pick("今天", "Today")}</a>
                <a href="/bureau/stats">{lang.pick("整季至今", "The season so far")}</a>
                <a href="/bureau/reports">{lang.pick("报告", "Reports")}</a>
                <a href="/bureau/screen">{lang.pick("大屏", "Wall screen")}</a>
            </p>
        </form>
    }
}

/// A link to the definition of a figure on this page.
pub(super) fn defined(lang: Lang, name: &'static str) -> impl IntoView + use<> {
    let title = StatsColumn::named(name).title(lang);
    view! { <a class="defined" href=format!("#def-{name}")>{title}</a> }
}

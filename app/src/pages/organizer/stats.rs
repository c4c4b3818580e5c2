//! `/bureau/stats`: what the season did, by district and by day.

use super::chart::by_day;
use super::definitions::definitions;
use super::table::tally_table;
use crate::api::stats::Statistics;
use crate::api::{caller, stats as api};
use crate::components::page::Page;
use crate::islands::stats_live::LiveTally;
use crate::pages::{loaded, parameter};
use domain::shapes::CampaignShape;
use domain::{Lang, StatsQuery};
use leptos::either::Either;
use leptos::prelude::*;

const COLUMNS: [&str; 10] = [
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
    let query = StatsQuery { from: parameter("from"), to: parameter("to"), campaign: parameter("campaign") };
    loaded(api::statistics(query), show)
}

fn show(stats: Statistics) -> impl IntoView {
    let lang = caller::lang();
    let query = address_query(&stats.query);
    let csv = format!("/api/v1/stats/districts.csv{query}");
    let form = range_form(lang, &stats);
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
                <LiveTally lang query as_of=stats.tally.as_of.clone()/>
            </header>
            {form}
            {tally_table(lang, &stats.tally, &COLUMNS, true)}
            <p class="table-notes">
                <span>{lang.pick("点列名可查看口径。用券居民不可跨行相加。", "A heading leads to its definition. Residents do not add up across rows.")}</span>
                <a class="download" href=csv download="">{lang.pick("导出 CSV", "Export as CSV")}</a>
            </p>
            {days}
            {definitions(lang)}
        </Page>
    }
}

/// The query of an address with its question mark, or nothing. What is in it
/// has been read as days and a number.
fn address_query(query: &StatsQuery) -> String {
    let pairs = [("from", &query.from), ("to", &query.to), ("campaign", &query.campaign)];
    let pairs = pairs.iter().filter_map(|(name, value)| {
        let value = value.as_deref()?.trim();
        Some(format!("{name}={value}"))
    });
    let pairs = pairs.collect::<Vec<_>>().join("&");
    if pairs.is_empty() { pairs } else { format!("?{pairs}") }
}

fn range_form(lang: Lang, stats: &Statistics) -> impl IntoView + use<> {
    let (first, last) = (stats.season.starts_on.clone(), stats.season.ends_on.clone());
    let chosen = stats.tally.campaign;
    let option = |campaign: &CampaignShape| {
        let title = lang.of(&campaign.title, &campaign.title_en).to_owned();
        view! { <option value=campaign.id.to_string() selected=chosen == Some(campaign.id)>{title}</option> }
    };
    let today = stats.season.business_day.clone();
    let today = format!("/bureau/stats?from={today}&to={today}");
    view! {
        <form class="range" method="get" action="/bureau/stats">
            <label class="field">
                <span>{lang.pick("从", "From")}</span>
                <input type="date" name="from" value=stats.tally.from.clone() min=first.clone() max=last.clone() required=true/>
            </label>
            <label class="field">
                <span>{lang.pick("到（含）", "To, included")}</span>
                <input type="date" name="to" value=stats.tally.to.clone() min=first max=last required=true/>
            </label>
            <label class="field range-campaign">
                <span>{lang.pick("消费券活动", "Campaign")}</span>
                <select name="campaign">
                    <option value="" selected=chosen.is_none()>{lang.pick("全部", "All")}</option>
                    {stats.campaigns.iter().map(option).collect_view()}
                </select>
            </label>
            <button class="button" type="submit">{lang.pick("查看", "Show")}</button>
            <p class="range-links">
                <a href=today>{lang.pick("今天", "Today")}</a>
                <a href="/bureau/stats">{lang.pick("整季至今", "The season so far")}</a>
            </p>
        </form>
    }
}

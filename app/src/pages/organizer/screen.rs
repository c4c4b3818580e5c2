//! `/bureau/screen`: the business day on the wall of a hall. It is drawn on the
//! server; its island fetches it anew when a tally moved.

use super::map::{map, tiled};
use crate::api::stats::Wall;
use crate::api::{caller, stats as api};
use crate::components::page::Page;
use crate::figures::{self, count, yuan};
use crate::islands::wall::LiveWall;
use crate::pages::loaded;
use domain::shapes::{CubeShape, StatsRow};
use domain::{Lang, MapRate, StatsColumn, hour_of_business_day};
use leptos::prelude::*;

/// How many districts the list names.
const TOP: usize = 5;
/// A page without a script is loaded anew every so many seconds.
const RELOAD_S: &str = "30";
const BAR_SLOT: i64 = 40;
const BAR_HEIGHT: i64 = 200;

/// The page.
pub(crate) fn screen() -> impl IntoView {
    loaded(api::wall(), show)
}

fn show(wall: Wall) -> impl IntoView {
    let lang = caller::lang();
    let name = lang.of(&wall.season.name, &wall.season.name_en).to_owned();
    let as_of = wall.today.as_of.get(..19).unwrap_or(&wall.today.as_of).replace('T', " ");
    let tiled = tiled(lang, &wall.districts, &wall.today, MapRate::Redemption);
    let demo = wall
        .season
        .demo
        .then(|| view! { <span class="demo-mark">{lang.pick("演示数据", "Demo data")}</span> });
    view! {
        <Page title=lang.pick("大屏", "Wall screen") class="wall-page">
            <noscript><meta http-equiv="refresh" content=RELOAD_S/></noscript>
            <div id="wall" class="wall">
                <header class="wall-head">
                    <h1>{name}{demo}</h1>
                    <p>{lang.pick("营业日 ", "Business day ")}{wall.season.business_day.clone()}{lang.pick(" · 截至 ", " · as of ")}{as_of}</p>
                </header>
                {large(lang, &wall)}
                <section class="wall-map">
                    <h2>{lang.pick("今日各区县核销率", "Redemption rate by district, today")}</h2>
                    {map(lang, &tiled, MapRate::Redemption)}
                </section>
                {top(lang, &wall)}
                {hours(lang, &wall.hours)}
            </div>
            <LiveWall lang/>
        </Page>
    }
}

fn large(lang: Lang, wall: &Wall) -> impl IntoView + use<> {
    let tile = |name: &'static str| {
        let title = StatsColumn::named(name).title(lang);
        view! { <div><dt>{title}</dt><dd>{figures::cell(&wall.today.total, name)}</dd></div> }
    };
    let so_far = lang.pick(
        format!(
            "整季至今：核销 {} 张，补贴 {} 元",
            count(wall.so_far.redeemed),
            yuan(wall.so_far.subsidy_fen)
        ),
        format!(
            "Season so far: {} redeemed, ¥{}",
            count(wall.so_far.redeemed),
            yuan(wall.so_far.subsidy_fen)
        ),
    );
    view! {
        <dl class="wall-large">
            {["claimed", "redeemed", "subsidy", "order"].map(tile).collect_view()}
            <div class="wall-so-far"><dt>{so_far}</dt></div>
        </dl>
    }
}

fn top(lang: Lang, wall: &Wall) -> impl IntoView + use<> {
    let mut rows: Vec<&StatsRow> = wall.today.items.iter().filter(|row| row.district.is_some()).collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.redeemed));
    let rows = rows.into_iter().take(TOP).map(|row| {
        let name = lang.of(&row.name, &row.name_en).to_owned();
        view! { <li><span>{name}</span><b class="num">{count(row.redeemed)}</b></li> }
    });
    view! {
        <section class="wall-top">
            <h2>{lang.pick("今日核销区县排名", "Most redeemed today")}</h2>
            <ol>{rows.collect_view()}</ol>
        </section>
    }
}

fn hours(lang: Lang, cube: &CubeShape) -> impl IntoView + use<> {
    let hour = |code: &str| code.get(..2).and_then(|hour| hour.parse::<i64>().ok());
    let most = cube.items.iter().map(|item| item.sums.redeemed).max().unwrap_or(0).max(1);
    let bars = cube.items.iter().filter_map(|item| {
        let code = &item.keys.first()?.code;
        let x = hour_of_business_day(hour(code)?) * BAR_SLOT;
        let high = i64::try_from(i128::from(item.sums.redeemed) * i128::from(BAR_HEIGHT) / i128::from(most)).ok()?;
        let said = format!("{code} {}", count(item.sums.redeemed));
        Some(view! {
            <rect class="bar-redeemed" x=x + 4 y=BAR_HEIGHT - high width=BAR_SLOT - 8 height=high><title>{said}</title></rect>
        })
    });
    let bars = bars.collect_view();
    let marks = (0..24).step_by(3).map(|place| {
        let hour = (place + 6) % 24;
        view! { <text class="mark" x=place * BAR_SLOT + BAR_SLOT / 2 y=BAR_HEIGHT + 26 text-anchor="middle">{hour}</text> }
    });
    let marks = marks.collect_view();
    let told = lang.pick(
        format!("今日核销 {} 张，最多的一小时 {most} 张。", count(cube.total.redeemed)),
        format!("{} redeemed today, at most {most} in an hour.", count(cube.total.redeemed)),
    );
    view! {
        <section class="wall-hours">
            <h2>{lang.pick("今日各时段核销", "Redeemed by hour, today")}</h2>
            <svg viewBox=format!("0 0 {} {}", 24 * BAR_SLOT, BAR_HEIGHT + 34) role="img" aria-labelledby="hours-title hours-told">
                <title id="hours-title">{lang.pick("今日各时段核销", "Redeemed by hour, today")}</title>
                <desc id="hours-told">{told}</desc>
                <line class="axis" x1="0" x2=24 * BAR_SLOT y1=BAR_HEIGHT y2=BAR_HEIGHT/>
                {bars}
                {marks}
            </svg>
        </section>
    }
}

//! `/shop/statement`: what the merchant is owed, by outlet and business day of
//! one settlement week.

use crate::api::statement::Week;
use crate::api::{caller, statement as api};
use crate::components::page::Page;
use crate::components::when::When;
use crate::figures::{count, signed_yuan};
use crate::pages::{loaded, parameter};
use domain::shapes::{LedgerAgreement, StatementLine, StatementSums};
use domain::{Day, Figure, Lang, OutletId, StatementColumn};
use leptos::either::Either;
use leptos::prelude::*;

/// The figures of the tables: what is owed first, a phone shows it without
/// scrolling.
const COLUMNS: [&str; 10] = [
    "payable_fen",
    "redemptions",
    "order_fen",
    "merchant_discount_fen",
    "subsidy_fen",
    "government_fen",
    "merchant_fen",
    "reversals",
    "refunded_fen",
    "government_back_fen",
];
/// The figures of the week at a glance.
const GLANCE: [&str; 4] = ["payable_fen", "redemptions", "subsidy_fen", "reversals"];
/// So many outlets have their table on the page; others are chosen one by one.
const MOST_TABLES: usize = 30;

/// The page.
pub(crate) fn statement() -> impl IntoView {
    loaded(api::week(parameter("week"), parameter("outlet")), show)
}

fn show(week: Week) -> impl IntoView {
    let (lang, when) = (caller::lang(), When::here());
    let statement = &week.statement;
    let name = lang.of(&statement.merchant_name, &statement.merchant_name_en).to_owned();
    let days = when.days(&statement.from, &statement.to);
    let tables = if statement.items.is_empty() {
        Either::Left(nothing(lang))
    } else {
        Either::Right(tables(&week, lang, &when))
    };
    let figures = (glance(&statement.total, lang), agreement(&statement.ledger, lang));
    view! {
        <Page title=lang.pick("对账单", "Statement") class="page-wide bureau-page statement-page">
            <p class="shop-kind">{name}</p>
            <h1 class="statement-title">{lang.pick("对账单", "Statement")} " " <span class="statement-week">{days}</span></h1>
            {weeks(&week, lang)}
            {chooser(&week, lang)}
            {figures}
            {tables}
            {downloads(&week, lang)}
            {definitions(lang)}
        </Page>
    }
}

/// The address of another week, of the same outlet.
fn address(monday: Day, outlet: Option<OutletId>) -> String {
    let outlet = outlet.map(|outlet| format!("&outlet={outlet}")).unwrap_or_default();
    format!("/shop/statement?week={monday}{outlet}")
}

fn weeks(week: &Week, lang: Lang) -> impl IntoView + use<> {
    let outlet = week.statement.outlet;
    let before = (week.monday > week.first_monday).then(|| address(week.monday.previous().monday(), outlet));
    let after = (week.monday < week.this_monday).then(|| address(week.monday.sunday().next(), outlet));
    let this = after.is_some().then(|| address(week.this_monday, outlet));
    view! {
        <nav class="range-links" aria-label=lang.pick("结算周", "Settlement weeks")>
            {before.map(|href| view! { <a href=href rel="prev">{lang.pick("← 上一周", "← Week before")}</a> })}
            {after.map(|href| view! { <a href=href rel="next">{lang.pick("下一周 →", "Week after →")}</a> })}
            {this.map(|href| view! { <a href=href>{lang.pick("本周", "This week")}</a> })}
        </nav>
    }
}

fn chooser(week: &Week, lang: Lang) -> impl IntoView + use<> {
    let chosen = week.statement.outlet;
    let option = |(id, name): &(OutletId, String)| {
        view! { <option value=id.to_string() selected=chosen == Some(*id)>{name.clone()}</option> }
    };
    view! {
        <form class="range" method="get" action="/shop/statement">
            <label class="field">
                <span>{lang.pick("哪一天所在的周", "The week of")}</span>
                <input type="date" name="week" value=week.monday.to_string() min=week.first_monday.to_string()
                    max=week.this_monday.sunday().to_string() required=true/>
            </label>
            <label class="field range-campaign">
                <span>{lang.pick("门店", "Outlet")}</span>
                <select name="outlet">
                    <option value="" selected=chosen.is_none()>{lang.pick("全部门店", "All outlets")}</option>
                    {week.outlets.iter().map(option).collect_view()}
                </select>
            </label>
            <button class="button" type="submit">{lang.pick("查看", "Show")}</button>
        </form>
    }
}

fn text(name: &str, sums: &StatementSums) -> String {
    match StatementColumn::named(name).map(|column| (column.figure)(sums)) {
        Some(Figure::Count(number)) => count(number),
        Some(Figure::Money(fen)) => signed_yuan(fen),
        None => String::new(),
    }
}

/// A column's heading, with its unit.
fn title(name: &str, lang: Lang) -> String {
    let Some(column) = StatementColumn::named(name) else { return String::new() };
    let unit = if column.is_money() { lang.pick("（元）", " (¥)") } else { "" };
    format!("{}{unit}", column.title(lang))
}

fn glance(total: &StatementSums, lang: Lang) -> impl IntoView + use<> {
    let large = |name: &str| {
        let figure = text(name, total);
        view! {
            <div class="large"><dt>{title(name, lang)}</dt><dd class="digits" data-total=name.to_owned()>{figure}</dd></div>
        }
    };
    view! { <dl class="larges">{GLANCE.map(large)}</dl> }
}

/// What the ledger says to it.
fn agreement(ledger: &LedgerAgreement, lang: Lang) -> impl IntoView + use<> {
    let block = count(ledger.sequence);
    let owed = signed_yuan(ledger.payable_fen);
    let paid = signed_yuan(ledger.paid_fen);
    let words = if ledger.agrees {
        lang.pick(
            format!("与台账一致（截至第 {block} 块）：累计应付未付 ¥{owed}，已付 ¥{paid}。"),
            format!(
                "Agrees with the ledger at block {block}: in all ¥{owed} owed and not paid yet, ¥{paid} paid."
            ),
        )
    } else {
        lang.pick(
            format!("与台账不一致（第 {block} 块），请联系主办方，暂勿据此对账。"),
            format!(
                "Disagrees with the ledger at block {block}: tell the organizer, and do not settle by it."
            ),
        )
    };
    view! {
        <p class="statement-ledger" data-testid="agrees" data-agrees=ledger.agrees.to_string()>
            {words} " " <a href="/open">{lang.pick("怎样核对", "How to check")}</a>
        </p>
    }
}

fn nothing(lang: Lang) -> impl IntoView {
    view! {
        <p class="nothing" data-testid="no-lines">
            {lang.pick("这一周还没有核销或撤销。核销后，当天的数字会立即出现在这里。", "Nothing was redeemed or reversed this week yet. A redemption shows here at once.")}
        </p>
    }
}

/// A table for each outlet that has lines.
fn tables(week: &Week, lang: Lang, when: &When) -> impl IntoView + use<> {
    let items = &week.statement.items;
    let known = week.outlets.iter().filter(|(id, _)| items.iter().any(|line| line.outlet_id == *id));
    let (shown, more): (Vec<_>, Vec<_>) = known.enumerate().partition(|(n, _)| *n < MOST_TABLES);
    let more = (!more.is_empty()).then(|| {
        view! { <p class="nothing">{lang.pick("其余门店请在上方逐一选择，或下载表格。", "Choose further outlets above one by one, or download the table.")}</p> }
    });
    let tables = shown.into_iter().map(|(_, (id, name))| {
        let lines: Vec<&StatementLine> = items.iter().filter(|line| line.outlet_id == *id).collect();
        outlet_table(*id, name.clone(), &lines, (lang, when))
    });
    (tables.collect_view(), more)
}

fn outlet_table(
    id: OutletId,
    name: String,
    lines: &[&StatementLine],
    (lang, when): (Lang, &When),
) -> impl IntoView + use<> {
    let heading = |name: &str| {
        view! { <th scope="col" class="num"><a class="defined" href=format!("#def-{name}")>{title(name, lang)}</a></th> }
    };
    let row = |line: &&StatementLine| {
        let weekday = line.from.parse::<Day>().map(|day| day.weekday_name(lang)).unwrap_or_default();
        let open = (!line.closed).then(|| {
            view! { <small class="statement-open">{lang.pick("进行中", "under way")}</small> }
        });
        let cells = COLUMNS.map(|name| {
            view! { <td class="num" data-column=name>{text(name, &line.sums)}</td> }
        });
        view! {
            <tr data-day=line.from.clone()>
                <th scope="row"><time datetime=line.from.clone()>{when.day(&line.from)}</time>" "{weekday}{open}</th>
                {cells}
            </tr>
        }
    };
    let rows = lines.iter().map(row).collect_view();
    let anchor = format!("outlet-{id}");
    view! {
        <section class="statement-outlet" data-outlet=id.to_string()>
            <h2 id=anchor.clone()>{name}</h2>
            <div class="table-box" tabindex="0" role="region" aria-labelledby=anchor>
                <table class="figures">
                    <thead><tr>
                        <th scope="col">{lang.pick("营业日", "Business day")}</th>
                        {COLUMNS.map(heading)}
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
}

fn downloads(week: &Week, lang: Lang) -> impl IntoView + use<> {
    let outlet = week.statement.outlet.map(|outlet| format!("&outlet={outlet}")).unwrap_or_default();
    let of_week = format!("from={}&to={}{outlet}", week.statement.from, week.statement.to);
    let of_season = format!("from={}&to={}&by=week{outlet}", week.first_monday, week.this_monday.sunday());
    let link = |ending: &str, query: &str, words: &'static str| {
        let href = format!("/api/v1/statements.{ending}?{query}");
        view! { <a class="download" href=href download="">{words}</a> }
    };
    view! {
        <p class="table-notes statement-files">
            {link("xlsx", &of_week, lang.pick("本周 Excel（含口径）", "This week as XLSX, with definitions"))}
            {link("csv", &of_week, lang.pick("本周 CSV", "This week as CSV"))}
            {link("xlsx", &of_season, lang.pick("整季按周 Excel", "The season by week as XLSX"))}
        </p>
    }
}

fn definitions(lang: Lang) -> impl IntoView {
    let entry = |id: String, term: &'static str, meaning: &'static str| {
        view! { <div class="definition" id=id><dt>{term}</dt><dd>{meaning}</dd></div> }
    };
    let terms = StatementColumn::terms(lang);
    let terms =
        (0..).zip(terms).map(|(n, (term, meaning)): (i32, _)| entry(format!("term-{n}"), term, meaning));
    let columns = COLUMNS.iter().filter_map(|name| StatementColumn::named(name));
    let columns =
        columns.map(|column| entry(format!("def-{}", column.name), column.title(lang), column.meaning(lang)));
    view! {
        <section class="definitions" aria-labelledby="definitions">
            <h2 id="definitions">{lang.pick("指标口径", "What the figures mean")}</h2>
            <dl>{columns.chain(terms).collect_view()}</dl>
        </section>
    }
}

//! `/bureau/reports`: frozen reports, and the page of one, which prints on A4.

use super::stats::COLUMNS;
use crate::api::caller;
use crate::api::reports::{self as api, FreezeReport, Reports};
use crate::components::page::Page;
use crate::components::when::When;
use crate::figures::{count, percent, times, yuan};
use crate::pages::{id_in_path, loaded, parameter};
use domain::shapes::{CubeShape, DayStats, ReportFigures, ReportItem, ReportRecount, ReportShape, StatsRow};
use domain::{Lang, ReportKind, StatsColumn};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// The list.
pub(crate) fn reports() -> impl IntoView {
    loaded(api::all(parameter("cursor")), show_list)
}

/// One report.
pub(crate) fn report() -> impl IntoView {
    loaded(api::one(id_in_path(), parameter("recount").is_some()), show_one)
}

fn show_list(list: Reports) -> impl IntoView {
    let (lang, when) = (caller::lang(), When::here());
    let nothing = list.reports.items.is_empty().then(|| {
        view! { <p class="nothing">{lang.pick("还没有冻结过报告。", "No report was frozen yet.")}</p> }
    });
    let item = |item: &ReportItem| {
        let href = format!("/bureau/reports/{}", item.id);
        view! {
            <li>
                <a href=href>{title(lang, item)}</a>
                <span class="quiet">{when.moment(&item.made_at)}" · "{item.hash.get(..12).unwrap_or_default().to_owned()}</span>
            </li>
        }
    };
    let items = list.reports.items.iter().map(item).collect_view();
    let more = list.reports.next_cursor.as_ref().map(|cursor| {
        view! { <p><a href=format!("/bureau/reports?cursor={cursor}")>{lang.pick("更早的", "Earlier ones")}</a></p> }
    });
    let form = list.may_make.then(|| freeze_form(lang, &list));
    view! {
        <Page title=lang.pick("报告", "Reports") class="bureau-page">
            <h1 class="title">{lang.pick("报告", "Reports")}</h1>
            <p class="lead">{lang.pick(
                "一键冻结当前数据：数字、口径、台账摘要和校验值一起存下，以后不再改动；随时可以重算，对照有无变化。",
                "One press freezes the figures with their definitions, the ledger's head and a hash. They never change; counted again at any time, what moved since is named.",
            )}</p>
            {form}
            {nothing}
            <ul class="report-list">{items}</ul>
            {more}
        </Page>
    }
}

fn title(lang: Lang, item: &ReportItem) -> String {
    let district = item.district.map(|code| format!(" {code}")).unwrap_or_default();
    format!("{}{district} · {} – {}", item.kind.word(lang), item.from, item.to)
}

fn freeze_form(lang: Lang, list: &Reports) -> impl IntoView + use<> {
    let (first, last) = (list.season.starts_on.clone(), list.season.ends_on.clone());
    let buttons = ReportKind::ALL.iter().map(|kind| {
        let words = lang
            .pick(format!("冻结{}", kind.word(lang)), format!("Freeze a {}", kind.word(lang).to_lowercase()));
        view! { <button class="button" type="submit" name="kind" value=kind.code()>{words}</button> }
    });
    let buttons = buttons.collect_view();
    view! {
        <form class="range" method="post" action=FreezeReport::url()>
            <input type="hidden" name="key" value=list.key.clone()/>
            <label class="field">
                <span>{lang.pick("从（不填：本月或本季起）", "From (without: the month's or quarter's start)")}</span>
                <input type="date" name="from" min=first.clone() max=last.clone()/>
            </label>
            <label class="field">
                <span>{lang.pick("到（不填：今天）", "To (without: today)")}</span>
                <input type="date" name="to" min=first max=last/>
            </label>
            {buttons}
        </form>
    }
}

fn show_one((report, recount): (ReportShape, Option<ReportRecount>)) -> impl IntoView {
    let lang = caller::lang();
    let (item, figures) = (&report.item, &report.figures);
    let heading = title(lang, item);
    let season = lang.of(&figures.season, &figures.season_en).to_owned();
    let xlsx = format!("/api/v1/reports/{}/workbook.xlsx", item.id);
    let json = format!("/api/v1/reports/{}/figures.json", item.id);
    let again = format!("/bureau/reports/{}?recount=yes#recount", item.id);
    let parts = (
        districts(lang, figures),
        cut(
            lang,
            "kinds",
            lang.pick(["按商户类别", "商户类别"], ["By merchant kind", "Merchant kind"]),
            &figures.kinds,
        ),
        cut(
            lang,
            "campaigns",
            lang.pick(["按消费券活动", "消费券活动"], ["By campaign", "Campaign"]),
            &figures.campaigns,
        ),
        days(lang, &figures.days),
        definitions(lang, figures),
        proof(lang, &report),
    );
    let recounted = recount.map(|recount| recounted(lang, &recount));
    view! {
        <Page title=heading.clone() class="page-wide report-page">
            <header>
                <p class="quiet">{season}</p>
                <h1 class="title">{heading}</h1>
                <p class="report-links no-print">
                    <span class="quiet">{lang.pick("用浏览器菜单打印（Ctrl+P），纸张 A4", "Print with the browser's menu (Ctrl+P), on A4")}</span>
                    <a class="download" href=xlsx download="">{lang.pick("导出 XLSX", "Export as XLSX")}</a>
                    <a class="download" href=json download="">{lang.pick("下载原始数据 JSON", "The figures as JSON")}</a>
                    <a href=again>{lang.pick("现在重算", "Count again now")}</a>
                    <a href="/bureau/reports">{lang.pick("全部报告", "All reports")}</a>
                </p>
            </header>
            {recounted}
            {parts}
        </Page>
    }
}

fn headings(lang: Lang, names: &[&'static str]) -> impl IntoView + use<> {
    let heading = |name: &&'static str| view! { <th scope="col" class="num">{StatsColumn::named(name).title(lang)}</th> };
    names.iter().map(heading).collect_view()
}

fn districts(lang: Lang, figures: &ReportFigures) -> impl IntoView + use<> {
    let row = |row: &StatsRow| {
        let cells = COLUMNS.map(|name| view! { <td class="num">{crate::figures::cell(row, name)}</td> });
        view! { <tr><th scope="row">{lang.of(&row.name, &row.name_en).to_owned()}</th>{cells.collect_view()}</tr> }
    };
    let rows = figures.districts.items.iter().map(row).collect_view();
    let total = row(&figures.districts.total);
    view! {
        <section aria-labelledby="report-districts">
            <h2 id="report-districts">{lang.pick("分区县", "By district")}</h2>
            <div class="table-box" tabindex="0" role="region" aria-labelledby="report-districts">
                <table class="figures">
                    <thead><tr><th scope="col">{lang.pick("区县", "District")}</th>{headings(lang, &COLUMNS)}</tr></thead>
                    <tbody>{rows}</tbody>
                    <tfoot>{total}</tfoot>
                </table>
            </div>
        </section>
    }
}

fn cut(
    lang: Lang,
    id: &'static str,
    [title, of]: [&'static str; 2],
    cube: &CubeShape,
) -> impl IntoView + use<> {
    let rows = cube.items.iter().map(|item| {
        let name = item.keys.first().map(|key| lang.of(&key.name, &key.name_en).to_owned());
        let sums = &item.sums;
        let cells = [
            count(sums.claimed),
            count(sums.redeemed),
            yuan(sums.subsidy_fen),
            yuan(sums.order_fen),
            times(sums.leverage),
        ];
        view! { <tr><th scope="row">{name}</th>{cells.map(|cell| view! { <td class="num">{cell}</td> }).collect_view()}</tr> }
    });
    let rows = rows.collect_view();
    view! {
        <section aria-labelledby=id>
            <h2 id=id>{title}</h2>
            <div class="table-box" tabindex="0" role="region" aria-labelledby=id>
                <table class="figures">
                    <thead><tr>
                        <th scope="col">{of}</th>
                        {headings(lang, &["claimed", "redeemed", "subsidy", "order", "leverage"])}
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
}

fn days(lang: Lang, days: &[DayStats]) -> impl IntoView + use<> {
    let row = |day: &DayStats| {
        view! {
            <tr>
                <th scope="row" class="num">{day.day.clone()}</th>
                <td class="num">{count(day.claimed)}</td>
                <td class="num">{count(day.redeemed)}</td>
                <td class="num">{percent(domain::rate(day.redeemed, day.claimed))}</td>
                <td class="num">{yuan(day.subsidy_fen)}</td>
                <td class="num">{yuan(day.order_fen)}</td>
            </tr>
        }
    };
    let rows = days.iter().map(row).collect_view();
    view! {
        <section aria-labelledby="report-days">
            <h2 id="report-days">{lang.pick("按日", "By day")}</h2>
            <div class="table-box" tabindex="0" role="region" aria-labelledby="report-days">
                <table class="figures">
                    <thead><tr>
                        <th scope="col">{lang.pick("营业日", "Business day")}</th>
                        {headings(lang, &["claimed", "redeemed", "redemption_rate", "subsidy", "order"])}
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
}

fn definitions(lang: Lang, figures: &ReportFigures) -> impl IntoView + use<> {
    let entries = figures.definitions.iter().map(|definition| {
        let title = lang.of(&definition.title, &definition.title_en).to_owned();
        let meaning = lang.of(&definition.meaning, &definition.meaning_en).to_owned();
        view! { <div class="definition"><dt>{title}</dt><dd>{meaning}</dd></div> }
    });
    let entries = entries.collect_view();
    view! {
        <section class="definitions" aria-labelledby="definitions">
            <h2 id="definitions">{lang.pick("冻结时的指标口径", "What the figures meant when frozen")}</h2>
            <dl>{entries}</dl>
        </section>
    }
}

fn proof(lang: Lang, report: &ReportShape) -> impl IntoView + use<> {
    let (figures, item) = (&report.figures, &report.item);
    let intact = if report.intact {
        lang.pick("与数据一致", "it matches the figures")
    } else {
        lang.pick("与数据不一致：报告被改动过", "it does not match: the report was changed")
    };
    view! {
        <section class="report-proof" aria-labelledby="proof">
            <h2 id="proof">{lang.pick("凭据", "Proof")}</h2>
            <dl class="facts">
                <dt>{lang.pick("统计时间", "As of")}</dt>
                <dd class="digits">{figures.as_of.clone()}</dd>
                <dt>{lang.pick("台账区块", "Ledger block")}</dt>
                <dd class="digits">{figures.ledger.sequence}</dd>
                <dt>{lang.pick("台账摘要", "Ledger head")}</dt>
                <dd class="digits hash">{figures.ledger.hash.clone()}</dd>
                <dt>{lang.pick("数据校验值 SHA-256", "SHA-256 of the figures")}</dt>
                <dd class="digits hash">{item.hash.clone()}" · "{intact}</dd>
            </dl>
        </section>
    }
}

fn recounted(lang: Lang, recount: &ReportRecount) -> impl IntoView + use<> {
    let as_of = When::here().moment(&recount.as_of);
    let said = if recount.changes.is_empty() {
        lang.pick("重算结果与冻结时完全一致。", "Counted again, every figure is the same.")
    } else {
        lang.pick("冻结之后有变化（例如之后的撤销）：", "Changed since, by later reversals for example:")
    };
    let dash = |figure: &Option<String>| figure.clone().unwrap_or_else(|| "—".to_owned());
    let rows = recount.changes.iter().map(|change| {
        view! {
            <tr>
                <th scope="row">{lang.of(&change.what, &change.what_en).to_owned()}</th>
                <td class="num">{dash(&change.frozen)}</td>
                <td class="num">{dash(&change.now)}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    let table = (!recount.changes.is_empty()).then(|| {
        view! {
            <div class="table-box" tabindex="0" role="region" aria-labelledby="recount">
                <table class="figures">
                    <thead><tr>
                        <th scope="col">{lang.pick("指标", "Figure")}</th>
                        <th scope="col" class="num">{lang.pick("冻结时", "Frozen")}</th>
                        <th scope="col" class="num">{lang.pick("现在", "Now")}</th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        }
    });
    view! {
        <section class="card report-recount" aria-labelledby="recount">
            <h2 id="recount">{lang.pick("重算", "Counted again")}</h2>
            <p>{said}" "<span class="quiet digits">{as_of}</span></p>
            {table}
        </section>
    }
}

//! `/bureau/audit`: who changed what, when and from where.

use crate::api::audit::{self as api, Found};
use crate::api::caller;
use crate::components::page::Page;
use crate::components::when::When;
use crate::pages::{loaded, parameter};
use domain::shapes::AuditShape;
use domain::{AuditAction, AuditQuery, AuditThing, Lang};
use leptos::prelude::*;

/// The page.
pub(crate) fn audit() -> impl IntoView {
    loaded(
        api::search(AuditQuery {
            actor: parameter("actor"),
            action: parameter("action"),
            thing: parameter("thing"),
            thing_id: parameter("thing_id"),
            from: parameter("from"),
            to: parameter("to"),
            limit: parameter("limit"),
            cursor: parameter("cursor"),
        }),
        show,
    )
}

fn show(Found { query, records }: Found) -> impl IntoView {
    let lang = caller::lang();
    let export = format!("/api/v1/audit.csv{}", address(&query, None));
    let next = records.next_cursor.as_ref().map(|cursor| {
        let href = format!("/bureau/audit{}", address(&query, Some(cursor)));
        view! { <p class="pager"><a class="button button-quiet" href=href>{lang.pick("更早的", "Earlier")}</a></p> }
    });
    let none = records.items.is_empty();
    let rows = records.items.into_iter().map(|record| row(record, lang)).collect_view();
    view! {
        <Page title=lang.pick("审计日志", "Audit log") class="page-wide bureau-page">
            <h1 id="audit">{lang.pick("审计日志", "Audit log")}</h1>
            <p class="quiet">{lang.pick(
                "只增不改：每条记录的哈希都写进台账的区块，yuehui verify 会逐条核对。不记录手机号和网络地址。",
                "It only grows: each record's hash stands in a block of the ledger, and yuehui verify compares them one by one. No phone number and no network address is kept.",
            )}</p>
            {filters(&query, lang)}
            <p class="table-notes"><a href=export download="">{lang.pick("下载 CSV", "Download as CSV")}</a></p>
            {none.then(|| view! { <p class="nothing">{lang.pick("没有符合条件的记录。", "No record answers this.")}</p> })}
            <ol class="audit-list" aria-labelledby="audit">{rows}</ol>
            {next}
            <p><a href="/bureau">{lang.pick("回总览", "Back to the overview")}</a></p>
        </Page>
    }
}

/// The search as part of an address.
fn address(query: &AuditQuery, cursor: Option<&str>) -> String {
    let fields = [
        ("actor", query.actor.as_deref()),
        ("action", query.action.as_deref()),
        ("thing", query.thing.as_deref()),
        ("thing_id", query.thing_id.as_deref()),
        ("from", query.from.as_deref()),
        ("to", query.to.as_deref()),
        ("cursor", cursor),
    ];
    let given =
        fields.into_iter().filter_map(|(name, value)| Some(format!("{name}={}", caller::encoded(value?))));
    let given = given.collect::<Vec<_>>().join("&");
    if given.is_empty() { given } else { format!("?{given}") }
}

fn filters(query: &AuditQuery, lang: Lang) -> impl IntoView + use<> {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let any = lang.pick("全部", "All");
    macro_rules! options {
        ($words:ty, $chosen:expr) => {{
            let chosen = text($chosen);
            let option = |word: &$words| view! { <option value=word.code() selected=word.code() == chosen>{word.word(lang)}</option> };
            <$words>::ALL.iter().map(option).collect_view()
        }};
    }
    view! {
        <form class="range" method="get" action="/bureau/audit">
            <label class="field">
                <span>{lang.pick("动作", "What was done")}</span>
                <select name="action"><option value="">{any}</option>{options!(AuditAction, &query.action)}</select>
            </label>
            <label class="field">
                <span>{lang.pick("对象", "To what")}</span>
                <select name="thing"><option value="">{any}</option>{options!(AuditThing, &query.thing)}</select>
            </label>
            <label class="field">
                <span>{lang.pick("对象编号", "Its number")}</span>
                <input name="thing_id" type="number" min="1" inputmode="numeric" value=text(&query.thing_id)/>
            </label>
            <label class="field">
                <span>{lang.pick("账户编号", "Account number")}</span>
                <input name="actor" type="number" min="1" inputmode="numeric" value=text(&query.actor)/>
            </label>
            <label class="field">
                <span>{lang.pick("从", "From")}</span>
                <input name="from" type="date" value=text(&query.from)/>
            </label>
            <label class="field">
                <span>{lang.pick("到", "To")}</span>
                <input name="to" type="date" value=text(&query.to)/>
            </label>
            <button class="button" type="submit">{lang.pick("查找", "Search")}</button>
        </form>
    }
}

fn row(record: AuditShape, lang: Lang) -> impl IntoView {
    let at = When::here().moment(&record.at);
    let who = match (record.account_id.0, record.name.is_empty()) {
        (0, _) => lang.pick("命令行", "The command line").to_owned(),
        (_, true) => format!("#{}", record.account_id),
        (_, false) => format!("{} #{}", record.name, record.account_id),
    };
    let side = |name: &'static str, text: String| {
        (!text.is_empty()).then(|| view! { <dt>{name}</dt> <dd><code>{text}</code></dd> })
    };
    view! {
        <li class="card audit-record" data-action=record.action.code()>
            <p>
                <b>{record.action.word(lang)}</b> " · " {record.thing.word(lang)} " "
                <span class="digits">{record.thing_id}</span>
            </p>
            <p class="quiet">
                <time datetime=record.at.clone()>{at}</time> " · " {who} " · " {record.place}
            </p>
            <dl class="audit-sides">
                {side(lang.pick("原", "Old"), record.old)}
                {side(lang.pick("新", "New"), record.new)}
                {side(lang.pick("哈希", "Hash"), record.hash)}
            </dl>
        </li>
    }
}

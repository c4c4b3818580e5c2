//! `/bureau/settlement/{id}`: a batch with its merchants' rows, the steps that
//! were taken, the bank's results, and the lines of one merchant.

use super::settlement::waits;
use super::settlement_steps::steps;
use crate::api::caller;
use crate::api::settlement::{self as api, Batch, Part, RowLines, StepSettlement};
use crate::components::page::Page;
use crate::components::settlement::{lines_table, row_sums};
use crate::components::when::When;
use crate::figures::{count, yuan};
use crate::pages::{id_in_path, loaded, parameter};
use domain::shapes::{
    BankResultShape, SettlementItem, SettlementRowShape, SettlementShape, SettlementStepShape,
};
use domain::{Fen, Lang, SettlementLineKind, SettlementState, SettlementStep};
use leptos::either::Either;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// The page.
pub(crate) fn settlement() -> impl IntoView {
    let part = Part { merchant: parameter("merchant"), kind: parameter("kind"), cursor: parameter("cursor") };
    let problem = parameter("problem");
    loaded(api::batch(id_in_path(), part), move |batch| show(&batch, problem.as_deref()))
}

fn show(page: &Batch, problem: Option<&str>) -> impl IntoView + use<> {
    let lang = caller::lang();
    let item = &page.batch.item;
    let title = lang.pick(format!("第 {} 批", item.id), format!("Batch {}", item.id));
    let days = When::here().days(&item.from, &item.to);
    let problem =
        problem.map(|code| view! { <p class="notice notice-warn" role="alert">{why_not(code, lang)}</p> });
    let state = item.state;
    let waits = waits(item, lang).map(|words| format!("：{words}"));
    let body = match &page.lines {
        Some(lines) => merchant_lines(item.id, lines, lang).into_any(),
        None => whole(page, lang).into_any(),
    };
    view! {
        <Page title=title.clone() class="page-wide settle-page">
            <h1>{title} <span class="desk-place">{days}</span></h1>
            <p class="notice" role="status" data-testid="batch-state" data-state=state.code()>
                <b>{state.word(lang)}</b> {waits}
            </p>
            {problem}
            {body}
            <p><a href="/bureau/settlement">{lang.pick("所有批次", "All batches")}</a></p>
        </Page>
    }
}

fn whole(page: &Batch, lang: Lang) -> impl IntoView + use<> {
    let Batch { batch, rows, key, .. } = page;
    let next = rows.next_cursor.clone().map(|cursor| {
        let href = format!("/bureau/settlement/{}?cursor={cursor}", batch.item.id);
        view! { <p class="pager"><a class="button button-quiet" href=href>{lang.pick("下一页", "Next page")}</a></p> }
    });
    let reviews = batch.may.contains(&SettlementStep::Review);
    let table = rows_table(page, reviews.then_some(key.as_str()), lang);
    let files = page.whole_city.then(|| files(&batch.item, lang));
    let results = batch.results.iter().map(|result| bank_result(result, lang)).collect_view();
    view! {
        {totals(&batch.item, lang)}
        {files}
        {steps(batch, key, lang)}
        {(!batch.results.is_empty()).then(|| view! { <section aria-labelledby="results"><h2 id="results">{lang.pick("银行回单", "The bank's results")}</h2>{results}</section> })}
        <section aria-labelledby="rows">
            <h2 id="rows">{lang.pick("商户", "Merchants")}</h2>
            {table}
            {next}
        </section>
        {taken(batch, page, lang)}
    }
}

fn totals(item: &SettlementItem, lang: Lang) -> impl IntoView + use<> {
    let totals = &item.totals;
    let facts = [
        (lang.pick("商户", "Merchants"), count(totals.rows)),
        (lang.pick("转入下批", "Left out"), count(totals.left_out)),
        (lang.pick("本批核销", "Redeemed"), format!("¥{}", yuan(totals.redeemed_fen))),
        (lang.pick("解除暂扣", "Released"), format!("¥{}", yuan(totals.released_fen))),
        (lang.pick("追回", "Clawed back"), format!("¥{}", yuan(totals.clawback_fen))),
        (lang.pick("暂扣", "Withheld"), format!("¥{}", yuan(totals.withheld_fen))),
        (lang.pick("应付合计", "To be paid"), format!("¥{}", yuan(totals.pay_fen))),
    ];
    let facts =
        facts.map(|(name, value)| view! { <div><dt>{name}</dt><dd class="digits">{value}</dd></div> });
    view! { <dl class="settle-sums" data-testid="batch-sums">{facts.collect_view()}</dl> }
}

/// The bank's files, once the batch is exported, with its hash.
fn files(item: &SettlementItem, lang: Lang) -> Option<impl IntoView + use<>> {
    let (id, hash) = (item.id, item.hash.clone()?);
    let link = |ending: &str, words: &'static str| {
        view! { <a href=format!("/api/v1/settlements/{id}/bank.{ending}") download="">{words}</a> }
    };
    let bank = item.bank_reference.clone();
    Some(view! {
        <section class="card" aria-labelledby="files">
            <h2 id="files">{lang.pick("付款文件", "The bank's file")}</h2>
            <p class="downloads">
                {link("csv", lang.pick("下载 CSV", "Download as CSV"))}
                {link("xlsx", lang.pick("下载 XLSX", "Download as XLSX"))}
            </p>
            <p class="settle-hash">"SHA-256 " <code>{hash}</code></p>
            {bank.map(|bank| view! { <p>{lang.pick("银行流水号：", "The bank's reference: ")}{bank}</p> })}
        </section>
    })
}

fn rows_table(page: &Batch, reviews: Option<&str>, lang: Lang) -> impl IntoView + use<> {
    let rows = page.rows.items.iter().map(|row| {
        let district = page.districts.iter().find(|district| district.code == row.district);
        let district = district.map(|district| lang.of(&district.name, &district.name_en).to_owned());
        row_view(row, district, reviews, lang)
    });
    let rows = rows.collect_view();
    view! {
        <div class="table-box" tabindex="0" role="region" aria-labelledby="rows">
            <table class="figures">
                <thead><tr>
                    <th scope="col">{lang.pick("商户", "Merchant")}</th>
                    <th scope="col">{lang.pick("区县", "District")}</th>
                    <th scope="col">{lang.pick("状态", "State")}</th>
                    <th scope="col" class="num">{lang.pick("核销（元）", "Redeemed (¥)")}</th>
                    <th scope="col" class="num">{lang.pick("追回（元）", "Clawed back (¥)")}</th>
                    <th scope="col" class="num">{lang.pick("暂扣（元）", "Withheld (¥)")}</th>
                    <th scope="col" class="num">{lang.pick("应付（元）", "To be paid (¥)")}</th>
                    <th scope="col">{lang.pick("附言", "Reference")}</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

fn row_view(
    row: &SettlementRowShape,
    district: Option<String>,
    reviews: Option<&str>,
    lang: Lang,
) -> impl IntoView + use<> {
    let (id, merchant) = (row.settlement_id, row.merchant_id);
    let name = lang.of(&row.name, &row.name_en).to_owned();
    let redeemed = row.redeemed_fen.plus(row.released_fen).unwrap_or(row.redeemed_fen);
    let waits = row.state == SettlementState::Confirmed;
    let review = reviews.filter(|_| waits).map(|key| {
        let said = lang.pick(format!("复核 {name}"), format!("Review {name}"));
        view! {
            <form method="post" action=StepSettlement::url()>
                <input type="hidden" name="settlement_id" value=id.to_string()/>
                <input type="hidden" name="step" value="review"/>
                <input type="hidden" name="merchant_id" value=merchant.to_string()/>
                <input type="hidden" name="key" value=format!("{key}-{merchant}")/>
                <button class="button button-quiet" type="submit" aria-label=said>{lang.pick("复核", "Review")}</button>
            </form>
        }
    });
    let href = format!("/bureau/settlement/{id}?merchant={merchant}");
    let amount = yuan(row.withheld_fen);
    let withheld = match row.withheld_fen {
        Fen::ZERO => Either::Left(amount),
        _ => Either::Right(view! { <a class="row-link" href=format!("{href}&kind=withheld")>{amount}</a> }),
    };
    view! {
        <tr data-row=merchant.to_string() data-state=row.state.code()>
            <th scope="row"><a class="row-link" href=href>{name}</a></th>
            <td>{district}</td>
            <td>{row.state.word(lang)} {review}</td>
            <td class="num">{yuan(redeemed)}</td>
            <td class="num">{yuan(row.clawback_fen)}</td>
            <td class="num">{withheld}</td>
            <td class="num">{yuan(row.pay_fen)}</td>
            <td>{row.reference.clone()}</td>
        </tr>
    }
}

/// A merchant's lines, of one kind or of all.
fn merchant_lines(id: i64, of: &RowLines, lang: Lang) -> impl IntoView + use<> {
    let (row, merchant) = (&of.row, of.row.merchant_id);
    let name = lang.of(&row.name, &row.name_en).to_owned();
    let base = format!("/bureau/settlement/{id}?merchant={merchant}");
    let chip = |kind: &str, words: &'static str| {
        let here = (of.kind == kind).then_some("page");
        let href = if kind.is_empty() { base.clone() } else { format!("{base}&kind={kind}") };
        view! { <a class="chip" href=href aria-current=here>{words}</a> }
    };
    let all = chip("", lang.pick("全部", "All")).into_any();
    let kinds = SettlementLineKind::ALL.iter().map(|kind| chip(kind.code(), kind.word(lang)).into_any());
    let chips = std::iter::once(all).chain(kinds).collect_view();
    let next = of.lines.next_cursor.clone().map(|cursor| {
        let kind = if of.kind.is_empty() { String::new() } else { format!("&kind={}", of.kind) };
        view! { <p class="pager"><a class="button button-quiet" href=format!("{base}{kind}&cursor={cursor}")>{lang.pick("下一页", "Next page")}</a></p> }
    });
    let none = of.lines.items.is_empty();
    view! {
        <section aria-labelledby="lines">
            <h2 id="lines">{name} " · " {row.state.word(lang)}</h2>
            {row_sums(row, lang)}
            <nav class="chips" aria-label=lang.pick("性质", "Kind")>{chips}</nav>
            {none.then(|| view! { <p class="nothing">{lang.pick("没有这样的明细。", "There is no such line.")}</p> })}
            {(!none).then(|| lines_table(&of.lines.items, "/bureau/risk", lang))}
            {next}
            <p><a class="button button-quiet" href=format!("/bureau/settlement/{id}")>{lang.pick("回本批", "Back to the batch")}</a></p>
        </section>
    }
}

fn bank_result(result: &BankResultShape, lang: Lang) -> impl IntoView + use<> {
    let paid = result.outcome == "paid";
    let words = match paid {
        true => lang.pick("全部对上，已入账", "All of it matched and is booked").to_owned(),
        false => lang.of(&result.detail, &result.detail_en).to_owned(),
    };
    let rows = result.mismatches.iter().map(|one| {
        let words = lang.of(&one.words, &one.words_en).to_owned();
        view! { <tr data-mismatch=one.reference.clone()><th scope="row">{one.reference.clone()}</th><td>{words}</td></tr> }
    });
    let rows = rows.collect_view();
    let class = if paid { "notice" } else { "notice notice-warn" };
    let at = When::here().moment(&result.at);
    let by = result.by.to_string();
    view! {
        <article class="card" data-outcome=result.outcome.clone() data-testid="bank-result">
            <p>{at} " · " {result.file_name.clone()} " · " {lang.pick("账号 ", "account ")}{by}</p>
            <p class=class>{words}</p>
            {(!result.mismatches.is_empty()).then(|| view! {
                <div class="table-box" tabindex="0" role="region" aria-label=lang.pick("对不上的付款", "Payments that do not match")>
                    <table class="figures">
                        <thead><tr>
                            <th scope="col">{lang.pick("附言", "Reference")}</th>
                            <th scope="col">{lang.pick("哪里不对", "What is wrong")}</th>
                        </tr></thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            })}
            <p class="settle-hash">"SHA-256 " <code>{result.file_hash.clone()}</code></p>
        </article>
    }
}

/// Who took which step, and when.
fn taken(batch: &SettlementShape, page: &Batch, lang: Lang) -> impl IntoView + use<> {
    let made = (batch.item.made_at.clone(), batch.item.made_by.to_string());
    let line = |step: &SettlementStepShape| {
        let place = step.district.and_then(|code| page.districts.iter().find(|known| known.code == code));
        let place = place.map(|district| lang.of(&district.name, &district.name_en).to_owned());
        let whose = step
            .merchant_id
            .map(|merchant| lang.pick(format!("商户 {merchant}"), format!("merchant {merchant}")));
        let of = whose.or(place).map(|of| format!("（{of}）"));
        let sum = lang.pick(
            format!("{} 家，¥{}", count(step.rows), yuan(step.pay_fen)),
            format!("rows: {}, ¥{}", count(step.rows), yuan(step.pay_fen)),
        );
        let (at, by) = (When::here().moment(&step.at), step.by.to_string());
        view! { <li data-step=step.step.code()><b>{step.step.word(lang)}</b>{of} " · " {at} " · " {lang.pick("账号 ", "account ")}{by} " · " {sum}</li> }
    };
    let lines = batch.steps.iter().map(line).collect_view();
    view! {
        <section aria-labelledby="taken">
            <h2 id="taken">{lang.pick("谁在何时办的", "Who did what, and when")}</h2>
            <ol class="settle-taken">
                {lines}
                <li data-step="make"><b>{lang.pick("编制", "made")}</b> " · " {When::here().moment(&made.0)} " · " {lang.pick("账号 ", "account ")}{made.1}</li>
            </ol>
        </section>
    }
}

/// Why a result was not taken, where it is not noted with the batch.
fn why_not(code: &str, lang: Lang) -> &'static str {
    match code {
        "bad_field" => lang.pick("没有收到文件或银行流水号", "No file came, or no reference of the bank"),
        "file_too_large" => lang.pick("文件超过 4 MB", "The file is larger than 4 MB"),
        "unauthenticated" | "wrong_role" => lang.pick("请用财务账号登录", "Sign in as finance"),
        "bad_key" | "key_reused" => {
            lang.pick("请刷新本页再导入", "Load the page again and bring it in once more")
        }
        "wrong_state" => lang.pick("这一批现在不等银行回单", "The batch does not wait for the bank now"),
        "other_batch" | "wrong_total" | "unmatched" | "unreadable" | "too_long" => {
            lang.pick("回单没有入账，原因见下", "The result was not booked: see below")
        }
        _ => lang.pick("文件没有收下，请重试", "The file was not taken: try again"),
    }
}

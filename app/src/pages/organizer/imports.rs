//! `/bureau/import`: a spreadsheet of merchants is uploaded, and
//! `/bureau/import/{id}`: what its check found, to be confirmed.

use crate::api::caller;
use crate::api::imports::{self as api, ConfirmImport};
use crate::components::page::Page;
use crate::components::when::When;
use crate::figures::count;
use crate::islands::reload::Reload;
use crate::pages::{id_in_path, loaded, parameter};
use domain::Lang;
use domain::shapes::{ImportShape, ImportState, Page as List};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// Where the form is sent: a door of its own, because a file is larger than
/// any other form.
const UPLOAD: &str = "/bureau/import/file";
/// How often the page of an import under way looks again.
const LOOK_AGAIN_MS: u32 = 1_500;
/// Bad cells on the page; the interface tells more.
const SHOWN: usize = 200;

/// The page of the upload.
pub(crate) fn imports() -> impl IntoView {
    let problem = parameter("problem");
    loaded(api::all(parameter("cursor")), move |imports| upload(&imports, problem.as_deref()))
}

/// The page of one import.
pub(crate) fn import() -> impl IntoView {
    loaded(api::one(id_in_path()), |import| one(&import))
}

fn upload(imports: &List<ImportShape>, problem: Option<&str>) -> impl IntoView + use<> {
    let lang = caller::lang();
    let problem = problem.map(|code| why_not(code, lang));
    let rows = imports.items.iter().map(|import| row(import, lang)).collect_view();
    let none = imports.items.is_empty();
    let next = imports.next_cursor.clone();
    view! {
        <Page title=lang.pick("导入商户", "Import merchants") class="import-page">
            <h1>{lang.pick("导入商户", "Import merchants")}</h1>
            {problem.map(|words| view! { <p class="notice notice-warn" role="alert" data-testid="import-problem">{words}</p> })}
            <form class="card form" method="post" action=UPLOAD enctype="multipart/form-data">
                <label class="field">
                    <span>{lang.pick("文件（CSV 或 XLSX，一行一家门店，最大 20 MB、2 万行）", "The file (CSV or XLSX, a row for each outlet, at most 20 MB and 20,000 rows)")}</span>
                    <input type="file" name="file" required accept=".csv,.xlsx,text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"/>
                </label>
                <p class="quiet">{lang.pick("先检查，列出每一处错误；确认以后才写入，要么全部，要么一行不写。", "It is checked first and every mistake is listed; it is written once you confirm, all of it or nothing.")}</p>
                <button class="button button-big" type="submit" data-testid="import-upload">{lang.pick("上传并检查", "Upload and check")}</button>
                <p><a class="button button-quiet" href="/api/v1/imports/template.csv" download>{lang.pick("下载模板", "Download the template")}</a></p>
            </form>
            <section>
                <h2>{lang.pick("最近的导入", "Imports of late")}</h2>
                {match none {
                    true => view! { <p class="nothing">{lang.pick("30 天内没有导入。", "None within 30 days.")}</p> }.into_any(),
                    false => view! { <ul class="import-list">{rows}</ul> }.into_any(),
                }}
                {next.map(|cursor| view! { <p class="pager"><a class="button button-quiet" href=format!("/bureau/import?cursor={cursor}")>{lang.pick("更早的", "Earlier ones")}</a></p> })}
            </section>
            <p><a class="button button-quiet" href="/bureau">{lang.pick("回总览", "Back to the overview")}</a></p>
        </Page>
    }
}

fn row(import: &ImportShape, lang: Lang) -> impl IntoView + use<> {
    let name =
        if import.file_name.is_empty() { format!("#{}", import.import_id) } else { import.file_name.clone() };
    view! {
        <li>
            <a class="row-link" href=format!("/bureau/import/{}", import.import_id)>{name}</a>
            <span>{import.state.word(lang)} " · " {When::here().moment(&import.begun_at)}</span>
        </li>
    }
}

/// Why a file was not taken. The code stands in the address: words of the
/// page's own are shown for it, and none of the address.
fn why_not(code: &str, lang: Lang) -> &'static str {
    match code {
        "file_too_large" => lang.pick(
            "文件超过 20 MB，或上传太慢，请拆分后重试",
            "The file is larger than 20 MB, or took too long: split it and try again",
        ),
        "busy" => lang.pick(
            "正在处理其他文件，请过几秒再上传",
            "Other files are being worked on: upload again in a few seconds",
        ),
        "unauthenticated" | "wrong_role" => {
            lang.pick("请用市级账号登录后再上传", "Sign in as a city officer and upload again")
        }
        "bad_field" => {
            lang.pick("没有收到文件，请选择一个不是空的文件", "No file came: choose one that is not empty")
        }
        _ => lang.pick("文件没有收下，请重试", "The file was not taken: try again"),
    }
}

fn one(import: &ImportShape) -> impl IntoView + use<> {
    let lang = caller::lang();
    let under_way = matches!(import.state, ImportState::Reading | ImportState::Writing);
    let title = lang.pick("导入商户", "Import merchants");
    let name = Some(import.file_name.clone()).filter(|name| !name.is_empty());
    let (state, said) = (import.state, said(import, lang));
    let progress = under_way.then(|| progress(import, lang));
    let found = (!under_way).then(|| found(import, lang));
    let (confirm, bad) = (confirm(import, lang), bad(import, lang));
    view! {
        <Page title class="import-page">
            <h1>{title} {name.map(|name| view! { <span class="desk-place">{name}</span> })}</h1>
            <p class="notice" role="status" data-testid="import-state" data-state=state.code()>
                <b>{state.word(lang)}</b> " " {said}
            </p>
            {progress}
            {found}
            {confirm}
            {bad}
            <p><a class="button button-quiet" href="/bureau/import">{lang.pick("上传另一个文件", "Upload another file")}</a></p>
        </Page>
    }
}

fn said(import: &ImportShape, lang: Lang) -> &'static str {
    match import.state {
        ImportState::Reading | ImportState::Writing => {
            lang.pick("可以离开本页，稍后再来看。", "You may leave the page and look later.")
        }
        ImportState::Checked if import.whole => {
            lang.pick("没有错误，确认后写入。", "Nothing is wrong: confirm, and it is written.")
        }
        ImportState::Checked if import.without_bad => {
            lang.pick("有错误的行，尚未写入。", "Some rows are wrong; nothing is written.")
        }
        ImportState::Checked => lang.pick(
            "没有可以导入的行，请修改后重新上传。",
            "No row can be taken: mend the file and upload it again.",
        ),
        ImportState::Done => {
            lang.pick("已全部写入，各收银台和页面立即可见。", "All of it is written and shows everywhere.")
        }
        ImportState::Failed => lang.pick(
            "没有写入任何内容，请重新上传或再次确认。",
            "Nothing was written: upload it again, or confirm once more.",
        ),
    }
}

fn progress(import: &ImportShape, lang: Lang) -> impl IntoView + use<> {
    let (done, total) = (import.done, import.total);
    let words = match total {
        0 => lang.pick("正在读取文件", "Reading the file").to_owned(),
        _ => lang.pick(
            format!("{} / {} 家门店", count(done), count(total)),
            format!("{} of {} outlets", count(done), count(total)),
        ),
    };
    let id = import.import_id;
    view! {
        <section class="card import-progress">
            {(total > 0).then(|| view! { <progress value=done.to_string() max=total.to_string() aria-label=lang.pick("进度", "Progress")></progress> })}
            <p class="digits">{words}</p>
            <Reload after_ms=LOOK_AGAIN_MS/>
            <p><a class="button button-quiet" href=format!("/bureau/import/{id}") data-testid="import-refresh">{lang.pick("刷新", "Look again")}</a></p>
        </section>
    }
}

fn found(import: &ImportShape, lang: Lang) -> impl IntoView + use<> {
    let fact =
        |name: &'static str, number: i64| view! { <dt>{name}</dt> <dd class="digits">{count(number)}</dd> };
    view! {
        <section class="card">
            <dl class="facts">
                {fact(lang.pick("行数", "Rows"), import.rows)}
                {fact(lang.pick("有误的行", "Bad rows"), import.bad_rows)}
                {fact(lang.pick("新商户", "New merchants"), import.new_merchants)}
                {fact(lang.pick("新门店", "New outlets"), import.new_outlets)}
                {fact(lang.pick("有变动", "Changed"), import.changed)}
                {fact(lang.pick("没有变动", "Unchanged"), import.unchanged)}
            </dl>
        </section>
    }
}

fn confirm(import: &ImportShape, lang: Lang) -> Option<impl IntoView + use<>> {
    if !import.whole && !import.without_bad {
        return None;
    }
    let id = import.import_id.to_string();
    let (skip, testid, words) = if import.whole {
        ("", "import-confirm", lang.pick("确认导入".to_owned(), "Import".to_owned()))
    } else {
        let bad = count(import.bad_rows);
        let words =
            lang.pick(format!("跳过 {bad} 行，导入其余"), format!("Skip {bad} rows and import the others"));
        ("yes", "import-skip", words)
    };
    Some(view! {
        <form method="post" action=ConfirmImport::url()>
            <input type="hidden" name="import_id" value=id/>
            <input type="hidden" name="skip_bad" value=skip/>
            <button class="button" type="submit" data-testid=testid>{words}</button>
        </form>
    })
}

fn bad(import: &ImportShape, lang: Lang) -> Option<impl IntoView + use<>> {
    if import.bad.is_empty() {
        return None;
    }
    let rows = import.bad.iter().take(SHOWN).map(|bad| {
        let row = if bad.row == 0 { lang.pick("文件", "File").to_owned() } else { bad.row.to_string() };
        view! {
            <tr data-bad-row=bad.row.to_string()>
                <th scope="row" class="num">{row}</th>
                <td>{bad.column.clone()}</td>
                <td>{bad.value.clone()}</td>
                <td>{bad.rule.clone()}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    let more = import.bad.len().saturating_sub(SHOWN);
    Some(view! {
        <section>
            <h2 id="bad">{lang.pick("要修改的地方", "To be mended")}</h2>
            <div class="table-box" tabindex="0" role="region" aria-labelledby="bad">
                <table class="figures">
                    <thead><tr>
                        <th scope="col" class="num">{lang.pick("行", "Row")}</th>
                        <th scope="col">{lang.pick("列", "Column")}</th>
                        <th scope="col">{lang.pick("内容", "Value")}</th>
                        <th scope="col">{lang.pick("规则", "Rule")}</th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            {(more > 0).then(|| view! { <p class="quiet">{lang.pick(format!("另有 {more} 处，先改上面的。"), format!("{more} more: mend these first."))}</p> })}
        </section>
    })
}

//! `/rounds/{id}/draw`: a draw's public proof, step by step, and its check.

use crate::api::{ApiError, caller, draws};
use crate::components::page::Page;
use crate::components::ticket::places;
use crate::components::when::When;
use crate::islands::draw_check::DrawCheck;
use crate::pages::{id_in_path, loaded};
use domain::shapes::{DrawProof, EntryShape, PlacesShape, ResultShape, RoundShape};
use domain::{Lang, RoundId};
use leptos::prelude::*;

async fn read(id: Result<i64, ApiError>) -> Result<(RoundShape, DrawProof, Option<EntryShape>), ApiError> {
    draws::one(RoundId(id?)).await
}

/// The page.
pub(crate) fn draw() -> impl IntoView {
    let id = id_in_path();
    loaded(read(id), |(round, proof, own)| {
        let lang = caller::lang();
        let campaign = lang.of(&round.campaign_title, &round.campaign_title_en).to_owned();
        let title = lang.pick(format!("摇号公示：{campaign}"), format!("The draw of {campaign}"));
        view! {
            <Page title=title.clone()>
                <h1 class="title">{title}</h1>
                <p>
                    <a href=format!("/rounds/{}", round.id)>{lang.of(&round.title, &round.title_en).to_owned()}</a>
                    " · " {proof.phase.word(lang)}
                </p>
                <p class="lead">{lang.pick(
                    "谁都不能挑选中签的人：主办方在报名前就锁定了自己的密钥，另一半由报名截止后才公开的数值决定。下面每一步都可以自己重算。",
                    "Nobody could choose the winners: the city fixed its secret before entries opened, and the other half is a value that became public only after they closed. Anyone can compute every step again.",
                )}</p>
                <Commitment proof=proof.clone()/>
                <List proof=proof.clone()/>
                <Value proof=proof.clone()/>
                <Results proof=proof.clone() own/>
                <Check proof/>
            </Page>
        }
    })
}

/// A step's card.
#[component]
fn Step(title: &'static str, children: Children) -> impl IntoView {
    view! { <section class="card draw-step"><h2>{title}</h2>{children()}</section> }
}

/// A hash, or that it is still to come.
fn hash(value: Option<String>, lang: Lang) -> impl IntoView {
    value.map_or_else(
        || view! { <span class="quiet">{lang.pick("尚未公布", "not published yet")}</span> }.into_any(),
        |value| view! { <span class="hash">{value}</span> }.into_any(),
    )
}

fn moment(text: Option<&String>, lang: Lang) -> String {
    text.map_or_else(|| lang.pick("尚未", "not yet").to_owned(), |text| When::here().moment(text))
}

#[component]
fn Commitment(proof: DrawProof) -> impl IntoView {
    let lang = caller::lang();
    view! {
        <Step title=lang.pick("1. 报名前：承诺", "1. Before entries: the commitment")>
            <p>{lang.pick(
                "主办方的 32 字节密钥先保密，只公布它的 SHA-256。之后换一个密钥，就对不上这个承诺。",
                "The city's 32 secret bytes stay secret; their SHA-256 is published. Another secret would not fit it.",
            )}</p>
            <dl class="facts">
                <dt>{lang.pick("承诺", "Commitment")}</dt>
                <dd class="hash" data-testid="commitment">{proof.commitment}</dd>
                <dt>{lang.pick("公开数值来源", "Public value")}</dt>
                <dd>{lang.of(&proof.public_source, &proof.public_source_en).to_owned()}</dd>
                <dt>{lang.pick("何时有数值", "There from")}</dt>
                <dd>{When::here().moment(&proof.draws_at)}</dd>
            </dl>
        </Step>
    }
}

#[component]
fn List(proof: DrawProof) -> impl IntoView {
    let lang = caller::lang();
    let entries = format!("/api/v1/rounds/{}/draw/entries", proof.round_id);
    let frozen = proof.list_hash.is_some();
    view! {
        <Step title=lang.pick("2. 报名截止：封存名单", "2. Entries close: the list is frozen")>
            <p>{lang.pick(
                "名单只有随机编号，不含姓名和电话；按编号排序，每行一个，公布整份名单的 SHA-256。",
                "The list holds random names alone, neither persons nor telephones, sorted, a line each; its SHA-256 is published.",
            )}</p>
            <dl class="facts">
                <dt>{lang.pick("报名数", "Entries")}</dt>
                <dd class="digits">{proof.entries.unwrap_or(proof.entered)}</dd>
                <dt>{lang.pick("封存时间", "Frozen")}</dt>
                <dd>{moment(proof.frozen_at.as_ref(), lang)}</dd>
                <dt>{lang.pick("名单哈希", "List's hash")}</dt>
                <dd>{hash(proof.list_hash, lang)}</dd>
            </dl>
            {frozen.then(|| view! { <p><a href=entries>{lang.pick("下载名单（文本）", "Download the list (text)")}</a></p> })}
        </Step>
    }
}

#[component]
fn Value(proof: DrawProof) -> impl IntoView {
    let lang = caller::lang();
    let value = proof.public_value.clone();
    view! {
        <Step title=lang.pick("3. 摇号：公开数值、密钥和种子", "3. The draw: value, secret and seed")>
            <p>{lang.pick(
                "种子是四行文字的 SHA-256：yuehui draw、轮次号、密钥、公开数值。",
                "The seed is the SHA-256 of four lines: yuehui draw, the round's number, the secret, the public value.",
            )}</p>
            <dl class="facts">
                <dt>{lang.pick("公开数值", "Public value")}</dt>
                <dd class="digits" data-testid="public-value">{value.unwrap_or_else(|| lang.pick("尚未公布", "not published yet").to_owned())}</dd>
                <dt>{lang.pick("公布时间", "Published")}</dt>
                <dd>{moment(proof.revealed_at.as_ref(), lang)}</dd>
                <dt>{lang.pick("轮次号", "Round")}</dt>
                <dd class="digits">{proof.round_id.to_string()}</dd>
                <dt>{lang.pick("密钥", "Secret")}</dt>
                <dd>{hash(proof.city_secret, lang)}</dd>
                <dt>{lang.pick("种子", "Seed")}</dt>
                <dd>{hash(proof.seed, lang)}</dd>
            </dl>
        </Step>
    }
}

#[component]
fn Results(proof: DrawProof, own: Option<EntryShape>) -> impl IntoView {
    let lang = caller::lang();
    let drawn = proof.result_hash.is_some();
    let all = format!("/api/v1/rounds/{}/draw/results", proof.round_id);
    let own = own.map(|own| own.entry);
    let rows = proof.results.iter().map(|row| result(row, own == Some(row.entry), lang)).collect_view();
    view! {
        <Step title=lang.pick("4. 结果：排名、中签、候补", "4. Ranks, winners, waiting list")>
            <p>{lang.pick(
                "每个编号的排名值是 HMAC-SHA256（种子，编号），从小到大排队：先按区县名额，再把可外借名额的剩余给后面的人，然后是候补。",
                "An entry's rank is HMAC-SHA256 (seed, entry), the smallest first: each district's places, then what is left of the lent ones, then the waiting list.",
            )}</p>
            <table class="draw-table">
                <thead><tr>
                    <th scope="col">{lang.pick("名额", "Places")}</th>
                    <th scope="col">{lang.pick("数量", "Count")}</th>
                    <th scope="col">{lang.pick("中签", "Won")}</th>
                </tr></thead>
                <tbody>{proof.places.iter().map(|row| places_row(row, lang)).collect_view()}</tbody>
            </table>
            {drawn.then(|| view! {
                <dl class="facts">
                    <dt>{lang.pick("中签 / 候补", "Won / waiting")}</dt>
                    <dd class="digits">{proof.winners.unwrap_or(0)} " / " {proof.waiting.unwrap_or(0)}</dd>
                    <dt>{lang.pick("结果哈希", "Results' hash")}</dt>
                    <dd>{hash(proof.result_hash.clone(), lang)}</dd>
                </dl>
                <details class="more">
                    <summary>{lang.pick("排名最前的一百个", "The first hundred")}</summary>
                    <ol class="draw-results">{rows}</ol>
                </details>
                <p><a href=all>{lang.pick("下载全部结果（文本）", "Download all results (text)")}</a></p>
            })}
        </Step>
    }
}

fn places_row(row: &PlacesShape, lang: Lang) -> impl IntoView + use<> {
    let name = row
        .district
        .map_or_else(|| lang.pick("不分区县", "everyone").to_owned(), |code| places(&[code], lang));
    let lent = row.district.is_some() && row.lent;
    view! {
        <tr>
            <th scope="row">{name} {lent.then(|| lang.pick("（可外借）", " (lent)"))}</th>
            <td class="digits">{row.count}</td>
            <td class="digits">{row.won.map_or_else(|| "–".to_owned(), |won| won.to_string())}</td>
        </tr>
    }
}

fn result(row: &ResultShape, own: bool, lang: Lang) -> impl IntoView + use<> {
    let words = match row.waiting {
        Some(number) => lang.pick(format!("候补 {number}"), format!("waiting {number}")),
        None => lang.pick("中签", "won").to_owned(),
    };
    view! {
        <li value=row.rank.to_string()>
            <span class="hash">{row.entry.to_string()}</span> " " {words}
            {own.then(|| view! { " " <b class="tag tag-open">{lang.pick("我", "me")}</b> })}
        </li>
    }
}

#[component]
fn Check(proof: DrawProof) -> impl IntoView {
    let lang = caller::lang();
    let round = proof.round_id;
    let commands = format!(
        "curl -s …/api/v1/rounds/{round}/draw/entries | sha256sum\nprintf '%s' SECRET | xxd -r -p | sha256sum\nprintf 'yuehui draw\\n{round}\\n%s\\n%s\\n' SECRET VALUE | sha256sum"
    );
    view! {
        <Step title=lang.pick("5. 自己核验", "5. Check it yourself")>
            <p>{lang.pick(
                "按下按钮，您的手机会下载名单，把每一步重算一遍，与上面公布的比对。计算在您的手机上进行，不经过服务器。",
                "At a press your phone downloads the list, computes every step again and compares. The phone computes, not the server.",
            )}</p>
            {match proof.list_hash {
                Some(_) => view! { <DrawCheck round lang/> }.into_any(),
                None => view! { <p class="notice">{lang.pick("报名截止、名单封存后就能核验。", "The check begins when the list is frozen.")}</p> }.into_any(),
            }}
            <noscript><p class="notice">{lang.pick("没有 JavaScript 时，可用下面的命令核验。", "Without JavaScript, check by these commands.")}</p></noscript>
            <details class="more">
                <summary>{lang.pick("用命令行核验", "Check by command line")}</summary>
                <pre class="draw-commands" tabindex="0">{commands}</pre>
            </details>
            <p><a href=format!("/api/v1/rounds/{round}/draw")>{lang.pick("以 JSON 查看全部", "All of it as JSON")}</a></p>
        </Step>
    }
}

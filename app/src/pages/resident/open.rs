//! `/open`: the ledger's head, and how anyone checks it.

use crate::api::{ApiError, caller, draws};
use crate::components::page::Page;
use crate::components::when::When;
use crate::figures::{count, yuan};
use crate::pages::{loaded, parameter};
use domain::shapes::{LedgerLine, OpenBooks, OpenRow, RoundShape};
use domain::{DistrictCode, Lang, OpenQuery};
use leptos::prelude::*;

/// The page.
pub(crate) fn open() -> impl IntoView {
    loaded(read(parameter("receipt"), parameter("district")), |(books, draws, own)| {
        let (lang, when) = (caller::lang(), When::here());
        let figures = figures(&books, lang);
        let head = books.head;
        view! {
            <Page title=lang.pick("公开账目", "Open books")>
                <h1 class="title">{lang.pick("公开账目", "Open books")}</h1>
                <p class="lead">
                    {lang.pick(
                        "每一分消费券资金的发放、领取、核销和支付都记入一本只增不改的台账。每组记录带着前一组的哈希值：改动任何一笔旧账，后面的哈希值都会对不上。",
                        "Every fen of voucher money that is released, claimed, redeemed and paid stands in a ledger that only grows. Each group of lines carries the hash of the one before: whoever changes an old line breaks every later hash.",
                    )}
                </p>
                {figures}
                <section class="card">
                    <h2>{lang.pick("台账最新一组", "The newest group")}</h2>
                    <dl class="facts">
                        <dt>{lang.pick("序号", "Number")}</dt>
                        <dd class="digits">{head.sequence}</dd>
                        <dt>{lang.pick("时间", "Time")}</dt>
                        <dd>{head.at.map_or_else(|| "–".to_owned(), |at| when.moment(&at))}</dd>
                        <dt>{lang.pick("哈希值", "Hash")}</dt>
                        <dd class="hash">{head.hash}</dd>
                    </dl>
                </section>
                <p>
                    {lang.pick(
                        "抄下序号和哈希值，日后可以对照：同一序号的哈希值变了，就说明旧账被改过。管理方用 yuehui verify 命令重算全部台账。",
                        "Write the number and the hash down and compare them later: another hash under the same number means that an old line was changed. The bureau recomputes all of it by the command yuehui verify.",
                    )}
                </p>
                {how_to_check(lang)}
                {own_lines(own, lang)}
                <p><a href="/api/v1/ledger/head">{lang.pick("以 JSON 查看", "See it as JSON")}</a></p>
                {(!draws.is_empty()).then(|| public_draws(draws, lang))}
            </Page>
        }
    })
}

/// What was found for a receipt; `None` where nothing was asked.
type Found = Option<Vec<LedgerLine>>;

async fn read(
    receipt: Option<String>,
    district: Option<String>,
) -> Result<(OpenBooks, Vec<RoundShape>, Found), ApiError> {
    let backend = caller::backend()?;
    let own = match receipt {
        Some(receipt) => {
            let resident = caller::signed_in().await?;
            Some(backend.lines_of_receipt(&resident, receipt.trim()).await.map_err(caller::convert)?)
        }
        None => None,
    };
    let books = backend.open_books(&OpenQuery { district }).await.map_err(caller::convert)?;
    Ok((books, draws::all().await?, own))
}

/// The draws, each with its proof.
fn public_draws(draws: Vec<RoundShape>, lang: Lang) -> impl IntoView {
    let draw = |round: RoundShape| {
        let name = format!(
            "{} · {}",
            lang.of(&round.campaign_title, &round.campaign_title_en),
            lang.of(&round.title, &round.title_en)
        );
        let phase = round.draw.map(|draw| draw.phase.word(lang));
        view! { <li><a href=format!("/rounds/{}/draw", round.id)>{name}</a> " " <span class="quiet">{phase}</span></li> }
    };
    view! {
        <section class="card">
            <h2>{lang.pick("摇号公示", "Draws")}</h2>
            <p>{lang.pick("每次摇号的承诺、名单、种子和结果，任何人都可以核验。", "The commitment, list, seed and results of every draw, for anyone to check.")}</p>
            <ul class="draw-list">{draws.into_iter().map(draw).collect_view()}</ul>
        </section>
    }
}

/// The figures by district and by day.
fn figures(books: &OpenBooks, lang: Lang) -> impl IntoView + use<> {
    let total = lang.pick("合计", "Total").to_owned();
    let name = |row: &OpenRow| lang.of(&row.name, &row.name_en).to_owned();
    let districts =
        books.districts.iter().map(|row| line(row, district_name(row, name(row), books.district)));
    let districts = districts.collect_view();
    let days = books.days.iter().rev().map(|row| line(row, row.key.clone())).collect_view();
    let asked = books.district.map(|code| code.to_string());
    let asked = books.districts.iter().find(|row| Some(&row.key) == asked.as_ref()).map(name);
    let whose = asked.clone().map(|name| lang.pick(format!("（{name}）"), format!(" of {name}")));
    let sum = line(&books.total, total);
    let as_of = When::here().moment(&books.as_of);
    view! {
        <section aria-labelledby="by-district">
            <h2 id="by-district">{lang.pick("各区县", "By district")}</h2>
            <p class="quiet">{lang.pick("截至 ", "As of ")}{as_of}{lang.pick("。点区县名看它逐日的数字。", ". The name of a district leads to its days.")}</p>
            <div class="table-box" tabindex="0" role="region" aria-labelledby="by-district">
                <table class="figures tally" data-testid="open-districts">
                    {heads(lang.pick("区县", "District"), lang)}
                    <tbody>{districts}</tbody>
                    <tfoot>{sum}</tfoot>
                </table>
            </div>
        </section>
        <section aria-labelledby="by-day">
            <h2 id="by-day">{lang.pick("各营业日", "By business day")}{whose}</h2>
            <div class="table-box" tabindex="0" role="region" aria-labelledby="by-day">
                <table class="figures" data-testid="open-days">
                    {heads(lang.pick("营业日", "Business day"), lang)}
                    <tbody>{days}</tbody>
                </table>
            </div>
            {asked.map(|_| view! { <p class="pager"><a class="button button-quiet" href="/open#by-day">{lang.pick("看全市", "Show all districts")}</a></p> })}
        </section>
    }
}

fn heads(first: &'static str, lang: Lang) -> impl IntoView {
    view! {
        <thead><tr>
            <th scope="col">{first}</th>
            <th scope="col" class="num">{lang.pick("发放", "Released")}</th>
            <th scope="col" class="num">{lang.pick("领取", "Claimed")}</th>
            <th scope="col" class="num">{lang.pick("核销", "Redeemed")}</th>
            <th scope="col" class="num">{lang.pick("财政补贴", "Government subsidy")}</th>
            <th scope="col" class="num">{lang.pick("已支付商户", "Paid to merchants")}</th>
        </tr></thead>
    }
}

/// The name of a district, which leads to its days.
fn district_name(row: &OpenRow, name: String, asked: Option<DistrictCode>) -> AnyView {
    if row.key.is_empty() {
        return name.into_any();
    }
    let here = asked.is_some_and(|code| code.to_string() == row.key).then_some("true");
    view! { <a class="row-link" href=format!("/open?district={}#by-day", row.key) aria-current=here>{name}</a> }
        .into_any()
}

fn line(row: &OpenRow, name: impl IntoView + 'static) -> impl IntoView {
    view! {
        <tr data-key=row.key.clone()>
            <th scope="row">{name}</th>
            <td class="num">{count(row.released)}</td>
            <td class="num">{count(row.claimed)}</td>
            <td class="num">{count(row.redeemed)}</td>
            <td class="num">{yuan(row.government_fen)}</td>
            <td class="num">{yuan(row.paid_fen)}</td>
        </tr>
    }
}

/// How an export of the ledger is checked by hand.
fn how_to_check(lang: Lang) -> impl IntoView {
    view! {
        <details class="card">
            <summary>{lang.pick("怎样核验整本台账", "How to check the whole ledger")}</summary>
            <ol class="open-check">
                <li>{lang.pick("下载 16 条链的全部区块（/api/v1/ledger/blocks?chain=0 至 15，按 next_cursor 翻页）。", "Fetch all blocks of the 16 chains: /api/v1/ledger/blocks?chain=0 to 15, page by page with next_cursor.")}</li>
                <li>{lang.pick("每个区块的哈希值 = SHA-256（“previous chain sequence at_ms”一行加换行，再接 entries 原文）；previous 应等于上一块的哈希值，第一块为 64 个 0。", "A block’s hash is the SHA-256 of the line “previous chain sequence at_ms” with a line feed and then its entries; previous is the hash of the block before, 64 zeros for the first.")}</li>
                <li>{lang.pick("entries 每行的金额合计为零；以 audit 开头的行是审计记录的编号和哈希值，以 settle 开头的行是已导出的结算批次。", "The amounts on each line of entries sum to zero; a line that starts with audit is the number and hash of an audit record, one that starts with settle a part of an exported settlement.")}</li>
                <li>{lang.pick("各链最后一块按“chain sequence hash”逐行排列（跳过空链），其 SHA-256 就是上面的哈希值。", "Write a line “chain sequence hash” for the last block of each chain that has one: the SHA-256 of these lines is the hash above.")}</li>
            </ol>
        </details>
    }
}

/// The form by which a resident finds the line of their own redemption.
fn own_lines(found: Found, lang: Lang) -> impl IntoView {
    let result = found.map(|lines| {
        let none = lines.is_empty();
        let rows = lines.into_iter().map(|line| {
            view! {
                <li>
                    <code class="hash" data-testid="own-line">{line.line}</code>
                    <p class="quiet">{lang.pick("链 ", "Chain ")}{line.chain}{lang.pick("，区块 ", ", block ")}{line.sequence}" · "{When::here().moment(&line.at)}</p>
                    <p class="hash">{line.hash}</p>
                </li>
            }
        });
        let rows = rows.collect_view();
        view! {
            {none.then(|| view! { <p class="notice">{lang.pick("您的核销里没有这个小票码。", "None of your redemptions has this receipt code.")}</p> })}
            <ul class="draw-list">{rows}</ul>
        }
    });
    view! {
        <section class="card" id="own">
            <h2>{lang.pick("找到自己的那一笔", "Find your own line")}</h2>
            <form class="form" method="get" action="/open#own">
                <label class="field">
                    <span>{lang.pick("核销小票上的四位码（需登录）", "The four digits of the receipt (signed in)")}</span>
                    <input name="receipt" inputmode="numeric" pattern="[0-9]{4}" maxlength="4" required autocomplete="off"/>
                </label>
                <button class="button" type="submit">{lang.pick("查找", "Find")}</button>
            </form>
            {result}
        </section>
    }
}

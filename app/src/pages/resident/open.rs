//! `/open`: the ledger's head, and how anyone checks it.

use crate::api::{ApiError, caller, draws, season};
use crate::components::page::Page;
use crate::components::when::When;
use crate::pages::loaded;
use domain::Lang;
use domain::shapes::{LedgerHead, RoundShape};
use leptos::prelude::*;

/// The page.
pub(crate) fn open() -> impl IntoView {
    loaded(read(), |(head, draws)| {
        let (lang, when) = (caller::lang(), When::here());
        view! {
            <Page title=lang.pick("公开账目", "Open books")>
                <h1 class="title">{lang.pick("公开账目", "Open books")}</h1>
                <p class="lead">
                    {lang.pick(
                        "每一分消费券资金的发放、领取、核销和支付都记入一本只增不改的台账。每组记录带着前一组的哈希值：改动任何一笔旧账，后面的哈希值都会对不上。",
                        "Every fen of voucher money that is released, claimed, redeemed and paid stands in a ledger that only grows. Each group of lines carries the hash of the one before: whoever changes an old line breaks every later hash.",
                    )}
                </p>
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
                <p><a href="/api/v1/ledger/head">{lang.pick("以 JSON 查看", "See it as JSON")}</a></p>
                {(!draws.is_empty()).then(|| public_draws(draws, lang))}
            </Page>
        }
    })
}

async fn read() -> Result<(LedgerHead, Vec<RoundShape>), ApiError> {
    Ok((season::ledger_head().await?, draws::all().await?))
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

//! `/bureau/desk/{voucher}`: a paper voucher, one A6 sheet in large type.

use crate::api::assisted::{self as api, Paper, PrintSlip};
use crate::api::caller;
use crate::components::offer::hours;
use crate::components::page::Page;
use crate::components::ticket::places;
use crate::components::when::When;
use crate::figures::face;
use crate::islands::print::PrintButton;
use crate::islands::qr;
use crate::pages::{id_in_path, loaded};
use domain::shapes::{CampaignShape, SeasonShape, SlipShape};
use domain::{AsksFor, Lang, MOST_PRINTS, VoucherState};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// The characters of the code that stand together.
const GROUP: usize = 4;
/// Trades that a voucher leaves out are named while they are so few.
const FEW: usize = 4;

/// The page.
pub(crate) fn slip() -> impl IntoView {
    loaded(api::paper(id_in_path()), show)
}

fn show(Paper { slip, campaign, season, key }: Paper) -> impl IntoView {
    let lang = caller::lang();
    let usable = slip.voucher.state == VoucherState::Issued;
    view! {
        <Page title=lang.pick("纸质券", "Paper voucher") class="slip-page">
            <h1 class="no-print">{lang.pick("纸质券", "Paper voucher")}</h1>
            {sheet(lang, &slip, &campaign, &season)}
            <section class="card form no-print">
                {usable.then(|| view! {
                    <PrintButton lang/>
                    {(slip.prints < MOST_PRINTS).then(|| anew(lang, &slip, key))}
                })}
                <p><a class="button button-quiet" href="/bureau/desk">{lang.pick("下一位居民", "Next resident")}</a></p>
            </section>
        </Page>
    }
}

fn anew(lang: Lang, slip: &SlipShape, key: String) -> impl IntoView + use<> {
    let words = lang.pick(
        format!("已印第 {} 次。丢失或被锁定时换一张：原来的纸立即作废，并记录是谁换的。", slip.prints),
        format!(
            "This is print {}. Lost or locked: print another. The old paper is void at once, and who printed is noted.",
            slip.prints
        ),
    );
    view! {
        <form class="form" method="post" action=PrintSlip::url()>
            <input type="hidden" name="voucher_id" value=slip.voucher.voucher_id.to_string()/>
            <input type="hidden" name="key" value=key/>
            <p class="quiet">{words}</p>
            <button class="button button-quiet" type="submit" data-testid="print-anew">{lang.pick("换一张（原纸作废）", "Print another (voids the old one)")}</button>
        </form>
    }
}

/// The sheet: nothing on it is smaller than 18 px.
fn sheet(
    lang: Lang,
    slip: &SlipShape,
    campaign: &CampaignShape,
    season: &SeasonShape,
) -> impl IntoView + use<> {
    let voucher = &slip.voucher;
    let (amount, condition) = face(voucher.benefit(), lang);
    let city = lang.of(&season.city, &season.city_en);
    let bureau = lang.pick(format!("{city}商务局"), format!("{city} Bureau of Commerce"));
    let print = lang.pick(format!("第 {} 次打印", slip.prints), format!("print {}", slip.prints));
    view! {
        <article class="slip" lang=lang.tag() data-testid="slip" data-prints=slip.prints>
            <header class="slip-head">
                <p>{lang.of(&season.name, &season.name_en).to_owned()}</p>
                <p><b>{bureau}</b> {season.demo.then(|| view! { <span class="slip-demo">{lang.pick("演示数据", "Demo data")}</span> })}</p>
            </header>
            <div class="slip-top">
                {picture(lang, slip)}
                <div class="slip-face">
                    <strong class="slip-amount">{amount}</strong>
                    <span>{condition}</span>
                    <span>{lang.of(&voucher.title, &voucher.title_en).to_owned()}</span>
                    <span>{slip.name_masked.clone()} " · " {print}</span>
                </div>
            </div>
            {code(slip)}
            <dl class="slip-facts">{facts(lang, slip, campaign, season)}</dl>
            <ol class="slip-how">{how(lang, slip.asks_for).map(|line| view! { <li>{line}</li> }).collect_view()}</ol>
        </article>
    }
}

/// The QR code, or what became of the voucher.
fn picture(lang: Lang, slip: &SlipShape) -> impl IntoView + use<> {
    match &slip.paper_token {
        Some(token) => {
            let (path, view_box) = qr::drawing(token);
            view! {
                <svg class="slip-qr" role="img" aria-label=lang.pick("请店员扫此码", "The till scans this code")
                    viewBox=view_box shape-rendering="crispEdges">
                    <path fill="#000" d=path></path>
                </svg>
            }
            .into_any()
        }
        None => view! { <p class="slip-over">{slip.voucher.state.word(lang)}</p> }.into_any(),
    }
}

fn code(slip: &SlipShape) -> impl IntoView + use<> {
    slip.paper_code.as_ref().map(|code| {
        let groups = code.as_bytes().chunks(GROUP).map(String::from_utf8_lossy);
        let groups = groups.collect::<Vec<_>>().join(" ");
        view! { <p class="slip-code" data-testid="paper-code">{groups}</p> }
    })
}

fn facts(
    lang: Lang,
    slip: &SlipShape,
    campaign: &CampaignShape,
    season: &SeasonShape,
) -> impl IntoView + use<> {
    let voucher = &slip.voucher;
    let until = When::here().moment(&voucher.expires_at);
    let hours = voucher.hours.as_ref().map(|text| hours(text, lang));
    view! {
        <dt>{lang.pick("用到", "Until")}</dt>
        <dd>{until} {hours.map(|hours| format!("{}{hours}", lang.pick("，", ", ")))}</dd>
        <dt>{lang.pick("哪里用", "Where")}</dt>
        <dd>{places(&voucher.districts, lang)} {lang.pick("，", ", ")} {trades(lang, campaign, season)}</dd>
    }
}

/// The trades in few words: those that are left out, where they are few.
fn trades(lang: Lang, campaign: &CampaignShape, season: &SeasonShape) -> String {
    let names = |takes_part: bool| {
        let kinds =
            season.kinds.iter().filter(|kind| campaign.merchant_kinds.contains(&kind.code) == takes_part);
        kinds.map(|kind| lang.of(&kind.name, &kind.name_en)).collect::<Vec<_>>()
    };
    let (inside, outside) = (names(true), names(false));
    let comma = lang.pick("、", ", ");
    if outside.is_empty() {
        lang.pick("参加活动的商户", "merchants that take part").to_owned()
    } else if outside.len() <= FEW {
        let outside = outside.join(comma);
        lang.pick(
            format!("参加活动的商户（{outside}除外）"),
            format!("merchants that take part, but no {outside}"),
        )
    } else {
        inside.join(comma)
    }
}

/// How it is used, in three short lines.
fn how(lang: Lang, asks_for: AsksFor) -> [String; 3] {
    let number = match asks_for {
        AsksFor::Phone => "phone number",
        AsksFor::Identity => "ID number",
    };
    [
        lang.pick("结账前把这张纸交给店员", "Show this before you pay").to_owned(),
        lang.pick(format!("店员会问{}", asks_for.word(lang)), format!("Say the last four of your {number}")),
        lang.pick("只能用一次；丢了到社区换一张", "Works once; if lost, ask the desk").to_owned(),
    ]
}

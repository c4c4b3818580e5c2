//! `/rounds/{id}`: the terms in plain sentences, and the button.

use super::draw_round::{DrawAction, Part};
use crate::api::rounds::{self, ClaimVoucher};
use crate::api::{ApiError, caller, draws, season, session};
use crate::components::offer::{Demo, hours};
use crate::components::page::Page;
use crate::components::ticket::{Face, VoucherTicket, places};
use crate::components::when::{When, ms};
use crate::islands::claim::Claim;
use crate::islands::countdown::Countdown;
use crate::islands::stock::Stock;
use crate::pages::{id_in_path, loaded};
use domain::shapes::{CampaignShape, EntryShape, RoundShape, VoucherShape};
use domain::{AccountId, Funding, Lang, Method, RoundId, RoundState};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// What the page shows: `held` is `None` for a reader who is not signed in.
struct Shown {
    round: RoundShape,
    campaign: CampaignShape,
    held: Option<(AccountId, Vec<VoucherShape>)>,
    /// The reader's entry, where the round is a draw.
    entry: Option<EntryShape>,
    key: String,
}

async fn read(id: Result<i64, ApiError>) -> Result<Shown, ApiError> {
    let (round, campaign, held) = rounds::one(RoundId(id?)).await?;
    let key = caller::backend()?.new_key().as_str().to_owned();
    let entry = if round.draw.is_some() { draws::own_entry(round.id).await? } else { None };
    Ok(Shown { round, campaign, held, entry, key })
}

/// The page.
pub(crate) fn round() -> impl IntoView {
    let id = id_in_path();
    loaded(read(id), |Shown { round, campaign, held, entry, key }| {
        let lang = caller::lang();
        let title = lang.of(&campaign.title, &campaign.title_en).to_owned();
        view! {
            <Page title=title.clone()>
                <section class="ticket ticket-big">
                    <Face benefit=round.benefit()/>
                    <div class="ticket-body">
                        <h1>{title}</h1>
                        <p class="ticket-note">{lang.of(&round.title, &round.title_en).to_owned()}</p>
                        <p class="ticket-tags">
                            <span class="tag">{round.method.word(lang)}</span>
                            {round.demo.then(|| view! { <Demo/> })}
                        </p>
                    </div>
                </section>
                <p class="lead">{lang.of(&campaign.summary, &campaign.summary_en).to_owned()}</p>
                {match round.draw.clone() {
                    Some(draw) => {
                        let signed_in = held.is_some();
                        let held = held.map(|(_, held)| held).unwrap_or_default();
                        let part = Part { signed_in, entry, held, key };
                        view! { <DrawAction round=round.clone() draw part/> }.into_any()
                    }
                    None => view! { <Action round=round.clone() held key/> }.into_any(),
                }}
                <h2>{lang.pick("使用规则", "Terms")}</h2>
                <Terms round campaign/>
            </Page>
        }
    })
}

/// What can be done now: wait, claim, sign in, look at what one has.
#[component]
fn Action(round: RoundShape, held: Option<(AccountId, Vec<VoucherShape>)>, key: String) -> impl IntoView {
    let (lang, when) = (caller::lang(), When::here());
    let (who, held) = held.map_or_else(|| (None, Vec::new()), |(who, held)| (Some(who), held));
    let before = matches!(round.state, RoundState::Upcoming | RoundState::Waiting);
    let flash = round.method == Method::Flash;
    let more = i64::try_from(held.len()).unwrap_or(i64::MAX) < round.per_resident;
    let at = when.moment(&round.opens_at);
    let until = when.moment(&round.closes_at);
    view! {
        <section class="action">
            {before.then(|| view! {
                <p class="action-when">{lang.pick(format!("{at} 开始，距开始"), format!("Opens {at}, in"))}</p>
                <Countdown until_ms=ms(&round.opens_at) made_at_ms=when.now().ms() lang/>
            })}
            {(round.state == RoundState::Open).then(|| view! {
                <p class="action-when">{lang.pick(format!("正在发放，{until} 截止"), format!("Open until {until}"))}</p>
            })}
            {flash.then(|| view! { <Stock round=round.id quantity=round.quantity remaining=round.remaining lang/> })}
            {(!held.is_empty()).then(|| view! { <Held held/> })}
            {match (flash && more, who) {
                (false, _) => view! { <Elsewhere round/> }.into_any(),
                (true, Some(who)) => view! { <Claiming round who key/> }.into_any(),
                (true, None) => view! {
                    <a class="button button-big" href=session::page(&caller::path())>{lang.pick("登录后领取", "Sign in to claim")}</a>
                }.into_any(),
            }}
        </section>
    }
}

#[component]
fn Claiming(round: RoundShape, who: AccountId, key: String) -> impl IntoView {
    let (lang, when) = (caller::lang(), When::here());
    let before = matches!(round.state, RoundState::Upcoming | RoundState::Waiting);
    view! {
        <Claim round=round.id who key opens_at_ms=ms(&round.opens_at) closes_at_ms=ms(&round.closes_at)
            remaining=round.remaining made_at_ms=when.now().ms() action=ClaimVoucher::url().to_owned() lang/>
        {before.then(|| view! {
            <noscript><p class="quiet">{lang.pick("到开始时间后请刷新本页", "Load this page again when it has opened")}</p></noscript>
        })}
    }
}

#[component]
fn Held(held: Vec<VoucherShape>) -> impl IntoView {
    let lang = caller::lang();
    view! {
        <p class="notice notice-good">{lang.pick("您已领到：", "You have it:")}</p>
        <div class="tickets">{held.into_iter().map(|voucher| view! { <VoucherTicket voucher/> }).collect_view()}</div>
    }
}

/// How a round is got that takes no claims here.
#[component]
fn Elsewhere(round: RoundShape) -> impl IntoView {
    let lang = caller::lang();
    let words = match round.method {
        Method::Flash => "",
        Method::Draw => {
            lang.pick("本轮摇号发放，不在此处领取。", "This round is drawn by lot and takes no claims here.")
        }
        Method::Assisted => lang.pick(
            "本轮由社区代领，请到社区服务点办理。",
            "This round is given out on paper at the community desk.",
        ),
    };
    (!words.is_empty()).then(|| view! { <p class="notice">{words}</p> })
}

#[component]
fn Terms(round: RoundShape, campaign: CampaignShape) -> impl IntoView {
    let (lang, when) = (caller::lang(), When::here());
    let days = when.days(&campaign.usable_from, &campaign.usable_to);
    let hours = campaign.hours.as_ref().map(|text| hours(text, lang));
    view! {
        <dl class="facts">
            <dt>{lang.pick("优惠", "Benefit")}</dt>
            <dd>{campaign.benefit().words(lang)}</dd>
            <dt>{lang.pick("在哪用", "Where")}</dt>
            <dd>{places(&campaign.districts, lang)} {lang.pick("，", ": ")} {kinds(&campaign, lang)}</dd>
            <dt>{lang.pick("何时用", "When")}</dt>
            <dd>{days} {hours.map(|hours| format!("{}{hours}", lang.pick("，", ", ")))}</dd>
            <dt>{lang.pick("有效期", "Valid")}</dt>
            <dd>{validity(&campaign, when, lang)}</dd>
            <dt>{lang.pick("限领", "Limits")}</dt>
            <dd>{limits(&round, &campaign, lang)}</dd>
            <dt>{lang.pick("同享", "Together with")}</dt>
            <dd>{stacking(&campaign, lang)}</dd>
            <dt>{lang.pick("退款", "Refunds")}</dt>
            <dd>{if campaign.returns_on_reversal {
                lang.pick("全额退款时，未过期的券退回", "A full refund gives the voucher back unless it has expired")
            } else {
                lang.pick("退款后券不退回", "A refund does not give the voucher back")
            }}</dd>
            <dt>{lang.pick("出资", "Paid by")}</dt>
            <dd>{funding(&campaign, lang)}</dd>
            <dt>{lang.pick("数量", "Quantity")}</dt>
            <dd>{lang.pick(format!("本轮 {} 张", round.quantity), format!("{} in this round", round.quantity))}</dd>
        </dl>
    }
}

fn kinds(campaign: &CampaignShape, lang: Lang) -> String {
    let all = season::setting().map(|setting| setting.season.kinds).unwrap_or_default();
    let names = all.iter().filter(|kind| campaign.merchant_kinds.contains(&kind.code));
    let names: Vec<_> = names.map(|kind| lang.of(&kind.name, &kind.name_en)).collect();
    if names.is_empty() || names.len() == all.len() {
        return lang.pick("所有参加活动的商户", "every merchant that takes part").to_owned();
    }
    names.join(lang.pick("、", ", "))
}

fn validity(campaign: &CampaignShape, when: When, lang: Lang) -> String {
    match (&campaign.valid_until, campaign.valid_hours) {
        (Some(day), _) => {
            let day = when.day(day);
            lang.pick(
                format!("{day}当晚（次日 06:00）前"),
                format!("to the night of {day} (06:00 the next morning)"),
            )
        }
        (None, Some(hours)) if hours % 24 == 0 => {
            lang.pick(format!("领取后 {} 天内", hours / 24), format!("{} days from the claim", hours / 24))
        }
        (None, Some(hours)) => {
            lang.pick(format!("领取后 {hours} 小时内"), format!("{hours} hours from the claim"))
        }
        (None, None) => when.day(&campaign.usable_to),
    }
}

fn limits(round: &RoundShape, campaign: &CampaignShape, lang: Lang) -> String {
    let (round, whole, day) = (round.per_resident, campaign.per_campaign, campaign.per_day);
    let shops = domain::shop_limits(campaign.per_outlet_day, campaign.per_merchant_day, lang);
    lang.pick(
        format!("每人本轮限领 {round} 张，每天 {day} 张，整个活动 {whole} 张；{shops}；每单限用 1 张政府券"),
        format!("Per person {round} in this round, {day} a day, {whole} in all; {shops}; one government voucher per order"),
    )
}

fn stacking(campaign: &CampaignShape, lang: Lang) -> &'static str {
    if campaign.with_promotion {
        lang.pick(
            "可与一项商户优惠同享，门槛按优惠后的金额算",
            "One merchant promotion; the threshold counts after it",
        )
    } else {
        lang.pick("不与商户优惠同享", "No merchant promotion")
    }
}

fn funding(campaign: &CampaignShape, lang: Lang) -> String {
    let word = campaign.funded_by.word(lang);
    match campaign.funded_by {
        Funding::Mixed => {
            let percent = campaign.government_percent;
            lang.pick(format!("{word}（政府 {percent}%）"), format!("{word} (government {percent}%)"))
        }
        _ => word.to_owned(),
    }
}

//! Vouchers and rounds as tickets.

use crate::api::{caller, season};
use crate::components::when::{When, ms};
use crate::figures::face;
use crate::islands::countdown::Countdown;
use crate::islands::stock::Stock;
use domain::draw::DrawPhase;
use domain::shapes::{RoundShape, VoucherShape};
use domain::{Benefit, DistrictCode, Lang, Method, RoundState, VoucherState};
use leptos::prelude::*;

/// `铁东区、铁西区`, or that it is the whole city.
pub(crate) fn places(codes: &[DistrictCode], lang: Lang) -> String {
    let districts = season::setting().map(|setting| setting.districts).unwrap_or_default();
    if codes.is_empty() || codes.len() >= districts.len() {
        return lang.pick("全市各区县", "the whole city").to_owned();
    }
    let names = districts.iter().filter(|district| codes.contains(&district.code));
    let names = names.map(|district| lang.of(&district.name, &district.name_en));
    names.collect::<Vec<_>>().join(lang.pick("、", ", "))
}

/// The stub of a ticket.
#[component]
pub(crate) fn Face(benefit: Benefit) -> impl IntoView {
    let (amount, condition) = face(benefit, caller::lang());
    view! {
        <div class="ticket-face">
            <strong class="ticket-amount">{amount}</strong>
            <span class="ticket-condition">{condition}</span>
        </div>
    }
}

/// A round, with its countdown or its stock.
#[component]
pub(crate) fn RoundTicket(round: RoundShape) -> impl IntoView {
    let (lang, when) = (caller::lang(), When::here());
    let title = lang.of(&round.campaign_title, &round.campaign_title_en).to_owned();
    let name = lang.of(&round.title, &round.title_en).to_owned();
    let closed = round.state == RoundState::Closed;
    view! {
        <article class="ticket" class:ticket-dull=closed data-state=round.state.code()>
            <Face benefit=round.benefit()/>
            <div class="ticket-body">
                <h3><a class="ticket-link" href=format!("/rounds/{}", round.id)>{title}</a></h3>
                <p class="ticket-note">{name}</p>
                <p class="ticket-tags">
                    <span class="tag">{round.method.word(lang)}</span>
                    <span class="tag">{places(&round.districts, lang)}</span>
                </p>
                <div class="ticket-state">{standing(&round, when, lang)}</div>
            </div>
        </article>
    }
}

/// What counts for a round now: its stock, its opening, its end.
fn standing(round: &RoundShape, when: When, lang: Lang) -> AnyView {
    const DAY_MS: i64 = 24 * 3_600_000;
    let opens_at_ms = ms(&round.opens_at);
    match round.state {
        RoundState::Open if round.method == Method::Flash => {
            view! { <Stock round=round.id quantity=round.quantity remaining=round.remaining lang/> }
                .into_any()
        }
        RoundState::Open if round.draw.is_some() => {
            view! { <span>{draw_standing(round, when, lang)}</span> }.into_any()
        }
        RoundState::Open => {
            let until = when.moment(&round.closes_at);
            view! { <span>{lang.pick(format!("{until} 截止"), format!("until {until}"))}</span> }.into_any()
        }
        RoundState::Upcoming | RoundState::Waiting => {
            let at = when.moment(&round.opens_at);
            let soon = opens_at_ms - when.now().ms() < DAY_MS;
            view! {
                <span>{lang.pick(format!("{at} 开始"), format!("opens {at}"))}</span>
                {soon.then(|| view! { <Countdown until_ms=opens_at_ms made_at_ms=when.now().ms() lang/> })}
            }
            .into_any()
        }
        state => view! { <span>{state.word(lang)}</span> }.into_any(),
    }
}

/// Which phase of a draw is open, and until when.
fn draw_standing(round: &RoundShape, when: When, lang: Lang) -> String {
    let claims_until = round.draw.as_ref().filter(|draw| draw.phase == DrawPhase::Claiming);
    match claims_until.and_then(|draw| draw.claims_until.as_deref()) {
        Some(until) => {
            let until = when.moment(until);
            lang.pick(format!("中签领取中，{until} 结束"), format!("winners claim until {until}"))
        }
        None => {
            let until = when.moment(&round.closes_at);
            lang.pick(format!("报名中，{until} 截止"), format!("entries until {until}"))
        }
    }
}

/// A voucher in the wallet.
#[component]
pub(crate) fn VoucherTicket(voucher: VoucherShape) -> impl IntoView {
    let (lang, when) = (caller::lang(), When::here());
    let usable = voucher.state == VoucherState::Issued;
    let until = when.moment(&voucher.expires_at);
    let until = lang.pick(format!("有效期至 {until}"), format!("valid until {until}"));
    let until = match voucher.state {
        VoucherState::Issued => until,
        VoucherState::Frozen => format!("{} · {until}", voucher.state.word(lang)),
        over => over.word(lang).to_owned(),
    };
    view! {
        <article class="ticket" class:ticket-dull=!usable data-state=voucher.state.code()>
            <Face benefit=voucher.benefit()/>
            <div class="ticket-body">
                <h3>
                    <a class="ticket-link" href=format!("/wallet/{}", voucher.voucher_id)>
                        {lang.of(&voucher.title, &voucher.title_en).to_owned()}
                    </a>
                </h3>
                <p class="ticket-note">{until}</p>
                <p class="ticket-tags">
                    <span class="tag">{places(&voucher.districts, lang)}</span>
                    <span class="tag tag-code">{voucher.code}</span>
                </p>
            </div>
        </article>
    }
}

//! `/wallet/{id}`: one voucher, shown at the till.

use crate::api::{ApiError, caller, vouchers};
use crate::components::offer::hours;
use crate::components::page::Page;
use crate::components::ticket::places;
use crate::components::when::When;
use crate::islands::present::Present;
use crate::pages::resident::wallet::frozen_words;
use crate::pages::{id_in_path, loaded};
use domain::shapes::{VoucherDetail, VoucherShape};
use domain::{Lang, Timestamp, VoucherId, VoucherState};
use leptos::either::Either;
use leptos::prelude::*;

async fn read(id: Result<i64, ApiError>) -> Result<(VoucherDetail, Timestamp), ApiError> {
    vouchers::one(VoucherId(id?)).await
}

/// The page.
pub(crate) fn voucher() -> impl IntoView {
    let id = id_in_path();
    loaded(read(id), |(detail, now)| {
        let lang = caller::lang();
        let voucher = detail.voucher.clone();
        let title = lang.of(&voucher.title, &voucher.title_en).to_owned();
        let state = voucher.state.code();
        view! {
            <Page title=title.clone() class="page-narrow">
                <section class="pass" data-state=state>
                    <header class="pass-head">
                        <h1>{title}</h1>
                        <p class="pass-benefit">{voucher.benefit().words(lang)}</p>
                    </header>
                    <div class="pass-code"><Showing detail now/></div>
                    <Facts voucher/>
                </section>
                <p class="pager"><a class="button button-quiet" href="/wallet">{lang.pick("回到券包", "Back to the wallet")}</a></p>
            </Page>
        }
    })
}

/// The code of a voucher that works, the receipt of one that was used, or why neither.
#[component]
fn Showing(detail: VoucherDetail, now: Timestamp) -> impl IntoView {
    let lang = caller::lang();
    let state = detail.voucher.state;
    if !matches!(state, VoucherState::Issued | VoucherState::Redeemed) {
        return Either::Left(view! { <p class="notice notice-warn">{gone(state, lang)}</p> });
    }
    Either::Right(view! {
        <Present voucher=detail.voucher.voucher_id code=detail.voucher.code secret=detail.secret redemption=detail.redemption offline=detail.offline
            made_at_ms=now.ms() lang/>
        {(state == VoucherState::Issued).then(|| view! {
            <noscript>
                <p class="quiet">{lang.pick("没有 JavaScript 时，请每 30 秒刷新本页换码", "Without JavaScript, load this page again every 30 seconds")}</p>
            </noscript>
        })}
    })
}

fn gone(state: VoucherState, lang: Lang) -> &'static str {
    match state {
        VoucherState::Expired => {
            lang.pick("这张券已过期，看看其他轮次吧", "This voucher has expired: look for another round")
        }
        VoucherState::Frozen => frozen_words(lang),
        _ => lang.pick("这张券已作废", "This voucher was voided"),
    }
}

#[component]
fn Facts(voucher: VoucherShape) -> impl IntoView {
    let (lang, when) = (caller::lang(), When::here());
    view! {
        <dl class="facts">
            <dt>{lang.pick("有效期", "Valid")}</dt>
            <dd>{when.moment(&voucher.valid_from)} " – " {when.moment(&voucher.expires_at)}</dd>
            {voucher.hours.map(|text| view! {
                <dt>{lang.pick("时段", "Hours")}</dt>
                <dd>{hours(&text, lang)}</dd>
            })}
            <dt>{lang.pick("在哪用", "Where")}</dt>
            <dd>
                {places(&voucher.districts, lang)} " · "
                <a href=format!("/rounds/{}", voucher.round_id)>{lang.pick("使用规则", "terms")}</a>
            </dd>
            <dt>{lang.pick("券号", "Number")}</dt>
            <dd class="digits">{voucher.code}</dd>
        </dl>
    }
}

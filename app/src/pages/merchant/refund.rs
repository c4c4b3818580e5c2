//! `/shop/redemptions/{id}`: a redemption's receipt, and its refund in two
//! steps: the amount with what it does, then the reason.

use crate::api::refund::{Receipt, Refund, RefundRedemption};
use crate::api::{caller, refund as api};
use crate::components::page::Page;
use crate::components::when::When;
use crate::pages::{id_in_path, loaded, parameter};
use domain::shapes::{Problem, RedemptionShape, RefundPreview, SaleShape};
use domain::{Fen, Lang, RedemptionId};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// The page.
pub(crate) fn refund() -> impl IntoView {
    let (id, entered) = (id_in_path(), parameter("refund"));
    let receipt = async move { api::receipt(RedemptionId(id?), entered.as_deref()).await };
    loaded(receipt, show)
}

fn show(receipt: Receipt) -> impl IntoView {
    let lang = caller::lang();
    let id = receipt.sale.redemption.redemption_id;
    let step = match receipt.refund {
        Refund::NotAllowed => said(lang.pick(
            "退款由店长或店主办理；本人核销的，60 秒内可在收银台撤销。",
            "A manager or the owner refunds; what you redeemed yourself you may undo at the till for 60 seconds.",
        ))
        .into_any(),
        Refund::Over => {
            said(lang.pick("这笔已全部退款，没有可退的了。", "All of it was refunded: nothing is left.")).into_any()
        }
        Refund::Asked(left, problem) => ask(id, left, problem, lang).into_any(),
        Refund::Previewed(preview) => confirm(&preview, receipt.key, lang).into_any(),
    };
    view! {
        <Page title=lang.pick("核销明细", "Redemption") class="page-narrow refund-page">
            <h1 class="till-title">{lang.pick("核销明细", "Redemption")}</h1>
            {facts(&receipt.sale, lang)}
            {receipt.others.iter().map(|other| same_order(other, lang)).collect_view()}
            {step}
            <p><a class="button button-quiet" href="/shop">{lang.pick("回门店", "Back to the shop")}</a></p>
        </Page>
    }
}

/// Another voucher of the same order, which is refunded by itself.
fn same_order(other: &RedemptionShape, lang: Lang) -> impl IntoView + use<> {
    let off = other.subsidy_fen;
    view! {
        <p class="notice">
            {lang.pick(format!("同单还用了另一张券，减 {off}。整单退款请两张都退："), format!("Another voucher took {off} off the same order. To refund the whole order, refund both: "))}
            <a href=format!("/shop/redemptions/{}", other.redemption_id) data-testid="same-order">{lang.pick("看另一张", "see the other")}</a>
        </p>
    }
}

fn said(words: &'static str) -> impl IntoView {
    view! { <p class="notice">{words}</p> }
}

fn facts(sale: &SaleShape, lang: Lang) -> impl IntoView + use<> {
    let redemption = &sale.redemption;
    let clerk = sale
        .till_name
        .as_ref()
        .map_or_else(|| sale.clerk_name.clone(), |till| format!("{} · {till}", sale.clerk_name));
    let some = |name: &'static str, amount: Fen, testid: &'static str| {
        (amount > Fen::ZERO).then(|| {
            view! { <dt>{name}</dt> <dd class="digits" data-testid=testid>{amount.to_string()}</dd> }
        })
    };
    view! {
        <section class="card">
            <p class="till-receipt refund-receipt digits">{redemption.receipt_code.to_string()}</p>
            <dl class="facts">
                <dt>{lang.pick("时间", "Time")}</dt>
                <dd>{When::here().moment(&redemption.redeemed_at)}</dd>
                <dt>{lang.pick("门店", "Outlet")}</dt>
                <dd>{lang.of(&redemption.outlet_name, &redemption.outlet_name_en).to_owned()}</dd>
                <dt>{lang.pick("店员与设备", "Clerk and till")}</dt>
                <dd data-testid="clerk-and-till">{clerk}</dd>
                {some(lang.pick("店内优惠", "Shop's discount"), redemption.merchant_discount_fen, "discount")}
                <dt>{lang.pick("订单", "Order")}</dt>
                <dd class="digits">{redemption.order_fen.to_string()}</dd>
                <dt>{lang.pick("券抵扣", "Voucher")}</dt>
                <dd class="digits">{redemption.subsidy_fen.to_string()}</dd>
                <dt>{lang.pick("顾客付", "Customer paid")}</dt>
                <dd class="digits">{redemption.payable_fen.to_string()}</dd>
                {some(lang.pick("已退订单金额", "Refunded of the order"), redemption.refunded_fen, "refunded")}
                {some(lang.pick("其中退回补贴", "Of it subsidy"), redemption.subsidy_back_fen, "subsidy-back")}
            </dl>
        </section>
    }
}

/// The first step: the amount is entered, and nothing happens yet.
fn ask(id: RedemptionId, left: Fen, problem: Option<Problem>, lang: Lang) -> impl IntoView {
    let invalid = problem.is_some().then_some("true");
    view! {
        <form class="form" method="get" action=format!("/shop/redemptions/{id}")>
            <h2>{lang.pick("退款", "Refund")}</h2>
            {problem.map(|problem| view! { <p class="notice notice-warn" role="alert" data-code=problem.code>{problem.detail}</p> })}
            <label class="field">
                <span>{lang.pick(format!("退多少订单金额（元），最多 {left}"), format!("Refund of the order in yuan, at most {left}"))}</span>
                <input class="digits" name="refund" type="text" inputmode="decimal" autocomplete="off" required=true maxlength="20"
                    value=left.yuan() aria-invalid=invalid/>
            </label>
            <button class="button" type="submit" data-testid="refund-preview">{lang.pick("下一步：核对", "Next: check it")}</button>
        </form>
    }
}

/// The second step: what it does, why, and the refund.
fn confirm(preview: &RefundPreview, key: String, lang: Lang) -> impl IntoView + use<> {
    let id = preview.redemption.redemption_id;
    view! {
        <form class="form" method="post" action=RefundRedemption::PATH>
            <h2>{lang.pick("核对退款", "Check the refund")}</h2>
            <dl class="till-sums">
                <div class="till-sum-pays">
                    <dt>{lang.pick("退给顾客", "Give the customer")}</dt>
                    <dd data-testid="resident-refund">{preview.resident_refund_fen.to_string()}</dd>
                </div>
                <div class="till-sum-order">
                    <dt>{lang.pick("退回补贴", "Subsidy back")}</dt>
                    <dd>{preview.subsidy_back_fen.to_string()}</dd>
                </div>
                <div class="till-sum-order">
                    <dt>{lang.pick("退订单金额", "Refund of the order")}</dt>
                    <dd>{preview.refund_fen.to_string()}</dd>
                </div>
            </dl>
            <input type="hidden" name="redemption_id" value=id.to_string()/>
            <input type="hidden" name="refund" value=preview.refund_fen.yuan()/>
            <input type="hidden" name="key" value=key/>
            <label class="field">
                <span>{lang.pick("原因（必填，供审计）", "Why (needed, for the records)")}</span>
                <input name="reason" type="text" autocomplete="off" required=true maxlength="200"/>
            </label>
            <div class="form-next">
                <button class="button" type="submit" data-testid="refund-confirm">{lang.pick("确认退款", "Refund")}</button>
                <a class="button button-quiet" href=format!("/shop/redemptions/{id}")>{lang.pick("改金额", "Change the amount")}</a>
            </div>
        </form>
    }
}

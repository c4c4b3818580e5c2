//! What the till answers: the preview to confirm, and the receipt.

use super::desk::Desk;
use crate::api::sale::{Sale, Step};
use crate::api::till::RedeemVoucher;
use domain::shapes::{OrderPreview, OrderShape};
use domain::{Fen, Lang};
use leptos::either::EitherOf3;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

pub(super) fn outcome(desk: Desk, sale: &Sale) -> impl IntoView + use<> {
    match desk.step.get() {
        Step::Previewed(preview) => EitherOf3::A(previewed(desk, preview, sale)),
        Step::Redeemed(order) => EitherOf3::B(redeemed(desk, &order)),
        Step::Entering | Step::Refused(_) => EitherOf3::C(left_over(desk)),
    }
}

/// A confirmation that an earlier visit of the page left without an answer.
fn left_over(desk: Desk) -> impl IntoView {
    let none = move || desk.confirming.get().is_none();
    view! { <section class="till-card" hidden=none>{progress(desk)}</section> }
}

fn previewed(desk: Desk, preview: OrderPreview, sale: &Sale) -> impl IntoView + use<> {
    let lang = desk.lang;
    let sale = sale.clone();
    let vouchers = &preview.vouchers;
    let title = |n: usize| vouchers.get(n).map(|part| lang.of(&part.title, &part.title_en).to_owned());
    let title = title(0).into_iter().chain(title(1)).collect::<Vec<_>>().join(" + ");
    let mut holders: Vec<_> = vouchers.iter().map(|part| part.holder_masked.clone()).collect();
    holders.dedup();
    let holder = holders.join(" · ");
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        desk.confirm();
    };
    let back = move |event: web_sys::MouseEvent| {
        event.prevent_default();
        desk.back();
    };
    let busy = move || desk.confirming.get().is_some();
    view! {
        <section class="till-card" aria-labelledby="till-card-title">
            <h2 class="till-card-title" id="till-card-title">{title}</h2>
            <p class="till-holder">{lang.pick("持券人 ", "Holder ")}<span class="digits">{holder}</span></p>
            <dl class="till-sums">
                <div class="till-sum-off">
                    <dt>{lang.pick("立减", "Off")}</dt>
                    <dd data-testid="subsidy">{preview.subsidy_fen.to_string()}</dd>
                </div>
                <div class="till-sum-pays">
                    <dt>{lang.pick("顾客付", "Customer pays")}</dt>
                    <dd>{preview.payable_fen.to_string()}</dd>
                </div>
                {order_sums(lang, preview.order_fen, preview.merchant_discount_fen)}
            </dl>
            {progress(desk)}
            <form class="till-act" method="post" action=RedeemVoucher::PATH on:submit=submit>
                <input type="hidden" name="code" value=sale.code.clone()/>
                <input type="hidden" name="second" value=sale.second.clone()/>
                <input type="hidden" name="order" value=sale.order.clone()/>
                <input type="hidden" name="discount" value=sale.discount.clone()/>
                <input type="hidden" name="outlet_id" value=sale.outlet_id.clone()/>
                <input type="hidden" name="invoice_no" value=sale.invoice_no.clone()/>
                <input type="hidden" name="last4" value=sale.last4.clone()/>
                <input type="hidden" name="second_last4" value=sale.second_last4.clone()/>
                <input type="hidden" name="key" value=sale.key.clone()/>
                <button class="till-main" type="submit" data-testid="confirm" node_ref=desk.confirm
                    aria-disabled=move || busy().then_some("true")>
                    {move || if busy() { lang.pick("正在核销…", "Redeeming…") } else { lang.pick("确认核销", "Redeem") }}
                </button>
                <a class="till-second" href="/shop/till" hidden=busy on:click=back>{lang.pick("返回修改", "Go back")}</a>
            </form>
        </section>
    }
}

/// The order, and what the shop itself took off before.
fn order_sums(lang: Lang, order: Fen, discount: Fen) -> impl IntoView {
    let discounted = discount > Fen::ZERO;
    view! {
        <div class="till-sum-order">
            <dt>{if discounted { lang.pick("订单（优惠后）", "Order after the discount") } else { lang.pick("订单", "Order") }}</dt>
            <dd>{order.to_string()}</dd>
        </div>
        {discounted.then(|| view! {
            <div class="till-sum-order">
                <dt>{lang.pick("店内优惠", "Shop's discount")}</dt>
                <dd data-testid="discount">{format!("−{discount}")}</dd>
            </div>
        })}
    }
}

/// How the confirmation is getting on, once it was lost.
fn progress(desk: Desk) -> impl IntoView {
    let lang = desk.lang;
    let words = move || {
        match desk.confirming.get() {
        None => String::new(),
        Some(0) => lang.pick("正在核销…", "Redeeming…").to_owned(),
        Some(times) => lang.pick(
            format!("网络中断，正在用同一编号重试…（第 {times} 次）请勿重新扫码，恢复后自动完成"),
            format!("The network is gone. Repeating under the same key… (time {times}) Do not scan again: it completes by itself"),
        ),
    }
    };
    view! {
        <p class="till-progress" role="status" class:till-progress-bad=move || desk.confirming.get().is_some_and(|times| times > 0)>
            {words}
        </p>
    }
}

fn redeemed(desk: Desk, order: &OrderShape) -> impl IntoView + use<> {
    let lang = desk.lang;
    let next = move |event: web_sys::MouseEvent| {
        event.prevent_default();
        desk.begin_anew();
    };
    let first = order.redemptions.first();
    let time = first.and_then(|first| first.redeemed_at.get(11..19)).unwrap_or_default().to_owned();
    let outlet = first.map(|first| lang.of(&first.outlet_name, &first.outlet_name_en).to_owned());
    view! {
        <section class="till-card till-done" aria-labelledby="till-done-title">
            <h2 class="till-card-title" id="till-done-title" role="status">
                <svg viewBox="0 0 24 24" width="28" height="28" fill="none" stroke="currentColor" stroke-width="2.4"
                    stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">
                    <path d="M4.5 12.5l5 5 10-11"/>
                </svg>
                {lang.pick("核销成功", "Redeemed")}
            </h2>
            <p class="till-hint">{lang.pick("回执码，请与顾客手机核对", "Receipt code: the customer's phone shows the same")}</p>
            <p class="till-receipt digits" data-testid="receipt-code">{order.receipt_code.to_string()}</p>
            <dl class="till-sums">
                <div class="till-sum-pays">
                    <dt>{lang.pick("顾客付", "Customer pays")}</dt>
                    <dd data-testid="payable">{order.payable_fen.to_string()}</dd>
                </div>
                <div class="till-sum-off">
                    <dt>{lang.pick("已减", "Taken off")}</dt>
                    <dd>{order.subsidy_fen.to_string()}</dd>
                </div>
                {order_sums(lang, order.order_fen, order.merchant_discount_fen)}
            </dl>
            <p class="till-holder">{outlet}" · "<span class="digits">{time}</span></p>
            <div class="till-act">
                <a class="till-main" href="/shop/till" node_ref=desk.next on:click=next>{lang.pick("下一位", "Next customer")}</a>
            </div>
        </section>
    }
}

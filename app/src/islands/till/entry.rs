//! What the clerk enters.

use super::desk::{Desk, fault};
use crate::api::sale::{Sale, Step, TillOutlet};
use crate::api::till::PreviewVoucher;
use domain::VoucherCode;
use domain::shapes::{Extra, Problem};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, InputEvent, KeyboardEvent};

/// The typed code's characters: the voucher's code and as many of proof.
const CODE_LENGTH: usize = 2 * VoucherCode::LENGTH;

pub(super) fn entry(
    desk: Desk,
    outlets: Vec<TillOutlet>,
    sale: &Sale,
    scanner: String,
) -> impl IntoView + use<> {
    let lang = desk.lang;
    let away = move || {
        desk.confirming.get().is_some() || matches!(desk.step.get(), Step::Previewed(_) | Step::Redeemed(_))
    };
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        desk.preview();
    };
    view! {
        <form class="till-form" method="post" action=PreviewVoucher::PATH novalidate=true autocomplete="off"
            hidden=away on:submit=submit>
            {outlet_field(desk, outlets, &sale.outlet_id)}
            {code_field(desk, &sale.code, scanner)}
            {second_field(desk, sale)}
            {order_field(desk, &sale.order)}
            {discount_field(desk, &sale.discount)}
            {invoice_field(desk, &sale.invoice_no)}
            {last4_field(desk, "last4", &sale.last4)}
            {move || refusal(desk)}
            <div class="till-act">
                <button class="till-main" type="submit" data-testid="preview" aria-disabled=move || desk.asking.get().then_some("true")>
                    {move || if desk.asking.get() {
                        lang.pick("正在查询…", "Looking it up…")
                    } else {
                        lang.pick("查看优惠", "Look it up")
                    }}
                </button>
            </div>
        </form>
    }
}

fn outlet_field(desk: Desk, outlets: Vec<TillOutlet>, chosen: &str) -> impl IntoView + use<> {
    let chosen = chosen.to_owned();
    let option = move |outlet: TillOutlet| {
        let id = outlet.id.to_string();
        let selected = id == chosen;
        view! { <option value=id selected=selected>{outlet.name}</option> }
    };
    view! {
        <label class="till-field">
            <span class="till-label">{desk.lang.pick("门店", "Outlet")}</span>
            <select class="till-outlet" name="outlet_id" node_ref=desk.outlet on:change=move |_| desk.remember_outlet()>
                {outlets.into_iter().map(option).collect_view()}
            </select>
        </label>
    }
}

fn code_field(desk: Desk, code: &str, scanner: String) -> impl IntoView + use<> {
    let lang = desk.lang;
    let enter = move |event: KeyboardEvent| {
        if event.key() == "Enter" && !event.is_composing() && !event.default_prevented() {
            event.prevent_default();
            desk.move_on();
        }
    };
    view! {
        <div class="till-field">
            <label class="till-label" for="till-code">{lang.pick("顾客的动态码", "The customer's code")}</label>
            <div class="till-code-row">
                <input class="till-code" id="till-code" name="code" type="text" value=code.to_owned() maxlength="64"
                    placeholder="XXXXXX XXXXXX" autocapitalize="characters" spellcheck="false" autocomplete="off"
                    enterkeyhint="next" aria-describedby="till-code-hint" aria-invalid=invalid(desk, "code")
                    node_ref=desk.code on:keydown=enter on:input=group/>
                <button class="till-scan" type="button" on:click=move |_| desk.look(scanner.clone())
                    aria-expanded=move || desk.lens.is_on().to_string() aria-controls="till-camera">
                    <svg viewBox="0 0 24 24" width="28" height="28" fill="none" stroke="currentColor" stroke-width="1.8"
                        stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">
                        <path d="M4 8V5a1 1 0 011-1h3M16 4h3a1 1 0 011 1v3M20 16v3a1 1 0 01-1 1h-3M8 20H5a1 1 0 01-1-1v-3M7 12h10"/>
                    </svg>
                    <span>{lang.pick("扫码", "Scan")}</span>
                </button>
            </div>
            <p class="till-hint" id="till-code-hint">
                {lang.pick("扫顾客手机或纸质券上的二维码，或输入码下的 12 位字符", "Scan the QR code on the customer's phone or paper, or type the 12 characters below it")}
            </p>
            {camera(desk)}
        </div>
    }
}

/// A second voucher on the same order.
fn second_field(desk: Desk, sale: &Sale) -> impl IntoView + use<> {
    let (lang, second) = (desk.lang, &sale.second);
    view! {
        <details class="till-more" open=!second.is_empty() node_ref=desk.more>
            <summary data-testid="second-voucher">{lang.pick("同单再用一张券", "A second voucher on this order")}</summary>
            <div class="till-field">
                <label class="till-label" for="till-second">{lang.pick("第二张券的动态码", "The second voucher's code")}</label>
                <input class="till-code" id="till-second" name="second" type="text" value=second.to_owned() maxlength="64"
                    placeholder="XXXXXX XXXXXX" autocapitalize="characters" spellcheck="false" autocomplete="off"
                    enterkeyhint="go" aria-describedby="till-second-hint" aria-invalid=invalid(desk, "second")
                    node_ref=desk.second on:input=group/>
                <p class="till-hint" id="till-second-hint">
                    {lang.pick("政府券和商户让利券各一张，商户券先减", "One of the government's and one of the merchants', which comes off first")}
                </p>
            </div>
            {last4_field(desk, "second_last4", &sale.second_last4)}
        </details>
    }
}

fn camera(desk: Desk) -> impl IntoView {
    let (lang, lens) = (desk.lang, desk.lens);
    view! {
        <div class="till-camera" id="till-camera" hidden=move || !lens.is_on()>
            <video class="till-video" node_ref=lens.video playsinline=true muted=true aria-hidden="true"></video>
            <span class="till-frame" aria-hidden="true"></span>
            <button class="till-close" type="button" on:click=move |_| lens.turn_off()>
                {lang.pick("关闭摄像头", "Close the camera")}
            </button>
        </div>
        <p class="till-said" role="status" class:till-said-bad=move || lens.said().1>{move || lens.said().0}</p>
    }
}

fn order_field(desk: Desk, order: &str) -> impl IntoView + use<> {
    let lang = desk.lang;
    view! {
        <div class="till-field">
            <label class="till-label" for="till-order">{lang.pick("订单金额（元）", "Order in yuan")}</label>
            <div class="till-money">
                <span aria-hidden="true">"¥"</span>
                <input class="till-order" id="till-order" name="order" type="text" inputmode="decimal" value=order.to_owned()
                    maxlength="20" placeholder="0.00" autocomplete="off" enterkeyhint="go" aria-describedby="till-order-hint"
                    aria-invalid=invalid(desk, "order") node_ref=desk.order/>
            </div>
            <p class="till-hint" id="till-order-hint">
                {lang.pick("用券之前的金额", "Before the voucher")}
            </p>
        </div>
    }
}

fn discount_field(desk: Desk, discount: &str) -> impl IntoView + use<> {
    let lang = desk.lang;
    view! {
        <div class="till-field">
            <label class="till-label" for="till-discount">{lang.pick("店内优惠（元），没有就不填", "The shop's own discount in yuan, if any")}</label>
            <div class="till-money till-money-small">
                <span aria-hidden="true">"−¥"</span>
                <input class="till-discount" id="till-discount" name="discount" type="text" inputmode="decimal"
                    value=discount.to_owned() maxlength="20" autocomplete="off" enterkeyhint="go"
                    aria-describedby="till-discount-hint" aria-invalid=invalid(desk, "discount") node_ref=desk.discount/>
            </div>
            <p class="till-hint" id="till-discount-hint">
                {lang.pick("先减店内优惠，再看是否满门槛", "It comes off first: the threshold is tested on what is left")}
            </p>
        </div>
    }
}

fn invoice_field(desk: Desk, number: &str) -> impl IntoView + use<> {
    view! {
        <div class="till-field" hidden=move || !desk.needs_invoice.get()>
            <label class="till-label" for="till-invoice">{desk.lang.pick("发票号码", "Invoice number")}</label>
            <input class="till-invoice" id="till-invoice" name="invoice_no" type="text" value=number.to_owned() maxlength="40"
                autocomplete="off" enterkeyhint="go" aria-invalid=invalid(desk, "invoice_no") node_ref=desk.invoice/>
        </div>
    }
}

/// The digits of the paper whose code stands above: each paper has its own.
fn last4_field(desk: Desk, name: &'static str, digits: &str) -> impl IntoView + use<> {
    let lang = desk.lang;
    let (needed, node, label) = match name {
        "last4" => {
            (desk.needs_last4, desk.last4, lang.pick("后四位（纸质券）", "Last four digits (paper voucher)"))
        }
        _ => (
            desk.needs_second_last4,
            desk.second_last4,
            lang.pick("第二张纸质券的后四位", "The second paper voucher's last four digits"),
        ),
    };
    let (id, hint) = (format!("till-{name}"), format!("till-{name}-hint"));
    view! {
        <div class="till-field" hidden=move || !needed.get()>
            <label class="till-label" for=id.clone()>{label}</label>
            <input class="till-invoice digits" id=id name=name type="text" value=digits.to_owned() maxlength="8"
                autocomplete="off" enterkeyhint="go" aria-describedby=hint.clone() aria-invalid=invalid(desk, name) node_ref=node/>
            <p class="till-hint" id=hint>
                {lang.pick("问顾客：纸上写明的手机号或身份证号后四位", "Ask the customer: of the phone or identity number that the paper names")}
            </p>
        </div>
    }
}

fn invalid(desk: Desk, field: &'static str) -> impl Fn() -> Option<&'static str> {
    move || desk.step.with(|step| (fault(step) == Some(field)).then_some("true"))
}

fn refusal(desk: Desk) -> Option<impl IntoView> {
    let Step::Refused(problem) = desk.step.get() else {
        return None;
    };
    let lang = desk.lang;
    let (title, words) = (title(&problem, desk), words(&problem, desk));
    let sign_in = (problem.status == 401).then(|| {
        view! { <p><a href="/login?back=/shop/till">{lang.pick("去登录", "Sign in")}</a></p> }
    });
    Some(view! {
        <div class="till-refusal" role="alert" data-testid="refusal" data-code=problem.code>
            <p class="till-refusal-title">{title}</p>
            <p>{words}</p>
            {sign_in}
        </div>
    })
}

fn title(problem: &Problem, desk: Desk) -> &'static str {
    match problem.code.as_str() {
        "bad_field" | "invoice_required" | "paper_check_required" => {
            desk.lang.pick("请补全", "Something is missing")
        }
        "paper_check_wrong" => desk.lang.pick("后四位不对", "Wrong digits"),
        "below_threshold" => desk.lang.pick("未满门槛", "Below the threshold"),
        "offline" | "unavailable" => desk.lang.pick("未能查询", "No answer"),
        "too_often" => desk.lang.pick("请稍候", "Wait a moment"),
        "unauthenticated" | "wrong_role" => desk.lang.pick("请登录店员账号", "Sign in as a clerk"),
        _ => desk.lang.pick("不能使用", "Not usable"),
    }
}

/// The reason and the next step, in a clerk's words.
fn words(problem: &Problem, desk: Desk) -> String {
    let lang = desk.lang;
    if problem.code == "too_often"
        && let Some(Extra::Number(seconds)) = problem.with.get("retry_after_s")
    {
        return lang.pick(
            format!("错误的动态码太多，请 {seconds} 秒后再试；请直接扫码，不要猜"),
            format!("Too many wrong codes: try again in {seconds} s, and scan instead of guessing"),
        );
    }
    match (problem.code.as_str(), desk.step.with_untracked(|step| fault(step) == Some("order"))) {
        ("not_found", _) => lang
            .pick(
                "没有这个券码，请对照顾客的手机或纸质券重新输入",
                "There is no such code: read it off the customer's phone or paper again",
            )
            .to_owned(),
        ("bad_field", true) => lang
            .pick(
                "订单金额请填 0.01 至 1,000,000 元，例如 88.50",
                "The order is between 0.01 and 1,000,000 yuan, such as 88.50",
            )
            .to_owned(),
        ("bad_field", false)
            if desk.step.with_untracked(|step| matches!(fault(step), Some("last4" | "second_last4"))) =>
        {
            lang.pick("后四位是 4 个数字，最后一位可以是 X", "Four digits; the last one may be X").to_owned()
        }
        _ => problem.detail.clone(),
    }
}

/// Writes a typed code in the groups that the phone shows while it is being typed.
fn group(event: web_sys::Event) {
    let composing = event.dyn_ref::<InputEvent>().is_some_and(InputEvent::is_composing);
    let field = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
    let Some(field) = field.filter(|_| !composing) else {
        return;
    };
    let typed = field.value();
    let end = u32::try_from(typed.encode_utf16().count()).ok();
    let at_end = field.selection_start().ok().flatten() == end;
    let plain = domain::fold_typed(&typed);
    if at_end && plain.is_ascii() && plain.len() <= CODE_LENGTH {
        let groups = plain.as_bytes().chunks(VoucherCode::LENGTH).map(String::from_utf8_lossy);
        let grouped = groups.collect::<Vec<_>>().join(" ");
        if grouped != typed {
            field.set_value(&grouped);
        }
    }
}

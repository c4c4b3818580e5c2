//! A voucher shown at the till: a code that changes every 30 seconds.
//!
//! The phone makes the codes itself from the voucher's secret, so they go on
//! changing without a network. While it has one, it asks every two seconds
//! whether the till has redeemed the voucher.

use super::countdown::ticking;
use super::{qr, rest};
use domain::shapes::{OfflinePassShape, RedemptionShape};
use domain::{Fen, Lang, STEP_MS, Secret, Timestamp, VoucherCode, VoucherId, step_at};
use gloo::timers::callback::Interval;
use leptos::either::Either;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::Deserialize;

const ASK_MS: u32 = 2_000;

/// What the phone asks about its voucher.
#[derive(Deserialize)]
struct Watched {
    redemption: Option<RedemptionShape>,
}

/// The QR code and the twelve characters, and after redemption the receipt.
#[island]
pub fn Present(
    /// Which voucher.
    voucher: VoucherId,
    /// Its six characters.
    code: String,
    /// The secret from which the codes are made.
    secret: Secret,
    /// How it was used, where it was.
    redemption: Option<RedemptionShape>,
    /// For tills without a network, where the city has any.
    offline: Option<OfflinePassShape>,
    /// When the page was made, in milliseconds.
    made_at_ms: i64,
    /// The reader's language.
    lang: Lang,
) -> impl IntoView {
    let (used, set_used) = signal(redemption);
    Effect::new(move |_| {
        if used.get_untracked().is_none() {
            Interval::new(ASK_MS, move || {
                if used.get_untracked().is_none() && is_seen() {
                    spawn_local(ask(voucher, lang, set_used));
                }
            })
            .forget();
        }
    });
    let code = VoucherCode::read(&code);
    let shown = StoredValue::new((code, secret));
    let offline = StoredValue::new(offline);
    view! {
        <div class="present" aria-live="polite">
            {move || match used.get() {
                Some(redemption) => Either::Left(receipt(redemption, lang)),
                None => Either::Right(codes(shown, offline, made_at_ms, lang)),
            }}
        </div>
    }
}

/// Whether somebody looks and the network is there.
fn is_seen() -> bool {
    !document().hidden() && window().navigator().on_line()
}

async fn ask(voucher: VoucherId, lang: Lang, set_used: WriteSignal<Option<RedemptionShape>>) {
    // An answer that does not come is asked for again two seconds later.
    let answer = rest::get::<Watched>(&format!("/api/v1/vouchers/{voucher}"), lang).await;
    if let Ok(Watched { redemption: Some(redemption) }) = answer {
        set_used.set(Some(redemption));
    }
}

fn codes(
    shown: StoredValue<(Option<VoucherCode>, Secret)>,
    offline: StoredValue<Option<OfflinePassShape>>,
    made_at_ms: i64,
    lang: Lang,
) -> impl IntoView {
    let now = ticking(made_at_ms);
    let step = Memo::new(move |_| step_at(Timestamp::from_ms(now.get())));
    let left_s = Memo::new(move |_| (STEP_MS - now.get().rem_euclid(STEP_MS) + 999) / 1000);
    let make = move |make: fn(&Secret, VoucherCode, i64) -> String| {
        let step = step.get();
        shown.with_value(|(code, secret)| code.map(|code| make(secret, code, step)).unwrap_or_default())
    };
    let drawing = Memo::new(move |_| qr::drawing(&make(Secret::token)));
    let typed = Memo::new(move |_| {
        let code = make(Secret::typed_code);
        code.split_at_checked(VoucherCode::LENGTH)
            .map(|(found, proof)| format!("{found} {proof}"))
            .unwrap_or_default()
    });
    let passed = Memo::new(move |_| {
        let step = step.get();
        let token = |pass: &OfflinePassShape| {
            shown.with_value(|(_, secret)| secret.offline_token(&pass.pass, pass.first_step, step))
        };
        offline.with_value(|pass| pass.as_ref().and_then(token))
    });
    let second = move |token: String| {
        let (path, view_box) = qr::drawing(&token);
        view! {
            <svg class="qr" data-testid="offline-qr" data-token=token role="img" aria-label=lang.pick("断网收银台扫此码", "For a till without a network")
                viewBox=view_box shape-rendering="crispEdges">
                <path fill="#000" d=path></path>
            </svg>
        }
    };
    let passes = offline.with_value(Option::is_some);
    view! {
        <svg class="qr" data-testid="qr" role="img" aria-label=lang.pick("付款前请店员扫此码", "The till scans this code")
            viewBox=move || drawing.get().1 shape-rendering="crispEdges">
            <path fill="#000" d=move || drawing.get().0></path>
        </svg>
        <p class="typed" aria-live="off">
            <span class="typed-label">{lang.pick("或报出 12 位码", "or read out the 12 characters")}</span>
            <strong class="typed-code" data-testid="typed-code">{move || typed.get()}</strong>
        </p>
        <p class="rotation" aria-live="off">
            <progress max=STEP_MS / 1000 value=move || left_s.get()
                aria-label=lang.pick("距离换码", "Until the code changes")></progress>
            <span>
                <b class="digits">{move || format!("{:02}", left_s.get())}</b>
                {lang.pick(" 秒后自动换码，截图无效", " s until the code changes; screenshots do not work")}
            </span>
        </p>
        {passes.then(|| view! {
            <details class="offline-code">
                <summary data-testid="offline-summary">{lang.pick("店里断网了？出示离线码", "No network at the till? Show the offline code")}</summary>
                {move || passed.get().map(second)}
            </details>
        })}
    }
}

/// What both phones show after the redemption.
fn receipt(redemption: RedemptionShape, lang: Lang) -> impl IntoView {
    let outlet = lang.of(&redemption.outlet_name, &redemption.outlet_name_en).to_owned();
    view! {
        <div class="receipt">
            <p class="receipt-head">{lang.pick("已使用", "Used")}</p>
            <p class="receipt-code" data-testid="receipt-code">{redemption.receipt_code.to_string()}</p>
            <p class="receipt-hint">
                {lang.pick("请与收银台核对这 4 位数", "The till shows the same four digits")}
            </p>
            <dl class="facts">
                <dt>{lang.pick("门店", "Outlet")}</dt>
                <dd>{outlet}</dd>
                <dt>{lang.pick("订单", "Order")}</dt>
                <dd>{redemption.order_fen.to_string()}</dd>
                {(redemption.merchant_discount_fen > Fen::ZERO).then(|| view! {
                    <dt>{lang.pick("其中已减店内优惠", "After the shop's discount of")}</dt>
                    <dd>{redemption.merchant_discount_fen.to_string()}</dd>
                })}
                <dt>{lang.pick("券抵扣", "Voucher")}</dt>
                <dd>{format!("−{}", redemption.subsidy_fen)}</dd>
                <dt>{lang.pick("实付", "Paid")}</dt>
                <dd><b>{redemption.payable_fen.to_string()}</b></dd>
            </dl>
        </div>
    }
}

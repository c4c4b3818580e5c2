//! The merchant's last redemptions, and the minute in which a clerk may undo
//! their own.

use super::desk::Desk;
use super::signal::Signal;
use crate::api::till::UndoRedemption;
use crate::islands::countdown::ticking;
use crate::islands::rest;
use domain::shapes::{OrderUndone, RecentSale, RedemptionShape};
use domain::{Lang, RedemptionId, UNDO_MS};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos::task::spawn_local;

/// What the list knows beside the desk; copies are the same.
#[derive(Clone, Copy)]
struct Undoing {
    desk: Desk,
    /// What keys begin with on this page: pressing twice undoes once.
    key: StoredValue<String>,
    /// The server's time, in milliseconds.
    now: ReadSignal<i64>,
    /// Which one was pressed once.
    asked: RwSignal<Option<RedemptionId>>,
    /// Which one is on its way.
    busy: RwSignal<Option<RedemptionId>>,
    said: RwSignal<String>,
}

pub(super) fn recent(desk: Desk, key: String, made_at_ms: i64) -> impl IntoView {
    let lang = desk.lang;
    let undoing = Undoing {
        desk,
        key: StoredValue::new(key),
        now: ticking(made_at_ms),
        asked: RwSignal::new(None),
        busy: RwSignal::new(None),
        said: RwSignal::new(String::new()),
    };
    let rows =
        move || desk.recent.with(|sales| sales.iter().map(|sale| row(undoing, sale, sales)).collect_view());
    view! {
        <section class="till-recent" aria-labelledby="till-recent-title">
            <h2 class="till-recent-title" id="till-recent-title">{lang.pick("最近 20 笔", "The last 20")}</h2>
            <p class="till-hint" hidden=move || desk.recent.with(|sales| !sales.is_empty())>
                {lang.pick("还没有核销。自己核销的，60 秒内可在这里撤销。", "None yet. What you redeem can be undone here for 60 seconds.")}
            </p>
            <p class="till-undo-said" role="status" data-testid="undo-said">{move || undoing.said.get()}</p>
            <ul class="till-sales">{rows}</ul>
        </section>
    }
}

fn row(undoing: Undoing, sale: &RecentSale, all: &[RecentSale]) -> impl IntoView + use<> {
    let lang = undoing.desk.lang;
    let redemption = &sale.redemption;
    let (id, order_id) = (redemption.redemption_id, sale.order_id);
    // One button undoes an order; it stands at the order's line that comes first.
    let first = all.iter().find(|other| other.order_id == order_id && other.undo_until_ms.is_some());
    let until_ms =
        sale.undo_until_ms.filter(|_| first.is_some_and(|first| first.redemption.redemption_id == id));
    let shared = all.iter().filter(|other| other.order_id == order_id).count() > 1;
    let time = redemption.redeemed_at.get(11..19).unwrap_or_default().to_owned();
    let state = state(redemption, lang);
    let sums = lang.pick(
        format!("订单 {} · 减 {}", redemption.order_fen, redemption.subsidy_fen),
        format!("Order {} · {} off", redemption.order_fen, redemption.subsidy_fen),
    );
    view! {
        <li class="till-sale" data-redemption=id.to_string()>
            <p class="till-sale-code digits">{redemption.receipt_code.to_string()}</p>
            <p class="till-sale-sums">
                <time class="digits" datetime=redemption.redeemed_at.clone()>{time}</time>
                <span>{sums}</span>
                {shared.then(|| view! { <span>{lang.pick("同单多张券", "one of several on an order")}</span> })}
                {state.map(|words| view! { <strong data-testid="sale-state">{words}</strong> })}
            </p>
            {until_ms.map(|until_ms| undo(undoing, order_id, until_ms, shared))}
        </li>
    }
}

/// What became of it since.
fn state(redemption: &RedemptionShape, lang: Lang) -> Option<String> {
    if redemption.refunded_fen == redemption.order_fen {
        return Some(lang.pick("已撤销", "Undone").to_owned());
    }
    (redemption.refunded_fen.get() > 0).then(|| {
        lang.pick(
            format!("已退 {}", redemption.refunded_fen),
            format!("{} refunded", redemption.refunded_fen),
        )
    })
}

/// The button, while there is time; it asks once more before it undoes.
fn undo(undoing: Undoing, id: RedemptionId, until_ms: i64, shared: bool) -> impl IntoView {
    let lang = undoing.desk.lang;
    let left_s = Memo::new(move |_| {
        // A page whose clock lags promises no more than there is.
        (until_ms - undoing.now.get() + 999).div_euclid(1000).clamp(0, UNDO_MS / 1000)
    });
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        press(undoing, id);
    };
    let words = move || {
        let left_s = left_s.get();
        if undoing.busy.get() == Some(id) {
            lang.pick("正在撤销…", "Undoing…").to_owned()
        } else if undoing.asked.get() == Some(id) {
            lang.pick(format!("确认撤销 {left_s}"), format!("Really undo {left_s}"))
        } else {
            let what = if shared {
                lang.pick("撤销整单", "Undo the order")
            } else {
                lang.pick("撤销", "Undo")
            };
            format!("{what} {left_s}")
        }
    };
    view! {
        <form class="till-undo" method="post" action=UndoRedemption::PATH hidden=move || left_s.get() == 0 on:submit=submit>
            <input type="hidden" name="redemption_id" value=id.to_string()/>
            <input type="hidden" name="key" value=key_of(undoing, id)/>
            <button type="submit" data-testid="undo" class:till-undo-asked=move || undoing.asked.get() == Some(id)>{words}</button>
        </form>
    }
}

fn key_of(undoing: Undoing, id: RedemptionId) -> String {
    undoing.key.with_value(|key| format!("{key}-undo-{id}"))
}

/// The first press asks, the second undoes.
fn press(undoing: Undoing, id: RedemptionId) {
    if undoing.busy.get_untracked().is_some() {
        return;
    }
    if undoing.asked.get_untracked() != Some(id) {
        undoing.asked.set(Some(id));
        return;
    }
    undoing.busy.set(Some(id));
    let lang = undoing.desk.lang;
    spawn_local(async move {
        let url = format!("/api/v1/orders/{id}/undo");
        let answer = rest::post::<OrderUndone>(&url, &key_of(undoing, id), String::new(), lang).await;
        undoing.busy.set(None);
        undoing.asked.set(None);
        match answer {
            Ok(order) => {
                undoing.desk.signal(Signal::Done);
                undoing.desk.recent.update(|sales| undone(sales, order.order_id));
                undoing.said.set(told(&order, lang));
            }
            Err(problem) => {
                undoing.desk.signal(Signal::Bad);
                undoing.said.set(problem.detail);
            }
        }
    });
}

fn undone(sales: &mut [RecentSale], order: RedemptionId) {
    for sale in sales.iter_mut().filter(|sale| sale.order_id == order) {
        sale.redemption.refunded_fen = sale.redemption.order_fen;
        sale.redemption.subsidy_back_fen = sale.redemption.subsidy_fen;
        sale.undo_until_ms = None;
    }
}

fn told(order: &OrderUndone, lang: Lang) -> String {
    let (back, returned, all) = (order.resident_refund_fen, order.returned(), order.reversals.len());
    match all - returned {
        0 => lang.pick(
            format!("已撤销，应退顾客 {back}，{all} 张券已退回顾客券包"),
            format!("Undone: give {back} back; the customer has what they used again ({all})"),
        ),
        lost => lang.pick(
            format!("已撤销，应退顾客 {back}，有 {lost} 张券不退回"),
            format!("Undone: give {back} back; {lost} of the vouchers do not come back"),
        ),
    }
}

//! What lies on the till's desk: the fields, and where the sale stands.

use super::ask::{self, Attempt};
use super::lens::Lens;
use super::signal::{self, Signal};
use crate::api::sale::{Sale, SaleBody, Step};
use crate::islands::key::new_key;
use domain::shapes::{Extra, OrderShape, Problem, RecentSale, RedemptionShape};
use domain::{Lang, PresentToken, RedemptionId, Timestamp, TokenForm, undo_until};
use gloo::storage::{LocalStorage, Storage};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::{JsCast, JsValue};

/// Which outlet this till stands in.
const OUTLET: &str = "yuehui.till.outlet";
/// So many of the last redemptions are shown.
const RECENT: usize = 20;

/// The desk; copies are the same desk.
#[derive(Clone, Copy)]
pub(super) struct Desk {
    pub(super) lang: Lang,
    pub(super) step: RwSignal<Step>,
    /// A preview is on its way.
    pub(super) asking: RwSignal<bool>,
    /// A confirmation is on its way, and was lost so many times.
    pub(super) confirming: RwSignal<Option<u32>>,
    /// The voucher at hand needs an invoice's number.
    pub(super) needs_invoice: RwSignal<bool>,
    /// The voucher at hand is on paper: it needs the last four digits.
    pub(super) needs_last4: RwSignal<bool>,
    /// The second one is.
    pub(super) needs_second_last4: RwSignal<bool>,
    /// The last redemptions, the newest first.
    pub(super) recent: RwSignal<Vec<RecentSale>>,
    /// Whether the till is to be heard.
    pub(super) sound: RwSignal<bool>,
    pub(super) lens: Lens,
    pub(super) outlet: NodeRef<html::Select>,
    pub(super) code: NodeRef<html::Input>,
    /// The second voucher's field, and what it is folded into.
    pub(super) second: NodeRef<html::Input>,
    pub(super) more: NodeRef<html::Details>,
    pub(super) order: NodeRef<html::Input>,
    pub(super) discount: NodeRef<html::Input>,
    pub(super) invoice: NodeRef<html::Input>,
    pub(super) last4: NodeRef<html::Input>,
    pub(super) second_last4: NodeRef<html::Input>,
    pub(super) confirm: NodeRef<html::Button>,
    pub(super) next: NodeRef<html::A>,
    /// The key that the server gave to the sale it previewed.
    given_key: StoredValue<Option<String>>,
}

impl Desk {
    pub(super) fn new(lang: Lang, sale: &Sale, step: Step, recent: Vec<RecentSale>) -> Desk {
        let needs_invoice = !sale.invoice_no.is_empty() || asks_invoice(&step);
        let needs_last4 = !sale.last4.is_empty() || fault(&step) == Some("last4");
        let needs_second_last4 = !sale.second_last4.is_empty() || fault(&step) == Some("second_last4");
        Desk {
            lang,
            step: RwSignal::new(step),
            asking: RwSignal::new(false),
            confirming: RwSignal::new(None),
            needs_invoice: RwSignal::new(needs_invoice),
            needs_last4: RwSignal::new(needs_last4),
            needs_second_last4: RwSignal::new(needs_second_last4),
            recent: RwSignal::new(recent),
            sound: RwSignal::new(true),
            lens: Lens::new(lang),
            outlet: NodeRef::new(),
            code: NodeRef::new(),
            second: NodeRef::new(),
            more: NodeRef::new(),
            order: NodeRef::new(),
            discount: NodeRef::new(),
            invoice: NodeRef::new(),
            last4: NodeRef::new(),
            second_last4: NodeRef::new(),
            confirm: NodeRef::new(),
            next: NodeRef::new(),
            given_key: StoredValue::new(Some(sale.key.clone()).filter(|key| !key.is_empty())),
        }
    }

    /// Takes up what an earlier visit left: the outlet, and a confirmation
    /// that had no answer.
    pub(super) fn wake(self) {
        self.sound.set(signal::is_wanted());
        if let (Some(outlet), Ok(known)) = (self.outlet.get_untracked(), LocalStorage::get::<String>(OUTLET))
        {
            let chosen = outlet.value();
            outlet.set_value(&known);
            if outlet.selected_index() < 0 {
                outlet.set_value(&chosen);
            }
        }
        if let Some(attempt) = Attempt::unanswered() {
            self.send(attempt);
        }
    }

    /// Remembers the outlet on this device.
    pub(super) fn remember_outlet(self) {
        if let Some(outlet) = self.outlet.get_untracked() {
            // Without room to store it, it is chosen again next time.
            let _ = LocalStorage::set(OUTLET, outlet.value());
        }
    }

    /// A code was scanned: it begins a sale, or replaces the code of this one.
    pub(super) fn take_code(self, text: &str) {
        if self.confirming.get_untracked().is_some() {
            return;
        }
        if matches!(self.step.get_untracked(), Step::Redeemed(_)) {
            self.clear();
        }
        self.step.set(Step::Entering);
        let printed = text.parse::<PresentToken>().is_ok_and(|token| token.form == TokenForm::Printed);
        if self.waits_for_second() {
            if let Some(second) = self.second.get_untracked() {
                second.set_value(text);
            }
            clear(self.second_last4);
            self.needs_second_last4.set(printed);
            return focus_soon(self.order);
        }
        if let Some(code) = self.code.get_untracked() {
            code.set_value(text);
        }
        // The digits were another holder's.
        clear(self.last4);
        self.needs_last4.set(printed);
        focus_soon(self.order);
    }

    /// Whether the next code is the second voucher's: its field is open and
    /// empty, and the first one's is filled.
    fn waits_for_second(self) -> bool {
        let open = self.more.get_untracked().is_some_and(|more| more.has_attribute("open"));
        open && !value(self.code).is_empty() && value(self.second).is_empty()
    }

    /// Enter in the code's field: on to the order, or to the preview.
    pub(super) fn move_on(self) {
        let order = self.order.get_untracked();
        if order.is_some_and(|order| order.value().is_empty()) {
            focus_soon(self.order);
        } else {
            self.preview();
        }
    }

    /// Asks what the voucher would take off.
    pub(super) fn preview(self) {
        if self.asking.get_untracked() {
            return;
        }
        match self.read() {
            Err(problem) => self.refuse(*problem),
            Ok(body) => {
                self.asking.set(true);
                spawn_local(async move {
                    let answer = ask::preview(&body, self.lang).await;
                    self.asking.set(false);
                    match answer {
                        Ok(preview) => {
                            self.given_key.set_value(None);
                            self.step.set(Step::Previewed(preview));
                            self.signal(Signal::Good);
                            focus_soon(self.confirm);
                        }
                        Err(problem) if ask::is_unknown(&problem) => self.refuse(self.offline()),
                        Err(problem) => self.refuse(problem),
                    }
                });
            }
        }
    }

    /// Redeems what was previewed.
    pub(super) fn confirm(self) {
        if self.confirming.get_untracked().is_some() {
            return;
        }
        let key = self.given_key.get_value().or_else(new_key);
        match (self.read(), key) {
            (Ok(body), Some(key)) => self.send(Attempt { key, body }),
            (Err(problem), _) => self.refuse(*problem),
            (Ok(_), None) => self.refuse(self.offline()),
        }
    }

    fn send(self, attempt: Attempt) {
        self.confirming.set(Some(0));
        spawn_local(async move {
            let lost = move |times| self.confirming.set(Some(times));
            let answer = attempt.send(self.lang, lost).await;
            self.confirming.set(None);
            self.given_key.set_value(None);
            match answer {
                Ok(order) => self.receive(order),
                Err(problem) => self.refuse(problem),
            }
        });
    }

    fn receive(self, order: OrderShape) {
        self.signal(Signal::Done);
        order.redemptions.iter().for_each(|redemption| self.remember(redemption, order.order_id));
        self.step.set(Step::Redeemed(order));
        show_from_the_top();
        focus_soon(self.next);
    }

    /// Puts a redemption of this till before the last ones.
    fn remember(self, redemption: &RedemptionShape, order_id: RedemptionId) {
        let at = redemption.redeemed_at.parse::<Timestamp>();
        let undo_until_ms = at.ok().map(|at| undo_until(at).ms());
        self.recent.update(|recent| {
            recent.retain(|sale| sale.redemption.redemption_id != redemption.redemption_id);
            recent.insert(0, RecentSale { redemption: redemption.clone(), order_id, undo_until_ms });
            recent.truncate(RECENT);
        });
    }

    /// Is heard and felt.
    pub(super) fn signal(self, signal: Signal) {
        if self.sound.get_untracked() {
            signal::give(signal);
        }
    }

    fn refuse(self, problem: Problem) {
        self.signal(Signal::Bad);
        let step = Step::Refused(problem);
        if asks_invoice(&step) {
            self.needs_invoice.set(true);
        }
        let at = fault(&step).unwrap_or_default().to_owned();
        match at.as_str() {
            "last4" => self.needs_last4.set(true),
            "second_last4" => self.needs_second_last4.set(true),
            _ => (),
        }
        self.step.set(step);
        match at.as_str() {
            "order" => focus_soon(self.order),
            "discount" => focus_soon(self.discount),
            "invoice_no" => focus_soon(self.invoice),
            "last4" => focus_soon(self.last4),
            "second_last4" => focus_soon(self.second_last4),
            "second" => focus_soon(self.second),
            "outlet_id" => focus_soon(self.outlet),
            _ => focus_soon(self.code),
        }
    }

    /// Back to the fields, as they are.
    pub(super) fn back(self) {
        self.step.set(Step::Entering);
        focus_soon(self.order);
    }

    /// The next customer.
    pub(super) fn begin_anew(self) {
        self.clear();
        self.step.set(Step::Entering);
        focus_soon(self.code);
    }

    fn clear(self) {
        let digits = [self.last4, self.second_last4];
        let rest = [self.code, self.second, self.order, self.discount, self.invoice];
        digits.into_iter().chain(rest).for_each(clear);
        if let Some(more) = self.more.get_untracked() {
            // It stays open where that cannot be told.
            let _ = more.remove_attribute("open");
        }
        self.needs_invoice.set(false);
        self.needs_last4.set(false);
        self.needs_second_last4.set(false);
        // A reload shows no old receipt.
        if let Ok(history) = window().history() {
            let _ = history.replace_state_with_url(&JsValue::NULL, "", Some("/shop/till"));
        }
    }

    /// Turns the camera on until it sees a voucher's code, or off.
    pub(super) fn look(self, scanner: String) {
        self.lens.turn(scanner, move |text| self.take_code(&text));
    }

    fn read(self) -> Result<SaleBody, Box<Problem>> {
        let outlet = self.outlet.get_untracked();
        Sale {
            code: value(self.code),
            second: value(self.second),
            order: value(self.order),
            discount: value(self.discount),
            outlet_id: outlet.map(|outlet| outlet.value()).unwrap_or_default(),
            invoice_no: value(self.invoice),
            last4: value(self.last4),
            second_last4: value(self.second_last4),
            key: String::new(),
        }
        .read(self.lang)
    }

    fn offline(self) -> Problem {
        let words = self.lang.pick(
            "网络不通，尚未核销。请检查网络后再按一次",
            "No network: nothing was redeemed. Check the network and press again",
        );
        Problem::new(503, "offline", words)
    }
}

fn value(field: NodeRef<html::Input>) -> String {
    field.get_untracked().map(|field| field.value()).unwrap_or_default()
}

fn clear(field: NodeRef<html::Input>) {
    if let Some(field) = field.get_untracked() {
        field.set_value("");
    }
}

fn asks_invoice(step: &Step) -> bool {
    fault(step) == Some("invoice_no")
}

/// The field that a refusal is about.
pub(super) fn fault(step: &Step) -> Option<&str> {
    let Step::Refused(problem) = step else {
        return None;
    };
    let of_second = problem.with.get("voucher") == Some(&Extra::Number(2));
    let code = if of_second { "second" } else { "code" };
    match (problem.code.as_str(), problem.with.get("field")) {
        (_, Some(Extra::Text(field))) => Some(match field.as_str() {
            "order_fen" => "order",
            "merchant_discount_fen" => "discount",
            "token" | "code" => code,
            "last4" if of_second => "second_last4",
            field => field,
        }),
        ("below_threshold", _) => Some("order"),
        (
            "wrong_outlet" | "wrong_district" | "unauthenticated" | "offline" | "too_often" | "paper_locked"
            | "till_off" | "till_required",
            _,
        ) => None,
        _ => Some(code),
    }
}

/// Brings the receipt's heading into sight: the form stood further down.
fn show_from_the_top() {
    request_animation_frame(|| window().scroll_to_with_x_and_y(0.0, 0.0));
}

/// Moves the focus once the page shows the field.
fn focus_soon<E>(field: NodeRef<E>)
where
    E: html::ElementType,
    E::Output: JsCast + Clone + 'static,
{
    request_animation_frame(move || {
        if let Some(field) = field.get_untracked() {
            // What cannot take the focus leaves it where it is.
            let _ = field.unchecked_ref::<web_sys::HtmlElement>().focus();
        }
    });
}

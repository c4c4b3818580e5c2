//! A sale at the till: what the clerk enters, how it is read, where it stands.

use domain::shapes::{OrderPreview, OrderShape, Problem};
use domain::{Fen, Lang, OutletId, PresentToken, TokenForm};
use serde::{Deserialize, Serialize};

/// A shop that a till may stand in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TillOutlet {
    /// Its number.
    pub id: OutletId,
    /// Its name in the reader's language.
    pub name: String,
}

/// What the clerk entered, as it was typed, and the key of this sale.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sale {
    /// The customer's code: scanned or typed.
    pub code: String,
    /// The code of a second voucher on the same order; blank where there is
    /// none.
    #[serde(default)]
    pub second: String,
    /// The order in yuan, before the shop's own discount.
    pub order: String,
    /// That discount in yuan; blank where there is none.
    #[serde(default)]
    pub discount: String,
    /// The shop's number.
    pub outlet_id: String,
    /// The invoice's number, for vouchers that need one.
    pub invoice_no: String,
    /// The last four digits, where the voucher is on paper.
    #[serde(default)]
    pub last4: String,
    /// Those of the second voucher, where it is.
    #[serde(default)]
    pub second_last4: String,
    /// Under which pressing twice is one redemption.
    pub key: String,
}

/// Where a sale stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Step {
    /// The clerk enters code and order.
    Entering,
    /// The voucher does not work, and why.
    Refused(Problem),
    /// What the vouchers would take off.
    Previewed(OrderPreview),
    /// Done: the receipt.
    Redeemed(OrderShape),
}

/// What the REST interface takes: a sale, read and checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaleBody {
    /// The QR's text…
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// …or the twelve characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The shop's number.
    pub outlet_id: OutletId,
    /// The order after the shop's own discount.
    pub order_fen: Fen,
    /// That discount.
    #[serde(default, skip_serializing_if = "is_nothing")]
    pub merchant_discount_fen: Fen,
    /// The invoice's number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invoice_no: Option<String>,
    /// The last four digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last4: Option<String>,
    /// The second voucher.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub second: Option<Shown>,
}

/// A voucher as a customer shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// The QR's text…
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// …or the twelve characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The last four digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last4: Option<String>,
}

/// What the REST interface takes for an order with two vouchers.
#[derive(Debug, Serialize)]
pub struct OrderBody {
    /// Both.
    pub vouchers: [Shown; 2],
    /// The shop's number.
    pub outlet_id: OutletId,
    /// The order after the shop's own discount.
    pub order_fen: Fen,
    /// That discount.
    #[serde(skip_serializing_if = "is_nothing")]
    pub merchant_discount_fen: Fen,
    /// The invoice's number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invoice_no: Option<String>,
}

impl SaleBody {
    /// The order, where it has a second voucher.
    #[must_use]
    pub fn order(&self) -> Option<OrderBody> {
        let first = Shown { token: self.token.clone(), code: self.code.clone(), last4: self.last4.clone() };
        Some(OrderBody {
            vouchers: [first, self.second.clone()?],
            outlet_id: self.outlet_id,
            order_fen: self.order_fen,
            merchant_discount_fen: self.merchant_discount_fen,
            invoice_no: self.invoice_no.clone(),
        })
    }
}

fn is_nothing(amount: &Fen) -> bool {
    *amount == Fen::ZERO
}

impl Sale {
    /// Reads what was typed.
    ///
    /// # Errors
    /// A field is none: the problem names it by `field` and says what it takes.
    pub fn read(&self, lang: Lang) -> Result<SaleBody, Box<Problem>> {
        let last4 = filled(&self.last4);
        let first = shown(&self.code, last4.as_ref()).ok_or_else(|| bad("code", bad_code(lang)))?;
        let second = match self.second.trim().is_empty() {
            true => None,
            // The digits of one paper tell nothing of another's holder, and a wrong try is counted.
            false => {
                let own = filled(&self.second_last4);
                Some(shown(&self.second, own.as_ref()).ok_or_else(|| bad("second", bad_code(lang)))?)
            }
        };
        let order = self.order.parse::<Fen>().ok();
        let order = order.filter(|order| *order > Fen::ZERO).ok_or_else(|| bad("order", bad_order(lang)))?;
        let discount = if self.discount.trim().is_empty() { Ok(Fen::ZERO) } else { self.discount.parse() };
        let discount = discount.ok().filter(|discount| *discount < order);
        let merchant_discount_fen = discount.ok_or_else(|| bad("discount", bad_discount(lang)))?;
        let outlet_id = self.outlet_id.parse::<OutletId>();
        let outlet_words = lang.pick("请选择门店", "Choose the outlet");
        Ok(SaleBody {
            token: first.token,
            code: first.code,
            outlet_id: outlet_id.map_err(|_| bad("outlet_id", outlet_words))?,
            order_fen: order.less(merchant_discount_fen),
            merchant_discount_fen,
            invoice_no: filled(&self.invoice_no),
            last4,
            second,
        })
    }
}

/// What was scanned or typed of a voucher; `None` when it is no code.
fn shown(code: &str, last4: Option<&String>) -> Option<Shown> {
    let form = code.parse::<PresentToken>().ok()?.form;
    let text = Some(domain::fold_typed(code));
    let (token, code) = match form {
        TokenForm::Scanned | TokenForm::Printed => (text, None),
        TokenForm::Typed => (None, text),
    };
    Some(Shown { token, code, last4: last4.cloned() })
}

fn filled(text: &str) -> Option<String> {
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

fn bad(field: &str, words: &str) -> Box<Problem> {
    Box::new(Problem::new(422, "bad_field", words).text("field", field))
}

fn bad_code(lang: Lang) -> &'static str {
    lang.pick(
        "券码是 12 位字母和数字，请对照顾客的手机或纸质券重新输入",
        "The code has 12 letters and digits: read it off the customer's phone or paper again",
    )
}

fn bad_order(lang: Lang) -> &'static str {
    lang.pick("请填写订单金额，例如 88 或 88.50", "Enter the order in yuan, such as 88 or 88.50")
}

fn bad_discount(lang: Lang) -> &'static str {
    lang.pick(
        "店内优惠要小于订单金额，例如 5 或 5.50；没有就留空",
        "The shop's discount is less than the order, such as 5 or 5.50; leave it blank where there is none",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sale(code: &str, order: &str) -> Sale {
        Sale { code: code.to_owned(), order: order.to_owned(), outlet_id: "7".to_owned(), ..Sale::default() }
    }

    #[test]
    fn a_typed_code_is_told_from_a_scanned_one() {
        let typed = sale("abcd 23o5 6789", "88").read(Lang::Zh).unwrap();
        assert_eq!((typed.token, typed.code.as_deref()), (None, Some("ABCD23056789")));
        assert_eq!(typed.order_fen.get(), 8_800);
        let text = format!("YH1{}", "A".repeat(32));
        let scanned = sale(&text, "88").read(Lang::Zh).unwrap();
        assert_eq!((scanned.token, scanned.code), (Some(text), None));
        let text = format!("YP1{}", "A".repeat(32));
        let printed = Sale { last4: " 0001 ".to_owned(), ..sale(&text, "88") }.read(Lang::Zh).unwrap();
        assert_eq!((printed.token, printed.last4.as_deref()), (Some(text), Some("0001")));
    }

    #[test]
    fn a_second_voucher_makes_an_order() {
        let alone = sale("ABCD23056789", "88").read(Lang::Zh).unwrap();
        assert!(alone.order().is_none());
        assert!(!serde_json::to_string(&alone).unwrap().contains("second"));
        let second = |code: &str| Sale { second: code.to_owned(), ..sale("ABCD23056789", "88") };
        let order = second("wxyz 2305 6789").read(Lang::Zh).unwrap().order().unwrap();
        assert_eq!(order.vouchers[1].code.as_deref(), Some("WXYZ23056789"));
        let problem = second("12").read(Lang::En).unwrap_err();
        assert_eq!(problem.with["field"], domain::shapes::Extra::Text("second".to_owned()));
    }

    #[test]
    fn each_paper_has_its_own_digits() {
        let papers = |last4: &str, second_last4: &str| Sale {
            second: "wxyz 2305 6789".to_owned(),
            last4: last4.to_owned(),
            second_last4: second_last4.to_owned(),
            ..sale("ABCD23056789", "88")
        };
        for (first, second) in [("0001", "002X"), ("0001", ""), ("", "002X")] {
            let order = papers(first, second).read(Lang::Zh).unwrap().order().unwrap();
            let digits = order.vouchers.map(|voucher| voucher.last4.unwrap_or_default());
            assert_eq!(digits, [first, second]);
        }
    }

    #[test]
    fn the_shops_discount_comes_off_first() {
        let discounted =
            |discount: &str| Sale { discount: discount.to_owned(), ..sale("ABCD23056789", "88") };
        let body = discounted("8.5").read(Lang::Zh).unwrap();
        assert_eq!((body.order_fen.get(), body.merchant_discount_fen.get()), (7_950, 850));
        assert!(
            !serde_json::to_string(&discounted(" ").read(Lang::Zh).unwrap()).unwrap().contains("discount")
        );
        for none in ["88", "100", "-1", "五"] {
            let problem = discounted(none).read(Lang::En).unwrap_err();
            assert_eq!(problem.with["field"], domain::shapes::Extra::Text("discount".to_owned()), "{none}");
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        let cases = [("", "88", "code"), ("ABCD23056789", "", "order"), ("ABCD23056789", "0", "order")];
        for (code, order, field) in cases {
            let problem = sale(code, order).read(Lang::En).unwrap_err();
            assert_eq!(problem.with["field"], domain::shapes::Extra::Text(field.to_owned()));
        }
    }
}

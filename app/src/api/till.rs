//! The till: what its page shows, and its two forms without JavaScript.
//!
//! What a form was sent with waits in a cookie of the till's page: a
//! customer's code is never in an address.

use super::ApiError;
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use super::sale::{OrderBody, Sale, SaleBody, Step, TillOutlet};
#[cfg(feature = "ssr")]
use super::{caller, cookies, notice, offline, people, tills};
#[cfg(feature = "ssr")]
use backend::{Caller, OrderRequest, OrderVoucher, RedeemRequest, Standing};
#[cfg(feature = "ssr")]
use domain::shapes::{OrderPreview, Problem, RecentSale, TillShape};
#[cfg(feature = "ssr")]
use domain::{Denied, Permission, RedemptionId};
#[cfg(feature = "ssr")]
use serde::{Deserialize, Serialize};

/// The till's page.
#[cfg(feature = "ssr")]
const PAGE: &str = "/shop/till";
/// The till's page with the sale that the form was sent with.
#[cfg(feature = "ssr")]
const PAGE_OF_SALE: &str = "/shop/till?step=preview";
#[cfg(feature = "ssr")]
const SALE: &str = "yuehui_sale";
/// A customer's code is good for a minute and a half at most.
#[cfg(feature = "ssr")]
const SALE_KEPT_S: u32 = 120;

/// What the till's form was sent with, and what came of confirming it.
#[cfg(feature = "ssr")]
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Sent {
    sale: Sale,
    problem: Option<Problem>,
}

/// What the till's page shows.
#[cfg(feature = "ssr")]
#[derive(Clone, Debug)]
pub(crate) struct TillSetup {
    /// Where the clerk's merchant stands.
    pub(crate) standing: Standing,
    /// The shops of the clerk's merchant.
    pub(crate) outlets: Vec<TillOutlet>,
    /// What is in the form.
    pub(crate) sale: Sale,
    /// Where the sale stands.
    pub(crate) step: Step,
    /// The merchant's last redemptions.
    pub(crate) recent: Vec<RecentSale>,
    /// What the keys of undoing begin with on this page.
    pub(crate) undo_key: String,
    /// When the page is made, in milliseconds.
    pub(crate) made_at_ms: i64,
    /// The enrolled till that the device is.
    pub(crate) till: Option<TillShape>,
    /// The outlets at which the reader may enrol the device, and the key of
    /// that; none where they may not.
    pub(crate) enrols: Option<(Vec<TillOutlet>, String)>,
    /// Whether it may go on without a network.
    pub(crate) offline: bool,
}

/// What the till's page shows at this `step` or with this `receipt`, as its
/// address has them.
///
/// # Errors
/// Nobody is signed in, or not a person who redeems; or the store failed.
#[cfg(feature = "ssr")]
pub(crate) async fn setup(step: Option<&str>, receipt: Option<&str>) -> Result<TillSetup, ApiError> {
    let clerk = clerk().await?;
    let mut sale = Sale::default();
    let step = match (step, receipt) {
        (_, Some(receipt)) => redeemed(&clerk, receipt).await?,
        (Some("preview"), None) => {
            let sent = sent().unwrap_or_default();
            sale = sent.sale;
            previewed(&clerk, &sale, sent.problem).await?
        }
        _ => Step::Entering,
    };
    let backend = caller::backend()?;
    let till = tills::own(&clerk).await?;
    let mut outlets = people::outlets(&clerk)?;
    let enrols = clerk.may(Permission::ManagePeople);
    let enrols = enrols.then(|| (outlets.clone(), backend.new_key().as_str().to_owned()));
    outlets.retain(|outlet| till.as_ref().is_none_or(|till| till.outlet_id == outlet.id));
    Ok(TillSetup {
        standing: backend.standing(&clerk).await.map_err(caller::convert)?,
        outlets,
        sale,
        step,
        recent: backend.recent_sales(&clerk).await.map_err(caller::convert)?,
        undo_key: backend.new_key().as_str().to_owned(),
        made_at_ms: backend.now().ms(),
        till,
        enrols,
        offline: offline::is_allowed(&clerk).await?,
    })
}

/// The person at the till.
///
/// # Errors
/// Nobody is signed in, or not a person who redeems; or the device is a till
/// that is switched off.
#[cfg(feature = "ssr")]
pub(crate) async fn clerk() -> Result<Caller, ApiError> {
    let clerk = caller::signed_in().await?;
    clerk.require(Permission::Redeem).map_err(caller::convert)?;
    tills::at_till(clerk).await
}

/// The sale that the form was sent with, while its cookie lasts.
#[cfg(feature = "ssr")]
fn sent() -> Option<Sent> {
    cookies::unpack(&cookies::get(SALE)?)
}

/// What would come of the sale; or what came of confirming it, where that is
/// known. A failure of the service leaves it unknown: the same sale under the
/// same key is offered again.
#[cfg(feature = "ssr")]
async fn previewed(clerk: &Caller, sale: &Sale, problem: Option<Problem>) -> Result<Step, ApiError> {
    if let Some(problem) = problem.filter(|problem| problem.status < 500) {
        return Ok(Step::Refused(problem));
    }
    if sale.key.is_empty() {
        return Ok(Step::Entering);
    }
    let body = match sale.read(caller::lang()) {
        Ok(body) => body,
        Err(problem) => return Ok(Step::Refused(*problem)),
    };
    let backend = caller::backend()?;
    let preview = match body.order() {
        Some(order) => backend.preview_order(clerk, &order_request(order)).await,
        None => {
            let preview = backend.preview(clerk, &request(body)).await;
            preview.map(|preview| OrderPreview::of(vec![preview]))
        }
    };
    match preview {
        Ok(preview) => Ok(Step::Previewed(preview)),
        Err(error) => {
            let ApiError(problem) = caller::convert(error);
            Ok(Step::Refused(*problem))
        }
    }
}

#[cfg(feature = "ssr")]
fn request(body: SaleBody) -> RedeemRequest {
    RedeemRequest {
        token: body.token,
        code: body.code,
        outlet_id: body.outlet_id,
        order_fen: body.order_fen.get(),
        invoice_no: body.invoice_no,
        last4: body.last4,
        merchant_discount_fen: Some(body.merchant_discount_fen.get()).filter(|discount| *discount > 0),
    }
}

#[cfg(feature = "ssr")]
fn order_request(body: OrderBody) -> OrderRequest {
    let vouchers = body.vouchers.into_iter();
    OrderRequest {
        vouchers: vouchers
            .map(|shown| OrderVoucher { token: shown.token, code: shown.code, last4: shown.last4 })
            .collect(),
        outlet_id: body.outlet_id,
        order_fen: body.order_fen.get(),
        invoice_no: body.invoice_no,
        merchant_discount_fen: Some(body.merchant_discount_fen.get()).filter(|discount| *discount > 0),
    }
}

/// The receipt of a redemption that was done a moment ago.
#[cfg(feature = "ssr")]
async fn redeemed(clerk: &Caller, receipt: &str) -> Result<Step, ApiError> {
    let missing = || caller::convert(Denied::NotFound);
    let id: RedemptionId = receipt.parse().map_err(|_| missing())?;
    caller::backend()?.order_of(clerk, id).await.map(Step::Redeemed).map_err(caller::convert)
}

/// Shows on the till's page what the voucher would take off.
///
/// # Errors
/// Nobody is signed in, or not a person who redeems.
#[server(prefix = "/api/fn", endpoint = "preview_voucher")]
pub async fn preview_voucher(
    #[server(default)] code: String,
    #[server(default)] second: String,
    #[server(default)] order: String,
    #[server(default)] discount: String,
    #[server(default)] outlet_id: String,
    #[server(default)] invoice_no: String,
    #[server(default)] last4: String,
    #[server(default)] second_last4: String,
) -> Result<(), ApiError> {
    let keep = async {
        clerk().await?;
        let key = caller::backend()?.new_key().as_str().to_owned();
        let sale = Sale {
            code: short(code),
            second: short(second),
            order: short(order),
            discount: short(discount),
            outlet_id: short(outlet_id),
            invoice_no: short(invoice_no),
            last4: short(last4),
            second_last4: short(second_last4),
            key,
        };
        show(Sent { sale, problem: None });
        Ok(())
    };
    notice::settle(keep.await, PAGE)
}

/// Leads to the till's page with this sale.
#[cfg(feature = "ssr")]
fn show(sent: Sent) {
    cookies::set(SALE, &cookies::pack(&sent), PAGE, SALE_KEPT_S);
    leptos_axum::redirect(PAGE_OF_SALE);
}

/// What a field holds at most; what is longer is no code and no amount.
#[cfg(feature = "ssr")]
fn short(text: String) -> String {
    text.chars().take(64).collect()
}

/// Redeems the voucher that the till's page previewed.
///
/// # Errors
/// Nobody is signed in, a field is none, or the rules refuse it.
#[server(prefix = "/api/fn", endpoint = "redeem_voucher")]
pub async fn redeem_voucher(
    #[server(default)] code: String,
    #[server(default)] second: String,
    #[server(default)] order: String,
    #[server(default)] discount: String,
    #[server(default)] outlet_id: String,
    #[server(default)] invoice_no: String,
    #[server(default)] last4: String,
    #[server(default)] second_last4: String,
    #[server(default)] key: String,
) -> Result<(), ApiError> {
    let sale = Sale {
        code: short(code),
        second: short(second),
        order: short(order),
        discount: short(discount),
        outlet_id: short(outlet_id),
        invoice_no: short(invoice_no),
        last4: short(last4),
        second_last4: short(second_last4),
        key,
    };
    match redeem(&sale).await {
        Err(ApiError(problem)) if caller::accepts_html() => {
            show(Sent { sale, problem: Some(*problem) });
            Ok(())
        }
        outcome => outcome,
    }
}

#[cfg(feature = "ssr")]
async fn redeem(sale: &Sale) -> Result<(), ApiError> {
    let clerk = clerk().await?;
    let body = sale.read(caller::lang()).map_err(ApiError)?;
    let key = sale.key.parse();
    let key = key.map_err(|_| caller::convert(Denied::BadKey))?;
    let backend = caller::backend()?;
    let receipt = match body.order() {
        Some(order) => {
            let done = backend.redeem_order(&clerk, &order_request(order), &key).await;
            done.map_err(caller::convert)?.answer.order_id
        }
        None => {
            let done = backend.redeem(&clerk, &request(body), &key).await;
            done.map_err(caller::convert)?.answer.redemption_id
        }
    };
    cookies::clear(SALE, PAGE);
    leptos_axum::redirect(&format!("{PAGE}?receipt={receipt}"));
    Ok(())
}

/// Undoes an order that the clerk redeemed less than a minute ago, by any of its
/// redemptions.
///
/// # Errors
/// Nobody is signed in, the minute is over, or another clerk redeemed it.
#[server(prefix = "/api/fn", endpoint = "undo_redemption")]
pub async fn undo_redemption(
    #[server(default)] redemption_id: String,
    #[server(default)] key: String,
) -> Result<(), ApiError> {
    let undone = async {
        let clerk = clerk().await?;
        let id = redemption_id.parse::<RedemptionId>().map_err(|_| caller::convert(Denied::NotFound))?;
        let key = key.parse().map_err(|_| caller::convert(Denied::BadKey))?;
        caller::backend()?.undo_order(&clerk, id, &key).await.map_err(caller::convert)?;
        leptos_axum::redirect(PAGE);
        Ok(())
    };
    notice::settle(undone.await, PAGE)
}

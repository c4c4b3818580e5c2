//! An order with several vouchers: redeemed together or not at all.
//!
//! One voucher on an order goes through the desk, with the others that wait;
//! several are one transaction of their own, with the stored answer under its
//! key. Each has a redemption that stands for its part of the order
//! ([`domain::split_order`]), so that it is refunded, tallied and stated as any
//! other.

use crate::once::{Begun, Done};
use crate::store::desk::Redeemable;
use crate::store::redemption;
use crate::store::voucher::{self, VoucherRow};
use crate::store::{Tx, ledger, merchant_use, meta, resident_use, tally};
use crate::till::{Judged, Till, terms_of};
use crate::{Backend, Caller, Error, RedeemRequest, StoreError, keys};
use domain::shapes::{OrderPreview, OrderShape};
use domain::{
    Denied, Entry, Fen, IdempotencyKey, MOST_ON_ORDER, OutletId, Part, PartRefused, RedeemRefused,
    RedemptionId, split_order,
};
use serde::{Deserialize, Serialize};

/// Of a part's own key, the digits that tell it from others.
const KEY_LENGTH: usize = 40;

/// One of an order's vouchers, as the till has it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct OrderVoucher {
    /// The QR's text,
    #[serde(default)]
    pub token: Option<String>,
    /// or the twelve typed characters.
    #[serde(default)]
    pub code: Option<String>,
    /// The last four digits, which a paper voucher needs.
    #[serde(default)]
    pub last4: Option<String>,
}

/// What a till sends for an order, as it came.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct OrderRequest {
    /// Its vouchers, at most two.
    pub vouchers: Vec<OrderVoucher>,
    /// At which outlet.
    pub outlet_id: OutletId,
    /// The order after merchant discounts, before any voucher.
    pub order_fen: i64,
    /// The sale's invoice, which a car voucher needs.
    #[serde(default)]
    pub invoice_no: Option<String>,
    /// The merchant's own discount before the order's amount, for the record.
    #[serde(default)]
    pub merchant_discount_fen: Option<i64>,
}

/// A voucher of an order as it is stored, and what the terms say to it.
struct OnOrder {
    held: VoucherRow,
    judged: Judged,
}

impl Backend {
    /// What an order's vouchers would do together. It changes nothing, but that
    /// wrong digits of a paper voucher are counted.
    ///
    /// # Errors
    /// A voucher would be refused, which the error numbers, or a field is out
    /// of its limits.
    pub async fn preview_order(
        &self,
        caller: &Caller,
        request: &OrderRequest,
    ) -> Result<OrderPreview, Error> {
        self.limits().may_try_code(caller.account_id, self.now())?;
        let tills = self.read_order(caller, request).await?;
        let mut tx = self.db().read().await?;
        let judged = self.judge_order(&mut tx, &tills).await;
        let judged =
            judged.inspect_err(|error| self.count_wrong_code(error, caller.account_id, self.now()))?;
        let (mut vouchers, mut before) = (Vec::with_capacity(judged.len()), (0, Fen::ZERO));
        for (at, (on_order, till)) in judged.iter().zip(&tills).enumerate() {
            self.check_residents_day(&mut tx, &on_order.held, &on_order.judged, till)
                .await
                .map_err(numbered(at))?;
            self.check_daily_cap(&mut tx, &on_order.judged, till, before).await.map_err(numbered(at))?;
            let subsidies = before.1.plus(on_order.judged.subsidy());
            before = (before.0 + 1, subsidies.ok_or_else(|| StoreError::corrupt("an order's subsidies"))?);
            vouchers.push(self.preview_shape(&mut tx, &on_order.held, &on_order.judged).await?);
        }
        Ok(OrderPreview::of(vouchers))
    }

    /// Redeems an order's vouchers, all or none. A repeat with the same key
    /// gets the same answer.
    ///
    /// # Errors
    /// A voucher is refused, which the error numbers, a field is out of its
    /// limits, or the key was used for another request.
    pub async fn redeem_order(
        &self,
        caller: &Caller,
        request: &OrderRequest,
        key: &IdempotencyKey,
    ) -> Result<Done<OrderShape>, Error> {
        self.limits().may_try_code(caller.account_id, self.now())?;
        let tills = self.read_order(caller, request).await?;
        let request_text = serde_json::to_string(request).map_err(StoreError::corrupt)?;
        let request_hash = keys::sha256(&format!("order {request_text}"));
        let mut tx = match self.begin_once(caller, key, &request_hash).await? {
            Begun::Before(done) => return Ok(done),
            Begun::Now(tx) => tx,
        };
        let mut vouchers: Vec<_> = tills.iter().map(|till| till.voucher).collect();
        vouchers.sort_unstable();
        for voucher in vouchers {
            voucher::hold(&mut tx, voucher).await?;
        }
        let judged = self.judge_order(&mut tx, &tills).await;
        let judged =
            judged.inspect_err(|error| self.count_wrong_code(error, caller.account_id, self.now()))?;
        let mut parts = self.parts_of(judged, &tills, (key, &request_hash))?;
        self.write_order(&mut tx, &mut parts, None).await?;
        let shapes =
            parts.iter().map(|part| self.redemption_shape(&part.row)).collect::<Result<Vec<_>, _>>()?;
        let order = RedemptionId(parts[0].row.redemption_id);
        self.finish_once(tx, caller, key, OrderShape::of(order, shapes[0].receipt_code, shapes)).await
    }

    /// An order of the caller's merchant by one of its redemptions: with the
    /// other ones, where it has several.
    ///
    /// # Errors
    /// It is not their merchant's.
    pub async fn order_of(&self, caller: &Caller, id: RedemptionId) -> Result<OrderShape, Error> {
        let sale = self.redemption(caller, id).await?;
        let mut tx = self.db().read().await?;
        let rows = redemption::of_same_order(&mut tx, id).await?;
        if rows.is_empty() {
            return Ok(OrderShape::one(sale.redemption));
        }
        let shapes = rows.iter().map(|row| self.redemption_shape(row)).collect::<Result<Vec<_>, _>>()?;
        Ok(OrderShape::of(RedemptionId(rows[0].redemption_id), shapes[0].receipt_code, shapes))
    }

    /// Reads an order's fields; each voucher once.
    async fn read_order(&self, caller: &Caller, request: &OrderRequest) -> Result<Vec<Till>, Error> {
        let OrderRequest { vouchers, outlet_id, order_fen, invoice_no, merchant_discount_fen } = request;
        if !(1..=MOST_ON_ORDER).contains(&vouchers.len()) {
            return Err(Denied::field("vouchers", format!("1–{MOST_ON_ORDER}")).into());
        }
        let mut tills: Vec<Till> = Vec::with_capacity(vouchers.len());
        for (at, OrderVoucher { token, code, last4 }) in vouchers.iter().cloned().enumerate() {
            let request = RedeemRequest {
                token,
                code,
                outlet_id: *outlet_id,
                order_fen: *order_fen,
                invoice_no: invoice_no.clone(),
                last4,
                merchant_discount_fen: *merchant_discount_fen,
            };
            let till = self.read_till(caller, &request).await.map_err(numbered(at))?;
            if tills.iter().any(|other| other.voucher == till.voucher) {
                return Err(numbered(at)(RedeemRefused::NotStackable.into()));
            }
            tills.push(till);
        }
        // One order is one moment.
        let now = tills[0].now;
        tills.iter_mut().for_each(|till| till.now = now);
        Ok(tills)
    }

    /// Tests an order's vouchers, alone and together.
    async fn judge_order(&self, tx: &mut Tx, tills: &[Till]) -> Result<Vec<OnOrder>, Error> {
        let catalogue = self.catalogue();
        let mut held = Vec::with_capacity(tills.len());
        for (at, till) in tills.iter().enumerate() {
            let row = voucher::get(tx, till.voucher).await?;
            let row = row.ok_or(Denied::NotFound).map_err(Error::from);
            let row = row.and_then(|row| Ok((self.proven_step(&row, till)?, row)));
            held.push(row.map_err(numbered(at))?);
        }
        let terms = held.iter().map(|(_, row)| terms_of(&catalogue, row)).collect::<Result<Vec<_>, _>>()?;
        let order = tills[0].order(&catalogue)?;
        let parts = split_order(&terms, &order, self.zone());
        let parts = parts.map_err(|PartRefused { at, refused }| numbered(at)(refused.into()))?;
        let with_part = |(((step, held), terms), part): (((i64, VoucherRow), _), Part)| {
            let judged = Judged::of(terms, &order, part, step, tills[0].cap(&catalogue));
            OnOrder { held, judged }
        };
        Ok(held.into_iter().zip(terms).zip(parts).map(with_part).collect())
    }

    /// What an order's redemptions write, each under a key that no request has.
    fn parts_of(
        &self,
        judged: Vec<OnOrder>,
        tills: &[Till],
        (key, request_hash): (&IdempotencyKey, &str),
    ) -> Result<Vec<Redeemable>, Error> {
        let part = |(at, (OnOrder { held, judged }, till)): (usize, (OnOrder, &Till))| {
            let key = self.keys().private_hash(&format!("order {} {} {at}", till.clerk, key.as_str()));
            self.redeemable_of(&held, till, judged, &format!("order-{}", &key[..KEY_LENGTH]), request_hash)
        };
        judged.into_iter().zip(tills).enumerate().map(part).collect()
    }

    /// Writes an order's redemptions, after an entry of what came `before` them:
    /// their vouchers are held, so what was judged still holds.
    pub(crate) async fn write_order(
        &self,
        tx: &mut Tx,
        parts: &mut [Redeemable],
        before: Option<Entry>,
    ) -> Result<(), Error> {
        let count = i64::try_from(parts.len()).unwrap_or(0);
        let first = meta::take_numbers(tx, "redemption", count).await?;
        let receipt = parts[0].row.receipt_code.clone();
        for (at, part) in parts.iter_mut().enumerate() {
            part.row.redemption_id = first + i64::try_from(at).unwrap_or(0);
            part.row.receipt_code.clone_from(&receipt);
            let limit = part.per_outlet_day;
            if !redemption::use_outlet(tx, &part.row, limit).await? {
                return Err(numbered(at)(RedeemRefused::OutletLimitReached { limit }.into()));
            }
            if let Some(limit) = part.per_merchant_day
                && !resident_use::count(tx, &part.row, limit).await?
            {
                return Err(numbered(at)(RedeemRefused::MerchantLimitReached { limit }.into()));
            }
            if !voucher::redeem(tx, &part.row, part.step).await? {
                return Err(StoreError::Moved("a voucher of the order").into());
            }
            if !redemption::add(tx, &part.row).await? {
                return Err(StoreError::corrupt("an order's key that was used before").into());
            }
            if let Some(cap) = part.cap
                && !merchant_use::count(tx, &part.row, cap).await?
            {
                return Err(numbered(at)(RedeemRefused::DailyCapReached { cap }.into()));
            }
            if count > 1 {
                redemption::join_order(tx, part.row.redemption_id, first).await?;
            }
        }
        let mut moves: Vec<_> = parts.iter().map(|part| part.tally.clone()).collect();
        moves.sort_unstable();
        tally::add(tx, self.chain(), &moves).await?;
        let entries: Vec<_> = before.into_iter().chain(parts.iter().map(|part| part.entry.clone())).collect();
        Ok(ledger::append(tx, self.chain(), &entries, self.now()).await?)
    }
}

/// Tells which of an order's vouchers an error is about.
fn numbered(at: usize) -> impl Fn(Error) -> Error {
    move |error| match error {
        Error::Store(_) => error,
        error => Error::OnOrder { voucher: at + 1, error: Box::new(error) },
    }
}

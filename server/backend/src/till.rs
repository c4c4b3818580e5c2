//! The till: preview and redemption.

mod limits;
mod parts;

use crate::assisted::Paper;
use crate::catalogue::Catalogue;
use crate::lately::Receipt;
use crate::once::Done;
use crate::store::desk::{NewRedemption, Redeemable, Redeemed};
use crate::store::redemption::RedemptionRow;
use crate::store::voucher::VoucherRow;
use crate::store::{Tx, account, identity, voucher};
use crate::{Backend, Caller, Error, StoreError, keys};
use domain::shapes::{Preview, RedemptionShape};
use domain::{
    AccountId, CampaignTerms, Denied, DistrictCode, Fen, IdempotencyKey, KindCode, LastFour, MerchantId,
    Order, Outlet, OutletId, Part, Permission, PresentToken, ProvisionalCap, ReceiptCode, RedeemRefused,
    Timestamp, VoucherId, split, step_at,
};
pub(crate) use parts::{Arrived, tally_of, terms_of};
use parts::{check_state, fresh_step, redeem_entry};
use serde::{Deserialize, Serialize};

/// The largest order that a till takes: a million yuan, a car's price and more.
pub(crate) const MAX_ORDER_FEN: i64 = 100_000_000;
const MAX_INVOICE: usize = 40;
/// The till's channel in the tallies: the order is taken in the shop.
const CHANNEL: &str = "offline";

/// What a till sends, as it came.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RedeemRequest {
    /// The QR's text,
    #[serde(default)]
    pub token: Option<String>,
    /// or the twelve typed characters.
    #[serde(default)]
    pub code: Option<String>,
    /// At which outlet.
    pub outlet_id: OutletId,
    /// The order after merchant discounts.
    pub order_fen: i64,
    /// The sale's invoice, which a car voucher needs.
    #[serde(default)]
    pub invoice_no: Option<String>,
    /// The last four digits, which a paper voucher needs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last4: Option<String>,
    /// The merchant's own discount before the order's amount, for the record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merchant_discount_fen: Option<i64>,
}

/// A request whose fields are within their limits.
pub(crate) struct Till {
    pub(crate) clerk: AccountId,
    pub(crate) voucher: VoucherId,
    /// The step that the token proves; `None` when it is of another moment. It
    /// is computed here, where many do it side by side, and not at the desk.
    step: Option<i64>,
    pub(crate) outlet: At,
    /// The enrolled till, where the device is one.
    till_id: Option<i64>,
    amount: Fen,
    discount: Fen,
    invoice: Option<String>,
    /// What is known of the token's paper, where it is one's.
    paper: Option<Paper>,
    pub(crate) now: Timestamp,
}

/// The outlet at which a till stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct At {
    pub(crate) id: OutletId,
    pub(crate) merchant_id: MerchantId,
    pub(crate) district: DistrictCode,
}

impl From<&Outlet> for At {
    fn from(outlet: &Outlet) -> At {
        At { id: outlet.id, merchant_id: outlet.merchant_id, district: outlet.district }
    }
}

impl Till {
    /// The order as far as the terms ask; of a merchant that takes part, from a
    /// device that may redeem at the outlet.
    pub(crate) fn order<'a>(&'a self, catalogue: &'a Catalogue) -> Result<Order<'a>, Error> {
        let merchant = catalogue.merchant(self.outlet.merchant_id).ok_or(Denied::NotFound)?;
        merchant.may_redeem()?;
        if self.till_id.is_none() && catalogue.is_enrolled_only(self.outlet.id) {
            return Err(RedeemRefused::TillRequired.into());
        }
        Ok(Order {
            amount: self.amount,
            discount: self.discount,
            outlet: self.outlet.id,
            district: self.outlet.district,
            kind: &merchant.kind,
            switch: catalogue.kind(&merchant.kind).and_then(|kind| kind.switch),
            invoice: self.invoice.as_deref(),
            at: self.now,
        })
    }

    /// What its merchant may redeem in a day, while it is under review.
    pub(crate) fn cap(&self, catalogue: &Catalogue) -> Option<ProvisionalCap> {
        catalogue.cap_of(catalogue.merchant(self.outlet.merchant_id)?)
    }
}

/// What the terms say to a voucher on an order.
pub(crate) struct Judged {
    pub(crate) per_outlet_day: i64,
    pub(crate) per_merchant_day: Option<i64>,
    /// What its merchant may redeem that day, while it is under review.
    pub(crate) cap: Option<ProvisionalCap>,
    face_value: Fen,
    kind: KindCode,
    /// The voucher's part of the order, and the discount before it.
    part: Part,
    discount: Fen,
    step: i64,
}

impl Judged {
    pub(crate) const fn subsidy(&self) -> Fen {
        self.part.split.subsidy
    }

    /// What the terms say to a voucher on its part of an order.
    pub(crate) fn of(
        terms: &CampaignTerms,
        order: &Order<'_>,
        part: Part,
        step: i64,
        cap: Option<ProvisionalCap>,
    ) -> Judged {
        Judged {
            cap,
            per_outlet_day: terms.limits.per_outlet_day,
            per_merchant_day: terms.limits.per_merchant_day,
            face_value: terms.benefit.face_value(),
            kind: order.kind.clone(),
            part,
            discount: order.discount,
            step,
        }
    }
}

impl Backend {
    /// What a redemption would do. It changes nothing, but that wrong digits of
    /// a paper voucher are counted.
    ///
    /// # Errors
    /// The redemption would be refused, or a field is out of its limits.
    pub async fn preview(&self, caller: &Caller, request: &RedeemRequest) -> Result<Preview, Error> {
        self.limits().may_try_code(caller.account_id, self.now())?;
        let till = self.read_till(caller, request).await?;
        let mut tx = self.db().read().await?;
        let held = voucher::get(&mut tx, till.voucher).await?;
        let held = held.ok_or(Denied::NotFound).map_err(Error::from);
        let (clerk, now) = (till.clerk, till.now);
        let judged = held.and_then(|held| Ok((self.judge(&held, &till)?, held)));
        let (judged, held) = judged.inspect_err(|error| self.count_wrong_code(error, clerk, now))?;
        self.check_residents_day(&mut tx, &held, &judged, &till).await?;
        self.check_daily_cap(&mut tx, &judged, &till, (0, Fen::ZERO)).await?;
        self.looked_at(&tx, &held);
        Ok(self.preview_shape(&mut tx, &held, &judged).await?)
    }

    /// What a voucher would do on its part of an order.
    pub(crate) async fn preview_shape(
        &self,
        tx: &mut Tx,
        held: &VoucherRow,
        judged: &Judged,
    ) -> Result<Preview, StoreError> {
        let holder_masked = self.holder_masked(tx, held.account_id).await?;
        let catalogue = self.catalogue();
        let terms = terms_of(&catalogue, held)?;
        Ok(Preview {
            voucher_id: VoucherId(held.voucher_id),
            title: terms.title.clone(),
            title_en: terms.title_en.clone(),
            holder_masked,
            order_fen: judged.part.order,
            merchant_discount_fen: judged.discount,
            subsidy_fen: judged.part.split.subsidy,
            payable_fen: judged.part.split.payable,
        })
    }

    /// Redeems a voucher. A repeat with the same key gets the same receipt.
    ///
    /// # Errors
    /// The redemption is refused, a field is out of its limits, or the key was
    /// used for another request.
    pub async fn redeem(
        &self,
        caller: &Caller,
        request: &RedeemRequest,
        key: &IdempotencyKey,
    ) -> Result<Done<RedemptionShape>, Error> {
        self.limits().may_try_code(caller.account_id, self.now())?;
        let till = self.read_till(caller, request).await?;
        let (clerk, now) = (till.clerk, till.now);
        let request_text = serde_json::to_string(request).map_err(StoreError::corrupt)?;
        let digest = keys::digest(format!("redeem {request_text}").as_bytes());
        if let Some((receipt, of)) = self.lately().receipt(clerk, key) {
            let answer = self.receipt_shape(&receipt);
            return if of == digest {
                Ok(Done { answer, replayed: true })
            } else {
                Err(Denied::KeyReused.into())
            };
        }
        let request_hash = keys::hex(&digest);
        let asked = NewRedemption {
            clerk_id: caller.account_id.0,
            key: key.as_str().to_owned(),
            request_hash: request_hash.clone(),
            voucher_id: till.voucher.0,
            seen: self.lately().take_voucher(till.voucher),
            judge: {
                let (backend, key) = (self.clone(), key.as_str().to_owned());
                Box::new(move |held| backend.redeemable(held, &till, &key, &request_hash))
            },
        };
        let refused: Error = match self.desk().redeem(asked).await? {
            Redeemed::Now(row) => {
                let receipt = Receipt::try_from(&row)?;
                self.lately().keep_receipt(clerk, key, digest, receipt);
                return Ok(Done { answer: self.receipt_shape(&receipt), replayed: false });
            }
            Redeemed::Before(row) => {
                return Ok(Done { answer: self.receipt_shape(&Receipt::try_from(&row)?), replayed: true });
            }
            Redeemed::KeyReused => Denied::KeyReused.into(),
            Redeemed::Unknown => Denied::NotFound.into(),
            Redeemed::Refused(refused) => refused,
            Redeemed::AtOutletLimit(limit) => RedeemRefused::OutletLimitReached { limit }.into(),
            Redeemed::AtMerchantLimit(limit) => RedeemRefused::MerchantLimitReached { limit }.into(),
            Redeemed::AtDailyCap(cap) => RedeemRefused::DailyCapReached { cap }.into(),
        };
        self.count_wrong_code(&refused, clerk, now);
        Err(refused)
    }

    /// Counts a code that is nobody's, or not of this moment: whoever tries
    /// many is slowed down.
    pub(crate) fn count_wrong_code(&self, refused: &Error, clerk: AccountId, now: Timestamp) {
        let refused = match refused {
            Error::OnOrder { error, .. } => error,
            other => other,
        };
        if matches!(refused, Error::Denied(Denied::NotFound) | Error::Redeem(RedeemRefused::TokenStale)) {
            self.limits().wrong_code(clerk, now);
        }
    }

    /// The holder's phone number, masked, or the identity number of one without
    /// a phone.
    async fn holder_masked(&self, tx: &mut Tx, account_id: i64) -> Result<String, StoreError> {
        let sealed = account::phone(tx, account_id).await?;
        if let Some(phone) = sealed.and_then(|sealed| self.keys().open_phone(&sealed)) {
            return Ok(phone.masked());
        }
        let sealed = identity::sealed_of(tx, account_id).await?;
        let number = sealed.and_then(|sealed| self.keys().open_identity(&sealed));
        Ok(number.map(|number| number.masked()).unwrap_or_default())
    }

    /// Reads a request's fields, before anything is asked of the database; then
    /// looks whether the token is a paper's.
    pub(crate) async fn read_till(&self, caller: &Caller, request: &RedeemRequest) -> Result<Till, Error> {
        caller.require(Permission::Redeem)?;
        let merchant = caller.merchant_id.ok_or(Denied::WrongRole)?;
        let (field, text) = match (&request.token, &request.code) {
            (Some(token), None) => ("token", token),
            (None, Some(code)) => ("code", code),
            _ => return Err(Denied::field("token", "either token or code").into()),
        };
        let token: PresentToken = text.parse().map_err(|error| Denied::field(field, error))?;
        let amount =
            Fen::try_from(request.order_fen).ok().filter(|fen| (1..=MAX_ORDER_FEN).contains(&fen.get()));
        let amount = amount.ok_or_else(|| Denied::field("order_fen", format!("1–{MAX_ORDER_FEN}")))?;
        let most = MAX_ORDER_FEN - amount.get();
        let discount = request.merchant_discount_fen.unwrap_or(0);
        let discount = Fen::try_from(discount).ok().filter(|fen| fen.get() <= most);
        let discount = discount.ok_or_else(|| Denied::field("merchant_discount_fen", format!("0–{most}")))?;
        let invoice = request.invoice_no.as_deref().map(str::trim).filter(|invoice| !invoice.is_empty());
        if invoice.is_some_and(|invoice| invoice.chars().count() > MAX_INVOICE) {
            return Err(Denied::field("invoice_no", format!("≤ {MAX_INVOICE}")).into());
        }
        let digits = request.last4.as_deref().map(str::trim).filter(|digits| !digits.is_empty());
        let digits = digits.map(|digits| digits.parse::<LastFour>()).transpose();
        let digits = digits.map_err(|error| Denied::field("last4", error))?;
        let catalogue = self.catalogue();
        let outlet = catalogue.outlet(request.outlet_id).filter(|outlet| outlet.merchant_id == merchant);
        let outlet = At::from(outlet.ok_or(RedeemRefused::ForeignOutlet)?);
        if !caller.works_at(outlet.id) {
            return Err(RedeemRefused::ClerkElsewhere.into());
        }
        if let Some(limit) = self.most_order(caller).filter(|most| amount > *most) {
            return Err(RedeemRefused::ManagerRequired { limit }.into());
        }
        if caller.till.is_some_and(|till| till.outlet != outlet.id) {
            return Err(RedeemRefused::TillElsewhere.into());
        }
        let (voucher, now) = (self.keys().voucher_of(token.code), self.now());
        Ok(Till {
            paper: self.read_paper(&token, digits.as_ref(), now).await?,
            clerk: caller.account_id,
            voucher,
            step: self.keys().voucher_secret(voucher).proven_step(&token, now, None),
            outlet,
            till_id: caller.till.map(|till| till.id.0),
            amount,
            discount,
            invoice: invoice.map(str::to_owned),
            now,
        })
    }

    /// The largest order on which the caller redeems; `None` when there is no
    /// limit but [`MAX_ORDER_FEN`].
    pub(crate) fn most_order(&self, caller: &Caller) -> Option<Fen> {
        (!caller.may(Permission::RedeemLarge)).then(|| self.catalogue().season().clerk_order_fen)
    }

    /// The step that the token proves and that is used up by it; of a voucher
    /// that may be used.
    pub(crate) fn proven_step(&self, held: &VoucherRow, till: &Till) -> Result<i64, Error> {
        Ok(match &till.paper {
            Some(paper) => {
                paper.clone()?;
                check_state(held, till.now)?;
                // It stands still; the phone's tokens so far are used up all the same.
                held.present_step.map_or(0, |used| used + 1).max(step_at(till.now))
            }
            None => fresh_step(held, till)?,
        })
    }

    /// Tests the voucher behind the token against its terms.
    pub(crate) fn judge(&self, held: &VoucherRow, till: &Till) -> Result<Judged, Error> {
        let catalogue = self.catalogue();
        let order = till.order(&catalogue)?;
        let step = self.proven_step(held, till)?;
        let terms = terms_of(&catalogue, held)?;
        let split = split(terms, &order, self.zone())?;
        let part = Part { order: order.amount, split };
        Ok(Judged::of(terms, &order, part, step, till.cap(&catalogue)))
    }

    /// Everything that a redemption writes: its row, its tally and its ledger
    /// entry.
    fn redeemable(
        &self,
        held: &VoucherRow,
        till: &Till,
        key: &str,
        request_hash: &str,
    ) -> Result<Redeemable, Error> {
        let judged = self.judge(held, till)?;
        self.redeemable_of(held, till, judged, key, request_hash)
    }

    /// The same for a voucher that was judged.
    pub(crate) fn redeemable_of(
        &self,
        held: &VoucherRow,
        till: &Till,
        judged: Judged,
        key: &str,
        request_hash: &str,
    ) -> Result<Redeemable, Error> {
        let Judged { per_outlet_day, per_merchant_day, cap, face_value, kind, part, discount, step } = judged;
        let Part { order, split } = part;
        let row = RedemptionRow {
            redemption_id: 0,
            voucher_id: held.voucher_id,
            round_id: held.round_id,
            campaign_id: held.campaign_id,
            account_id: held.account_id,
            merchant_id: till.outlet.merchant_id.0,
            outlet_id: till.outlet.id.0,
            district: till.outlet.district.number(),
            kind: kind.to_string(),
            channel: CHANNEL.to_owned(),
            clerk_id: till.clerk.0,
            redeem_key: key.to_owned(),
            request_hash: request_hash.to_owned(),
            order_fen: order.get(),
            subsidy_fen: split.subsidy.get(),
            government_fen: split.government.get(),
            receipt_code: ReceiptCode::from_random(self.random().number()).to_string(),
            invoice_no: till.invoice.clone(),
            redeemed_at_ms: till.now.ms(),
            business_day: self.zone().business_day(till.now).to_string(),
            hour: i64::from(self.zone().hour(till.now)),
            refunded_fen: 0,
            subsidy_back_fen: 0,
            government_back_fen: 0,
            merchant_discount_fen: discount.get(),
            till_id: till.till_id,
        };
        let entry = redeem_entry(&row, face_value)?;
        let tally = tally_of(&row, 1, row.order_fen, row.subsidy_fen, row.government_fen);
        Ok(Redeemable { row, step, per_outlet_day, per_merchant_day, cap, entry, tally })
    }

    /// Notes what a voucher looked like, where the desk asks: on SQLite it reads
    /// what it writes to anyway.
    pub(crate) fn looked_at(&self, tx: &Tx, held: &VoucherRow) {
        if !tx.writes_alone() {
            self.lately().keep_voucher(held);
        }
    }

    /// A redemption as it was when it was made: the answer to its request, now
    /// and whenever it is repeated.
    fn receipt_shape(&self, receipt: &Receipt) -> RedemptionShape {
        let catalogue = self.catalogue();
        let outlet = catalogue.outlet(receipt.outlet);
        RedemptionShape {
            redemption_id: receipt.redemption,
            voucher_id: receipt.voucher,
            merchant_id: receipt.merchant,
            outlet_id: receipt.outlet,
            outlet_name: outlet.map(|outlet| outlet.name.clone()).unwrap_or_default(),
            outlet_name_en: outlet.map(|outlet| outlet.name_en.clone()).unwrap_or_default(),
            order_fen: receipt.order,
            merchant_discount_fen: receipt.discount,
            subsidy_fen: receipt.subsidy,
            payable_fen: receipt.order.less(receipt.subsidy),
            receipt_code: receipt.code,
            redeemed_at: self.zone().rfc3339(receipt.at),
            refunded_fen: Fen::ZERO,
            subsidy_back_fen: Fen::ZERO,
        }
    }

    /// A redemption as both sides see it.
    pub(crate) fn redemption_shape(&self, row: &RedemptionRow) -> Result<RedemptionShape, StoreError> {
        let fen = |amount: i64| Fen::try_from(amount).map_err(StoreError::corrupt);
        Ok(RedemptionShape {
            refunded_fen: fen(row.refunded_fen)?,
            subsidy_back_fen: fen(row.subsidy_back_fen)?,
            ..self.receipt_shape(&row.try_into()?)
        })
    }
}

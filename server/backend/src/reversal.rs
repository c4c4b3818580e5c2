//! Undoing a redemption, whole or in part.

use crate::once::{Begun, Done};
use crate::store::redemption::{RedemptionRow, ReversalRow};
use crate::store::{Tx, ledger, merchant_use, meta, redemption, tally, voucher};
use crate::till::tally_of;
use crate::{Backend, Caller, Error, StoreError, keys};
use domain::shapes::Reversed;
use domain::{
    Account, CampaignId, Denied, Entry, EntryKind, Fen, IdempotencyKey, MerchantId, Permission, RedemptionId,
    RefundLimits, ReversalId, ReverseRefused, RoundId, Timestamp, VoucherId, VoucherState, refund_share,
    undo_until,
};
use serde::{Deserialize, Serialize};

const MAX_REASON: usize = 200;
/// How often a redemption that others refund at the same time is read.
const READINGS: usize = 16;

/// What a till sends to undo a redemption, as it came.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ReverseRequest {
    /// What the resident is refunded of the order.
    pub refund_fen: i64,
    /// Why, for the records.
    pub reason: String,
}

/// Why a clerk's own undoing was done, for the records.
const UNDONE: &str = "收银台撤销 undone at the till";

/// What a refund moves.
pub(crate) struct Refund {
    /// What the order has left.
    pub(crate) refundable: Fen,
    pub(crate) refund: Fen,
    pub(crate) subsidy_back: Fen,
    government_back: Fen,
    /// Nothing of the order is left then.
    is_whole: bool,
}

impl Backend {
    /// Undoes a redemption of the caller's merchant, whole or in part.
    ///
    /// # Errors
    /// The caller may not, or not so much; the redemption is not their
    /// merchant's; or the refund is more than the order has left.
    pub async fn reverse(
        &self,
        caller: &Caller,
        id: RedemptionId,
        request: &ReverseRequest,
        key: &IdempotencyKey,
    ) -> Result<Done<Reversed>, Error> {
        caller.require(Permission::Reverse)?;
        let refund = Fen::try_from(request.refund_fen).ok().filter(|fen| *fen > Fen::ZERO);
        let refund = refund.ok_or_else(|| Denied::field("refund_fen", "≥ 1"))?;
        let reason = request.reason.trim();
        if reason.is_empty() || reason.chars().count() > MAX_REASON {
            return Err(Denied::field("reason", format!("1–{MAX_REASON}")).into());
        }
        let request_hash = keys::sha256(&format!("reverse {id} {refund} {reason}"));
        let mut tx = match self.begin_once(caller, key, &request_hash).await? {
            Begun::Before(done) => return Ok(done),
            Begun::Now(tx) => tx,
        };
        let (read, refund) = take_refund(&mut tx, caller, id, Some(refund)).await?;
        let limits = self.refund_limits(caller);
        if let Some(RefundLimits { each_fen: limit, .. }) = limits.filter(|of| refund.refund > of.each_fen) {
            return Err(ReverseRefused::AboveLimit { limit }.into());
        }
        let answer = self.write_reversal(&mut tx, caller, &read, &refund, (reason, limits)).await?;
        self.finish_once(tx, caller, key, answer).await
    }

    /// Undoes in whole what the caller redeemed less than a minute ago. It
    /// needs no right of its own and counts against no limit.
    ///
    /// # Errors
    /// Another person redeemed it, the minute is over, or nothing is left.
    pub async fn undo(
        &self,
        caller: &Caller,
        id: RedemptionId,
        key: &IdempotencyKey,
    ) -> Result<Done<Reversed>, Error> {
        caller.require(Permission::Redeem)?;
        let request_hash = keys::sha256(&format!("undo {id}"));
        let mut tx = match self.begin_once(caller, key, &request_hash).await? {
            Begun::Before(done) => return Ok(done),
            Begun::Now(tx) => tx,
        };
        let (read, refund) = take_refund(&mut tx, caller, id, None).await?;
        if read.clerk_id != caller.account_id.0 {
            return Err(ReverseRefused::AnotherClerks.into());
        }
        let since = undo_until(Timestamp::from_ms(read.redeemed_at_ms));
        if self.now() >= since {
            return Err(ReverseRefused::UndoOver { since }.into());
        }
        let answer = self.write_reversal(&mut tx, caller, &read, &refund, (UNDONE, None)).await?;
        self.finish_once(tx, caller, key, answer).await
    }

    /// What the caller may refund at most; `None` when there is no limit.
    pub(crate) fn refund_limits(&self, caller: &Caller) -> Option<RefundLimits> {
        (!caller.may(Permission::ReverseFreely)).then(|| self.catalogue().season().refunds)
    }

    /// Writes what a refund moves once it is taken from its redemption.
    async fn write_reversal(
        &self,
        tx: &mut Tx,
        caller: &Caller,
        read: &RedemptionRow,
        refund: &Refund,
        (reason, limits): (&str, Option<RefundLimits>),
    ) -> Result<Reversed, Error> {
        let now = self.now();
        if let Some(limits) = limits {
            self.stay_within(tx, caller, refund.refund, limits.day_fen).await?;
        }
        let returned = self.give_back_voucher(tx, read, refund.is_whole).await?;
        let reversal = ReversalRow {
            reversal_id: meta::take_numbers(tx, "reversal", 1).await?,
            redemption_id: read.redemption_id,
            clerk_id: caller.account_id.0,
            refund_fen: refund.refund.get(),
            subsidy_back_fen: refund.subsidy_back.get(),
            government_back_fen: refund.government_back.get(),
            reason,
            reversed_at: now,
        };
        redemption::add_reversal(tx, read, &reversal).await?;
        let (order, subsidy, government) =
            (-refund.refund.get(), -refund.subsidy_back.get(), -refund.government_back.get());
        let by = tally_of(read, -i64::from(refund.is_whole), order, subsidy, government);
        tally::add(tx, self.chain(), &[by]).await?;
        let face_value = returned.unwrap_or(Fen::ZERO);
        ledger::append(tx, self.chain(), &[reverse_entry(read, refund, face_value)?], now).await?;
        Ok(Reversed {
            reversal_id: ReversalId(reversal.reversal_id),
            redemption_id: RedemptionId(read.redemption_id),
            refund_fen: refund.refund,
            subsidy_back_fen: refund.subsidy_back,
            resident_refund_fen: refund.refund.less(refund.subsidy_back),
            voucher_state: if returned.is_some() { VoucherState::Issued } else { VoucherState::Redeemed },
        })
    }

    /// Counts a refund against what the caller may refund in a business day.
    async fn stay_within(&self, tx: &mut Tx, caller: &Caller, refund: Fen, limit: Fen) -> Result<(), Error> {
        let day = self.zone().business_day(self.now());
        if redemption::refund_of_day(tx, caller.account_id, day, refund, limit).await? {
            return Ok(());
        }
        let refunded = redemption::refunded_on(tx, caller.account_id, day).await?;
        let left = limit.less(Fen::try_from(refunded).map_err(StoreError::corrupt)?);
        Err(ReverseRefused::AboveDayLimit { limit, left }.into())
    }

    /// After a whole reversal the voucher goes back, where its campaign allows
    /// it and its time has not run out; its face value then.
    async fn give_back_voucher(
        &self,
        tx: &mut Tx,
        read: &RedemptionRow,
        is_whole: bool,
    ) -> Result<Option<Fen>, Error> {
        if !is_whole {
            return Ok(None);
        }
        let catalogue = self.catalogue();
        let terms = catalogue.campaign(CampaignId(read.campaign_id));
        let terms = terms.ok_or_else(|| StoreError::corrupt("a redemption of no campaign"))?;
        let returned = terms.returns_on_reversal
            && voucher::give_back(tx, VoucherId(read.voucher_id), self.now()).await?;
        redemption::leave_outlet(tx, &read.outlet_use()).await?;
        if catalogue.merchant(MerchantId(read.merchant_id)).and_then(|of| catalogue.cap_of(of)).is_some() {
            merchant_use::give_back(tx, read).await?;
        }
        Ok(returned.then(|| terms.benefit.face_value()))
    }
}

/// Takes a refund from a redemption of the caller's merchant, all that is left
/// of it without an amount. Where another one came between reading and taking,
/// what is left is read and judged again.
async fn take_refund(
    tx: &mut Tx,
    caller: &Caller,
    id: RedemptionId,
    refund: Option<Fen>,
) -> Result<(RedemptionRow, Refund), Error> {
    for _ in 0..READINGS {
        let read = own(tx, caller, id).await?;
        let refund = judge(&read, refund)?;
        let taken = (refund.refund.get(), refund.subsidy_back.get(), refund.government_back.get());
        if redemption::refund(tx, &read, taken).await? {
            return Ok((read, refund));
        }
    }
    Err(StoreError::Moved("a redemption that was to be undone").into())
}

/// A redemption of the caller's merchant.
pub(crate) async fn own(tx: &mut Tx, caller: &Caller, id: RedemptionId) -> Result<RedemptionRow, Error> {
    let read = redemption::get(tx, id).await?;
    let own = read.filter(|row| Some(MerchantId(row.merchant_id)) == caller.merchant_id);
    Ok(own.ok_or(Denied::NotFound)?)
}

/// What a refund takes from a redemption as it was read; all that is left of it
/// without an amount.
pub(crate) fn judge(read: &RedemptionRow, refund: Option<Fen>) -> Result<Refund, Error> {
    let fen = |amount: i64| Fen::try_from(amount).map_err(StoreError::corrupt);
    let (order, refunded) = (fen(read.order_fen)?, fen(read.refunded_fen)?);
    let refundable = order.less(refunded);
    if refundable == Fen::ZERO {
        return Err(ReverseRefused::AlreadyReversed.into());
    }
    let refund = refund.unwrap_or(refundable);
    if refund > refundable {
        return Err(ReverseRefused::TooMuch { refundable }.into());
    }
    let share = |whole: i64, back: i64| {
        Ok::<_, Error>(refund_share(order, fen(whole)?, refunded, fen(back)?, refund))
    };
    Ok(Refund {
        refundable,
        refund,
        subsidy_back: share(read.subsidy_fen, read.subsidy_back_fen)?,
        government_back: share(read.government_fen, read.government_back_fen)?,
        is_whole: refund == refundable,
    })
}

/// The subsidy goes back to the pot; a voucher that is given back takes its
/// face value out again.
fn reverse_entry(read: &RedemptionRow, refund: &Refund, face_value: Fen) -> Result<Entry, StoreError> {
    let merchant = MerchantId(read.merchant_id);
    let (subsidy, government) = (refund.subsidy_back.get(), refund.government_back.get());
    let lines = [
        (Account::Payable(merchant), -government),
        (Account::Borne(merchant), government - subsidy),
        (Account::Pot(CampaignId(read.campaign_id)), subsidy - face_value.get()),
        (Account::Issued(RoundId(read.round_id)), face_value.get()),
    ];
    Entry::new(EntryKind::Reverse, Some(VoucherId(read.voucher_id)), &lines).map_err(StoreError::corrupt)
}

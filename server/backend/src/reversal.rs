//! Undoing a redemption, whole or in part.

use crate::once::{Begun, Done};
use crate::store::redemption::{RedemptionRow, ReversalRow};
use crate::store::settlement::lines::{self, BatchPlace};
use crate::store::settlement::{self, rows};
use crate::store::{Tx, ledger, merchant_use, meta, redemption, resident_use, risk_freeze, tally, voucher};
use crate::till::tally_of;
use crate::{Backend, Caller, Error, StoreError, keys};
use domain::shapes::Reversed;
use domain::{
    Account, AccountId, CampaignId, Denied, Entry, EntryKind, Fen, IdempotencyKey, MerchantId, Permission,
    RedemptionId, RefundLimits, ReversalId, ReverseRefused, RoundId, VoucherId, VoucherState, refund_share,
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

/// What a reversal answers, and what it still has to move.
pub(crate) struct Undone {
    pub(crate) reversed: Reversed,
    pub(crate) tally: tally::Move,
    pub(crate) entry: Entry,
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
        if let Some(limits) = limits {
            self.stay_within(tx, caller, refund.refund, limits.day_fen).await?;
        }
        let Undone { reversed, tally, entry } = self.reverse_part(tx, caller, (read, refund), reason).await?;
        tally::add(tx, self.chain(), &[tally]).await?;
        ledger::append(tx, self.chain(), &[entry], self.now()).await?;
        Ok(reversed)
    }

    /// Writes a reversal but for its tally and its entry, which come last.
    pub(crate) async fn reverse_part(
        &self,
        tx: &mut Tx,
        caller: &Caller,
        (read, refund): (&RedemptionRow, &Refund),
        reason: &str,
    ) -> Result<Undone, Error> {
        let place = self.place_in_batch(tx, read, refund).await?;
        let is_settled = place == BatchPlace::Settled;
        let returned = self.give_back_voucher(tx, read, (refund.is_whole, is_settled)).await?;
        let reversal_id = meta::take_numbers(tx, "reversal", 1).await?;
        let reversal = ReversalRow {
            reversal_id,
            redemption_id: read.redemption_id,
            clerk_id: caller.account_id.0,
            refund_fen: refund.refund.get(),
            subsidy_back_fen: refund.subsidy_back.get(),
            government_back_fen: refund.government_back.get(),
            reason,
            reversed_at: self.now(),
        };
        redemption::add_reversal(tx, read, &reversal).await?;
        if is_settled && refund.government_back > Fen::ZERO {
            let of = (read.merchant_id, read.redemption_id);
            lines::claw_back(tx, reversal_id, of, refund.government_back.get()).await?;
        }
        let (order, subsidy, government) =
            (-refund.refund.get(), -refund.subsidy_back.get(), -refund.government_back.get());
        let reversed = Reversed {
            reversal_id: ReversalId(reversal.reversal_id),
            redemption_id: RedemptionId(read.redemption_id),
            refund_fen: refund.refund,
            subsidy_back_fen: refund.subsidy_back,
            resident_refund_fen: refund.refund.less(refund.subsidy_back),
            voucher_state: returned.map_or(VoucherState::Redeemed, |(_, state)| state),
        };
        Ok(Undone {
            reversed,
            tally: tally_of(read, -i64::from(refund.is_whole), order, subsidy, government),
            entry: reverse_entry(read, refund, returned.map_or(Fen::ZERO, |(value, _)| value), is_settled)?,
        })
    }

    /// The place of a redemption in a batch, held until the commit: one that is
    /// not exported loses what is refunded.
    async fn place_in_batch(
        &self,
        tx: &mut Tx,
        read: &RedemptionRow,
        refund: &Refund,
    ) -> Result<BatchPlace, StoreError> {
        settlement::hold_merchant(tx, read.merchant_id).await?;
        let place = lines::place(tx, read.redemption_id).await?;
        if let BatchPlace::InDraft(batch) = place {
            let of = (read.merchant_id, read.redemption_id);
            lines::lower(tx, batch, of, refund.government_back.get()).await?;
            rows::count(tx, batch, read.merchant_id).await?;
        }
        Ok(place)
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
    /// it, its time has not run out and no batch settled it; its face value then,
    /// and where it stands: frozen, when a case holds what its holder has.
    async fn give_back_voucher(
        &self,
        tx: &mut Tx,
        read: &RedemptionRow,
        (is_whole, is_settled): (bool, bool),
    ) -> Result<Option<(Fen, VoucherState)>, Error> {
        if !is_whole {
            return Ok(None);
        }
        let catalogue = self.catalogue();
        let terms = catalogue.campaign(CampaignId(read.campaign_id));
        let terms = terms.ok_or_else(|| StoreError::corrupt("a redemption of no campaign"))?;
        let returned = terms.returns_on_reversal
            && !is_settled
            && voucher::give_back(tx, VoucherId(read.voucher_id), self.now()).await?;
        redemption::leave_outlet(tx, &read.outlet_use()).await?;
        if terms.limits.per_merchant_day.is_some() {
            resident_use::give_back(tx, read).await?;
        }
        if catalogue.merchant(MerchantId(read.merchant_id)).and_then(|of| catalogue.cap_of(of)).is_some() {
            merchant_use::give_back(tx, read).await?;
        }
        if !returned {
            return Ok(None);
        }
        let (holder, voucher) = (AccountId(read.account_id), VoucherId(read.voucher_id));
        let frozen = risk_freeze::freeze_returned(tx, holder, voucher, self.now()).await?;
        let state = if frozen { VoucherState::Frozen } else { VoucherState::Issued };
        Ok(Some((terms.benefit.face_value(), state)))
    }
}

/// Takes a refund from a redemption of the caller's merchant, all that is left
/// of it without an amount. Where another one came between reading and taking,
/// what is left is read and judged again.
pub(crate) async fn take_refund(
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
/// face value out again. What a batch settled is clawed back.
fn reverse_entry(
    read: &RedemptionRow,
    refund: &Refund,
    face_value: Fen,
    is_settled: bool,
) -> Result<Entry, StoreError> {
    let merchant = MerchantId(read.merchant_id);
    let (subsidy, government) = (refund.subsidy_back.get(), refund.government_back.get());
    let (kind, account) = if is_settled {
        (EntryKind::Clawback, Account::Clawback(merchant))
    } else {
        (EntryKind::Reverse, Account::Payable(merchant))
    };
    let lines = [
        (account, -government),
        (Account::Borne(merchant), government - subsidy),
        (Account::Pot(CampaignId(read.campaign_id)), subsidy - face_value.get()),
        (Account::Issued(RoundId(read.round_id)), face_value.get()),
    ];
    Entry::new(kind, Some(VoucherId(read.voucher_id)), &lines).map_err(StoreError::corrupt)
}

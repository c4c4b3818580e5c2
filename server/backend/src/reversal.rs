//! Undoing a redemption, whole or in part, and a merchant's list of them.

use crate::once::{Begun, Done};
use crate::paging::{Cursor, page};
use crate::store::redemption::{RedemptionRow, ReversalRow};
use crate::store::{Tx, ledger, meta, redemption, tally, voucher};
use crate::till::tally_of;
use crate::{Backend, Caller, Error, StoreError, keys};
use domain::shapes::{Page, RedemptionShape, Reversed};
use domain::{
    Account, CampaignId, Denied, Entry, EntryKind, Fen, IdempotencyKey, ListQuery, MerchantId, Permission,
    RedemptionId, ReversalId, ReverseRefused, RoundId, VoucherId, VoucherState, refund_share,
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
struct Refund {
    refund: Fen,
    subsidy_back: Fen,
    government_back: Fen,
    /// Nothing of the order is left.
    is_whole: bool,
}

impl Backend {
    /// Undoes a redemption of the caller's merchant, whole or in part.
    ///
    /// # Errors
    /// The caller may not, the redemption is not their merchant's, or the
    /// refund is more than the order has left.
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
        let (read, refund) = take_refund(&mut tx, caller, id, refund).await?;
        let answer = self.write_reversal(&mut tx, caller, &read, &refund, reason).await?;
        self.finish_once(tx, caller, key, answer).await
    }

    /// Writes what a refund moves once it is taken from its redemption.
    async fn write_reversal(
        &self,
        tx: &mut Tx,
        caller: &Caller,
        read: &RedemptionRow,
        refund: &Refund,
        reason: &str,
    ) -> Result<Reversed, Error> {
        let now = self.now();
        let catalogue = self.catalogue();
        let terms = catalogue.campaign(CampaignId(read.campaign_id));
        let terms = terms.ok_or_else(|| StoreError::corrupt("a redemption of no campaign"))?;
        let voucher_id = VoucherId(read.voucher_id);
        let returned =
            refund.is_whole && terms.returns_on_reversal && voucher::give_back(tx, voucher_id, now).await?;
        if refund.is_whole {
            redemption::leave_outlet(tx, &read.outlet_use()).await?;
        }
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
        redemption::add_reversal(tx, &reversal).await?;
        let (order, subsidy, government) =
            (-refund.refund.get(), -refund.subsidy_back.get(), -refund.government_back.get());
        tally::add(
            tx,
            self.chain(),
            &tally_of(read, -i64::from(refund.is_whole), order, subsidy, government),
        )
        .await?;
        let face_value = if returned { terms.benefit.face_value() } else { Fen::ZERO };
        ledger::append(tx, self.chain(), &[reverse_entry(read, refund, face_value)?], now).await?;
        Ok(Reversed {
            reversal_id: ReversalId(reversal.reversal_id),
            redemption_id: RedemptionId(read.redemption_id),
            refund_fen: refund.refund,
            subsidy_back_fen: refund.subsidy_back,
            resident_refund_fen: refund.refund.less(refund.subsidy_back),
            voucher_state: if returned { VoucherState::Issued } else { VoucherState::Redeemed },
        })
    }

    /// The redemptions of the caller's merchant, newest first.
    ///
    /// # Errors
    /// The caller belongs to no merchant, or limit or cursor is none.
    pub async fn redemptions(
        &self,
        caller: &Caller,
        query: &ListQuery,
    ) -> Result<Page<RedemptionShape>, Error> {
        caller.require(Permission::Redeem)?;
        let merchant = caller.merchant_id.ok_or(Denied::WrongRole)?;
        let cursor = Cursor::newest_first(query)?;
        let mut tx = self.db().read().await?;
        let rows =
            redemption::of_merchant(&mut tx, merchant, RedemptionId(cursor.before), cursor.limit + 1).await?;
        let shapes = rows.iter().map(|row| self.redemption_shape(row)).collect::<Result<Vec<_>, _>>()?;
        Ok(page(shapes, &cursor, |shape| shape.redemption_id.0))
    }
}

/// Takes a refund from a redemption of the caller's merchant. Where another one
/// came between reading and taking, what is left is read and judged again.
async fn take_refund(
    tx: &mut Tx,
    caller: &Caller,
    id: RedemptionId,
    refund: Fen,
) -> Result<(RedemptionRow, Refund), Error> {
    for _ in 0..READINGS {
        let read = redemption::get(tx, id).await?;
        let read = read
            .filter(|row| Some(MerchantId(row.merchant_id)) == caller.merchant_id)
            .ok_or(Denied::NotFound)?;
        let refund = judge(&read, refund)?;
        let taken = (refund.refund.get(), refund.subsidy_back.get(), refund.government_back.get());
        if redemption::refund(tx, &read, taken).await? {
            return Ok((read, refund));
        }
    }
    Err(StoreError::Moved("a redemption that was to be undone").into())
}

/// What a refund takes from a redemption as it was read.
fn judge(read: &RedemptionRow, refund: Fen) -> Result<Refund, Error> {
    let fen = |amount: i64| Fen::try_from(amount).map_err(StoreError::corrupt);
    let (order, refunded) = (fen(read.order_fen)?, fen(read.refunded_fen)?);
    let refundable = order.less(refunded);
    if refundable == Fen::ZERO {
        return Err(ReverseRefused::AlreadyReversed.into());
    }
    if refund > refundable {
        return Err(ReverseRefused::TooMuch { refundable }.into());
    }
    let share = |whole: i64, back: i64| {
        Ok::<_, Error>(refund_share(order, fen(whole)?, refunded, fen(back)?, refund))
    };
    Ok(Refund {
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

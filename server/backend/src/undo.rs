//! Undoing at the till what its clerk redeemed less than a minute ago: one
//! redemption, or an order with all its vouchers.

use crate::once::{Begun, Done};
use crate::reversal::{Refund, Undone, own, take_refund};
use crate::store::redemption::{self, RedemptionRow};
use crate::store::voucher;
use crate::store::{Tx, ledger, tally};
use crate::{Backend, Caller, Error, keys};
use domain::shapes::{OrderUndone, Reversed};
use domain::{IdempotencyKey, Permission, RedemptionId, ReverseRefused, Timestamp, VoucherId, undo_until};

/// Why it was done, for the records.
const UNDONE: &str = "收银台撤销 undone at the till";

/// A redemption and what is left of it, taken.
type Taken = (RedemptionRow, Refund);

impl Backend {
    /// Undoes in whole what the caller redeemed less than a minute ago, and no
    /// other voucher of its order. It needs no right of its own and counts
    /// against no limit.
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
        let taken = vec![self.take_undone(&mut tx, caller, id).await?];
        let answer = self.write_undone(&mut tx, caller, taken).await?.remove(0);
        self.finish_once(tx, caller, key, answer).await
    }

    /// Undoes an order of the caller's, named by any of its redemptions: all
    /// that is left of every voucher on it, together or not at all.
    ///
    /// # Errors
    /// Another person redeemed it, the minute is over, or nothing is left.
    pub async fn undo_order(
        &self,
        caller: &Caller,
        id: RedemptionId,
        key: &IdempotencyKey,
    ) -> Result<Done<OrderUndone>, Error> {
        caller.require(Permission::Redeem)?;
        let request_hash = keys::sha256(&format!("undo order {id}"));
        let mut tx = match self.begin_once(caller, key, &request_hash).await? {
            Begun::Before(done) => return Ok(done),
            Begun::Now(tx) => tx,
        };
        own(&mut tx, caller, id).await?;
        let parts = redemption::of_same_order(&mut tx, id).await?;
        let ids = parts.iter().map(|row| RedemptionId(row.redemption_id)).collect::<Vec<_>>();
        let ids = if ids.is_empty() { vec![id] } else { ids };
        let mut taken = Vec::with_capacity(ids.len());
        for part in &ids {
            match self.take_undone(&mut tx, caller, *part).await {
                Ok(part) => taken.push(part),
                // A part that was refunded already has nothing left to undo.
                Err(Error::Reverse(ReverseRefused::AlreadyReversed)) => (),
                Err(error) => return Err(error),
            }
        }
        if taken.is_empty() {
            return Err(ReverseRefused::AlreadyReversed.into());
        }
        let answer = OrderUndone::of(ids[0], self.write_undone(&mut tx, caller, taken).await?);
        self.finish_once(tx, caller, key, answer).await
    }

    /// Takes all that is left of a redemption that the caller may undo.
    async fn take_undone(&self, tx: &mut Tx, caller: &Caller, id: RedemptionId) -> Result<Taken, Error> {
        let (read, refund) = take_refund(tx, caller, id, None).await?;
        if read.clerk_id != caller.account_id.0 {
            return Err(ReverseRefused::AnotherClerks.into());
        }
        let since = undo_until(Timestamp::from_ms(read.redeemed_at_ms));
        if self.now() >= since {
            return Err(ReverseRefused::UndoOver { since }.into());
        }
        Ok((read, refund))
    }

    /// Writes what was taken, its tallies and one block of the ledger; in the
    /// order in which it was taken.
    async fn write_undone(
        &self,
        tx: &mut Tx,
        caller: &Caller,
        taken: Vec<Taken>,
    ) -> Result<Vec<Reversed>, Error> {
        let mut vouchers: Vec<_> = taken.iter().map(|(read, _)| VoucherId(read.voucher_id)).collect();
        vouchers.sort_unstable();
        for voucher in vouchers {
            voucher::hold(tx, voucher).await?;
        }
        let (mut answers, mut moves, mut entries) = (Vec::new(), Vec::new(), Vec::new());
        for (read, refund) in &taken {
            let Undone { reversed, tally, entry } =
                self.reverse_part(tx, caller, (read, refund), UNDONE).await?;
            answers.push(reversed);
            moves.push(tally);
            entries.push(entry);
        }
        moves.sort_unstable();
        tally::add(tx, self.chain(), &moves).await?;
        ledger::append(tx, self.chain(), &entries, self.now()).await?;
        Ok(answers)
    }
}

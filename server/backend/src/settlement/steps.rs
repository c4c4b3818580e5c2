//! Confirming, reviewing and approving.

use super::fen;
use crate::audit::{self, Deed};
use crate::once::{Begun, Done};
use crate::store::Tx;
use crate::store::settlement::rows::MerchantRow;
use crate::store::settlement::{self as store, BatchRow, lines, rows};
use crate::{Backend, Caller, Error, StoreError, keys};
use domain::shapes::{OwnSettlement, SettlementItem};
use domain::{
    AccountId, AuditAction, AuditThing, Denied, DistrictCode, IdempotencyKey, MerchantId, Permission,
    SettlementLife, SettlementRefused, SettlementState, SettlementStep,
};
use serde_json::json;

impl Backend {
    /// Confirms the row of the caller's own merchant.
    ///
    /// # Errors
    /// The caller may not, the merchant has no row of such a batch, or it does
    /// not wait for that.
    pub async fn confirm_settlement(
        &self,
        caller: &Caller,
        id: i64,
        key: &IdempotencyKey,
    ) -> Result<Done<OwnSettlement>, Error> {
        caller.require(SettlementStep::Confirm.permission())?;
        let merchant = caller.merchant_id.ok_or(Denied::WrongRole)?;
        let request_hash = keys::sha256(&format!("confirm settlement {id}"));
        let mut tx = match self.begin_once(caller, key, &request_hash).await? {
            Begun::Before(done) => return Ok(done),
            Begun::Now(tx) => tx,
        };
        let batch = store::get(&mut tx, id).await?.ok_or(Denied::NotFound)?;
        let row = rows::get(&mut tx, id, merchant).await?.ok_or(Denied::NotFound)?;
        life_of(&row, &batch)?.after(SettlementStep::Confirm, caller.account_id)?;
        if !rows::confirm(&mut tx, id, merchant).await? {
            return Err(StoreError::Moved("a merchant's row").into());
        }
        let row = rows::get(&mut tx, id, merchant).await?.ok_or(Denied::NotFound)?;
        let own = self.own_settlement(caller, &batch, &row)?;
        let pay = own.row.pay_fen.get();
        let step = (id, SettlementStep::Confirm);
        self.note_step(&mut tx, caller, step, (merchant.0, row.district), (1, pay)).await?;
        let deed = Deed::new(AuditAction::ConfirmSettlement, AuditThing::Settlement, id);
        let new = json!({ "merchant_id": merchant, "pay_fen": pay });
        audit::record(self, &mut tx, caller, deed, (None::<&()>, Some(&new))).await?;
        self.finish_once(tx, caller, key, own).await
    }

    /// Reviews the confirmed rows of the caller's district, or the one of a
    /// merchant.
    ///
    /// # Errors
    /// The caller reviews none, there is no such batch or row, or none waits for
    /// that.
    pub async fn review_settlement(
        &self,
        caller: &Caller,
        id: i64,
        merchant: Option<MerchantId>,
        key: &IdempotencyKey,
    ) -> Result<Done<SettlementItem>, Error> {
        caller.require(SettlementStep::Review.permission())?;
        let district = caller.office.ok_or(Denied::WrongRole)?;
        let one = merchant.map_or(0, |merchant| merchant.0);
        let request_hash = keys::sha256(&format!("review settlement {id} {one}"));
        let mut tx = match self.begin_once(caller, key, &request_hash).await? {
            Begun::Before(done) => return Ok(done),
            Begun::Now(tx) => tx,
        };
        let batch = store::get(&mut tx, id).await?.ok_or(Denied::NotFound)?;
        let state = self.reviewable(&mut tx, &batch, (district, merchant)).await?;
        let (count, pay) = rows::review(&mut tx, id, (district, one), caller.account_id).await?;
        if count == 0 {
            return Err(SettlementRefused::WrongState { state, step: SettlementStep::Review }.into());
        }
        let step = (id, SettlementStep::Review);
        self.note_step(&mut tx, caller, step, (0, district.number()), (count, pay)).await?;
        let item = self.settlement_item(&mut tx, &batch, Some(district)).await?;
        let deed = Deed::new(AuditAction::ReviewSettlement, AuditThing::Settlement, id);
        let new = json!({ "district": district, "merchant_id": merchant, "rows": count, "pay_fen": pay });
        audit::record(self, &mut tx, caller, deed, (None::<&()>, Some(&new))).await?;
        self.finish_once(tx, caller, key, item).await
    }

    /// Where the rows stand that are to be reviewed.
    async fn reviewable(
        &self,
        tx: &mut Tx,
        batch: &BatchRow,
        (district, merchant): (DistrictCode, Option<MerchantId>),
    ) -> Result<SettlementState, Error> {
        let id = batch.settlement_id;
        if let Some(merchant) = merchant {
            let row = rows::get(tx, id, merchant).await?.filter(|row| row.district == district.number());
            return Ok(row.ok_or(Denied::NotFound)?.state.parse().map_err(StoreError::corrupt)?);
        }
        let stored: SettlementState = batch.state.parse().map_err(StoreError::corrupt)?;
        let totals = rows::totals(tx, id, district.number()).await?;
        if totals.rows + totals.left_out == 0 {
            return Err(Denied::NotFound.into());
        }
        let waiting = SettlementState::of_waiting(totals.to_confirm, totals.to_review);
        Ok(if stored == SettlementState::Draft { waiting } else { stored })
    }

    /// Approves a batch: all its rows are reviewed, or those that are not are
    /// left out.
    ///
    /// # Errors
    /// The caller may not, made the batch or reviewed rows of it; there is no
    /// such batch; it was approved before; or rows are not reviewed and not to be
    /// left out, or none is.
    pub async fn approve_settlement(
        &self,
        caller: &Caller,
        id: i64,
        leave_out: bool,
        key: &IdempotencyKey,
    ) -> Result<Done<SettlementItem>, Error> {
        caller.require(SettlementStep::Approve.permission())?;
        let request_hash = keys::sha256(&format!("approve settlement {id} {leave_out}"));
        let mut tx = match self.begin_once(caller, key, &request_hash).await? {
            Begun::Before(done) => return Ok(done),
            Begun::Now(tx) => tx,
        };
        store::hold_merchants(&mut tx).await?;
        let batch = store::get(&mut tx, id).await?.ok_or(Denied::NotFound)?;
        four_eyes(&mut tx, &batch, caller.account_id).await?;
        let totals = rows::totals(&mut tx, id, 0).await?;
        let waiting = totals.to_confirm + totals.to_review;
        if waiting > 0 && (!leave_out || waiting == totals.rows) {
            return Err(SettlementRefused::NotAllReviewed { waiting, rows: totals.rows }.into());
        }
        let moves = (SettlementState::Draft, SettlementState::Approved);
        if !store::step(&mut tx, id, moves).await? {
            return Err(StoreError::Moved("the settlement").into());
        }
        for unsigned in [SettlementState::Draft, SettlementState::Confirmed] {
            rows::step(&mut tx, id, (unsigned, SettlementState::LeftOut)).await?;
        }
        rows::step(&mut tx, id, SettlementStep::Approve.moves()).await?;
        lines::leave_out(&mut tx, id).await?;
        let row = store::get(&mut tx, id).await?.ok_or(Denied::NotFound)?;
        let item = self.settlement_item(&mut tx, &row, None).await?;
        let (count, pay) = (item.totals.rows, item.totals.pay_fen.get());
        self.note_step(&mut tx, caller, (id, SettlementStep::Approve), (0, 0), (count, pay)).await?;
        let deed = Deed::new(AuditAction::ApproveSettlement, AuditThing::Settlement, id);
        let new = json!({ "rows": count, "left_out": item.totals.left_out, "pay_fen": pay });
        audit::record(self, &mut tx, caller, deed, (None::<&()>, Some(&new))).await?;
        self.finish_once(tx, caller, key, item).await
    }
}

/// Another person than the maker and than every reviewer approves, and once.
async fn four_eyes(tx: &mut Tx, batch: &BatchRow, by: AccountId) -> Result<(), Error> {
    let stored: SettlementState = batch.state.parse().map_err(StoreError::corrupt)?;
    let state = if stored == SettlementState::Draft { SettlementState::Reviewed } else { stored };
    let life = SettlementLife { state, ..SettlementLife::draft(Some(AccountId(batch.made_by))) };
    life.after(SettlementStep::Approve, by)?;
    for reviewer in rows::reviewers(tx, batch.settlement_id).await? {
        let reviewed_by = Some(AccountId(reviewer));
        SettlementLife { reviewed_by, ..life }.after(SettlementStep::Approve, by)?;
    }
    Ok(())
}

fn life_of(row: &MerchantRow, batch: &BatchRow) -> Result<SettlementLife, StoreError> {
    let state = row.state.parse().map_err(StoreError::corrupt)?;
    Ok(SettlementLife { state, ..SettlementLife::draft(Some(AccountId(batch.made_by))) })
}

/// What a row pays, as it stands.
pub(super) fn due_of(row: &MerchantRow) -> Result<domain::Due, StoreError> {
    let of = domain::SettlementSums {
        redeemed_fen: row.redeemed_fen,
        released_fen: row.released_fen,
        withheld_fen: row.withheld_fen,
        clawback_fen: row.clawback_fen,
    };
    fen(of.redeemed_fen + of.released_fen)?;
    Ok(of.due(row.carried_fen))
}

/// Who may see a batch: the whole city, or the district that is named.
pub(super) fn seen_by(caller: &Caller) -> Result<Option<DistrictCode>, Denied> {
    caller.district_for(Permission::SeeSettlements)
}

//! Settlement: the weekly batch that pays merchants.
//!
//! `draft → confirmed → reviewed → approved → exported → paid`. A batch is the
//! whole city's for one settlement week. Its merchants confirm their own rows
//! and each district reviews its merchants' rows, so confirming and reviewing
//! are steps of rows; approving, exporting and paying are steps of the batch,
//! and whoever approves may leave out the rows that are not reviewed. One batch
//! is open at a time.
//!
//! A batch takes what stands in no batch yet, up to its week's last day: what
//! arrives late is paid with the next one. Until the export refunds and new
//! cases take from its lines, and nothing is ever added. With the export the
//! whole of it is written to the ledger as text, from which its files are made;
//! a refund after that is a clawback. Money moves when the bank's result is
//! taken.

mod bank;
mod check;
mod export;
mod read;
mod steps;
mod told;

pub use bank::BankResult;
pub(crate) use check::{Texts, check};
pub use export::SettledFile;

use crate::audit::{self, Deed};
use crate::once::{Begun, Done};
use crate::store::settlement::steps::StepRow;
use crate::store::settlement::{self as store, BatchRow, lines, rows};
use crate::store::{Tx, meta};
use crate::{Backend, Caller, Error, StoreError, keys};
use domain::shapes::SettlementItem;
use domain::{
    AuditAction, AuditThing, Day, Denied, Fen, IdempotencyKey, MerchantId, Permission, SettlementRefused,
    SettlementState, SettlementStep, looks_from,
};
use serde_json::json;

impl Backend {
    /// Makes the batch of the settlement week in which a business day lies.
    ///
    /// # Errors
    /// The caller may not, the day is none, the week is not over or was settled,
    /// another batch is open, or there is nothing to settle.
    pub async fn make_settlement(
        &self,
        caller: &Caller,
        day: &str,
        key: &IdempotencyKey,
    ) -> Result<Done<SettlementItem>, Error> {
        caller.require(Permission::MakeSettlement)?;
        let day: Day = day.parse().map_err(|error| Denied::field("week", error))?;
        let (from, to) = (day.monday(), day.sunday());
        let request_hash = keys::sha256(&format!("settlement {from}"));
        let mut tx = match self.begin_once(caller, key, &request_hash).await? {
            Begun::Before(done) => return Ok(done),
            Begun::Now(tx) => tx,
        };
        store::hold_merchants(&mut tx).await?;
        let looked_from = self.may_make(&mut tx, to).await?;
        let row = BatchRow {
            settlement_id: meta::take_numbers(&mut tx, "settlement", 1).await?,
            from_day: from.to_string(),
            to_day: to.to_string(),
            state: SettlementState::Draft.code().to_owned(),
            made_by: caller.account_id.0,
            made_at_ms: self.now().ms(),
            hash: None,
            bank_reference: None,
        };
        if !store::add(&mut tx, &row).await? {
            return Err(StoreError::Moved("the open settlement").into());
        }
        let id = row.settlement_id;
        lines::take(&mut tx, id, (&looked_from.to_string(), &row.to_day)).await?;
        self.add_rows(&mut tx, id).await?;
        let item = self.settlement_item(&mut tx, &row, None).await?;
        let deed = Deed::new(AuditAction::MakeSettlement, AuditThing::Settlement, id);
        let new = json!({ "from": row.from_day, "to": row.to_day, "rows": item.totals.rows,
                          "pay_fen": item.totals.pay_fen });
        audit::record(self, &mut tx, caller, deed, (None::<&()>, Some(&new))).await?;
        self.finish_once(tx, caller, key, item).await
    }

    /// Discards a batch that is not exported: the next one has its lines.
    ///
    /// # Errors
    /// The caller may not, there is no such batch, or it is exported.
    pub async fn discard_settlement(
        &self,
        caller: &Caller,
        id: i64,
        key: &IdempotencyKey,
    ) -> Result<Done<SettlementItem>, Error> {
        caller.require(Permission::MakeSettlement)?;
        let request_hash = keys::sha256(&format!("discard settlement {id}"));
        let mut tx = match self.begin_once(caller, key, &request_hash).await? {
            Begun::Before(done) => return Ok(done),
            Begun::Now(tx) => tx,
        };
        store::hold_merchants(&mut tx).await?;
        let batch = store::get(&mut tx, id).await?.ok_or(Denied::NotFound)?;
        let state: SettlementState = batch.state.parse().map_err(StoreError::corrupt)?;
        if !matches!(state, SettlementState::Draft | SettlementState::Approved) {
            return Err(SettlementRefused::NotDiscarded { state }.into());
        }
        let to = SettlementState::LeftOut;
        if !store::step(&mut tx, id, (state, to)).await? {
            return Err(StoreError::Moved("the settlement").into());
        }
        for from in SettlementState::ALL {
            rows::step(&mut tx, id, (*from, to)).await?;
        }
        lines::leave_out(&mut tx, id).await?;
        let row = store::get(&mut tx, id).await?.ok_or(Denied::NotFound)?;
        let item = self.settlement_item(&mut tx, &row, None).await?;
        let deed = Deed::new(AuditAction::DiscardSettlement, AuditThing::Settlement, id);
        let told = |state: SettlementState| json!({ "state": state });
        audit::record(self, &mut tx, caller, deed, (Some(&told(state)), Some(&told(to)))).await?;
        self.finish_once(tx, caller, key, item).await
    }

    /// Whether a week's batch may be made; the first day that it looks at.
    async fn may_make(&self, tx: &mut Tx, to: Day) -> Result<Day, Error> {
        if self.zone().business_day(self.now()) <= to {
            return Err(SettlementRefused::WeekNotOver { to }.into());
        }
        if let Some(open) = store::open(tx).await? {
            return Err(SettlementRefused::StillOpen { batch: open.settlement_id }.into());
        }
        let latest = store::latest(tx).await?;
        let last = latest.as_ref().map(|row| row.to_day.parse::<Day>().map_err(StoreError::corrupt));
        let last = last.transpose()?;
        if let (Some(latest), Some(last)) = (&latest, last)
            && to <= last
        {
            return Err(SettlementRefused::WeekSettled { batch: latest.settlement_id, to: last }.into());
        }
        Ok(looks_from(last, self.catalogue().season().starts_on))
    }

    async fn add_rows(&self, tx: &mut Tx, id: i64) -> Result<(), Error> {
        let catalogue = self.catalogue();
        let new = rows::merchants(tx, id).await?;
        if new.is_empty() {
            return Err(SettlementRefused::NothingDue.into());
        }
        for row in &new {
            let merchant = MerchantId(row.merchant_id);
            let district = catalogue.outlets_of(merchant).next().map_or(0, |outlet| outlet.district.number());
            let name = catalogue.merchant(merchant).map_or("", |of| of.name.as_str());
            // The bank's file and the ledger hold it on one line.
            let name: String = name.chars().filter(|sign| !sign.is_control()).collect();
            rows::add(tx, id, row, (&name, district)).await?;
        }
        Ok(rows::count(tx, id, 0).await?)
    }

    /// Notes a step that a caller took.
    async fn note_step(
        &self,
        tx: &mut Tx,
        caller: &Caller,
        (id, step): (i64, SettlementStep),
        (merchant_id, district): (i64, i64),
        (rows, pay_fen): (i64, i64),
    ) -> Result<(), StoreError> {
        let row = StepRow {
            settlement_id: id,
            step: step.code().to_owned(),
            merchant_id,
            district,
            taken_by: caller.account_id.0,
            taken_at_ms: self.now().ms(),
            rows,
            pay_fen,
        };
        store::steps::add(tx, &row).await
    }
}

fn fen(amount: i64) -> Result<Fen, StoreError> {
    Fen::try_from(amount).map_err(StoreError::corrupt)
}

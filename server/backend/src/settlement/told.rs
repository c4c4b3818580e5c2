//! Batches, rows and lines as they are told: from what is stored to shapes.

use super::fen;
use super::steps::due_of;
use crate::store::settlement::BatchRow;
use crate::store::settlement::lines::ShownLine;
use crate::store::settlement::results::ResultRow;
use crate::store::settlement::rows::{MerchantRow, TotalsRow};
use crate::store::settlement::steps::StepRow;
use crate::{Backend, Caller, StoreError};
use domain::shapes::{
    BankResultShape, OwnSettlement, SettlementLineShape, SettlementRowShape, SettlementStepShape,
    SettlementTotals,
};
use domain::{
    AccountId, DistrictCode, MerchantId, OutletId, RedemptionId, ReversalId, SettlementLineKind,
    SettlementState, SettlementStep, Timestamp, VoucherId, payment_reference,
};

impl Backend {
    pub(super) fn own_settlement(
        &self,
        caller: &Caller,
        batch: &BatchRow,
        row: &MerchantRow,
    ) -> Result<OwnSettlement, StoreError> {
        let row = self.row_shape(row)?;
        let may_confirm =
            row.state == SettlementState::Draft && caller.may(SettlementStep::Confirm.permission());
        Ok(OwnSettlement {
            id: batch.settlement_id,
            from: batch.from_day.clone(),
            to: batch.to_day.clone(),
            row,
            may_confirm,
            bank_reference: batch.bank_reference.clone(),
        })
    }

    pub(super) fn row_shape(&self, row: &MerchantRow) -> Result<SettlementRowShape, StoreError> {
        let (merchant, due, catalogue) = (MerchantId(row.merchant_id), due_of(row)?, self.catalogue());
        Ok(SettlementRowShape {
            settlement_id: row.settlement_id,
            merchant_id: merchant,
            name: row.name.clone(),
            name_en: catalogue.merchant(merchant).map(|of| of.name_en.clone()).unwrap_or_default(),
            district: DistrictCode::try_from(row.district).map_err(StoreError::corrupt)?,
            state: row.state.parse().map_err(StoreError::corrupt)?,
            reference: payment_reference(row.settlement_id, merchant),
            carried_fen: row.carried_fen,
            redeemed_fen: fen(row.redeemed_fen)?,
            released_fen: fen(row.released_fen)?,
            withheld_fen: fen(row.withheld_fen)?,
            clawback_fen: fen(row.clawback_fen)?,
            pay_fen: due.pay,
            carried_on_fen: due.carried_fen,
        })
    }

    pub(super) fn line_shape(&self, line: ShownLine) -> Result<SettlementLineShape, StoreError> {
        let outlet = OutletId(line.outlet_id);
        let (catalogue, kind) = (self.catalogue(), line.kind.parse().map_err(StoreError::corrupt)?);
        let known = catalogue.outlet(outlet);
        let withheld = kind == SettlementLineKind::Withheld;
        let signal = line.signal.filter(|_| withheld).map(|text| text.parse()).transpose();
        let case_state = line.case_state.filter(|_| withheld).map(|text| text.parse()).transpose();
        Ok(SettlementLineShape {
            kind,
            redemption_id: RedemptionId(line.redemption_id),
            reversal_id: (line.reversal_id != 0).then_some(ReversalId(line.reversal_id)),
            voucher_id: VoucherId(line.voucher_id),
            redeemed_at: self.zone().rfc3339(Timestamp::from_ms(line.redeemed_at_ms)),
            business_day: line.business_day,
            outlet_id: outlet,
            outlet_name: known.map(|of| of.name.clone()).unwrap_or_default(),
            outlet_name_en: known.map(|of| of.name_en.clone()).unwrap_or_default(),
            receipt_code: line.receipt_code,
            amount_fen: fen(line.amount_fen)?,
            case_id: line.case_id.filter(|_| withheld),
            signal: signal.map_err(StoreError::corrupt)?,
            case_state: case_state.map_err(StoreError::corrupt)?,
        })
    }

    pub(super) fn step_shape(&self, row: &StepRow) -> Result<SettlementStepShape, StoreError> {
        let district = (row.district != 0).then(|| DistrictCode::try_from(row.district)).transpose();
        Ok(SettlementStepShape {
            step: row.step.parse().map_err(StoreError::corrupt)?,
            by: AccountId(row.taken_by),
            at: self.zone().rfc3339(Timestamp::from_ms(row.taken_at_ms)),
            merchant_id: (row.merchant_id != 0).then_some(MerchantId(row.merchant_id)),
            district: district.map_err(StoreError::corrupt)?,
            rows: row.rows,
            pay_fen: fen(row.pay_fen)?,
        })
    }

    pub(super) fn result_shape(&self, row: ResultRow) -> Result<BankResultShape, StoreError> {
        Ok(BankResultShape {
            at: self.zone().rfc3339(Timestamp::from_ms(row.brought_at_ms)),
            by: AccountId(row.brought_by),
            file_name: row.file_name,
            file_hash: row.file_hash,
            outcome: row.outcome,
            detail: row.detail,
            detail_en: row.detail_en,
            mismatches: serde_json::from_str(&row.mismatches).map_err(StoreError::corrupt)?,
        })
    }
}

pub(super) fn totals_shape(row: &TotalsRow) -> Result<SettlementTotals, StoreError> {
    Ok(SettlementTotals {
        rows: row.rows,
        to_confirm: row.to_confirm,
        to_review: row.to_review,
        left_out: row.left_out,
        carried_fen: row.carried_fen,
        redeemed_fen: fen(row.redeemed_fen)?,
        released_fen: fen(row.released_fen)?,
        withheld_fen: fen(row.withheld_fen)?,
        clawback_fen: fen(row.clawback_fen)?,
        pay_fen: fen(row.pay_fen)?,
    })
}

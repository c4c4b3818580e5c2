//! The cases that come of what tills redeemed without a network.

use super::arrival::Read;
use crate::risk::Evidence;
use crate::store::offline::OfflineRow;
use crate::store::risk::{self, NewCase};
use crate::store::{Tx, redemption};
use crate::{Backend, Error, StoreError};
use domain::{OfflineRefused, RiskSignal};

impl Backend {
    /// Opens the case of a voucher that was used before.
    pub(super) async fn open_conflict(
        &self,
        tx: &mut Tx,
        read: &Read,
        row: &OfflineRow,
    ) -> Result<i64, Error> {
        let first = redemption::of_voucher(tx, read.till.voucher).await?;
        let first = first.ok_or_else(|| StoreError::corrupt("a redeemed voucher without a redemption"))?;
        let evidence = Evidence::OfflineConflict {
            first_redemption_id: first.redemption_id,
            first_outlet_id: first.outlet_id,
            first_at_ms: first.redeemed_at_ms,
            second_till_id: row.till_id,
            second_outlet_id: row.outlet_id,
            second_at_ms: row.made_at_ms,
            arrived_at_ms: row.arrived_at_ms,
            order_fen: row.order_fen,
        };
        let case = self.case_of(read, RiskSignal::OfflineConflict, &evidence, Some(first.merchant_id))?;
        Ok(risk::open(tx, &case).await?)
    }

    /// Opens the case of a voucher whose value is spent otherwise.
    pub(super) async fn open_unfunded(
        &self,
        tx: &mut Tx,
        read: &Read,
        row: &OfflineRow,
        refused: &OfflineRefused,
    ) -> Result<i64, Error> {
        let OfflineRefused::PotSpent { subsidy_fen, expired_at } = refused else {
            return Err(StoreError::corrupt("a case without its reason").into());
        };
        let evidence = Evidence::OfflineUnfunded {
            till_id: row.till_id,
            at_ms: row.made_at_ms,
            expired_at_ms: expired_at.ms(),
            arrived_at_ms: row.arrived_at_ms,
            order_fen: row.order_fen,
            subsidy_fen: subsidy_fen.get(),
        };
        let case = self.case_of(read, RiskSignal::OfflineUnfunded, &evidence, None)?;
        Ok(risk::open(tx, &case).await?)
    }

    fn case_of(
        &self,
        read: &Read,
        signal: RiskSignal,
        evidence: &Evidence,
        party: Option<i64>,
    ) -> Result<NewCase, StoreError> {
        let outlet = &read.till.outlet;
        Ok(NewCase {
            signal,
            merchant_id: outlet.merchant_id.0,
            outlet_id: outlet.id.0,
            district: outlet.district,
            voucher: Some(read.till.voucher),
            redemption_id: None,
            evidence: serde_json::to_string(evidence).map_err(StoreError::corrupt)?,
            party,
            at: self.now(),
        })
    }
}

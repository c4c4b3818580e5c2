//! What a decision on a case does to the vouchers of its holder.

use crate::store::risk::CaseRow;
use crate::store::risk_freeze::{self, HeldCount, LetGo};
use crate::store::{StoreError, Tx};
use crate::{Backend, Error};
use domain::shapes::RiskVouchers;
use domain::{Entry, RiskRefused, RiskState, VoucherId};
use serde::Serialize;
use std::collections::BTreeMap;

/// Vouchers that are read at a time.
const AT_ONCE: i64 = 500;

/// What a decision did to vouchers, by number, as the audit log keeps it.
#[derive(Debug, Default, Serialize)]
pub(super) struct Moved {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    frozen: Vec<i64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    thawed: Vec<i64>,
    /// Those whose time ran out while they were frozen.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    expired: Vec<i64>,
    /// Those that another case holds.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    still_frozen: Vec<i64>,
    /// What the expired ones move in the ledger.
    #[serde(skip)]
    pub(super) entries: Vec<Entry>,
}

impl Backend {
    /// Freezes what the holder of a case has not used, or lets go what the case
    /// holds, as the case was decided.
    ///
    /// # Errors
    /// It was frozen before, and its holder was issued nothing since.
    pub(super) async fn move_vouchers(
        &self,
        tx: &mut Tx,
        before: RiskState,
        decided: &CaseRow,
    ) -> Result<Moved, Error> {
        if decided.state != RiskState::Frozen.code() {
            return Ok(self.let_go_all(tx, decided.case_id).await?);
        }
        let frozen = self.freeze_unused(tx, decided.case_id).await?;
        if frozen.is_empty() && before == RiskState::Frozen {
            return Err(RiskRefused::AlreadyDecided.into());
        }
        Ok(Moved { frozen, ..Moved::default() })
    }

    async fn freeze_unused(&self, tx: &mut Tx, case_id: i64) -> Result<Vec<i64>, StoreError> {
        let (now, mut last, mut frozen) = (self.now(), 0, Vec::new());
        loop {
            let unused = risk_freeze::unused(tx, case_id, (last, now), AT_ONCE).await?;
            let Some(end) = unused.last() else { return Ok(frozen) };
            last = *end;
            for voucher in unused {
                if risk_freeze::freeze(tx, case_id, VoucherId(voucher), now).await? {
                    frozen.push(voucher);
                }
            }
        }
    }

    /// A voucher whose time ran out meanwhile expires here: the job has passed
    /// its place.
    async fn let_go_all(&self, tx: &mut Tx, case_id: i64) -> Result<Moved, StoreError> {
        let (now, mut moved) = (self.now(), Moved::default());
        loop {
            let held = risk_freeze::held(tx, case_id, AT_ONCE).await?;
            if held.is_empty() {
                return Ok(moved);
            }
            for voucher in held {
                match risk_freeze::let_go(tx, case_id, VoucherId(voucher), now).await? {
                    LetGo::Held => moved.still_frozen.push(voucher),
                    LetGo::Thawed => moved.thawed.push(voucher),
                    LetGo::Expired(row) => {
                        moved.entries.push(self.expire_entry(&row)?);
                        moved.expired.push(voucher);
                    }
                }
            }
        }
    }

    /// By case: how many vouchers it holds, and how many more a freeze would; a
    /// case with neither is left out.
    pub(super) async fn counted(
        &self,
        tx: &mut Tx,
        span: (i64, i64),
        district: &str,
    ) -> Result<BTreeMap<i64, RiskVouchers>, StoreError> {
        let counts = risk_freeze::counts(tx, span, district, self.now()).await?;
        let shape = |count: &HeldCount| RiskVouchers { frozen: count.frozen, unused: count.unused };
        Ok(counts.iter().map(|count| (count.case_id, shape(count))).collect())
    }
}

//! What `verify` says of batches: their lines, their rows, their text in the
//! ledger and the ledger's accounts are one.

use super::export::settled_batch;
use crate::StoreError;
use crate::store::Tx;
use crate::store::settlement as store;
use domain::{Day, SettledBatch, SettlementState};
use std::collections::BTreeMap;

/// A batch's lines of text, by its number, as the ledger's blocks hold them.
pub(crate) type Texts = BTreeMap<i64, Vec<String>>;

/// What batches did to merchants' accounts, in fen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Expected {
    pub(crate) paid_fen: i64,
    /// Zero or below.
    pub(crate) clawback_fen: i64,
}

/// Holds every batch against its lines and against the ledger's text; what they
/// did to merchants' accounts, by merchant. Faults are sentences.
pub(crate) async fn check(
    tx: &mut Tx,
    texts: &mut Texts,
    faults: &mut Vec<String>,
) -> Result<BTreeMap<i64, Expected>, StoreError> {
    let mut expected: BTreeMap<i64, Expected> = BTreeMap::new();
    for (merchant, clawback_fen) in store::checks::clawbacks(tx).await? {
        expected.entry(merchant).or_default().clawback_fen -= clawback_fen;
    }
    let mut before = i64::MAX;
    loop {
        let batches = store::before(tx, before, 100).await?;
        let Some(last) = batches.last() else { break };
        before = last.settlement_id;
        for row in &batches {
            let id = row.settlement_id;
            let state: SettlementState = row.state.parse().map_err(StoreError::corrupt)?;
            if !matches!(state, SettlementState::Exported | SettlementState::Paid) {
                continue;
            }
            let batch = settled_batch(tx, row).await?;
            let text = batch.text();
            if row.hash.as_deref() != Some(SettledBatch::hash_of(&text).to_string().as_str()) {
                faults.push(format!("settlement {id} has another hash than its lines"));
            }
            if texts.remove(&id).as_ref() != Some(&text) {
                faults.push(format!("settlement {id} is not what the ledger has of it"));
            }
            if state == SettlementState::Paid {
                for of in &batch.merchants {
                    let (due, sums) = (of.due(), expected.entry(of.id.0).or_default());
                    sums.paid_fen += due.pay.get();
                    sums.clawback_fen += due.settled_fen - due.pay.get();
                }
            }
        }
    }
    faults.extend(texts.keys().map(|id| format!("settlement {id} of the ledger is gone")));
    let wrong = store::checks::wrong_rows(tx).await?;
    faults.extend(wrong.iter().map(|(id, merchant)| {
        format!("settlement {id}, merchant {merchant}: the lines add up to another sum")
    }));
    check_lines(tx, faults).await?;
    Ok(expected)
}

/// Every line is what its redemption has left, and none was forgotten.
async fn check_lines(tx: &mut Tx, faults: &mut Vec<String>) -> Result<(), StoreError> {
    let open = store::checks::wrong_open_lines(tx).await?;
    if open > 0 {
        faults.push(format!("{open} lines of the open settlement are not what their redemptions have left"));
    }
    let settled = store::checks::wrong_settled_lines(tx).await?;
    if settled > 0 {
        faults.push(format!("{settled} settled lines and their clawbacks are not what was redeemed"));
    }
    if let Some(latest) = store::latest(tx).await? {
        let day: Day = latest.to_day.parse().map_err(StoreError::corrupt)?;
        let forgotten = store::checks::forgotten(tx, &domain::looks_from(Some(day), day).to_string()).await?;
        if forgotten > 0 {
            faults
                .push(format!("{forgotten} redemptions stand in no settlement and are too old for the next"));
        }
    }
    Ok(())
}

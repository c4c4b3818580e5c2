//! The export: from here on a batch does not change. Its text goes to the
//! ledger, and its files are made from there.

use super::steps::seen_by;
use crate::audit::{self, Deed};
use crate::once::{Begun, Done};
use crate::store::settlement::lines::LineRow;
use crate::store::settlement::{self as store, BatchRow, lines, rows, steps};
use crate::store::{Tx, ledger};
use crate::{Backend, Caller, Error, StoreError, keys};
use domain::shapes::SettlementItem;
use domain::{
    AuditAction, AuditThing, Denied, IdempotencyKey, MerchantId, RedemptionId, ReversalId, SettledBatch,
    SettledLine, SettledMerchant, SettlementRefused, SettlementState, SettlementStep, VoucherId,
};
use serde_json::json;

/// The most bytes of a batch's text in one block of the ledger.
const BLOCK_BYTES: usize = 64 * 1024;
/// A batch's blocks are committed so soon around its export's moment.
const WITHIN_MS: i64 = 60_000;
/// Rows that are read at a time.
pub(super) const ROWS_AT_ONCE: i64 = 1000;

/// An exported batch as the ledger holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettledFile {
    /// The batch.
    pub batch: SettledBatch,
    /// Its text: what the hash is over, each line ended by LF.
    pub text: String,
    /// The hash.
    pub hash: String,
}

impl Backend {
    /// Exports an approved batch: lines about which there is a case by now are
    /// withheld, and the rest is written to the ledger.
    ///
    /// # Errors
    /// The caller may not, there is no such batch, or it is not approved, or was
    /// exported before.
    pub async fn export_settlement(
        &self,
        caller: &Caller,
        id: i64,
        key: &IdempotencyKey,
    ) -> Result<Done<SettlementItem>, Error> {
        caller.require(SettlementStep::Export.permission())?;
        let request_hash = keys::sha256(&format!("export settlement {id}"));
        let mut tx = match self.begin_once(caller, key, &request_hash).await? {
            Begun::Before(done) => return Ok(done),
            Begun::Now(tx) => tx,
        };
        store::hold_merchants(&mut tx).await?;
        self.take_step(&mut tx, id, SettlementStep::Export).await?;
        lines::withhold(&mut tx, id).await?;
        rows::count(&mut tx, id, 0).await?;
        let row = store::get(&mut tx, id).await?.ok_or(Denied::NotFound)?;
        let batch = settled_batch(&mut tx, &row).await?;
        let text = batch.text();
        store::put_hash(&mut tx, id, SettledBatch::hash_of(&text)).await?;
        for merchant in &batch.merchants {
            store::put_carried(&mut tx, merchant.id.0, merchant.due().carried_fen).await?;
        }
        let row = store::get(&mut tx, id).await?.ok_or(Denied::NotFound)?;
        let item = self.settlement_item(&mut tx, &row, None).await?;
        let (count, pay) = (item.totals.rows, item.totals.pay_fen.get());
        self.note_step(&mut tx, caller, (id, SettlementStep::Export), (0, 0), (count, pay)).await?;
        let deed = Deed::new(AuditAction::ExportSettlement, AuditThing::Settlement, id);
        let new = json!({ "rows": count, "pay_fen": pay, "hash": row.hash });
        audit::record_blocks(self, &mut tx, caller, deed, (None::<&()>, Some(&new)), blocks(&text)).await?;
        self.finish_once(tx, caller, key, item).await
    }

    /// An exported batch, made again from the ledger alone.
    ///
    /// # Errors
    /// The caller does not see the whole city's, there is no such batch, or it
    /// is not exported.
    pub async fn settled_file(&self, caller: &Caller, id: i64) -> Result<SettledFile, Error> {
        if seen_by(caller)?.is_some() {
            return Err(Denied::WrongRole.into());
        }
        let mut tx = self.db().read().await?;
        let row = store::get(&mut tx, id).await?.ok_or(Denied::NotFound)?;
        self.settled_of(&mut tx, &row).await
    }

    pub(super) async fn settled_of(&self, tx: &mut Tx, row: &BatchRow) -> Result<SettledFile, Error> {
        let state: SettlementState = row.state.parse().map_err(StoreError::corrupt)?;
        let Some(hash) = &row.hash else {
            return Err(SettlementRefused::WrongState { state, step: SettlementStep::Pay }.into());
        };
        let text = text_in_ledger(tx, row.settlement_id).await?;
        if SettledBatch::hash_of(&text).to_string() != *hash {
            return Err(StoreError::corrupt("a settlement whose text has another hash").into());
        }
        let batch = SettledBatch::read(text.iter().map(String::as_str)).map_err(StoreError::corrupt)?;
        let text = text.iter().flat_map(|line| [line, "\n"]).collect();
        Ok(SettledFile { batch, text, hash: hash.clone() })
    }

    /// Moves a batch and its rows one step on.
    pub(super) async fn take_step(&self, tx: &mut Tx, id: i64, step: SettlementStep) -> Result<(), Error> {
        let row = store::get(tx, id).await?.ok_or(Denied::NotFound)?;
        let state: SettlementState = row.state.parse().map_err(StoreError::corrupt)?;
        if state != step.moves().0 {
            return Err(SettlementRefused::WrongState { state, step }.into());
        }
        if !store::step(tx, id, step.moves()).await? {
            return Err(StoreError::Moved("the settlement").into());
        }
        Ok(rows::step(tx, id, step.moves()).await?)
    }
}

/// A batch's lines of text as the ledger's blocks hold them.
async fn text_in_ledger(tx: &mut Tx, id: i64) -> Result<Vec<String>, StoreError> {
    let Some(at_ms) = steps::exported_at(tx, id).await? else { return Ok(Vec::new()) };
    let span = (at_ms - WITHIN_MS, at_ms + WITHIN_MS);
    let begins = format!("settle {id} ");
    for head in ledger::heads(tx).await? {
        let blocks = ledger::blocks_that_begin(tx, &head, span, &begins).await?;
        if !blocks.is_empty() {
            let lines = blocks.iter().flat_map(|block| block.entries.lines());
            return Ok(lines.filter(|line| SettledBatch::is_in(line)).map(str::to_owned).collect());
        }
    }
    Ok(Vec::new())
}

/// A batch from its rows and lines.
pub(super) async fn settled_batch(tx: &mut Tx, row: &BatchRow) -> Result<SettledBatch, StoreError> {
    let id = row.settlement_id;
    let day = |text: &str| text.parse().map_err(StoreError::corrupt);
    let mut batch =
        SettledBatch { id, from: day(&row.from_day)?, to: day(&row.to_day)?, merchants: Vec::new() };
    let mut lines = lines::exported(tx, id).await?.into_iter().peekable();
    let mut after = 0;
    loop {
        let found = rows::after(tx, id, 0, (after, ROWS_AT_ONCE)).await?;
        let Some(last) = found.last() else { break };
        after = last.merchant_id;
        for row in found.into_iter().filter(|row| row.state != SettlementState::LeftOut.code()) {
            let mut of = SettledMerchant {
                id: MerchantId(row.merchant_id),
                credit_code: row.credit_code,
                name: row.name,
                carried_fen: row.carried_fen,
                lines: Vec::new(),
            };
            while let Some(line) = lines.next_if(|line| line.merchant_id == row.merchant_id) {
                of.lines.push(settled_line(&line)?);
            }
            batch.merchants.push(of);
        }
    }
    Ok(batch)
}

fn settled_line(line: &LineRow) -> Result<SettledLine, StoreError> {
    Ok(SettledLine {
        kind: line.kind.parse().map_err(StoreError::corrupt)?,
        redemption: RedemptionId(line.redemption_id),
        reversal: (line.reversal_id != 0).then_some(ReversalId(line.reversal_id)),
        voucher: VoucherId(line.voucher_id),
        amount: super::fen(line.amount_fen)?,
    })
}

/// The text in blocks of a size that others can read.
fn blocks(text: &[String]) -> Vec<String> {
    let mut blocks = vec![String::new()];
    for line in text {
        if let Some(last) = blocks.last_mut() {
            last.push_str(line);
            last.push('\n');
            if last.len() > BLOCK_BYTES {
                blocks.push(String::new());
            }
        }
    }
    blocks
}

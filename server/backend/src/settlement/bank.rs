//! The bank's result: all of it matches and the batch is paid, or nothing is.

use crate::audit::{self, Deed};
use crate::import::PlainTable;
use crate::once::{Begun, Done};
use crate::store::settlement::results::ResultRow;
use crate::store::settlement::{self as store, results};
use crate::store::{Tx, ledger};
use crate::{Backend, Caller, Error, StoreError, keys};
use domain::shapes::{BankMismatchShape, SettlementItem};
use domain::{
    AuditAction, AuditThing, BankFile, BankLine, BankRefused, Denied, Entry, Fen, IdempotencyKey, Lang,
    MOST_BANK_BYTES, SettledBatch, SettlementRefused, SettlementState, SettlementStep, batch_of_reference,
    match_bank,
};
use serde_json::json;

/// The longest reference of a bank, and the longest name of a file.
const MOST_CHARS: usize = 64;
/// Payments in one block of the ledger.
const ENTRIES_A_BLOCK: usize = 1000;

/// What finance brings in.
#[derive(Clone, Debug)]
pub struct BankResult {
    /// The bank's reference of the whole payment: 1 to 64 characters.
    pub bank_reference: String,
    /// The file's name, for the records.
    pub file_name: String,
    /// CSV or XLSX with the columns `reference` and `amount`, in yuan.
    pub file: Vec<u8>,
}

impl Backend {
    /// Takes in the bank's result of a batch: where all of it matches, the batch
    /// is paid and the money moves in the ledger. A result that is not taken
    /// changes nothing and is noted with its mismatches.
    ///
    /// # Errors
    /// The caller may not, there is no such batch, or it is not at the bank; the
    /// reference is none; or the file is too large, unreadable, of another
    /// batch, of another total, or does not match.
    pub async fn take_bank_result(
        &self,
        caller: &Caller,
        id: i64,
        result: &BankResult,
        key: &IdempotencyKey,
    ) -> Result<Done<SettlementItem>, Error> {
        caller.require(SettlementStep::Pay.permission())?;
        let reference = result.bank_reference.trim();
        let length = reference.chars().count();
        if length == 0 || length > MOST_CHARS || reference.chars().any(char::is_control) {
            return Err(Denied::field("bank_reference", format!("1–{MOST_CHARS}")).into());
        }
        let file_hash = keys::hex(&keys::digest(&result.file));
        let request_hash = keys::sha256(&format!("bank {id} {reference} {file_hash}"));
        let mut tx = match self.begin_once(caller, key, &request_hash).await? {
            Begun::Before(done) => return Ok(done),
            Begun::Now(tx) => tx,
        };
        let row = store::get(&mut tx, id).await?.ok_or(Denied::NotFound)?;
        let state: SettlementState = row.state.parse().map_err(StoreError::corrupt)?;
        if state != SettlementStep::Pay.moves().0 {
            return Err(SettlementRefused::WrongState { state, step: SettlementStep::Pay }.into());
        }
        let batch = self.settled_of(&mut tx, &row).await?.batch;
        let mut noted = self.result_row(caller, id, (result, file_hash));
        let matched = read_result(&result.file, id).and_then(|found| match_bank(&batch.bank_file(), &found));
        if let Err(refused) = matched {
            drop(tx);
            self.note_refusal(caller, &mut noted, &refused).await?;
            return Err(refused.into());
        }
        results::add(&mut tx, &noted).await?;
        let item = self.pay(&mut tx, caller, &batch, reference).await?;
        self.finish_once(tx, caller, key, item).await
    }

    /// Pays a batch whose result matches.
    async fn pay(
        &self,
        tx: &mut Tx,
        caller: &Caller,
        batch: &SettledBatch,
        reference: &str,
    ) -> Result<SettlementItem, Error> {
        let id = batch.id;
        self.take_step(tx, id, SettlementStep::Pay).await?;
        store::put_reference(tx, id, reference).await?;
        let row = store::get(tx, id).await?.ok_or(Denied::NotFound)?;
        let item = self.settlement_item(tx, &row, None).await?;
        let (count, pay) = (item.totals.rows, item.totals.pay_fen.get());
        self.note_step(tx, caller, (id, SettlementStep::Pay), (0, 0), (count, pay)).await?;
        let entries = batch.merchants.iter().map(|of| of.due().entry(of.id));
        let entries = entries.collect::<Result<Vec<Entry>, _>>().map_err(StoreError::corrupt)?;
        let moved: Vec<Entry> = entries.into_iter().filter(|entry| !entry.lines().is_empty()).collect();
        let blocks = moved.chunks(ENTRIES_A_BLOCK).map(ledger::text).collect();
        let deed = Deed::new(AuditAction::PaySettlement, AuditThing::Settlement, id);
        let new = json!({ "rows": count, "pay_fen": pay, "bank_reference": reference });
        audit::record_blocks(self, tx, caller, deed, (None::<&()>, Some(&new)), blocks).await?;
        Ok(item)
    }

    fn result_row(&self, caller: &Caller, id: i64, (result, file_hash): (&BankResult, String)) -> ResultRow {
        let named = result.file_name.chars().filter(|sign| !sign.is_control());
        ResultRow {
            settlement_id: id,
            brought_by: caller.account_id.0,
            brought_at_ms: self.now().ms(),
            file_name: named.take(MOST_CHARS).collect(),
            file_hash,
            outcome: SettlementState::Paid.code().to_owned(),
            detail: String::new(),
            detail_en: String::new(),
            mismatches: "[]".to_owned(),
        }
    }

    /// Notes a result that is not taken.
    async fn note_refusal(
        &self,
        caller: &Caller,
        noted: &mut ResultRow,
        refused: &BankRefused,
    ) -> Result<(), Error> {
        refused.code().clone_into(&mut noted.outcome);
        noted.detail = refused.words(Lang::Zh);
        noted.detail_en = refused.words(Lang::En);
        let told = refused.mismatches().iter().map(|of| BankMismatchShape {
            reference: of.reference().to_owned(),
            words: of.words(Lang::Zh),
            words_en: of.words(Lang::En),
        });
        let told: Vec<BankMismatchShape> = told.collect();
        noted.mismatches = serde_json::to_string(&told).map_err(StoreError::corrupt)?;
        let mut tx = self.db().write().await?;
        results::add(&mut tx, noted).await?;
        let deed = Deed::new(AuditAction::RefuseBankFile, AuditThing::Settlement, noted.settlement_id);
        let new = json!({ "code": noted.outcome, "detail": noted.detail_en, "file_hash": noted.file_hash });
        audit::record(self, &mut tx, caller, deed, (None::<&()>, Some(&new))).await?;
        Ok(tx.commit().await?)
    }
}

/// The columns that are read, by the words of their headings.
const REFERENCE: [&str; 2] = ["reference", "付款编号"];
const AMOUNT: [&str; 4] = ["amount", "amount_cny", "金额", "金额(元)"];
const BATCH: [&str; 2] = ["batch", "批次"];
/// What the row of the total has for a reference.
const TOTAL: [&str; 2] = ["total", "合计"];

/// A bank's file: the export itself with the bank's figures, or any table with
/// the columns of reference and amount.
fn read_result(file: &[u8], expected: i64) -> Result<BankFile, BankRefused> {
    if file.len() > MOST_BANK_BYTES {
        return Err(BankRefused::TooLarge { limit: MOST_BANK_BYTES, found: file.len() });
    }
    let table = PlainTable::read(file).map_err(|rule| BankRefused::Unreadable { rule })?;
    let PlainTable { headings, rows } = table;
    let column = |words: &[&str]| headings.iter().position(|heading| is_one_of(heading, words));
    let (Some(reference), Some(amount)) = (column(&REFERENCE), column(&AMOUNT)) else {
        let rule = format!("{} + {}", REFERENCE.join(" / "), AMOUNT.join(" / "));
        return Err(BankRefused::Unreadable { rule });
    };
    let cell = |cells: &[String], place: usize| cells.get(place).cloned().unwrap_or_default();
    let mut read = BankFile { batch: expected, lines: Vec::new(), total: None };
    let mut named = None;
    for (number, cells) in &rows {
        let (reference, text) = (cell(cells, reference), cell(cells, amount));
        // Below the payments stands what the file says of itself.
        if reference.is_empty() || (text.is_empty() && batch_of_reference(&reference).is_none()) {
            continue;
        }
        let amount: Fen = text.parse().map_err(|_| BankRefused::Unreadable {
            rule: format!("{number}: {}", text.chars().take(20).collect::<String>()),
        })?;
        if is_one_of(&reference, &TOTAL) {
            read.total = Some(amount);
            continue;
        }
        let batch = column(&BATCH).and_then(|place| cell(cells, place).parse().ok());
        named = named.or(batch).or_else(|| batch_of_reference(&reference));
        read.lines.push(BankLine { reference, amount });
    }
    read.batch = named.unwrap_or(expected);
    Ok(read)
}

/// Whether a text has one of the words: `付款编号 reference`.
fn is_one_of(text: &str, words: &[&str]) -> bool {
    let text = text.replace('（', "(").replace('）', ")").to_lowercase();
    text.split([' ', '/']).any(|word| words.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<BankFile, BankRefused> {
        read_result(text.as_bytes(), 7)
    }

    #[test]
    fn a_banks_file_is_read_by_its_headings() {
        let text = "付款编号 reference,批次 batch,金额(元) amount_cny\nJS7-1,7,\"1,250.00\"\nJS7-2,7,3\n合计,,1253.00\nsha256 abc,,\n";
        let file = read(text).unwrap();
        assert_eq!((file.batch, file.lines.len(), file.sum().get()), (7, 2, 125_300));
        assert_eq!(file.total.map(Fen::get), Some(125_300));
        assert_eq!(file.lines[0].reference, "JS7-1");
    }

    #[test]
    fn another_batch_is_known_by_its_references() {
        assert_eq!(read("reference,amount\nJS8-1,5\n").unwrap().batch, 8);
    }

    #[test]
    fn what_is_no_such_table_is_told() {
        for (text, told) in [("a,b\n1,2\n", "付款编号"), ("reference,amount\nJS7-1,lots\n", "2: lots")] {
            let Err(BankRefused::Unreadable { rule }) = read(text) else { panic!("{text}") };
            assert!(rule.contains(told), "{rule}");
        }
        let large = vec![b'a'; MOST_BANK_BYTES + 1];
        let found = large.len();
        assert_eq!(read_result(&large, 7), Err(BankRefused::TooLarge { limit: MOST_BANK_BYTES, found }));
    }
}

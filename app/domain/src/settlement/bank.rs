//! The bank's result file, held against the batch that was exported.

use super::BankRefused;
use crate::{Fen, Lang};
use std::collections::BTreeMap;

/// The most lines of a bank's file.
pub const MOST_BANK_LINES: usize = 20_000;
/// The largest file of a bank, in bytes.
pub const MOST_BANK_BYTES: usize = 4 * 1024 * 1024;
/// The most lines that do not match which a refusal lists.
pub const MOST_MISMATCHES: usize = 100;

/// One payment, as it was exported or as the bank reports it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BankLine {
    /// The batch's own reference of the payment.
    pub reference: String,
    /// What was to be paid, or was.
    pub amount: Fen,
}

/// The payments of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BankFile {
    /// The batch's number.
    pub batch: i64,
    /// Its payments.
    pub lines: Vec<BankLine>,
    /// The total that the file itself names, where it does.
    pub total: Option<Fen>,
}

/// A line that does not match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BankMismatch {
    /// The bank says nothing of it.
    Missing(BankLine),
    /// The batch has no such reference.
    Unknown(BankLine),
    /// The reference comes a second time.
    Twice(BankLine),
    /// The amount is another.
    Amount {
        /// The payment as it was exported.
        exported: BankLine,
        /// What the bank says.
        found: Fen,
    },
}

impl BankMismatch {
    /// The payment's reference.
    #[must_use]
    pub fn reference(&self) -> &str {
        match self {
            BankMismatch::Missing(line) | BankMismatch::Unknown(line) | BankMismatch::Twice(line) => {
                &line.reference
            }
            BankMismatch::Amount { exported, .. } => &exported.reference,
        }
    }

    /// What finance reads of it.
    #[must_use]
    pub fn words(&self, lang: Lang) -> String {
        let amount = |line: &BankLine| line.amount.yuan();
        match self {
            BankMismatch::Missing(line) => lang.pick(
                format!("银行未报告，应付 ¥{}", amount(line)),
                format!("The bank says nothing of it; ¥{} was to be paid", amount(line)),
            ),
            BankMismatch::Unknown(line) => lang.pick(
                format!("本批没有这个编号，银行报告 ¥{}", amount(line)),
                format!("The batch has no such reference; the bank says ¥{}", amount(line)),
            ),
            BankMismatch::Twice(line) => lang.pick(
                format!("编号重复，银行又报告 ¥{}", amount(line)),
                format!("The reference comes again, with ¥{}", amount(line)),
            ),
            BankMismatch::Amount { exported, found } => lang.pick(
                format!("应付 ¥{}，银行报告 ¥{}", amount(exported), found.yuan()),
                format!("¥{} was to be paid, the bank says ¥{}", amount(exported), found.yuan()),
            ),
        }
    }
}

impl BankFile {
    /// What its lines add up to: at most [`Fen::MAX`], which no batch reaches.
    #[must_use]
    pub fn sum(&self) -> Fen {
        self.lines.iter().fold(Fen::ZERO, |sum, line| sum.plus(line.amount).unwrap_or(Fen::MAX))
    }
}

/// Holds a bank's result against what was exported: all of it matches, or
/// nothing is taken.
///
/// # Errors
/// It is of another batch, its total is another, or lines do not match.
pub fn match_bank(exported: &BankFile, result: &BankFile) -> Result<(), BankRefused> {
    if result.batch != exported.batch {
        return Err(BankRefused::OtherBatch { expected: exported.batch, found: result.batch });
    }
    if result.lines.len() > MOST_BANK_LINES {
        return Err(BankRefused::TooLong { limit: MOST_BANK_LINES, found: result.lines.len() });
    }
    let (expected, found) = (exported.sum(), result.sum());
    let named = result.total.unwrap_or(found);
    if expected != named {
        return Err(BankRefused::WrongTotal { expected, found: named });
    }
    if expected != found {
        return Err(BankRefused::WrongTotal { expected, found });
    }
    let mut first = mismatches(exported, result);
    if first.is_empty() {
        return Ok(());
    }
    let count = first.len();
    first.truncate(MOST_MISMATCHES);
    Err(BankRefused::Unmatched { count, first })
}

fn mismatches(exported: &BankFile, result: &BankFile) -> Vec<BankMismatch> {
    let mut open: BTreeMap<&str, &BankLine> =
        exported.lines.iter().map(|line| (line.reference.as_str(), line)).collect();
    let known = open.clone();
    let mut found = Vec::new();
    for line in &result.lines {
        match (known.get(line.reference.as_str()), open.remove(line.reference.as_str())) {
            (None, _) => found.push(BankMismatch::Unknown(line.clone())),
            (Some(_), None) => found.push(BankMismatch::Twice(line.clone())),
            (Some(_), Some(of)) if of.amount != line.amount => {
                found.push(BankMismatch::Amount { exported: of.clone(), found: line.amount });
            }
            (Some(_), Some(_)) => {}
        }
    }
    found.extend(open.into_values().map(|line| BankMismatch::Missing(line.clone())));
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn line(reference: &str, fen: i64) -> BankLine {
        BankLine { reference: reference.to_owned(), amount: Fen::try_from(fen).unwrap() }
    }

    fn file(batch: i64, lines: &[(&str, i64)]) -> BankFile {
        let lines = lines.iter().map(|(reference, fen)| line(reference, *fen)).collect();
        BankFile { batch, lines, total: None }
    }

    #[test]
    fn another_batch_and_another_total_are_refused_with_the_numbers() {
        let exported = file(7, &[("7-1", 500), ("7-2", 300)]);
        let other = match_bank(&exported, &file(8, &[("7-1", 500), ("7-2", 300)]));
        assert_eq!(other, Err(BankRefused::OtherBatch { expected: 7, found: 8 }));
        let changed = match_bank(&exported, &file(7, &[("7-1", 500), ("7-2", 301)]));
        let fen = |amount: i64| Fen::try_from(amount).unwrap();
        assert_eq!(changed, Err(BankRefused::WrongTotal { expected: fen(800), found: fen(801) }));
        let named = BankFile { total: Some(fen(900)), ..exported.clone() };
        let refused = match_bank(&exported, &named);
        assert_eq!(refused, Err(BankRefused::WrongTotal { expected: fen(800), found: fen(900) }));
    }

    #[test]
    fn what_does_not_match_is_listed() {
        let exported = file(7, &[("7-1", 500), ("7-2", 300), ("7-3", 200)]);
        let result = file(7, &[("7-1", 300), ("7-1", 300), ("9-9", 400)]);
        let Err(BankRefused::Unmatched { count: 5, first }) = match_bank(&exported, &result) else {
            panic!("refused with five lines");
        };
        let amount = BankMismatch::Amount { exported: line("7-1", 500), found: Fen::try_from(300).unwrap() };
        let twice = BankMismatch::Twice(line("7-1", 300));
        let unknown = BankMismatch::Unknown(line("9-9", 400));
        let missing = [("7-2", 300), ("7-3", 200)].map(|(of, fen)| BankMismatch::Missing(line(of, fen)));
        let mut expected = vec![amount, twice, unknown];
        expected.extend(missing);
        assert_eq!(first, expected);
    }

    proptest! {
        #[test]
        fn a_result_is_taken_in_any_order_and_with_no_change(
            amounts in proptest::collection::vec(0..1_000_000i64, 2..30),
            turn in 0..30usize,
            from in 0..30usize,
            moved in 1..1000i64,
        ) {
            let lines: Vec<_> =
                amounts.iter().enumerate().map(|(n, fen)| line(&format!("1-{n}"), fen + 1000)).collect();
            let exported = BankFile { batch: 1, lines, total: None };
            let mut result = exported.clone();
            result.lines.rotate_left(turn % amounts.len());
            prop_assert_eq!(match_bank(&exported, &result), Ok(()));
            // The same total, shifted from one payment to its neighbour.
            let (a, b) = (from % amounts.len(), (from + 1) % amounts.len());
            let shifted = |line: &BankLine, by: i64| Fen::try_from(line.amount.get() + by).unwrap();
            result.lines[a].amount = shifted(&result.lines[a], -moved);
            result.lines[b].amount = shifted(&result.lines[b], moved);
            let refused = matches!(match_bank(&exported, &result), Err(BankRefused::Unmatched { count: 2, .. }));
            prop_assert!(refused);
        }
    }
}

//! An exported batch as text: what its hash is over, and what the ledger holds
//! of it. From these lines alone the batch and its files are made again.

use super::{BankFile, BankLine, Due, SettlementLineKind, SettlementSums};
use crate::{Day, Fen, Hash, MerchantId, RedemptionId, ReversalId, VoucherId};
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// Every line of the text begins so.
const WORD: &str = "settle";
/// What a payment's reference begins with: without it spreadsheets take `6-18`
/// for a day.
const REFERENCE: &str = "JS";
/// Redemptions and reversals on one line of the text.
const ITEMS_A_LINE: usize = 200;

/// A batch as it was exported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettledBatch {
    /// Its number.
    pub id: i64,
    /// Its week's first business day.
    pub from: Day,
    /// Its week's last business day.
    pub to: Day,
    /// Its rows, by merchant.
    pub merchants: Vec<SettledMerchant>,
}

/// A merchant's row of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettledMerchant {
    /// Who.
    pub id: MerchantId,
    /// By which the bank knows it; without a space.
    pub credit_code: String,
    /// Its name then.
    pub name: String,
    /// What the batch before left open: zero or below.
    pub carried_fen: i64,
    /// Its lines, in order.
    pub lines: Vec<SettledLine>,
}

/// A redemption's or a reversal's line of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SettledLine {
    /// Why it stands there.
    pub kind: SettlementLineKind,
    /// The redemption.
    pub redemption: RedemptionId,
    /// The reversal that is clawed back.
    pub reversal: Option<ReversalId>,
    /// The redemption's voucher, by which the ledger knows it.
    pub voucher: VoucherId,
    /// How much.
    pub amount: Fen,
}

/// The lines are no exported batch.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no line of a settlement")]
pub struct BadSettlement(String);

impl SettledMerchant {
    /// What its lines add up to.
    #[must_use]
    pub fn sums(&self) -> SettlementSums {
        self.lines.iter().fold(SettlementSums::default(), |sums, line| sums.with(line.kind, line.amount))
    }

    /// What the batch does for it.
    #[must_use]
    pub fn due(&self) -> Due {
        self.sums().due(self.carried_fen)
    }

    /// The payment's reference.
    #[must_use]
    pub fn reference(&self, batch: i64) -> String {
        payment_reference(batch, self.id)
    }
}

/// The reference of a merchant's payment in a batch: `JS12-3`.
#[must_use]
pub fn payment_reference(batch: i64, merchant: MerchantId) -> String {
    format!("{REFERENCE}{batch}-{merchant}")
}

/// The batch of a payment's reference.
#[must_use]
pub fn batch_of_reference(reference: &str) -> Option<i64> {
    reference.strip_prefix(REFERENCE)?.split_once('-')?.0.parse().ok()
}

impl SettledBatch {
    /// Whether a line of the ledger is one of an exported batch.
    #[must_use]
    pub fn is_in(line: &str) -> bool {
        line.strip_prefix(WORD).is_some_and(|rest| rest.starts_with(' '))
    }

    /// The number of the batch whose line it is.
    #[must_use]
    pub fn number_in(line: &str) -> Option<i64> {
        line.strip_prefix(WORD)?.split(' ').nth(1)?.parse().ok()
    }

    /// The payments that the bank is to make.
    #[must_use]
    pub fn bank_file(&self) -> BankFile {
        let due = self.merchants.iter().map(|of| (of.reference(self.id), of.due().pay));
        let lines = due.filter(|(_, pay)| *pay > Fen::ZERO);
        let lines: Vec<BankLine> = lines.map(|(reference, amount)| BankLine { reference, amount }).collect();
        BankFile { batch: self.id, lines, total: None }
    }

    /// The text: `settle 12 week 2021-06-14 2021-06-20`, then for each merchant
    /// `settle 12 merchant 3 CODE carried -500 pay 2000 NAME` and
    /// `settle 12 lines 3` with its lines as
    /// `kind:redemption:reversal:voucher:amount`, 0 where nothing is reversed.
    #[must_use]
    pub fn text(&self) -> Vec<String> {
        let id = self.id;
        let mut lines = vec![format!("{WORD} {id} week {} {}", self.from, self.to)];
        for of in &self.merchants {
            let name: String =
                of.name.chars().map(|sign| if sign.is_control() { ' ' } else { sign }).collect();
            let (pay, carried) = (of.due().pay.get(), of.carried_fen);
            let SettledMerchant { id: merchant, credit_code, .. } = of;
            lines.push(format!(
                "{WORD} {id} merchant {merchant} {credit_code} carried {carried} pay {pay} {name}"
            ));
            for items in of.lines.chunks(ITEMS_A_LINE) {
                let mut line = format!("{WORD} {id} lines {merchant}");
                for SettledLine { kind, redemption, reversal, voucher, amount } in items {
                    let (reversal, amount) = (reversal.map_or(0, |of| of.0), amount.get());
                    // Writing to a string cannot fail.
                    let _ = write!(line, " {kind}:{redemption}:{reversal}:{voucher}:{amount}");
                }
                lines.push(line);
            }
        }
        lines
    }

    /// The batch's hash: SHA-256 over the text, each line ended by LF.
    #[must_use]
    pub fn hash_of(text: &[String]) -> Hash {
        let mut hasher = Sha256::new();
        for line in text {
            hasher.update(line);
            hasher.update("\n");
        }
        Hash::new(hasher.finalize().into())
    }

    /// Reads a text back.
    ///
    /// # Errors
    /// A line is none, or out of its place.
    pub fn read<'a>(text: impl IntoIterator<Item = &'a str>) -> Result<SettledBatch, BadSettlement> {
        let mut lines = text.into_iter();
        let bad = |line: &str| BadSettlement(line.chars().take(80).collect());
        let first = lines.next().unwrap_or_default();
        let mut batch = read_week(first).ok_or_else(|| bad(first))?;
        for line in lines {
            read_line(&mut batch, line).ok_or_else(|| bad(line))?;
        }
        Ok(batch)
    }
}

fn read_week(line: &str) -> Option<SettledBatch> {
    let words: Vec<&str> = line.split(' ').collect();
    let [WORD, id, "week", from, to] = words[..] else { return None };
    let (id, from, to) = (id.parse().ok()?, from.parse().ok()?, to.parse().ok()?);
    Some(SettledBatch { id, from, to, merchants: Vec::new() })
}

fn read_line(batch: &mut SettledBatch, line: &str) -> Option<()> {
    let (kind, rest) = line.strip_prefix(&format!("{WORD} {} ", batch.id))?.split_once(' ')?;
    match kind {
        "merchant" => batch.merchants.push(read_merchant(rest)?),
        "lines" => {
            let mut words = rest.split(' ');
            let of = batch.merchants.last_mut()?;
            (words.next()?.parse() == Ok(of.id)).then_some(())?;
            for item in words {
                of.lines.push(read_item(item)?);
            }
        }
        _ => return None,
    }
    Some(())
}

fn read_merchant(rest: &str) -> Option<SettledMerchant> {
    let words: Vec<&str> = rest.splitn(7, ' ').collect();
    let [id, credit_code, "carried", carried, "pay", _, name] = words[..] else { return None };
    Some(SettledMerchant {
        id: id.parse().ok()?,
        credit_code: credit_code.to_owned(),
        name: name.to_owned(),
        carried_fen: carried.parse().ok()?,
        lines: Vec::new(),
    })
}

fn read_item(item: &str) -> Option<SettledLine> {
    let words: Vec<&str> = item.split(':').collect();
    let [kind, redemption, reversal, voucher, amount] = words[..] else { return None };
    let reversal: i64 = reversal.parse().ok()?;
    Some(SettledLine {
        kind: kind.parse().ok()?,
        redemption: redemption.parse().ok()?,
        reversal: (reversal != 0).then_some(ReversalId(reversal)),
        voucher: voucher.parse().ok()?,
        amount: amount.parse::<i64>().ok()?.try_into().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    prop_compose! {
        fn any_line()(
            kind in proptest::sample::select(SettlementLineKind::ALL),
            redemption in 1..1_000_000i64,
            reversal in proptest::option::of(1..1_000_000i64),
            voucher in 1..1_000_000i64,
            amount in 0..10_000_000i64,
        ) -> SettledLine {
            SettledLine {
                kind,
                redemption: RedemptionId(redemption),
                reversal: reversal.map(ReversalId),
                voucher: VoucherId(voucher),
                amount: amount.try_into().unwrap(),
            }
        }
    }

    prop_compose! {
        fn any_merchant()(
            id in 1..10_000i64,
            carried in -100_000..1i64,
            name in "[ a-z店铺 ]{0,12}",
            lines in proptest::collection::vec(any_line(), 0..450),
        ) -> SettledMerchant {
            SettledMerchant {
                id: MerchantId(id),
                credit_code: "91210300MA0000001X".into(),
                name,
                carried_fen: carried,
                lines,
            }
        }
    }

    proptest! {
        #[test]
        fn a_batch_reads_back_from_its_text(
            id in 1..1000i64,
            merchants in proptest::collection::vec(any_merchant(), 0..5),
        ) {
            let (from, to) = ("2021-06-14".parse().unwrap(), "2021-06-20".parse().unwrap());
            let batch = SettledBatch { id, from, to, merchants };
            let text = batch.text();
            prop_assert!(text.iter().all(|line| SettledBatch::is_in(line)));
            prop_assert!(text.iter().all(|line| SettledBatch::number_in(line) == Some(id)));
            prop_assert!(text.iter().all(|line| line.parse::<crate::Entry>().is_err()));
            prop_assert_eq!(SettledBatch::read(text.iter().map(String::as_str)), Ok(batch));
        }
    }

    #[test]
    fn a_name_breaks_no_line() {
        let of = SettledMerchant {
            id: MerchantId(3),
            credit_code: "X".into(),
            name: "一店\n二店".into(),
            carried_fen: 0,
            lines: Vec::new(),
        };
        let (from, to) = ("2021-06-14".parse().unwrap(), "2021-06-20".parse().unwrap());
        let text = SettledBatch { id: 1, from, to, merchants: vec![of] }.text();
        assert_eq!(text[1], "settle 1 merchant 3 X carried 0 pay 0 一店 二店");
    }
}

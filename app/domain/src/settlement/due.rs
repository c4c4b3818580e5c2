//! What a merchant is due in a batch: its redemptions' lines, without what is
//! withheld, with what was cleared since, less clawbacks and less what earlier
//! batches left open.

use crate::promotion::words;
use crate::{Account, Entry, EntryKind, Fen, MerchantId, Unbalanced};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

words! {
    /// Why a line stands in a batch.
    SettlementLineKind {
        /// A redemption that is settled for the first time.
        Redeemed = "redeemed", "核销", "Redemption";
        /// A redemption that an earlier batch withheld, and whose case is cleared.
        Released = "released", "解除暂扣", "Released";
        /// A redemption under suspicion: it is not settled.
        Withheld = "withheld", "暂扣", "Withheld";
        /// What was refunded of a redemption that an earlier batch settled.
        Clawback = "clawback", "追回", "Clawback";
        /// It was not settled: the next batch has it.
        LeftOut = "left_out", "转入下批", "Left for the next";
    }
}

/// What lines add up to, in fen; none is negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SettlementSums {
    /// Settled for the first time.
    pub redeemed_fen: i64,
    /// Withheld before and settled now.
    pub released_fen: i64,
    /// Not settled, for a case about it.
    pub withheld_fen: i64,
    /// Taken back of what earlier batches settled.
    pub clawback_fen: i64,
}

/// What a batch does for a merchant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// What leaves what the merchant is owed.
    pub settled_fen: i64,
    /// What the bank is to pay.
    pub pay: Fen,
    /// What the next batch begins with: zero, or below it what the merchant
    /// still owes.
    pub carried_fen: i64,
}

impl SettlementSums {
    /// With one more line.
    #[must_use]
    pub fn with(mut self, kind: SettlementLineKind, amount: Fen) -> SettlementSums {
        let sum = match kind {
            SettlementLineKind::Redeemed => &mut self.redeemed_fen,
            SettlementLineKind::Released => &mut self.released_fen,
            SettlementLineKind::Withheld => &mut self.withheld_fen,
            SettlementLineKind::Clawback => &mut self.clawback_fen,
            SettlementLineKind::LeftOut => return self,
        };
        *sum += amount.get();
        self
    }

    /// Both together.
    #[must_use]
    pub fn plus(self, other: SettlementSums) -> SettlementSums {
        SettlementSums {
            redeemed_fen: self.redeemed_fen + other.redeemed_fen,
            released_fen: self.released_fen + other.released_fen,
            withheld_fen: self.withheld_fen + other.withheld_fen,
            clawback_fen: self.clawback_fen + other.clawback_fen,
        }
    }

    /// What a merchant is due whose last batch left `carried_fen`, zero or
    /// below it.
    #[must_use]
    pub fn due(self, carried_fen: i64) -> Due {
        let settled_fen = self.redeemed_fen + self.released_fen;
        let left = settled_fen - self.clawback_fen + carried_fen;
        let pay = Fen::try_from(left.max(0)).unwrap_or(Fen::MAX);
        Due { settled_fen, pay, carried_fen: left.min(0) }
    }
}

impl Due {
    /// The ledger's entry of the payment: what was owed is paid, less what it
    /// makes good of the merchant's clawbacks.
    ///
    /// # Errors
    /// None for what [`SettlementSums::due`] says.
    pub fn entry(self, merchant: MerchantId) -> Result<Entry, Unbalanced> {
        let paid = self.pay.get();
        let lines = [
            (Account::Payable(merchant), -self.settled_fen),
            (Account::Clawback(merchant), self.settled_fen - paid),
            (Account::Paid(merchant), paid),
        ];
        Entry::new(EntryKind::Pay, None, &lines)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fen(amount: i64) -> Fen {
        Fen::try_from(amount).unwrap()
    }

    /// A redemption's life by weeks: what it earns, what is reversed of it in
    /// each week, and in which weeks a case is open.
    #[derive(Clone, Debug)]
    struct Life {
        week: usize,
        earned: i64,
        backs: [i64; WEEKS],
        suspected: [bool; WEEKS],
    }

    const WEEKS: usize = 6;

    prop_compose! {
        fn any_life()(
            week in 0..WEEKS,
            earned in 0..100_000i64,
            parts in proptest::array::uniform6(0..60i64),
            suspected in proptest::array::uniform6(proptest::bool::weighted(0.3)),
        ) -> Life {
            let (mut left, mut backs) = (earned, [0; WEEKS]);
            for (back, part) in backs.iter_mut().zip(parts).skip(week) {
                *back = left * part / 100;
                left -= *back;
            }
            Life { week, earned, backs, suspected }
        }
    }

    /// Settles a merchant's weeks one after the other: what the accounts
    /// payable, clawback and paid hold, and what every bank was told.
    fn settle(lives: &[Life]) -> ([i64; 3], i64) {
        let (mut open, mut held) = (vec![0; lives.len()], vec![false; lives.len()]);
        let mut settled = vec![false; lives.len()];
        let (mut accounts, mut carried, mut told) = ([0; 3], 0, 0);
        for week in 0..WEEKS {
            let mut sums = SettlementSums::default();
            for (n, life) in lives.iter().enumerate().filter(|(_, life)| life.week <= week) {
                let (earned, back) = (if life.week == week { life.earned } else { 0 }, life.backs[week]);
                accounts[0] += earned;
                accounts[usize::from(settled[n])] -= back;
                if settled[n] {
                    sums = sums.with(SettlementLineKind::Clawback, fen(back));
                    continue;
                }
                open[n] += earned - back;
                let kind = match (life.suspected[week], held[n]) {
                    (true, _) => SettlementLineKind::Withheld,
                    (false, true) => SettlementLineKind::Released,
                    (false, false) => SettlementLineKind::Redeemed,
                };
                sums = sums.with(kind, fen(open[n]));
                (held[n], settled[n]) = (life.suspected[week], !life.suspected[week]);
            }
            let due = sums.due(carried);
            for line in due.entry(MerchantId(1)).unwrap().lines() {
                match line.account {
                    Account::Payable(_) => accounts[0] += line.amount_fen,
                    Account::Clawback(_) => accounts[1] += line.amount_fen,
                    _ => accounts[2] += line.amount_fen,
                }
            }
            assert!(due.settled_fen >= 0 && due.carried_fen <= 0);
            (carried, told) = (due.carried_fen, told + due.pay.get());
            assert_eq!(accounts[0], sums.withheld_fen, "what is owed is what is withheld");
            assert_eq!(accounts[1], carried, "what is to be clawed back is what is carried");
        }
        (accounts, told)
    }

    proptest! {
        #[test]
        fn every_fen_is_paid_withheld_or_clawed_back(lives in proptest::collection::vec(any_life(), 0..12)) {
            let (accounts, told) = settle(&lives);
            let net: i64 = lives.iter().map(|life| life.earned - life.backs.iter().sum::<i64>()).sum();
            prop_assert_eq!(accounts.iter().sum::<i64>(), net);
            prop_assert_eq!(accounts[2], told);
        }
    }

    #[test]
    fn a_line_under_suspicion_is_withheld_alone_and_paid_when_cleared() {
        let first = SettlementSums::default()
            .with(SettlementLineKind::Redeemed, fen(2000))
            .with(SettlementLineKind::Withheld, fen(700));
        assert_eq!(first.due(0), Due { settled_fen: 2000, pay: fen(2000), carried_fen: 0 });
        let next = SettlementSums::default().with(SettlementLineKind::Released, fen(700));
        assert_eq!(next.due(0).pay, fen(700));
    }

    #[test]
    fn what_a_week_cannot_claw_back_is_carried_on() {
        let clawed = SettlementSums { clawback_fen: 3000, redeemed_fen: 1000, ..SettlementSums::default() };
        let due = clawed.due(0);
        assert_eq!(due, Due { settled_fen: 1000, pay: Fen::ZERO, carried_fen: -2000 });
        let next = SettlementSums { redeemed_fen: 2500, ..SettlementSums::default() }.due(due.carried_fen);
        assert_eq!(next, Due { settled_fen: 2500, pay: fen(500), carried_fen: 0 });
        let entry = next.entry(MerchantId(3)).unwrap().to_string();
        assert_eq!(entry, "pay - payable:3 -2500 clawback:3 2000 paid:3 500");
    }
}

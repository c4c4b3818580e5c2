//! What a merchant is due in a week's batch: its statement's lines, without
//! what is withheld, with what was cleared since, less clawbacks and less what
//! earlier weeks left open.

use crate::{Account, Entry, EntryKind, Fen, MerchantId, RiskState, Unbalanced};

/// What a redemption does to its line of a week's batch. Amounts are the
/// government's part: what is owed to the merchant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SettlementItem {
    /// Earned by it, where it was redeemed in the week; zero otherwise.
    pub earned: Fen,
    /// What its reversals of the week take back.
    pub back: Fen,
    /// What earlier batches withheld of it.
    pub held_before: Fen,
    /// Whether a batch of an earlier week settled it.
    pub settled_before: bool,
    /// The case about it, where there is one.
    pub risk: Option<RiskState>,
}

/// What items add up to, in fen. The statement of the week says
/// `earned - back - clawback`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SettlementSums {
    /// Earned in the week.
    pub earned_fen: i64,
    /// Taken back of what no batch had settled.
    pub back_fen: i64,
    /// Taken back of what an earlier batch had settled.
    pub clawback_fen: i64,
    /// Left out of this batch; below zero where a reversal lowers what earlier
    /// batches left out.
    pub withheld_fen: i64,
    /// Left out of an earlier batch and cleared since.
    pub released_fen: i64,
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

impl SettlementItem {
    /// A case that is not cleared keeps its redemption from being paid. What is
    /// settled already is clawed back, case or not.
    #[must_use]
    pub fn sums(&self) -> SettlementSums {
        let (earned_fen, back, held) = (self.earned.get(), self.back.get(), self.held_before.get());
        let none = SettlementSums::default();
        if self.settled_before {
            return SettlementSums { clawback_fen: back, ..none };
        }
        let sums = SettlementSums { earned_fen, back_fen: back, ..none };
        match self.risk {
            Some(RiskState::Open | RiskState::Withheld) => {
                SettlementSums { withheld_fen: earned_fen - back, ..sums }
            }
            Some(RiskState::Cleared) | None => SettlementSums { released_fen: held, ..sums },
        }
    }
}

impl SettlementSums {
    /// Both together.
    #[must_use]
    pub fn plus(self, other: SettlementSums) -> SettlementSums {
        SettlementSums {
            earned_fen: self.earned_fen + other.earned_fen,
            back_fen: self.back_fen + other.back_fen,
            clawback_fen: self.clawback_fen + other.clawback_fen,
            withheld_fen: self.withheld_fen + other.withheld_fen,
            released_fen: self.released_fen + other.released_fen,
        }
    }

    /// What the statement of the week has as owed to the merchant.
    #[must_use]
    pub fn statement_fen(self) -> i64 {
        self.earned_fen - self.back_fen - self.clawback_fen
    }

    /// What a merchant is due whose last batch left `carried_fen`, zero or
    /// below it.
    #[must_use]
    pub fn due(self, carried_fen: i64) -> Due {
        let settled_fen = self.earned_fen - self.back_fen - self.withheld_fen + self.released_fen;
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
    fn settle(lives: &[Life]) -> ([i64; 3], i64, i64) {
        let mut held = vec![0; lives.len()];
        let mut settled = vec![false; lives.len()];
        let (mut accounts, mut carried, mut told) = ([0; 3], 0, 0);
        for week in 0..WEEKS {
            let mut sums = SettlementSums::default();
            let mut statement = 0;
            for (n, life) in lives.iter().enumerate().filter(|(_, life)| life.week <= week) {
                let earned = if life.week == week { life.earned } else { 0 };
                let back = life.backs[week];
                statement += earned - back;
                let risk = if life.suspected[week] { RiskState::Open } else { RiskState::Cleared };
                let item = SettlementItem {
                    earned: fen(earned),
                    back: fen(back),
                    held_before: fen(held[n]),
                    settled_before: settled[n],
                    risk: Some(risk),
                };
                accounts[0] += earned;
                accounts[usize::from(settled[n])] -= back;
                let of = item.sums();
                held[n] += of.withheld_fen - of.released_fen;
                settled[n] |= !life.suspected[week];
                sums = sums.plus(of);
            }
            assert_eq!(sums.statement_fen(), statement);
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
            assert_eq!(accounts[0], held.iter().sum::<i64>(), "what is owed is what is withheld");
            assert_eq!(accounts[1], carried, "what is to be clawed back is what is carried");
        }
        (accounts, told, carried)
    }

    proptest! {
        #[test]
        fn every_fen_is_paid_withheld_or_clawed_back(lives in proptest::collection::vec(any_life(), 0..12)) {
            let (accounts, told, _) = settle(&lives);
            let net: i64 = lives.iter().map(|life| life.earned - life.backs.iter().sum::<i64>()).sum();
            prop_assert_eq!(accounts.iter().sum::<i64>(), net);
            prop_assert_eq!(accounts[2], told);
        }
    }

    #[test]
    fn a_line_under_suspicion_is_withheld_alone_and_paid_when_cleared() {
        let item = SettlementItem {
            earned: fen(2000),
            back: Fen::ZERO,
            held_before: Fen::ZERO,
            settled_before: false,
            risk: None,
        };
        let suspected = SettlementItem { risk: Some(RiskState::Open), ..item };
        let due = item.sums().plus(suspected.sums()).due(0);
        assert_eq!(due, Due { settled_fen: 2000, pay: fen(2000), carried_fen: 0 });
        let cleared = SettlementItem {
            earned: Fen::ZERO,
            held_before: fen(2000),
            risk: Some(RiskState::Cleared),
            ..item
        };
        assert_eq!(cleared.sums().due(0).pay, fen(2000));
    }

    #[test]
    fn what_a_week_cannot_claw_back_is_carried_on() {
        let clawed = SettlementSums { clawback_fen: 3000, earned_fen: 1000, ..SettlementSums::default() };
        let due = clawed.due(0);
        assert_eq!(due, Due { settled_fen: 1000, pay: Fen::ZERO, carried_fen: -2000 });
        let next = SettlementSums { earned_fen: 2500, ..SettlementSums::default() }.due(due.carried_fen);
        assert_eq!(next, Due { settled_fen: 2500, pay: fen(500), carried_fen: 0 });
        let entry = next.entry(MerchantId(3)).unwrap().to_string();
        assert_eq!(entry, "pay - payable:3 -2500 clawback:3 2000 paid:3 500");
    }
}

//! Settlement (结算): the weekly batch that pays merchants, and who may take
//! which step of it.
//!
//! A batch holds what was redeemed up to its week's end and stands in no batch
//! yet, a row for each merchant. **Confirm and review are steps of a row**: one
//! merchant who does not answer delays nobody else. **Approve, export and pay
//! are steps of the batch**: whoever approves either waits for all rows or
//! leaves out those that are not reviewed, whose lines stand in the next batch.
//!
//! A row is never raised once it was made. What comes to light afterwards takes
//! from it, a line each, and its signatures hold: a refund takes from its
//! redemption's line, and a line under suspicion is withheld, alone. From the
//! export on nothing of the batch changes: what is refunded then is a clawback
//! line of the next one.

mod bank;
mod due;
mod refusal;
mod text;

pub use bank::{
    BankFile, BankLine, BankMismatch, MOST_BANK_BYTES, MOST_BANK_LINES, MOST_MISMATCHES, match_bank,
};
pub use due::{Due, SettlementLineKind, SettlementSums};
pub use refusal::{BankRefused, SettlementRefused};
pub use text::{
    BadSettlement, SettledBatch, SettledLine, SettledMerchant, batch_of_reference, payment_reference,
};

use crate::promotion::words;
use crate::{AccountId, Day, Permission};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

words! {
    /// Where a batch stands, or a merchant's row of it.
    SettlementState {
        /// Built from the ledger; its merchants have not all confirmed it.
        Draft = "draft", "待商户确认", "To be confirmed";
        /// Its merchants confirmed what they are owed.
        Confirmed = "confirmed", "待区县复核", "To be reviewed";
        /// The district reviewed it.
        Reviewed = "reviewed", "待市级批准", "To be approved";
        /// The city approved it.
        Approved = "approved", "待导出", "To be exported";
        /// The bank's file was made.
        Exported = "exported", "待银行付款", "At the bank";
        /// The bank paid all of it.
        Paid = "paid", "已付款", "Paid";
        /// A row that was not signed in time, or a batch that was discarded: its
        /// lines stand in the next one.
        LeftOut = "left_out", "转入下批", "Left for the next";
    }
}

words! {
    /// What happens to a batch, in this order.
    SettlementStep {
        /// The merchants confirm what they are owed.
        Confirm = "confirm", "确认", "confirm";
        /// The district reviews.
        Review = "review", "复核", "review";
        /// The city approves: another person than the reviewer and the maker.
        Approve = "approve", "批准", "approve";
        /// Finance makes the bank's file.
        Export = "export", "导出", "export";
        /// Finance brings in the bank's result: money moves in the ledger.
        Pay = "pay", "付款", "pay";
    }
}

impl SettlementStep {
    /// What the person who takes it must be allowed.
    #[must_use]
    pub const fn permission(self) -> Permission {
        match self {
            SettlementStep::Confirm => Permission::ConfirmSettlement,
            SettlementStep::Review => Permission::ReviewSettlement,
            SettlementStep::Approve => Permission::ApproveSettlement,
            SettlementStep::Export | SettlementStep::Pay => Permission::PaySettlement,
        }
    }

    /// Where a batch stands before it and after it.
    #[must_use]
    pub const fn moves(self) -> (SettlementState, SettlementState) {
        use SettlementState::{Approved, Confirmed, Draft, Exported, Paid, Reviewed};
        match self {
            SettlementStep::Confirm => (Draft, Confirmed),
            SettlementStep::Review => (Confirmed, Reviewed),
            SettlementStep::Approve => (Reviewed, Approved),
            SettlementStep::Export => (Approved, Exported),
            SettlementStep::Pay => (Exported, Paid),
        }
    }
}

impl SettlementState {
    /// Where a batch stands that nobody approved yet: as far as the slowest of
    /// its rows, of which so many wait for their merchant and for their district.
    #[must_use]
    pub const fn of_waiting(to_confirm: i64, to_review: i64) -> SettlementState {
        match (to_confirm, to_review) {
            (0, 0) => SettlementState::Reviewed,
            (0, _) => SettlementState::Confirmed,
            _ => SettlementState::Draft,
        }
    }

    /// The step that is next; none once it is paid or left out.
    #[must_use]
    pub fn next_step(self) -> Option<SettlementStep> {
        SettlementStep::ALL.iter().copied().find(|step| step.moves().0 == self)
    }
}

/// The first business day that a batch looks at, by the last one of the batch
/// before: what came late from a till without a network is not older.
#[must_use]
pub fn looks_from(last_day: Option<Day>, season_starts: Day) -> Day {
    last_day.map_or(season_starts, |day| (0..LATE_DAYS).fold(day, |day, _| day.previous()))
}

/// [`LATEST_MS`](crate::LATEST_MS) and the day on which it begins, doubled.
const LATE_DAYS: i64 = 8;

/// Where a merchant's row stands, and who brought it there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SettlementLife {
    /// Where it stands.
    pub state: SettlementState,
    /// Who had the batch built; nobody when the program did by itself.
    pub made_by: Option<AccountId>,
    /// Who reviewed it for the district.
    pub reviewed_by: Option<AccountId>,
    /// Who approved it for the city.
    pub approved_by: Option<AccountId>,
}

impl SettlementLife {
    /// Of a new batch.
    #[must_use]
    pub const fn draft(made_by: Option<AccountId>) -> SettlementLife {
        SettlementLife { state: SettlementState::Draft, made_by, reviewed_by: None, approved_by: None }
    }

    /// Where it stands after a step of somebody whose role allows the step.
    ///
    /// # Errors
    /// It is not the batch's next step, or four eyes would be two.
    pub fn after(self, step: SettlementStep, by: AccountId) -> Result<SettlementLife, SettlementRefused> {
        let (from, to) = step.moves();
        if self.state != from {
            return Err(SettlementRefused::WrongState { state: self.state, step });
        }
        let mut next = SettlementLife { state: to, ..self };
        match step {
            SettlementStep::Approve if self.made_by == Some(by) => return Err(SettlementRefused::Maker),
            SettlementStep::Approve if self.reviewed_by == Some(by) => {
                return Err(SettlementRefused::Reviewer);
            }
            SettlementStep::Approve => next.approved_by = Some(by),
            SettlementStep::Review => next.reviewed_by = Some(by),
            SettlementStep::Confirm | SettlementStep::Export | SettlementStep::Pay => {}
        }
        Ok(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Role;
    use proptest::prelude::*;

    fn any_step() -> impl Strategy<Value = SettlementStep> {
        proptest::sample::select(SettlementStep::ALL)
    }

    proptest! {
        #[test]
        fn nothing_is_paid_that_two_people_did_not_sign(
            made_by in proptest::option::of(0..3i64),
            steps in proptest::collection::vec((any_step(), 0..3i64), 0..60),
        ) {
            let made_by = made_by.map(AccountId);
            let mut life = SettlementLife::draft(made_by);
            let mut taken = Vec::new();
            for (step, by) in steps {
                if let Ok(next) = life.after(step, AccountId(by)) {
                    taken.push(step);
                    life = next;
                }
            }
            prop_assert_eq!(taken.as_slice(), &SettlementStep::ALL[..taken.len()]);
            if let Some(approver) = life.approved_by {
                prop_assert!(life.reviewed_by.is_some_and(|reviewer| reviewer != approver));
                prop_assert!(made_by != Some(approver));
            }
            let signed = matches!(
                life.state,
                SettlementState::Approved | SettlementState::Exported | SettlementState::Paid
            );
            prop_assert_eq!(signed, life.approved_by.is_some());
        }
    }

    #[test]
    fn a_second_approval_and_one_by_the_maker_or_reviewer_are_refused() {
        let [maker, reviewer, officer] = [1, 2, 3].map(AccountId);
        let draft = SettlementLife::draft(Some(maker));
        let confirmed = draft.after(SettlementStep::Confirm, AccountId(9)).unwrap();
        let reviewed = confirmed.after(SettlementStep::Review, reviewer).unwrap();
        assert_eq!(reviewed.after(SettlementStep::Approve, maker), Err(SettlementRefused::Maker));
        assert_eq!(reviewed.after(SettlementStep::Approve, reviewer), Err(SettlementRefused::Reviewer));
        let approved = reviewed.after(SettlementStep::Approve, officer).unwrap();
        let again = approved.after(SettlementStep::Approve, AccountId(4));
        let (state, step) = (SettlementState::Approved, SettlementStep::Approve);
        assert_eq!(again, Err(SettlementRefused::WrongState { state, step }));
    }

    #[test]
    fn each_step_has_its_role_and_the_auditor_none() {
        let takers = |step: SettlementStep| -> Vec<Role> {
            Role::ALL.iter().copied().filter(|role| role.may(step.permission())).collect()
        };
        assert_eq!(takers(SettlementStep::Confirm), [Role::Owner]);
        assert_eq!(takers(SettlementStep::Review), [Role::District]);
        assert_eq!(takers(SettlementStep::Approve), [Role::City]);
        assert_eq!(takers(SettlementStep::Export), [Role::Finance]);
        assert_eq!(takers(SettlementStep::Pay), [Role::Finance]);
        assert!(Role::Auditor.may(Permission::SeeSettlements));
        assert!(!Role::Auditor.may(Permission::MakeSettlement));
    }

    #[test]
    fn a_batch_stands_where_its_slowest_row_does() {
        assert_eq!(SettlementState::of_waiting(1, 1), SettlementState::Draft);
        assert_eq!(SettlementState::of_waiting(0, 1), SettlementState::Confirmed);
        assert_eq!(SettlementState::of_waiting(0, 0), SettlementState::Reviewed);
    }

    #[test]
    fn what_comes_late_is_still_looked_at() {
        let (starts, last) = ("2021-06-18".parse().unwrap(), "2021-06-27".parse().unwrap());
        assert_eq!(looks_from(None, starts), starts);
        let days_ms = looks_from(Some(last), starts).until(last) * 86_400_000;
        assert!(days_ms > crate::LATEST_MS + 86_400_000);
    }

    #[test]
    fn every_state_but_the_last_ones_has_one_next_step() {
        for state in SettlementState::ALL {
            let ended = matches!(state, SettlementState::Paid | SettlementState::LeftOut);
            assert_eq!(state.next_step().is_none(), ended);
        }
    }
}

//! Why a step of a batch is not taken, or a bank's file not.

use super::{BankMismatch, SettlementState, SettlementStep};
use crate::{Fen, Lang};

/// Why a step of a batch is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettlementRefused {
    /// It is not the batch's next step.
    #[error("a batch that stands at {state} has no step {step}")]
    WrongState {
        /// Where it stands.
        state: SettlementState,
        /// What was asked.
        step: SettlementStep,
    },
    /// Who had the batch built may not approve it.
    #[error("another person than the batch's maker must approve it")]
    Maker,
    /// Who reviewed the batch may not approve it.
    #[error("another person than the batch's reviewer must approve it")]
    Reviewer,
}

impl SettlementRefused {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            SettlementRefused::WrongState { .. } => "wrong_state",
            SettlementRefused::Maker => "same_as_maker",
            SettlementRefused::Reviewer => "same_as_reviewer",
        }
    }

    /// What the officer reads.
    #[must_use]
    pub fn words(self, lang: Lang) -> String {
        match self {
            SettlementRefused::WrongState { state, step } => {
                let (state, step) = (state.word(lang), step.word(lang));
                match lang {
                    Lang::Zh => format!("该批次现为“{state}”，不能{step}"),
                    Lang::En => format!("The batch is “{state}”: there is nothing to {step}"),
                }
            }
            SettlementRefused::Maker => {
                lang.pick("编制人不能批准，须由另一人批准", "Who made the batch may not approve it").into()
            }
            SettlementRefused::Reviewer => lang
                .pick("复核人不能批准，须由另一人批准", "Who reviewed the batch may not approve it")
                .into(),
        }
    }
}

/// Why a bank's result file is not taken; nothing of it is then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BankRefused {
    /// It is the result of another batch.
    #[error("the file is of batch {found} and not of batch {expected}")]
    OtherBatch {
        /// The batch that was to be paid.
        expected: i64,
        /// The batch that the file names.
        found: i64,
    },
    /// Its total is not what was exported.
    #[error("the file's total is {} fen and not {} fen", .found.get(), .expected.get())]
    WrongTotal {
        /// What was exported.
        expected: Fen,
        /// What the file's lines add up to.
        found: Fen,
    },
    /// It has more lines than any batch.
    #[error("the file has {found} lines; {limit} is the most")]
    TooLong {
        /// The most.
        limit: usize,
        /// What it has.
        found: usize,
    },
    /// Its lines are not the batch's.
    #[error("{count} lines of the file and the batch do not match")]
    Unmatched {
        /// How many in all.
        count: usize,
        /// The first of them.
        first: Vec<BankMismatch>,
    },
}

impl BankRefused {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            BankRefused::OtherBatch { .. } => "other_batch",
            BankRefused::WrongTotal { .. } => "wrong_total",
            BankRefused::TooLong { .. } => "too_long",
            BankRefused::Unmatched { .. } => "unmatched",
        }
    }
}

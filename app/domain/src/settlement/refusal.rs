//! Why a step of a batch is not taken, or a bank's file not.

use super::{BankMismatch, SettlementState, SettlementStep};
use crate::{Day, Fen, Lang};

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
    /// The week is not over, or another one is no settlement week.
    #[error("the week to {to} is not over")]
    WeekNotOver {
        /// Its last business day.
        to: Day,
    },
    /// A batch of this week, or of a later one, was made.
    #[error("batch {batch} settled the weeks to {to}")]
    WeekSettled {
        /// The batch.
        batch: i64,
        /// Its last business day.
        to: Day,
    },
    /// A batch before it is not exported yet.
    #[error("batch {batch} is not exported yet")]
    StillOpen {
        /// The batch.
        batch: i64,
    },
    /// It is too late to discard the batch.
    #[error("a batch that stands at {state} is not discarded")]
    NotDiscarded {
        /// Where it stands.
        state: SettlementState,
    },
    /// Nothing is to be settled.
    #[error("nothing is to be settled")]
    NothingDue,
    /// Rows are not reviewed yet, and were not to be left out.
    #[error("{waiting} of {rows} merchants' rows are not reviewed")]
    NotAllReviewed {
        /// Those that are not.
        waiting: i64,
        /// All of the batch.
        rows: i64,
    },
}

impl SettlementRefused {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            SettlementRefused::WrongState { .. } | SettlementRefused::NotDiscarded { .. } => "wrong_state",
            SettlementRefused::Maker => "same_as_maker",
            SettlementRefused::Reviewer => "same_as_reviewer",
            SettlementRefused::WeekNotOver { .. } => "week_not_over",
            SettlementRefused::WeekSettled { .. } => "week_settled",
            SettlementRefused::StillOpen { .. } => "batch_open",
            SettlementRefused::NothingDue => "nothing_due",
            SettlementRefused::NotAllReviewed { .. } => "not_all_reviewed",
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
            SettlementRefused::WeekNotOver { to } => lang.pick(
                format!("该结算周到 {to} 的营业日结束才满"),
                format!("The week is over after the business day of {to}"),
            ),
            SettlementRefused::WeekSettled { batch, to } => lang.pick(
                format!("第 {batch} 批已结算到 {to}"),
                format!("Batch {batch} settled the weeks to {to}"),
            ),
            SettlementRefused::StillOpen { batch } => lang.pick(
                format!("第 {batch} 批尚未导出，请先办完或作废"),
                format!("Batch {batch} is not exported yet: finish it or discard it first"),
            ),
            SettlementRefused::NotDiscarded { state } => {
                let state = state.word(lang);
                lang.pick(
                    format!("该批次现为“{state}”，不能作废"),
                    format!("The batch is “{state}”: it is not discarded any more"),
                )
            }
            SettlementRefused::NothingDue => {
                lang.pick("没有可结算的明细", "There is nothing to settle").into()
            }
            SettlementRefused::NotAllReviewed { waiting, rows } => lang.pick(
                format!("{rows} 家商户中有 {waiting} 家尚未复核：等待，或转入下批"),
                format!(
                    "{waiting} of {rows} merchants are not reviewed: wait, or leave them for the next batch"
                ),
            ),
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
    /// It is larger than any result.
    #[error("the file has {found} bytes; {limit} is the most")]
    TooLarge {
        /// The most.
        limit: usize,
        /// What it has.
        found: usize,
    },
    /// It is no table of references and amounts.
    #[error("the file cannot be read: {rule}")]
    Unreadable {
        /// What is wrong, and where.
        rule: String,
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
            BankRefused::TooLarge { .. } => "file_too_large",
            BankRefused::Unreadable { .. } => "unreadable",
            BankRefused::TooLong { .. } => "too_long",
            BankRefused::Unmatched { .. } => "unmatched",
        }
    }

    /// What finance reads.
    #[must_use]
    pub fn words(&self, lang: Lang) -> String {
        match self {
            BankRefused::OtherBatch { expected, found } => lang.pick(
                format!("文件是第 {found} 批的，不是第 {expected} 批的"),
                format!("The file is of batch {found} and not of batch {expected}"),
            ),
            BankRefused::WrongTotal { expected, found } => lang.pick(
                format!("文件合计 ¥{}，导出合计 ¥{}", found.yuan(), expected.yuan()),
                format!("The file's total is ¥{} and not ¥{}", found.yuan(), expected.yuan()),
            ),
            BankRefused::TooLarge { limit, found } => lang.pick(
                format!("文件有 {found} 字节，最多 {limit} 字节"),
                format!("The file has {found} bytes; {limit} is the most"),
            ),
            BankRefused::Unreadable { rule } => {
                lang.pick(format!("文件无法读取：{rule}"), format!("The file cannot be read: {rule}"))
            }
            BankRefused::TooLong { limit, found } => lang.pick(
                format!("文件有 {found} 行，最多 {limit} 行"),
                format!("The file has {found} lines; {limit} is the most"),
            ),
            BankRefused::Unmatched { count, .. } => lang.pick(
                format!("有 {count} 笔与导出的不一致，一笔也没有入账"),
                format!("{count} payments do not match what was exported; none was taken"),
            ),
        }
    }

    /// The lines that do not match, at most [`MOST_MISMATCHES`](super::MOST_MISMATCHES).
    #[must_use]
    pub fn mismatches(&self) -> &[BankMismatch] {
        match self {
            BankRefused::Unmatched { first, .. } => first,
            _ => &[],
        }
    }
}

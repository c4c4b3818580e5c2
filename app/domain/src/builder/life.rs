//! A draft between its maker and a second person.

use super::CampaignFault;
use crate::promotion::words;
use crate::{Fen, Lang};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

words! {
    /// Where a campaign's draft stands.
    DraftState {
        /// Its maker writes it.
        Draft = "draft", "草稿", "Draft";
        /// It waits for a second person.
        Submitted = "submitted", "待复核发布", "Waiting for a second person";
        /// It is public.
        Published = "published", "已发布", "Published";
        /// It was given up.
        Dropped = "dropped", "已放弃", "Dropped";
    }
}

words! {
    /// What is done with it.
    DraftStep {
        /// It is written.
        Save = "save", "保存", "Save";
        /// It is handed to a second person.
        Submit = "submit", "提交复核", "Submit";
        /// It goes back to its maker.
        Return = "return", "退回修改", "Return";
        /// A second person publishes it.
        Publish = "publish", "复核并发布", "Publish";
        /// It is given up.
        Drop = "drop", "放弃", "Drop";
    }
}

/// The rules say no to what is done with a draft.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DraftRefused {
    /// It stands where this cannot be done.
    #[error("a draft that is {state} cannot take the step {step}")]
    WrongState {
        /// Where it stands.
        state: DraftState,
        /// The step.
        step: DraftStep,
    },
    /// Somebody else changed it after it was looked at.
    #[error("it was changed meanwhile")]
    ChangedMeanwhile,
    /// Some fields are not as they have to be.
    #[error("{} fields are not as they have to be", faults.len())]
    Incomplete {
        /// Which, and what is wrong.
        faults: Vec<CampaignFault>,
    },
    /// Σ face value of what the rounds may issue is more than the pot.
    #[error("the rounds may issue {value}, the pot holds {pot}")]
    OverBudget {
        /// Σ face value.
        value: Fen,
        /// The pot.
        pot: Fen,
        /// How many vouchers.
        vouchers: i64,
    },
    /// Whoever wrote or submitted it cannot publish it.
    #[error("a second person publishes")]
    SecondPerson,
}

impl DraftState {
    /// Where a step leads.
    ///
    /// # Errors
    /// It cannot be done from here.
    pub fn after(self, step: DraftStep) -> Result<DraftState, DraftRefused> {
        match (self, step) {
            (DraftState::Draft, DraftStep::Save) | (DraftState::Submitted, DraftStep::Return) => {
                Ok(DraftState::Draft)
            }
            (DraftState::Draft, DraftStep::Submit) => Ok(DraftState::Submitted),
            (DraftState::Submitted, DraftStep::Publish) => Ok(DraftState::Published),
            (DraftState::Draft, DraftStep::Drop) => Ok(DraftState::Dropped),
            (state, step) => Err(DraftRefused::WrongState { state, step }),
        }
    }
}

impl DraftRefused {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            DraftRefused::WrongState { .. } => "wrong_state",
            DraftRefused::ChangedMeanwhile => "changed_meanwhile",
            DraftRefused::Incomplete { .. } => "incomplete",
            DraftRefused::OverBudget { .. } => "over_budget",
            DraftRefused::SecondPerson => "second_person",
        }
    }

    /// The status of HTTP.
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self {
            DraftRefused::SecondPerson => 403,
            DraftRefused::Incomplete { .. } => 422,
            DraftRefused::WrongState { .. }
            | DraftRefused::ChangedMeanwhile
            | DraftRefused::OverBudget { .. } => 409,
        }
    }

    /// What the officer reads.
    #[must_use]
    pub fn words(&self, lang: Lang) -> String {
        match self {
            DraftRefused::WrongState { state, step } => {
                let (state, step) = (state.word(lang), step.word(lang));
                lang.pick(
                    format!("现在是“{state}”，不能“{step}”"),
                    format!("It is “{state}” now: “{step}” is not possible"),
                )
            }
            DraftRefused::ChangedMeanwhile => lang
                .pick(
                    "别人刚刚改过，请刷新后再看",
                    "Somebody else has changed it meanwhile: look at it again",
                )
                .to_owned(),
            DraftRefused::Incomplete { faults } => {
                let told =
                    faults.iter().take(5).map(|fault| format!("{} {}", fault.field, fault.rule.words(lang)));
                let told = told.collect::<Vec<_>>().join(lang.pick("；", "; "));
                lang.pick(format!("还不能提交：{told}"), format!("It cannot be handed in yet: {told}"))
            }
            DraftRefused::OverBudget { value, pot, vouchers } => {
                let over = value.less(*pot);
                lang.pick(
                    format!("各轮共 {vouchers} 张、面值合计 {value}，超出资金池 {pot}，多出 {over}"),
                    format!("The rounds may issue {vouchers} vouchers worth {value}: {over} more than the pot of {pot}"),
                )
            }
            DraftRefused::SecondPerson => lang
                .pick(
                    "须由另一个人复核发布：编写或提交的人不能发布",
                    "A second person publishes: not whoever wrote or submitted it",
                )
                .to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_takes_these_steps_and_no_others() {
        use DraftState as S;
        let leads = |state: S| {
            let steps = DraftStep::ALL.iter();
            steps.filter_map(|step| Some((step.code(), state.after(*step).ok()?))).collect::<Vec<_>>()
        };
        assert_eq!(leads(S::Draft), [("save", S::Draft), ("submit", S::Submitted), ("drop", S::Dropped)]);
        assert_eq!(leads(S::Submitted), [("return", S::Draft), ("publish", S::Published)]);
        assert_eq!(leads(S::Published), []);
        assert_eq!(leads(S::Dropped), []);
    }
}

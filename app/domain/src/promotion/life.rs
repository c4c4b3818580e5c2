//! The life of a promotion: draft, in review, published, ended; and beside a
//! published one, the revision that waits while the old text stays up.

use super::PromotionRefused;
use super::words;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

words! {
    /// Where a promotion stands.
    PromotionState {
        /// The merchant still writes it.
        Draft = "draft", "草稿", "Draft";
        /// The bureau is to look at it.
        InReview = "in_review", "待审核", "In review";
        /// The bureau gave it back or took it down, with a reason.
        Returned = "returned", "已退回", "Returned";
        /// Approved; it appears by itself at its time.
        Scheduled = "scheduled", "待发布", "Scheduled";
        /// Everybody sees it.
        Published = "published", "已发布", "Published";
        /// It is over: its last day has passed, or the merchant ended it.
        Ended = "ended", "已结束", "Ended";
    }
}

words! {
    /// Where the revision of a published promotion stands.
    RevisionState {
        /// The merchant still writes it.
        Draft = "draft", "修改草稿", "Being edited";
        /// The bureau is to look at it.
        InReview = "in_review", "修改待审核", "Edit in review";
        /// The bureau gave it back, with a reason.
        Returned = "returned", "修改已退回", "Edit returned";
    }
}

words! {
    /// What happens to a promotion.
    PromotionStep {
        /// The merchant writes.
        Save = "save", "保存", "save";
        /// The merchant hands it in.
        Submit = "submit", "提交审核", "submit";
        /// The merchant takes it back, to go on writing.
        Withdraw = "withdraw", "撤回", "withdraw";
        /// The merchant drops the revision; the published text stays.
        Discard = "discard", "放弃修改", "discard the edit";
        /// The bureau approves, to appear at once.
        Approve = "approve", "通过", "approve";
        /// The bureau approves, to appear at a later time.
        ApproveForLater = "approve_for_later", "定时通过", "approve for later";
        /// The bureau gives it back, with a reason.
        Return = "return", "退回", "return";
        /// The bureau takes it down, with a reason; it goes back to the merchant.
        Suspend = "suspend", "下架", "suspend";
        /// Its time has come.
        Publish = "publish", "发布", "publish";
        /// The merchant ends it, or its last day has passed.
        End = "end", "结束", "end";
    }
}

/// Where a promotion and its revision stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PromotionLife {
    /// Of the promotion.
    pub state: PromotionState,
    /// Of its revision; only a published one has one.
    pub revision: Option<RevisionState>,
}

impl PromotionLife {
    /// Of a new one.
    pub const NEW: PromotionLife = PromotionLife::of(PromotionState::Draft);

    /// Without a revision.
    #[must_use]
    pub const fn of(state: PromotionState) -> PromotionLife {
        PromotionLife { state, revision: None }
    }

    const fn revised(revision: RevisionState) -> PromotionLife {
        PromotionLife { state: PromotionState::Published, revision: Some(revision) }
    }

    /// Whether the bureau is to look at it or at its revision.
    #[must_use]
    pub fn is_in_review(self) -> bool {
        self.state == PromotionState::InReview || self.revision == Some(RevisionState::InReview)
    }

    /// Whether a step may be taken.
    #[must_use]
    pub fn may(self, step: PromotionStep) -> bool {
        self.after(step).is_ok()
    }

    /// Where it stands after a step.
    ///
    /// # Errors
    /// The step is none from here.
    pub fn after(self, step: PromotionStep) -> Result<PromotionLife, PromotionRefused> {
        use PromotionState::{Draft, Ended, InReview, Published, Returned, Scheduled};
        use PromotionStep as Step;
        use RevisionState as Revision;
        let next = match (self.state, self.revision, step) {
            (Draft | Returned, None, Step::Save) => PromotionLife::of(Draft),
            (Draft | Returned, None, Step::Submit) => PromotionLife::of(InReview),
            (InReview | Scheduled, None, Step::Withdraw) => PromotionLife::of(Draft),
            (InReview, None, Step::Approve) | (Scheduled, None, Step::Publish) => {
                PromotionLife::of(Published)
            }
            (InReview, None, Step::ApproveForLater) => PromotionLife::of(Scheduled),
            (InReview, None, Step::Return) | (Published, _, Step::Suspend) => PromotionLife::of(Returned),
            (Published, None | Some(Revision::Draft | Revision::Returned), Step::Save)
            | (Published, Some(Revision::InReview), Step::Withdraw) => {
                PromotionLife::revised(Revision::Draft)
            }
            (Published, Some(Revision::Draft | Revision::Returned), Step::Submit) => {
                PromotionLife::revised(Revision::InReview)
            }
            (Published, Some(Revision::InReview), Step::Return) => PromotionLife::revised(Revision::Returned),
            (Published, Some(Revision::InReview), Step::Approve) | (Published, Some(_), Step::Discard) => {
                PromotionLife::of(Published)
            }
            (Draft | Returned | Scheduled, None, Step::End) | (Published, _, Step::End) => {
                PromotionLife::of(Ended)
            }
            (state, revision, step) => return Err(PromotionRefused::WrongState { state, revision, step }),
        };
        Ok(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_step() -> impl Strategy<Value = PromotionStep> {
        proptest::sample::select(PromotionStep::ALL)
    }

    /// Steps from the beginning, those that are none left out.
    fn lived(steps: &[PromotionStep]) -> Vec<(PromotionLife, PromotionStep, PromotionLife)> {
        let mut life = PromotionLife::NEW;
        let mut taken = Vec::new();
        for step in steps {
            if let Ok(next) = life.after(*step) {
                taken.push((life, *step, next));
                life = next;
            }
        }
        taken
    }

    proptest! {
        #[test]
        fn nothing_is_seen_that_the_bureau_did_not_approve(steps in proptest::collection::vec(any_step(), 0..40)) {
            for (before, step, after) in lived(&steps) {
                let appears = before.state != PromotionState::Published && after.state == PromotionState::Published;
                prop_assert!(!appears || matches!(step, PromotionStep::Approve | PromotionStep::Publish));
                let approved = matches!(step, PromotionStep::Approve | PromotionStep::ApproveForLater);
                prop_assert!(!approved || before.is_in_review());
                prop_assert!(step != PromotionStep::Publish || before.state == PromotionState::Scheduled);
            }
        }

        #[test]
        fn what_is_up_stays_up_until_it_ends_or_is_suspended(steps in proptest::collection::vec(any_step(), 0..40)) {
            for (before, step, after) in lived(&steps) {
                if before.state == PromotionState::Published {
                    let expected = match step {
                        PromotionStep::End => PromotionState::Ended,
                        PromotionStep::Suspend => PromotionState::Returned,
                        _ => PromotionState::Published,
                    };
                    prop_assert_eq!(after.state, expected);
                }
            }
        }

        #[test]
        fn only_a_published_one_has_a_revision(steps in proptest::collection::vec(any_step(), 0..40)) {
            for (_, _, after) in lived(&steps) {
                prop_assert!(after.revision.is_none() || after.state == PromotionState::Published);
            }
        }

        #[test]
        fn what_is_in_review_is_not_written(steps in proptest::collection::vec(any_step(), 0..40)) {
            for (before, step, _) in lived(&steps) {
                prop_assert!(step != PromotionStep::Save || !before.is_in_review());
            }
        }

        #[test]
        fn the_end_is_the_end(steps in proptest::collection::vec(any_step(), 0..40), step in any_step()) {
            let ended = lived(&steps).into_iter().any(|(_, _, after)| after.state == PromotionState::Ended);
            let last = lived(&steps).last().map_or(PromotionLife::NEW, |(_, _, after)| *after);
            prop_assert!(!ended || !last.may(step));
        }
    }

    #[test]
    fn every_state_is_reached_and_every_step_is_taken_somewhere() {
        let mut seen = vec![PromotionLife::NEW];
        let mut taken = Vec::new();
        let mut n = 0;
        while let Some(life) = seen.get(n).copied() {
            for step in PromotionStep::ALL {
                let Ok(next) = life.after(*step) else { continue };
                taken.push(*step);
                if !seen.contains(&next) {
                    seen.push(next);
                }
            }
            n += 1;
        }
        assert_eq!(seen.len(), PromotionState::ALL.len() + RevisionState::ALL.len());
        assert!(PromotionStep::ALL.iter().all(|step| taken.contains(step)));
    }
}

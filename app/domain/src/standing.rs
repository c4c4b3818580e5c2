//! Where a merchant stands with the bureau, and what the bureau may decide.

use crate::promotion::words;
use crate::{Fen, Lang};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

words! {
    /// Where a merchant stands with the bureau.
    MerchantState {
        /// Joined by commitment (告知承诺) and not reviewed yet: it takes part,
        /// under the season's daily cap.
        Provisional = "provisional", "已上线，待审核", "Live, under review";
        /// Takes part without a cap.
        Live = "live", "已通过", "Live";
        /// The review said no: it takes no part.
        Rejected = "rejected", "未通过", "Rejected";
        /// It was turned down, mended its application and signed anew: it
        /// takes no part until the next review.
        Reapplied = "reapplied", "已重新申请，待审核", "Applied again, under review";
        /// It was live and is not any more.
        Lapsed = "lapsed", "已失效", "Lapsed";
    }
}

words! {
    /// What a reviewer decides on a merchant.
    MerchantDecision {
        /// It takes part without a cap.
        Approve = "approve", "通过", "Approve";
        /// It does not take part, although it joined.
        Reject = "reject", "不通过", "Reject";
        /// It takes part no longer.
        Lapse = "lapse", "取消资格", "End its part";
    }
}

/// The most characters of a decision's reason.
pub const MOST_REASON: usize = 200;

impl MerchantState {
    /// Where a merchant stands that waits for its review.
    pub const WAITING: [MerchantState; 2] = [MerchantState::Provisional, MerchantState::Reapplied];

    /// Whether its promotions show and its tills redeem.
    #[must_use]
    pub const fn takes_part(self) -> bool {
        matches!(self, MerchantState::Provisional | MerchantState::Live)
    }

    /// What may be decided on a merchant that stands here.
    #[must_use]
    pub const fn decisions(self) -> &'static [MerchantDecision] {
        use MerchantDecision::{Approve, Lapse, Reject};
        match self {
            MerchantState::Provisional | MerchantState::Reapplied => &[Approve, Reject],
            MerchantState::Live => &[Lapse],
            MerchantState::Rejected | MerchantState::Lapsed => &[Approve],
        }
    }

    /// Where it stands after a decision.
    ///
    /// # Errors
    /// It stands where that is not to be decided: another reviewer came first.
    pub fn after(self, decision: MerchantDecision) -> Result<MerchantState, MerchantReviewRefused> {
        if !self.decisions().contains(&decision) {
            return Err(MerchantReviewRefused { state: self });
        }
        Ok(match decision {
            MerchantDecision::Approve => MerchantState::Live,
            MerchantDecision::Reject => MerchantState::Rejected,
            MerchantDecision::Lapse => MerchantState::Lapsed,
        })
    }
}

impl MerchantDecision {
    /// Whether the merchant has to be told why.
    #[must_use]
    pub const fn needs_reason(self) -> bool {
        !matches!(self, MerchantDecision::Approve)
    }
}

/// The merchant stands where this is not to be decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the merchant is {state}: that is not to be decided now")]
pub struct MerchantReviewRefused {
    /// Where it stands.
    pub state: MerchantState,
}

impl MerchantReviewRefused {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        "already_reviewed"
    }

    /// What the reviewer reads.
    #[must_use]
    pub fn words(&self, lang: Lang) -> String {
        let state = self.state.word(lang);
        lang.pick(
            format!("该商户现在的状态是“{state}”，不能这样处理，请刷新后再看"),
            format!("The merchant is “{state}” now and this cannot be decided: look at it again"),
        )
    }
}

/// What a merchant that is not reviewed yet may redeem in a business day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProvisionalCap {
    /// Redemptions.
    pub redemptions: i64,
    /// The subsidies of them together.
    pub subsidy_fen: Fen,
}

impl ProvisionalCap {
    /// Redemptions and fen, for a season that says nothing: 30 and ¥1,000.
    pub const USUAL: (i64, i64) = (30, 100_000);

    /// Whether one more redemption of a subsidy fits a day on which so many
    /// were made, of so many fen.
    #[must_use]
    pub fn admits(&self, redeemed: i64, subsidized: Fen, more: Fen) -> bool {
        redeemed < self.redemptions && subsidized.plus(more).is_some_and(|sum| sum <= self.subsidy_fen)
    }
}

impl Default for ProvisionalCap {
    fn default() -> ProvisionalCap {
        let subsidy_fen = Fen::try_from(Self::USUAL.1).unwrap_or(Fen::ZERO);
        ProvisionalCap { redemptions: Self::USUAL.0, subsidy_fen }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fen(amount: i64) -> Fen {
        Fen::try_from(amount).unwrap()
    }

    #[test]
    fn a_reviewer_who_comes_second_is_told() {
        let live = MerchantState::Provisional.after(MerchantDecision::Approve).unwrap();
        assert_eq!(live, MerchantState::Live);
        let second = live.after(MerchantDecision::Reject);
        assert_eq!(second, Err(MerchantReviewRefused { state: MerchantState::Live }));
        assert_eq!(live.after(MerchantDecision::Lapse), Ok(MerchantState::Lapsed));
    }

    proptest! {
        /// Whatever is decided in whatever order, a merchant takes part exactly
        /// when the last decision that counted was an approval, or none was.
        #[test]
        fn only_an_approval_brings_a_merchant_back(picks in proptest::collection::vec(0..3usize, 0..12)) {
            let (mut state, mut takes_part) = (MerchantState::Provisional, true);
            for pick in picks {
                let decision = MerchantDecision::ALL[pick];
                match state.after(decision) {
                    Ok(after) => {
                        state = after;
                        takes_part = decision == MerchantDecision::Approve;
                    }
                    Err(refused) => prop_assert_eq!(refused.state, state),
                }
                prop_assert_eq!(state.takes_part(), takes_part);
                prop_assert!(state.decisions().iter().all(|decision| state.after(*decision).is_ok()));
            }
        }

        #[test]
        fn a_day_never_passes_its_cap(
            redemptions in 0..20i64,
            most_fen in 0..20_000i64,
            orders in proptest::collection::vec(0..5_000i64, 0..40),
        ) {
            let cap = ProvisionalCap { redemptions, subsidy_fen: fen(most_fen) };
            let (mut count, mut sum) = (0, Fen::ZERO);
            for more in orders.into_iter().map(fen) {
                if cap.admits(count, sum, more) {
                    (count, sum) = (count + 1, sum.plus(more).unwrap());
                }
                prop_assert!(count <= redemptions && sum.get() <= most_fen);
            }
        }
    }
}

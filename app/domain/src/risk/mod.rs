//! What looks wrong, until a person has looked at it.

mod rules;

use crate::Lang;
use crate::promotion::words;
pub use rules::{CLUSTER_WITHIN_FEN, Found, Looked, look};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

words! {
    /// The rule that found a case.
    RiskSignal {
        /// A voucher came a second time, from a till without a network.
        OfflineConflict = "offline_conflict", "离线重复核销", "Used again without a network";
        /// A voucher expired before its redemption arrived from a till without
        /// a network, and its pot has nothing left for it.
        OfflineUnfunded = "offline_unfunded", "离线核销资金不足", "No money left for a late redemption";
        /// The holder redeemed it, or works for the merchant.
        OwnVoucher = "own_voucher", "店内人员自用", "The shop's own people";
        /// It was redeemed while the outlet is closed.
        OutsideHours = "outside_hours", "非营业时间核销", "Outside opening hours";
        /// A resident came to the outlet often in a day.
        SamePair = "same_pair", "同一居民多次核销", "The same resident again and again";
        /// Nearly all orders of a day lie just above their thresholds.
        ThresholdCluster = "threshold_cluster", "订单集中在门槛", "Orders just above the threshold";
        /// A till that was enrolled a moment ago redeemed many.
        NewDeviceBurst = "new_device_burst", "新设备集中核销", "Burst from a new till";
        /// Public vouchers paid nearly all of an outlet's known sales of a day.
        VoucherShare = "voucher_share", "销售几乎全由消费券支付", "Sales paid by vouchers nearly alone";
        /// It was refunded after a batch had settled it.
        ReversalAfterSettlement = "reversal_after_settlement", "结算后退款", "Refunded after its settlement";
    }
}

words! {
    /// Where a case stands.
    RiskState {
        /// Nobody has looked at it; its redemption is not paid meanwhile.
        Open = "open", "待核查", "Open";
        /// Its redemption is not paid.
        Withheld = "withheld", "已暂扣", "Withheld";
        /// Its redemption is not paid, and what its resident has not used yet
        /// is frozen.
        Frozen = "frozen", "已冻结", "Frozen";
        /// Nothing is wrong with it.
        Cleared = "cleared", "已排除", "Cleared";
    }
}

impl RiskSignal {
    /// Whether it tells of the voucher's holder as much as of the merchant. The
    /// others stand at whichever redemption they were seen at, and tell nothing
    /// of whose voucher that was.
    #[must_use]
    pub const fn is_of_holder(self) -> bool {
        match self {
            RiskSignal::OfflineConflict
            | RiskSignal::OwnVoucher
            | RiskSignal::OutsideHours
            | RiskSignal::SamePair
            | RiskSignal::ReversalAfterSettlement => true,
            RiskSignal::OfflineUnfunded
            | RiskSignal::ThresholdCluster
            | RiskSignal::NewDeviceBurst
            | RiskSignal::VoucherShare => false,
        }
    }

    /// What may be decided on its case that stands here. A frozen one may be
    /// frozen again: then it holds what its holder was issued since.
    #[must_use]
    pub const fn decisions(self, state: RiskState) -> &'static [RiskState] {
        use RiskState::{Cleared, Frozen, Open, Withheld};
        match (state, self.is_of_holder()) {
            (Open, true) => &[Withheld, Frozen, Cleared],
            (Open, false) => &[Withheld, Cleared],
            (Withheld, true) => &[Frozen, Cleared],
            (Withheld, false) => &[Cleared],
            (Frozen, _) => &[Withheld, Frozen, Cleared],
            (Cleared, _) => &[],
        }
    }

    /// Tests a decision on its case that stands here.
    ///
    /// # Errors
    /// It was decided so already, or cleared; or it tells nothing of a holder
    /// whose vouchers could be frozen.
    pub fn check(self, state: RiskState, decision: RiskState) -> Result<(), RiskRefused> {
        if self.decisions(state).contains(&decision) {
            return Ok(());
        }
        let is_settled = state == RiskState::Cleared || decision != RiskState::Frozen;
        Err(if is_settled { RiskRefused::AlreadyDecided } else { RiskRefused::NotFreezable })
    }
}

/// The most characters of a merchant's answer to a case.
pub const MOST_ANSWER: usize = 500;
/// So often a merchant may answer to one case.
pub const MOST_ANSWERS: i64 = 3;

/// Why a decision on a case, or an answer to it, is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RiskRefused {
    /// It was decided so already, or cleared.
    #[error("the case was decided already")]
    AlreadyDecided,
    /// Its signal tells nothing of a holder.
    #[error("the case is about no holder whose vouchers could be frozen")]
    NotFreezable,
    /// The merchant answered [`MOST_ANSWERS`] times.
    #[error("the merchant answered as often as it may")]
    AnsweredOften,
}

impl RiskRefused {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            RiskRefused::AlreadyDecided => "already_decided",
            RiskRefused::NotFreezable => "not_freezable",
            RiskRefused::AnsweredOften => "answered_often",
        }
    }

    /// What the officer or the merchant reads.
    #[must_use]
    pub fn words(self, lang: Lang) -> &'static str {
        match self {
            RiskRefused::AlreadyDecided => {
                lang.pick("这件已经处理过，请刷新", "This case was decided already: load the page again")
            }
            RiskRefused::NotFreezable => lang.pick(
                "这件与持券人无关，不能冻结，请暂扣或排除",
                "This case is not about the voucher's holder: withhold or clear it",
            ),
            RiskRefused::AnsweredOften => {
                lang.pick("这件的说明次数已用完", "This case has all the answers that it takes")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATES: [RiskState; 4] =
        [RiskState::Open, RiskState::Withheld, RiskState::Frozen, RiskState::Cleared];

    #[test]
    fn a_case_is_decided_in_its_own_ways() {
        for signal in [RiskSignal::SamePair, RiskSignal::VoucherShare] {
            for state in STATES {
                for decision in STATES {
                    let taken = signal.check(state, decision);
                    assert_eq!(taken.is_ok(), signal.decisions(state).contains(&decision));
                    if state == RiskState::Cleared {
                        assert_eq!(taken, Err(RiskRefused::AlreadyDecided), "cleared for good");
                    }
                }
                assert!(!signal.decisions(state).contains(&RiskState::Open));
            }
        }
    }

    #[test]
    fn vouchers_are_frozen_only_where_their_holder_is_concerned() {
        let freeze = |signal: RiskSignal| signal.check(RiskState::Open, RiskState::Frozen);
        assert_eq!(freeze(RiskSignal::OwnVoucher), Ok(()));
        assert_eq!(freeze(RiskSignal::OfflineConflict), Ok(()));
        assert_eq!(freeze(RiskSignal::OfflineUnfunded), Err(RiskRefused::NotFreezable));
        assert_eq!(freeze(RiskSignal::ThresholdCluster), Err(RiskRefused::NotFreezable));
        let again = RiskSignal::OwnVoucher.check(RiskState::Withheld, RiskState::Withheld);
        assert_eq!(again, Err(RiskRefused::AlreadyDecided));
    }
}

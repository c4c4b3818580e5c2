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
        /// Nothing is wrong with it.
        Cleared = "cleared", "已排除", "Cleared";
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
            RiskRefused::AnsweredOften => {
                lang.pick("这件的说明次数已用完", "This case has all the answers that it takes")
            }
        }
    }
}

//! What looks wrong, until a person has looked at it.

use crate::Lang;
use crate::promotion::words;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

words! {
    /// The rule that found a case.
    RiskSignal {
        /// A voucher came a second time, from a till without a network.
        OfflineConflict = "offline_conflict", "离线重复核销", "Used again without a network";
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

/// Why a decision on a case is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RiskRefused {
    /// It was decided so already, or cleared.
    #[error("the case was decided already")]
    AlreadyDecided,
}

impl RiskRefused {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        "already_decided"
    }

    /// What the officer reads.
    #[must_use]
    pub fn words(self, lang: Lang) -> &'static str {
        lang.pick("这件已经处理过，请刷新", "This case was decided already: load the page again")
    }
}

//! What a resident holds, and what may become of it.

use crate::promotion::words;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

words! {
    /// Where a voucher stands.
    VoucherState {
        /// Held, and usable within its terms.
        Issued = "issued", "可使用", "Ready to use";
        /// Used.
        Redeemed = "redeemed", "已使用", "Used";
        /// Ran out unused.
        Expired = "expired", "已过期", "Expired";
        /// Taken back by the bureau.
        Voided = "voided", "已作废", "Voided";
        /// Held up while a case is looked into; also past its time, which then
        /// runs out with the case.
        Frozen = "frozen", "已冻结", "Frozen";
    }
}

/// What can happen to a voucher.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VoucherEvent {
    /// A till redeems it.
    Redeem,
    /// Its time runs out.
    Expire,
    /// The bureau takes it back.
    Void,
    /// A case holds it up.
    Freeze,
    /// The case is closed.
    Thaw,
    /// A full reversal gives it back.
    Return,
}

impl VoucherState {
    /// The state after an event; `None` where the event cannot happen.
    #[must_use]
    pub const fn after(self, event: VoucherEvent) -> Option<VoucherState> {
        use VoucherState::{Expired, Frozen, Issued, Redeemed, Voided};
        match (self, event) {
            (Issued, VoucherEvent::Redeem) => Some(Redeemed),
            (Issued, VoucherEvent::Expire) => Some(Expired),
            (Issued | Frozen, VoucherEvent::Void) => Some(Voided),
            (Issued, VoucherEvent::Freeze) => Some(Frozen),
            (Frozen, VoucherEvent::Thaw) | (Redeemed, VoucherEvent::Return) => Some(Issued),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_event() -> impl Strategy<Value = VoucherEvent> {
        use VoucherEvent::{Expire, Freeze, Redeem, Return, Thaw, Void};
        prop_oneof![Just(Redeem), Just(Expire), Just(Void), Just(Freeze), Just(Thaw), Just(Return)]
    }

    proptest! {
        #[test]
        fn whatever_happens_it_is_redeemed_at_most_once_more_than_returned(events in proptest::collection::vec(any_event(), 0..40)) {
            let (mut state, mut redeemed, mut returned, mut over) = (VoucherState::Issued, 0, 0, false);
            for event in events {
                let Some(next) = state.after(event) else { continue };
                prop_assert!(!over, "nothing happens after {state}");
                redeemed += i32::from(event == VoucherEvent::Redeem);
                returned += i32::from(event == VoucherEvent::Return);
                prop_assert!(redeemed - returned <= 1);
                state = next;
                over = matches!(state, VoucherState::Expired | VoucherState::Voided);
            }
            prop_assert_eq!(redeemed - returned == 1, state == VoucherState::Redeemed);
        }
    }
}

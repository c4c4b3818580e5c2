//! Redeeming without a network: what the phone shows, what the till tests, and
//! what the server tests again when it arrives.
//!
//! A till without a network knows no voucher and may hold no secret with which
//! it could forge one. So the server signs a *pass* (Ed25519, the city's key):
//! the voucher's code, its campaign, when it expires, the 30-second step at
//! which the pass begins, and the *anchor* of a hash chain. The phone makes the
//! chain from the voucher's secret; the anchor is its end. What it shows in the
//! n-th step is the n-th link before the anchor, so each link leads to the
//! anchor by n hashes, tells every earlier one and none of the later: a
//! screenshot is worth nothing a minute later, and a till that has seen a link
//! cannot make the next. A pass holds for 2,880 steps, one day.
//!
//! While it has a network, an enrolled till of an outlet that the bureau
//! allowed fetches a *permit*: the city's public key, the terms of every
//! campaign, where it stands, its limits, and until when it may go on alone.
//! The server tests all of it anew at the moment that the till claims, which
//! must lie within the permit.

mod chain;
mod pass;
mod permit;
mod refusal;
#[cfg(test)]
mod tests;

pub use pass::{BadPass, OfflinePass, OfflineToken, PassKey, PassSigner};
pub use permit::{
    LATEST_MS, MOST_OFFLINE_FEN, MOST_OFFLINE_REDEMPTIONS, OfflineLimits, OfflinePermit, OfflineSale,
    OfflineUse, PERMIT_MS, judge_offline,
};
pub use refusal::OfflineRefused;

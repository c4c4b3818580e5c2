//! What the issuing desk writes: claims and redemptions in groups, each group
//! one transaction with its vouchers, limits, stock, tallies and ledger block.
//!
//! SQLite takes a group statement by statement on a connection of its own, in
//! one process and without a round trip. PostgreSQL takes it as arrays, in one
//! round trip. Both use the same guards.

mod cap;
mod group;
pub(crate) mod postgres;
pub(crate) mod sqlite;

use crate::store::redemption::RedemptionRow;
use crate::store::tally::Move;
use crate::store::voucher::VoucherRow;
use domain::{Entry, LimitScope, ProvisionalCap};

/// A claim that the rules have let through as far as they know without the
/// database.
#[derive(Clone, Debug)]
pub(crate) struct NewVoucher {
    pub(crate) account_id: i64,
    pub(crate) campaign_id: i64,
    pub(crate) round_id: i64,
    pub(crate) resident_district: Option<i64>,
    pub(crate) issued_at_ms: i64,
    pub(crate) expires_at_ms: i64,
    /// When the business day began, for the limit per day.
    pub(crate) day_starts_ms: i64,
    pub(crate) per_round: i64,
    pub(crate) per_campaign: i64,
    pub(crate) per_day: i64,
    /// The idempotency key, unique among the account's writes.
    pub(crate) key: String,
    /// The districts on whose stock it may draw, in order; 0 is everyone's.
    pub(crate) quotas: Vec<i64>,
    pub(crate) face_value_fen: i64,
    pub(crate) tally: Move,
}

impl NewVoucher {
    /// The limit that leaves no room for one more, when the resident has so
    /// many of the round, of the campaign, and of the campaign today.
    fn limit_reached(&self, (round, campaign, day): (i64, i64, i64)) -> Option<LimitScope> {
        if round >= self.per_round {
            Some(LimitScope::Round)
        } else if campaign >= self.per_campaign {
            Some(LimitScope::Campaign)
        } else {
            (day >= self.per_day).then_some(LimitScope::Day)
        }
    }
}

/// What became of a claim.
#[derive(Clone, Debug)]
pub(crate) enum Claimed {
    /// It is a voucher now.
    Issued(VoucherRow),
    /// Its key was used before, for this voucher.
    Before(VoucherRow),
    /// Its key was used before, for another kind of write.
    KeyReused,
    /// The resident has as many as they may have.
    AtLimit(LimitScope),
    /// Nothing is left for this resident.
    SoldOut,
}

/// What the terms say to a voucher on an order: everything that is to be
/// written.
#[derive(Clone, Debug)]
pub(crate) struct Redeemable {
    /// Without its number.
    pub(crate) row: RedemptionRow,
    /// The present token's step, which is used up by it.
    pub(crate) step: i64,
    /// Redemptions of the campaign at one outlet on one business day.
    pub(crate) per_outlet_day: i64,
    /// The same at all outlets of one merchant, where that is limited.
    pub(crate) per_merchant_day: Option<i64>,
    /// What its merchant may redeem that day, while it is under review.
    pub(crate) cap: Option<ProvisionalCap>,
    pub(crate) entry: Entry,
    pub(crate) tally: Move,
}

/// Tests a voucher, as it is stored, against its terms.
pub(crate) type Judge<E> = Box<dyn Fn(&VoucherRow) -> Result<Redeemable, E> + Send + Sync>;

/// A redemption that a till asks for.
pub(crate) struct NewRedemption<E> {
    pub(crate) clerk_id: i64,
    pub(crate) key: String,
    pub(crate) request_hash: String,
    pub(crate) voucher_id: i64,
    /// The voucher as it was looked at lately; it may have changed since.
    pub(crate) seen: Option<VoucherRow>,
    pub(crate) judge: Judge<E>,
}

/// What became of a redemption.
#[derive(Clone, Debug)]
pub(crate) enum Redeemed<E> {
    /// It is written.
    Now(RedemptionRow),
    /// Its key was used before, for this request.
    Before(RedemptionRow),
    /// Its key was used before, for another request.
    KeyReused,
    /// There is no such voucher.
    Unknown,
    /// The terms say no.
    Refused(E),
    /// The resident has used as many at the outlet today as they may.
    AtOutletLimit(i64),
    /// The resident has used as many at the merchant today as they may.
    AtMerchantLimit(i64),
    /// It does not fit the day of a merchant under review.
    AtDailyCap(ProvisionalCap),
}

/// One of a group.
pub(crate) enum Work<E> {
    /// A claim.
    Claim(NewVoucher),
    /// A redemption.
    Redeem(NewRedemption<E>),
}

/// What became of one of a group.
#[expect(clippy::large_enum_variant, reason = "an answer is moved twice, and boxing it costs more")]
pub(crate) enum Written<E> {
    /// Of a claim.
    Claim(Claimed),
    /// Of a redemption.
    Redeem(Redeemed<E>),
}

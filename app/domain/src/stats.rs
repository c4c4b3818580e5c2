//! What a tally counts, and the rates made from it.

use crate::Fen;

/// Counts of one place and time. Money is net of reversals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Vouchers released.
    pub released: i64,
    /// Vouchers claimed.
    pub claimed: i64,
    /// Vouchers redeemed, net of full reversals.
    pub redeemed: i64,
    /// Net subsidy, whoever bears it.
    pub subsidy: Fen,
    /// The government's part of it.
    pub government: Fen,
    /// Net order amount.
    pub order: Fen,
    /// The campaigns' money.
    pub budget: Fen,
}

impl Counts {
    /// 领取率 = claimed ÷ released.
    #[must_use]
    pub fn claim_rate(&self) -> Option<f64> {
        rate(self.claimed, self.released)
    }

    /// 核销率 = redeemed ÷ claimed.
    #[must_use]
    pub fn redemption_rate(&self) -> Option<f64> {
        rate(self.redeemed, self.claimed)
    }

    /// 资金使用率 = net subsidy ÷ budget.
    #[must_use]
    pub fn budget_rate(&self) -> Option<f64> {
        rate(self.subsidy.get(), self.budget.get())
    }

    /// 杠杆率 = net order amount ÷ net government subsidy: associated, not
    /// additional, spending.
    #[must_use]
    pub fn leverage(&self) -> Option<f64> {
        rate(self.order.get(), self.government.get())
    }

    /// The sum of two.
    #[must_use]
    pub fn plus(&self, other: &Counts) -> Counts {
        Counts {
            released: self.released + other.released,
            claimed: self.claimed + other.claimed,
            redeemed: self.redeemed + other.redeemed,
            subsidy: [self.subsidy, other.subsidy].into_iter().sum(),
            government: [self.government, other.government].into_iter().sum(),
            order: [self.order, other.order].into_iter().sum(),
            budget: [self.budget, other.budget].into_iter().sum(),
        }
    }
}

/// A rate to four decimals; `None` where there is nothing to divide by.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "counts and fen stay far below 2^53")]
pub fn rate(part: i64, whole: i64) -> Option<f64> {
    (whole > 0).then(|| (part as f64 / whole as f64 * 10_000.0).round() / 10_000.0)
}

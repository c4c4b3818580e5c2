//! Cuts through the cube of tallies.

use super::catalogue::shape;
use crate::{CampaignId, Counts, Dimension, Fen, Measure, rate};
use serde::{Deserialize, Serialize};

shape! {
    /// A value of a dimension.
    CubeKey {
        /// As programs know it: a district code, a day, a number; `none` where a claim has none yet.
        code: String,
        /// Its name.
        name: String,
        /// Its name in English.
        name_en: String,
    }
}

shape! {
    /// What one cell of a cut adds up to.
    CubeSums {
        /// Vouchers claimed.
        claimed: i64,
        /// Vouchers redeemed, net of full reversals.
        redeemed: i64,
        /// Net subsidy, whoever bears it.
        subsidy_fen: Fen,
        /// The government's part of it.
        government_fen: Fen,
        /// Net order amount (关联消费: associated, not additional, spending).
        order_fen: Fen,
        /// 杠杆率 = net order amount ÷ net government subsidy.
        leverage: Option<f64>,
        /// The same without redemptions that a case of risk holds open or withholds.
        clean_leverage: Option<f64>,
        /// How many redemptions those are.
        suspicious: i64,
    }
}

shape! {
    /// One cell of a cut.
    CubeItem {
        /// Its value of each dimension.
        keys: Vec<CubeKey>,
        /// What it adds up to.
        #[serde(flatten)]
        sums: CubeSums,
        /// The same in the range that it is compared with; null without one.
        compared: Option<CubeSums>,
    }
}

shape! {
    /// A cut through the cube of tallies, by one or two dimensions.
    CubeShape {
        /// The moment that the figures are as of.
        as_of: String,
        /// The first business day.
        from: String,
        /// The last business day, included.
        to: String,
        /// Of this campaign only.
        campaign: Option<CampaignId>,
        /// The dimensions, in the order of each item's keys.
        by: Vec<Dimension>,
        /// The first business day of the range compared with.
        compare_from: Option<String>,
        /// Its last, included.
        compare_to: Option<String>,
        /// The cells in which something happened, in the order of their keys.
        items: Vec<CubeItem>,
        /// All of them together.
        total: CubeSums,
        /// The same in the range compared with.
        compared_total: Option<CubeSums>,
    }
}

shape! {
    /// How many redemptions came so long after their claim.
    DelayShape {
        /// At least so many hours; fewer than those of the next one.
        from_hours: i64,
        /// How many.
        redemptions: i64,
    }
}

shape! {
    /// Time from claim to redemption, of redemptions that were not wholly reversed.
    DelaysShape {
        /// The moment that the figures are as of.
        as_of: String,
        /// The first business day.
        from: String,
        /// The last business day, included.
        to: String,
        /// Every class, the shortest first.
        items: Vec<DelayShape>,
    }
}

impl CubeSums {
    /// The sums of counts, and of those of them under suspicion.
    #[must_use]
    pub fn of(counts: &Counts, suspicious: &Counts) -> CubeSums {
        let left = |all: Fen, part: Fen| all.get() - part.get();
        CubeSums {
            claimed: counts.claimed,
            redeemed: counts.redeemed,
            subsidy_fen: counts.subsidy,
            government_fen: counts.government,
            order_fen: counts.order,
            leverage: counts.leverage(),
            clean_leverage: rate(
                left(counts.order, suspicious.order),
                left(counts.government, suspicious.government),
            ),
            suspicious: suspicious.redeemed,
        }
    }

    /// The figure that a chart shows: a count, or fen.
    #[must_use]
    pub fn figure(&self, measure: Measure) -> i64 {
        match measure {
            Measure::Claimed => self.claimed,
            Measure::Redeemed => self.redeemed,
            Measure::Subsidy => self.subsidy_fen.get(),
            Measure::Order => self.order_fen.get(),
        }
    }
}

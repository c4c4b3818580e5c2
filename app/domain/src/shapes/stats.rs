//! Tallies and the ledger's head.

use super::catalogue::shape;
use crate::{CampaignId, Counts, DistrictCode, Fen};
use serde::{Deserialize, Serialize};

shape! {
    /// What one district (or all of them) did.
    StatsRow {
        /// GB/T 2260; null in the total and for residents without a district.
        district: Option<DistrictCode>,
        /// The district's name.
        name: String,
        /// The district's name in English.
        name_en: String,
        /// Vouchers released for the district's residents: its quotas, and its
        /// share by weight of rounds without quotas.
        released: i64,
        /// Vouchers claimed by the district's residents.
        claimed: i64,
        /// Vouchers redeemed at the district's outlets, net of full reversals.
        redeemed: i64,
        /// Net subsidy, whoever bears it.
        subsidy_fen: Fen,
        /// The government's part of it.
        government_fen: Fen,
        /// Net order amount (关联消费: associated, not additional, spending).
        order_fen: Fen,
        /// The campaigns' money, by the same shares as the released vouchers.
        budget_fen: Fen,
        /// Distinct residents who redeemed here; not to be summed.
        residents: i64,
        /// 领取率 = claimed ÷ released.
        claim_rate: Option<f64>,
        /// 核销率 = redeemed ÷ claimed.
        redemption_rate: Option<f64>,
        /// 资金使用率 = net subsidy ÷ budget.
        budget_rate: Option<f64>,
        /// 杠杆率 = net order amount ÷ net government subsidy.
        leverage: Option<f64>,
    }
}

impl StatsRow {
    /// The row of counts and distinct residents.
    #[must_use]
    pub fn of(
        district: Option<DistrictCode>,
        name: &str,
        name_en: &str,
        counts: &Counts,
        residents: i64,
    ) -> StatsRow {
        StatsRow {
            district,
            name: name.to_owned(),
            name_en: name_en.to_owned(),
            released: counts.released,
            claimed: counts.claimed,
            redeemed: counts.redeemed,
            subsidy_fen: counts.subsidy,
            government_fen: counts.government,
            order_fen: counts.order,
            budget_fen: counts.budget,
            residents,
            claim_rate: counts.claim_rate(),
            redemption_rate: counts.redemption_rate(),
            budget_rate: counts.budget_rate(),
            leverage: counts.leverage(),
        }
    }
}

shape! {
    /// The tally by district.
    DistrictStats {
        /// The moment that the figures are as of.
        as_of: String,
        /// The moment that the residents are as of: where counting them takes long, they are counted in the
        /// background.
        residents_as_of: String,
        /// The first business day.
        from: String,
        /// The last business day, included.
        to: String,
        /// Of this campaign only.
        campaign: Option<CampaignId>,
        /// By district code; a district officer sees their own alone.
        items: Vec<StatsRow>,
        /// All of the items together.
        total: StatsRow,
    }
}

shape! {
    /// One business day of a tally.
    DayStats {
        /// Which.
        day: String,
        /// Vouchers claimed.
        claimed: i64,
        /// Vouchers redeemed, net of full reversals.
        redeemed: i64,
        /// Net subsidy.
        subsidy_fen: Fen,
        /// Net order amount.
        order_fen: Fen,
    }
}

shape! {
    /// The end of the ledger's chain.
    LedgerHead {
        /// The last block's number; 0 before the first.
        sequence: i64,
        /// The last block's hash.
        hash: String,
        /// When it was committed; null before the first.
        at: Option<String>,
    }
}

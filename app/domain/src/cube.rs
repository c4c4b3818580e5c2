//! The cube of tallies: along which dimensions it is cut, and what is shown of it.

use crate::promotion::words;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A cut has at most so many dimensions.
pub const MOST_DIMENSIONS: usize = 2;
/// The night's first hour, and the first after it: 18:00–06:00.
const NIGHT: (i64, i64) = (18, 6);

words! {
    /// What a tally can be cut by.
    Dimension {
        /// The resident's district for a claim, the outlet's for a redemption.
        District = "district", "区县", "District";
        /// It ends at 06:00 of the next morning.
        Day = "day", "营业日", "Business day";
        /// The hour of the clock.
        Hour = "hour", "小时", "Hour";
        /// The merchant's kind.
        Kind = "kind", "商户类别", "Merchant kind";
        /// The voucher's campaign.
        Campaign = "campaign", "消费券活动", "Campaign";
        /// The voucher's round.
        Round = "round", "轮次", "Round";
        /// Where the order was taken.
        Channel = "channel", "渠道", "Channel";
        /// Whether the district counts as urban or rural.
        Setting = "setting", "城乡", "Urban or rural";
        /// 18:00–06:00 or not.
        Night = "night", "夜间", "Night";
    }
}

words! {
    /// What a chart of a cut shows: something that adds up.
    Measure {
        /// Vouchers claimed.
        Claimed = "claimed", "领取", "Claimed";
        /// Vouchers redeemed, net of full reversals.
        Redeemed = "redeemed", "核销", "Redeemed";
        /// Net subsidy.
        Subsidy = "subsidy", "补贴（元）", "Subsidy (¥)";
        /// Net order amount.
        Order = "order", "关联消费（元）", "Associated spending (¥)";
    }
}

words! {
    /// What colours the map of districts.
    MapRate {
        /// Claimed ÷ released.
        Claim = "claim_rate", "领取率", "Claim rate";
        /// Redeemed ÷ claimed.
        Redemption = "redemption_rate", "核销率", "Redemption rate";
        /// Net subsidy ÷ budget.
        Budget = "budget_rate", "资金使用率", "Budget used";
        /// Net order amount ÷ net government subsidy.
        Leverage = "leverage", "杠杆率", "Leverage";
    }
}

impl Measure {
    /// Whether it is an amount in fen.
    #[must_use]
    pub const fn is_money(self) -> bool {
        matches!(self, Measure::Subsidy | Measure::Order)
    }
}

/// Whether an hour of the clock belongs to the night.
#[must_use]
pub const fn is_night(hour: i64) -> bool {
    hour >= NIGHT.0 || hour < NIGHT.1
}

/// The place of an hour of the clock in its business day, which begins at 06:00.
#[must_use]
pub const fn hour_of_business_day(hour: i64) -> i64 {
    (hour - NIGHT.1).rem_euclid(24)
}

/// The dimensions of a list: one or two, different ones, separated by a comma.
///
/// # Errors
/// What is allowed instead.
pub fn read_dimensions(text: &str) -> Result<Vec<Dimension>, String> {
    let mut dimensions = Vec::new();
    for name in text.split(',') {
        let dimension = name.trim().parse::<Dimension>().map_err(|error| error.to_string())?;
        if dimensions.contains(&dimension) {
            return Err(format!("{dimension} once"));
        }
        dimensions.push(dimension);
    }
    if dimensions.len() > MOST_DIMENSIONS {
        return Err(format!("at most {MOST_DIMENSIONS} dimensions"));
    }
    Ok(dimensions)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_night_is_twelve_hours_and_ends_the_business_day() {
        let night: Vec<i64> = (0..24).filter(|hour| is_night(*hour)).collect();
        assert_eq!(night, [0, 1, 2, 3, 4, 5, 18, 19, 20, 21, 22, 23]);
        assert_eq!([6, 23, 0, 5].map(hour_of_business_day), [0, 17, 18, 23]);
    }

    #[test]
    fn a_cut_has_one_or_two_dimensions() {
        assert_eq!(read_dimensions("day"), Ok(vec![Dimension::Day]));
        assert_eq!(read_dimensions("kind, night"), Ok(vec![Dimension::Kind, Dimension::Night]));
        for text in ["", "colour", "day,day", "day,hour,kind", "day,"] {
            assert!(read_dimensions(text).is_err(), "{text}");
        }
    }
}

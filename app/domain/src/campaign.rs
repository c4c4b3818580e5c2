//! A voucher's terms: who pays, what it takes off, for whom, where and when.

use crate::promotion::words;
use crate::{CampaignId, Day, DistrictCode, Fen, KindCode, OutletId, Switch, Timestamp, WeeklyHours, Zone};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

words! {
    /// Who pays for a campaign.
    Funding {
        /// The public purse.
        Government = "government", "政府资金", "Government";
        /// The merchants themselves.
        Merchant = "merchant", "商户让利", "Merchants";
        /// Both, by a fixed percentage.
        Mixed = "mixed", "政府与商户共担", "Government and merchants";
    }
}

/// What a voucher takes off an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Benefit {
    /// 满80减20.
    Threshold {
        /// What it takes off.
        face_value_fen: Fen,
        /// The order from which it works.
        threshold_fen: Fen,
    },
    /// 8折, 最高减30.
    Percent {
        /// 20 means 8折.
        percent_off: u8,
        /// The most it takes off: its face value.
        face_value_fen: Fen,
        /// The order from which it works; may be zero.
        threshold_fen: Fen,
    },
    /// No threshold.
    Cash {
        /// What it takes off.
        face_value_fen: Fen,
    },
}

impl Benefit {
    /// The stable code in storage and the API.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Benefit::Threshold { .. } => "threshold",
            Benefit::Percent { .. } => "percent",
            Benefit::Cash { .. } => "cash",
        }
    }

    /// The most that a voucher can cost the pot.
    #[must_use]
    pub const fn face_value(self) -> Fen {
        match self {
            Benefit::Threshold { face_value_fen, .. }
            | Benefit::Percent { face_value_fen, .. }
            | Benefit::Cash { face_value_fen } => face_value_fen,
        }
    }

    /// The order from which it works; zero for cash.
    #[must_use]
    pub const fn threshold(self) -> Fen {
        match self {
            Benefit::Threshold { threshold_fen, .. } | Benefit::Percent { threshold_fen, .. } => {
                threshold_fen
            }
            Benefit::Cash { .. } => Fen::ZERO,
        }
    }

    /// What it takes off an order after merchant discounts; never more than
    /// the order.
    ///
    /// # Errors
    /// The amount by which the order falls short of the threshold.
    pub fn subsidy(self, order: Fen) -> Result<Fen, Fen> {
        let threshold = self.threshold();
        if order < threshold {
            return Err(threshold.less(order));
        }
        Ok(match self {
            Benefit::Percent { percent_off, face_value_fen, .. } => {
                order.share(i64::from(percent_off), 100).min(face_value_fen)
            }
            Benefit::Threshold { face_value_fen, .. } | Benefit::Cash { face_value_fen } => {
                face_value_fen.min(order)
            }
        })
    }

    /// In a few signs: 满80减20, 8折最高减30.
    #[must_use]
    pub fn words(self, lang: crate::Lang) -> String {
        match self {
            Benefit::Threshold { face_value_fen, threshold_fen } => {
                let (threshold, face) = (threshold_fen.yuan(), face_value_fen.yuan());
                lang.pick(format!("满{threshold}减{face}"), format!("¥{face} off ¥{threshold}"))
            }
            Benefit::Percent { percent_off, face_value_fen, threshold_fen } => {
                let (tenths, cap) = (100 - percent_off, face_value_fen.yuan());
                let fold = if tenths % 10 == 0 {
                    format!("{}", tenths / 10)
                } else {
                    format!("{}.{}", tenths / 10, tenths % 10)
                };
                let zh = format!("{fold}折，最高减{cap}");
                let en = format!("{percent_off}% off, up to ¥{cap}");
                if threshold_fen == Fen::ZERO {
                    lang.pick(zh, en)
                } else {
                    let threshold = threshold_fen.yuan();
                    lang.pick(format!("满{threshold}享{zh}"), format!("{en}, from ¥{threshold}"))
                }
            }
            Benefit::Cash { face_value_fen } => {
                let face = face_value_fen.yuan();
                lang.pick(format!("{face}元无门槛"), format!("¥{face}, no minimum"))
            }
        }
    }
}

/// How many vouchers one resident may have and use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Claims in the whole campaign.
    pub per_campaign: i64,
    /// Claims of the campaign in one business day.
    pub per_day: i64,
    /// Redemptions of the campaign at one outlet in one business day.
    pub per_outlet_day: i64,
    /// Redemptions of the campaign at all outlets of one merchant in one
    /// business day; not limited, where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_merchant_day: Option<i64>,
}

impl Limits {
    /// How many a day at one outlet, at one merchant, or both: what leaves the
    /// least room is told, and the other one where it says more.
    #[must_use]
    pub fn words_at_shops(self, lang: crate::Lang) -> String {
        shop_limits(self.per_outlet_day, self.per_merchant_day, lang)
    }
}

/// How many vouchers work a day at one outlet, and at one merchant where that is
/// limited.
#[must_use]
pub fn shop_limits(outlet: i64, merchant: Option<i64>, lang: crate::Lang) -> String {
    let at_outlet =
        || lang.pick(format!("同一门店每天最多用 {outlet} 张"), format!("{outlet} a day at one outlet"));
    let Some(merchant) = merchant else { return at_outlet() };
    let at_merchant = lang.pick(
        format!("同一商户（各门店合计）每天最多用 {merchant} 张"),
        format!("{merchant} a day at all outlets of one merchant"),
    );
    if merchant <= outlet {
        return at_merchant;
    }
    format!("{}{}{at_merchant}", at_outlet(), lang.pick("，", ", "))
}

/// Where a voucher works. An empty allow list allows all; a deny list wins.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct UsableWhere {
    /// Only these districts.
    pub districts_allow: Vec<DistrictCode>,
    /// Not these districts.
    pub districts_deny: Vec<DistrictCode>,
    /// Only these kinds.
    pub kinds_allow: Vec<KindCode>,
    /// Not these kinds.
    pub kinds_deny: Vec<KindCode>,
    /// Only these outlets.
    pub outlets_allow: Vec<OutletId>,
    /// Not these outlets.
    pub outlets_deny: Vec<OutletId>,
    /// Whether it buys refined oil.
    pub fuel: bool,
    /// Whether it buys cars.
    pub cars: bool,
}

impl UsableWhere {
    /// Whether a list pair lets a value through.
    pub(crate) fn passes<T: PartialEq>(allow: &[T], deny: &[T], value: &T) -> bool {
        (allow.is_empty() || allow.contains(value)) && !deny.contains(value)
    }

    /// Whether a district takes part.
    #[must_use]
    pub fn allows_district(&self, district: DistrictCode) -> bool {
        Self::passes(&self.districts_allow, &self.districts_deny, &district)
    }

    /// Whether a kind takes part: by the lists, and by the switch that it needs.
    #[must_use]
    pub fn allows_kind(&self, kind: &KindCode, switch: Option<Switch>) -> bool {
        let switched_on = match switch {
            Some(Switch::Fuel) => self.fuel,
            Some(Switch::Cars) => self.cars,
            None => true,
        };
        switched_on && Self::passes(&self.kinds_allow, &self.kinds_deny, kind)
    }
}

/// When a voucher works.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsableWhen {
    /// The first business day.
    pub from: Day,
    /// The last business day, included: its night lasts until 06:00.
    pub to: Day,
    /// The windows of the week; always, where there are none.
    pub hours: Option<WeeklyHours>,
}

/// Until when an issued voucher holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Validity {
    /// To the end of this business day.
    Until(Day),
    /// So many hours after issue, but not past the last usable business day.
    Hours(u32),
}

/// What else may be on the same order. One government voucher per order is the
/// season's rule; this says whether a merchant's promotion may join it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stacking {
    /// At most one merchant promotion beside it.
    pub with_promotion: bool,
}

/// A campaign (消费券活动): everything that a voucher's holder and a till need.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CampaignTerms {
    /// Its number.
    pub id: CampaignId,
    /// Its name.
    pub title: String,
    /// Its English name; may be empty.
    pub title_en: String,
    /// A sentence or two.
    pub summary: String,
    /// The sentences in English; may be empty.
    pub summary_en: String,
    /// Who pays.
    pub funding: Funding,
    /// The government's part of each subsidy: 100, 0 or between.
    pub government_percent: u8,
    /// What it takes off.
    pub benefit: Benefit,
    /// The campaign's money.
    pub pot_fen: Fen,
    /// How many for one resident.
    pub limits: Limits,
    /// Where.
    pub usable_where: UsableWhere,
    /// When.
    pub usable_when: UsableWhen,
    /// Until when after issue.
    pub validity: Validity,
    /// What may join it.
    pub stacking: Stacking,
    /// Whether a full reversal gives the voucher back.
    pub returns_on_reversal: bool,
    /// Whether this is demonstration content.
    pub demo: bool,
}

impl CampaignTerms {
    /// The moment from which a voucher may be used.
    #[must_use]
    pub fn usable_from(&self, zone: Zone) -> Timestamp {
        zone.business_day_starts(self.usable_when.from)
    }

    /// The end of the last usable business day.
    #[must_use]
    pub fn usable_until(&self, zone: Zone) -> Timestamp {
        zone.business_day_starts(self.usable_when.to.next())
    }

    /// When a voucher issued now expires (the first moment at which it is not
    /// valid any more).
    #[must_use]
    pub fn expires_at(&self, issued_at: Timestamp, zone: Zone) -> Timestamp {
        let end = match self.validity {
            Validity::Until(day) => zone.business_day_starts(day.next()),
            Validity::Hours(hours) => issued_at.plus_ms(i64::from(hours) * 3_600_000),
        };
        end.min(self.usable_until(zone))
    }

    /// The government's part of a subsidy; the merchants bear the rest.
    #[must_use]
    pub fn government_share(&self, subsidy: Fen) -> Fen {
        subsidy.share(i64::from(self.government_percent), 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fen(amount: i64) -> Fen {
        Fen::try_from(amount).unwrap()
    }

    #[test]
    fn the_threshold_is_met_to_the_fen() {
        let benefit = Benefit::Threshold { face_value_fen: fen(2000), threshold_fen: fen(6000) };
        assert_eq!(benefit.subsidy(fen(5999)), Err(fen(1)));
        assert_eq!(benefit.subsidy(fen(6000)), Ok(fen(2000)));
        assert_eq!(benefit.words(crate::Lang::Zh), "满60减20");
    }

    #[test]
    fn a_percentage_stops_at_its_cap() {
        let benefit =
            Benefit::Percent { percent_off: 20, face_value_fen: fen(3000), threshold_fen: Fen::ZERO };
        assert_eq!(benefit.subsidy(fen(9999)), Ok(fen(1999)));
        assert_eq!(benefit.subsidy(fen(100_000)), Ok(fen(3000)));
        assert_eq!(benefit.words(crate::Lang::Zh), "8折，最高减30");
    }

    proptest! {
        #[test]
        fn a_subsidy_is_never_more_than_the_order_or_the_face_value(
            order in 0..1_000_000i64, face in 0..100_000i64, threshold in 0..200_000i64, percent_off in 1u8..100, which in 0..3
        ) {
            let (face_value_fen, threshold_fen) = (fen(face), fen(threshold));
            let benefit = match which {
                0 => Benefit::Threshold { face_value_fen, threshold_fen },
                1 => Benefit::Percent { percent_off, face_value_fen, threshold_fen },
                _ => Benefit::Cash { face_value_fen },
            };
            match benefit.subsidy(fen(order)) {
                Ok(subsidy) => prop_assert!(subsidy <= fen(order).min(face_value_fen) && fen(order) >= benefit.threshold()),
                Err(short_by) => prop_assert_eq!(fen(order).plus(short_by), Some(threshold_fen)),
            }
        }
    }
}

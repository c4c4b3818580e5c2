//! Whether a voucher works on an order, what it takes off, and what a refund
//! gives back.

use crate::campaign::UsableWhere;
use crate::{CampaignTerms, DistrictCode, Fen, KindCode, OutletId, RedeemRefused, Switch, Timestamp, Zone};

/// An order at a till, as far as the terms ask.
#[derive(Clone, Debug)]
pub struct Order<'a> {
    /// The order after merchant discounts: the threshold is tested on this.
    pub amount: Fen,
    /// The merchant's own discount that was taken off before.
    pub discount: Fen,
    /// Where.
    pub outlet: OutletId,
    /// The outlet's district at this moment.
    pub district: DistrictCode,
    /// The merchant's kind.
    pub kind: &'a KindCode,
    /// The switch that the kind needs.
    pub switch: Option<Switch>,
    /// The sale's invoice, which a car voucher needs.
    pub invoice: Option<&'a str>,
    /// When.
    pub at: Timestamp,
}

/// How a voucher splits an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Split {
    /// What the voucher takes off.
    pub subsidy: Fen,
    /// What the resident pays.
    pub payable: Fen,
    /// The government's part of the subsidy.
    pub government: Fen,
}

/// Tests an order against the terms, in the order in which a clerk can act on
/// the answers: time, place, then amount.
///
/// # Errors
/// The first term that the order breaks.
pub fn split(terms: &CampaignTerms, order: &Order<'_>, zone: Zone) -> Result<Split, RedeemRefused> {
    check_time(terms, order.at, zone)?;
    check_place(&terms.usable_where, order)?;
    if order.switch == Some(Switch::Cars) && order.invoice.is_none_or(|invoice| invoice.trim().is_empty()) {
        return Err(RedeemRefused::InvoiceRequired);
    }
    if order.discount > Fen::ZERO && !terms.stacking.with_promotion {
        return Err(RedeemRefused::NotWithDiscount);
    }
    let subsidy = terms.benefit.subsidy(order.amount).map_err(|short_by| RedeemRefused::BelowThreshold {
        short_by,
        threshold: terms.benefit.threshold(),
    })?;
    Ok(Split { subsidy, payable: order.amount.less(subsidy), government: terms.government_share(subsidy) })
}

fn check_time(terms: &CampaignTerms, at: Timestamp, zone: Zone) -> Result<(), RedeemRefused> {
    let usable_from = terms.usable_from(zone);
    if at < usable_from {
        return Err(RedeemRefused::NotYetValid { usable_from });
    }
    let usable_until = terms.usable_until(zone);
    if at >= usable_until {
        return Err(RedeemRefused::Expired { expired_at: usable_until });
    }
    match &terms.usable_when.hours {
        Some(hours) if !hours.is_open(at, zone) => Err(RedeemRefused::OutsideHours {
            usable_from: hours.next_open(at, zone).filter(|next| *next < usable_until),
        }),
        _ => Ok(()),
    }
}

fn check_place(place: &UsableWhere, order: &Order<'_>) -> Result<(), RedeemRefused> {
    let wrong_kind = || RedeemRefused::WrongKind { kind: order.kind.clone() };
    if !place.allows_district(order.district) {
        return Err(RedeemRefused::WrongDistrict { district: order.district });
    }
    if !place.allows_kind(order.kind, order.switch) {
        return Err(wrong_kind());
    }
    if !UsableWhere::passes(&place.outlets_allow, &place.outlets_deny, &order.outlet) {
        return Err(RedeemRefused::WrongOutlet);
    }
    Ok(())
}

/// So long after a redemption, its own clerk may undo it.
pub const UNDO_MS: i64 = 60_000;

/// The first moment at which a redemption's own clerk may not undo it any more.
#[must_use]
pub fn undo_until(redeemed_at: Timestamp) -> Timestamp {
    redeemed_at.plus_ms(UNDO_MS)
}

/// The subsidy that a refund gives back to the pot: ⌊S×R÷O⌋, and the last
/// refund takes the remainder.
///
/// `order` and `subsidy` are the redemption's; `refunded` and `given_back` what
/// earlier refunds took.
#[must_use]
pub fn refund_share(order: Fen, subsidy: Fen, refunded: Fen, given_back: Fen, refund: Fen) -> Fen {
    let is_last = refunded.plus(refund).is_some_and(|sum| sum >= order);
    let left = subsidy.less(given_back);
    if is_last { left } else { subsidy.share(refund.get(), order.get()).min(left) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Benefit, CampaignId, Funding, Limits, Stacking, UsableWhen, Validity, WeeklyHours};
    use proptest::prelude::*;

    fn fen(amount: i64) -> Fen {
        Fen::try_from(amount).unwrap()
    }

    fn terms() -> CampaignTerms {
        CampaignTerms {
            id: CampaignId(1),
            title: String::new(),
            title_en: String::new(),
            summary: String::new(),
            summary_en: String::new(),
            funding: Funding::Mixed,
            government_percent: 70,
            benefit: Benefit::Threshold { face_value_fen: fen(2000), threshold_fen: fen(8000) },
            pot_fen: fen(1_000_000),
            limits: Limits { per_campaign: 1, per_day: 1, per_outlet_day: 1, per_merchant_day: None },
            usable_where: UsableWhere {
                districts_allow: vec!["210302".parse().unwrap()],
                outlets_deny: vec![OutletId(9)],
                ..UsableWhere::default()
            },
            usable_when: UsableWhen {
                from: "2021-06-18".parse().unwrap(),
                to: "2021-06-30".parse().unwrap(),
                hours: Some("daily 18:00-02:00".parse::<WeeklyHours>().unwrap()),
            },
            validity: Validity::Hours(24),
            stacking: Stacking { with_promotion: true },
            returns_on_reversal: true,
            demo: true,
        }
    }

    fn order<'a>(kind: &'a KindCode, at: &str) -> Order<'a> {
        Order {
            amount: fen(8000),
            discount: Fen::ZERO,
            outlet: OutletId(1),
            district: "210302".parse().unwrap(),
            kind,
            switch: None,
            invoice: None,
            at: at.parse().unwrap(),
        }
    }

    #[test]
    fn every_term_is_tested_and_the_answer_names_the_next_step() {
        let (terms, zone) = (terms(), Zone::SHANGHAI);
        let catering = KindCode("catering".into());
        let good = order(&catering, "2021-06-18T19:00:00+08:00");
        let refused = |order: Order<'_>| split(&terms, &order, zone).unwrap_err();
        assert_eq!(
            split(&terms, &good, zone),
            Ok(Split { subsidy: fen(2000), payable: fen(6000), government: fen(1400) })
        );
        assert_eq!(
            refused(Order { amount: fen(6800), ..good.clone() }),
            RedeemRefused::BelowThreshold { short_by: fen(1200), threshold: fen(8000) }
        );
        let early = refused(order(&catering, "2021-06-18T12:00:00+08:00"));
        assert_eq!(
            early,
            RedeemRefused::OutsideHours { usable_from: Some("2021-06-18T18:00:00+08:00".parse().unwrap()) }
        );
        assert_eq!(early.words(crate::Lang::Zh, zone), "06-18 18:00 后可用");
        assert!(matches!(
            refused(order(&catering, "2021-06-17T19:00:00+08:00")),
            RedeemRefused::NotYetValid { .. }
        ));
        assert!(matches!(
            refused(order(&catering, "2021-07-01T19:00:00+08:00")),
            RedeemRefused::Expired { .. }
        ));
        assert!(matches!(
            refused(Order { district: "210381".parse().unwrap(), ..good.clone() }),
            RedeemRefused::WrongDistrict { .. }
        ));
        assert!(matches!(refused(Order { outlet: OutletId(9), ..good.clone() }), RedeemRefused::WrongOutlet));
        assert!(matches!(
            refused(Order { switch: Some(Switch::Fuel), ..good.clone() }),
            RedeemRefused::WrongKind { .. }
        ));
    }

    #[test]
    fn a_voucher_that_stands_alone_refuses_a_discount_beside_it() {
        let catering = KindCode("catering".into());
        let discounted = Order { discount: fen(500), ..order(&catering, "2021-06-18T19:00:00+08:00") };
        // The threshold is tested on what is left of the order.
        assert_eq!(split(&terms(), &discounted, Zone::SHANGHAI).map(|split| split.payable), Ok(fen(6000)));
        let alone = CampaignTerms { stacking: Stacking { with_promotion: false }, ..terms() };
        assert_eq!(split(&alone, &discounted, Zone::SHANGHAI), Err(RedeemRefused::NotWithDiscount));
    }

    #[test]
    fn the_last_nights_hours_run_past_midnight() {
        let catering = KindCode("catering".into());
        assert!(split(&terms(), &order(&catering, "2021-07-01T01:59:00+08:00"), Zone::SHANGHAI).is_ok());
    }

    #[test]
    fn a_car_voucher_asks_for_the_invoice() {
        let mut terms = terms();
        terms.usable_where.cars = true;
        let kind = KindCode("car_dealer".into());
        let sale = Order { switch: Some(Switch::Cars), ..order(&kind, "2021-06-18T19:00:00+08:00") };
        assert_eq!(split(&terms, &sale, Zone::SHANGHAI), Err(RedeemRefused::InvoiceRequired));
        assert!(split(&terms, &Order { invoice: Some("04512345"), ..sale }, Zone::SHANGHAI).is_ok());
    }

    proptest! {
        #[test]
        fn refunds_give_back_the_whole_subsidy_and_never_more(order in 1..100_000i64, subsidy in 0..100_000i64, cuts in proptest::collection::vec(1..100_000i64, 0..8)) {
            let subsidy = fen(subsidy.min(order));
            let (mut refunded, mut given_back) = (Fen::ZERO, Fen::ZERO);
            for refund in cuts.into_iter().chain([i64::MAX]) {
                let refund = fen(refund.min(order - refunded.get()));
                if refund == Fen::ZERO { break }
                let share = refund_share(fen(order), subsidy, refunded, given_back, refund);
                prop_assert!(share <= refund.max(subsidy.less(given_back)));
                refunded = refunded.plus(refund).unwrap();
                given_back = given_back.plus(share).unwrap();
                prop_assert!(given_back <= subsidy);
            }
            prop_assert_eq!(given_back, subsidy);
        }
    }
}

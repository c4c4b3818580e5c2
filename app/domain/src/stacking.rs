//! Several vouchers on one order (DESIGN.md §4): one that the government pays
//! for, wholly or in part, beside one that merchants pay for.
//!
//! The order is shared out, so that each voucher's redemption stands for a part
//! of it and the parts add up to the order: the merchants' voucher is a
//! merchant's discount, so it comes off first and its part is what it takes
//! off; the government's is tested on what is left, and that is its part. A
//! tally of orders counts no fen twice, and each part is refunded by itself.

use crate::redemption::split;
use crate::{CampaignTerms, Fen, Funding, Order, RedeemRefused, Split, Zone};

/// Vouchers on one order.
pub const MOST_ON_ORDER: usize = 2;

/// A voucher's part of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// What of the order it stands for: more than nothing.
    pub order: Fen,
    /// How that is split.
    pub split: Split,
}

/// A voucher of an order that does not work on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartRefused {
    /// Which of them, from 0.
    pub at: usize,
    /// Why.
    pub refused: RedeemRefused,
}

/// Shares an order out among its vouchers, in the order in which they are
/// given.
///
/// # Errors
/// The first voucher that does not work, alone or beside the other.
pub fn split_order(
    terms: &[&CampaignTerms],
    order: &Order<'_>,
    zone: Zone,
) -> Result<Vec<Part>, PartRefused> {
    let refused = |at| move |refused| PartRefused { at, refused };
    if let [only] = terms {
        let split = split(only, order, zone).map_err(refused(0))?;
        return Ok(vec![Part { order: order.amount, split }]);
    }
    let of_merchants = |terms: &&CampaignTerms| terms.funding == Funding::Merchant;
    let merchants = match terms {
        [first, second] if of_merchants(first) != of_merchants(second) => usize::from(of_merchants(second)),
        _ => return Err(refused(terms.len().min(MOST_ON_ORDER) - 1)(RedeemRefused::NotStackable)),
    };
    let governments = 1 - merchants;
    if let Some(alone) = terms.iter().position(|terms| !terms.stacking.with_promotion) {
        return Err(refused(alone)(RedeemRefused::NotStackable));
    }
    // The merchants' voucher is the one promotion that there may be.
    if order.discount > Fen::ZERO {
        return Err(refused(merchants)(RedeemRefused::NotWithDiscount));
    }
    let first = split(terms[merchants], order, zone).map_err(refused(merchants))?;
    let rest = order.amount.less(first.subsidy);
    if first.subsidy == Fen::ZERO {
        return Err(refused(merchants)(RedeemRefused::NothingLeft));
    }
    let rest_of_order = Order { amount: rest, ..order.clone() };
    let second = split(terms[governments], &rest_of_order, zone).map_err(refused(governments))?;
    if rest == Fen::ZERO || second.subsidy == Fen::ZERO {
        return Err(refused(governments)(RedeemRefused::NothingLeft));
    }
    let first = Part { order: first.subsidy, split: Split { payable: Fen::ZERO, ..first } };
    let second = Part { order: rest, split: second };
    Ok(if merchants == 0 { vec![first, second] } else { vec![second, first] })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Benefit, CampaignId, KindCode, Limits, OutletId, Stacking, UsableWhen, UsableWhere, Validity,
    };
    use proptest::prelude::*;

    fn fen(amount: i64) -> Fen {
        Fen::try_from(amount).unwrap()
    }

    fn terms(funding: Funding, government_percent: u8, benefit: Benefit) -> CampaignTerms {
        CampaignTerms {
            id: CampaignId(1),
            title: String::new(),
            title_en: String::new(),
            summary: String::new(),
            summary_en: String::new(),
            funding,
            government_percent,
            benefit,
            pot_fen: fen(1_000_000),
            limits: Limits { per_campaign: 1, per_day: 1, per_outlet_day: 1, per_merchant_day: None },
            usable_where: UsableWhere::default(),
            usable_when: UsableWhen {
                from: "2021-06-18".parse().unwrap(),
                to: "2021-06-30".parse().unwrap(),
                hours: None,
            },
            validity: Validity::Hours(24),
            stacking: Stacking { with_promotion: true },
            returns_on_reversal: true,
            demo: true,
        }
    }

    fn off(face: i64, from: i64) -> Benefit {
        Benefit::Threshold { face_value_fen: fen(face), threshold_fen: fen(from) }
    }

    fn order(kind: &KindCode, amount: i64) -> Order<'_> {
        Order {
            amount: fen(amount),
            discount: Fen::ZERO,
            outlet: OutletId(1),
            district: "210302".parse().unwrap(),
            kind,
            switch: None,
            invoice: None,
            at: "2021-06-18T19:00:00+08:00".parse().unwrap(),
        }
    }

    #[test]
    fn the_threshold_is_tested_after_the_merchants_voucher() {
        let mall = KindCode("mall".into());
        let shops = terms(Funding::Merchant, 0, off(4000, 30_000));
        let city = terms(Funding::Government, 100, off(2000, 30_000));
        let share = |amount| split_order(&[&city, &shops], &order(&mall, amount), Zone::SHANGHAI);
        let short = RedeemRefused::BelowThreshold { short_by: fen(1), threshold: fen(30_000) };
        assert_eq!(share(33_999), Err(PartRefused { at: 0, refused: short }));
        let parts = share(34_000).unwrap();
        let sums =
            parts.iter().map(|part| (part.order.get(), part.split.subsidy.get(), part.split.payable.get()));
        assert_eq!(sums.collect::<Vec<_>>(), [(30_000, 2000, 28_000), (4000, 4000, 0)]);
        assert_eq!((parts[0].split.government, parts[1].split.government), (fen(2000), Fen::ZERO));
    }

    #[test]
    fn one_of_each_and_no_discount_beside() {
        let mall = KindCode("mall".into());
        let shops = terms(Funding::Merchant, 0, off(500, 1000));
        let city = terms(Funding::Government, 100, off(2000, 6000));
        let mixed = terms(Funding::Mixed, 70, off(2000, 6000));
        let refused = |terms: &[&CampaignTerms], discount| {
            let order = Order { discount: fen(discount), ..order(&mall, 10_000) };
            let refused = split_order(terms, &order, Zone::SHANGHAI).unwrap_err();
            (refused.at, refused.refused)
        };
        for pair in [[&city, &city], [&city, &mixed], [&mixed, &city], [&shops, &shops]] {
            assert_eq!(refused(&pair, 0), (1, RedeemRefused::NotStackable));
        }
        assert_eq!(refused(&[&city, &shops, &shops], 0), (1, RedeemRefused::NotStackable));
        let alone = CampaignTerms { stacking: Stacking { with_promotion: false }, ..shops.clone() };
        assert_eq!(refused(&[&city, &alone], 0), (1, RedeemRefused::NotStackable));
        assert_eq!(refused(&[&shops, &city], 1), (0, RedeemRefused::NotWithDiscount));
        assert!(split_order(&[&mixed, &shops], &order(&mall, 10_000), Zone::SHANGHAI).is_ok());
        let all = terms(Funding::Merchant, 0, Benefit::Cash { face_value_fen: fen(20_000) });
        let cash = terms(Funding::Government, 100, Benefit::Cash { face_value_fen: fen(100) });
        assert_eq!(refused(&[&all, &cash], 0), (1, RedeemRefused::NothingLeft));
    }

    fn any_benefit() -> impl Strategy<Value = Benefit> {
        let amount = 1..40_000i64;
        prop_oneof![
            (amount.clone(), amount.clone()).prop_map(|(face, from)| off(face.min(from), from)),
            (1..100u8, amount.clone(), 0..40_000i64).prop_map(|(percent_off, face, from)| Benefit::Percent {
                percent_off,
                face_value_fen: fen(face),
                threshold_fen: fen(from)
            }),
            amount.prop_map(|face| Benefit::Cash { face_value_fen: fen(face) }),
        ]
    }

    proptest! {
        #[test]
        fn the_parts_are_the_order(merchants in any_benefit(), city in any_benefit(), percent in 1..=100u8, amount in 1..200_000i64, swapped: bool) {
            let mall = KindCode("mall".into());
            let shops = terms(Funding::Merchant, 0, merchants);
            let city = terms(Funding::Mixed, percent, city);
            let given = if swapped { [&shops, &city] } else { [&city, &shops] };
            let order = order(&mall, amount);
            if let Ok(parts) = split_order(&given, &order, Zone::SHANGHAI) {
                prop_assert_eq!(parts.len(), 2);
                prop_assert_eq!(parts.iter().map(|part| part.order).sum::<Fen>(), order.amount);
                for (part, terms) in parts.iter().zip(given) {
                    prop_assert!(part.order > Fen::ZERO && part.split.subsidy > Fen::ZERO);
                    prop_assert_eq!(part.split.subsidy.plus(part.split.payable), Some(part.order));
                    prop_assert!(part.split.subsidy <= terms.benefit.face_value());
                    prop_assert_eq!(part.split.government, terms.government_share(part.split.subsidy));
                }
                // Whichever is shown first, the same comes off.
                let back = split_order(&[given[1], given[0]], &order, Zone::SHANGHAI).unwrap();
                prop_assert_eq!(back, parts.into_iter().rev().collect::<Vec<_>>());
            }
        }

        #[test]
        fn one_voucher_splits_as_it_always_did(benefit in any_benefit(), amount in 1..200_000i64) {
            let mall = KindCode("mall".into());
            let (terms, order) = (terms(Funding::Government, 100, benefit), order(&mall, amount));
            let alone = split(&terms, &order, Zone::SHANGHAI);
            let parts = split_order(&[&terms], &order, Zone::SHANGHAI);
            prop_assert_eq!(parts.clone().ok().map(|parts| parts[0].split), alone.clone().ok());
            prop_assert_eq!(parts.err().map(|refused| refused.refused), alone.err());
        }
    }
}

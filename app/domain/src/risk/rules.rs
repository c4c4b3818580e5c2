//! The rules that look at redemptions: each tells what it saw, or nothing.
//!
//! A rule is pure: the redemptions of one outlet and business day are its
//! arguments, in the order in which they were made. What it finds is a reason
//! to look, never a proof; its bounds are the product's own, no published rule.

use super::RiskSignal;
use crate::{AccountId, Fen, RedemptionId, Timestamp, WeeklyHours, Zone};

/// So often one resident at one outlet in a day is a reason to look.
const SAME_PAIR: usize = 4;
/// So many redemptions are the least of which a cluster is told.
const CLUSTER_LEAST: usize = 10;
/// So many of a hundred orders within [`CLUSTER_WITHIN_FEN`] above the threshold are a cluster.
const CLUSTER_PERCENT: usize = 80;
/// How near the threshold an order lies in a cluster: below ¥1 above it.
pub const CLUSTER_WITHIN_FEN: i64 = 100;
/// So many redemptions of one till within [`BURST_MS`] of its enrolment are a burst.
const BURST: usize = 20;
/// So many redemptions are the least of which a share is told.
const SHARE_LEAST: usize = 10;
/// So many of a hundred fen paid by public vouchers are nearly all.
const SHARE_PERCENT: i64 = 90;
/// How long a till is new: an hour.
const BURST_MS: i64 = 3_600_000;

/// A redemption, as far as the rules ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Looked {
    /// Which.
    pub redemption: RedemptionId,
    /// Whose voucher.
    pub holder: AccountId,
    /// Who redeemed it.
    pub clerk: AccountId,
    /// When.
    pub at: Timestamp,
    /// The order after merchant discounts.
    pub order: Fen,
    /// What the voucher paid of it, where the public purse has a part in that;
    /// zero for a merchant's own voucher.
    pub voucher: Fen,
    /// The order from which the voucher works; zero for cash.
    pub threshold: Fen,
    /// When the till was enrolled, where it was one.
    pub till_since: Option<Timestamp>,
}

/// What a rule found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The rule.
    pub signal: RiskSignal,
    /// The redemption at which it was seen.
    pub redemption: RedemptionId,
    /// How many it saw, of how many.
    pub seen: (usize, usize),
}

/// Everything that the rules see in an outlet's redemptions of a business day.
#[must_use]
pub fn look(day: &[Looked], people: &[AccountId], hours: &WeeklyHours, zone: Zone) -> Vec<Found> {
    let own = day.iter().filter(|one| one.holder == one.clerk || people.contains(&one.holder));
    let own = own.map(|one| found(RiskSignal::OwnVoucher, one, (1, 1)));
    let outside = day.iter().filter(|one| !hours.is_open(one.at, zone));
    let outside = outside.map(|one| found(RiskSignal::OutsideHours, one, (1, 1)));
    let of_days = [cluster(day), burst(day), voucher_share(day)];
    own.chain(outside).chain(same_pairs(day)).chain(of_days.into_iter().flatten()).collect()
}

fn found(signal: RiskSignal, at: &Looked, seen: (usize, usize)) -> Found {
    Found { signal, redemption: at.redemption, seen }
}

/// The redemption with which a resident comes too often.
fn same_pairs(day: &[Looked]) -> impl Iterator<Item = Found> + use<'_> {
    day.iter().enumerate().filter_map(|(at, one)| {
        let times = day[..=at].iter().filter(|other| other.holder == one.holder).count();
        (times == SAME_PAIR).then(|| found(RiskSignal::SamePair, one, (times, day.len())))
    })
}

/// Orders that lie just above the threshold, nearly all of them.
fn cluster(day: &[Looked]) -> Option<Found> {
    let tested: Vec<_> = day.iter().filter(|one| one.threshold > Fen::ZERO).collect();
    let near = tested.iter().filter(|one| one.order.less(one.threshold).get() < CLUSTER_WITHIN_FEN).count();
    let last = tested.last()?;
    let clustered = tested.len() >= CLUSTER_LEAST && near * 100 >= tested.len() * CLUSTER_PERCENT;
    clustered.then(|| found(RiskSignal::ThresholdCluster, last, (near, tested.len())))
}

/// Many redemptions from a till that was enrolled a moment ago.
fn burst(day: &[Looked]) -> Option<Found> {
    let young = |one: &&Looked| one.till_since.is_some_and(|since| one.at < since.plus_ms(BURST_MS));
    let one = day.iter().filter(young).nth(BURST - 1)?;
    Some(found(RiskSignal::NewDeviceBurst, one, (BURST, day.len())))
}

/// Public vouchers that paid nearly all of the day's sales: `seen` is the share
/// in percent. The only sales that the product knows are orders with a voucher;
/// what the outlet sells besides is not in them.
fn voucher_share(day: &[Looked]) -> Option<Found> {
    let paid: Fen = day.iter().map(|one| one.voucher).sum();
    let sold: Fen = day.iter().map(|one| one.order).sum();
    let percent = (paid.get() * 100).checked_div(sold.get())?;
    let last = day.last().filter(|_| day.len() >= SHARE_LEAST && percent >= SHARE_PERCENT)?;
    let percent = usize::try_from(percent).ok()?;
    Some(found(RiskSignal::VoucherShare, last, (percent, day.len())))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPENING_MS: i64 = 1_624_000_000_000;

    fn one(n: i64, holder: i64, order_fen: i64) -> Looked {
        Looked {
            redemption: RedemptionId(n),
            holder: AccountId(holder),
            clerk: AccountId(900),
            at: Timestamp::from_ms(OPENING_MS + n * 60_000),
            order: Fen::try_from(order_fen).unwrap(),
            voucher: Fen::try_from(2000).unwrap(),
            threshold: Fen::try_from(8000).unwrap(),
            till_since: None,
        }
    }

    fn signals(day: &[Looked], people: &[i64], hours: &WeeklyHours) -> Vec<(RiskSignal, i64)> {
        let people: Vec<_> = people.iter().copied().map(AccountId).collect();
        let found = look(day, &people, hours, Zone::SHANGHAI);
        found.iter().map(|found| (found.signal, found.redemption.0)).collect()
    }

    #[test]
    fn an_honest_day_tells_nothing() {
        let day: Vec<_> = (1..=30).map(|n| one(n, n, 8000 + n * 137)).collect();
        assert_eq!(signals(&day, &[900], &WeeklyHours::always()), []);
        assert_eq!(signals(&[], &[900], &WeeklyHours::always()), []);
    }

    #[test]
    fn the_shops_own_people_are_seen() {
        let mut day = vec![one(1, 5, 9000), one(2, 6, 9000), one(3, 7, 9000)];
        day[2].clerk = AccountId(7);
        let seen = signals(&day, &[6], &WeeklyHours::always());
        assert_eq!(seen, [(RiskSignal::OwnVoucher, 2), (RiskSignal::OwnVoucher, 3)]);
    }

    #[test]
    fn what_is_redeemed_behind_closed_doors_is_seen() {
        let hours: WeeklyHours = "daily 09:00-09:01".parse().unwrap();
        assert_eq!(signals(&[one(1, 5, 9000)], &[], &hours), [(RiskSignal::OutsideHours, 1)]);
    }

    #[test]
    fn the_same_pair_is_told_once() {
        let day: Vec<_> = (1..=6).map(|n| one(n, 5, 8000 + n * 500)).collect();
        assert_eq!(signals(&day, &[], &WeeklyHours::always()), [(RiskSignal::SamePair, 4)]);
        assert_eq!(signals(&day[..3], &[], &WeeklyHours::always()), []);
    }

    #[test]
    fn orders_just_above_the_threshold_are_a_cluster() {
        let mut day: Vec<_> = (1..=10).map(|n| one(n, n, 8000 + n)).collect();
        assert_eq!(signals(&day, &[], &WeeklyHours::always()), [(RiskSignal::ThresholdCluster, 10)]);
        assert_eq!(signals(&day[..9], &[], &WeeklyHours::always()), [], "too few to tell");
        for one in &mut day[..3] {
            one.order = Fen::try_from(12_000).unwrap();
        }
        assert_eq!(signals(&day, &[], &WeeklyHours::always()), [], "seven of ten");
    }

    #[test]
    fn sales_that_vouchers_pay_nearly_alone_are_seen() {
        let cash = |n: i64, order_fen: i64| Looked { threshold: Fen::ZERO, ..one(n, n, order_fen) };
        let mut day: Vec<_> = (1..=10).map(|n| cash(n, 2200)).collect();
        assert_eq!(signals(&day, &[], &WeeklyHours::always()), [(RiskSignal::VoucherShare, 10)]);
        let found = look(&day, &[], &WeeklyHours::always(), Zone::SHANGHAI);
        assert_eq!(found[0].seen, (90, 10), "2,000 of 2,200 fen");
        assert_eq!(signals(&day[..9], &[], &WeeklyHours::always()), [], "too few to tell");
        day[0].order = Fen::try_from(9000).unwrap();
        assert_eq!(signals(&day, &[], &WeeklyHours::always()), [], "one larger order");
        let own: Vec<_> = (1..=10).map(|n| Looked { voucher: Fen::ZERO, ..cash(n, 2000) }).collect();
        assert_eq!(signals(&own, &[], &WeeklyHours::always()), [], "the merchant pays them itself");
    }

    #[test]
    fn a_burst_from_a_new_till_is_seen() {
        let mut day: Vec<_> = (1..=20).map(|n| one(n, n, 8000 + n * 137)).collect();
        day.iter_mut().for_each(|one| one.till_since = Some(Timestamp::from_ms(OPENING_MS)));
        assert_eq!(signals(&day, &[], &WeeklyHours::always()), [(RiskSignal::NewDeviceBurst, 20)]);
        assert_eq!(signals(&day[..19], &[], &WeeklyHours::always()), []);
        day.iter_mut().for_each(|one| one.till_since = Some(Timestamp::from_ms(OPENING_MS - BURST_MS)));
        assert_eq!(signals(&day, &[], &WeeklyHours::always()), []);
    }
}

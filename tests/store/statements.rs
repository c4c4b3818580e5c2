//! Statements: what all lines add up to is what the ledger has, at every moment of any history.

use crate::services::{FIRST_ROUND, Services, at, key};
use backend::seeds::SeedSet;
use backend::{Caller, Error, RedeemRequest, ReverseRequest};
use domain::shapes::{LedgerAgreement, RedemptionShape, Statement, VoucherShape};
use domain::{
    Denied, Funding, Limits, OutletId, RedeemRefused, ReverseRefused, StatementQuery, Timestamp, Validity,
    Zone,
};
use std::collections::BTreeMap;
use tests::{TestCity, on_both_databases};
use tokio::task::JoinSet;

on_both_databases!(
    any_history_adds_up_to_the_ledger in anything_goes,
    a_statement_read_in_the_middle_agrees in anything_goes,
    a_day_that_is_over_does_not_change,
    a_clerk_sees_no_statement,
);

/// A mixed campaign without limits in its way, whose vouchers run out overnight.
pub(crate) fn anything_goes(season: &mut SeedSet) {
    let (terms, round) = (&mut season.campaigns[0], &mut season.rounds[0]);
    (terms.funding, terms.government_percent) = (Funding::Mixed, 70);
    terms.limits = Limits { per_campaign: 100, per_day: 100, per_outlet_day: 100, per_merchant_day: None };
    terms.validity = Validity::Hours(20);
    (round.per_resident, round.closes_at) = (100, at("2021-06-30T22:00:00+08:00"));
}

/// A reproducible stream of numbers (xorshift).
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    /// A number below `sides`.
    pub(crate) fn throw(&mut self, sides: i64) -> i64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        i64::try_from(self.0 >> 2).unwrap() % sides
    }
}

/// A merchant with the figures that its answers add up to: by business day and outlet, how many redemptions,
/// their orders, discounts and subsidies, how many reversals, what they refunded and gave back.
pub(crate) struct Shop {
    owner: Caller,
    clerk: Caller,
    outlets: Vec<OutletId>,
    pub(crate) lines: BTreeMap<(String, i64), [i64; 7]>,
    redemptions: Vec<RedemptionShape>,
}

pub(crate) async fn shop(city: &Services<'_>, owner: &str, clerk: &str) -> Shop {
    let (owner, clerk) = (city.caller(owner).await, city.caller(clerk).await);
    let merchant = city.backend.merchant(owner.merchant_id.unwrap()).unwrap();
    let outlets = merchant.outlets.iter().map(|outlet| outlet.id).collect();
    Shop { owner, clerk, outlets, lines: BTreeMap::new(), redemptions: Vec::new() }
}

impl Shop {
    fn count(&mut self, now: Timestamp, outlet: OutletId, amounts: [i64; 7]) {
        let day = Zone::SHANGHAI.business_day(now).to_string();
        let line = self.lines.entry((day, outlet.0)).or_default();
        line.iter_mut().zip(amounts).for_each(|(sum, more)| *sum += more);
    }

    pub(crate) async fn redeem(
        &mut self,
        city: &Services<'_>,
        held: &(Caller, VoucherShape),
        dice: &mut Dice,
    ) {
        let (resident, voucher) = held;
        let outlet = self.outlets[usize::try_from(dice.throw(2)).unwrap() % self.outlets.len()];
        let request = city.presented(resident, voucher, 5_900 + dice.throw(9_000)).await;
        let discount = dice.throw(3) * 150;
        let request = RedeemRequest { outlet_id: outlet, merchant_discount_fen: Some(discount), ..request };
        match city.backend.redeem(&self.clerk, &request, &key()).await {
            Ok(done) => {
                let (order, subsidy) = (done.answer.order_fen.get(), done.answer.subsidy_fen.get());
                self.count(city.backend.now(), outlet, [1, order, discount, subsidy, 0, 0, 0]);
                self.redemptions.push(done.answer);
            }
            Err(Error::Redeem(
                RedeemRefused::BelowThreshold { .. }
                | RedeemRefused::Expired { .. }
                | RedeemRefused::AlreadyRedeemed { .. }
                | RedeemRefused::TokenStale,
            )) => {}
            Err(error) => panic!("{error}"),
        }
    }

    pub(crate) async fn reverse(&mut self, city: &Services<'_>, dice: &mut Dice) {
        let some = i64::try_from(self.redemptions.len()).unwrap();
        if some == 0 {
            return;
        }
        let redemption = self.redemptions[usize::try_from(dice.throw(some)).unwrap()].clone();
        let order = redemption.order_fen.get();
        let refund_fen = if dice.throw(2) == 0 { order } else { 1 + dice.throw(order) };
        let request = ReverseRequest { refund_fen, reason: "退".into() };
        match city.backend.reverse(&self.owner, redemption.redemption_id, &request, &key()).await {
            Ok(done) => {
                let back = done.answer.subsidy_back_fen.get();
                self.count(city.backend.now(), redemption.outlet_id, [0, 0, 0, 0, 1, refund_fen, back]);
            }
            Err(Error::Reverse(ReverseRefused::TooMuch { .. } | ReverseRefused::AlreadyReversed)) => {}
            Err(error) => panic!("{error}"),
        }
    }

    /// The statement of all that happened, which says the same as the answers and the ledger.
    pub(crate) async fn agree(&self, city: &Services<'_>) {
        let days = statement(city, &self.owner, "day").await;
        let lines = days.items.iter().map(|line| {
            let sums = &line.sums;
            let figures = [
                sums.redemptions,
                sums.order_fen.get(),
                sums.merchant_discount_fen.get(),
                sums.subsidy_fen.get(),
                sums.reversals,
                sums.refunded_fen.get(),
                sums.subsidy_back_fen.get(),
            ];
            ((line.from.clone(), line.outlet_id.0), figures)
        });
        assert_eq!(lines.collect::<BTreeMap<_, _>>(), self.lines);
        adds_up(&days);
        let weeks = statement(city, &self.owner, "week").await;
        assert_eq!((&weeks.total, weeks.closing_fen), (&days.total, days.closing_fen));
        assert_eq!(weeks.items.iter().map(|line| line.sums.payable_fen).sum::<i64>(), days.total.payable_fen);
    }
}

/// The lines make the total, and the total is the ledger's account.
fn adds_up(statement: &Statement) {
    let ledger = &statement.ledger;
    assert!(ledger.agrees, "{ledger:?}");
    assert_eq!(ledger.payable_fen + ledger.paid_fen, ledger.statement_fen);
    assert_eq!(statement.closing_fen, statement.opening_fen + statement.total.payable_fen);
    assert_eq!((statement.closing_fen, statement.total.borne_fen), (ledger.statement_fen, ledger.borne_fen));
    let lines = statement.items.iter().map(|line| line.sums.payable_fen).sum::<i64>();
    assert_eq!(lines, statement.total.payable_fen);
}

fn all(by: &str) -> StatementQuery {
    StatementQuery {
        from: Some("2021-06-14".into()),
        to: Some("2021-07-11".into()),
        by: Some(by.into()),
        ..StatementQuery::default()
    }
}

async fn statement(city: &Services<'_>, reader: &Caller, by: &str) -> Statement {
    city.backend.whole_statement(reader, &all(by)).await.unwrap()
}

async fn any_history_adds_up_to_the_ledger(city: &TestCity) {
    let city = Services::of(city);
    let mut shops =
        [shop(&city, "13800000001", "13800000002").await, shop(&city, "13800000011", "13800000012").await];
    let (mut dice, mut held) = (Dice(20_210_618), Vec::new());
    for number in 1..=4 {
        let resident = city.resident(number).await;
        held.push((resident.clone(), city.issued_voucher(&resident).await));
    }
    let mut expired = 0;
    for _ in 0..110 {
        let which = usize::try_from(dice.throw(2)).unwrap();
        match dice.throw(10) {
            0 | 1 => {
                let resident = held[usize::try_from(dice.throw(4)).unwrap()].0.clone();
                held.push((
                    resident.clone(),
                    city.backend.claim(&resident, FIRST_ROUND, &key()).await.unwrap().answer,
                ));
            }
            2..=5 => {
                let one = usize::try_from(dice.throw(i64::try_from(held.len()).unwrap())).unwrap();
                shops[which].redeem(&city, &held[one], &mut dice).await;
            }
            6 | 7 => shops[which].reverse(&city, &mut dice).await,
            8 => expired += city.backend.expire_due().await.unwrap(),
            _ => city.clock.advance_ms(dice.throw(9 * 3_600_000)),
        }
        city.clock.advance_ms(31_000);
        shops[which].agree(&city).await;
    }
    let reversals = shops.iter().flat_map(|shop| shop.lines.values()).map(|line| line[4]).sum::<i64>();
    let days = shops[0].lines.keys().map(|(day, _)| day).collect::<std::collections::BTreeSet<_>>().len();
    assert!(expired > 5 && reversals > 5 && days > 2, "{expired} expired, {reversals} reversed, {days} days");
    // A node that begins anew reads the same from the ledger. Its head is another: the node's own jobs write.
    for shop in &shops {
        let here = statement(&city, &shop.owner, "day").await;
        let there = city.another_node().await.whole_statement(&shop.owner, &all("day")).await.unwrap();
        let ledger = LedgerAgreement {
            sequence: here.ledger.sequence,
            hash: here.ledger.hash.clone(),
            ..there.ledger
        };
        assert_eq!(Statement { ledger, ..there }, here);
    }
    city.assert_sound().await;
}

async fn a_statement_read_in_the_middle_agrees(city: &TestCity) {
    let city = Services::of(city);
    let (owner, clerk) = (city.owner().await, city.clerk().await);
    let mut sales = Vec::new();
    for number in 1..=8 {
        let resident = city.resident(number).await;
        let voucher = city.issued_voucher(&resident).await;
        sales.push(city.presented(&resident, &voucher, 8_000).await);
    }
    let mut tills = JoinSet::new();
    for sale in sales {
        let (backend, clerk, owner) = (city.backend.clone(), clerk.clone(), owner.clone());
        tills.spawn(async move {
            let sold = backend.redeem(&clerk, &sale, &key()).await.unwrap().answer;
            let request = ReverseRequest { refund_fen: 1_000, reason: "退".into() };
            backend.reverse(&owner, sold.redemption_id, &request, &key()).await.unwrap();
        });
    }
    let mut reads = 0;
    while !tills.is_empty() {
        while let Some(done) = tills.try_join_next() {
            done.unwrap();
        }
        adds_up(&statement(&city, &owner, "day").await);
        reads += 1;
    }
    let after = statement(&city, &owner, "day").await;
    adds_up(&after);
    assert_eq!((after.total.redemptions, after.total.reversals), (8, 8), "after {reads} reads");
}

async fn a_day_that_is_over_does_not_change(city: &TestCity) {
    let city = Services::of(city);
    let (resident, owner) = (city.resident(1).await, city.owner().await);
    let voucher = city.issued_voucher(&resident).await;
    // Half past one at night belongs to the evening before, which is a Friday.
    city.clock.set(at("2021-06-19T01:30:00+08:00"));
    let sold = city.redeem(&resident, &voucher, 8_000).await.unwrap();
    let before = statement(&city, &owner, "day").await.items;
    assert_eq!((before.len(), before[0].from.as_str(), before[0].closed), (1, "2021-06-18", false));
    city.clock.set(at("2021-06-21T05:59:59.999+08:00"));
    let request = |refund_fen| ReverseRequest { refund_fen, reason: "退".into() };
    city.backend.reverse(&owner, sold.redemption_id, &request(1_000), &key()).await.unwrap();
    city.clock.advance_ms(1);
    city.backend.reverse(&owner, sold.redemption_id, &request(7_000), &key()).await.unwrap();
    let days = statement(&city, &owner, "day").await;
    let lines: Vec<_> =
        days.items.iter().map(|line| (line.from.as_str(), line.closed, line.sums.payable_fen)).collect();
    assert_eq!(
        lines,
        [("2021-06-18", true, 2_000), ("2021-06-20", true, -250), ("2021-06-21", false, -1_750)]
    );
    assert_eq!(days.items[0].sums, before[0].sums);
    let weeks = statement(&city, &owner, "week").await;
    let lines: Vec<_> = weeks.items.iter().map(|line| (line.from.as_str(), line.sums.payable_fen)).collect();
    assert_eq!(lines, [("2021-06-14", 1_750), ("2021-06-21", -1_750)]);
    // What was before the range is its opening.
    let query = StatementQuery { from: Some("2021-06-21".into()), ..StatementQuery::default() };
    let week = city.backend.whole_statement(&owner, &query).await.unwrap();
    assert_eq!((week.opening_fen, week.closing_fen), (1_750, 0));
}

async fn a_clerk_sees_no_statement(city: &TestCity) {
    let city = Services::of(city);
    for phone in ["13800000002", "13900000001", "13700000001"] {
        let other = city.caller(phone).await;
        let refused = city.backend.statement(&other, &StatementQuery::default()).await;
        assert!(matches!(refused, Err(Error::Denied(Denied::WrongRole))), "{phone}");
    }
}

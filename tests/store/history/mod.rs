//! Sixteen clients press at once on several nodes: claims, redemptions,
//! reversals, repeats and expiries. What each was answered, and when, is written
//! down; afterwards there has to be an order in which every answer is right by
//! the rules of `domain`, and the database has to hold what the answers say.

mod clients;
mod model;
mod search;

use crate::services::{Services, at};
use backend::seeds::SeedSet;
use clients::{History, ROUNDS, press};
use domain::{CampaignTerms, Limits, RoundId, Validity, VoucherState};
use model::{Answer, Ask, Event, Refusal, Terms};
use search::{explain, explain_stock};
use tests::{TestCity, on_both_databases};

on_both_databases!(sixteen_clients_leave_a_history_that_can_be in scarce);

/// What each client draws its requests from; nodes and clients run in parallel,
/// so that another run has other overlaps.
const SEED: u64 = 20_210_618;
/// Of each of the two rounds.
const QUANTITY: usize = 9;
const PER_ROUND: i64 = 2;
const VALID_HOURS: u32 = 1;

/// Few vouchers, tight limits, short lives, and two rounds at a time.
fn scarce(season: &mut SeedSet) {
    let terms = &mut season.campaigns[0];
    terms.limits = limits();
    terms.validity = Validity::Hours(VALID_HOURS);
    let (opens_at, closes_at) = (season.rounds[0].opens_at, season.rounds[0].closes_at);
    for round in &mut season.rounds[..2] {
        (round.opens_at, round.closes_at) = (opens_at, closes_at);
        round.quantity = i64::try_from(QUANTITY).unwrap();
        round.per_resident = PER_ROUND;
    }
}

fn limits() -> Limits {
    Limits { per_campaign: 3, per_day: 3, per_outlet_day: 2, per_merchant_day: None }
}

fn terms(campaign: &CampaignTerms) -> Terms {
    Terms {
        benefit: campaign.benefit,
        limits: limits(),
        per_round: PER_ROUND,
        valid_ms: i64::from(VALID_HOURS) * 3_600_000,
    }
}

async fn sixteen_clients_leave_a_history_that_can_be(city: &TestCity) {
    let services = Services::of(city);
    let history = press(&services, SEED).await;
    let terms = terms(&SeedSet::anshan_2021().unwrap().campaigns[0]);
    println!("{}", history.told());
    for (n, events) in history.by_resident().into_iter().enumerate() {
        if let Err(unexplained) = explain(events, &terms) {
            panic!("resident {n}, seed {SEED}: {}", unexplained.0);
        }
    }
    let all = history.events();
    for round in ROUNDS {
        explain_stock(&all, round.0, QUANTITY).unwrap_or_else(|error| panic!("{round}: {}", error.0));
    }
    the_database_agrees(&services, &history).await;
}

/// Stock, states, tallies and ledger are what the answers add up to.
async fn the_database_agrees(city: &Services<'_>, history: &History) {
    let all = history.events();
    for RoundId(round) in ROUNDS {
        let issued = |event: &&Event| {
            event.issued().is_some() && matches!(event.ask, Ask::Claim { round: of } if of == round)
        };
        let left = QUANTITY - all.iter().filter(issued).count();
        let stands = city.backend.round(RoundId(round)).await.unwrap();
        assert_eq!(usize::try_from(stands.remaining).unwrap(), left, "round {round}");
    }
    let ledger = city.read("select entries from ledger_block").await;
    let lines = |kind: &str| ledger.lines().filter(|line| line.split(' ').next() == Some(kind)).count();
    for kind in ["issue", "redeem", "reverse"] {
        let written = all.iter().filter(|event| event.written() == Some(kind)).count();
        assert_eq!(lines(kind), written, "{kind}");
    }
    // The last that each voucher was seen in.
    let expired = history.last_states().filter(|state| *state == VoucherState::Expired).count();
    assert_eq!(lines("expire"), expired);
    city.assert_sound().await;
}

fn event(at: (u64, u64), key: &str, ask: Ask, answer: Answer) -> Event {
    let ms = at_ms("2021-06-18T10:00:00+08:00");
    let (asked, answered) = at;
    Event { asked, answered, from_ms: ms, to_ms: ms, key: key.to_owned(), ask, answer, replayed: false }
}

fn at_ms(text: &str) -> i64 {
    at(text).ms()
}

fn a_day() -> (Terms, Vec<Event>) {
    let terms = terms(&SeedSet::anshan_2021().unwrap().campaigns[0]);
    let now = at_ms("2021-06-18T10:00:00+08:00");
    let step = now / domain::STEP_MS;
    let voucher = Answer::Voucher { id: 7, expires_ms: now + terms.valid_ms };
    let redeem = || Ask::Redeem { voucher: 7, step, order: 8800 };
    let receipt = Answer::Receipt { id: 3, subsidy: 2000, at_ms: now };
    let no = |refusal| Answer::Refused(refusal);
    let refund = Answer::Refund { id: 1, subsidy_back: 2000, state: VoucherState::Issued };
    let events = vec![
        event((1, 2), "claim-1", Ask::Claim { round: 1 }, voucher),
        // Two tills at once: either may be the first.
        event((3, 6), "till-1", redeem(), no(Refusal::AlreadyRedeemed)),
        event((4, 5), "till-2", redeem(), receipt),
        event((7, 8), "", Ask::Look { voucher: 7 }, Answer::State(VoucherState::Redeemed)),
        event((9, 10), "back-1", Ask::Reverse { redemption: 3, refund: 8800 }, refund),
        event((11, 12), "till-3", redeem(), no(Refusal::TokenStale)),
        event((13, 14), "", Ask::Look { voucher: 7 }, Answer::State(VoucherState::Issued)),
    ];
    (terms, events)
}

#[test]
fn a_history_that_can_be_is_explained() {
    let (terms, mut events) = a_day();
    explain(events.clone(), &terms).unwrap();
    let again = Event { asked: 20, answered: 21, replayed: true, ..events[2].clone() };
    events.push(again);
    explain(events, &terms).unwrap();
}

/// The search would be worth nothing if it explained everything.
#[test]
fn a_history_that_cannot_be_is_found() {
    type Forgery = fn(&mut Vec<Event>);
    let forgeries: [(&str, Forgery); 8] = [
        ("redeemed twice", |events| {
            let at_ms = events[1].from_ms;
            events[1].answer = Answer::Receipt { id: 4, subsidy: 2000, at_ms };
        }),
        ("refused before anybody redeemed", |events| (events[1].asked, events[1].answered) = (2, 3)),
        ("a fen too much", |events| {
            let state = VoucherState::Issued;
            events[4].answer = Answer::Refund { id: 1, subsidy_back: 2001, state };
        }),
        ("seen as it was", |events| events[3].answer = Answer::State(VoucherState::Issued)),
        ("refunded twice", |events| {
            let twice = Event { asked: 30, answered: 31, key: "back-2".to_owned(), ..events[4].clone() };
            events.push(twice);
        }),
        ("a key with two effects", |events| {
            let ask = Ask::Claim { round: 2 };
            let answer = Answer::Voucher { id: 8, expires_ms: events[0].from_ms + 3_600_000 };
            events.push(event((30, 31), "claim-1", ask, answer));
        }),
        ("a limit that was not reached", |events| {
            let no = Answer::Refused(Refusal::LimitOfRound);
            events.push(event((30, 31), "claim-2", Ask::Claim { round: 1 }, no));
        }),
        ("expired before its time", |events| events[6].answer = Answer::State(VoucherState::Expired)),
    ];
    for (what, forge) in forgeries {
        let (terms, mut events) = a_day();
        forge(&mut events);
        assert!(explain(events, &terms).is_err(), "{what}");
    }
    let (_, mut events) = a_day();
    assert!(explain_stock(&events, 1, 0).is_err(), "more than there are");
    events.push(event((30, 31), "claim-2", Ask::Claim { round: 1 }, Answer::Refused(Refusal::SoldOut)));
    assert!(explain_stock(&events, 1, 2).is_err(), "sold out too early");
    explain_stock(&events, 1, 1).unwrap();
}

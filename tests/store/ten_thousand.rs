//! Ten thousand operations over fifty merchants: statements, the ledger's accounts and the tallies agree to the
//! fen.

use crate::services::{FIRST_ROUND, Services, key};
use crate::statements::{Dice, Shop, anything_goes, shop};
use backend::seeds::{SeedAccount, SeedSet};
use domain::{CampaignTerms, Fen, Role, Round, StatsQuery, Switch, UsableWhere};
use tests::{TestCity, on_both_databases};

const MERCHANTS: usize = 50;
const OPERATIONS: usize = 10_000;
const RESIDENTS: u32 = 40;
const VOUCHERS: i64 = 6_000;

on_both_databases!(
    statements_ledger_and_tallies_agree in fifty_merchants,
);

/// A campaign that is usable everywhere, and fifty merchants with an owner and a clerk each.
fn fifty_merchants(season: &mut SeedSet) {
    anything_goes(season);
    let (terms, round): (&mut CampaignTerms, &mut Round) = (&mut season.campaigns[0], &mut season.rounds[0]);
    terms.usable_where = UsableWhere { fuel: true, ..UsableWhere::default() };
    terms.limits.per_campaign = VOUCHERS;
    terms.limits.per_day = VOUCHERS;
    terms.limits.per_outlet_day = VOUCHERS;
    let more = terms.benefit.face_value().times(VOUCHERS).and_then(|more| terms.pot_fen.plus(more));
    terms.pot_fen = more.expect("a pot for its other rounds as well");
    (round.quantity, round.per_resident) = (VOUCHERS, VOUCHERS);
    round.quotas.clear();
    let sells_cars = |kind: &domain::Kind| kind.switch == Some(Switch::Cars);
    let cars: Vec<_> =
        season.season.kinds.iter().filter(|kind| sells_cars(kind)).map(|kind| &kind.code).collect();
    let shops = season.merchants.iter().map(|shop| &shop.merchant).filter(|shop| !cars.contains(&&shop.kind));
    let people = shops.take(MERCHANTS).enumerate().flat_map(|(at, merchant)| {
        [(Role::Owner, owner(at)), (Role::Clerk, clerk(at))].map(|(role, phone)| SeedAccount {
            phone: phone.parse().expect("a phone number"),
            name: format!("{role} {at}"),
            role,
            district: None,
            merchant_id: Some(merchant.id),
        })
    });
    let people: Vec<_> = people.collect();
    season.staff.extend(people);
}

fn owner(at: usize) -> String {
    format!("1381{at:07}")
}

fn clerk(at: usize) -> String {
    format!("1382{at:07}")
}

async fn statements_ledger_and_tallies_agree(city: &TestCity) {
    let city = Services::of(city);
    let mut shops = Vec::new();
    for at in 0..MERCHANTS {
        shops.push(shop(&city, &owner(at), &clerk(at)).await);
    }
    let mut residents = Vec::new();
    for number in 1..=RESIDENTS {
        residents.push(city.resident(number).await);
    }
    let (mut dice, mut held, mut expired) = (Dice(20_210_618), Vec::new(), 0);
    for operation in 0..OPERATIONS {
        let which = one_of(&mut dice, MERCHANTS);
        match dice.throw(200) {
            0..60 => {
                let resident = residents[one_of(&mut dice, residents.len())].clone();
                let claimed = city.backend.claim(&resident, FIRST_ROUND, &key()).await.unwrap();
                held.push((resident, claimed.answer));
            }
            60..140 if !held.is_empty() => {
                let newest = held.len() - 1 - one_of(&mut dice, held.len().min(200));
                shops[which].redeem(&city, &held[newest], &mut dice).await;
            }
            140..196 => shops[which].reverse(&city, &mut dice).await,
            196..199 => expired += city.backend.expire_due().await.unwrap(),
            _ => city.clock.advance_ms(dice.throw(3 * 3_600_000)),
        }
        city.clock.advance_ms(5_000);
        if operation % 500 == 0 {
            shops[which].agree(&city).await;
        }
    }
    while city.backend.expire_due().await.unwrap() > 0 {}
    for shop in &shops {
        shop.agree(&city).await;
    }
    tallies_agree(&city, &shops).await;
    let happened = |column: usize| sum(&shops, column);
    assert!(
        happened(0) > 1_500 && happened(4) > 500 && expired > 100,
        "{} redeemed, {} reversed, {expired} expired",
        happened(0),
        happened(4)
    );
    city.assert_sound().await;
}

fn one_of(dice: &mut Dice, count: usize) -> usize {
    usize::try_from(dice.throw(i64::try_from(count).unwrap())).unwrap()
}

/// One column of all merchants' answers.
fn sum(shops: &[Shop], column: usize) -> i64 {
    shops.iter().flat_map(|shop| shop.lines.values()).map(|line| line[column]).sum()
}

/// What the organizers see of all districts is what the merchants were answered.
async fn tallies_agree(city: &Services<'_>, shops: &[Shop]) {
    let stats = city.backend.district_stats(&city.officer().await, &StatsQuery::default()).await.unwrap();
    let net = |amount: usize, back: usize| Fen::try_from(sum(shops, amount) - sum(shops, back)).unwrap();
    assert_eq!((stats.total.order_fen, stats.total.subsidy_fen), (net(1, 5), net(3, 6)));
}

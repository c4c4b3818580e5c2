//! Draws: one entry each, a list that is frozen once, a draw that is held once, and claims in turn.

use crate::services::{Services, at, key};
use backend::seeds::SeedSet;
use backend::{Backend, Caller, Error};
use domain::draw::{DrawRefused, check};
use domain::shapes::{DrawProof, EntryShape, EntryState, VoucherShape};
use domain::{ClaimRefused, Denied, Quota, RoundId, RoundState};
use std::collections::BTreeSet;
use tests::{TestCity, on_both_databases};
use tokio::task::JoinSet;

on_both_databases!(
    a_resident_enters_once,
    sixty_four_entries_at_once_of_one_resident_are_one,
    entries_open_and_close_to_the_millisecond,
    nobody_enters_after_the_list_is_frozen,
    a_list_is_frozen_once_whoever_does_it,
    a_draw_is_held_once_and_by_the_city_alone,
    the_secret_is_public_after_the_draw_alone,
    a_draw_that_a_node_left_unfinished_is_finished in two_places,
    winners_claim_and_others_do_not in two_places,
    the_next_in_line_claim_what_was_not_taken in two_places,
    every_window_calls_for_the_places_that_are_left in two_places,
    a_quota_goes_to_its_own_and_what_is_left_to_others in two_districts,
    a_hard_quota_stays_empty in two_hard_districts,
    another_node_learns_of_the_draw in two_places,
    a_changed_list_is_not_drawn,
);

/// The first draw of the car vouchers: opens 19 June 09:00, closes 26 June 18:00, drawn from 28 June 15:30.
const DRAW: RoundId = RoundId(18);
const ENTERING: &str = "2021-06-19T09:00:00+08:00";
/// A flash round that is open while the draw takes entries.
const FLASH: RoundId = RoundId(9);
const CLOSED: &str = "2021-06-26T18:00:00+08:00";
const DUE: &str = "2021-06-28T15:30:00+08:00";
const VALUE: &str = "3606.37";

fn two_places(season: &mut SeedSet) {
    season.rounds[17].quantity = 2;
}

fn two_districts(season: &mut SeedSet) {
    let lend_at = Some(at("2021-06-20T09:00:00+08:00"));
    let quota = |code: i64| Quota { district: code.try_into().unwrap(), quantity: 1, lend_at };
    season.rounds[17].quantity = 2;
    season.rounds[17].quotas = vec![quota(210_302), quota(210_323)];
}

fn two_hard_districts(season: &mut SeedSet) {
    two_districts(season);
    season.rounds[17].quotas.iter_mut().for_each(|quota| quota.lend_at = None);
}

async fn enter(city: &Services<'_>, resident: &Caller) -> EntryShape {
    city.backend.enter_draw(resident, DRAW, &key()).await.expect("an entry").answer
}

/// So many residents who have entered; the first lives in 210302.
async fn entered(city: &Services<'_>, count: u32) -> Vec<Caller> {
    city.clock.set(at(ENTERING));
    let mut residents = Vec::new();
    for n in 1..=count {
        let resident = city.resident(n).await;
        enter(city, &resident).await;
        residents.push(resident);
    }
    residents
}

async fn hold(city: &Services<'_>) -> DrawProof {
    city.clock.set(at(DUE));
    city.backend.hold_draw(&city.officer().await, DRAW, (VALUE, VALUE), &key()).await.expect("a draw");
    city.backend.draw_proof(DRAW).await.unwrap()
}

async fn states(city: &Services<'_>, residents: &[Caller]) -> Vec<EntryState> {
    let mut states = Vec::new();
    for resident in residents {
        states.push(city.backend.entry(resident, DRAW).await.unwrap().expect("an entry").state);
    }
    states
}

async fn claim(city: &Services<'_>, resident: &Caller) -> Result<VoucherShape, Error> {
    city.backend.claim(resident, DRAW, &key()).await.map(|done| done.answer)
}

async fn list(backend: &Backend) -> String {
    let (mut text, mut after) = (String::new(), None);
    loop {
        let lines = backend.draw_entries(DRAW, after).await.unwrap();
        text += &lines.text;
        after = lines.next;
        if after.is_none() {
            return text;
        }
    }
}

fn refusal<T: std::fmt::Debug>(answer: Result<T, Error>) -> DrawRefused {
    match answer {
        Err(Error::Draw(refused)) => refused,
        other => panic!("{other:?}"),
    }
}

/// Which of the residents stand so.
fn those(residents: &[Caller], states: &[EntryState], state: EntryState) -> Vec<Caller> {
    let stand = residents.iter().zip(states).filter(|(_, one)| **one == state);
    stand.map(|(resident, _)| resident.clone()).collect()
}

async fn a_resident_enters_once(city: &TestCity) {
    let city = Services::of(city);
    city.clock.set(at(ENTERING));
    let (resident, key) = (city.resident(1).await, key());
    let first = city.backend.enter_draw(&resident, DRAW, &key).await.unwrap();
    assert_eq!((first.answer.state, first.replayed), (EntryState::Entered, false));
    let again = city.backend.enter_draw(&resident, DRAW, &key).await.unwrap();
    assert_eq!((&again.answer, again.replayed), (&first.answer, true));
    assert_eq!(enter(&city, &resident).await, first.answer);
    assert_eq!(city.backend.entry(&resident, DRAW).await.unwrap(), Some(first.answer));
    assert_eq!(city.backend.entry(&city.resident(2).await, DRAW).await.unwrap(), None);
    assert_eq!(city.backend.draw_proof(DRAW).await.unwrap().entered, 1);
    let reused = city.backend.claim(&resident, FLASH, &key).await;
    assert!(matches!(reused, Err(Error::Denied(Denied::KeyReused))));
    let flash = city.backend.enter_draw(&resident, RoundId(TestCity::ROUND), &crate::services::key()).await;
    assert_eq!(refusal(flash).code(), "wrong_method");
}

async fn sixty_four_entries_at_once_of_one_resident_are_one(city: &TestCity) {
    let city = Services::of(city);
    city.clock.set(at(ENTERING));
    let resident = city.resident(1).await;
    let mut pressing = JoinSet::new();
    for _ in 0..64 {
        let (backend, resident) = (city.backend.clone(), resident.clone());
        pressing
            .spawn(async move { backend.enter_draw(&resident, DRAW, &key()).await.unwrap().answer.entry });
    }
    let names: BTreeSet<_> = pressing.join_all().await.into_iter().collect();
    assert_eq!(names.len(), 1);
    assert_eq!(city.backend.draw_proof(DRAW).await.unwrap().entered, 1);
    assert_eq!(city.read("select cast(count(*) as text) from draw_entry").await, "1");
}

async fn entries_open_and_close_to_the_millisecond(city: &TestCity) {
    let city = Services::of(city);
    let resident = city.resident(1).await;
    let opens_at = at(ENTERING);
    city.clock.set(opens_at.plus_ms(-1));
    let early = city.backend.enter_draw(&resident, DRAW, &key()).await;
    assert_eq!(refusal(early), DrawRefused::NotOpen { opens_at });
    city.clock.set(at(CLOSED).plus_ms(-1));
    assert!(city.backend.enter_draw(&resident, DRAW, &key()).await.is_ok());
    city.clock.set(at(CLOSED));
    let late = city.backend.enter_draw(&city.resident(2).await, DRAW, &key()).await;
    assert_eq!(refusal(late), DrawRefused::Closed { closed_at: at(CLOSED) });
    assert_eq!(city.backend.round(DRAW).await.unwrap().state, RoundState::Drawing);
    let refused = claim(&city, &resident).await;
    assert!(matches!(refused, Err(Error::Claim(ClaimRefused::WrongMethod { .. }))));
}

/// Also not through a node whose clock is slow.
async fn nobody_enters_after_the_list_is_frozen(city: &TestCity) {
    let city = Services::of(city);
    entered(&city, 1).await;
    let slow = city.another_node().await;
    city.clock.set(at(CLOSED));
    city.backend.advance_draws().await.unwrap();
    let late = slow.enter_draw(&city.resident(2).await, DRAW, &key()).await;
    assert_eq!(refusal(late).code(), "closed");
    let proof = city.backend.draw_proof(DRAW).await.unwrap();
    assert_eq!((proof.entered, proof.entries), (1, Some(1)));
    assert_eq!(city.read("select cast(count(*) as text) from draw_entry").await, "1");
}

async fn a_list_is_frozen_once_whoever_does_it(city: &TestCity) {
    let city = Services::of(city);
    entered(&city, 5).await;
    assert_eq!(refusal(city.backend.draw_entries(DRAW, None).await).code(), "not_frozen");
    assert_eq!(city.backend.advance_draws().await.unwrap(), 0);
    city.clock.set(at(CLOSED));
    let mut freezing = JoinSet::new();
    for _ in 0..8 {
        let backend = city.backend.clone();
        freezing.spawn(async move { backend.advance_draws().await.unwrap() });
    }
    let frozen: usize = freezing.join_all().await.into_iter().sum();
    // Another draw closed before; the node's own job may have been the one for either.
    assert!(frozen <= 2, "{frozen}");
    let proof = city.backend.draw_proof(DRAW).await.unwrap();
    assert_eq!(proof.entries, Some(5));
    let checked = check(&proof, &list(&city.backend).await);
    assert!(checked.len() == 1 && checked[0].holds);
    city.clock.set(at(DUE));
    city.backend.advance_draws().await.unwrap();
    assert_eq!(city.backend.draw_proof(DRAW).await.unwrap().frozen_at, proof.frozen_at);
}

async fn a_draw_is_held_once_and_by_the_city_alone(city: &TestCity) {
    let city = Services::of(city);
    entered(&city, 3).await;
    city.clock.set(at(DUE).plus_ms(-1));
    let officer = city.officer().await;
    let early = city.backend.hold_draw(&officer, DRAW, (VALUE, VALUE), &key()).await;
    assert_eq!(refusal(early), DrawRefused::NotDue { draws_at: at(DUE) });
    city.clock.set(at(DUE));
    for phone in ["13700000002", "13700000003", "13700000004", "13900000001"] {
        let other = city.caller(phone).await;
        let refused = city.backend.hold_draw(&other, DRAW, (VALUE, VALUE), &key()).await;
        assert!(matches!(refused, Err(Error::Denied(Denied::WrongRole))), "{phone}");
    }
    for (value, again, field) in [("", "", "public_value"), (VALUE, "3606.73", "public_value_again")] {
        let refused = city.backend.hold_draw(&officer, DRAW, (value, again), &key()).await;
        assert!(
            matches!(refused, Err(Error::Denied(Denied::BadField { field: named, .. })) if named == field)
        );
    }
    let mut holding = JoinSet::new();
    for n in 0..8 {
        let (backend, officer, value) = (city.backend.clone(), officer.clone(), format!("360{n}.37"));
        holding.spawn(async move { backend.hold_draw(&officer, DRAW, (&value, &value), &key()).await });
    }
    let (held, refused): (Vec<_>, Vec<_>) = holding.join_all().await.into_iter().partition(Result::is_ok);
    assert_eq!((held.len(), refused.len()), (1, 7));
    assert!(refused.into_iter().all(|refused| refusal(refused) == DrawRefused::AlreadyDrawn));
    let proof = city.backend.draw_proof(DRAW).await.unwrap();
    assert_eq!(proof.public_value, Some(held.into_iter().next().unwrap().unwrap().answer.public_value));
    assert!(check(&proof, &list(&city.backend).await).iter().all(|checked| checked.holds));
    assert_eq!((proof.winners, proof.waiting), (Some(3), Some(0)));
}

async fn the_secret_is_public_after_the_draw_alone(city: &TestCity) {
    let city = Services::of(city);
    let before = city.backend.draw_proof(DRAW).await.unwrap();
    entered(&city, 2).await;
    let proof = hold(&city).await;
    let secret = proof.city_secret.clone().expect("public now");
    assert_eq!(proof.commitment, before.commitment);
    assert_eq!((before.city_secret, before.seed, before.public_value), (None, None, None));
    let tables =
        "select coalesce(public_value, '') || coalesce(list_hash, '') || coalesce(result_hash, '') from draw";
    assert!(!city.read(tables).await.contains(&secret));
    // The secret of one draw tells nothing of another's.
    let other = city.backend.draw_proof(RoundId(19)).await.unwrap();
    assert!(other.city_secret.is_none() && other.commitment != proof.commitment);
}

/// The public value is written, and the node dies before the results are.
async fn a_draw_that_a_node_left_unfinished_is_finished(city: &TestCity) {
    let city = Services::of(city);
    entered(&city, 5).await;
    city.clock.set(at(CLOSED));
    city.backend.advance_draws().await.unwrap();
    city.clock.set(at(DUE));
    let at_ms = at(DUE).ms();
    city.run(&format!(
        "update draw set public_value = '{VALUE}', revealed_at_ms = {at_ms}, revealed_by = 1 where round_id = 18"
    ))
    .await;
    city.backend.advance_draws().await.unwrap();
    let proof = city.backend.draw_proof(DRAW).await.unwrap();
    assert_eq!((proof.winners, proof.waiting), (Some(2), Some(3)));
    let checked = check(&proof, &list(&city.backend).await);
    assert!(checked.len() == 4 && checked.iter().all(|checked| checked.holds), "{checked:?}");
}

async fn winners_claim_and_others_do_not(city: &TestCity) {
    let city = Services::of(city);
    let residents = entered(&city, 9).await;
    let proof = hold(&city).await;
    assert_eq!((proof.winners, proof.waiting), (Some(2), Some(4)));
    let states = states(&city, &residents).await;
    let count = |state| states.iter().filter(|one| **one == state).count();
    assert_eq!(
        (count(EntryState::Called), count(EntryState::Waiting), count(EntryState::NotDrawn)),
        (2, 4, 3)
    );
    assert_eq!(city.backend.round(DRAW).await.unwrap().state, RoundState::Open);
    for (resident, state) in residents.iter().zip(&states) {
        let answer = claim(&city, resident).await;
        match state {
            EntryState::Called => assert_eq!(answer.unwrap().round_id, DRAW),
            EntryState::Waiting => assert_eq!(refusal(answer).code(), "not_yet_your_turn"),
            _ => assert_eq!(refusal(answer), DrawRefused::NotDrawn),
        }
    }
    // Once more, now and after the window: it is the limit that says no.
    for _ in 0..2 {
        for winner in those(&residents, &states, EntryState::Called) {
            let again = claim(&city, &winner).await;
            assert!(matches!(again, Err(Error::Claim(ClaimRefused::LimitReached { .. }))), "{again:?}");
        }
        city.clock.advance_ms(50 * 3_600_000);
    }
    assert_eq!(refusal(claim(&city, &city.resident(20).await).await), DrawRefused::NotDrawn);
    city.assert_sound().await;
}

async fn the_next_in_line_claim_what_was_not_taken(city: &TestCity) {
    let city = Services::of(city);
    let residents = entered(&city, 5).await;
    hold(&city).await;
    let first = states(&city, &residents).await;
    let winners = those(&residents, &first, EntryState::Called);
    claim(&city, &winners[0]).await.unwrap();
    // A minute passes between two windows; the job calls, or whoever asks.
    city.clock.set(at(DUE).plus_ms(48 * 3_600_000));
    let over = refusal(claim(&city, &winners[1]).await);
    assert_eq!(over, DrawRefused::ClaimWindowOver { until: at(DUE).plus_ms(48 * 3_600_000) });
    assert_eq!(those(&residents, &states(&city, &residents).await, EntryState::Called).len(), 0);
    city.clock.advance_ms(60_000);
    let second = states(&city, &residents).await;
    let called = those(&residents, &second, EntryState::Called);
    assert_eq!(called.len(), 1);
    let entry = city.backend.entry(&called[0], DRAW).await.unwrap().unwrap();
    assert_eq!(entry.waiting, Some(1));
    assert_eq!(those(&residents, &second, EntryState::Missed)[0].account_id, winners[1].account_id);
    claim(&city, &called[0]).await.unwrap();
    let refused = claim(&city, &those(&residents, &second, EntryState::Waiting)[0]).await;
    assert_eq!(refusal(refused).code(), "not_yet_your_turn");
    assert_eq!(city.backend.round(DRAW).await.unwrap().remaining, 0);
    city.assert_sound().await;
}

async fn every_window_calls_for_the_places_that_are_left(city: &TestCity) {
    let city = Services::of(city);
    let residents = entered(&city, 9).await;
    hold(&city).await;
    for window in 0..3 {
        city.clock.set(at(DUE).plus_ms(window * 48 * 3_600_000 + 60_000));
        // Two nodes call at once, and each is called once.
        let other = city.another_node().await;
        let (one, two) = tokio::join!(city.backend.advance_draws(), other.advance_draws());
        assert!(one.is_ok() && two.is_ok());
        let called = those(&residents, &states(&city, &residents).await, EntryState::Called);
        assert_eq!(called.len(), 2, "{window}");
    }
    let left = states(&city, &residents).await;
    assert_eq!(those(&residents, &left, EntryState::Missed).len(), 4);
    city.clock.set(at(DUE).plus_ms(3 * 48 * 3_600_000));
    assert_eq!(city.backend.round(DRAW).await.unwrap().state, RoundState::Closed);
    let late = claim(&city, &those(&residents, &left, EntryState::Called)[0]).await;
    assert!(matches!(late, Err(Error::Claim(ClaimRefused::Closed { .. }))), "{late:?}");
    city.assert_sound().await;
}

async fn a_quota_goes_to_its_own_and_what_is_left_to_others(city: &TestCity) {
    let city = Services::of(city);
    let mut residents = entered(&city, 12).await;
    residents.retain(|resident| resident.district.is_some());
    let proof = hold(&city).await;
    assert_eq!(proof.winners, Some(2));
    assert!(proof.places.iter().all(|places| places.won == Some(1) && places.lent));
    let states = states(&city, &residents).await;
    for winner in those(&residents, &states, EntryState::Called) {
        claim(&city, &winner).await.unwrap();
    }
    assert_eq!(city.backend.round(DRAW).await.unwrap().remaining, 0);
    assert!(check(&proof, &list(&city.backend).await).iter().all(|checked| checked.holds));
    city.assert_sound().await;
}

async fn a_hard_quota_stays_empty(city: &TestCity) {
    let city = Services::of(city);
    city.clock.set(at(ENTERING));
    let stranger = city.caller("15000000001").await;
    let unknown = refusal(city.backend.enter_draw(&stranger, DRAW, &key()).await);
    assert!(matches!(unknown, DrawRefused::NotEligible { district_unknown: true, .. }));
    let mut own = 0;
    for n in 1..=40 {
        let resident = city.resident(n).await;
        let home = resident.district.unwrap().number();
        if home == 210_323 {
            continue;
        }
        match city.backend.enter_draw(&resident, DRAW, &key()).await {
            Ok(_) => {
                assert_eq!(home, 210_302);
                own += 1;
            }
            Err(_) if home == 210_302 => panic!("a resident of the district"),
            refused => assert_eq!(refusal(refused).code(), "not_eligible"),
        }
        if own == 3 {
            break;
        }
    }
    let proof = hold(&city).await;
    let won: Vec<_> = proof.places.iter().map(|places| places.won).collect();
    assert_eq!((won, proof.waiting), (vec![Some(1), Some(0)], Some(2)));
}

async fn another_node_learns_of_the_draw(city: &TestCity) {
    let city = Services::of(city);
    let residents = entered(&city, 3).await;
    city.clock.set(at(DUE));
    let other = city.another_node().await;
    assert_eq!(other.round(DRAW).await.unwrap().state, RoundState::Drawing);
    hold(&city).await;
    let states = states(&city, &residents).await;
    let winner = &those(&residents, &states, EntryState::Called)[0];
    for _ in 0..100 {
        if other.round(DRAW).await.unwrap().state == RoundState::Open {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert!(other.claim(winner, DRAW, &key()).await.is_ok());
}

async fn a_changed_list_is_not_drawn(city: &TestCity) {
    let city = Services::of(city);
    entered(&city, 3).await;
    city.clock.set(at(CLOSED));
    city.backend.advance_draws().await.unwrap();
    city.run("delete from draw_entry where entry_no = (select min(entry_no) from draw_entry)").await;
    city.clock.set(at(DUE));
    city.backend.hold_draw(&city.officer().await, DRAW, (VALUE, VALUE), &key()).await.unwrap();
    let proof = city.backend.draw_proof(DRAW).await.unwrap();
    assert_eq!((proof.drawn_at, proof.winners), (None, None));
    assert!(city.backend.advance_draws().await.is_err());
}

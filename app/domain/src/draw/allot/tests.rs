use super::*;
use crate::RoundId;
use crate::draw::{CitySecret, EntryId};
use proptest::prelude::*;
use std::collections::BTreeSet;

fn district(n: i64) -> DistrictCode {
    DistrictCode::try_from(210_301 + n).unwrap()
}

fn seed(n: u8) -> Seed {
    Seed::of(RoundId(1), &CitySecret::new([n; 32]), &"3529.18".parse().unwrap())
}

/// Entries of four districts, the last without places of its own.
fn entrants(homes: &[i64]) -> Vec<Entrant> {
    let of = |(n, home): (usize, &i64)| Entrant {
        id: EntryId::from_number(i64::try_from(n).unwrap() * 7919).unwrap(),
        district: Some(district(*home)),
    };
    homes.iter().enumerate().map(of).collect()
}

fn places(counts: &[(i64, bool)]) -> Vec<Places> {
    let of = |(n, (count, lent)): (i64, &(i64, bool))| Places {
        district: Some(district(n)),
        count: *count,
        lent: *lent,
    };
    (0..).zip(counts).map(of).collect()
}

fn any_homes() -> impl Strategy<Value = Vec<i64>> {
    proptest::collection::vec(0..4i64, 0..60)
}

fn any_counts() -> impl Strategy<Value = Vec<(i64, bool)>> {
    proptest::collection::vec((0..8i64, any::<bool>()), 3)
}

fn won(drawn: &[Drawn], place: Option<DistrictCode>) -> i64 {
    i64::try_from(drawn.iter().filter(|drawn| drawn.outcome == Outcome::Won(place)).count()).unwrap()
}

proptest! {
    #[test]
    fn no_quota_gives_more_than_it_has_and_a_hard_one_only_to_its_own(homes in any_homes(), counts in any_counts()) {
        let places = places(&counts);
        let drawn = draw(&entrants(&homes), &seed(1), &places, 3);
        for places in &places {
            prop_assert!(won(&drawn, places.district) <= places.count);
            let foreign = |drawn: &&Drawn| drawn.outcome == Outcome::Won(places.district) && drawn.entrant.district != places.district;
            prop_assert!(places.lent || drawn.iter().find(foreign).is_none());
        }
        let names: BTreeSet<_> = drawn.iter().map(|drawn| drawn.entrant.id).collect();
        prop_assert_eq!(names.len(), drawn.len());
    }

    #[test]
    fn a_lent_place_stays_empty_only_when_nobody_is_left(homes in any_homes(), counts in any_counts()) {
        let places = places(&counts);
        let drawn = draw(&entrants(&homes), &seed(1), &places, 3);
        let empty = places.iter().any(|places| places.lent && won(&drawn, places.district) < places.count);
        let winners = drawn.iter().filter(|drawn| matches!(drawn.outcome, Outcome::Won(_))).count();
        prop_assert!(!empty || winners == homes.len());
    }

    #[test]
    fn nobody_of_a_district_wins_past_a_better_rank_of_it(homes in any_homes(), counts in any_counts()) {
        let drawn = draw(&entrants(&homes), &seed(1), &places(&counts), 3);
        for home in 0..4 {
            let own = drawn.iter().filter(|drawn| drawn.entrant.district == Some(district(home)));
            let won: Vec<bool> = own.map(|drawn| matches!(drawn.outcome, Outcome::Won(_))).collect();
            prop_assert!(won.is_sorted_by(|ahead, behind| ahead >= behind));
        }
        let numbers = drawn.iter().filter_map(|drawn| match drawn.outcome {
            Outcome::Waiting(number) => Some(number),
            Outcome::Won(_) => None,
        });
        prop_assert!(numbers.zip(1..).all(|(number, expected)| number == expected));
    }

    #[test]
    fn only_the_seed_moves_ranks(homes in any_homes(), drop in any::<proptest::sample::Index>()) {
        let all = entrants(&homes);
        let everyone = [Places { district: None, count: 1_000, lent: true }];
        let order = |entrants: &[Entrant], seed: &Seed| -> Vec<EntryId> {
            draw(entrants, seed, &everyone, 1).iter().map(|drawn| drawn.entrant.id).collect()
        };
        // Neither the list's order nor who else entered changes who is ahead of whom.
        let before = order(&all, &seed(1));
        let reversed: Vec<_> = all.iter().rev().copied().collect();
        prop_assert_eq!(&before, &order(&reversed, &seed(1)));
        if !all.is_empty() {
            let dropped = all[drop.index(all.len())];
            let fewer: Vec<_> = all.iter().filter(|entrant| **entrant != dropped).copied().collect();
            let without: Vec<_> = before.iter().filter(|id| **id != dropped.id).copied().collect();
            prop_assert_eq!(without, order(&fewer, &seed(1)));
        }
        prop_assert!(all.len() < 12 || before != order(&all, &seed(2)));
    }

    /// However few winners come, everyone who could be called has a number, and
    /// no window calls more than there are places.
    #[test]
    fn the_windows_never_give_more_than_the_places(
        homes in any_homes(), counts in any_counts(), windows in 1..5i64, comes in proptest::collection::vec(any::<bool>(), 64)
    ) {
        let places = places(&counts);
        let (all, most) = (entrants(&homes), places.iter().map(|places| places.count).sum::<i64>());
        let long = draw(&all, &seed(1), &places, 1_000);
        let drawn = draw(&all, &seed(1), &places, windows);
        let place_of = |code| places.iter().position(|places| places.district == code).unwrap();
        let mut left: Vec<Places> = places.clone();
        let mut called: Vec<(EntryId, usize)> = drawn.iter().filter_map(|drawn| match drawn.outcome {
            Outcome::Won(place) => Some((drawn.entrant.id, place_of(place))),
            Outcome::Waiting(_) => None,
        }).collect();
        let waits = |drawn: &&Drawn| matches!(drawn.outcome, Outcome::Waiting(_));
        let mut waiting: Vec<Entrant> = drawn.iter().filter(waits).map(|drawn| drawn.entrant).collect();
        let mut waiting_long: Vec<Entrant> = long.iter().filter(waits).map(|drawn| drawn.entrant).collect();
        let (mut taken, mut n) = (0, 0);
        for window in 1..=windows {
            for (_, row) in &called {
                if comes[n % comes.len()] {
                    left[*row].count -= 1;
                    taken += 1;
                }
                n += 1;
            }
            prop_assert!(left.iter().all(|places| places.count >= 0) && taken <= most);
            let next = |waiting: &mut Vec<Entrant>| -> Vec<(EntryId, usize)> {
                let homes: Vec<_> = waiting.iter().map(|entrant| entrant.district).collect();
                let given = allot(&homes, &left);
                let called = waiting.iter().zip(&given).filter_map(|(entrant, row)| Some((entrant.id, (*row)?)));
                let called: Vec<_> = called.collect();
                waiting.retain(|entrant| !called.iter().any(|(id, _)| *id == entrant.id));
                called
            };
            if window < windows {
                called = next(&mut waiting);
                prop_assert_eq!(&called, &next(&mut waiting_long), "whoever was left out would not have been called");
            }
        }
    }
}

#[test]
fn the_results_are_hashed_line_by_line() {
    let [one, two] = [1, 2].map(|n| Entrant { id: EntryId::from_number(n).unwrap(), district: None });
    let drawn = [
        Drawn { rank: 1, entrant: two, outcome: Outcome::Won(Some(district(1))) },
        Drawn { rank: 2, entrant: one, outcome: Outcome::Waiting(1) },
    ];
    // printf '1 000000000002 won 210302\n2 000000000001 waiting 1\n' | sha256sum
    assert_eq!(
        result_hash(&drawn).to_string(),
        "f3e0faa8a7284aea03cf29ba9bcb8309b948bc01804c80e2ca6d01c40b57ad40"
    );
}

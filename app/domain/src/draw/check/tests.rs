use super::*;
use crate::draw::{DrawPhase, Entrant, EntryId};
use crate::shapes::PlacesShape;
use crate::{DistrictCode, RoundId};

fn district(code: i64) -> Option<DistrictCode> {
    Some(DistrictCode::try_from(code).unwrap())
}

/// A draw of forty entries for ten places of two districts, and its list.
fn held() -> (DrawProof, String) {
    let entrants: Vec<Entrant> = (0..40)
        .map(|n| Entrant {
            id: EntryId::from_number(n * 7919 + 1).unwrap(),
            district: district(210_302 + n % 3),
        })
        .collect();
    let mut list = EntryList::default();
    assert!(entrants.iter().all(|entrant| list.add(entrant)));
    let (entries, list_hash) = list.finish();
    let secret = CitySecret::new([9; 32]);
    let seed = Seed::of(RoundId(18), &secret, &"3529.18".parse().unwrap());
    let places = [
        Places { district: district(210_302), count: 4, lent: false },
        Places { district: district(210_303), count: 6, lent: true },
    ];
    let drawn = draw(&entrants, &seed, &places, 3);
    let won = |district| {
        Some(
            i64::try_from(drawn.iter().filter(|drawn| drawn.outcome == Outcome::Won(district)).count())
                .unwrap(),
        )
    };
    let row = |places: &Places| PlacesShape {
        district: places.district,
        count: places.count,
        lent: places.lent,
        won: won(places.district),
    };
    let proof = DrawProof {
        round_id: RoundId(18),
        title: String::new(),
        title_en: String::new(),
        phase: DrawPhase::Claiming,
        opens_at: String::new(),
        closes_at: String::new(),
        draws_at: String::new(),
        public_source: "上证指数".to_owned(),
        public_source_en: String::new(),
        quantity: 10,
        places: places.iter().map(row).collect(),
        claim_hours: 48,
        claim_windows: 3,
        commitment: secret.commitment().to_string(),
        entered: 40,
        frozen_at: None,
        entries: Some(entries),
        list_hash: Some(list_hash.to_string()),
        revealed_at: None,
        city_secret: Some(secret.reveal()),
        public_value: Some("3529.18".to_owned()),
        seed: Some(seed.hash().to_string()),
        drawn_at: None,
        claims_until: None,
        winners: Some(10),
        waiting: Some(i64::try_from(drawn.len()).unwrap() - 10),
        result_hash: Some(result_hash(&drawn).to_string()),
        results: drawn.iter().take(5).map(ResultShape::of).collect(),
    };
    let text = entrants.iter().map(|entrant| format!("{entrant}\n")).collect();
    (proof, text)
}

/// The steps that fail.
fn failing(proof: &DrawProof, list: &str) -> Vec<CheckStep> {
    check(proof, list).into_iter().filter(|checked| !checked.holds).map(|checked| checked.step).collect()
}

#[test]
fn an_honest_draw_holds_in_every_step() {
    let (proof, list) = held();
    assert_eq!(check(&proof, &list).len(), 4);
    assert_eq!(failing(&proof, &list), []);
}

#[test]
fn every_altered_value_is_noticed() {
    use CheckStep::{Commitment, List, Result, Seed};
    type Change = fn(&mut DrawProof);
    let changes: [(&str, Change, &[CheckStep]); 17] = [
        ("round", |proof| proof.round_id = RoundId(19), &[Seed, Result]),
        ("quantity", |proof| proof.quantity += 1, &[Result]),
        ("a quota", |proof| proof.places[0].count += 1, &[Result]),
        ("a quota's district", |proof| proof.places[0].district = district(210_304), &[Result]),
        ("a quota's lending", |proof| proof.places[1].lent = false, &[Result]),
        ("a quota's winners", |proof| proof.places[1].won = Some(3), &[Result]),
        ("windows", |proof| proof.claim_windows = 2, &[Result]),
        ("commitment", |proof| proof.commitment = "00ff".repeat(16), &[Commitment]),
        ("entries", |proof| proof.entries = Some(41), &[List]),
        ("list hash", |proof| proof.list_hash = Some("00ff".repeat(16)), &[List]),
        ("secret", |proof| proof.city_secret = Some("00ff".repeat(16)), &[Commitment, Seed, Result]),
        ("value", |proof| proof.public_value = Some("3529.19".to_owned()), &[Seed, Result]),
        ("a blank in the value", |proof| proof.public_value = Some("3529.18 ".to_owned()), &[Seed, Result]),
        ("seed", |proof| proof.seed = Some("00ff".repeat(16)), &[Seed]),
        ("winners", |proof| proof.winners = Some(11), &[Result]),
        ("waiting", |proof| proof.waiting = Some(1), &[Result]),
        ("result hash", |proof| proof.result_hash = Some("00ff".repeat(16)), &[Result]),
    ];
    for (what, change, steps) in changes {
        let (mut proof, list) = held();
        change(&mut proof);
        assert_eq!(failing(&proof, &list), steps, "{what}");
    }
    let (mut proof, list) = held();
    proof.results[2].entry = proof.results[1].entry;
    assert_eq!(failing(&proof, &list), [Result]);
}

#[test]
fn an_altered_list_is_noticed() {
    use CheckStep::{List, Result};
    let (proof, list) = held();
    let lines: Vec<&str> = list.lines().collect();
    let without_first = lines[1..].join("\n") + "\n";
    assert_eq!(failing(&proof, &without_first)[0], List);
    let moved = list.replacen("210302", "210303", 1);
    assert_eq!(failing(&proof, &moved)[0], List);
    for broken in ["", "x", &list.to_lowercase(), &(list.clone() + &list)] {
        assert_eq!(failing(&proof, broken), [List, Result]);
    }
}

#[test]
fn before_the_draw_only_the_list_is_checked() {
    let (proof, list) = held();
    let frozen = DrawProof { city_secret: None, seed: None, public_value: None, ..proof.clone() };
    assert_eq!(check(&frozen, &list).len(), 1);
    assert_eq!(check(&DrawProof { list_hash: None, ..proof }, &list), []);
}

//! The days on which a resident used vouchers, and what they move in the counts.

use crate::StoreError;
use crate::store::resident::StepRow;
use std::collections::{BTreeMap, BTreeSet};

/// A business day, a district and a campaign with a redemption.
pub(super) type Use = (String, i64, i64);

/// A step: campaign or 0, the day before or none, the day, district or 0.
type Step = (i64, String, String, i64);

/// Of how many residents more, or fewer, a step is counted.
#[derive(Debug, Default)]
pub(super) struct Steps(BTreeMap<Step, i64>);

/// Reads `2021-06-18 210302 1,2021-06-19 210303 1`.
pub(super) fn read(text: &str) -> Result<BTreeSet<Use>, StoreError> {
    let one = |part: &str| {
        let mut words = part.split(' ');
        Some((words.next()?.to_owned(), words.next()?.parse().ok()?, words.next()?.parse().ok()?))
    };
    let parts = text.split(',').filter(|part| !part.is_empty());
    parts.map(|part| one(part).ok_or_else(|| StoreError::corrupt("a resident's days"))).collect()
}

/// Writes what [`read`] reads.
pub(super) fn write(uses: &BTreeSet<Use>) -> String {
    let one = |(day, district, campaign): &Use| format!("{day} {district} {campaign}");
    uses.iter().map(one).collect::<Vec<_>>().join(",")
}

impl Steps {
    /// Counts a resident with these days `by` times: 1, or -1 to take them out.
    pub(super) fn count(&mut self, uses: &BTreeSet<Use>, by: i64) {
        let mut days: BTreeMap<(i64, i64), BTreeSet<&String>> = BTreeMap::new();
        for (day, district, campaign) in uses {
            for place in [(*campaign, *district), (*campaign, 0), (0, *district), (0, 0)] {
                days.entry(place).or_default().insert(day);
            }
        }
        for ((campaign, district), days) in days {
            let mut previous = String::new();
            for day in days {
                let step = (campaign, previous, day.clone(), district);
                *self.0.entry(step).or_default() += by;
                previous = day.clone();
            }
        }
    }

    /// The steps that moved, by their key.
    pub(super) fn rows(self) -> impl Iterator<Item = StepRow> {
        let row = |((campaign_id, previous_day, business_day, district), residents)| StepRow {
            campaign_id,
            previous_day,
            business_day,
            district,
            residents,
        };
        self.0.into_iter().filter(|(_, residents)| *residents != 0).map(row)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers that look random and repeat.
    struct Dice(u64);

    impl Dice {
        fn throw(&mut self, below: i64) -> i64 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            i64::try_from(self.0 >> 33).unwrap() % below
        }

        fn uses(&mut self) -> BTreeSet<Use> {
            let count = self.throw(12);
            (0..count).map(|_| (day(self.throw(12)), 1 + self.throw(3), 1 + self.throw(2))).collect()
        }
    }

    fn day(number: i64) -> String {
        format!("2021-06-{}", 18 + number)
    }

    #[test]
    fn days_read_back() {
        let mut dice = Dice(1);
        for _ in 0..200 {
            let uses = dice.uses();
            assert_eq!(read(&write(&uses)).unwrap(), uses);
        }
        assert!(read("2021-06-18 1").is_err());
    }

    #[test]
    fn steps_tell_the_distinct_residents_of_any_range() {
        let mut dice = Dice(2021);
        for _ in 0..300 {
            let all: Vec<_> = (0..dice.throw(8)).map(|_| (dice.uses(), dice.uses())).collect();
            let mut steps = Steps::default();
            all.iter().for_each(|(before, _)| steps.count(before, 1));
            for (before, after) in &all {
                steps.count(before, -1);
                steps.count(after, 1);
            }
            let (first, district, campaign) = (dice.throw(12), dice.throw(4), dice.throw(3));
            let (from, to) = (day(first), day(first + dice.throw(12 - first)));
            let told: i64 = steps
                .rows()
                .filter(|row| row.campaign_id == campaign && row.district == district)
                .filter(|row| row.previous_day < from && from <= row.business_day && row.business_day <= to)
                .map(|row| row.residents)
                .sum();
            let used = |(day, d, c): &Use| {
                from <= *day
                    && *day <= to
                    && (district == 0 || *d == district)
                    && (campaign == 0 || *c == campaign)
            };
            let distinct = all.iter().filter(|(_, after)| after.iter().any(used)).count();
            assert_eq!(usize::try_from(told).unwrap(), distinct);
        }
    }
}

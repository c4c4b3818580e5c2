//! Rows in one order, found by number in one step.

use std::collections::HashMap;
use std::hash::Hash;
use std::ops::Index;

/// Rows in their order, with the place of each number.
#[derive(Debug)]
pub(super) struct Table<K, T> {
    rows: Vec<T>,
    place: HashMap<K, usize>,
}

/// The places of the rows that share a key, in the table's order.
pub(super) type Groups<G> = HashMap<G, Vec<usize>>;

impl<K: Copy + Eq + Hash, T> Table<K, T> {
    /// A table in the order of `sort`.
    pub(super) fn new<S: Ord>(mut rows: Vec<T>, id: impl Fn(&T) -> K, sort: impl Fn(&T) -> S) -> Table<K, T> {
        rows.sort_by_key(sort);
        let place = rows.iter().enumerate().map(|(place, row)| (id(row), place)).collect();
        Table { rows, place }
    }

    /// All rows.
    pub(super) fn rows(&self) -> &[T] {
        &self.rows
    }

    /// Where a row stands.
    pub(super) fn place(&self, id: K) -> Option<usize> {
        self.place.get(&id).copied()
    }

    /// The row of a number.
    pub(super) fn get(&self, id: K) -> Option<&T> {
        self.place(id).map(|place| &self.rows[place])
    }

    /// The rows by what they share.
    pub(super) fn group_by<G: Eq + Hash>(&self, key: impl Fn(&T) -> G) -> Groups<G> {
        let mut groups = Groups::new();
        for (place, row) in self.rows.iter().enumerate() {
            groups.entry(key(row)).or_insert_with(Vec::new).push(place);
        }
        groups
    }

    /// The rows of one group.
    pub(super) fn group<'a, G: Eq + Hash>(
        &'a self,
        groups: &'a Groups<G>,
        key: G,
    ) -> impl Iterator<Item = &'a T> + use<'a, K, T, G> {
        groups.get(&key).into_iter().flatten().map(|place| &self.rows[*place])
    }
}

/// The row of a number that is known to be there.
impl<K: Copy + Eq + Hash, T> Index<K> for Table<K, T> {
    type Output = T;

    fn index(&self, id: K) -> &T {
        &self.rows[self.place[&id]]
    }
}

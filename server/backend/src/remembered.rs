//! Memory with a limit, in two generations: when the younger one is full, the
//! older one is forgotten. Whatever is put again stays.

use std::collections::HashMap;
use std::hash::Hash;

/// At most `MOST` values by their keys.
#[derive(Debug)]
pub(crate) struct Remembered<K, V, const MOST: usize> {
    young: HashMap<K, V>,
    old: HashMap<K, V>,
}

impl<K, V, const MOST: usize> Default for Remembered<K, V, MOST> {
    fn default() -> Remembered<K, V, MOST> {
        Remembered { young: HashMap::new(), old: HashMap::new() }
    }
}

impl<K: Hash + Eq, V, const MOST: usize> Remembered<K, V, MOST> {
    pub(crate) fn get(&self, key: &K) -> Option<&V> {
        self.young.get(key).or_else(|| self.old.get(key))
    }

    pub(crate) fn put(&mut self, key: K, value: V) {
        if self.young.len() >= MOST / 2 && !self.young.contains_key(&key) {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, value);
    }

    /// Takes a value out, the youngest there is.
    pub(crate) fn take(&mut self, key: &K) -> Option<V> {
        let old = self.old.remove(key);
        self.young.remove(key).or(old)
    }

    /// Keeps those that `keep` says yes to.
    pub(crate) fn retain(&mut self, mut keep: impl FnMut(&V) -> bool) {
        for generation in [&mut self.young, &mut self.old] {
            generation.retain(|_, value| keep(value));
        }
    }

    pub(crate) fn clear(&mut self) {
        self.young.clear();
        self.old.clear();
    }
}

impl<K: Hash + Eq + Copy, V: Clone, const MOST: usize> Remembered<K, V, MOST> {
    /// A value that stays, because it was asked for.
    pub(crate) fn find(&mut self, key: &K) -> Option<V> {
        match self.young.get(key) {
            Some(value) => Some(value.clone()),
            None => self.old.remove(key).inspect(|value| self.put(*key, value.clone())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Remembered;

    #[test]
    fn what_nobody_asks_for_is_forgotten_first() {
        let mut all = Remembered::<u32, u32, 100>::default();
        for n in 0..1000 {
            all.put(n, n * 2);
            assert_eq!(all.find(&0), Some(0));
            assert!(all.young.len() + all.old.len() <= 100);
        }
        assert_eq!((all.get(&999), all.get(&1)), (Some(&1998), None));
        assert!((0..1000).filter(|n| all.get(n).is_some()).count() > 50);
    }

    #[test]
    fn what_is_taken_out_is_gone_from_both_generations() {
        let mut all = Remembered::<u32, u32, 4>::default();
        for (key, value) in [(1, 10), (2, 20), (3, 30), (1, 11)] {
            all.put(key, value);
        }
        assert_eq!((all.take(&1), all.take(&1)), (Some(11), None));
        all.retain(|value| *value > 20);
        assert_eq!((all.get(&2), all.get(&3)), (None, Some(&30)));
        all.clear();
        assert_eq!(all.get(&3), None);
    }
}

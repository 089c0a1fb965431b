//! A table with a bound: when it is full, whoever was quiet for longest is forgotten for whoever is new.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// At most `MOST` entries, each with the moment at which it was last touched.
#[derive(Debug)]
pub(crate) struct Recent<K, V, const MOST: usize> {
    entries: BTreeMap<K, (Duration, V)>,
    by_last: BTreeSet<(Duration, K)>,
}

impl<K, V, const MOST: usize> Default for Recent<K, V, MOST> {
    fn default() -> Self {
        Self { entries: BTreeMap::new(), by_last: BTreeSet::new() }
    }
}

impl<K: Ord + Clone, V, const MOST: usize> Recent<K, V, MOST> {
    /// An entry, which counts as no touch.
    pub(crate) fn get(&self, key: &K) -> Option<&V> {
        self.entries.get(key).map(|(_, value)| value)
    }

    /// An entry to be changed, which counts as no touch.
    pub(crate) fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        self.entries.get_mut(key).map(|(_, value)| value)
    }

    /// The entry, touched now, and made if there is none.
    pub(crate) fn touch(&mut self, key: K, now: Duration) -> &mut V
    where
        V: Default,
    {
        if let Some((last, _)) = self.entries.get(&key) {
            self.by_last.remove(&(*last, key.clone()));
        } else if self.entries.len() >= MOST
            && let Some((_, quietest)) = self.by_last.pop_first()
        {
            self.entries.remove(&quietest);
        }
        self.by_last.insert((now, key.clone()));
        let (last, value) = self.entries.entry(key).or_insert_with(|| (now, V::default()));
        *last = now;
        value
    }

    /// Takes an entry out.
    pub(crate) fn remove(&mut self, key: &K) -> Option<V> {
        let (last, value) = self.entries.remove(key)?;
        self.by_last.remove(&(last, key.clone()));
        Some(value)
    }

    /// Forgets those that were last touched at `until` or before.
    pub(crate) fn forget(&mut self, until: Duration) {
        while let Some((last, quietest)) = self.by_last.first()
            && *last <= until
        {
            self.entries.remove(quietest);
            self.by_last.pop_first();
        }
    }

    /// The entries whose keys lie in a range, in their order.
    pub(crate) fn range(&self, keys: std::ops::RangeInclusive<K>) -> impl Iterator<Item = (&K, &V)> {
        self.entries.range(keys).map(|(key, (_, value))| (key, value))
    }

    /// How many entries there are.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn seconds(value: u64) -> Duration {
        Duration::from_secs(value)
    }

    #[test]
    fn the_quietest_goes_when_it_is_full() {
        let mut table: Recent<&str, u32, 2> = Recent::default();
        *table.touch("a", seconds(1)) = 1;
        *table.touch("b", seconds(1)) = 2;
        table.touch("a", seconds(2));
        *table.touch("c", seconds(2)) = 3;
        assert_eq!((table.get(&"a"), table.get(&"b"), table.get(&"c")), (Some(&1), None, Some(&3)));
        assert_eq!((table.len(), table.by_last.len()), (2, 2));
    }

    #[test]
    fn the_quiet_are_forgotten_and_the_removed_gone() {
        let mut table: Recent<&str, u32, 8> = Recent::default();
        for (key, at) in [("a", 1), ("b", 2), ("c", 3), ("d", 4)] {
            table.touch(key, seconds(at));
        }
        table.touch("a", seconds(5));
        assert_eq!(table.remove(&"d"), Some(0));
        table.forget(seconds(2));
        assert_eq!(table.range("a"..="z").map(|(key, _)| *key).collect::<Vec<_>>(), ["a", "c"]);
        assert_eq!(table.by_last.len(), 2);
    }
}

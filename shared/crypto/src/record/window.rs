//! Which of the last 8,192 numbers have been seen (RFC 6479, without its block rounding).

/// Numbers that the window remembers.
const WIDTH: u64 = 8_192;
const WORDS: usize = (WIDTH / 64) as usize;

/// A ring of one bit per number.
pub(super) struct ReplayWindow {
    /// One above the highest number marked.
    next: u64,
    seen: Box<[u64; WORDS]>,
}

impl ReplayWindow {
    pub(super) fn new() -> Self {
        Self { next: 0, seen: Box::new([0; WORDS]) }
    }

    pub(super) const fn next(&self) -> u64 {
        self.next
    }

    /// Whether a number is neither marked nor too old to tell.
    pub(super) fn is_fresh(&self, seq: u64) -> bool {
        let (word, bit) = place(seq);
        seq >= self.next || (self.next - seq <= WIDTH && self.seen[word] & bit == 0)
    }

    /// Marks a number; what falls out of the window counts as seen from then on. `seq` is below `u64::MAX`.
    pub(super) fn mark(&mut self, seq: u64) {
        if seq >= self.next {
            if seq - self.next >= WIDTH {
                self.seen.fill(0);
            } else {
                for passed in self.next..seq {
                    let (word, bit) = place(passed);
                    self.seen[word] &= !bit;
                }
            }
            self.next = seq + 1;
        }
        let (word, bit) = place(seq);
        self.seen[word] |= bit;
    }
}

const fn place(seq: u64) -> (usize, u64) {
    let slot = seq % WIDTH;
    ((slot / 64) as usize, 1 << (slot % 64))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    /// The rule as one would say it: everything opened is remembered, and the window is the last 8,192 numbers.
    #[derive(Default)]
    struct Model {
        opened: BTreeSet<u64>,
    }

    impl Model {
        fn is_fresh(&self, seq: u64) -> bool {
            let floor = self.opened.last().map_or(0, |last| (last + 1).saturating_sub(WIDTH));
            seq >= floor && !self.opened.contains(&seq)
        }
    }

    proptest! {
        #[test]
        fn the_window_is_its_model(steps in prop::collection::vec((0u64..20_000, prop::bool::weighted(0.2)), 1..600)) {
            let mut window = ReplayWindow::new();
            let mut model = Model::default();
            let mut base = 0;
            for (step, jump) in steps {
                base += if jump { step } else { 0 };
                let seq = (base + step % 64 * 150).saturating_sub(step % 9_000);
                prop_assert_eq!(window.is_fresh(seq), model.is_fresh(seq), "{}", seq);
                if window.is_fresh(seq) {
                    window.mark(seq);
                    model.opened.insert(seq);
                }
                prop_assert_eq!(window.next(), model.opened.last().map_or(0, |last| last + 1));
            }
        }
    }

    #[test]
    fn the_window_is_8192_wide() {
        let mut window = ReplayWindow::new();
        window.mark(8_192);
        assert!(window.is_fresh(1));
        assert!(!window.is_fresh(0));
        assert!(!window.is_fresh(8_192));
        assert!(window.is_fresh(u64::MAX - 1));
    }
}

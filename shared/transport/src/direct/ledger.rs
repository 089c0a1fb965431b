//! Which messages have left a data channel's buffer.

use std::collections::VecDeque;

/// Messages that a data channel has taken and not yet given up or had acknowledged, oldest first.
///
/// The channel tells only how many bytes are outstanding. Messages leave in about the order in which they came, so so
/// many bytes gone are the oldest messages gone; a message counts once all its bytes are.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    lengths: VecDeque<usize>,
    total: usize,
}

impl Ledger {
    /// The channel has taken a message.
    pub(super) fn taken(&mut self, length: usize) {
        self.lengths.push_back(length);
        self.total += length;
    }

    /// Bytes that were outstanding when last settled, with what was taken since.
    pub(super) const fn outstanding(&self) -> usize {
        self.total
    }

    /// The channel says how many bytes are outstanding. How many bytes of whole messages have left since.
    pub(super) fn settle(&mut self, outstanding: usize) -> usize {
        let mut gone = self.total.saturating_sub(outstanding);
        let mut whole = 0;
        while let Some(length) = self.lengths.front().copied().filter(|length| *length <= gone) {
            self.lengths.pop_front();
            gone -= length;
            whole += length;
        }
        self.total -= whole;
        whole
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_message_counts_once_it_is_gone_whole() {
        let mut ledger = Ledger::default();
        ledger.taken(100);
        ledger.taken(50);
        assert_eq!(ledger.settle(150), 0);
        assert_eq!(ledger.settle(60), 0, "ten bytes of the first are still there");
        assert_eq!(ledger.settle(30), 100);
        assert_eq!(ledger.outstanding(), 50);
        ledger.taken(5);
        assert_eq!(ledger.settle(0), 55);
        assert_eq!(ledger.settle(0), 0);
    }

    #[test]
    fn a_channel_that_reports_too_much_frees_nothing() {
        let mut ledger = Ledger::default();
        ledger.taken(7);
        assert_eq!(ledger.settle(8), 0);
        assert_eq!(ledger.outstanding(), 7);
    }

    proptest! {
        #[test]
        fn what_leaves_is_what_was_taken(lengths in prop::collection::vec(1_usize..20_000, 0..40), step in 1_usize..9_000) {
            let mut ledger = Ledger::default();
            lengths.iter().for_each(|length| ledger.taken(*length));
            let all: usize = lengths.iter().sum();
            let (mut left, mut seen) = (all, 0);
            while left > 0 {
                left = left.saturating_sub(step);
                seen += ledger.settle(left);
                prop_assert!(seen <= all - left);
            }
            prop_assert_eq!(seen, all);
            prop_assert_eq!(ledger.outstanding(), 0);
        }
    }
}

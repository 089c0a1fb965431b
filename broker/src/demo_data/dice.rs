//! Numbers that follow from a seed, the same on every machine: `SplitMix64` (Steele, Lea, Flood, "Fast splittable
//! pseudorandom number generators", OOPSLA 2014). Not for secrets.

/// A generator. Only whole numbers, since the last digit of a logarithm is the platform's.
#[derive(Debug, Clone)]
pub(super) struct Dice(u64);

/// The longest tail of [`Dice::around`], in doublings.
const DOUBLINGS: u32 = 4;

impl Dice {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number from `0` to `below - 1`.
    pub(super) fn below(&mut self, below: u64) -> u64 {
        let product = u128::from(self.next()) * u128::from(below);
        u64::try_from(product >> 64).unwrap_or(0)
    }

    /// A number from `least` to `most`.
    pub(super) fn between(&mut self, least: u64, most: u64) -> u64 {
        least + self.below(most - least + 1)
    }

    /// Whether something happens that does so in so many of a thousand cases.
    pub(super) fn of_thousand(&mut self, cases: u64) -> bool {
        self.below(1_000) < cases
    }

    /// One of several, which are not none.
    pub(super) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        let index = self.below(from.len() as u64);
        &from[usize::try_from(index).unwrap_or(0)]
    }

    /// The place of one of several weights, in proportion to them; the last one for none at all.
    pub(super) fn weighted(&mut self, weights: &[u64]) -> usize {
        let mut left = self.below(weights.iter().sum::<u64>().max(1));
        for (place, weight) in weights.iter().enumerate() {
            match left.checked_sub(*weight) {
                Some(rest) => left = rest,
                None => return place,
            }
        }
        weights.len().saturating_sub(1)
    }

    /// A length with this median, which is seldom much longer and never more than thirty times.
    pub(super) fn around(&mut self, median: u64) -> u64 {
        let doublings = self.next().trailing_zeros().min(DOUBLINGS);
        let from = (1 << doublings) - 1;
        median * from + self.below((median << doublings) + 1)
    }

    pub(super) fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(&self.next().to_le_bytes()[..chunk.len()]);
        }
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_those_of_the_paper() {
        let mut dice = Dice::new(1_234_567);
        assert_eq!([dice.next(), dice.next()], [6_457_827_717_110_365_317, 3_203_168_211_198_807_973]);
    }

    #[test]
    fn half_of_the_lengths_are_below_the_median_and_few_are_long() {
        let mut dice = Dice::new(7);
        let lengths: Vec<u64> = (0..10_000).map(|_| dice.around(600)).collect();
        let below = lengths.iter().filter(|length| **length <= 600).count();
        assert!((4_700..5_300).contains(&below), "{below}");
        assert!(lengths.iter().all(|length| *length <= 31 * 600));
        assert!(lengths.iter().any(|length| *length > 15 * 600));
    }

    #[test]
    fn what_weighs_nothing_is_never_chosen() {
        let mut dice = Dice::new(1);
        let mut chosen = [0; 4];
        (0..4_000).for_each(|_| chosen[dice.weighted(&[0, 3, 0, 1])] += 1);
        assert_eq!((chosen[0], chosen[2]), (0, 0));
        assert!((2_800..3_200).contains(&chosen[1]), "{chosen:?}");
    }
}

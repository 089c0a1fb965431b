//! Who calls. Nobody is kept in memory: what a customer is follows from the seed and the customer's number.

use beside_broker_core::Address;
use beside_broker_core::name::PersonName;
use beside_protocol::device::DeviceId;

use super::dice::Dice;
use super::{names, places};

/// Calls of a customer in a year, on average; a few call again and again.
const CALLS_EACH: u64 = 4;
/// Customers whose app gives no number, of a thousand.
const UNNUMBERED: u64 = 30;

/// All customers of a year.
#[derive(Debug, Clone, Copy)]
pub(super) struct Customers {
    seed: u64,
    count: u64,
}

/// A customer: whoever comes back is the same at the same computer in the same place.
#[derive(Debug)]
pub(super) struct Customer {
    pub(super) name: Option<PersonName>,
    pub(super) address: Address,
    /// Older apps have none.
    pub(super) device: Option<DeviceId>,
}

impl Customers {
    /// Those for so many sessions.
    pub(super) fn of(sessions: u64, seed: u64) -> Self {
        Self { seed, count: sessions.div_ceil(CALLS_EACH).max(1) }
    }

    /// Whoever calls next. The lower a number, the more often.
    pub(super) fn caller(self, dice: &mut Dice) -> Customer {
        let most = dice.below(self.count);
        self.customer(dice.below(most + 1))
    }

    fn customer(self, number: u64) -> Customer {
        // Of numbers that follow each other the mixing makes seeds that don't.
        let mut dice = Dice::new(Dice::new(self.seed ^ number).next());
        let device = DeviceId::from_random(dice.next());
        Customer {
            name: names::customer(&mut dice),
            address: places::customer(&mut dice),
            device: (!dice.of_thousand(UNNUMBERED)).then_some(device),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn who_comes_back_is_the_same_and_few_come_often() {
        let customers = Customers::of(40_000, 5);
        let mut dice = Dice::new(5);
        let mut calls: BTreeMap<DeviceId, (u64, Address)> = BTreeMap::new();
        let mut unnumbered = 0;
        for _ in 0..40_000 {
            let Customer { address, device, .. } = customers.caller(&mut dice);
            let Some(device) = device else {
                unnumbered += 1;
                continue;
            };
            let (count, first) = calls.entry(device).or_insert((0, address));
            *count += 1;
            assert_eq!(*first, address);
        }
        assert!((600..2_400).contains(&unnumbered), "{unnumbered}");
        let often = calls.values().filter(|(count, _)| *count > 10).count();
        let most = calls.values().map(|(count, _)| *count).max().unwrap();
        assert!(calls.len() > 5_000 && often > 100 && most < 200, "{} {often} {most}", calls.len());
    }
}

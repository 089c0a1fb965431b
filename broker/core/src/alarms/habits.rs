//! Where and when each account is usually signed in to.

use std::collections::VecDeque;
use std::time::Duration;

use beside_protocol::ids::OperatorId;

use crate::address::Place;
use crate::limits::{HABITS_MAX, HABITUAL_PLACES};
use crate::recent::Recent;

/// Sign-ins after which all hours count half: habits change.
const MEMORY: u32 = 400;

/// The habits of at most [`HABITS_MAX`] accounts; the one that was quiet for longest is forgotten.
#[derive(Debug, Default)]
pub(super) struct Habits {
    accounts: Recent<OperatorId, Habit, HABITS_MAX>,
}

#[derive(Debug, Default)]
struct Habit {
    /// The last one last, at most [`HABITUAL_PLACES`].
    places: VecDeque<Place>,
    hours: [u32; 24],
}

/// What is unusual about a sign-in.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Unusual {
    /// The place is new; so many others are known.
    pub(super) address: Option<u64>,
    /// Neither at this hour nor at the ones beside it has there been a sign-in.
    pub(super) hour: bool,
}

impl Habit {
    fn sign_ins(&self) -> u32 {
        self.hours.iter().sum()
    }

    fn around(&self, hour: usize) -> u32 {
        [hour + 23, hour, hour + 1].iter().map(|hour| self.hours[hour % 24]).sum()
    }
}

impl Habits {
    /// What is unusual. Nothing is about an account's first sign-in, and no hour before there were `history` sign-ins.
    pub(super) fn judge(&self, account: &OperatorId, place: Place, hour: u8, history: u32) -> Unusual {
        let Some(habit) = self.accounts.get(account) else { return Unusual::default() };
        let address = (!habit.places.contains(&place)).then_some(habit.places.len() as u64);
        Unusual { address, hour: habit.sign_ins() >= history && habit.around(hour.into()) == 0 }
    }

    /// Remembers a sign-in.
    pub(super) fn learn(&mut self, account: &OperatorId, place: Place, hour: u8, now: Duration) {
        let habit = self.accounts.touch(account.clone(), now);
        habit.places.retain(|known| *known != place);
        habit.places.push_back(place);
        if habit.places.len() > HABITUAL_PLACES {
            habit.places.pop_front();
        }
        habit.hours[usize::from(hour) % 24] += 1;
        if habit.sign_ins() > MEMORY {
            habit.hours.iter_mut().for_each(|count| *count /= 2);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use super::*;
    use crate::address::Address;

    const NOW: Duration = Duration::ZERO;

    fn place(number: u32) -> Place {
        Address::from(IpAddr::from(Ipv4Addr::from(number))).place()
    }

    fn kim() -> OperatorId {
        "kim".parse().unwrap()
    }

    #[test]
    fn the_hours_beside_a_usual_one_are_usual_also_at_midnight() {
        let mut habits = Habits::default();
        for _ in 0..20 {
            habits.learn(&kim(), place(1), 0, NOW);
        }
        for (hour, odd) in [(22, true), (23, false), (0, false), (1, false), (2, true), (12, true)] {
            assert_eq!(habits.judge(&kim(), place(1), hour, 20).hour, odd, "{hour}");
        }
        assert!(!habits.judge(&kim(), place(1), 12, 21).hour, "too little is known");
    }

    #[test]
    fn what_was_long_ago_is_forgotten() {
        let mut habits = Habits::default();
        habits.learn(&kim(), place(1), 3, NOW);
        for number in 0..=MEMORY {
            habits.learn(&kim(), place(2 + number % HABITUAL_PLACES as u32), 12, NOW);
        }
        let unusual = habits.judge(&kim(), place(1), 3, 20);
        assert_eq!(unusual, Unusual { address: Some(HABITUAL_PLACES as u64), hour: true });
        assert!(habits.accounts.get(&kim()).unwrap().sign_ins() <= MEMORY);
    }

    #[test]
    fn an_hour_that_no_clock_shows_breaks_nothing() {
        let mut habits = Habits::default();
        habits.learn(&kim(), place(1), u8::MAX, NOW);
        assert_eq!(habits.judge(&kim(), place(1), u8::MAX, 0), Unusual::default());
    }
}

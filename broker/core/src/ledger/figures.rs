//! What is told of a number of sessions.

use std::collections::HashMap;

use beside_protocol::afterwards::{Felt, Outcome, Rating};
use beside_protocol::end::EndReason;

use super::Carried;
use super::rows::SessionRow;

/// What is told of a number of sessions, and of the sign-ins of the same time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Figures {
    /// Sessions and attempts.
    pub sessions: u64,
    /// Of them, those whose operator accepted.
    pub accepted: u64,
    /// Of them, those whose customer accepted too.
    pub began: u64,
    /// Those whose check number matched.
    pub checked: u64,
    /// How they ended.
    pub ends: HashMap<EndReason, u64>,
    /// How long customers waited until the operator accepted; none if none did.
    pub waited: Option<Spread>,
    /// How long sessions lasted from the customer's yes on; none if none began.
    pub lasted: Option<Spread>,
    /// Sessions that came to a direct path and stayed on such.
    pub direct: u64,
    /// Sessions that were relayed all the time.
    pub relayed: u64,
    /// Sessions that came to a direct path and had to be relayed again.
    pub both: u64,
    /// What operators say came of them.
    pub outcomes: Outcomes,
    /// What customers say of them.
    pub ratings: Ratings,
    /// How many computers of customers there were, each counted once, those without a number left out; known of a whole period
    /// only.
    pub customers: Option<u64>,
    /// Sign-ins.
    pub sign_ins: u64,
    /// Sign-ins that were refused.
    pub sign_ins_refused: u64,
}

/// What operators say came of sessions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Outcomes {
    /// Solved.
    pub solved: u64,
    /// The customer will be called back.
    pub call_back: u64,
    /// Not solved.
    pub unsolved: u64,
}

/// What customers say of sessions; each answers what it likes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ratings {
    /// The problem is solved.
    pub solved: u64,
    /// It is not.
    pub not_solved: u64,
    /// It was good.
    pub good: u64,
    /// It was so-so.
    pub fair: u64,
    /// It was not good.
    pub poor: u64,
}

impl Outcomes {
    const fn count(&mut self, outcome: Option<Outcome>) {
        match outcome {
            Some(Outcome::Solved) => self.solved += 1,
            Some(Outcome::CallBack) => self.call_back += 1,
            Some(Outcome::Unsolved) => self.unsolved += 1,
            None => {}
        }
    }

    const fn absorb(&mut self, more: Self) {
        self.solved += more.solved;
        self.call_back += more.call_back;
        self.unsolved += more.unsolved;
    }
}

impl Ratings {
    const fn count(&mut self, rating: Rating) {
        match rating.solved {
            Some(true) => self.solved += 1,
            Some(false) => self.not_solved += 1,
            None => {}
        }
        match rating.felt {
            Some(Felt::Good) => self.good += 1,
            Some(Felt::Fair) => self.fair += 1,
            Some(Felt::Poor) => self.poor += 1,
            None => {}
        }
    }

    const fn absorb(&mut self, more: Self) {
        self.solved += more.solved;
        self.not_solved += more.not_solved;
        self.good += more.good;
        self.fair += more.fair;
        self.poor += more.poor;
    }
}

/// How times are spread, by nearest rank: the median is the smallest that half of them don't exceed, and the 90th
/// percentile the smallest that nine of ten don't. Milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spread {
    /// The median.
    pub median: u32,
    /// The 90th percentile.
    pub p90: u32,
}

impl Spread {
    /// Of these; they are put in another order. None of none.
    fn of(times: &mut [u32]) -> Option<Self> {
        Some(Self { median: ranked(times, 50)?, p90: ranked(times, 90)? })
    }
}

fn ranked(times: &mut [u32], percent: usize) -> Option<u32> {
    let rank = (times.len() * percent).div_ceil(100).checked_sub(1)?;
    Some(*times.select_nth_unstable(rank).1)
}

/// Figures in the making.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    counts: Figures,
    waited: Vec<u32>,
    lasted: Vec<u32>,
}

impl Gathered {
    pub(super) fn session(&mut self, row: &SessionRow) {
        let counts = &mut self.counts;
        counts.sessions += 1;
        counts.accepted += u64::from(row.waited.is_some());
        counts.began += u64::from(row.lasted.is_some());
        counts.checked += u64::from(row.facts.checked);
        *counts.ends.entry(row.facts.end).or_default() += 1;
        match row.facts.carried {
            None => {}
            Some(Carried::Direct) => counts.direct += 1,
            Some(Carried::Relayed) => counts.relayed += 1,
            Some(Carried::Both) => counts.both += 1,
        }
        counts.outcomes.count(row.said.outcome);
        counts.ratings.count(row.said.rating);
        self.waited.extend(row.waited);
        self.lasted.extend(row.lasted);
    }

    pub(super) const fn sign_in(&mut self, refused: bool) {
        if refused {
            self.counts.sign_ins_refused += 1;
        } else {
            self.counts.sign_ins += 1;
        }
    }

    /// Adds what others gathered.
    pub(super) fn absorb(&mut self, other: &Self) {
        let (counts, more) = (&mut self.counts, &other.counts);
        counts.sessions += more.sessions;
        counts.accepted += more.accepted;
        counts.began += more.began;
        counts.checked += more.checked;
        for (end, count) in &more.ends {
            *counts.ends.entry(*end).or_default() += count;
        }
        counts.direct += more.direct;
        counts.relayed += more.relayed;
        counts.both += more.both;
        counts.outcomes.absorb(more.outcomes);
        counts.ratings.absorb(more.ratings);
        counts.sign_ins += more.sign_ins;
        counts.sign_ins_refused += more.sign_ins_refused;
        self.waited.extend_from_slice(&other.waited);
        self.lasted.extend_from_slice(&other.lasted);
    }

    pub(super) fn figures(mut self) -> Figures {
        let (waited, lasted) = (Spread::of(&mut self.waited), Spread::of(&mut self.lasted));
        Figures { waited, lasted, ..self.counts }
    }
}

//! The columns of one day.

use beside_protocol::end::EndReason;

use super::devices::NOWHERE;
use super::{Attempt, Carried, Said};

/// A time that never came. Longer ones are cut to the longest that can be told, 49 days.
const NEVER: u32 = u32::MAX;

/// Sessions by the day on which the customer knocked.
#[derive(Debug, Default)]
pub(super) struct SessionRows {
    /// Milliseconds into the day.
    at: Vec<u32>,
    operator: Vec<u32>,
    /// The places of the customers' computers.
    device: Vec<u32>,
    /// Milliseconds until the operator accepted.
    waited: Vec<u32>,
    /// Milliseconds from the customer's yes to the end.
    lasted: Vec<u32>,
    facts: Vec<Facts>,
    said: Vec<Said>,
}

/// What of a session is neither a number nor a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Facts {
    pub(super) end: EndReason,
    pub(super) carried: Option<Carried>,
    pub(super) checked: bool,
}

/// One session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SessionRow {
    pub(super) at: u32,
    pub(super) operator: u32,
    pub(super) device: Option<u32>,
    pub(super) waited: Option<u32>,
    pub(super) lasted: Option<u32>,
    pub(super) facts: Facts,
    pub(super) said: Said,
}

/// Which session: milliseconds into the day, the number of the account, the place of the device.
pub(super) type Whose = (u32, u32, u32);

fn whose(device: u32) -> Option<u32> {
    Some(device).filter(|device| *device != NOWHERE)
}

/// A clock that was set back makes no time negative.
fn between(from: i64, to: Option<i64>) -> u32 {
    let Some(to) = to else { return NEVER };
    u32::try_from(to.saturating_sub(from).max(0)).unwrap_or(NEVER).min(NEVER - 1)
}

fn some(value: u32) -> Option<u32> {
    Some(value).filter(|value| *value != NEVER)
}

fn waited(attempt: &Attempt) -> u32 {
    between(attempt.knocked_at, attempt.accepted_at)
}

fn lasted(attempt: &Attempt) -> u32 {
    attempt.began_at.map_or(NEVER, |began| between(began, Some(attempt.ended_at)))
}

const fn facts(attempt: &Attempt) -> Facts {
    Facts { end: attempt.end, carried: attempt.carried, checked: attempt.checked }
}

impl SessionRows {
    pub(super) const fn len(&self) -> usize {
        self.at.len()
    }

    pub(super) fn push(&mut self, (at, operator, device): Whose, attempt: &Attempt) {
        self.at.push(at);
        self.operator.push(operator);
        self.device.push(device);
        self.waited.push(waited(attempt));
        self.lasted.push(lasted(attempt));
        self.facts.push(facts(attempt));
        self.said.push(attempt.said);
    }

    /// The rows, in the order in which they came.
    pub(super) fn iter(&self) -> impl Iterator<Item = SessionRow> + '_ {
        let times = self.at.iter().zip(&self.waited).zip(&self.lasted);
        let columns = times.zip(&self.operator).zip(&self.device).zip(&self.facts).zip(&self.said);
        columns.map(|((((((at, waited), lasted), operator), device), facts), said)| SessionRow {
            at: *at,
            operator: *operator,
            device: whose(*device),
            waited: some(*waited),
            lasted: some(*lasted),
            facts: *facts,
            said: *said,
        })
    }

    pub(super) fn amend(&mut self, (at, operator, device): Whose, before: &Attempt, now: &Attempt) -> bool {
        let sought = SessionRow {
            at,
            operator,
            device: whose(device),
            waited: some(waited(before)),
            lasted: some(lasted(before)),
            facts: facts(before),
            said: before.said,
        };
        let Some(index) = self.iter().position(|row| row == sought) else { return false };
        let columns = (self.waited.get_mut(index), self.lasted.get_mut(index), self.facts.get_mut(index));
        if let (Some(row_waited), Some(row_lasted), Some(row_facts)) = columns {
            (*row_waited, *row_lasted, *row_facts) = (waited(now), lasted(now), facts(now));
        }
        if let Some(said) = self.said.get_mut(index) {
            *said = now.said;
        }
        true
    }

    /// Gives every device the place that `moved` has for it.
    pub(super) fn move_devices(&mut self, mut moved: impl FnMut(u32) -> u32) {
        for place in &mut self.device {
            *place = moved(*place);
        }
    }

    pub(super) fn say(&mut self, at: u32, operator: u32, said: Said) -> bool {
        let index = self.at.iter().zip(&self.operator).position(|row| row == (&at, &operator));
        let row = index.and_then(|index| self.said.get_mut(index));
        row.map(|row| *row = said).is_some()
    }
}

/// Sign-ins of one day.
#[derive(Debug, Default)]
pub(super) struct SignInRows {
    /// Milliseconds into the day.
    at: Vec<u32>,
    account: Vec<u32>,
    refused: Vec<bool>,
}

/// One sign-in.
#[derive(Debug, Clone, Copy)]
pub(super) struct SignInRow {
    pub(super) at: u32,
    pub(super) account: Option<u32>,
    pub(super) refused: bool,
}

impl SignInRows {
    pub(super) const fn len(&self) -> usize {
        self.at.len()
    }

    pub(super) fn push(&mut self, at: u32, account: Option<u32>, refused: bool) {
        self.at.push(at);
        self.account.push(account.unwrap_or(u32::MAX));
        self.refused.push(refused);
    }

    /// The rows, in the order in which they came.
    pub(super) fn iter(&self) -> impl Iterator<Item = SignInRow> + '_ {
        self.at.iter().zip(&self.account).zip(&self.refused).map(|((at, account), refused)| SignInRow {
            at: *at,
            account: Some(*account).filter(|account| *account != u32::MAX),
            refused: *refused,
        })
    }
}

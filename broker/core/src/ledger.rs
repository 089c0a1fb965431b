//! What statistics are made of: one compact row for each session that ended and each sign-in, in columns, a chunk for
//! each day (UTC), so that a question about a period reads the days of that period and no others.
//!
//! A session takes 26 bytes and a sign-in 9, up to twice that while its day still grows; the number of a customer's computer
//! takes some 40 once, however often the customer comes. There is room for a set number of rows of either kind; when it is
//! used up the oldest day goes, and [`Ledger::since`] says from when on everything is there. There are never more numbers of
//! computers than sessions, but for those that came since the last day went.

mod calendar;
mod devices;
mod figures;
mod query;
mod rows;

use std::collections::BTreeMap;

use beside_protocol::afterwards::{Outcome, Rating};
use beside_protocol::device::DeviceId;
use beside_protocol::end::EndReason;
use beside_protocol::ids::OperatorId;
use beside_protocol::path::PathKind;
use serde::{Deserialize, Serialize};

pub use calendar::Step;
use devices::Devices;
pub use devices::{BUSIEST, Computer};
pub use figures::{Figures, Outcomes, Ratings, Spread};
pub use query::{Answer, CELLS_MAX, Part, PartKey, Query, QueryError, Series, Split};
use rows::{SessionRows, SignInRows};

/// Milliseconds of a day.
const DAY: i64 = 86_400_000;

/// A session that ended, or an attempt at one that did. Times are Unix milliseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Whose code it was.
    pub operator: OperatorId,
    /// The number of the customer's computer; none of an app that gives none, and once it was deleted.
    pub device: Option<DeviceId>,
    /// When the customer knocked.
    pub knocked_at: i64,
    /// When the operator accepted; none who didn't.
    pub accepted_at: Option<i64>,
    /// When the customer accepted; none who didn't.
    pub began_at: Option<i64>,
    /// When it ended.
    pub ended_at: i64,
    /// Whether the check number matched.
    pub checked: bool,
    /// How it ended.
    pub end: EndReason,
    /// What carried it; nothing if it did not begin.
    pub carried: Option<Carried>,
    /// What was said of it so far.
    pub said: Said,
}

/// What was said of a session once it was over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Said {
    /// What the operator says came of it.
    pub outcome: Option<Outcome>,
    /// The customer's rating.
    pub rating: Rating,
}

/// What carried a session. Every session begins on the broker's relay, while a direct path is looked for; that beginning
/// does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Carried {
    /// It came to a direct path and stayed on such.
    Direct,
    /// It stayed with the broker, which relayed it.
    Relayed,
    /// It came to a direct path and had to be relayed again.
    Both,
}

impl Carried {
    /// Of a session that began and whose apps told of these paths, in order.
    #[must_use]
    pub fn over(paths: &[PathKind]) -> Self {
        let Some(first_direct) = paths.iter().position(|path| path.is_direct()) else { return Self::Relayed };
        let stayed = paths.iter().skip(first_direct).all(|path| path.is_direct());
        if stayed { Self::Direct } else { Self::Both }
    }
}

/// The rows.
#[derive(Debug)]
pub struct Ledger {
    room: usize,
    sessions: BTreeMap<i64, SessionRows>,
    session_count: usize,
    sign_ins: BTreeMap<i64, SignInRows>,
    sign_in_count: usize,
    /// Of the days that went because there was no room, the end of the newest.
    since: Option<i64>,
    accounts: Accounts,
    devices: Devices,
}

/// Accounts by number, so that a row needs no id.
#[derive(Debug, Default)]
struct Accounts {
    ids: Vec<OperatorId>,
    numbers: BTreeMap<OperatorId, u32>,
}

impl Accounts {
    fn number(&mut self, id: &OperatorId) -> u32 {
        if let Some(number) = self.numbers.get(id) {
            return *number;
        }
        let number = u32::try_from(self.ids.len()).unwrap_or(u32::MAX);
        self.ids.push(id.clone());
        self.numbers.insert(id.clone(), number);
        number
    }
}

/// The day of a time, and the milliseconds into it.
fn day_of(unix_ms: i64) -> (i64, u32) {
    (unix_ms.div_euclid(DAY), u32::try_from(unix_ms.rem_euclid(DAY)).unwrap_or(0))
}

impl Ledger {
    /// An empty ledger with room for so many sessions, and as many sign-ins.
    #[must_use]
    pub fn with_room(rows: usize) -> Self {
        Self {
            room: rows,
            sessions: BTreeMap::new(),
            session_count: 0,
            sign_ins: BTreeMap::new(),
            sign_in_count: 0,
            since: None,
            accounts: Accounts::default(),
            devices: Devices::default(),
        }
    }

    /// Adds a session that ended.
    pub fn add(&mut self, attempt: &Attempt) {
        let operator = self.accounts.number(&attempt.operator);
        let device = self.devices.place(attempt.device);
        let (day, at) = day_of(attempt.knocked_at);
        self.sessions.entry(day).or_default().push((at, operator, device), attempt);
        self.session_count += 1;
        while self.session_count > self.room {
            let Some((day, rows)) = self.sessions.pop_first() else { break };
            self.session_count -= rows.len();
            self.went(day);
            self.forget_devices();
        }
    }

    /// Gives the devices of the rows that are left new places, once more devices are known than there are rows.
    fn forget_devices(&mut self) {
        if self.devices.len() <= self.session_count {
            return;
        }
        let before = std::mem::take(&mut self.devices);
        for rows in self.sessions.values_mut() {
            rows.move_devices(|place| self.devices.place(before.at(place)));
        }
    }

    /// Puts what is known of a session now in the place of what was told before; operator, device and knock are the same. Says
    /// whether it was there. Rows that say the same stand for each other.
    pub fn amend(&mut self, before: &Attempt, now: &Attempt) -> bool {
        if (&before.operator, before.device, before.knocked_at) != (&now.operator, now.device, now.knocked_at) {
            return false;
        }
        let (operator, device) = (self.accounts.number(&before.operator), self.devices.place(before.device));
        let (day, at) = day_of(before.knocked_at);
        self.sessions.get_mut(&day).is_some_and(|rows| rows.amend((at, operator, device), before, now))
    }

    /// Puts what is said of a session now in the place of what was said before. Says whether the session was there: two that
    /// knocked at one operator in the same millisecond stand for each other.
    pub fn say(&mut self, operator: &OperatorId, knocked_at: i64, said: Said) -> bool {
        let operator = self.accounts.number(operator);
        let (day, at) = day_of(knocked_at);
        self.sessions.get_mut(&day).is_some_and(|rows| rows.say(at, operator, said))
    }

    /// Adds a sign-in at `at` (Unix milliseconds), or one that was refused; of a name that no account has it has no
    /// account.
    pub fn add_sign_in(&mut self, at: i64, account: Option<&OperatorId>, refused: bool) {
        let account = account.map(|id| self.accounts.number(id));
        let (day, at) = day_of(at);
        self.sign_ins.entry(day).or_default().push(at, account, refused);
        self.sign_in_count += 1;
        while self.sign_in_count > self.room {
            let Some((day, rows)) = self.sign_ins.pop_first() else { break };
            self.sign_in_count -= rows.len();
            self.went(day);
        }
    }

    fn went(&mut self, day: i64) {
        let end = (day + 1) * DAY;
        self.since = Some(self.since.map_or(end, |since| since.max(end)));
    }

    /// From when on (Unix milliseconds) everything is there; from the beginning on without it.
    #[must_use]
    pub const fn since(&self) -> Option<i64> {
        self.since
    }

    /// How many sessions there are.
    #[must_use]
    pub const fn sessions(&self) -> usize {
        self.session_count
    }
}

#[cfg(test)]
mod tests;

//! Questions to the ledger. Each is answered by one walk through the days of its period.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Range, RangeInclusive};

use beside_protocol::device::DeviceId;
use beside_protocol::ids::OperatorId;

use super::calendar::{Step, WallClock, edges};
use super::devices::{Computer, DeviceParts, Seen, Sought};
use super::figures::{Figures, Gathered};
use super::rows::SessionRow;
use super::{DAY, Ledger};
use crate::hours::Zone;

/// Buckets of an answer, those of its parts counted too. More is refused.
pub const CELLS_MAX: usize = 20_000;

/// A question.
#[derive(Debug)]
pub struct Query<'a> {
    /// By whose clock.
    pub zone: &'a Zone,
    /// How long a bucket is.
    pub step: Step,
    /// From then on: Unix milliseconds.
    pub from: i64,
    /// Until before then: Unix milliseconds.
    pub before: i64,
    /// Only sessions and sign-ins of these accounts.
    pub accounts: Option<&'a BTreeSet<OperatorId>>,
    /// Only sessions of this computer, and no sign-ins.
    pub computer: Option<Computer>,
    /// By what it is split into parts.
    pub split: Split<'a>,
}

/// By what an answer is split.
#[derive(Debug, Clone, Copy)]
pub enum Split<'a> {
    /// It is not.
    Nothing,
    /// A part for each account that has any rows.
    Accounts,
    /// A part for each of these groups that has any rows; who is in several counts in each.
    Groups(&'a BTreeMap<OperatorId, BTreeSet<String>>),
    /// A part for each of the [`BUSIEST`](super::BUSIEST) computers of customers, one for all others, and one for those without
    /// a number. They have no buckets and no sign-ins.
    Devices,
}

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// It begins after it ends, or no calendar has it.
    #[error("this is no period")]
    Period,
    /// It would have more than [`CELLS_MAX`] buckets.
    #[error("this is more than {CELLS_MAX} buckets")]
    TooMuch,
}

/// An answer.
#[derive(Debug, PartialEq, Eq)]
pub struct Answer {
    /// Where buckets begin, Unix milliseconds, and last the end of the last one.
    pub edges: Vec<i64>,
    /// Everything that was asked for.
    pub whole: Series,
    /// The same, split; in the order of their keys, devices with most sessions first.
    pub parts: Vec<Part>,
    /// Knocks by weekday, from Monday, and hour.
    pub week: [[u64; 24]; 7],
    /// All of the time of equal length before.
    pub earlier: Figures,
}

/// Figures in the course of time.
#[derive(Debug, PartialEq, Eq)]
pub struct Series {
    /// All together.
    pub total: Figures,
    /// Of each bucket; those of a device are left out.
    pub buckets: Vec<Figures>,
}

/// A part of an answer.
#[derive(Debug, PartialEq, Eq)]
pub struct Part {
    /// Whose.
    pub key: PartKey,
    /// What.
    pub series: Series,
}

/// Whose part it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum PartKey {
    /// An account's.
    Account(OperatorId),
    /// A group's.
    Group(String),
    /// That of accounts without a group.
    NoGroup,
    /// A device's.
    Device(DeviceId),
    /// That of devices that have none of their own.
    OtherDevices,
    /// That of sessions without a device's number.
    NoDevice,
}

impl Ledger {
    /// Answers a question.
    ///
    /// # Errors
    /// See [`QueryError`].
    pub fn ask(&self, query: &Query<'_>) -> Result<Answer, QueryError> {
        let (from, before) = (query.from, query.before);
        let length = before.checked_sub(from).filter(|length| *length > 0).ok_or(QueryError::Period)?;
        let earlier_from = from.checked_sub(length).ok_or(QueryError::Period)?;
        let clock = WallClock::new(query.zone, from, before)?;
        let edges = edges(query.zone, query.step, from, before, CELLS_MAX)?;
        let asked = Asked::of(query, self);
        let mut answer = Gathering::new(self, query, edges.len() - 1);
        let mut by_device = match query.split {
            Split::Devices => {
                let rows = self.asked_for(&asked, from..before).map(|(_, row)| row);
                Some(DeviceParts::of(self.devices.busiest(rows)))
            }
            Split::Nothing | Split::Accounts | Split::Groups(_) => None,
        };
        let bucket = |at: i64| edges.partition_point(|edge| *edge <= at).saturating_sub(1);
        let mut week = [[0; 24]; 7];
        let mut earlier = Gathered::default();
        let (mut customers, mut earlier_customers) = (Seen::none_of(&self.devices), Seen::none_of(&self.devices));
        for (at, row) in self.asked_for(&asked, earlier_from..before) {
            if at < from {
                earlier.session(&row);
                earlier_customers.see(&row);
                continue;
            }
            customers.see(&row);
            let (weekday, hour) = clock.weekday_and_hour(at);
            if let Some(count) = week.get_mut(weekday).and_then(|day| day.get_mut(hour)) {
                *count += 1;
            }
            answer.each(bucket(at), Some(row.operator), |gathered| gathered.session(&row))?;
            if let Some(parts) = &mut by_device {
                parts.session(&row);
            }
        }
        // Whoever signs in is nobody's customer.
        let sign_ins = query.computer.is_none().then(|| self.sign_ins.range(days(&(earlier_from..before))));
        for (day, rows) in sign_ins.into_iter().flatten() {
            for row in rows.iter() {
                let at = day * DAY + i64::from(row.at);
                if at < earlier_from || before <= at || !asked.admits(row.account) {
                    continue;
                }
                if at < from {
                    earlier.sign_in(row.refused);
                } else {
                    answer.each(bucket(at), row.account, |gathered| gathered.sign_in(row.refused))?;
                }
            }
        }
        let (mut whole, parts) = answer.finish();
        whole.total.customers = Some(customers.count);
        let earlier = Figures { customers: Some(earlier_customers.count), ..earlier.figures() };
        Ok(Answer { edges, whole, parts: by_device.map_or(parts, DeviceParts::finish), week, earlier })
    }

    /// The sessions of a time that are asked for, and when they were.
    fn asked_for<'a>(&'a self, asked: &'a Asked, span: Range<i64>) -> impl Iterator<Item = (i64, SessionRow)> + 'a {
        let days = self.sessions.range(days(&span));
        let rows = days.flat_map(|(day, rows)| rows.iter().map(|row| (*day * DAY + i64::from(row.at), row)));
        rows.filter(move |(at, row)| {
            span.contains(at) && asked.admits(Some(row.operator)) && asked.computer.finds(row.device)
        })
    }
}

fn days(span: &Range<i64>) -> RangeInclusive<i64> {
    span.start.div_euclid(DAY)..=span.end.div_euclid(DAY)
}

/// Whose rows are asked for.
struct Asked {
    /// By number, whether an account is; without it all are.
    accounts: Option<Vec<bool>>,
    computer: Sought,
}

impl Asked {
    fn of(query: &Query<'_>, ledger: &Ledger) -> Self {
        let asked =
            |accounts: &BTreeSet<OperatorId>| ledger.accounts.ids.iter().map(|id| accounts.contains(id)).collect();
        Self { accounts: query.accounts.map(asked), computer: ledger.devices.sought(query.computer) }
    }

    /// Of a name that no account has only those are told who may see all.
    fn admits(&self, account: Option<u32>) -> bool {
        let Some(accounts) = &self.accounts else { return true };
        account.and_then(|number| accounts.get(number as usize)).copied().unwrap_or(false)
    }
}

/// An answer in the making.
struct Gathering<'a> {
    ids: &'a [OperatorId],
    split: Split<'a>,
    whole: Vec<Gathered>,
    parts: BTreeMap<PartKey, usize>,
    /// The buckets of each part.
    cells: Vec<Vec<Gathered>>,
    /// By number, the parts that an account's rows count in, once there was one.
    parts_of: Vec<Option<Vec<usize>>>,
}

impl<'a> Gathering<'a> {
    fn new(ledger: &'a Ledger, query: &Query<'a>, buckets: usize) -> Self {
        let ids = ledger.accounts.ids.as_slice();
        Self {
            ids,
            split: query.split,
            whole: series(buckets),
            parts: BTreeMap::new(),
            cells: Vec::new(),
            parts_of: vec![None; ids.len()],
        }
    }

    /// Adds something to a bucket of the whole, and of each part in which the account counts.
    fn each(&mut self, bucket: usize, account: Option<u32>, add: impl Fn(&mut Gathered)) -> Result<(), QueryError> {
        if let Some(gathered) = self.whole.get_mut(bucket) {
            add(gathered);
        }
        let Some(account) = account.map(|number| number as usize) else { return Ok(()) };
        let parts = match self.parts_of.get_mut(account).and_then(Option::take) {
            Some(parts) => parts,
            None => self.parts_of(account)?,
        };
        for part in &parts {
            if let Some(gathered) = self.cells.get_mut(*part).and_then(|cells| cells.get_mut(bucket)) {
                add(gathered);
            }
        }
        if let Some(known) = self.parts_of.get_mut(account) {
            *known = Some(parts);
        }
        Ok(())
    }

    fn parts_of(&mut self, account: usize) -> Result<Vec<usize>, QueryError> {
        let Some(id) = self.ids.get(account) else { return Ok(Vec::new()) };
        let keys = match self.split {
            Split::Nothing | Split::Devices => Vec::new(),
            Split::Accounts => vec![PartKey::Account(id.clone())],
            Split::Groups(groups) => match groups.get(id) {
                Some(groups) if !groups.is_empty() => groups.iter().cloned().map(PartKey::Group).collect(),
                Some(_) | None => vec![PartKey::NoGroup],
            },
        };
        keys.into_iter().map(|key| self.part(key)).collect()
    }

    fn part(&mut self, key: PartKey) -> Result<usize, QueryError> {
        if let Some(part) = self.parts.get(&key) {
            return Ok(*part);
        }
        let part = self.cells.len();
        let buckets = self.whole.len();
        if (part + 2) * buckets > CELLS_MAX {
            return Err(QueryError::TooMuch);
        }
        self.cells.push(series(buckets));
        self.parts.insert(key, part);
        Ok(part)
    }

    fn finish(self) -> (Series, Vec<Part>) {
        let mut cells: Vec<Option<Vec<Gathered>>> = self.cells.into_iter().map(Some).collect();
        let parts = self.parts.into_iter().filter_map(|(key, part)| {
            let cells = cells.get_mut(part).and_then(Option::take)?;
            Some(Part { key, series: Series::of(cells) })
        });
        let parts = parts.collect();
        (Series::of(self.whole), parts)
    }
}

fn series(buckets: usize) -> Vec<Gathered> {
    std::iter::repeat_with(Gathered::default).take(buckets).collect()
}

impl Series {
    fn of(cells: Vec<Gathered>) -> Self {
        let mut total = Gathered::default();
        for cell in &cells {
            total.absorb(cell);
        }
        Self { total: total.figures(), buckets: cells.into_iter().map(Gathered::figures).collect() }
    }
}

//! Questions to the ledger. Each is answered by one walk through the days of its period.

use std::collections::{BTreeMap, BTreeSet};

use beside_protocol::ids::OperatorId;

use super::calendar::{Step, WallClock, edges};
use super::figures::{Figures, Gathered};
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
    /// The same, split; in the order of their keys.
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
    /// Of each bucket.
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
        let mut answer = Gathering::new(self, query, edges.len() - 1);
        let bucket = |at: i64| edges.partition_point(|edge| *edge <= at).saturating_sub(1);
        let mut week = [[0; 24]; 7];
        let mut earlier = Gathered::default();
        for (day, rows) in self.sessions.range(earlier_from.div_euclid(DAY)..=before.div_euclid(DAY)) {
            for row in rows.iter() {
                let at = day * DAY + i64::from(row.at);
                if at < earlier_from || before <= at || !answer.admits(Some(row.operator)) {
                    continue;
                }
                if at < from {
                    earlier.session(&row);
                    continue;
                }
                let (weekday, hour) = clock.weekday_and_hour(at);
                if let Some(count) = week.get_mut(weekday).and_then(|day| day.get_mut(hour)) {
                    *count += 1;
                }
                answer.each(bucket(at), Some(row.operator), |gathered| gathered.session(&row))?;
            }
        }
        for (day, rows) in self.sign_ins.range(earlier_from.div_euclid(DAY)..=before.div_euclid(DAY)) {
            for row in rows.iter() {
                let at = day * DAY + i64::from(row.at);
                if at < earlier_from || before <= at || !answer.admits(row.account) {
                    continue;
                }
                if at < from {
                    earlier.sign_in(row.refused);
                } else {
                    answer.each(bucket(at), row.account, |gathered| gathered.sign_in(row.refused))?;
                }
            }
        }
        let (whole, parts) = answer.finish();
        Ok(Answer { edges, whole, parts, week, earlier: earlier.figures() })
    }
}

/// An answer in the making.
struct Gathering<'a> {
    ids: &'a [OperatorId],
    split: Split<'a>,
    /// By number, whether an account is asked for; without it all are.
    admitted: Option<Vec<bool>>,
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
        let admitted = query.accounts.map(|admitted| ids.iter().map(|id| admitted.contains(id)).collect());
        Self {
            ids,
            split: query.split,
            admitted,
            whole: series(buckets),
            parts: BTreeMap::new(),
            cells: Vec::new(),
            parts_of: vec![None; ids.len()],
        }
    }

    /// Of a name that no account has only those are told who may see all.
    fn admits(&self, account: Option<u32>) -> bool {
        let Some(admitted) = &self.admitted else { return true };
        account.and_then(|number| admitted.get(number as usize)).copied().unwrap_or(false)
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
            Split::Nothing => Vec::new(),
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

//! A generated year of work for an empty broker, to look at and to measure with: written by the code that writes the real
//! one, so that every row stands in the audit log's chain, signed, its personal values sealed.
//!
//! What happens follows from the seed. What is drawn anew each time are salts, nonces and keys.

mod afterwards;
mod attendance;
mod calendar;
mod customers;
mod dice;
mod names;
mod people;
mod places;
mod story;

use beside_broker_core::Record;
use beside_protocol::afterwards::{Note, Rating};
use beside_protocol::ids::{OperatorId, SessionId};

use self::attendance::Present;
use self::calendar::{Day, Year};
use self::customers::Customers;
use self::dice::Dice;
use self::people::Operator;
use crate::audit::{Action, Actor, Event};
use crate::credentials::hashing::HashError;
use crate::storage::{Storage, StorageError, records};

/// Sessions at most: ten years of a thousand operators.
pub const SESSIONS_MAX: u64 = 20_000_000;

/// Records that are written in one change: enough that its cost doesn't count, few enough for little memory.
const CHANGE: usize = 50_000;

/// What is to be made.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Sessions and attempts, at most [`SESSIONS_MAX`].
    pub sessions: u64,
    /// What everything follows from.
    pub seed: u64,
    /// The year ends with the day before this moment, Unix milliseconds.
    pub now: i64,
}

/// Why it could not be made.
#[derive(Debug, thiserror::Error)]
pub enum DemoDataError {
    /// Somebody has signed in or knocked here, or the data was made before.
    #[error("this database was used: its log has sign-ins, sessions or demo data. Demo data needs a new one")]
    Used,
    /// More than [`SESSIONS_MAX`].
    #[error("{0} sessions are more than {SESSIONS_MAX}")]
    TooMany(u64),
    /// What was made up is not one.
    #[error("what was made up is no {0}")]
    Invalid(&'static str),
    /// No password could be hashed.
    #[error(transparent)]
    Hash(#[from] HashError),
    /// The database.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Fills a database that `init` has prepared and that nobody has used. `progress` hears how many sessions are written,
/// after every change.
///
/// # Errors
/// [`DemoDataError`]; what was written until then stays, and the database counts as used.
pub async fn fill(storage: &Storage, plan: Plan, mut progress: impl FnMut(u64)) -> Result<(), DemoDataError> {
    if plan.sessions > SESSIONS_MAX {
        return Err(DemoDataError::TooMany(plan.sessions));
    }
    if storage.was_used().await? {
        return Err(DemoDataError::Used);
    }
    mark(storage, plan).await?;
    let mut dice = Dice::new(plan.seed);
    let year = Year::before(plan.now);
    let operators = people::hire(storage, plan.sessions, year.start(), &mut dice).await?;
    let customers = Customers::of(plan.sessions, plan.seed);
    let mut written = 0;
    for day in year.days(plan.sessions) {
        for told in tell(day, &operators, customers, &mut dice).chunks(CHANGE) {
            write(storage, told).await?;
        }
        written += day.sessions;
        progress(written);
    }
    storage.sign_checkpoint(plan.now).await?;
    Ok(())
}

/// The log says first that what follows was made up.
async fn mark(storage: &Storage, plan: Plan) -> Result<(), StorageError> {
    let event = Event::new(Action::DemoDataMade, Actor::CommandLine, plan.now);
    let mut writing = storage.writing().await?;
    let sessions = i64::try_from(plan.sessions).unwrap_or(i64::MAX);
    writing.log(event.with("sessions", sessions).with("seed", plan.seed.to_string())).await?;
    writing.commit().await
}

/// What is told of a moment.
#[derive(Debug)]
enum Told {
    /// What the switchboard would have recorded.
    Record(Record),
    /// What an operator said of its session.
    Noted { sid: SessionId, operator: OperatorId, knocked_at: i64, note: Note },
    /// What a customer said of it.
    Rated { sid: SessionId, rating: Rating },
}

async fn write(storage: &Storage, told: &[(i64, Told)]) -> Result<(), StorageError> {
    let mut writing = storage.writing().await?;
    for (at, told) in told {
        match told {
            Told::Record(record) => records::write(&mut writing, record).await?,
            Told::Noted { sid, operator, knocked_at, note } => {
                let event = Event::new(Action::SessionNoted, Actor::Account(operator.clone()), *at);
                writing.note_first(&sid.to_text(), *knocked_at, note, event).await?;
            }
            Told::Rated { sid, rating } => {
                writing.rate(&sid.to_text(), *rating, Event::new(Action::SessionRated, Actor::Customer, *at)).await?;
            }
        }
    }
    writing.commit().await
}

/// What is told of a day, in the order of its moments (Unix milliseconds).
fn tell(day: Day, operators: &[Operator], customers: Customers, dice: &mut Dice) -> Vec<(i64, Told)> {
    let mut records = Vec::new();
    let present = attendance::of_day(day, operators, dice, &mut records);
    let mut told: Vec<_> = records.into_iter().map(|(at, record)| (at, Told::Record(record))).collect();
    for _ in 0..day.sessions {
        let at = day.knock(dice);
        let customer = customers.caller(dice);
        story::tell(at, whoever_is_there(&present, at, dice), &customer, dice, &mut told);
    }
    // Stable: what one story tells of one moment stays in its order.
    told.sort_by_key(|(at, _)| *at);
    told
}

/// Somebody whose shift it is, if a few looks find one.
fn whoever_is_there<'a, 'b>(present: &'b [Present<'a>], at: i64, dice: &mut Dice) -> &'b Present<'a> {
    let looks: Vec<&Present<'a>> = (0..8).map(|_| dice.pick(present)).collect();
    looks.iter().find(|one| one.is_there(at)).unwrap_or(&looks[0])
}

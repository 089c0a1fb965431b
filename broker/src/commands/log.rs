//! `log`: prints the newest sign-ins and sessions, as tables or as JSON.

use std::collections::BTreeMap;
use std::io::Write;

use serde::Serialize;
use serde_json::Value;
use time::OffsetDateTime;
use time::macros::format_description;

use super::open;
use crate::audit::event::PLACE;
use crate::audit::{Action, Actor, Event};
use crate::clock::Clock;
use crate::config::Config;
use crate::storage::audit::{AuditEntry, AuditQuery};
use crate::storage::session_lists::SessionQuery;
use crate::storage::sessions::{EndEntry, Person, SessionEntry};

/// The newest entries, newest first.
#[derive(Debug, Serialize)]
struct Log {
    sign_ins: Vec<SignInEntry>,
    sessions: Vec<Told>,
}

/// A sign-in that was tried.
#[derive(Debug, Serialize)]
struct SignInEntry {
    at: i64,
    /// None if no account has the name.
    account: Option<Person>,
    address: Option<String>,
    outcome: String,
}

/// A session and what the apps told of it, oldest first.
#[derive(Debug, Serialize)]
struct Told {
    #[serde(flatten)]
    session: SessionEntry,
    events: Vec<EventEntry>,
}

/// One report of an app.
#[derive(Debug, Serialize)]
struct EventEntry {
    at: i64,
    /// Whose app, what, and whatever goes with it.
    #[serde(flatten)]
    detail: BTreeMap<String, Value>,
}

/// Rows of one session, more than the apps may report.
const EVENTS_MAX: u64 = 10_000;

/// Runs the command. Reading the log is logged itself.
///
/// # Errors
/// The database failed.
pub async fn run(config: &Config, json: bool, limit: u64, out: &mut impl Write) -> anyhow::Result<()> {
    let storage = open(config).await?;
    let mut sign_ins = Vec::new();
    for action in [Action::SignInSucceeded, Action::SignInRefused] {
        let query = AuditQuery { action: Some(action.as_str().to_owned()), limit, ..AuditQuery::default() };
        sign_ins.extend(storage.audit(&query).await?);
    }
    sign_ins.sort_by_key(|entry| std::cmp::Reverse(entry.seq));
    sign_ins.truncate(usize::try_from(limit)?);
    let sign_ins: Vec<_> = sign_ins.into_iter().map(SignInEntry::from).collect();
    let mut sessions = Vec::new();
    for session in storage.sessions(&SessionQuery { limit, ..SessionQuery::default() }).await? {
        let about = Some(session.sid.clone());
        let action = Some(Action::SessionReported.as_str().to_owned());
        let query = AuditQuery { about, action, ascending: true, limit: EVENTS_MAX, ..AuditQuery::default() };
        let events = storage.audit(&query).await?;
        let events = events.into_iter().map(|entry| EventEntry { at: entry.at, detail: entry.detail }).collect();
        sessions.push(Told { session, events });
    }
    let rows = sign_ins.len() + sessions.len();
    let event = Event::new(Action::LogRead, Actor::CommandLine, Clock::start().now().unix_ms);
    let mut writing = storage.writing().await?;
    writing.log(event.with("what", "log").with("rows", i64::try_from(rows)?)).await?;
    writing.commit().await?;
    let log = Log { sign_ins, sessions };
    if json {
        writeln!(out, "{}", serde_json::to_string_pretty(&log)?)?;
    } else {
        print(&log, out)?;
    }
    Ok(storage.close().await?)
}

fn print(log: &Log, out: &mut impl Write) -> anyhow::Result<()> {
    writeln!(out, "Sign-ins, newest first (UTC)\n")?;
    let heads = ["when", "account", "address", "outcome"];
    table(&heads, log.sign_ins.iter().map(sign_in_row).collect(), out)?;
    writeln!(out, "\nSessions, newest first (UTC)\n")?;
    let heads = ["knocked", "accepted", "ended", "operator", "at", "customer", "at", "paths", "granted", "end", "note"];
    table(&heads, log.sessions.iter().map(|told| session_row(&told.session)).collect(), out)
}

impl From<AuditEntry> for SignInEntry {
    fn from(mut entry: AuditEntry) -> Self {
        let name = entry.about_name.unwrap_or_default();
        Self {
            at: entry.at,
            account: entry.about.map(|id| Person { id, name }),
            address: entry.personal.remove(PLACE),
            outcome: entry.detail.get("outcome").and_then(Value::as_str).unwrap_or_default().to_owned(),
        }
    }
}

fn sign_in_row(entry: &SignInEntry) -> Vec<String> {
    let account = entry.account.as_ref().map_or("(unknown)", |person| &person.name);
    let address = or_dash(entry.address.as_deref());
    vec![when(Some(entry.at)), account.to_owned(), address, entry.outcome.clone()]
}

fn session_row(entry: &SessionEntry) -> Vec<String> {
    vec![
        when(Some(entry.knocked_at)),
        when(entry.accepted_at),
        when(entry.ended_at),
        entry.operator.name.clone(),
        or_dash(entry.operator_address.as_deref()),
        or_dash(entry.customer_name.as_deref()),
        or_dash(entry.customer_address.as_deref()),
        or_dash(Some(entry.paths.join(" > ").as_str())),
        or_dash(Some(entry.granted.join(", ").as_str())),
        entry.end.as_ref().map_or_else(|| "running".to_owned(), end),
        if entry.differs { "the two reports differ".to_owned() } else { String::new() },
    ]
}

fn end(end: &EndEntry) -> String {
    match &end.error {
        Some(error) => format!("{} by {} ({error})", end.reason, end.by),
        None => format!("{} by {}", end.reason, end.by),
    }
}

fn or_dash(text: Option<&str>) -> String {
    text.filter(|text| !text.is_empty()).unwrap_or("-").to_owned()
}

pub(crate) fn when(at: Option<i64>) -> String {
    let format = format_description!("[year]-[month]-[day] [hour]:[minute]:[second]");
    at.and_then(|at| OffsetDateTime::from_unix_timestamp(at / 1_000).ok())
        .and_then(|time| time.format(format).ok())
        .unwrap_or_else(|| "-".to_owned())
}

/// Columns as wide as their widest cell. Widths count characters; East Asian ones take two columns in a terminal, which
/// only shifts the rest of their line.
fn table(heads: &[&str], rows: Vec<Vec<String>>, out: &mut impl Write) -> anyhow::Result<()> {
    let lines: Vec<Vec<String>> =
        std::iter::once(heads.iter().map(|head| (*head).to_owned()).collect()).chain(rows).collect();
    let width = |column: usize| lines.iter().filter_map(|line| line.get(column)).map(|cell| cell.chars().count()).max();
    let widths: Vec<usize> = (0..heads.len()).map(|column| width(column).unwrap_or(0)).collect();
    for line in &lines {
        let cells: Vec<String> = line.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        writeln!(out, "{}", cells.join("  ").trim_end())?;
    }
    Ok(())
}

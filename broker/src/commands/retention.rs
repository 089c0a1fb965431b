//! `retention run`: deletes what is past its time now.

use std::io::Write;

use super::open;
use crate::audit::Actor;
use crate::clock::Clock;
use crate::config::Config;
use crate::retention::{Deleted, delete_past};

/// Runs the command.
///
/// # Errors
/// The database failed.
pub async fn run(config: &Config, json: bool, out: &mut impl Write) -> anyhow::Result<()> {
    let storage = open(config).await?;
    let deleted = delete_past(&storage, &config.audit, &Actor::CommandLine, Clock::start().now().unix_ms).await?;
    if json {
        writeln!(out, "{}", serde_json::to_string(&deleted)?)?;
    } else {
        let Deleted { values, sessions, alerts, accounts, rows } = deleted;
        writeln!(out, "personal values deleted  {values} of the log, and those of {sessions} sessions")?;
        writeln!(out, "alerts deleted           {alerts}, with blocks that had run out")?;
        writeln!(out, "names replaced           {accounts} of ended accounts")?;
        writeln!(out, "rows of the log deleted  {rows}")?;
    }
    Ok(storage.close().await?)
}

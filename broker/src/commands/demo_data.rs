//! `demo-data`: fills a new database with a generated year.

use std::io::Write as _;
use std::time::Duration;

use anyhow::ensure;

use super::open;
use crate::clock::Clock;
use crate::config::Config;
use crate::demo_data::{Plan, fill};

/// After this long, and then as often, it is said how far the work is.
const PROGRESS: Duration = Duration::from_secs(1);

/// Runs the command.
///
/// # Errors
/// `init` was not run, the database was used, or it failed.
pub async fn run(config: &Config, sessions: u64, seed: u64) -> anyhow::Result<()> {
    let storage = open(config).await?;
    ensure!(storage.active_administrators().await? > 0, "there is no administrator yet: run `init` first");
    let clock = Clock::start();
    let mut said = Duration::ZERO;
    let plan = Plan { sessions, seed, now: clock.now().unix_ms };
    fill(&storage, plan, |written| {
        let now = clock.now().monotonic;
        if written == sessions || now.saturating_sub(said) >= PROGRESS {
            said = now;
            // Nobody may be there to read it; the work goes on.
            let _ = writeln!(std::io::stderr(), "{written} of {sessions} sessions");
        }
    })
    .await?;
    Ok(storage.close().await?)
}

//! The console, proved and measured: real Chromium on a real broker with a generated year. What is proved stands in
//! `ui/tests/live`; this sets the stage for it.

mod figures;
mod stage;
mod year;

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};

use self::figures::Report;
use self::stage::Stage;
use self::year::Year;
use crate::checkout::Checkout;
use crate::{demo, say, ui};

/// Sessions of the year of `cargo xtask test`: enough for every graph, made in seconds.
const FEW: u64 = 20_000;
/// Everything is proved in minutes with few sessions, and exported and counted in more with a million.
const LIMIT: Duration = Duration::from_secs(60 * 60);

/// Of which year.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    pub(crate) sessions: u64,
    pub(crate) seed: u64,
}

/// Proves the console over a small year; returns what the tests said.
pub(crate) fn prove(checkout: &Checkout, log: &Path) -> Result<String> {
    let program = build(checkout, log)?;
    let year = Year::fresh(checkout, &program, Plan { sessions: FEW, seed: 1 })?;
    let stage = Stage::set(checkout, year)?;
    stage.play(checkout, "proofs").limit(LIMIT).logged(log)
}

/// Proves the console over a large year, measures it, and writes `target/reports/bench-console.json`.
///
/// # Errors
/// A proof fails, or a figure is on the wrong side of its line.
pub(crate) fn measure(checkout: &Checkout, plan: Plan) -> Result<()> {
    let log = checkout.output("reports")?.join("bench-console.log");
    let path = checkout.output("reports")?.join("bench-console.json");
    say::line("building the frontends and the broker; the first time takes a while …");
    let program = build(checkout, &log)?;
    let mut report = Report::begin(checkout, plan)?;
    say::line(format!("a year of {} sessions; a million take some ten minutes, once …", plan.sessions));
    let stage = Stage::set(checkout, Year::kept(checkout, &program, plan)?)?;
    let proved = stage.play(checkout, "proofs").limit(LIMIT).show();
    report.proved(proved.is_ok());
    let measured = stage.play(checkout, "figures").limit(LIMIT).show();
    report.add(&stage.figures()?)?;
    report.write(&path)?;
    say::line(format!("\n{}\n{}", report.told(), path.display()));
    proved.and(measured)?;
    report.held().with_context(|| format!("see {}", path.display()))
}

/// The broker with the frontends of now in it.
fn build(checkout: &Checkout, log: &Path) -> Result<std::path::PathBuf> {
    ui::build(checkout, log)?;
    demo::build::broker(checkout, log)
}

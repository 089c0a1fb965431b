//! `cargo xtask bench`: figures, measured on the demo's real parts.

use std::ffi::OsString;
use std::time::Duration;

use anyhow::Result;
use clap::{Args, Subcommand};

use crate::checkout::Checkout;
use crate::{console, demo, say};

/// A million sessions are made in minutes, verified in more, and all of it may have to be done on a busy machine.
const LIMIT: Duration = Duration::from_secs(2 * 60 * 60);

#[derive(Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    subject: Subject,
}

#[derive(Subcommand)]
enum Subject {
    /// The main job, driven headless: target/reports/demo.json
    Demo,
    /// The broker under load, with a year of work in its database: target/reports/bench-broker.json
    Broker {
        /// Passed on to the program that puts the load on it; `--help` says what it knows
        #[arg(last = true)]
        arguments: Vec<String>,
    },
    /// The console in a browser, with a year of work behind it: target/reports/bench-console.json
    Console {
        /// Sessions of the year
        #[arg(long, default_value_t = 1_000_000)]
        sessions: u64,
        /// The seed of the year
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
}

/// Measures and writes the report.
pub(crate) fn run(checkout: &Checkout, options: &Options) -> Result<()> {
    match &options.subject {
        Subject::Demo => demo::measure(checkout),
        Subject::Broker { arguments } => broker(checkout, arguments),
        Subject::Console { sessions, seed } => {
            console::measure(checkout, console::Plan { sessions: *sessions, seed: *seed })
        }
    }
}

fn broker(checkout: &Checkout, arguments: &[String]) -> Result<()> {
    say::line("building the broker and its load; the first time takes a while …");
    let (program, load) = demo::broker_and_load(checkout)?;
    let report = checkout.output("reports")?.join("bench-broker.json");
    let work = checkout.output("bench-broker")?;
    let paths = [("--program", &program), ("--work", &work), ("--report", &report)];
    let paths = paths.into_iter().flat_map(|(name, path)| [OsString::from(name), path.into()]);
    checkout.tool(load).args(paths).args(arguments).limit(LIMIT).show()
}

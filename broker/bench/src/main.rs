//! Puts load on a real broker, measures it, and holds each figure to its line: what `cargo xtask bench broker` runs.
//!
//! Everything happens on this machine, over TLS on loopback: the load takes the same processors as the broker.
#![forbid(unsafe_code)]

mod backup;
mod broker;
mod clock;
mod figure;
mod guessing;
mod lists;
mod look_ups;
mod operators;
mod overview;
mod peer;
mod sign_ins;
mod year;

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use beside_broker::platform::open_files_limit;
use clap::Parser;

use crate::broker::Broker;
use crate::figure::{Figure, Report};

/// Sockets on this side, with room for everything else.
const OPEN_FILES: u64 = 16_000;

/// Measures a broker.
#[derive(Debug, Parser)]
#[command(name = "beside-broker-bench")]
struct Options {
    /// The broker's program.
    #[arg(long)]
    program: PathBuf,
    /// Where its files are; generated years are kept there.
    #[arg(long)]
    work: PathBuf,
    /// The report.
    #[arg(long)]
    report: PathBuf,
    /// Sessions of the year that the lists are measured over.
    #[arg(long, default_value_t = 1_000_000)]
    sessions: u64,
    /// Sessions of the year that is backed up: a gigabyte.
    #[arg(long, default_value_t = 150_000)]
    backup_sessions: u64,
    /// The seed of the years.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Only these parts; all without it.
    #[arg(long, value_enum)]
    only: Vec<Part>,
}

/// A part of the measurement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// Ten thousand managers, look-ups of codes, sign-ins.
    Operators,
    /// Guesses at codes.
    Guessing,
    /// Lists, statistics and export over a year.
    Lists,
    /// Backup and restore.
    Backup,
}

const PARTS: [Part; 4] = [Part::Operators, Part::Guessing, Part::Lists, Part::Backup];

#[tokio::main(worker_threads = 2)]
async fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    let files = open_files_limit().unwrap_or(0);
    ensure!(files >= OPEN_FILES, "this process may open {files} files only; the load needs {OPEN_FILES}");
    let mut report = Report::default();
    report.load_average.push(load_average()?);
    for part in PARTS.into_iter().filter(|part| options.only.is_empty() || options.only.contains(part)) {
        let figures = measure(part, &options).await.with_context(|| format!("{part:?}"))?;
        for figure in &figures {
            say(&figure.told());
        }
        report.add(figures);
        report.load_average.push(load_average()?);
        // After each part, so that what was measured is not lost with what could not be.
        report.write(&options.report)?;
    }
    ensure!(report.is_ok(), "a figure is on the wrong side of its line: see {}", options.report.display());
    Ok(())
}

async fn measure(part: Part, options: &Options) -> anyhow::Result<Vec<Figure>> {
    say(&format!("{part:?} …"));
    match part {
        Part::Operators => {
            let mut broker = fresh(options, "operators")?;
            let mut operators = operators::hire(&broker, operators::OPERATORS, sign_ins::ACCOUNTS).await?;
            broker.serve()?;
            let mut figures = operators::measure(&broker, &mut operators).await?;
            figures.extend(look_ups::measure(&broker, &mut operators).await?);
            figures.extend(sign_ins::measure(&broker, operators::OPERATORS).await?);
            Ok(figures)
        }
        Part::Guessing => {
            let mut broker = fresh(options, "guessing")?;
            let operators = operators::hire(&broker, 1, 0).await?;
            broker.serve()?;
            guessing::measure(&broker, operators.token()?).await
        }
        Part::Lists => {
            let (mut broker, made) = year::open(&options.program, &options.work, options.seed, options.sessions)?;
            broker.serve()?;
            let mut figures: Vec<Figure> = made.into_iter().collect();
            let client = broker.client(std::net::Ipv4Addr::LOCALHOST)?;
            let token = broker.administrator(&client).await?;
            // First, since it waits until the broker has counted the year, which would weigh on the lists.
            figures.extend(overview::measure(&broker, &client, &token, options.sessions).await?);
            figures.extend(lists::measure(&broker, client, token, options.sessions).await?);
            Ok(figures)
        }
        Part::Backup => {
            let (broker, _) = year::open(&options.program, &options.work, options.seed, options.backup_sessions)?;
            backup::measure(&broker, options.backup_sessions)
        }
    }
}

/// A broker that nobody has used.
fn fresh(options: &Options, name: &str) -> anyhow::Result<Broker> {
    let folder = options.work.join(name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder).with_context(|| format!("removing {}", folder.display()))?;
    }
    Broker::open(&options.program, &folder)
}

/// How many processes wanted a processor, on average over the last minute.
fn load_average() -> anyhow::Result<f64> {
    let text = std::fs::read_to_string(Path::new("/proc/loadavg"))?;
    text.split(' ').next().context("no load average")?.parse().context("no load average")
}

/// A line for the person who waits, if anybody does.
fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

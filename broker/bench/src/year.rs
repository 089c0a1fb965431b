//! A broker with a generated year, kept from one run to the next: making one takes minutes.

use std::fs;
use std::path::Path;

use anyhow::Context as _;
use beside_broker_migration::Migrator;
use sea_orm_migration::MigratorTrait as _;

use crate::broker::Broker;
use crate::clock;
use crate::figure::{Figure, Line};

/// Changed whenever the generated year is another one.
const EDITION: u32 = 2;
/// Minutes that a million sessions may take.
const MINUTES: f64 = 20.0;

/// The year of a seed. With the figure of how long it took, if it was made now.
pub(crate) fn open(
    program: &Path,
    folder: &Path,
    seed: u64,
    sessions: u64,
) -> anyhow::Result<(Broker, Option<Figure>)> {
    let migrations = Migrator::migrations();
    let schema = migrations.last().map_or("none", |migration| migration.name()).to_owned();
    let folder = folder.join(format!("year-{EDITION}-{seed}-{sessions}-{schema}"));
    let done = folder.join("done");
    if done.exists() {
        return Ok((Broker::open(program, &folder)?, None));
    }
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("removing {}", folder.display()))?;
    }
    let broker = Broker::open(program, &folder)?;
    let start = clock::now();
    broker.succeed(&["demo-data", "--sessions", &sessions.to_string(), "--seed", &seed.to_string()])?;
    let minutes = start.elapsed().as_secs_f64() / 60.0;
    let size = fs::metadata(broker.file("broker.sqlite"))?.len() as f64 / 1e9;
    fs::write(done, "")?;
    let line = (sessions >= 1_000_000).then_some(Line::AtMost(MINUTES));
    let how = format!("`demo-data --sessions {sessions} --seed {seed}`: {size:.2} GB");
    Ok((broker, Some(Figure::new("demo_data", "minutes", [minutes], line, how))))
}

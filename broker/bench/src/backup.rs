//! Backup, restore and verification of a database of a gigabyte.

use std::fs;
use std::path::Path;

use anyhow::ensure;

use crate::broker::Broker;
use crate::clock;
use crate::figure::{Figure, Line};

/// The least that the database has, in bytes.
const SIZE: f64 = 1e9;
const GIGABYTE: f64 = 1e9;

/// Backs a database up, restores it beside it, verifies what was restored, and tries another key.
pub(crate) fn measure(broker: &Broker, sessions: u64) -> anyhow::Result<Vec<Figure>> {
    let size = length(&broker.file("broker.sqlite"))?;
    let (key, other, backup) = (broker.file("backup.key"), broker.file("other.key"), broker.file("backup.age"));
    for old in [&key, &other, &backup] {
        if old.exists() {
            fs::remove_file(old)?;
        }
    }
    let recipient = broker.succeed(&["backup-key", "--to", &text(&key)])?;
    broker.succeed(&["backup-key", "--to", &text(&other)])?;
    let start = clock::now();
    broker.succeed(&["backup", "--to", &text(&backup), "--recipient", recipient.trim()])?;
    let backed_up = start.elapsed().as_secs_f64();
    let sibling = broker.sibling()?;
    let refused = broker.command_with(&sibling, &["restore", "--from", &text(&backup), "--key", &text(&other)])?;
    let start = clock::now();
    let restored = broker.command_with(&sibling, &["restore", "--from", &text(&backup), "--key", &text(&key)])?;
    ensure!(restored.code == Some(0), "restore failed: {}", restored.stderr);
    let restored_in = start.elapsed().as_secs_f64();
    let start = clock::now();
    let verified = broker.command_with(&sibling, &["audit", "verify"])?;
    let verified_in = start.elapsed().as_secs_f64();
    let of = format!("a SQLite database of {:.2} GB with {sessions} sessions of demo data", size / GIGABYTE);
    let figures = vec![
        Figure::new("backup_database", "bytes", [size], Some(Line::AtLeast(SIZE)), of.clone()),
        Figure::new("backup", "s", [backed_up], None, format!("`backup` of {of}")),
        Figure::new("backup_size", "bytes", [length(&backup)?], None, "compressed and encrypted"),
        Figure::new("restore", "s", [restored_in], None, "`restore` into an empty database"),
        Figure::holds(
            "restored_log_is_sound",
            verified.code == Some(0),
            format!("`audit verify` of what was restored, in {verified_in:.1} s"),
        ),
        Figure::holds(
            "wrong_key_is_refused",
            refused.code == Some(1) && refused.stderr.contains("the key does not open this backup"),
            "`restore` with the key of another backup; the database was still empty for the right one",
        ),
    ];
    // As large as the database again.
    fs::remove_file(&backup)?;
    broker.sibling()?;
    Ok(figures)
}

fn length(path: &Path) -> anyhow::Result<f64> {
    Ok(fs::metadata(path)?.len() as f64)
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

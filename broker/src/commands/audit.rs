//! `audit verify` and `audit key`.

use std::io::Write;
use std::time::Duration;

use anyhow::{Context as _, bail};
use beside_audit::{KeyError, LogPublicKey, Report, Standing, WitnessPublicKey};
use serde::Serialize;

use super::log::when;
use super::{checkpoint_key, make_checkpoint_key, open};
use crate::audit::verification::{Progress, Trusted, Verification, verify as verify_stored};
use crate::clock::Clock;
use crate::config::Config;
use crate::storage::Storage;
use crate::witness::client::WitnessClient;

/// After this long, and then as often, it is said how far the verification is.
const PROGRESS: Duration = Duration::from_secs(1);

/// What is asked of `audit verify`.
#[derive(Debug, Default)]
pub struct Asked {
    /// A file with a standing, or the address of the witness.
    pub witness: Option<String>,
    /// Public keys that count, instead of those of the configuration.
    pub keys: Vec<String>,
    /// Answer as JSON.
    pub json: bool,
}

/// Where the witness's word comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Source {
    /// From the witness itself.
    Asked,
    /// From a file.
    File,
    /// From the database, where the broker keeps what the witness cosigned last.
    Stored,
}

/// The answer as JSON.
#[derive(Serialize)]
struct Answer<'a> {
    sound: bool,
    witness: Option<Source>,
    #[serde(flatten)]
    found: &'a Verification,
}

/// Prints the public key of the checkpoints; makes the key's file if it is not there and `make` says so.
///
/// # Errors
/// The key's file can't be made or read.
pub fn key(config: &Config, make: bool, out: &mut impl Write) -> anyhow::Result<()> {
    if make {
        make_checkpoint_key(config)?;
    }
    writeln!(out, "{}", checkpoint_key(config)?.public())?;
    Ok(())
}

/// Verifies the log, and says whether it is sound.
///
/// # Errors
/// It could not be verified.
pub async fn verify(config: &Config, asked: &Asked, out: &mut impl Write) -> anyhow::Result<bool> {
    let trusted = trusted(config, &asked.keys)?;
    let storage = open(config).await?;
    let (source, standing) = match &asked.witness {
        Some(witness) => {
            let (source, standing) = standing_from(config, witness).await?;
            (Some(source), Some(standing))
        }
        None => stored_standing(config, &storage).await?,
    };
    let clock = Clock::start();
    let mut said = Duration::ZERO;
    let progress = |progress: Progress| {
        let now = clock.now().monotonic;
        if now.saturating_sub(said) >= PROGRESS {
            said = now;
            say(progress);
        }
    };
    let found = verify_stored(&storage, &trusted, standing.as_ref(), progress).await?;
    if asked.json {
        let answer = Answer { sound: found.is_sound(), witness: source, found: &found };
        writeln!(out, "{}", serde_json::to_string_pretty(&answer)?)?;
    } else {
        print(&found, source, clock.now().unix_ms, out)?;
    }
    storage.close().await?;
    Ok(found.is_sound())
}

fn trusted(config: &Config, keys: &[String]) -> anyhow::Result<Trusted> {
    let mut trusted = Trusted::default();
    for text in keys {
        match LogPublicKey::parse(text) {
            Ok(key) => trusted.log.push(key),
            Err(KeyError::Type { .. }) => trusted.witnesses.push(WitnessPublicKey::parse(text).context("--key")?),
            Err(error) => bail!("--key: {error}"),
        }
    }
    if trusted.log.is_empty() {
        trusted.log.push(checkpoint_key(config)?.public().clone());
        trusted.log.extend(config.audit.earlier_keys.iter().cloned());
    }
    if trusted.witnesses.is_empty() {
        trusted.witnesses.extend(config.audit.witness_key.clone());
    }
    Ok(trusted)
}

async fn standing_from(config: &Config, witness: &str) -> anyhow::Result<(Source, Standing)> {
    if witness.starts_with("https://") {
        let client = WitnessClient::new(witness, config.audit.witness_authority.as_deref())?;
        return Ok((Source::Asked, client.standing().await?));
    }
    let text = std::fs::read_to_string(witness).with_context(|| format!("{witness} can't be read"))?;
    let standing = serde_json::from_str(&text).with_context(|| format!("{witness} is no standing of a witness"))?;
    Ok((Source::File, standing))
}

async fn stored_standing(config: &Config, storage: &Storage) -> anyhow::Result<(Option<Source>, Option<Standing>)> {
    let Some(key) = &config.audit.witness_key else { return Ok((None, None)) };
    let standing = storage.standing(key.name().as_str()).await?;
    Ok((standing.as_ref().map(|_| Source::Stored), standing))
}

fn say(progress: Progress) {
    let mut stderr = std::io::stderr();
    // Nobody may be there to read it; the verification goes on.
    let _ = match progress {
        Progress::Rows(read, total) => writeln!(stderr, "{read} of {total} rows"),
        Progress::Sessions(read) => writeln!(stderr, "{read} sessions"),
    };
}

fn print(found: &Verification, source: Option<Source>, now: i64, out: &mut impl Write) -> anyhow::Result<()> {
    let log = &found.log;
    writeln!(out, "rows      {}", span(log))?;
    writeln!(out, "signed    {}", signed(log, now))?;
    match source {
        Some(Source::Asked) => writeln!(out, "witness   has cosigned {} rows", log.witnessed)?,
        Some(Source::File) => writeln!(out, "witness   has cosigned {} rows, as the file says", log.witnessed)?,
        Some(Source::Stored) => {
            let told = "as the database says; --witness asks the witness itself";
            writeln!(out, "witness   has cosigned {} rows, {told}", log.witnessed)?;
        }
        None => writeln!(out, "witness   none: who has database and checkpoint key could write all anew unseen")?,
    }
    writeln!(out, "personal  {} of {} values are still kept", log.personal_verified, log.personal)?;
    writeln!(out, "sessions  {}", found.sessions.sessions)?;
    if let Some(root) = log.root {
        writeln!(out, "root      {root}")?;
    }
    if found.is_sound() {
        writeln!(out, "\nThe log is sound.")?;
        return Ok(());
    }
    writeln!(out, "\nThe log is NOT sound.")?;
    for fault in &log.faults {
        writeln!(out, "- {fault}")?;
    }
    for fault in &found.sessions.faults {
        writeln!(out, "- {fault}")?;
    }
    let more = log.more_faults + found.sessions.more_faults;
    if more > 0 {
        writeln!(out, "- and {more} further ones")?;
    }
    Ok(())
}

fn span(log: &Report) -> String {
    let at = |at: Option<u64>| when(at.and_then(|at| i64::try_from(at).ok()));
    let mut text = format!("{}, from {} to {} (UTC)", log.rows, at(log.first_at), at(log.last_at));
    if log.deleted > 0 {
        text += &format!("; rows 1 to {} were deleted before", log.deleted);
    }
    text
}

fn signed(log: &Report, now: i64) -> String {
    let mut text = format!("up to row {}", log.signed);
    if log.unsigned() > 0 {
        let since = when(log.unsigned_since.and_then(|since| i64::try_from(since).ok()));
        text += &format!("; {} rows since {since} are not signed yet", log.unsigned());
    }
    if log.is_unsigned_too_long(u64::try_from(now).unwrap_or(0)) {
        text += ", which is too long: the broker does not run, or does not sign";
    }
    text
}

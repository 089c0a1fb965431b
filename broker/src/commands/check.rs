//! `check`: says what is wrong, and what is weak. What is wrong makes the command fail.

use std::io::Write;

use anyhow::bail;

use crate::check::{Grade, check};
use crate::clock::Clock;
use crate::config::Config;

/// Runs the command.
///
/// # Errors
/// Something is wrong.
pub async fn run(config: &Config, json: bool, out: &mut impl Write) -> anyhow::Result<()> {
    let findings = check(config, Clock::start().now().unix_ms).await;
    if json {
        writeln!(out, "{}", serde_json::to_string_pretty(&findings)?)?;
    } else {
        for finding in &findings {
            writeln!(out, "{:<6} {:<24} {}", finding.grade.as_str(), finding.what, finding.words)?;
        }
    }
    let wrong = findings.iter().filter(|finding| finding.grade == Grade::Wrong).count();
    if wrong > 0 {
        bail!("{wrong} of these are wrong");
    }
    Ok(())
}

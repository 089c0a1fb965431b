//! `witness init | serve | standing`: the witness of an audit log, on a second host.

use std::io::Write;

use crate::clock::random;
use crate::witness::config::WitnessConfig;
use crate::witness::copy;

/// Makes an empty copy and a key, whose public half is printed: the broker's `audit.witness_key`.
///
/// # Errors
/// There is a copy already, or the folder can't be written.
pub fn init(config: &WitnessConfig, out: &mut impl Write) -> anyhow::Result<()> {
    writeln!(out, "{}", copy::init(config, &mut random())?)?;
    Ok(())
}

/// Prints where the copy stands, as JSON: what `audit verify --witness` reads.
///
/// # Errors
/// The copy is not what a witness wrote.
pub fn standing(config: &WitnessConfig, out: &mut impl Write) -> anyhow::Result<()> {
    writeln!(out, "{}", serde_json::to_string(&copy::standing(config)?)?)?;
    Ok(())
}

//! Programs that say nothing of the machine on which they were built, and are the same from any.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::checkout::Checkout;

/// Separates the arguments in cargo's variable for the compiler's flags.
const BETWEEN: &str = "\u{1f}";

/// What cargo is to hand to the compiler, in its variable `CARGO_ENCODED_RUSTFLAGS`: `flags`, and other names for the places where
/// sources are.
pub(crate) fn flags(checkout: &Checkout, sources: Option<&Path>, flags: &[&str]) -> Result<String> {
    let mut all: Vec<String> = flags.iter().map(|flag| (*flag).to_owned()).collect();
    let mut rename = |place: &Path, name: &str| all.push(format!("--remap-path-prefix={}={name}", place.display()));
    rename(checkout.root(), "beside");
    for registry in registries()? {
        rename(&registry, "crates");
    }
    if let Some(sources) = sources {
        rename(sources, "rust");
    }
    Ok(all.join(BETWEEN))
}

/// The folders where cargo unpacks crates.
fn registries() -> Result<Vec<PathBuf>> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| std::env::home_dir().map(|home| home.join(".cargo"))).context("cargo has no home")?;
    let place = home.join("registry/src");
    let Ok(entries) = fs::read_dir(&place) else { return Ok(Vec::new()) };
    let mut found: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    found.sort();
    Ok(found)
}

//! The lock file against a copy of the RustSec advisory database.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use cargo_metadata::semver::{Version, VersionReq};
use cargo_metadata::{Metadata, Package};
use serde::Deserialize;

use crate::check::{self, policy::Policy};
use crate::checkout::Checkout;
use crate::say;

/// Holds the lock file against a copy of the RustSec advisory database.
pub(super) fn check(checkout: &Checkout, db: &Path) -> Result<()> {
    let policy = Policy::read(checkout)?;
    let metadata = check::metadata(checkout)?;
    let known = policy.ignored_advisories();
    let advisories = read_database(db)?;
    let mut findings = Vec::new();
    for advisory in &advisories {
        for package in advisory.hits(&metadata) {
            let words = format!("{} {}: {}", package.name, package.version, advisory.about.id);
            match known.get(advisory.about.id.as_str()) {
                Some(reason) => say::line(format!("known   {words} ({reason})")),
                None => findings.push(words),
            }
        }
    }
    say::line(format!("{} advisories read, {} open", advisories.len(), findings.len()));
    check::none(findings)
}

/// Every advisory about a crate that has not been withdrawn.
fn read_database(db: &Path) -> Result<Vec<Advisory>> {
    let mut found = Vec::new();
    for folder in fs::read_dir(db.join("crates")).with_context(|| format!("no advisories in {}", db.display()))? {
        for file in fs::read_dir(folder?.path())? {
            let path = file?.path();
            if path.extension() == Some("md".as_ref()) {
                let text = fs::read_to_string(&path)?;
                found.push(Advisory::parse(&text).with_context(|| format!("reading {}", path.display()))?);
            }
        }
    }
    ensure!(!found.is_empty(), "no advisories in {}", db.display());
    found.retain(|advisory| advisory.about.withdrawn.is_none());
    Ok(found)
}

/// An advisory: TOML in a fenced block at the head of a Markdown file.
#[derive(Deserialize)]
struct Advisory {
    #[serde(rename = "advisory")]
    about: About,
    versions: Versions,
}

#[derive(Deserialize)]
struct About {
    id: String,
    package: String,
    #[serde(default)]
    withdrawn: Option<toml::Value>,
}

#[derive(Deserialize)]
struct Versions {
    #[serde(default)]
    patched: Vec<VersionReq>,
    #[serde(default)]
    unaffected: Vec<VersionReq>,
}

impl Advisory {
    fn parse(text: &str) -> Result<Self> {
        let head = text.strip_prefix("```toml\n").and_then(|rest| rest.split_once("\n```")).context("no TOML head")?;
        Ok(toml::from_str(head.0)?)
    }

    fn hits<'a>(&self, metadata: &'a Metadata) -> Vec<&'a Package> {
        let named = metadata.packages.iter().filter(|package| package.name.as_str() == self.about.package);
        named.filter(|package| self.affects(&package.version)).collect()
    }

    fn affects(&self, version: &Version) -> bool {
        !self.versions.patched.iter().chain(&self.versions.unaffected).any(|safe| safe.matches(version))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "```toml
[advisory]
id = \"RUSTSEC-2026-0001\"
package = \"example\"
date = \"2026-01-01\"

[versions]
patched = [\">= 1.2.3\"]
unaffected = [\"< 1.0.0\"]
```

# Words
";

    #[test]
    fn tells_safe_versions_from_open_ones() {
        let advisory = Advisory::parse(TEXT).unwrap();
        let affects = |version: &str| advisory.affects(&version.parse().unwrap());
        assert!(affects("1.0.0") && affects("1.2.2"));
        assert!(!affects("1.2.3") && !affects("0.9.9"));
    }

    #[test]
    fn a_file_without_a_head_is_an_error() {
        assert!(Advisory::parse("# Words").is_err());
    }
}

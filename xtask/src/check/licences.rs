//! Holds every crate and npm package of both lock files to `deny.toml`: licence, ban, source.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context, Result};
use cargo_metadata::{Metadata, Package};
use serde::Deserialize;
use spdx::{Expression, LicenseReq, ParseMode};

use super::Findings;
use super::policy::Policy;
use crate::checkout::Checkout;

/// npm packages whose manifest is silent but which carry the text of this licence.
const SILENT: &[(&str, &str)] =
    &[("@inlang/plugin-message-format", "MIT"), ("sqlite-wasm-kysely", "MIT"), ("svelte-toolbelt", "MIT")];

/// Crates: licences, bans and sources.
pub(crate) fn crates(metadata: &Metadata, policy: &Policy) -> Findings {
    metadata.packages.iter().flat_map(|package| judge(&Facts::from(package), policy)).collect()
}

/// Names of crates that are there in more than one version: worth a look, no failure.
pub(crate) fn duplicates(metadata: &Metadata) -> Vec<String> {
    let mut versions: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for package in &metadata.packages {
        versions.entry(package.name.as_str()).or_default().push(package.version.to_string());
    }
    let twice = versions.into_iter().filter(|(_, versions)| versions.len() > 1);
    twice.map(|(name, versions)| format!("{name} {}", versions.join(", "))).collect()
}

/// Packages of npm: licences.
pub(crate) fn npm_packages(checkout: &Checkout, policy: &Policy) -> Result<Findings> {
    let text = fs::read_to_string(checkout.ui().join("package-lock.json")).context("reading ui/package-lock.json")?;
    let lock: NpmLock = serde_json::from_str(&text).context("reading ui/package-lock.json")?;
    let foreign = lock.packages.iter().filter(|(path, package)| path.contains("node_modules/") && !package.link);
    Ok(foreign
        .flat_map(|(path, package)| {
            let name = path.rsplit("node_modules/").next().unwrap_or(path);
            let silent = SILENT.iter().find(|(silent, _)| *silent == name).map(|(_, licence)| *licence);
            judge(&Facts { name, licence: package.license.as_deref().or(silent), source: None }, policy)
        })
        .collect())
}

/// What the rules ask about.
struct Facts<'a> {
    name: &'a str,
    licence: Option<&'a str>,
    source: Option<&'a str>,
}

impl<'a> From<&'a Package> for Facts<'a> {
    fn from(package: &'a Package) -> Self {
        Self {
            name: package.name.as_str(),
            licence: package.license.as_deref(),
            source: package.source.as_ref().map(|source| source.repr.as_str()),
        }
    }
}

fn judge(facts: &Facts<'_>, policy: &Policy) -> Findings {
    let mut findings = Findings::new();
    if let Some(banned) = policy.bans.deny.iter().find(|banned| banned.name == facts.name) {
        findings.push(format!("{} is banned: {}", facts.name, banned.reason));
    }
    if let Some(source) = facts.source {
        let known = policy.sources.allow_registry.iter().any(|registry| source == format!("registry+{registry}"));
        if !known {
            findings.push(format!("{} comes from a source that is not allowed", facts.name));
        }
    }
    findings.extend(judge_licence(facts, policy));
    findings
}

fn judge_licence(facts: &Facts<'_>, policy: &Policy) -> Option<String> {
    let Some(licence) = facts.licence else {
        return Some(format!("{} names no licence", facts.name));
    };
    let Ok(expression) = Expression::parse_mode(licence, ParseMode::LAX) else {
        return Some(format!("{} has a licence that can't be read: {licence}", facts.name));
    };
    let exception = policy.licenses.exceptions.iter().find(|exception| exception.name == facts.name);
    let allowed: Vec<&String> =
        policy.licenses.allow.iter().chain(exception.into_iter().flat_map(|exception| &exception.allow)).collect();
    let welcome = expression.evaluate(|requirement| allowed.iter().any(|id| **id == written(requirement)));
    (!welcome).then(|| format!("{} is under {licence}, which deny.toml does not allow", facts.name))
}

/// A licence with its exception, as deny.toml writes it.
fn written(requirement: &LicenseReq) -> String {
    requirement.to_string()
}

#[derive(Deserialize)]
struct NpmLock {
    packages: BTreeMap<String, NpmPackage>,
}

#[derive(Deserialize)]
struct NpmPackage {
    license: Option<String>,
    #[serde(default)]
    link: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: &str = r#"
        [licenses]
        allow = ["MIT", "Apache-2.0", "Apache-2.0 WITH LLVM-exception"]
        exceptions = [{ name = "fonts", allow = ["OFL-1.1"] }]
        [bans]
        multiple-versions = "warn"
        deny = [{ crate = "openssl-sys", reason = "rustls only" }]
        [sources]
        unknown-registry = "deny"
        unknown-git = "deny"
        allow-registry = ["https://good.example/index"]
        [advisories]
        ignore = []
    "#;

    fn findings(name: &str, licence: Option<&str>, source: Option<&str>) -> Findings {
        judge(&Facts { name, licence, source }, &toml::from_str(POLICY).unwrap())
    }

    #[test]
    fn one_welcome_choice_is_enough_and_every_part_of_an_and_is_needed() {
        let none = Findings::new();
        assert_eq!(findings("a", Some("GPL-3.0 OR MIT"), None), none);
        assert_eq!(findings("a", Some("MIT/Apache-2.0"), None), none);
        assert_eq!(findings("a", Some("Apache-2.0 WITH LLVM-exception"), None), none);
        assert_eq!(findings("a", Some("GPL-3.0-only AND MIT"), None).len(), 1);
        assert_eq!(findings("a", None, None), ["a names no licence"]);
    }

    #[test]
    fn an_exception_is_for_one_crate() {
        assert_eq!(findings("fonts", Some("OFL-1.1"), None), Findings::new());
        assert_eq!(findings("letters", Some("OFL-1.1"), None).len(), 1);
    }

    #[test]
    fn banned_crates_and_strange_sources_are_found() {
        assert_eq!(findings("openssl-sys", Some("MIT"), None), ["openssl-sys is banned: rustls only"]);
        assert_eq!(findings("a", Some("MIT"), Some("registry+https://good.example/index")), Findings::new());
        assert_eq!(findings("a", Some("MIT"), Some("git+https://good.example/index")).len(), 1);
    }
}

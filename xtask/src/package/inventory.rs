//! Everything that both lock files name, and what of it ships.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use cargo_metadata::{DependencyKind, Metadata, Package, PackageId};
use serde::Deserialize;

use crate::check;
use crate::checkout::Checkout;

/// The programs whose parts ship.
const SHIPPED: &[&str] = &["beside-broker", "beside-client", "beside-manager"];

/// Packages of npm that are needed to build and whose code is in what is built: the compiler's run-time half.
const BUNDLED: &[&str] = &["svelte", "clsx", "esm-env"];

/// Where a package comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Origin {
    Cargo,
    Npm,
}

/// One package of one version.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) origin: Origin,
    pub(super) name: String,
    pub(super) version: String,
    /// An SPDX expression, more or less: as the package names it.
    pub(super) licence: Option<String>,
    pub(super) checksum: Option<Checksum>,
    /// Whether it is in something that is distributed, not only needed to build or test it.
    pub(super) ships: bool,
    /// Of this workspace.
    pub(super) own: bool,
    /// Where its files are on this machine.
    pub(super) folder: PathBuf,
}

/// Of the package as it was fetched, in hexadecimal digits.
#[derive(Debug)]
pub(super) enum Checksum {
    Sha256(String),
    Sha512(String),
}

/// Reads both lock files and what is known of the packages in them.
///
/// # Errors
/// A lock file can't be read, or a package that it names is not there.
pub(super) fn read(checkout: &Checkout) -> Result<Vec<Part>> {
    let mut parts = crates(checkout)?;
    parts.extend(npm_packages(checkout)?);
    parts.sort_by(|one, other| (one.origin, &one.name, &one.version).cmp(&(other.origin, &other.name, &other.version)));
    Ok(parts)
}

/// The names and versions that both lock files have, as written: what a list of parts is held against.
pub(super) fn locked(checkout: &Checkout) -> Result<BTreeSet<(Origin, String, String)>> {
    let crates = cargo_lock(checkout)?.package.into_iter();
    let mut names: BTreeSet<_> = crates.map(|locked| (Origin::Cargo, locked.name, locked.version)).collect();
    let npm = npm_lock(checkout)?.packages.into_iter().filter_map(|(path, locked)| {
        let name = path.rsplit_once("node_modules/")?.1.to_owned();
        Some((Origin::Npm, name, locked.version?))
    });
    names.extend(npm);
    Ok(names)
}

fn crates(checkout: &Checkout) -> Result<Vec<Part>> {
    let metadata = check::metadata(checkout)?;
    let shipped = shipped(&metadata)?;
    let known: BTreeMap<(&str, String), &Package> = metadata
        .packages
        .iter()
        .map(|package| ((package.name.as_str(), package.version.to_string()), package))
        .collect();
    let locked = cargo_lock(checkout)?.package.into_iter();
    locked
        .map(|locked| {
            let package = known.get(&(locked.name.as_str(), locked.version.clone()));
            let package = package.with_context(|| format!("cargo does not know {} {}", locked.name, locked.version))?;
            Ok(Part {
                origin: Origin::Cargo,
                licence: package.license.clone(),
                checksum: locked.checksum.map(Checksum::Sha256),
                ships: shipped.contains(&package.id),
                own: package.source.is_none(),
                folder: package.manifest_path.parent().context("a manifest lies in a folder")?.into(),
                name: locked.name,
                version: locked.version,
            })
        })
        .collect()
}

/// What the programs are linked from, on any system.
fn shipped(metadata: &Metadata) -> Result<BTreeSet<&PackageId>> {
    let graph = metadata.resolve.as_ref().context("cargo resolved nothing")?;
    let nodes: BTreeMap<&PackageId, _> = graph.nodes.iter().map(|node| (&node.id, node)).collect();
    let roots = metadata.packages.iter().filter(|package| SHIPPED.contains(&package.name.as_str()));
    let mut left: Vec<&PackageId> = roots.map(|package| &package.id).collect();
    let mut found = BTreeSet::new();
    while let Some(id) = left.pop() {
        if found.insert(id) {
            let uses = nodes.get(id).into_iter().flat_map(|node| &node.deps);
            let linked = uses.filter(|to| to.dep_kinds.iter().any(|how| how.kind == DependencyKind::Normal));
            left.extend(linked.map(|to| &to.pkg));
        }
    }
    Ok(found)
}

fn npm_packages(checkout: &Checkout) -> Result<Vec<Part>> {
    let mut parts = BTreeMap::new();
    for (path, locked) in npm_lock(checkout)?.packages {
        // What is linked is of this workspace, and has a line of its own.
        let Some((_, name)) = path.rsplit_once("node_modules/") else { continue };
        let Some(version) = locked.version else { continue };
        let checksum = locked.integrity.as_deref().and_then(|integrity| integrity.strip_prefix("sha512-"));
        let checksum = checksum.and_then(|digest| BASE64_STANDARD.decode(digest).ok());
        let ships = !locked.dev || BUNDLED.contains(&name);
        let part = Part {
            origin: Origin::Npm,
            name: name.to_owned(),
            version: version.clone(),
            licence: locked.license,
            checksum: checksum.map(|digest| Checksum::Sha512(hex::encode(digest))),
            ships,
            own: false,
            folder: checkout.ui().join(&path),
        };
        // The same version may lie in several places; if one of them ships, it ships.
        let known: &mut Part = parts.entry((name.to_owned(), version)).or_insert(part);
        known.ships |= ships;
    }
    Ok(parts.into_values().collect())
}

fn cargo_lock(checkout: &Checkout) -> Result<CargoLock> {
    let text = fs::read_to_string(checkout.root().join("Cargo.lock")).context("reading Cargo.lock")?;
    toml::from_str(&text).context("reading Cargo.lock")
}

fn npm_lock(checkout: &Checkout) -> Result<NpmLock> {
    let text = fs::read_to_string(checkout.ui().join("package-lock.json")).context("reading ui/package-lock.json")?;
    serde_json::from_str(&text).context("reading ui/package-lock.json")
}

#[derive(Deserialize)]
struct CargoLock {
    package: Vec<LockedCrate>,
}

#[derive(Deserialize)]
struct LockedCrate {
    name: String,
    version: String,
    checksum: Option<String>,
}

#[derive(Deserialize)]
struct NpmLock {
    packages: BTreeMap<String, LockedNpm>,
}

#[derive(Deserialize)]
struct LockedNpm {
    version: Option<String>,
    license: Option<String>,
    integrity: Option<String>,
    #[serde(default)]
    dev: bool,
}

//! Checks that read the repository and nothing else: arrows between crates, licences, manifests, leftovers, types.
//!
//! Each check returns everything that it found wrong, in words that say what to do; an empty list is a pass.

pub(crate) mod arrows;
pub(crate) mod generated;
pub(crate) mod leftovers;
pub(crate) mod licences;
pub(crate) mod manifests;
pub(crate) mod policy;

use anyhow::{Result, bail};
use cargo_metadata::{CargoOpt, Metadata, MetadataCommand};

use crate::checkout::Checkout;

/// What a check found wrong.
pub(crate) type Findings = Vec<String>;

/// The workspace and all of its dependencies, with every feature, as the lock file has them.
pub(crate) fn metadata(checkout: &Checkout) -> Result<Metadata> {
    let mut command = MetadataCommand::new();
    command.current_dir(checkout.root()).features(CargoOpt::AllFeatures).other_options(vec!["--locked".to_owned()]);
    Ok(command.exec()?)
}

/// Turns findings into an error that lists them.
pub(crate) fn none(findings: Findings) -> Result<()> {
    if findings.is_empty() {
        return Ok(());
    }
    bail!("{} finding(s):\n  {}", findings.len(), findings.join("\n  "));
}

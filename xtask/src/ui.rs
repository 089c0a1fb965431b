//! The frontends: npm packages when their list has changed, and the build that cargo embeds into the apps.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::checkout::Checkout;

/// Installs the npm packages if the lock file is not the one that they were installed from.
pub(crate) fn ensure_packages(checkout: &Checkout, log: &Path) -> Result<()> {
    let lock = fs::read(checkout.ui().join("package-lock.json")).context("reading ui/package-lock.json")?;
    let stamp = checkout.output("stamps")?.join("package-lock.json");
    let current = fs::read(&stamp).is_ok_and(|stamped| stamped == lock);
    if current && checkout.ui().join("node_modules").is_dir() {
        return Ok(());
    }
    checkout.npm().args(["ci"]).logged(log)?;
    fs::write(&stamp, lock).context("writing the stamp of the npm packages")
}

/// Builds the frontends into their `dist` folders. The apps don't compile without them.
pub(crate) fn build(checkout: &Checkout, log: &Path) -> Result<()> {
    ensure_packages(checkout, log)?;
    checkout.npm().args(["run", "build"]).logged(log)?;
    Ok(())
}

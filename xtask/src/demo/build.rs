//! Building what the demo runs, optimised as in a release.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::checkout::Checkout;
use crate::{say, system, ui};

/// The three programs.
pub(crate) struct Programs {
    pub(crate) broker: PathBuf,
    pub(crate) client: PathBuf,
    pub(crate) manager: PathBuf,
}

/// One invocation with a fixed set of features, so that nothing is ever built twice.
const ARGUMENTS: &[&str] = &[
    "build",
    "--locked",
    "--profile",
    "demo",
    "--package",
    "beside-broker",
    "--package",
    "beside-client",
    "--package",
    "beside-manager",
    "--features",
    "beside-client/demo-trust,beside-manager/demo-trust",
];

/// Installs what is missing and builds the frontends, then the programs.
pub(crate) fn programs(checkout: &Checkout) -> Result<Programs> {
    system::ensure_packages()?;
    let log = checkout.output("reports")?.join("demo-build.log");
    say::line("building the frontends …");
    ui::build(checkout, &log)?;
    say::line("building the broker and both apps; the first time takes a while …");
    checkout.cargo().args(ARGUMENTS).logged(&log)?;
    Ok(built(checkout))
}

/// The broker alone, and what puts load on it: of the packages of the one invocation, so that none of them is built twice,
/// but only these two programs of them.
const LOADED: &[&str] = &["--package", "beside-broker-bench", "--bin", "beside-broker", "--bin", "beside-broker-bench"];

/// Builds the broker and the program that puts load on it.
pub(crate) fn broker_and_load(checkout: &Checkout) -> Result<(PathBuf, PathBuf)> {
    let log = checkout.output("reports")?.join("bench-build.log");
    checkout.cargo().args(ARGUMENTS).args(LOADED).logged(&log)?;
    let folder = checkout.cargo_target().join("demo");
    Ok((folder.join("beside-broker"), folder.join("beside-broker-bench")))
}

/// Builds the broker alone, of the same packages.
pub(crate) fn broker(checkout: &Checkout, log: &Path) -> Result<PathBuf> {
    checkout.cargo().args(ARGUMENTS).args(["--bin", "beside-broker"]).logged(log)?;
    Ok(built(checkout).broker)
}

/// Where the programs are once they are built.
pub(crate) fn built(checkout: &Checkout) -> Programs {
    let folder = checkout.cargo_target().join("demo");
    Programs {
        broker: folder.join("beside-broker"),
        client: folder.join("beside-client"),
        manager: folder.join("beside-manager"),
    }
}

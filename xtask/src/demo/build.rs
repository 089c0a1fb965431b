//! Building what the demo runs, optimised as in a release.

use std::path::PathBuf;

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

/// Where the programs are once they are built.
pub(crate) fn built(checkout: &Checkout) -> Programs {
    let folder = checkout.cargo_target().join("demo");
    Programs {
        broker: folder.join("beside-broker"),
        client: folder.join("beside-client"),
        manager: folder.join("beside-manager"),
    }
}

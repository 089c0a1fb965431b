//! Building what is distributed.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::paths;
use crate::checkout::Checkout;
use crate::{demo, say};

pub(super) use crate::demo::build::Programs;

/// One invocation with a fixed set of features, so that nothing is ever built twice.
const ARGUMENTS: &[&str] = &[
    "build",
    "--locked",
    "--release",
    "--package",
    "beside-broker",
    "--package",
    "beside-client",
    "--package",
    "beside-manager",
];

/// What a build believes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trust {
    /// The vendor's keys and the system's authorities.
    Release,
    /// Those of a demo, too; and it can be driven. For the proofs of packages only.
    Demo,
}

/// Builds all three programs for this machine.
pub(super) fn for_linux(checkout: &Checkout, trust: Trust, log: &Path) -> Result<Programs> {
    match trust {
        Trust::Demo => demo::build::programs(checkout),
        Trust::Release => {
            say::line("building the release; the first time takes a while …");
            let flags = paths::flags(checkout, None, &[])?;
            checkout.cargo().env("CARGO_ENCODED_RUSTFLAGS", flags).args(ARGUMENTS).logged(log)?;
            let built = |name: &str| -> PathBuf { checkout.cargo_target().join("release").join(name) };
            Ok(Programs {
                broker: built("beside-broker"),
                client: built("beside-client"),
                manager: built("beside-manager"),
            })
        }
    }
}

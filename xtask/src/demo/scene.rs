//! What lies between the two people, and playing the story in a network namespace of its own.

use std::time::Duration;

use anyhow::{Context, Result};
use clap::ValueEnum;

use super::report::SceneReport;
use crate::checkout::Checkout;

/// What lies between the two people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Scene {
    /// Nothing is in the way.
    Direct,
    /// Every UDP packet is dropped.
    Relay,
    /// Nothing is in the way but what must be refused; the customer's screens are Korean, the operator's Japanese and dark.
    Refusals,
}

/// The scenes of the headless demo.
pub(crate) const SCENES: &[Scene] = &[Scene::Direct, Scene::Relay, Scene::Refusals];

/// Longest run of a scene.
const LIMIT: Duration = Duration::from_secs(900);

impl Scene {
    /// As it stands in file names and reports.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Relay => "relay",
            Self::Refusals => "refusals",
        }
    }

    /// Whether it is played for its figures too.
    pub(crate) const fn is_measured(self) -> bool {
        match self {
            Self::Direct | Self::Relay => true,
            Self::Refusals => false,
        }
    }

    /// What carries the session, one after the other, as the wire names it.
    pub(crate) const fn paths(self) -> &'static [&'static str] {
        match self {
            Self::Direct | Self::Refusals => &["relay", "direct_udp"],
            Self::Relay => &["relay"],
        }
    }

    /// Starts this program anew, on the scene's own network, and reads what it reported. The report of a run that
    /// failed is there too.
    pub(crate) fn play_apart(self, checkout: &Checkout) -> Result<(SceneReport, Result<()>)> {
        let report = checkout.output("reports/demo")?.join(format!("{}.json", self.name()));
        SceneReport::default().write(&report)?;
        let program = std::env::current_exe().context("finding this program")?;
        let root = rustix::process::geteuid().is_root();
        let rights: &[&str] = if root { &[] } else { &["--user", "--map-root-user"] };
        let tool = checkout.tool("unshare").args(rights).args(["--net", "--"]).args([program]);
        let outcome = tool.args(["demo", "--scene", self.name()]).limit(LIMIT).show();
        Ok((SceneReport::read(&report)?, outcome))
    }
}

//! The networks that the story is played on.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use clap::ValueEnum;

use super::report::SceneReport;
use crate::checkout::Checkout;
use crate::command::Tool;

/// What lies between the two people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Scene {
    /// The machine's own network: nothing is in the way.
    Direct,
    /// A network namespace in which every UDP packet is dropped.
    Relay,
}

/// The scenes of the headless demo.
pub(crate) const SCENES: &[Scene] = &[Scene::Relay];

/// Longest run of a scene.
const LIMIT: Duration = Duration::from_secs(900);
/// Drops every UDP packet of the namespace.
const NO_UDP: &str = "add table inet beside
    add chain inet beside sent { type filter hook output priority 0; }
    add rule inet beside sent meta l4proto udp drop";

impl Scene {
    /// As it stands in file names and reports.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Relay => "relay",
        }
    }

    /// What carries the session in the end, as the wire names it.
    pub(crate) const fn path(self) -> &'static str {
        match self {
            Self::Direct => "direct_udp",
            Self::Relay => "relay",
        }
    }

    /// Starts this program anew, on the scene's own network, and reads what it reported. The report of a run that
    /// failed is there too.
    pub(crate) fn play_apart(self, checkout: &Checkout) -> Result<(SceneReport, Result<()>)> {
        let report = checkout.output("reports/demo")?.join(format!("{}.json", self.name()));
        SceneReport::default().write(&report)?;
        let program = std::env::current_exe().context("finding this program")?;
        let tool = match self {
            Self::Direct => checkout.tool(program),
            Self::Relay => {
                let root = rustix::process::geteuid().is_root();
                let rights: &[&str] = if root { &[] } else { &["--user", "--map-root-user"] };
                checkout.tool("unshare").args(rights).args(["--net", "--"]).args([program])
            }
        };
        let outcome = tool.args(["demo", "--scene", self.name()]).limit(LIMIT).show();
        Ok((SceneReport::read(&report)?, outcome))
    }

    /// Makes the network of the namespace that this program was started in.
    pub(crate) fn prepare_network(self) -> Result<()> {
        match self {
            Self::Direct => Ok(()),
            Self::Relay => {
                let links = Tool::new("ip").args(["-brief", "link"]).output()?;
                ensure!(links.lines().count() <= 1, "refusing to block UDP outside a network namespace");
                Tool::new("ip").args(["link", "set", "lo", "up"]).show()?;
                Tool::new("nft").args([NO_UDP]).show()
            }
        }
    }
}

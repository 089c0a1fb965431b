//! `cargo xtask package`: what is distributed, from the sources to the files in `target/packages`.

mod deb;
mod hashes;
mod inventory;
mod linux;
mod notices;
pub(crate) mod paths;
mod programs;
mod report;
mod sbom;
pub(crate) mod verify;
mod windows;

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::{Args, ValueEnum};

use self::linux::Papers;
pub(crate) use self::programs::Trust;
use self::verify::Judge;
use crate::checkout::Checkout;
use crate::signing::{self, Authority};
use crate::{say, system, ui};

#[derive(Args)]
pub(crate) struct Options {
    /// The system that the packages are for
    system: System,
    /// Makes packages that trust a demo's keys, for trying them out: never for customers
    #[arg(long)]
    demo_trust: bool,
}

/// A system that packages are for.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum System {
    Linux,
    Windows,
}

/// Makes the packages.
pub(crate) fn run(checkout: &Checkout, options: &Options) -> Result<()> {
    let trust = if options.demo_trust { Trust::Demo } else { Trust::Release };
    system::ensure_packages()?;
    let log = checkout.output("reports")?.join("package.log");
    say::line("building the frontends …");
    ui::build(checkout, &log)?;
    let files = make(checkout, options.system, trust, &log)?;
    for file in &files {
        say::line(format!("{file}"));
    }
    Ok(())
}

/// Makes the packages for a system beside those that are there, signs the list of all of them, verifies each, and writes
/// `target/reports/package.json`.
///
/// # Errors
/// Something can't be built, or is not good.
pub(crate) fn make(checkout: &Checkout, system: System, trust: Trust, log: &Path) -> Result<Vec<report::File>> {
    let folder = folder(checkout, trust)?;
    let parts = inventory::read(checkout)?;
    let papers = Papers { notices: notices::of(&parts)? };
    let version = env!("CARGO_PKG_VERSION");
    match system {
        System::Linux => {
            let programs = programs::for_linux(checkout, trust, log)?;
            linux::packages(checkout, &programs, &papers, version, &folder)?;
        }
        System::Windows => windows::packages(checkout, trust, &papers, version, &folder, log)?,
    }
    sbom::write(&parts, version, &folder.join(format!("beside-{version}.cdx.json")))?;
    let authority = Authority::ensure(checkout)?;
    signing::list::sign(&hashes::write(&folder)?, authority.release_key())?;
    drop(authority);
    report::write(checkout, &folder, &Judge::of_tests(checkout, Vec::new(), trust)?)
}

/// Where packages of a kind lie.
fn folder(checkout: &Checkout, trust: Trust) -> Result<PathBuf> {
    checkout.output(match trust {
        Trust::Release => "packages",
        Trust::Demo => "packages-demo-trust",
    })
}

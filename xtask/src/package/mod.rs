//! `cargo xtask package`: what is distributed, from the sources to the files in `target/packages`.

mod deb;
mod hashes;
mod installed;
mod inventory;
mod linux;
mod notices;
pub(crate) mod paths;
mod programs;
mod report;
mod repository;
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

/// Of everything that is made.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");
/// What packages are upgraded from when that is tried: the same programs in packages of an older number.
const BEFORE: &str = "0.0.1";

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
    match system {
        System::Linux => {
            let programs = programs::for_linux(checkout, trust, log)?;
            linux::packages(checkout, &programs, &papers, VERSION, &folder)?;
        }
        System::Windows => windows::packages(checkout, trust, &papers, VERSION, &folder, log)?,
    }
    sbom::write(&parts, VERSION, &folder.join(format!("beside-{VERSION}.cdx.json")))?;
    let authority = Authority::ensure(checkout)?;
    if system == System::Linux {
        repository::write(&folder, authority.release_key())?;
    }
    signing::list::sign(&hashes::write(&folder)?, authority.release_key())?;
    drop(authority);
    report::write(checkout, &folder, &Judge::of_tests(checkout, Vec::new(), trust)?)
}

/// Installs the packages for Linux on a fresh Debian, over an older version, and removes them. Returns how many things held.
///
/// # Errors
/// They were not made yet, or something did not hold.
pub(crate) fn install(checkout: &Checkout, log: &Path) -> Result<u64> {
    let before = checkout.fresh_output("packages-before")?;
    let programs = programs::for_linux(checkout, Trust::Release, log)?;
    let papers = Papers { notices: String::new() };
    linux::packages(checkout, &programs, &papers, BEFORE, &before)?;
    let older = repository::write(&before, Authority::ensure(checkout)?.release_key())?;
    let newer = folder(checkout, Trust::Release)?.join(repository::FOLDER);
    installed::prove(checkout, [(&older, BEFORE), (&newer, VERSION)])
}

/// Where packages of a kind lie.
fn folder(checkout: &Checkout, trust: Trust) -> Result<PathBuf> {
    checkout.output(match trust {
        Trust::Release => "packages",
        Trust::Demo => "packages-demo-trust",
    })
}

//! Holds a file that is distributed against everything that vouches for it.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use beside_identity::{PublicKey, vendor};
use clap::Args;

use super::{Trust, hashes, sbom};
use crate::check;
use crate::checkout::Checkout;
use crate::command::Tool;
use crate::signing::{self, Authority};

/// Only a program that trusts a demo's keys looks for this variable, so its name is in no other.
const DEMO_MARK: &[u8] = b"BESIDE_DEMO_TRUST";

/// Whose signatures count. Without any of these, those of the test authority of this checkout.
#[derive(Args)]
pub(crate) struct Believed {
    /// Certificate authorities for programs, in PEM
    #[arg(long, requires_all = ["time_stamp_authorities", "release_keys"])]
    authorities: Option<PathBuf>,
    /// Certificate authorities for time-stamps, in PEM
    #[arg(long)]
    time_stamp_authorities: Option<PathBuf>,
    /// The revocation list of the authority for programs, in PEM
    #[arg(long)]
    revoked: Option<PathBuf>,
    /// The public keys that sign lists of hashes and the apt repository, as GnuPG exports them
    #[arg(long)]
    release_keys: Option<PathBuf>,
    /// Vendor keys for org.json, a line each, as in signing/vendor-keys.txt
    #[arg(long)]
    vendor_keys: Option<PathBuf>,
    /// The packages may trust a demo's keys, as those of `cargo xtask package --demo-trust` do
    #[arg(long)]
    demo_trust: bool,
}

/// Verifies files.
pub(crate) struct Judge<'a> {
    checkout: &'a Checkout,
    programs: signing::Trust,
    release_keys: PathBuf,
    vendor_keys: Vec<PublicKey>,
    trust: Trust,
    /// Held while its keys are needed.
    _authority: Option<Authority>,
}

/// What a file was found to be.
pub(crate) enum Found {
    /// A program, library or MSI for Windows.
    Signed { publisher: String, stamped: u64 },
    /// A list of parts, of so many.
    Parts(usize),
    /// An organisation's file.
    Organisation { name: String },
    /// In a list of hashes that is signed.
    Listed,
}

impl Believed {
    /// Finds the keys.
    pub(crate) fn judge<'a>(&self, checkout: &'a Checkout) -> Result<Judge<'a>> {
        let vendor_keys = match &self.vendor_keys {
            Some(file) => {
                let text = fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
                vendor::keys_in(&text)?
            }
            None => vendor::release_keys()?,
        };
        let trust = if self.demo_trust { Trust::Demo } else { Trust::Release };
        let (Some(authorities), Some(time_stamps), Some(release_keys)) =
            (self.authorities.clone(), self.time_stamp_authorities.clone(), self.release_keys.clone())
        else {
            return Judge::of_tests(checkout, vendor_keys, trust);
        };
        let programs = signing::Trust { authorities, time_stamps, revoked: self.revoked.clone(), at: None };
        Ok(Judge { checkout, programs, release_keys, vendor_keys, trust, _authority: None })
    }
}

impl<'a> Judge<'a> {
    /// One that believes this checkout's test authority.
    pub(super) fn of_tests(checkout: &'a Checkout, mut vendor_keys: Vec<PublicKey>, trust: Trust) -> Result<Self> {
        let authority = Authority::ensure(checkout)?;
        vendor_keys.push(authority.vendor_key()?);
        let release_keys = authority.release_keys()?;
        let programs = authority.trust();
        Ok(Self { checkout, programs, release_keys, vendor_keys, trust, _authority: Some(authority) })
    }

    /// Verifies one file.
    ///
    /// # Errors
    /// Something does not vouch for it that should.
    pub(crate) fn verify(&self, file: &Path) -> Result<Found> {
        let name = file.file_name().context("a file has a name")?.to_string_lossy();
        self.look(file, &name).with_context(|| format!("{name} is not good"))
    }

    fn look(&self, file: &Path, name: &str) -> Result<Found> {
        // It vouches for itself, and lies wherever the organisation puts it.
        if name == "org.json" {
            let organisation = signing::read_organisation(file, &self.vendor_keys)?;
            return Ok(Found::Organisation { name: organisation.body().name.clone() });
        }
        signing::list::verify(&file.with_file_name(hashes::LIST), &self.release_keys)?;
        hashes::check(file)?;
        match name.rsplit_once('.').map_or("", |(_, kind)| kind) {
            "exe" | "msi" => {
                let signature = signing::verify(file, &self.programs)?;
                Ok(Found::Signed { publisher: signature.publisher, stamped: signature.stamped })
            }
            "json" if name.ends_with(".cdx.json") => {
                let bom = sbom::read(file)?;
                check::none(sbom::compare(&bom, self.checkout)?)?;
                Ok(Found::Parts(bom.components.map_or(0, |components| components.0.len())))
            }
            "deb" => self.unpacked(file, &["dpkg-deb", "-x"]),
            "xz" => self.unpacked(file, &["tar", "-xf"]),
            _ => Ok(Found::Listed),
        }
    }

    /// Unpacks an archive, and looks at the programs in it.
    fn unpacked(&self, archive: &Path, with: &[&str]) -> Result<Found> {
        let folder = tempfile::tempdir().context("making a folder")?;
        let (program, arguments) = with.split_first().context("a program")?;
        let tool = Tool::new(program).args(arguments).args([archive.as_os_str()]);
        let tool = if *program == "tar" { tool.args(["-C"]) } else { tool };
        tool.args([folder.path().as_os_str()]).output()?;
        let mut programs = 0;
        let mut left = vec![folder.path().to_owned()];
        while let Some(folder) = left.pop() {
            for entry in fs::read_dir(&folder).with_context(|| format!("reading {}", folder.display()))? {
                let entry = entry?;
                let kind = entry.file_type()?;
                if kind.is_dir() {
                    left.push(entry.path());
                } else if kind.is_file() {
                    let bytes = fs::read(entry.path())?;
                    if bytes.starts_with(b"\x7fELF") {
                        programs += 1;
                        self.judge_program(&bytes)?;
                    }
                }
            }
        }
        ensure!(programs > 0, "there is no program in it");
        Ok(Found::Listed)
    }

    /// A release believes no demo.
    fn judge_program(&self, bytes: &[u8]) -> Result<()> {
        let believes = bytes.windows(DEMO_MARK.len()).any(|window| window == DEMO_MARK);
        ensure!(!believes || self.trust == Trust::Demo, "a program in it trusts a demo's keys: no release does");
        Ok(())
    }
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Signed { publisher, stamped } => write!(f, "signed by {publisher}, stamped at Unix second {stamped}"),
            Self::Parts(count) => write!(f, "a list of {count} parts, complete against both lock files"),
            Self::Organisation { name } => write!(f, "names {name}, signed by the vendor"),
            Self::Listed => write!(f, "as listed, and the list is signed"),
        }
    }
}

//! A broker with a generated year in its database.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::Plan;
use crate::checkout::Checkout;
use crate::demo::authority;
use crate::demo::broker::{Account, Broker};
use crate::demo::organisation::Signers;

/// A broker that does not run yet, and its first administrator.
pub(super) struct Year {
    pub(super) broker: Broker,
    pub(super) administrator: Account,
    pub(super) plan: Plan,
    /// Where its files are.
    pub(super) folder: PathBuf,
}

impl Year {
    /// A new one, every time.
    pub(super) fn fresh(checkout: &Checkout, program: &Path, plan: Plan) -> Result<Self> {
        let folder = checkout.fresh_output("console-data")?;
        Self::make(program, &folder, plan)
    }

    /// The one that was made before, if there is one of this kind: a large one takes minutes. The log has what was done on it
    /// since.
    pub(super) fn kept(checkout: &Checkout, program: &Path, plan: Plan) -> Result<Self> {
        let name = format!("bench-console/year-{}-{}-{}", plan.seed, plan.sessions, last_migration(checkout)?);
        let folder = checkout.output(&name)?;
        // Written last, so that a year that was broken off is no year.
        let done = folder.join("administrator.json");
        if let Ok(text) = fs::read(&done) {
            let administrator = serde_json::from_slice(&text).context("reading the administrator of the kept year")?;
            return Ok(Self { broker: open(program, &folder)?, administrator, plan, folder });
        }
        let year = Self::make(program, &checkout.fresh_output(&name)?, plan)?;
        fs::write(&done, serde_json::to_vec(&year.administrator)?).context("keeping the year's administrator")?;
        Ok(year)
    }

    fn make(program: &Path, folder: &Path, plan: Plan) -> Result<Self> {
        let broker = open(program, folder)?;
        let administrator = broker.init()?;
        broker.fill(plan.sessions, plan.seed, &folder.join("demo-data.log"))?;
        Ok(Self { broker, administrator, plan, folder: folder.to_owned() })
    }
}

/// The broker of a folder, with a certificate of today.
fn open(program: &Path, folder: &Path) -> Result<Broker> {
    let tls = authority::issue(folder, &["127.0.0.1", "localhost"])?;
    Broker::configure(program, folder, &tls, &Signers::generate().organisation_key())
}

/// Another schema needs another year.
fn last_migration(checkout: &Checkout) -> Result<String> {
    let folder = checkout.root().join("broker/migration/src");
    let files = fs::read_dir(&folder).with_context(|| format!("reading {}", folder.display()))?;
    let files: Vec<PathBuf> = files.map(|file| file.map(|file| file.path())).collect::<std::io::Result<_>>()?;
    let names = files.iter().filter_map(|file| file.file_stem().and_then(OsStr::to_str));
    names.filter(|name| name.starts_with('m')).max().map(str::to_owned).context("there is no migration")
}

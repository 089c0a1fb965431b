//! Wine 10, in a system of its own: that of Debian 12 lacks what every Rust program calls first.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::toolchain;
use crate::checkout::Checkout;
use crate::chroot::Chroot;
use crate::command::{Ended, Tool};

/// The Debian whose Wine is new enough.
const SUITE: &str = "trixie";
/// Where Windows is, as this system sees it.
const PREFIX: &str = "/srv/windows";
/// Where files are handed over, as this system sees it and as Windows does.
const INBOX: (&str, &str) = ("srv/inbox", "Z:\\srv\\inbox");

/// A Windows, more or less.
pub(crate) struct Wine(Chroot);

impl Wine {
    /// Finds the system, or makes it, and puts a new Windows into it.
    ///
    /// # Errors
    /// Whoever runs this is not root, or Debian's packages can't be had.
    pub(crate) fn fresh(checkout: &Checkout) -> Result<Self> {
        let wine = Self(Chroot::ensure(toolchain::home(checkout).join("wine"), SUITE, furnish)?);
        for left in [PREFIX.trim_start_matches('/'), INBOX.0] {
            let folder = wine.0.folder().join(left);
            if folder.exists() {
                fs::remove_dir_all(&folder).with_context(|| format!("emptying {}", folder.display()))?;
            }
        }
        fs::create_dir_all(wine.0.folder().join(INBOX.0)).context("making an inbox")?;
        wine.command(&["wineboot", "--init"]).output().context("starting Windows")?;
        Ok(wine)
    }

    /// Hands a file over, and says what Windows calls it.
    pub(crate) fn hand(&self, file: &Path) -> Result<String> {
        let name = file.file_name().context("a file has a name")?.to_string_lossy();
        let to = self.0.folder().join(INBOX.0).join(&*name);
        fs::copy(file, &to).with_context(|| format!("copying {}", file.display()))?;
        Ok(format!("{}\\{name}", INBOX.1))
    }

    /// Runs a program of Windows to its end, good or bad.
    pub(crate) fn run(&self, program: &str, arguments: &[&str]) -> Result<Ended> {
        let mut command = vec!["wine", program];
        command.extend(arguments);
        self.command(&command).ended()
    }

    /// Waits until nothing runs any more: an uninstaller goes on in a copy of itself.
    pub(crate) fn settle(&self) -> Result<()> {
        self.command(&["wineserver", "--wait"]).output().map(drop)
    }

    /// Its drive C.
    pub(crate) fn drive(&self) -> PathBuf {
        self.0.folder().join(PREFIX.trim_start_matches('/')).join("drive_c")
    }

    /// The folder of the person who uses it.
    pub(crate) fn home(&self) -> PathBuf {
        self.drive().join("users/root")
    }

    fn command(&self, words: &[&str]) -> Tool {
        let prefix = format!("WINEPREFIX={PREFIX}");
        let quiet = ["HOME=/srv", "XDG_RUNTIME_DIR=/tmp", "WINEDEBUG=-all", "WINEDLLOVERRIDES=mscoree,mshtml="];
        let variables: Vec<&str> = quiet.into_iter().chain([prefix.as_str()]).collect();
        self.0.inside(&variables, words)
    }
}

fn furnish(system: &Chroot) -> Result<()> {
    // Installers are programs of 32 bits, so that they can say something on any Windows.
    system.inside(&[], &["dpkg", "--add-architecture", "i386"]).output()?;
    system.apt(&["update"])?;
    system.apt(&["install", "--no-install-recommends", "wine", "wine64", "wine32:i386"])?;
    system.apt(&["clean"])
}

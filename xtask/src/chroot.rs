//! A Debian of any age in a folder, for what this machine's own does not have or must not get.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::command::Tool;
use crate::{say, system};

/// Written last, so that a system that was broken off is none.
const DONE: &str = "beside-done";
/// Mounts /proc for what follows only: however that ends, nothing stays mounted.
const WITH_PROC: &str = "mount -t proc proc \"$0/proc\" && exec chroot \"$0\" env \"$@\"";

/// The folder of a system.
pub(crate) struct Chroot(PathBuf);

impl Chroot {
    /// The system in this folder, made of Debian's `suite` if there is none yet; `furnish` installs what it is for.
    ///
    /// # Errors
    /// Whoever runs this is not root, or Debian's packages can't be had.
    pub(crate) fn ensure(folder: PathBuf, suite: &str, furnish: impl FnOnce(&Self) -> Result<()>) -> Result<Self> {
        let system = Self(folder);
        if system.0.join(DONE).exists() {
            return Ok(system);
        }
        ensure!(rustix::process::geteuid().is_root(), "only root can make a system in a folder: run this with sudo");
        say::line(format!("preparing a Debian {suite} in a folder, once …"));
        system.remove()?;
        if let Some(place) = system.0.parent() {
            fs::create_dir_all(place).with_context(|| format!("making {}", place.display()))?;
        }
        let archive = system::archive()?;
        let tool = Tool::new("debootstrap").args(["--variant=minbase", suite]).args([&system.0]).args([&archive]);
        tool.output().with_context(|| format!("no Debian {suite}"))?;
        // Installing starts nothing: there is no init in there that could.
        let policy = system.0.join("usr/sbin/policy-rc.d");
        fs::write(&policy, "#!/bin/sh\nexit 101\n").with_context(|| format!("writing {}", policy.display()))?;
        Tool::new("chmod").args(["+x".as_ref(), policy.as_os_str()]).output()?;
        furnish(&system)?;
        fs::write(system.0.join(DONE), suite).context("keeping a Debian")?;
        Ok(system)
    }

    /// A copy of it, in place of what is in this folder.
    pub(crate) fn copy(&self, folder: PathBuf) -> Result<Self> {
        let copy = Self(folder);
        copy.remove()?;
        Tool::new("cp").args(["-a".as_ref(), self.0.as_os_str(), copy.0.as_os_str()]).output()?;
        Ok(copy)
    }

    /// Where it lies on this machine.
    pub(crate) fn folder(&self) -> &Path {
        &self.0
    }

    /// A program in there, with nothing in its environment but a path and these variables, `NAME=VALUE`.
    pub(crate) fn inside(&self, variables: &[&str], words: &[&str]) -> Tool {
        Tool::new("unshare")
            .args(["--mount", "--propagation", "private", "sh", "-c", WITH_PROC])
            .args([&self.0])
            .args(["-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8"])
            .args(variables)
            .args(words)
    }

    /// apt-get, in there.
    pub(crate) fn apt(&self, words: &[&str]) -> Result<()> {
        let words: Vec<&str> = ["apt-get", "-q", "-y"].into_iter().chain(words.iter().copied()).collect();
        self.inside(&["DEBIAN_FRONTEND=noninteractive"], &words).output().map(drop)
    }

    /// Removes it.
    pub(crate) fn remove(&self) -> Result<()> {
        if self.0.exists() {
            fs::remove_dir_all(&self.0).with_context(|| format!("removing {}", self.0.display()))?;
        }
        Ok(())
    }
}

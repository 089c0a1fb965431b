//! The key that signs the apt repository, by GnuPG: in a home of its own for the test authority, on an OpenPGP card in
//! production.

use std::ffi::OsStr;
use std::fs::DirBuilder;
use std::os::unix::fs::{DirBuilderExt as _, symlink};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use tempfile::TempDir;

use crate::command::Tool;

/// A key of GnuPG.
pub(crate) struct ReleaseKey {
    /// GnuPG's home, if it is not the user's.
    home: Option<Home>,
    /// 40 hexadecimal digits.
    fingerprint: String,
}

/// A home of our own. Its agent listens on a socket in it, whose path the system keeps short, so it is used through a link
/// from the folder for temporary files.
struct Home {
    link: PathBuf,
    _place: TempDir,
}

impl Home {
    fn open(folder: &Path) -> Result<Self> {
        let place = tempfile::Builder::new().prefix("beside-gnupg-").tempdir()?;
        let link = place.path().join("home");
        symlink(folder, &link).with_context(|| format!("linking to {}", folder.display()))?;
        Ok(Self { link, _place: place })
    }
}

impl ReleaseKey {
    /// The user's key with this fingerprint, on a card, say.
    pub(crate) const fn of_user(fingerprint: String) -> Self {
        Self { home: None, fingerprint }
    }

    /// The key with this fingerprint in a home of our own.
    pub(super) fn in_home(folder: &Path, fingerprint: String) -> Result<Self> {
        Ok(Self { home: Some(Home::open(folder)?), fingerprint })
    }

    /// Makes a key without a passphrase, for tests; the folder is made for it.
    pub(super) fn make(folder: &Path, user: &str) -> Result<Self> {
        // GnuPG complains of a home that others can read.
        DirBuilder::new().mode(0o700).create(folder).with_context(|| format!("making {}", folder.display()))?;
        let mut key = Self::in_home(folder, String::new())?;
        let make = ["--passphrase", "", "--quick-generate-key", user, "ed25519", "sign", "never"];
        key.gpg(&make, &[]).context("making the key of the apt repository")?;
        key.fingerprint = only_fingerprint(&key.gpg(&["--with-colons", "--list-secret-keys"], &[])?)?;
        Ok(key)
    }

    /// 40 hexadecimal digits.
    pub(crate) fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// Signs a repository's `Release`: beside it come `InRelease`, which holds the same text, and `Release.gpg`.
    pub(crate) fn sign(&self, release: &Path) -> Result<()> {
        let with = |name: &str| release.with_file_name(name);
        self.sign_as("--clear-sign", release, &with("InRelease"))?;
        self.sign_as("--detach-sign", release, &with("Release.gpg"))
    }

    pub(super) fn sign_as(&self, form: &str, release: &Path, output: &Path) -> Result<()> {
        let how = ["--local-user", &self.fingerprint, "--digest-algo", "SHA512", "--armor"];
        let paths = ["--output".as_ref(), output.as_os_str(), form.as_ref(), release.as_os_str()];
        self.gpg(&how, &paths).with_context(|| format!("signing {}", release.display())).map(drop)
    }

    /// Writes the public key as the file that `Signed-By` of apt's sources names.
    pub(crate) fn export(&self, keyring: &Path) -> Result<()> {
        let paths = ["--output".as_ref(), keyring.as_os_str(), "--export".as_ref(), self.fingerprint.as_ref()];
        self.gpg(&[], &paths).context("exporting the key of the apt repository").map(drop)
    }

    fn gpg(&self, options: &[&str], rest: &[&OsStr]) -> Result<String> {
        let tool = Tool::new("gpg").args(["--batch", "--yes", "--quiet"]).args(options).args(rest);
        self.at_home(tool).output()
    }

    fn at_home(&self, tool: Tool) -> Tool {
        match &self.home {
            Some(home) => tool.env("GNUPGHOME", &home.link),
            None => tool,
        }
    }
}

impl Drop for ReleaseKey {
    fn drop(&mut self) {
        // The agent of a home of our own would outlive us; the user's is theirs. One that never ran is no failure.
        if self.home.is_some() {
            let _ = self.at_home(Tool::new("gpgconf").args(["--kill", "all"])).ended();
        }
    }
}

/// Verifies a repository's signatures as apt does, against a file of public keys.
///
/// # Errors
/// `InRelease` or `Release.gpg` is not good.
pub(crate) fn verify(release: &Path, keyring: &Path) -> Result<()> {
    let with = |name: &str| release.with_file_name(name).into_os_string();
    for files in [vec![with("InRelease")], vec![with("Release.gpg"), release.as_os_str().to_owned()]] {
        Tool::new("gpgv").args(["--keyring".as_ref(), keyring.as_os_str()]).args(files).output()?;
    }
    Ok(())
}

/// The fingerprint of the one key that a listing in GnuPG's colon form has.
fn only_fingerprint(listing: &str) -> Result<String> {
    let fingerprint = listing.lines().find_map(|line| line.strip_prefix("fpr:"));
    let fingerprint = fingerprint.map(|rest| rest.trim_matches(':').to_owned());
    fingerprint.context("GnuPG kept no key")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_read_from_a_listing() {
        let listing = "sec:u:255:22:1234:1:::u:::sc:::+::ed25519:::0:\nfpr:::::::::ABCDEF:\ngrp:::::::::99:\n";
        assert_eq!(only_fingerprint(listing).unwrap(), "ABCDEF");
        assert!(only_fingerprint("").is_err());
    }
}

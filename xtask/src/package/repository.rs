//! The apt repository: the Debian packages of a folder, an index of them, and its signature.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::hashes;
use crate::command::Tool;
use crate::signing::release::ReleaseKey;

/// Where it lies, below the folder of the packages.
pub(super) const FOLDER: &str = "apt";
/// The index, below the repository's folder.
const INDEX: &str = "dists/stable/main/binary-amd64";
/// What is signed.
const RELEASE: &str = "dists/stable/Release";
/// The public key of whoever signs, for those who use the repository.
pub(super) const KEYRING: &str = "beside-archive-keyring.gpg";

/// Writes the repository of the packages in `folder`, below it, and says where.
pub(super) fn write(folder: &Path, key: &ReleaseKey) -> Result<PathBuf> {
    let repository = folder.join(FOLDER);
    if repository.exists() {
        fs::remove_dir_all(&repository).with_context(|| format!("emptying {}", repository.display()))?;
    }
    let pool = repository.join("pool/main");
    for place in [&pool, &repository.join(INDEX)] {
        fs::create_dir_all(place).with_context(|| format!("making {}", place.display()))?;
    }
    for file in hashes::files(folder)?.iter().filter(|file| file.extension().is_some_and(|kind| kind == "deb")) {
        let name = file.file_name().context("a file has a name")?;
        fs::copy(file, pool.join(name)).with_context(|| format!("copying {}", file.display()))?;
    }
    let index = repository.join(INDEX).join("Packages");
    write_text(&index, &archive(&repository, &["packages", "pool"])?)?;
    Tool::new("xz").args(["--keep", "--force"]).args([&index]).output()?;
    let about = [("Origin", "Beside"), ("Label", "Beside"), ("Suite", "stable"), ("Codename", "stable")]
        .into_iter()
        .chain([("Components", "main"), ("Architectures", "amd64")])
        .flat_map(|(name, value)| ["-o".to_owned(), format!("APT::FTPArchive::Release::{name}={value}")]);
    let arguments: Vec<String> = about.chain(["release", "dists/stable"].map(str::to_owned)).collect();
    let release = repository.join(RELEASE);
    write_text(&release, &archive(&repository, &arguments)?)?;
    key.sign(&release)?;
    key.export(&repository.join(KEYRING))?;
    Ok(repository)
}

fn archive<A: AsRef<std::ffi::OsStr>>(repository: &Path, arguments: &[A]) -> Result<String> {
    Tool::new("apt-ftparchive").folder(repository).args(arguments).output()
}

fn write_text(file: &Path, text: &str) -> Result<()> {
    fs::write(file, text).with_context(|| format!("writing {}", file.display()))
}

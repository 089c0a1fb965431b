//! The list of hashes of everything in a folder of packages: `SHA256SUMS`, as `sha256sum --check` reads it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use sha2::{Digest as _, Sha256};

/// The list's name. What signs it has this name and an ending.
pub(super) const LIST: &str = "SHA256SUMS";

/// Writes the list of the files in a folder, and says where it is.
pub(super) fn write(folder: &Path) -> Result<PathBuf> {
    let mut text = String::new();
    for file in files(folder)? {
        let name = file.file_name().context("a file has a name")?.to_string_lossy();
        text.push_str(&format!("{}  {name}\n", hash(&file)?));
    }
    let list = folder.join(LIST);
    fs::write(&list, text).with_context(|| format!("writing {}", list.display()))?;
    Ok(list)
}

/// What the list of a folder is about, in order: every file in it but the list and what signs it.
pub(super) fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))? {
        let entry = entry?;
        if entry.file_type()?.is_file() && !entry.file_name().to_string_lossy().starts_with(LIST) {
            files.push(entry.path());
        }
    }
    files.sort();
    Ok(files)
}

/// Holds a file against the list beside it.
///
/// # Errors
/// There is no list, the file is not in it, or it is not the one that was listed.
pub(super) fn check(file: &Path) -> Result<()> {
    let name = file.file_name().context("a file has a name")?.to_string_lossy();
    let list = file.with_file_name(LIST);
    let text = fs::read_to_string(&list).with_context(|| format!("reading {}", list.display()))?;
    let listed = text.lines().filter_map(|line| line.split_once("  ")).find(|(_, listed)| *listed == name);
    let Some((listed, _)) = listed else { bail!("{} does not list {name}", list.display()) };
    ensure!(listed == hash(file)?, "{name} is not the file that {} lists", list.display());
    Ok(())
}

/// SHA-256 in hexadecimal digits.
pub(super) fn hash(file: &Path) -> Result<String> {
    let bytes = fs::read(file).with_context(|| format!("reading {}", file.display()))?;
    Ok(hex::encode(Sha256::digest(bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_or_foreign_file_is_not_the_one_that_was_listed() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.deb");
        fs::write(&file, "one").unwrap();
        check(&file).unwrap_err();
        write(folder.path()).unwrap();
        check(&file).unwrap();
        fs::write(&file, "two").unwrap();
        check(&file).unwrap_err();
        let other = folder.path().join("b.deb");
        fs::write(&other, "one").unwrap();
        check(&other).unwrap_err();
    }
}

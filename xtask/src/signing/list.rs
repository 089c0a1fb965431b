//! The signature of a list of hashes: beside it, by the key of the apt repository.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use super::release::ReleaseKey;
use crate::command::Tool;

/// Signs a list; what signs it lies beside it, with `.asc` at its name's end.
pub(crate) fn sign(list: &Path, key: &ReleaseKey) -> Result<()> {
    key.sign_as("--detach-sign", list, &beside(list))
}

/// Verifies that one of the keys in `keyring` has signed a list.
///
/// # Errors
/// None of them has, or it was changed since.
pub(crate) fn verify(list: &Path, keyring: &Path) -> Result<()> {
    let files = [keyring.as_os_str().to_owned(), beside(list).into_os_string(), list.as_os_str().to_owned()];
    let arguments: Vec<OsString> = [OsString::from("--keyring")].into_iter().chain(files).collect();
    Tool::new("gpgv")
        .args(arguments)
        .output()
        .with_context(|| format!("{} is not signed as it is", list.display()))
        .map(drop)
}

fn beside(list: &Path) -> PathBuf {
    let mut name = list.as_os_str().to_owned();
    name.push(".asc");
    name.into()
}

//! What came out: `target/reports/package.json`.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Serialize;

use super::hashes;
use super::verify::Judge;
use crate::checkout::Checkout;

/// A file that is distributed.
#[derive(Debug, Serialize)]
pub(crate) struct File {
    name: String,
    /// Bytes.
    size: u64,
    sha256: String,
    /// What vouches for it, in words.
    signature: String,
}

/// Verifies every file of a folder, and writes the report of this folder.
pub(super) fn write(checkout: &Checkout, folder: &Path, judge: &Judge<'_>) -> Result<Vec<File>> {
    let mut files = Vec::new();
    for path in hashes::files(folder)? {
        let found = judge.verify(&path)?;
        files.push(File {
            name: path.file_name().context("a file has a name")?.to_string_lossy().into_owned(),
            size: fs::metadata(&path)?.len(),
            sha256: hashes::hash(&path)?,
            signature: found.to_string(),
        });
    }
    let name = folder.file_name().context("a folder has a name")?.to_string_lossy().replace("packages", "package");
    let path = checkout.output("reports")?.join(format!("{name}.json"));
    let text = serde_json::to_string_pretty(&BTreeMap::from([("files", &files)]))?;
    fs::write(&path, text).with_context(|| format!("writing {}", path.display()))?;
    Ok(files)
}

impl fmt::Display for File {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<44} {:>6.1} MB  {}", self.name, self.size as f64 / 1e6, self.signature)
    }
}

//! The TypeScript types in `ui/kit/src/generated` are the ones that the Rust types make.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::Findings;
use crate::checkout::Checkout;

/// Where the generated types are kept, below the top folder.
pub(crate) const KEPT: &str = "ui/kit/src/generated";

/// Files that differ between what the tests have just written to `fresh` and what is kept.
pub(crate) fn check(checkout: &Checkout, fresh: &Path) -> Result<Findings> {
    Ok(compare(&files(&checkout.root().join(KEPT))?, &files(fresh)?))
}

fn compare(kept: &BTreeMap<PathBuf, String>, fresh: &BTreeMap<PathBuf, String>) -> Findings {
    let mut findings = Findings::new();
    for (name, text) in fresh {
        match kept.get(name) {
            Some(old) if old == text => {}
            Some(_) => findings.push(format!("{KEPT}/{} is out of date: run `cargo test`", name.display())),
            None => findings.push(format!("{KEPT}/{} is missing: run `cargo test`", name.display())),
        }
    }
    let left = kept.keys().filter(|name| !fresh.contains_key(*name));
    findings.extend(left.map(|name| format!("{KEPT}/{} is no longer made by any Rust type", name.display())));
    findings
}

/// Every file of a folder, by its name relative to it.
fn files(folder: &Path) -> Result<BTreeMap<PathBuf, String>> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(here) = open.pop() {
        for entry in fs::read_dir(&here).with_context(|| format!("reading {}", here.display()))? {
            let path = entry?.path();
            if path.is_dir() {
                open.push(path);
            } else {
                let text = fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
                found.insert(path.strip_prefix(folder)?.to_owned(), text);
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &str)]) -> BTreeMap<PathBuf, String> {
        files.iter().map(|(name, text)| (PathBuf::from(name), (*text).to_owned())).collect()
    }

    #[test]
    fn old_missing_and_orphaned_files_are_told_apart() {
        let kept = folder(&[("Same.ts", "1"), ("Old.ts", "1"), ("Orphan.ts", "1")]);
        let fresh = folder(&[("Same.ts", "1"), ("Old.ts", "2"), ("New.ts", "1")]);
        let findings = compare(&kept, &fresh);
        assert_eq!(findings.len(), 3);
        for (finding, word) in findings.iter().zip(["missing", "out of date", "no longer"]) {
            assert!(finding.contains(word), "{finding}");
        }
    }
}

//! Every manifest of ours names the licence.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use cargo_metadata::Metadata;
use serde_json::Value;

use super::Findings;
use crate::checkout::Checkout;

/// The licence of everything in this repository.
const LICENCE: &str = "Apache-2.0 OR MIT";

/// Manifests of Cargo and npm without it.
pub(crate) fn check(checkout: &Checkout, metadata: &Metadata) -> Result<Findings> {
    let mut findings = Findings::new();
    for package in metadata.workspace_packages() {
        findings.extend(judge(package.name.as_str(), package.license.as_deref()));
    }
    for file in checkout.tracked_files()? {
        if file.file_name() == Some("package.json".as_ref()) {
            let manifest = read(&checkout.root().join(&file))?;
            findings.extend(judge(&file.to_string_lossy(), manifest["license"].as_str()));
        }
    }
    Ok(findings)
}

fn read(path: &Path) -> Result<Value> {
    let text = fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("reading {}", path.display()))
}

fn judge(name: &str, licence: Option<&str>) -> Option<String> {
    (licence != Some(LICENCE)).then(|| format!("{name} must name the licence \"{LICENCE}\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_without_the_licence_is_named() {
        assert_eq!(judge("a", Some(LICENCE)), None);
        assert!(judge("a", Some("MIT")).is_some());
        assert!(judge("a", None).is_some_and(|finding| finding.starts_with("a must")));
    }
}

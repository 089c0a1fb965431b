//! `deny.toml`: which licences, crates and sources are welcome. The file has the form that `cargo deny` reads, so that
//! both hold the workspace to the same words; a key that is not enforced here is refused.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::checkout::Checkout;

/// The whole file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Policy {
    pub(crate) licenses: Licences,
    pub(crate) bans: Bans,
    pub(crate) sources: Sources,
    pub(crate) advisories: Advisories,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Licences {
    /// SPDX ids that every crate may have.
    pub(crate) allow: Vec<String>,
    /// SPDX ids that one crate may have.
    #[serde(default)]
    pub(crate) exceptions: Vec<Exception>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Exception {
    pub(crate) name: String,
    pub(crate) allow: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Bans {
    /// Only `warn` is known: two versions of a crate are written to the log, and no failure.
    #[expect(dead_code, reason = "reading it is the check: another value is refused")]
    multiple_versions: Warn,
    pub(crate) deny: Vec<Banned>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Warn {
    Warn,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Banned {
    #[serde(rename = "crate")]
    pub(crate) name: String,
    pub(crate) reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Sources {
    /// Only `deny` is known.
    #[expect(dead_code, reason = "reading it is the check: another value is refused")]
    unknown_registry: Deny,
    /// Only `deny` is known.
    #[expect(dead_code, reason = "reading it is the check: another value is refused")]
    unknown_git: Deny,
    /// Registries that crates may come from.
    pub(crate) allow_registry: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Deny {
    Deny,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Advisories {
    pub(crate) ignore: Vec<Ignored>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ignored {
    pub(crate) id: String,
    pub(crate) reason: String,
}

impl Policy {
    /// Reads `deny.toml` of the checkout.
    pub(crate) fn read(checkout: &Checkout) -> Result<Self> {
        let text = fs::read_to_string(checkout.root().join("deny.toml")).context("reading deny.toml")?;
        toml::from_str(&text).context("reading deny.toml")
    }

    /// The reasons to live with an advisory, by its id.
    pub(crate) fn ignored_advisories(&self) -> BTreeMap<&str, &str> {
        self.advisories.ignore.iter().map(|ignored| (ignored.id.as_str(), ignored.reason.as_str())).collect()
    }
}

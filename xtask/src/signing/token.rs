//! Keys in a token, over PKCS#11: a hardware token in production, SoftHSM for the test authority. A key is made in the
//! token and never leaves it.
//!
//! Programs talk to the token, not this process: the module of a token is a foreign library, and SoftHSM's is told by
//! the environment where its token lies. They are pkcs11-tool of OpenSC, and OpenSSL with the engine of libp11, which
//! osslsigncode uses too.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, ensure};

use super::key::{KeyKind, TokenKey};
use super::pin::{self, Pin};
use crate::command::Tool;

/// A token, opened by its PIN for each use.
#[derive(Clone)]
pub(crate) struct Token(Arc<Place>);

struct Place {
    module: PathBuf,
    label: String,
    pin: Pin,
    /// What the module reads from the environment.
    environment: Vec<(&'static str, OsString)>,
}

impl Token {
    /// The token with this label that `module`, a shared library, knows.
    pub(crate) fn new(module: PathBuf, label: impl Into<String>, pin: Pin) -> Self {
        Self::with_environment(module, label, pin, Vec::new())
    }

    /// Likewise, of a module that reads these variables.
    pub(super) fn with_environment(
        module: PathBuf,
        label: impl Into<String>,
        pin: Pin,
        environment: Vec<(&'static str, OsString)>,
    ) -> Self {
        Self(Arc::new(Place { module, label: label.into(), pin, environment }))
    }

    /// Its label.
    pub(crate) fn label(&self) -> &str {
        &self.0.label
    }

    /// What the token says of itself: maker, model, serial number, one a line.
    pub(crate) fn about(&self) -> Result<String> {
        let listing = self.tool("pkcs11-tool").args(["--list-token-slots"]).output()?;
        let mut slots = listing.split("\nSlot ").map(|slot| slot.lines().map(str::trim).collect::<Vec<_>>());
        let label =
            |line: &&str| line.strip_prefix("token label").is_some_and(|rest| rest.ends_with(&self.label_end()));
        let slot = slots.find(|lines| lines.iter().any(label)).with_context(|| self.words("is not there"))?;
        let wanted = ["token manufacturer", "token model", "serial num", "firmware version"];
        let kept = slot.into_iter().filter(|line| wanted.iter().any(|start| line.starts_with(start)));
        Ok(kept.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect::<Vec<_>>().join("\n"))
    }

    fn label_end(&self) -> String {
        format!(": {}", self.label())
    }

    /// Makes a key in the token, which it never leaves.
    ///
    /// # Errors
    /// There is one with this label already, or the token says that the key could leave it.
    pub(crate) fn generate(&self, label: &str, kind: KeyKind) -> Result<TokenKey> {
        ensure!(self.protection(label)?.is_none(), "{}", self.words(&format!("has a key {label} already")));
        // Keys are found by their labels; the number only ties the two halves of a pair together.
        let id = hex::encode(label);
        let make = ["--keypairgen", "--usage-sign", "--key-type", kind.name(), "--label", label, "--id", &id];
        self.opened("pkcs11-tool").args(make).output().with_context(|| format!("making the key {label}"))?;
        let protection = self.protection(label)?.with_context(|| format!("the key {label} was not kept"))?;
        check_protection(&protection).with_context(|| format!("the key {label}"))?;
        self.key(label)
    }

    /// The key with this label.
    pub(crate) fn key(&self, label: &str) -> Result<TokenKey> {
        let read = ["--read-object", "--type", "pubkey", "--label", label];
        let info = self.tool("pkcs11-tool").args(read).bytes();
        let info = info.with_context(|| self.words(&format!("has no key {label}")))?;
        TokenKey::new(self.clone(), label, &info)
    }

    /// How the token says that it protects a private key, if it has it: `sensitive, never extractable, local`.
    pub(crate) fn protection(&self, label: &str) -> Result<Option<String>> {
        let listing = self.opened("pkcs11-tool").args(["--list-objects", "--type", "privkey"]).output()?;
        Ok(find_protection(&listing, label))
    }

    /// A program that is told which module and token, where that takes no PIN.
    fn tool(&self, program: &str) -> Tool {
        let tool = Tool::new(program).args(["--module".as_ref(), self.0.module.as_os_str()]);
        self.surround(tool.args(["--token-label", self.label()]))
    }

    fn opened(&self, program: &str) -> Tool {
        let tool = self.tool(program).args(["--login", "--pin", &format!("env:{}", pin::VARIABLE)]);
        tool.env(pin::VARIABLE, self.0.pin.expose())
    }

    /// Gives a program what the module reads from the environment.
    pub(super) fn surround(&self, tool: Tool) -> Tool {
        self.0.environment.iter().fold(tool, |tool, (name, value)| tool.env(name, value))
    }

    pub(super) fn module(&self) -> &Path {
        &self.0.module
    }

    pub(super) fn pin(&self) -> &Pin {
        &self.0.pin
    }

    pub(super) fn words(&self, what: &str) -> String {
        format!("the token \"{}\" {what}", self.label())
    }
}

/// Made in the token, and not to be had from it: what a token must say of a key.
fn check_protection(protection: &str) -> Result<()> {
    for promise in ["sensitive", "never extractable", "local"] {
        let kept = protection.split(", ").any(|word| word == promise);
        ensure!(kept, "the token does not call it \"{promise}\", but: {protection}");
    }
    Ok(())
}

/// The words after `Access:` of the private key with this label.
fn find_protection(listing: &str, label: &str) -> Option<String> {
    let value = |line: &str, name: &str| line.trim().strip_prefix(name).map(|rest| rest.trim().to_owned());
    let mut lines = listing.lines();
    lines.find(|line| value(line, "label:").as_deref() == Some(label))?;
    lines.take_while(|line| !line.contains("Object;")).find_map(|line| value(line, "Access:"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LISTING: &str = "Private Key Object; RSA \n  label:      code\n  ID:         02\n  Usage:      sign\n  \
                           Access:     sensitive, local\nPrivate Key Object; EC\n  label:      vendor\n  ID:         01\n  \
                           Usage:      sign\n  Access:     sensitive, always sensitive, never extractable, local\n";

    #[test]
    fn a_keys_protection_is_its_own() {
        assert_eq!(find_protection(LISTING, "code").as_deref(), Some("sensitive, local"));
        let all = "sensitive, always sensitive, never extractable, local";
        assert_eq!(find_protection(LISTING, "vendor").as_deref(), Some(all));
        assert_eq!(find_protection(LISTING, "vend"), None);
        assert_eq!(
            find_protection("Private Key Object; EC\n  label: a\nPrivate Key Object; EC\n  Access: x\n", "a"),
            None
        );
    }

    #[test]
    fn a_key_that_could_leave_the_token_is_refused() {
        assert!(check_protection("sensitive, always sensitive, never extractable, local").is_ok());
        for bad in ["sensitive, local", "sensitive, never extractable", "never extractable, local", ""] {
            assert!(check_protection(bad).is_err(), "{bad}");
        }
    }
}

//! Keys in a token, over PKCS#11: a hardware token in production, SoftHSM for the test authority. A key is made in the
//! token and never leaves it.
//!
//! Programs talk to the token, not this process: the module of a token is a foreign library, and SoftHSM's is told by
//! the environment where its token lies. They are pkcs11-tool of OpenSC, and OpenSSL with the engine of libp11, which
//! osslsigncode uses too.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, bail, ensure};
use beside_identity::{PublicKey, SIGNATURE_LENGTH};
use p256::ecdsa::Signature;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use rcgen::{PKCS_ECDSA_P256_SHA256, PKCS_RSA_SHA256, PublicKeyData, SignatureAlgorithm, SigningKey};

use super::pin::{self, Pin};
use crate::command::Tool;

/// What a key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyKind {
    /// ECDSA on P-256, for statements and update roles.
    P256,
    /// RSA with 3,072 bits: what certificate authorities demand of a code-signing key, and every Windows understands.
    Rsa3072,
}

impl KeyKind {
    /// How pkcs11-tool calls it.
    const fn name(self) -> &'static str {
        match self {
            Self::P256 => "EC:prime256v1",
            Self::Rsa3072 => "rsa:3072",
        }
    }

    /// What a SubjectPublicKeyInfo (RFC 5280, 4.1) of this kind begins with; the key itself follows.
    const fn head(self) -> &'static [u8] {
        match self {
            Self::P256 => &[
                0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86,
                0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
            ],
            Self::Rsa3072 => &[
                0x30, 0x82, 0x01, 0xa2, 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01,
                0x05, 0x00, 0x03, 0x82, 0x01, 0x8f, 0x00,
            ],
        }
    }

    /// Splits a SubjectPublicKeyInfo into its kind and the key itself.
    fn of(info: &[u8]) -> Result<(Self, &[u8])> {
        let split = |kind: Self| info.strip_prefix(kind.head()).map(|key| (kind, key));
        split(Self::P256)
            .or_else(|| split(Self::Rsa3072))
            .context("a key that is neither P-256 nor RSA with 3,072 bits")
    }
}

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
        let (kind, key) = KeyKind::of(&info).with_context(|| format!("the key {label}"))?;
        Ok(TokenKey { token: self.clone(), label: label.to_owned(), kind, key: key.to_vec() })
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

    fn words(&self, what: &str) -> String {
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

/// A key in a token.
#[derive(Clone)]
pub(crate) struct TokenKey {
    token: Token,
    label: String,
    kind: KeyKind,
    /// The public key without the head of its SubjectPublicKeyInfo.
    key: Vec<u8>,
}

impl TokenKey {
    /// Its label.
    pub(crate) fn label(&self) -> &str {
        &self.label
    }

    /// The token that it is in.
    pub(crate) const fn token(&self) -> &Token {
        &self.token
    }

    /// The public key, as DER of a SubjectPublicKeyInfo.
    pub(crate) fn public_info(&self) -> Vec<u8> {
        [self.kind.head(), &self.key].concat()
    }

    /// The public key, SEC1 uncompressed.
    ///
    /// # Errors
    /// It is not on P-256.
    pub(crate) fn public(&self) -> Result<PublicKey> {
        ensure!(self.kind == KeyKind::P256, "the key {} is not on P-256", self.label);
        Ok(PublicKey::from_sec1(&self.key)?)
    }

    /// Signs with SHA-256: ECDSA in DER (`SEQUENCE { r, s }`), or RSA by PKCS #1 v1.5.
    pub(crate) fn sign(&self, message: &[u8]) -> Result<Vec<u8>> {
        let arguments = ["dgst", "-sha256", "-engine", "pkcs11", "-keyform", "engine", "-sign", &self.uri()];
        let tool = Tool::new("openssl").args(arguments).args(["-passin", &format!("env:{}", pin::VARIABLE)]);
        let tool = tool.env(pin::VARIABLE, self.token.pin().expose()).env("PKCS11_MODULE_PATH", self.token.module());
        let signature = self.token.surround(tool).input(message).bytes();
        let signature = signature.with_context(|| self.token.words(&format!("did not sign with {}", self.label)))?;
        ensure!(!signature.is_empty(), "{}", self.token.words("gave no signature"));
        Ok(signature)
    }

    /// Signs on P-256 with SHA-256: `r ‖ s`.
    pub(crate) fn sign_fixed(&self, message: &[u8]) -> Result<[u8; SIGNATURE_LENGTH]> {
        ensure!(self.kind == KeyKind::P256, "the key {} is not on P-256", self.label);
        fixed(&self.sign(message)?)
    }

    /// Its address by RFC 7512, without the PIN.
    pub(super) fn uri(&self) -> String {
        let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        format!("pkcs11:token={};object={};type=private", encode(self.token.label()), encode(&self.label))
    }
}

/// `r ‖ s` of an ECDSA signature in DER.
fn fixed(signature: &[u8]) -> Result<[u8; SIGNATURE_LENGTH]> {
    let Ok(signature) = Signature::from_der(signature) else { bail!("the token gave something that is no signature") };
    Ok(signature.to_bytes().into())
}

impl PublicKeyData for TokenKey {
    fn der_bytes(&self) -> &[u8] {
        &self.key
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        match self.kind {
            KeyKind::P256 => &PKCS_ECDSA_P256_SHA256,
            KeyKind::Rsa3072 => &PKCS_RSA_SHA256,
        }
    }
}

impl SigningKey for TokenKey {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        Self::sign(self, message).map_err(|_| rcgen::Error::RemoteKeyError)
    }
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

    #[test]
    fn both_kinds_of_public_keys_are_told_apart() {
        for kind in [KeyKind::P256, KeyKind::Rsa3072] {
            let info = [kind.head(), &[7; 5]].concat();
            assert_eq!(KeyKind::of(&info).unwrap(), (kind, &[7; 5][..]));
        }
        assert!(KeyKind::of(&[0x30, 0x2a]).is_err());
    }

    #[test]
    fn a_signature_in_der_becomes_64_bytes() {
        let der = hex::decode("3007020101020200ff").unwrap();
        let mut expected = [0; 64];
        (expected[31], expected[63]) = (1, 0xff);
        assert_eq!(fixed(&der).unwrap(), expected);
        assert!(fixed(&der[..7]).is_err() && fixed(&[]).is_err());
    }

    #[test]
    fn an_address_holds_any_label_and_no_pin() {
        let token = Token::new("module.so".into(), "Kim; Lee", Pin::new("123456"));
        let key = TokenKey { token, label: "a b".to_owned(), kind: KeyKind::P256, key: Vec::new() };
        assert_eq!(key.uri(), "pkcs11:token=Kim%3B%20Lee;object=a%20b;type=private");
    }
}

//! One key in a token, and what it signs.

use anyhow::{Context, Result, bail, ensure};
use beside_identity::{PublicKey, SIGNATURE_LENGTH};
use p256::ecdsa::Signature;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use rcgen::{PKCS_ECDSA_P256_SHA256, PKCS_RSA_SHA256, PublicKeyData, SignatureAlgorithm, SigningKey};

use super::pin;
use super::token::Token;
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
    pub(super) const fn name(self) -> &'static str {
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
    /// The key with this label and this public half, a SubjectPublicKeyInfo in DER.
    pub(super) fn new(token: Token, label: &str, info: &[u8]) -> Result<Self> {
        let (kind, key) = KeyKind::of(info).with_context(|| format!("the key {label}"))?;
        Ok(Self { token, label: label.to_owned(), kind, key: key.to_vec() })
    }

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
    use super::super::pin::Pin;
    use super::*;

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

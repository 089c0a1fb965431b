//! Authenticode: signing programs and installers for Windows, and holding their signatures to our rules, by osslsigncode.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use thiserror::Error;

use super::checksum;
use super::key::TokenKey;
use super::revocation::{self, Revocation};
use crate::command::Tool;

/// What a compound file, and so an MSI, begins with ([MS-CFB], 2.2).
const COMPOUND_FILE: [u8; 8] = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];

/// Who signs for Windows, and with which time-stamps.
pub(crate) struct Signer {
    /// The private key.
    pub(crate) key: TokenKey,
    /// The key's certificate and those between it and the authority, in PEM.
    pub(crate) certificates: PathBuf,
    /// Where an RFC 3161 time-stamp is asked for. Without one a signature ends with its certificate, and
    /// [`verify`] refuses it.
    pub(crate) time_stamps: Option<String>,
}

impl Signer {
    /// Signs a program, library or MSI in place. `description` is what Windows shows beside the publisher when it asks
    /// for administrator rights.
    pub(crate) fn sign(&self, file: &Path, description: &str) -> Result<()> {
        let folder = file.parent().with_context(|| format!("{} lies in no folder", file.display()))?;
        let work = tempfile::Builder::new().prefix(".signing-").tempdir_in(folder)?;
        let signed = work.path().join("signed");
        let token = self.key.token();
        let tool = Tool::new("osslsigncode").args(["sign", "-h", "sha256", "-n", description]);
        // OpenSSL finds libp11's engine by itself; the older of Debian's versions stumbles over `-pkcs11engine`.
        let tool = tool.args(["-pkcs11module".as_ref(), token.module().as_os_str()]).args(["-key", &self.key.uri()]);
        // The PIN goes by a pipe, so that no list of processes has it.
        let tool = token.surround(tool).args(["-readpass", "/dev/stdin"]).input(token.pin().expose());
        let tool = tool.args(["-certs".as_ref(), self.certificates.as_os_str()]);
        let tool = tool.args(self.time_stamps.iter().flat_map(|address| ["-ts", address]));
        let tool = tool.args(is_msi(file)?.then_some("-add-msi-dse"));
        let paths = ["-in".as_ref(), file.as_os_str(), "-out".as_ref(), signed.as_os_str()];
        let ended = tool.args(paths).ended()?;
        // It reports some failures by its words only.
        anyhow::ensure!(ended.success() && signed.exists(), "signing {}: {}", file.display(), ended.said().trim());
        fs::set_permissions(&signed, fs::metadata(file)?.permissions())?;
        fs::rename(&signed, file).with_context(|| format!("replacing {}", file.display()))
    }
}

fn is_msi(file: &Path) -> Result<bool> {
    let bytes = fs::read(file).with_context(|| format!("reading {}", file.display()))?;
    Ok(bytes.starts_with(&COMPOUND_FILE))
}

/// Whom a signature must come from.
#[derive(Debug, Clone)]
pub(crate) struct Trust {
    /// Certificate authorities for programs, in PEM.
    pub(crate) authorities: PathBuf,
    /// Certificate authorities for time-stamps, in PEM.
    pub(crate) time_stamps: PathBuf,
    /// The first authority's revocation list, in PEM.
    pub(crate) revoked: Option<PathBuf>,
    /// The Unix second to judge at; without one, now.
    pub(crate) at: Option<u64>,
}

/// A signature that was believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Signature {
    /// The subject of the signer's certificate, as osslsigncode writes it.
    pub(crate) publisher: String,
    /// Serial number of the signer's certificate, hexadecimal without leading zeros.
    pub(crate) serial: String,
    /// When it was stamped, in Unix seconds.
    pub(crate) stamped: u64,
}

/// Why a file is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum Refusal {
    /// It bears no signature.
    #[error("it is not signed")]
    Unsigned,
    /// What is signed is something else.
    #[error("it was changed after it was signed")]
    Altered,
    /// The signer's certificate does not come from an authority that is trusted.
    #[error("an authority that is not trusted has certified its signer")]
    Foreign,
    /// The signer's certificate has run out and no time-stamp shows that it had not when it signed.
    #[error("its signer's certificate has expired")]
    Expired,
    /// It has no time-stamp by an authority that is trusted.
    #[error("it bears no time-stamp that is trusted")]
    NotStamped,
    /// The signer's certificate was revoked before it was stamped.
    #[error("its signer's certificate is revoked since {since}, and it was stamped at {stamped}")]
    Revoked {
        /// Unix seconds.
        since: u64,
        /// Unix seconds.
        stamped: u64,
    },
}

/// Verifies a program, library or MSI.
///
/// # Errors
/// A [`Refusal`], or osslsigncode or the revocation list is not usable.
pub(crate) fn verify(file: &Path, trust: &Trust) -> Result<Signature> {
    let tool = Tool::new("osslsigncode").args(["verify".as_ref(), "-CAfile".as_ref(), trust.authorities.as_os_str()]);
    let tool = tool.args(["-TSA-CAfile".as_ref(), trust.time_stamps.as_os_str()]);
    let tool = tool.args(trust.at.into_iter().flat_map(|at| ["-time".to_owned(), at.to_string()]));
    let ended = tool.args(offline()?).args(["-in".as_ref(), file.as_os_str()]).ended()?;
    let refused = || format!("{} is refused", file.display());
    let signature = judge(ended.success(), &ended.said()).with_context(refused)?;
    // Bytes that no signature covers (its own wrapping, padding, the certificates of the stamp) show only here.
    if !is_msi(file)? && !checksum::holds(&fs::read(file)?) {
        return Err(Refusal::Altered).with_context(refused);
    }
    if let Some(list) = &trust.revoked {
        let revocations = revocation::read(list, trust)?;
        check_revocation(&signature, &revocations).with_context(refused)?;
    }
    Ok(signature)
}

/// Keeps osslsigncode from asking the network for revocation lists, by which it would refuse whatever the time-stamp
/// says. It does ask since 2.6, and can be told not to since 2.9; Debian's 2.5 does not know the option.
fn offline() -> Result<Option<&'static str>> {
    const OPTION: &str = "-ignore-crl";
    let known = Tool::new("osslsigncode").args(["verify", "--help"]).ended()?.said();
    Ok(known.contains(OPTION).then_some(OPTION))
}

/// osslsigncode itself refuses whatever a revoked certificate has signed (`-CRLfile`); Windows, and so this, goes by
/// whether it was stamped before.
fn check_revocation(signature: &Signature, revocations: &[Revocation]) -> Result<(), Refusal> {
    let since = revocations.iter().find(|revoked| revoked.serial == signature.serial).map(|revoked| revoked.since);
    match since {
        Some(since) if signature.stamped >= since => Err(Refusal::Revoked { since, stamped: signature.stamped }),
        Some(_) | None => Ok(()),
    }
}

/// What osslsigncode's words come to. It calls a file good that has no time-stamp, or one that it does not trust; we don't.
fn judge(success: bool, said: &str) -> Result<Signature, Refusal> {
    let has = |words: &str| said.contains(words);
    if has("No signature found") || has("has no signature") {
        return Err(Refusal::Unsigned);
    }
    if !(success && has("\nSignature verification: ok") && has("Number of verified signatures: 1\n")) {
        return Err(if has("certificate has expired") {
            Refusal::Expired
        } else if has("unable to get local issuer certificate") {
            Refusal::Foreign
        } else {
            Refusal::Altered
        });
    }
    if !has("Timestamp Server Signature verification: ok") {
        return Err(Refusal::NotStamped);
    }
    let first = |name: &str| said.lines().find_map(|line| line.trim().strip_prefix(name)?.trim().strip_prefix(':'));
    let stamped = first("Signature verification time").and_then(revocation::unix_seconds);
    let of_signer = |name: &str| {
        let about = said.split_once("Signer's certificate:")?.1;
        about.lines().find_map(|line| line.trim().strip_prefix(name)?.trim().strip_prefix(':').map(str::trim))
    };
    match (of_signer("Subject"), of_signer("Serial"), stamped) {
        (Some(publisher), Some(serial), Some(stamped)) => {
            Ok(Signature { publisher: publisher.to_owned(), serial: revocation::plain_serial(serial), stamped })
        }
        (_, _, _) => Err(Refusal::Altered),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "Signer's certificate:\n\tSigner #0:\n\
        \t\tSubject: /O=A/CN=B\n\t\tIssuer : /CN=Root\n\t\tSerial : 0A1B\n\nTimestamp Server Signature verification: ok\n\
        Signature verification time: Nov 22 22:43:10 2026 GMT\nSignature verification: ok\n\n\
        Number of verified signatures: 1\nSucceeded\n";

    #[test]
    fn a_good_signature_tells_who_and_when() {
        let signature = judge(true, GOOD).unwrap();
        let expected =
            Signature { publisher: "/O=A/CN=B".to_owned(), serial: "A1B".to_owned(), stamped: 1_795_387_390 };
        assert_eq!(signature, expected);
    }

    #[test]
    fn whatever_is_not_said_to_be_good_is_not() {
        let without = |words: &str| judge(true, &GOOD.replace(words, ""));
        assert_eq!(judge(false, GOOD), Err(Refusal::Altered));
        assert_eq!(without("\nSignature verification: ok"), Err(Refusal::Altered));
        assert_eq!(without("Number of verified signatures: 1"), Err(Refusal::Altered));
        assert_eq!(without("Timestamp Server Signature verification: ok"), Err(Refusal::NotStamped));
        assert_eq!(without("Signature verification time"), Err(Refusal::Altered));
        assert_eq!(without("Serial"), Err(Refusal::Altered));
        assert_eq!(judge(true, ""), Err(Refusal::Altered));
    }

    #[test]
    fn a_stamp_from_before_the_revocation_holds() {
        let signature = judge(true, GOOD).unwrap();
        let revoked = |serial: &str, since| [Revocation { serial: serial.to_owned(), since }];
        let stamped = signature.stamped;
        assert_eq!(check_revocation(&signature, &revoked("A1B", stamped + 1)), Ok(()));
        assert_eq!(check_revocation(&signature, &revoked("A1C", 0)), Ok(()));
        let refused = Err(Refusal::Revoked { since: stamped, stamped });
        assert_eq!(check_revocation(&signature, &revoked("A1B", stamped)), refused);
    }
}

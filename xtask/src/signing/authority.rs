//! The test authority: everything that production buys, rents or keeps in a safe, made on this machine under
//! `target/signing`. Its keys are worth nothing and nobody trusts them but tests.

use std::ffi::OsString;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use beside_identity::PublicKey;
use rcgen::KeyPair;
use tempfile::NamedTempFile;

use super::certificate::{Life, Root, Subject};
use super::key::{KeyKind, TokenKey};
use super::pin::Pin;
use super::release::ReleaseKey;
use super::time_stamps::{Files, TimeStamps};
use super::token::Token;
use super::windows::{self, Signature, Signer, Trust};
use crate::checkout::Checkout;
use crate::clock;
use crate::command::Tool;

/// Where Debian and Ubuntu keep SoftHSM's module.
const MODULE: &str = "/usr/lib/softhsm/libsofthsm2.so";
const TOKEN: &str = "Beside test authority";
/// It protects nothing.
const PIN: &str = "12345678";
const DAY: u64 = 24 * 60 * 60;
/// Of everything that the authority certifies.
const LIFE: u64 = 10 * 365 * DAY;
/// Certificates hold from a little earlier, for clocks that are a little slow.
const EARLIER: u64 = 60 * 60;
/// The publisher of programs that the authority signs.
pub(crate) const PUBLISHER: &str = "Beside test publisher";
/// Serial number of the publisher's certificate.
pub(super) const SERIAL: u64 = 1001;

/// Labels of the keys in its token.
pub(crate) mod label {
    /// Signs programs.
    pub(crate) const PROGRAMS: &str = "code-signing";
    /// Signs org.json.
    pub(crate) const VENDOR: &str = "vendor-statements";
    /// The four roles of the updates.
    pub(crate) const UPDATES: [&str; 4] = ["update-root", "update-targets", "update-snapshot", "update-timestamp"];
    pub(super) const ROOT: &str = "test-root";
    pub(super) const STAMPS_ROOT: &str = "test-time-stamp-root";
}

/// A test authority.
pub(crate) struct Authority {
    folder: PathBuf,
    token: Token,
    release: ReleaseKey,
    time_stamps: TimeStamps,
}

impl Authority {
    /// The checkout's own, made if there is none yet. It takes a few seconds then.
    pub(crate) fn ensure(checkout: &Checkout) -> Result<Self> {
        let place = checkout.output("signing")?;
        let folder = place.join("authority");
        if !folder.exists() {
            // Made aside and moved in one step: one that was interrupted never counts, and of two that are made at once
            // one wins.
            let aside = tempfile::Builder::new().prefix("new-").tempdir_in(&place)?;
            drop(Self::make(aside.path())?);
            let aside = aside.keep();
            if fs::rename(&aside, &folder).is_err() {
                fs::remove_dir_all(&aside).context("removing a second test authority")?;
            }
        }
        Self::open(&folder)
    }

    /// A fresh one in this folder.
    pub(super) fn make(folder: &Path) -> Result<Self> {
        let token = make_token(folder)?;
        let now = clock::unix_seconds();
        let life = Life { from: now - EARLIER, until: now + LIFE };

        let root = Root::new("Beside test root", token.generate(label::ROOT, KeyKind::P256)?, life)?;
        write(&folder.join("root.pem"), &root.certificate()?.pem())?;
        let programs = token.generate(label::PROGRAMS, KeyKind::Rsa3072)?;
        let subject = Subject { name: PUBLISHER.to_owned(), country: "KR".to_owned() };
        write(&folder.join("programs.pem"), &root.certify(&subject, &programs, SERIAL, life)?.pem())?;

        let stamps = token.generate(label::STAMPS_ROOT, KeyKind::P256)?;
        let stamps = Root::new("Beside test time-stamp root", stamps, life)?;
        write(&folder.join("time-stamp-root.pem"), &stamps.certificate()?.pem())?;
        let key = KeyPair::generate()?;
        let certificate = stamps.certify_time_stamps("Beside test time-stamps", &key, life)?;
        write(&folder.join("time-stamps.pem"), &certificate.pem())?;
        write(&folder.join("time-stamps-key.pem"), &key.serialize_pem())?;

        for name in label::UPDATES.into_iter().chain([label::VENDOR]) {
            token.generate(name, KeyKind::P256)?;
        }
        let release = ReleaseKey::make(&folder.join("gnupg"), "Beside test repository")?;
        write(&folder.join("repository-fingerprint"), release.fingerprint())?;
        drop(release);
        Self::open(folder)
    }

    fn open(folder: &Path) -> Result<Self> {
        let token = open_token(folder)?;
        let fingerprint = fs::read_to_string(folder.join("repository-fingerprint"))
            .with_context(|| format!("{} is no whole test authority: remove it", folder.display()))?;
        let files = Files {
            certificate: folder.join("time-stamps.pem"),
            key: folder.join("time-stamps-key.pem"),
            root: folder.join("time-stamp-root.pem"),
        };
        Ok(Self {
            token,
            release: ReleaseKey::in_home(&folder.join("gnupg"), fingerprint)?,
            time_stamps: TimeStamps::start(files)?,
            folder: folder.to_owned(),
        })
    }

    /// Its token, with the keys of [`label`].
    pub(crate) const fn token(&self) -> &Token {
        &self.token
    }

    /// The key that signs what vendors say.
    pub(crate) fn vendor_key(&self) -> Result<PublicKey> {
        self.token.key(label::VENDOR)?.public()
    }

    /// A file of the public key that signs lists of hashes and the apt repository.
    pub(crate) fn release_keys(&self) -> Result<PathBuf> {
        let keyring = self.folder.join("release-keys.gpg");
        self.release.export(&keyring)?;
        Ok(keyring)
    }

    /// The key of the apt repository.
    pub(crate) const fn release_key(&self) -> &ReleaseKey {
        &self.release
    }

    /// Who signs programs.
    pub(crate) fn signer(&self) -> Result<Signer> {
        Ok(Signer {
            key: self.token.key(label::PROGRAMS)?,
            certificates: self.folder.join("programs.pem"),
            time_stamps: Some(self.time_stamps.address()),
        })
    }

    /// What a believer of this authority trusts.
    pub(crate) fn trust(&self) -> Trust {
        Trust {
            authorities: self.folder.join("root.pem"),
            time_stamps: self.folder.join("time-stamp-root.pem"),
            revoked: None,
            at: None,
        }
    }

    /// Signs a program, library or MSI in place, and verifies what came of it.
    pub(crate) fn sign_windows(&self, file: &Path, description: &str) -> Result<Signature> {
        self.signer()?.sign(file, description)?;
        let signature = windows::verify(file, &self.trust())?;
        ensure!(signature.publisher.ends_with(PUBLISHER), "{} has signed", signature.publisher);
        Ok(signature)
    }

    /// The authority over programs, to certify more and to revoke.
    pub(super) fn root(&self) -> Result<Root<TokenKey>> {
        let now = clock::unix_seconds();
        // Only its name and key count here; its own certificate is that of the day it was made.
        Root::new("Beside test root", self.token.key(label::ROOT)?, Life { from: now - EARLIER, until: now + LIFE })
    }
}

/// A SoftHSM token of its own below `folder`.
fn make_token(folder: &Path) -> Result<Token> {
    let token = open_token(folder)?;
    fs::create_dir_all(folder.join("tokens"))?;
    let initialise = ["--init-token", "--free", "--label", TOKEN, "--pin", PIN, "--so-pin", PIN];
    token
        .surround(Tool::new("softhsm2-util").args(initialise))
        .output()
        .context("making the test authority's token")?;
    Ok(token)
}

fn open_token(folder: &Path) -> Result<Token> {
    let module = PathBuf::from(MODULE);
    ensure!(module.exists(), "{MODULE} is missing: `cargo xtask test --only packages` installs it");
    let configuration = folder.join("softhsm2.conf");
    let tokens = folder.join("tokens");
    let text = format!("directories.tokendir = {}\nobjectstore.backend = file\nlog.level = ERROR\n", tokens.display());
    // Written each time, since the folder may have been moved, and in one step: another process may be reading it.
    let mut fresh = NamedTempFile::new_in(folder)?;
    fresh.write_all(text.as_bytes())?;
    fresh.persist(&configuration).with_context(|| format!("writing {}", configuration.display()))?;
    let environment = vec![("SOFTHSM2_CONF", OsString::from(configuration))];
    Ok(Token::with_environment(module, TOKEN, Pin::new(PIN), environment))
}

fn write(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).with_context(|| format!("writing {}", path.display()))
}

//! Programs for Windows: what is believed, the renewal of a certificate, and a key that leaked.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use super::super::authority::{PUBLISHER, SERIAL};
use super::super::certificate::{Life, Subject};
use super::super::key::{KeyKind, TokenKey};
use super::super::windows::{Refusal, Signer, Trust, verify};
use super::samples::{Samples, copy};
use super::{Stage, refused};
use crate::clock;

const HOUR: u64 = 60 * 60;
/// Bytes that are changed, one at a time, over a file and again over its signature.
const CHANGES: usize = 64;
/// What a cabinet begins with, four bytes before a reserved field and eight before its length.
const CABINET: &[u8] = b"MSCF";
/// The OID of what Authenticode signs, 1.3.6.1.4.1.311.2.1.4, in DER; the digests of the file follow it.
const SIGNED_CONTENT: &[u8] = &[0x06, 0x0a, 0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x01, 0x04];
/// How many bytes after that OID are read by every verifier: algorithm and digest.
const DIGEST: usize = 64;

pub(super) fn rehearse(stage: &mut Stage<'_>) -> Result<()> {
    let samples = Samples::make(&stage.folder)?;
    belief(stage, &samples)?;
    change(stage, &samples)?;
    renewal(stage, &samples.program)?;
    leak(stage, &samples.program)
}

fn belief(stage: &mut Stage<'_>, samples: &Samples) -> Result<()> {
    let trust = stage.authority.trust();
    for file in [&samples.program, &samples.installer] {
        let kind = file.extension().unwrap_or_default().to_string_lossy().into_owned();
        stage.step(&format!("{kind}: unsigned is refused"), refused(verify(file, &trust), Refusal::Unsigned))?;

        let signed = copy(file, &format!("signed.{kind}"))?;
        let outcome = stage.authority.sign_windows(&signed, "Sample").and_then(|signature| {
            let age = clock::unix_seconds().abs_diff(signature.stamped);
            ensure!(age < HOUR, "stamped {age} s from now");
            Ok(())
        });
        stage.step(&format!("{kind}: signed by a key in a token and stamped, it is believed"), outcome)?;

        let foreign = Trust { authorities: trust.time_stamps.clone(), ..trust.clone() };
        let outcome = refused(verify(&signed, &foreign), Refusal::Foreign);
        stage.step(&format!("{kind}: under another authority it is refused"), outcome)?;
        let foreign = Trust { time_stamps: trust.authorities.clone(), ..trust.clone() };
        let outcome = refused(verify(&signed, &foreign), Refusal::NotStamped);
        stage.step(&format!("{kind}: under another time-stamp authority it is refused"), outcome)?;

        let bare = copy(file, &format!("bare.{kind}"))?;
        Signer { time_stamps: None, ..stage.authority.signer()? }.sign(&bare, "Sample")?;
        let outcome = refused(verify(&bare, &trust), Refusal::NotStamped);
        stage.step(&format!("{kind}: without a time-stamp it is refused"), outcome)?;
    }
    Ok(())
}

/// One byte changed. Of a program every byte counts; of an MSI those that Windows reads, since a compound file has slack
/// that belongs to nothing.
fn change(stage: &mut Stage<'_>, samples: &Samples) -> Result<()> {
    let trust = stage.authority.trust();
    let program = samples.program.with_file_name("signed.exe");
    let bytes = fs::read(&program)?;
    let start = usize::try_from(fs::metadata(&samples.program)?.len())?;
    for (part, range) in [("anywhere", 0..bytes.len()), ("in the signature", start..bytes.len())] {
        let outcome = refuse_changes(&bytes, range, &program, &trust);
        stage.step(&format!("exe: one byte changed {part} is refused"), outcome)?;
    }

    let installer = samples.installer.with_file_name("signed.msi");
    let bytes = fs::read(&installer)?;
    let content = find(&bytes, SIGNED_CONTENT)?;
    for (part, range) in [("in its cabinet", cabinet(&bytes)?), ("in what is signed", content..content + DIGEST)] {
        let outcome = refuse_changes(&bytes, range, &installer, &trust);
        stage.step(&format!("msi: one byte changed {part} is refused"), outcome)?;
    }
    Ok(())
}

fn refuse_changes(bytes: &[u8], range: Range<usize>, file: &Path, trust: &Trust) -> Result<()> {
    let changed = file.with_file_name(format!("changed-{}", file.file_name().unwrap_or_default().to_string_lossy()));
    let stride = (range.len() / CHANGES).max(1);
    for position in range.step_by(stride) {
        let mut bytes = bytes.to_vec();
        bytes[position] ^= 1;
        fs::write(&changed, bytes)?;
        let outcome = verify(&changed, trust);
        let reason = outcome.as_ref().err().and_then(|error| error.downcast_ref::<Refusal>());
        ensure!(reason.is_some(), "byte {position} changed: {outcome:?}");
    }
    Ok(())
}

/// Where the cabinet lies in an MSI.
fn cabinet(bytes: &[u8]) -> Result<Range<usize>> {
    let start = find(bytes, CABINET)?;
    let length = bytes[start..].get(8..12).and_then(|field| field.try_into().ok()).map(u32::from_le_bytes);
    let end = start + usize::try_from(length.context("a cabinet cut short")?)?;
    ensure!(end <= bytes.len(), "a cabinet cut short");
    Ok(start..end)
}

fn find(bytes: &[u8], wanted: &[u8]) -> Result<usize> {
    bytes.windows(wanted.len()).position(|part| part == wanted).context("the installer is not as expected")
}

/// A certificate runs out and is followed by another, of another key.
fn renewal(stage: &mut Stage<'_>, program: &Path) -> Result<()> {
    let now = clock::unix_seconds();
    let old = stage.authority.signer()?.key;
    let old = certified(stage, old, "old", SERIAL + 1, Life { from: now - HOUR, until: now + HOUR })?;
    let stamped = copy(program, "before-renewal.exe")?;
    old.sign(&stamped, "Sample")?;
    let bare = copy(program, "before-renewal-bare.exe")?;
    Signer { time_stamps: None, ..old }.sign(&bare, "Sample")?;

    let later = Trust { at: Some(now + 2 * HOUR), ..stage.authority.trust() };
    let outcome = verify(&stamped, &later).map(drop);
    stage.step("renewal: a stamped program outlives its certificate", outcome)?;
    let outcome = refused(verify(&bare, &later), Refusal::Expired);
    stage.step("renewal: one without a time-stamp does not", outcome)?;

    let new = stage.authority.token().generate("code-signing-next", KeyKind::Rsa3072)?;
    let new = certified(stage, new, "new", SERIAL + 2, Life { from: now - HOUR, until: now + 48 * HOUR })?;
    let after = copy(program, "after-renewal.exe")?;
    new.sign(&after, "Sample")?;
    let publishers = [&stamped, &after].map(|file| verify(file, &later).map(|signature| signature.publisher));
    let [before, after] = publishers;
    let outcome = before.and_then(|before| {
        let after = after?;
        ensure!(before == after, "{before}, then {after}");
        Ok(())
    });
    stage.step("renewal: both certificates show the same publisher", outcome)
}

/// The code-signing key has leaked; its certificate is revoked since some time.
fn leak(stage: &mut Stage<'_>, program: &Path) -> Result<()> {
    let trust = stage.authority.trust();
    let file = copy(program, "leaked.exe")?;
    let stamped = stage.authority.sign_windows(&file, "Sample")?.stamped;
    let now = clock::unix_seconds();
    let life = Life { from: now - HOUR, until: now + HOUR };
    let root = stage.authority.root()?;
    let revoke = |serial, since, name: &str| -> Result<Trust> {
        let path = file.with_file_name(format!("revoked-{name}.pem"));
        fs::write(&path, root.revoke(&[(serial, since)], life)?)?;
        Ok(Trust { revoked: Some(path), ..trust.clone() })
    };
    let leaked_later = revoke(SERIAL, stamped + 1, "later")?;
    let leaked_before = revoke(SERIAL, stamped, "before")?;
    let another = revoke(SERIAL + 1, stamped - HOUR, "another")?;

    let outcome = verify(&file, &leaked_later).map(drop);
    stage.step("leak: what was stamped before the revocation is believed", outcome)?;
    let reason = Refusal::Revoked { since: stamped, stamped };
    stage.step("leak: what was stamped since is refused", refused(verify(&file, &leaked_before), reason))?;
    stage.step("leak: another certificate's revocation changes nothing", verify(&file, &another).map(drop))?;

    let stale = Trust { at: Some(now + 2 * HOUR), ..leaked_later.clone() };
    stage.step("leak: a revocation list that is out of date is refused", fails(&file, &stale, "out of date"))?;
    let foreign = file.with_file_name("revoked-foreign.pem");
    fs::write(&foreign, altered(&leaked_later.revoked.context("a list was just made")?)?)?;
    let foreign = Trust { revoked: Some(foreign), ..trust };
    stage.step("leak: an altered revocation list is refused", fails(&file, &foreign, "is not the authority's"))
}

fn fails(file: &Path, trust: &Trust, words: &str) -> Result<()> {
    let error = verify(file, trust).err().context("believed")?;
    ensure!(format!("{error:#}").contains(words), "{error:#}");
    Ok(())
}

/// The list in PEM with its last byte, which is in the signature, changed.
fn altered(list: &Path) -> Result<String> {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    let text = fs::read_to_string(list)?;
    let body: String = text.lines().filter(|line| !line.starts_with("-----")).collect();
    let mut bytes = STANDARD.decode(body)?;
    *bytes.last_mut().context("an empty list")? ^= 1;
    Ok(format!("-----BEGIN X509 CRL-----\n{}\n-----END X509 CRL-----\n", STANDARD.encode(bytes)))
}

fn certified(stage: &Stage<'_>, key: TokenKey, name: &str, serial: u64, life: Life) -> Result<Signer> {
    let subject = Subject { name: PUBLISHER.to_owned(), country: "KR".to_owned() };
    let certificates: PathBuf = stage.folder.join(format!("programs-{name}.pem"));
    fs::write(&certificates, stage.authority.root()?.certify(&subject, &key, serial, life)?.pem())?;
    Ok(Signer { key, certificates, ..stage.authority.signer()? })
}

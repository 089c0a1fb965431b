//! The apt repository's key, its rotation, and a file that was changed.

use std::fs;

use anyhow::{Context, Result, ensure};

use super::super::release::{ReleaseKey, verify};
use super::Stage;

const RELEASE: &str = "Origin: Beside\nSuite: stable\nSHA256:\n 0000 0 main/binary-amd64/Packages\n";

pub(super) fn rehearse(stage: &mut Stage<'_>) -> Result<()> {
    let release = stage.folder.join("Release");
    let [old_ring, new_ring, both] = ["old.gpg", "new.gpg", "both.gpg"].map(|name| stage.folder.join(name));
    let old = stage.authority.release_key();
    let new = ReleaseKey::make(&stage.folder.join("gnupg-next"), "Beside test repository, next")?;
    old.export(&old_ring)?;
    new.export(&new_ring)?;
    // A keyring is its keys one after the other.
    fs::write(&both, [fs::read(&old_ring)?, fs::read(&new_ring)?].concat())?;

    fs::write(&release, RELEASE)?;
    old.sign(&release)?;
    let signed = fs::read_to_string(release.with_file_name("InRelease"))?;
    stage.step("repository: signed, it is believed", verify(&release, &old_ring))?;
    stage.step("repository: … with both keys in the keyring too", verify(&release, &both))?;
    let outcome = verify(&release, &new_ring);
    stage.step("repository: … and refused once the old key is removed", fails(outcome))?;

    fs::write(&release, RELEASE.replace("stable", "stabbe"))?;
    stage.step("repository: a changed Release is refused", fails(verify(&release, &old_ring)))?;
    fs::write(&release, RELEASE)?;
    fs::write(release.with_file_name("InRelease"), signed.replace("stable", "stabbe"))?;
    stage.step("repository: a changed InRelease is refused", fails(verify(&release, &old_ring)))?;

    new.sign(&release)?;
    let outcome = verify(&release, &both).and_then(|()| verify(&release, &new_ring));
    stage.step("repository: the next key's signature is believed by old and new machines", outcome)?;
    stage.step("repository: … but not without the next key", fails(verify(&release, &old_ring)))
}

fn fails(outcome: Result<()>) -> Result<()> {
    let error = outcome.err().context("believed")?;
    ensure!(format!("{error:#}").contains("gpgv"), "{error:#}");
    Ok(())
}

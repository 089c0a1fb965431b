//! The vendor's key, which signs organisations, and the keys of the updates.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use beside_identity::organisation_file::OrganisationFileError;
use beside_identity::{Organisation, PublicKey, StatementError, UnixTime, vendor};

use super::super::authority::label;
use super::super::key::{KeyKind, TokenKey};
use super::super::organisation::{self, read};
use super::{Stage, refused};
use crate::clock;

const LIFE: u64 = 24 * 60 * 60;
const FOREIGN: OrganisationFileError = OrganisationFileError::Statement(StatementError::Foreign);

pub(super) fn rehearse(stage: &mut Stage<'_>) -> Result<()> {
    vendor_keys(stage)?;
    update_roles(stage)
}

/// A new vendor key comes, first beside the old one, then instead of it.
fn vendor_keys(stage: &mut Stage<'_>) -> Result<()> {
    let old = stage.authority.token().key(label::VENDOR)?;
    let new = stage.authority.token().generate("vendor-statements-next", KeyKind::P256)?;
    let [by_old, by_new] = ["old-org.json", "new-org.json"].map(|name| stage.folder.join(name));
    certify(&by_old, &old)?;
    certify(&by_new, &new)?;

    let releases = [release(&[&old])?, release(&[&old, &new])?, release(&[&new])?];
    let [before, between, after] = &releases;
    let believed = |file: &Path, keys: &[PublicKey]| read(file, keys).map(drop);
    stage.step("vendor key: its organisation is believed", believed(&by_old, before))?;
    let outcome = refused(read(&by_new, before), FOREIGN);
    stage.step("vendor key: a release that does not list the new key refuses its organisation", outcome)?;
    let outcome = believed(&by_old, between).and_then(|()| believed(&by_new, between));
    stage.step("vendor key: a release that lists both believes both", outcome)?;
    stage.step(
        "vendor key: once the old one is removed, its organisation is refused",
        refused(read(&by_old, after), FOREIGN),
    )?;
    stage.step("vendor key: … and the new one's is believed", believed(&by_new, after))
}

fn certify(path: &Path, vendor: &TokenKey) -> Result<()> {
    let organisation = Organisation {
        name: "Hanbit Support".to_owned(),
        call_back: "02-555-0100".to_owned(),
        broker: "broker.example:443".parse()?,
        // Any key will do for the organisation's own.
        keys: vec![vendor.public()?],
        logo: [0; 32],
    };
    organisation::write(path, &organisation, vendor, UnixTime(clock::unix_seconds()), LIFE)
}

/// What a release with these keys in its signing/vendor-keys.txt trusts.
fn release(keys: &[&TokenKey]) -> Result<Vec<PublicKey>> {
    let mut text = "# The vendor's public keys\n".to_owned();
    for key in keys {
        text += &format!("# {}\n{}\n", key.label(), hex::encode(key.public()?.as_bytes()));
    }
    vendor::keys_in(&text).context("signing/vendor-keys.txt")
}

/// A role's signature is in DER, as update metadata hold it; and no role can stand in for another.
fn update_roles(stage: &mut Stage<'_>) -> Result<()> {
    use p256::ecdsa::signature::Verifier as _;
    use p256::ecdsa::{Signature, VerifyingKey};
    let keys = label::UPDATES.map(|name| stage.authority.token().key(name));
    let keys = keys.into_iter().collect::<Result<Vec<_>>>()?;
    let holds = |key: &TokenKey, signature: &Signature| -> Result<bool> {
        let key = VerifyingKey::from_sec1_bytes(key.public()?.as_bytes())?;
        Ok(key.verify(b"{\"_type\":\"root\"}", signature).is_ok())
    };
    for signer in &keys {
        let signature = signer.sign(b"{\"_type\":\"root\"}")?;
        let outcome = Signature::from_der(&signature).context("no DER").and_then(|signature| {
            for key in &keys {
                let own = key.label() == signer.label();
                ensure!(holds(key, &signature)? == own, "a signature of {} under {}", signer.label(), key.label());
            }
            Ok(())
        });
        stage.step(&format!("{}: its signature holds under its own key only", signer.label()), outcome)?;
    }
    Ok(())
}

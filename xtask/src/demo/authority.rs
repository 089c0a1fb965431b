//! The demo's certificate authority and the certificate that it gives to the broker.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose,
};

/// Files in PEM.
pub(crate) struct TlsFiles {
    /// The authority that the apps trust.
    pub(crate) authority: PathBuf,
    /// The broker's certificate.
    pub(crate) certificate: PathBuf,
    /// The broker's private key.
    pub(crate) key: PathBuf,
}

/// Makes a fresh authority and a certificate for `names`, host names or addresses.
pub(crate) fn issue(folder: &Path, names: &[&str]) -> Result<TlsFiles> {
    let mut authority = CertificateParams::default();
    authority.distinguished_name.push(DnType::CommonName, "Beside demo authority");
    authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate()?)?;

    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut broker = CertificateParams::new(names)?;
    broker.distinguished_name.push(DnType::CommonName, "Beside demo broker");
    broker.use_authority_key_identifier_extension = true;
    broker.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    broker.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let key = KeyPair::generate()?;
    let certificate = broker.signed_by(&key, &authority)?;

    let files = TlsFiles {
        authority: folder.join("authority.pem"),
        certificate: folder.join("broker.pem"),
        key: folder.join("broker-key.pem"),
    };
    write(&files.authority, &authority.pem())?;
    write(&files.certificate, &certificate.pem())?;
    write(&files.key, &key.serialize_pem())?;
    Ok(files)
}

fn write(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).with_context(|| format!("writing {}", path.display()))
}

//! How the broker speaks to other servers over HTTPS: whom it believes, and how long it waits.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use reqwest::Client;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(10);

/// A client that believes the authorities in a PEM file, or without one the system's, and waits so long for an answer.
/// It goes through no proxy and follows no redirection.
///
/// # Errors
/// The file is not right, or the system has no authorities.
pub fn client(
    authority: Option<&Path>,
    versions: &[&'static SupportedProtocolVersion],
    patience: Duration,
) -> anyhow::Result<Client> {
    let mut roots = RootCertStore::empty();
    for certificate in authorities(authority)? {
        roots.add(certificate).context("an authority can't be used")?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let client = Client::builder()
        .tls_backend_preconfigured(tls)
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(CONNECT)
        .timeout(patience);
    Ok(client.build()?)
}

/// The authorities in a PEM file, or without one the system's that can be used.
///
/// # Errors
/// The file is not right, or there are none.
pub fn authorities(file: Option<&Path>) -> anyhow::Result<Vec<CertificateDer<'static>>> {
    let authorities = match file {
        Some(path) => CertificateDer::pem_file_iter(path)
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .with_context(|| format!("the authorities in {} can't be used", path.display()))?,
        None => {
            let mut usable = RootCertStore::empty();
            let found = rustls_native_certs::load_native_certs().certs;
            found.into_iter().filter(|certificate| usable.add(certificate.clone()).is_ok()).collect()
        }
    };
    ensure!(!authorities.is_empty(), "there are no authorities that could vouch for a server's certificate");
    Ok(authorities)
}

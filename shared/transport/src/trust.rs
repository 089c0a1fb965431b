//! Which certificates prove a broker: those of the system's authorities, and no others.

use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};

use crate::error::TransportError;

/// TLS 1.3 with the system's authorities and those in `extra` (the demo's own authority; empty in a release).
///
/// # Errors
/// The machine has no authority at all, or an extra one is no certificate.
pub fn client_config(extra: &[CertificateDer<'static>]) -> Result<Arc<ClientConfig>, TransportError> {
    let mut roots = RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    for certificate in found.certs {
        // A system store may hold a certificate that rustls can't read; the others still count.
        let _ = roots.add(certificate);
    }
    for certificate in extra {
        roots.add(certificate.clone()).map_err(|error| TransportError::Local(error.to_string()))?;
    }
    if roots.is_empty() {
        return Err(TransportError::Local("no certificate authority".to_owned()));
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .map_err(|error| TransportError::Local(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

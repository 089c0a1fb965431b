//! The DTLS certificate of one session.

use rcgen::{CertificateParams, DistinguishedName, DnType};
use sha2::{Digest as _, Sha256};
use webrtc::peer_connection::RTCCertificate;
use webrtc::peer_connection::crypto::{self, SignatureScheme};

use crate::error::TransportError;

/// A fresh P-256 key and a self-signed certificate for all WebRTC paths of a session. Made before M1, because M2 and
/// M3 carry its fingerprint. The key never leaves memory and is never printed.
#[derive(Clone)]
pub struct Certificate {
    inner: RTCCertificate,
    fingerprint: [u8; 32],
}

impl std::fmt::Debug for Certificate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Certificate")
    }
}

impl Certificate {
    /// A new key and certificate.
    ///
    /// # Errors
    /// The system gives no randomness.
    pub fn generate() -> Result<Self, TransportError> {
        let local = |what: &str| TransportError::Local(format!("no DTLS certificate: {what}"));
        let provider = crypto::default_provider().map_err(|_| local("no provider"))?;
        let mut params = CertificateParams::new(Vec::<String>::new()).map_err(|_| local("parameters"))?;
        // The name says nothing about the machine or its owner: everybody on the way sees it.
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, "beside");
        let inner = RTCCertificate::generate(provider.crypto(), SignatureScheme::EcdsaP256Sha256, params)
            .map_err(|_| local("key"))?;
        let der = inner.dtls_certificate.certificate.first().ok_or_else(|| local("chain"))?;
        let fingerprint = fingerprint_of(der);
        Ok(Self { inner, fingerprint })
    }

    /// SHA-256 of the certificate's DER.
    #[must_use]
    pub const fn fingerprint(&self) -> [u8; 32] {
        self.fingerprint
    }

    pub(super) fn for_webrtc(&self) -> RTCCertificate {
        self.inner.clone()
    }
}

/// SHA-256 of a certificate's DER.
pub(super) fn fingerprint_of(der: &[u8]) -> [u8; 32] {
    Sha256::digest(der).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_certificate_has_its_own_key() {
        let [first, second] = [Certificate::generate().unwrap(), Certificate::generate().unwrap()];
        assert_ne!(first.fingerprint(), second.fingerprint());
        assert_eq!(first.fingerprint(), fingerprint_of(&first.inner.dtls_certificate.certificate[0]));
        assert_eq!(format!("{first:?}"), "Certificate");
    }
}

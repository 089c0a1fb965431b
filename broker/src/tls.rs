//! The broker's TLS: version 1.3, certificate and key from files, which are read again when they change.

use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use anyhow::Context as _;
use rustls::ServerConfig;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use crate::config::Tls;

/// How often the files are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// The certificate that connections are shown from now on.
#[derive(Debug)]
pub struct Certificate {
    files: Tls,
    shown: RwLock<Shown>,
}

#[derive(Debug)]
struct Shown {
    key: Arc<CertifiedKey>,
    stamp: Stamp,
}

/// What tells that a file changed.
type Stamp = [Option<SystemTime>; 2];

impl Certificate {
    /// Reads certificate and key.
    ///
    /// # Errors
    /// Says which file is not right.
    pub fn read(files: &Tls) -> anyhow::Result<Arc<Self>> {
        let stamp = stamp(files);
        let shown = RwLock::new(Shown { key: Arc::new(load(files)?), stamp });
        Ok(Arc::new(Self { files: files.clone(), shown }))
    }

    /// When the certificate that is shown now ends, Unix milliseconds.
    #[must_use]
    pub fn expires(&self) -> Option<i64> {
        let key = Arc::clone(&self.shown.read().unwrap_or_else(PoisonError::into_inner).key);
        let (_, certificate) = x509_parser::parse_x509_certificate(key.end_entity_cert().ok()?).ok()?;
        certificate.validity().not_after.timestamp().checked_mul(1_000)
    }

    /// Shows whatever the files hold, as it changes. What can't be read leaves the certificate that is there.
    pub async fn follow(self: Arc<Self>) {
        let mut interval = tokio::time::interval(LOOK_EVERY);
        loop {
            interval.tick().await;
            let stamp = stamp(&self.files);
            if stamp == self.shown.read().unwrap_or_else(PoisonError::into_inner).stamp {
                continue;
            }
            let loaded = load(&self.files);
            let mut shown = self.shown.write().unwrap_or_else(PoisonError::into_inner);
            shown.stamp = stamp;
            match loaded {
                Ok(key) => {
                    shown.key = Arc::new(key);
                    tracing::info!("the TLS certificate was read again");
                }
                Err(error) => tracing::error!(error = format!("{error:#}"), "the new TLS certificate is not right"),
            }
        }
    }

    /// The server's side of TLS.
    ///
    /// # Errors
    /// The provider does not know TLS 1.3.
    pub fn server_config(self: &Arc<Self>) -> anyhow::Result<ServerConfig> {
        Ok(ServerConfig::builder_with_provider(provider())
            .with_protocol_versions(&[&rustls::version::TLS13])?
            .with_no_client_auth()
            .with_cert_resolver(Arc::<Self>::clone(self)))
    }
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.shown.read().unwrap_or_else(PoisonError::into_inner).key))
    }
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

fn load(files: &Tls) -> anyhow::Result<CertifiedKey> {
    let certificate = || format!("the TLS certificate {} can't be used", files.certificate.display());
    let chain = CertificateDer::pem_file_iter(&files.certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .with_context(certificate)?;
    let key = PrivateKeyDer::from_pem_file(&files.key)
        .with_context(|| format!("the TLS key {} can't be used", files.key.display()))?;
    CertifiedKey::from_der(chain, key, &provider()).with_context(certificate)
}

fn stamp(files: &Tls) -> Stamp {
    let changed = |path: &Path| std::fs::metadata(path).and_then(|metadata| metadata.modified()).ok();
    [changed(&files.certificate), changed(&files.key)]
}

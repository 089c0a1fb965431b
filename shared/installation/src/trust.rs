//! Whom this build trusts: the vendor's release keys and the system's certificate authorities. Builds for the demo
//! also trust what the demo made for itself.

use beside_identity::{KeyError, PublicKey, vendor};
use rustls_pki_types::CertificateDer;
use thiserror::Error;

/// Trust could not be set up.
#[derive(Debug, Error)]
pub enum TrustError {
    /// A key of this build is no key.
    #[error("a vendor key of this build is malformed")]
    VendorKey(#[from] KeyError),
    /// The demo's own trust file is not good.
    #[error("the demo's trust file: {0}")]
    Demo(String),
}

/// The roots of all trust.
#[derive(Debug, Clone)]
pub struct Trust {
    /// Keys that may sign an organisation.
    pub vendor_keys: Vec<PublicKey>,
    /// Certificate authorities beside those of the system.
    pub authorities: Vec<CertificateDer<'static>>,
}

impl Trust {
    /// The trust of this build.
    ///
    /// # Errors
    /// A key is malformed, or the demo's file is not good.
    pub fn of_this_build() -> Result<Self, TrustError> {
        let trust = Self { vendor_keys: vendor::release_keys()?, authorities: Vec::new() };
        #[cfg(feature = "demo-trust")]
        let trust = demo::extend(trust)?;
        Ok(trust)
    }
}

#[cfg(feature = "demo-trust")]
mod demo {
    use std::path::{Path, PathBuf};

    use beside_identity::vendor;
    use rustls_pki_types::CertificateDer;
    use rustls_pki_types::pem::PemObject as _;
    use serde::Deserialize;

    use super::{Trust, TrustError};

    /// Names the file, which only builds with the feature `demo-trust` look for.
    const VARIABLE: &str = "BESIDE_DEMO_TRUST";

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        vendor_keys: Vec<String>,
        authority: PathBuf,
    }

    pub(super) fn extend(mut trust: Trust) -> Result<Trust, TrustError> {
        let Some(path) = std::env::var_os(VARIABLE) else { return Ok(trust) };
        let text = std::fs::read(Path::new(&path)).map_err(|error| TrustError::Demo(error.to_string()))?;
        let file: File = serde_json::from_slice(&text).map_err(|error| TrustError::Demo(error.to_string()))?;
        for key in &file.vendor_keys {
            trust.vendor_keys.push(vendor::demo_key(key)?);
        }
        for certificate in
            CertificateDer::pem_file_iter(&file.authority).map_err(|error| TrustError::Demo(error.to_string()))?
        {
            trust.authorities.push(certificate.map_err(|error| TrustError::Demo(error.to_string()))?);
        }
        Ok(trust)
    }
}

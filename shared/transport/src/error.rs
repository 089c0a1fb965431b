//! What can go wrong between an app and the broker, and who is to blame.

use beside_protocol::ErrorCode;
use thiserror::Error;

/// A failed request or connection.
#[derive(Debug, Error)]
pub enum TransportError {
    /// Nobody answers at the broker's address.
    #[error("the broker can't be reached: {0}")]
    Unreachable(String),
    /// Somebody answers who can't prove to be the broker.
    #[error("the broker's certificate is not trusted: {0}")]
    NotTrusted(String),
    /// The connection was there and broke.
    #[error("the connection to the broker broke: {0}")]
    Lost(String),
    /// The broker said no, with a stable code.
    #[error("the broker refused: {0}")]
    Refused(ErrorCode),
    /// The broker answered something that it never should.
    #[error("the broker's answer makes no sense: {0}")]
    Misbehaved(String),
    /// This machine has no usable trust store or TLS provider.
    #[error("TLS can't be set up on this machine: {0}")]
    Local(String),
}

impl TransportError {
    /// The stable code for the screen.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::Unreachable(_) => ErrorCode::BrokerUnreachable,
            Self::NotTrusted(_) => ErrorCode::BrokerNotTrusted,
            Self::Lost(_) => ErrorCode::BrokerLost,
            Self::Refused(code) => *code,
            Self::Misbehaved(_) => ErrorCode::BrokerMisbehaved,
            Self::Local(_) => ErrorCode::Internal,
        }
    }

    /// Whether trying again may help without anybody doing anything.
    #[must_use]
    pub const fn is_passing(&self) -> bool {
        match self {
            Self::Unreachable(_) | Self::Lost(_) | Self::Refused(ErrorCode::Overloaded) => true,
            Self::NotTrusted(_) | Self::Refused(_) | Self::Misbehaved(_) | Self::Local(_) => false,
        }
    }

    /// A failed connection attempt: a refused certificate is told from a dead line.
    pub(crate) fn from_dial(error: &std::io::Error) -> Self {
        match tls_error(error) {
            Some(rustls::Error::InvalidCertificate(why)) => Self::NotTrusted(format!("{why:?}")),
            Some(other) => Self::Unreachable(format!("TLS: {other}")),
            None => Self::Unreachable(error.kind().to_string()),
        }
    }
}

/// The TLS library's own word. An HTTP client wraps it in one error of the system more.
fn tls_error(error: &std::io::Error) -> Option<&rustls::Error> {
    let inner = error.get_ref()?;
    inner.downcast_ref::<rustls::Error>().or_else(|| tls_error(inner.downcast_ref::<std::io::Error>()?))
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[test]
    fn a_refused_certificate_is_found_however_deep_it_lies() {
        let refused = || rustls::Error::InvalidCertificate(rustls::CertificateError::Expired);
        for error in [io::Error::other(refused()), io::Error::other(io::Error::other(refused()))] {
            assert_eq!(TransportError::from_dial(&error).code(), ErrorCode::BrokerNotTrusted);
        }
        let reset = io::Error::other(io::Error::from(io::ErrorKind::ConnectionReset));
        assert_eq!(TransportError::from_dial(&reset).code(), ErrorCode::BrokerUnreachable);
    }
}

//! Connections to the broker: TCP, then TLS.

use std::sync::Arc;
use std::time::Duration;

use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::error::TransportError;

/// A person waits for this, from the first packet to an open socket: ten seconds is the most that anything may hang.
pub(crate) const DIAL_WAIT: Duration = Duration::from_secs(8);

/// Where the broker is and how it proves itself.
#[derive(Debug, Clone)]
pub struct Broker {
    /// Host name or address.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// What counts as proof.
    pub tls: Arc<ClientConfig>,
}

impl Broker {
    /// `host:port`, with brackets round an IPv6 address.
    #[must_use]
    pub fn authority(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }

    /// Opens a TLS connection. Bounded by the caller with [`DIAL_WAIT`].
    pub(crate) async fn dial(&self) -> Result<TlsStream<TcpStream>, TransportError> {
        let name = ServerName::try_from(self.host.clone())
            .map_err(|_| TransportError::Unreachable("the broker's name is no host name".to_owned()))?;
        let attempt = async {
            let tcp = TcpStream::connect((self.host.as_str(), self.port)).await?;
            // Small records must not wait for an acknowledgement (RFC 896): input would lag.
            tcp.set_nodelay(true)?;
            TlsConnector::from(Arc::clone(&self.tls)).connect(name, tcp).await
        };
        attempt.await.map_err(|error| TransportError::from_dial(&error))
    }
}

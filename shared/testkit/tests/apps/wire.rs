//! A server with the broker's own certificate that says less than a broker.

use std::net::SocketAddr;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::place::Place;

/// Takes connections and keeps them open.
pub(crate) struct Silent {
    pub(crate) address: SocketAddr,
}

impl Silent {
    /// Says nothing after the TLS handshake.
    pub(crate) async fn start(place: &Place) -> Self {
        Self::listen(place, false).await
    }

    /// Says nothing after the WebSocket's handshake.
    pub(crate) async fn upgrades(place: &Place) -> Self {
        Self::listen(place, true).await
    }

    async fn listen(place: &Place, upgrade: bool) -> Self {
        let (certificate, key) = place.broker.tls_files();
        let chain = CertificateDer::pem_file_iter(certificate).unwrap().map(Result::unwrap).collect();
        let key = PrivateKeyDer::from_pem_file(key).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((tcp, _)) = listener.accept().await {
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    let Ok(tls) = acceptor.accept(tcp).await else { return };
                    // A socket that nobody reads answers no ping either.
                    let _open: Box<dyn Send> =
                        if upgrade { Box::new(tokio_tungstenite::accept_async(tls).await) } else { Box::new(tls) };
                    std::future::pending::<()>().await;
                });
            }
        });
        Self { address }
    }
}

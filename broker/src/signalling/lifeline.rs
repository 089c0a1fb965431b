//! A handle on the TCP connection under TLS and HTTP, to drop it when its reader does not read.

use std::any::Any;
use std::sync::Arc;

use actix_tls::accept::rustls_0_23::TlsStream;
use actix_web::dev::Extensions;
use socket2::{SockRef, Socket};
use tokio::net::TcpStream;

/// Cuts a connection. Without one (the connection went too fast) cutting does nothing.
#[derive(Debug, Clone, Default)]
pub struct Lifeline(Option<Arc<Socket>>);

impl Lifeline {
    /// Called by the server for each connection: keeps a handle with it, and turns Nagle's delay off.
    pub fn attach(connection: &dyn Any, extensions: &mut Extensions) {
        let Some(tls) = connection.downcast_ref::<TlsStream<TcpStream>>() else { return };
        let tcp = SockRef::from(tls.get_ref().0);
        if let Err(error) = tcp.set_tcp_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY could not be set");
        }
        extensions.insert(Self(tcp.try_clone().ok().map(Arc::new)));
    }

    /// Ends the connection at once, in both directions.
    pub fn cut(&self) {
        if let Some(socket) = &self.0
            && let Err(error) = socket.shutdown(std::net::Shutdown::Both)
        {
            tracing::debug!(%error, "the connection was gone already");
        }
    }
}

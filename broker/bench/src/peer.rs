//! A raw peer: one app's WebSocket, from any address of this machine.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use beside_protocol::handshake::{M1, M1_LENGTH, M2, M2_LENGTH, SUITE, VERSION};
use beside_protocol::ids::SessionId;
use beside_protocol::signalling::Bytes;
use futures_util::{SinkExt as _, StreamExt as _};
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use serde_json::Value;
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

/// Longer than anything here takes, so that a broken broker ends a measurement instead of hanging it.
const PATIENCE: Duration = Duration::from_secs(60);

/// An open WebSocket.
pub(crate) struct Peer(WebSocketStream<TlsStream<TcpStream>>);

/// The address of a number in a network of this machine: 127.0.0.0/8 is all its own.
pub(crate) fn place(network: u8, number: usize) -> Ipv4Addr {
    let number = number % 60_000;
    let byte = |value: usize| u8::try_from(value).unwrap_or(u8::MAX);
    Ipv4Addr::new(127, network, byte(number / 250), byte(number % 250 + 1))
}

impl Peer {
    /// Opens the socket of a manager with a bearer token, or of a customer without one.
    pub(crate) async fn open(
        to: SocketAddr,
        from: Ipv4Addr,
        tls: &Arc<ClientConfig>,
        token: Option<&str>,
    ) -> anyhow::Result<Self> {
        timeout(PATIENCE, Self::connect(to, from, tls, token)).await.context("no answer to the upgrade")?
    }

    async fn connect(
        to: SocketAddr,
        from: Ipv4Addr,
        tls: &Arc<ClientConfig>,
        token: Option<&str>,
    ) -> anyhow::Result<Self> {
        let path = if token.is_some() { "operator" } else { "customer" };
        let mut request = format!("wss://localhost/api/v1/signal/{path}").into_client_request()?;
        if let Some(token) = token {
            request.headers_mut().insert("authorization", format!("Bearer {token}").parse()?);
        }
        let socket = TcpSocket::new_v4()?;
        socket.bind(SocketAddr::new(IpAddr::V4(from), 0))?;
        let tcp = socket.connect(to).await?;
        tcp.set_nodelay(true)?;
        let stream = TlsConnector::from(Arc::clone(tls)).connect(ServerName::try_from("localhost")?, tcp).await?;
        let config = WebSocketConfig::default().read_buffer_size(2_048).write_buffer_size(0);
        let (socket, _) = tokio_tungstenite::client_async_with_config(request, stream, Some(config)).await?;
        Ok(Self(socket))
    }

    /// Sends a message.
    pub(crate) async fn say(&mut self, message: &Value) -> anyhow::Result<()> {
        Ok(self.0.send(Message::text(message.to_string())).await?)
    }

    /// The next message.
    pub(crate) async fn hear(&mut self) -> anyhow::Result<Value> {
        loop {
            match timeout(PATIENCE, self.0.next()).await.context("the broker said nothing")? {
                Some(Ok(Message::Text(text))) => return Ok(serde_json::from_str(&text)?),
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Binary(_) | Message::Frame(_))) => {}
                Some(Ok(Message::Close(_))) | None => bail!("the broker closed the socket"),
                Some(Err(error)) => return Err(error.into()),
            }
        }
    }

    /// The next message of a type; what comes before it is passed over.
    pub(crate) async fn hear_of(&mut self, kind: &str) -> anyhow::Result<Value> {
        loop {
            let message = self.hear().await?;
            if message["type"] == kind {
                return Ok(message);
            }
        }
    }

    /// The code that the manager is told to show.
    pub(crate) async fn code(&mut self) -> anyhow::Result<String> {
        Ok(self.hear_of("code").await?["code"].as_str().context("no code")?.to_owned())
    }

    /// Answers pings until the socket ends.
    pub(crate) async fn idle(mut self) {
        while let Some(Ok(_)) = self.0.next().await {}
    }
}

/// An M1 that carries this session's id.
pub(crate) fn m1(sid: SessionId) -> Bytes {
    let mut bytes = vec![M1, VERSION, SUITE];
    bytes.extend_from_slice(&sid.0);
    bytes.resize(M1_LENGTH, 9);
    Bytes(bytes)
}

/// An M2.
pub(crate) fn m2() -> Bytes {
    let mut bytes = vec![M2];
    bytes.resize(M2_LENGTH, 9);
    Bytes(bytes)
}

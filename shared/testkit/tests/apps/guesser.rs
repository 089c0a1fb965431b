//! Somebody who guesses codes from many addresses of this machine, without an app.

use std::net::{Ipv4Addr, SocketAddr};

use beside_protocol::SessionId;
use beside_protocol::handshake::{M1, M1_LENGTH, SUITE, VERSION};
use beside_protocol::signalling::{Bytes, FromCustomer, ToCustomer};
use beside_transport::trust;
use futures_util::{SinkExt as _, StreamExt as _};
use rustls::pki_types::ServerName;
use tokio::net::TcpSocket;
use tokio_rustls::TlsConnector;
use tokio_tungstenite::tungstenite::Message;

use crate::broker::HOST;
use crate::place::Place;

/// Knocks from `127.0.1.place` on a socket of its own, and gives the broker's answer.
pub(crate) async fn knock(from: &Place, place: u8, code: &str) -> ToCustomer {
    let tcp = TcpSocket::new_v4().unwrap();
    tcp.bind(SocketAddr::from((Ipv4Addr::new(127, 0, 1, place), 0))).unwrap();
    let tcp = tcp.connect(from.broker.address).await.unwrap();
    let tls = TlsConnector::from(trust::client_config(&from.trust().authorities).unwrap());
    let tls = tls.connect(ServerName::try_from(HOST).unwrap(), tcp).await.unwrap();
    let url = format!("wss://{}/api/v1/signal/customer", from.broker.host_and_port());
    let (mut socket, _) = tokio_tungstenite::client_async(url, tls).await.unwrap();
    let knock =
        FromCustomer::Knock { code: code.parse().unwrap(), m1: m1(SessionId([place; 16])), device: None, proof: None };
    socket.send(Message::text(serde_json::to_string(&knock).unwrap())).await.unwrap();
    let answer = socket.next().await.unwrap().unwrap();
    serde_json::from_str(answer.to_text().unwrap()).unwrap()
}

fn m1(sid: SessionId) -> Bytes {
    let mut bytes = vec![M1, VERSION, SUITE];
    bytes.extend_from_slice(&sid.0);
    bytes.resize(M1_LENGTH, 7);
    Bytes(bytes)
}

//! A peer that holds the right certificate and yet does what no client of ours does: the bare library, without our code.

use std::sync::Arc;

use beside_protocol::control::DescriptionKind;
use beside_protocol::path::PathKind;
use beside_session::PathOutput;
use beside_transport::direct::{Certificate, DirectEvent};
use bytes::BytesMut;
use rcgen::CertificateParams;
use sha2::{Digest as _, Sha256};
use tokio::sync::mpsc;
use webrtc::data_channel::{DataChannel, RTCDataChannelInit};
use webrtc::peer_connection::crypto::{self, SignatureScheme};
use webrtc::peer_connection::{
    PeerConnection, PeerConnectionBuilder, PeerConnectionEventHandler, RTCCertificate, RTCConfigurationBuilder,
    RTCPeerConnectionIceEvent, RTCSessionDescription,
};

use crate::pair::{PATH, Side};

struct Candidates(mpsc::UnboundedSender<String>);

#[async_trait::async_trait]
impl PeerConnectionEventHandler for Candidates {
    async fn on_ice_candidate(&self, event: RTCPeerConnectionIceEvent) {
        let _ = self.0.send(event.candidate.to_json().unwrap().candidate);
    }
}

/// The bare peer, connected to a customer of ours.
struct Raw {
    connection: Arc<dyn PeerConnection>,
    channels: Vec<Arc<dyn DataChannel>>,
    customer: Side,
}

async fn raw() -> Raw {
    let provider = crypto::default_provider().unwrap();
    let params = CertificateParams::new(Vec::<String>::new()).unwrap();
    let certificate = RTCCertificate::generate(provider.crypto(), SignatureScheme::EcdsaP256Sha256, params).unwrap();
    let fingerprint = Sha256::digest(&certificate.dtls_certificate.certificate[0]).into();
    let (candidates, mut gathered) = mpsc::unbounded_channel();
    let connection = PeerConnectionBuilder::new()
        .with_configuration(RTCConfigurationBuilder::new().with_certificates(vec![certificate]).build())
        .with_handler(Arc::new(Candidates(candidates)))
        .with_udp_addrs(vec!["127.0.0.1:0"])
        .build();
    let connection: Arc<dyn PeerConnection> = Arc::new(connection.await.unwrap());
    let mut channels = Vec::new();
    for stream in 0..4 {
        let agreed = RTCDataChannelInit { negotiated: Some(stream), ..RTCDataChannelInit::default() };
        channels.push(connection.create_data_channel("", Some(agreed)).await.unwrap());
    }
    let mut customer = Side::new(Certificate::generate().unwrap(), fingerprint, false);
    customer.carry_out(PathOutput::Gather { path: PATH });
    let DirectEvent::Described { sdp, .. } = customer.next().await else { panic!("the description comes first") };
    connection.set_remote_description(RTCSessionDescription::offer(sdp).unwrap()).await.unwrap();
    let answer = connection.create_answer(None).await.unwrap();
    let (kind, sdp) = (DescriptionKind::Answer, answer.sdp.clone());
    customer.carry_out(PathOutput::Description { path: PATH, kind, sdp });
    connection.set_local_description(answer).await.unwrap();
    let candidate = gathered.recv().await.unwrap();
    customer.carry_out(PathOutput::Candidate { path: PATH, candidate, mid: None });
    loop {
        match customer.next().await {
            DirectEvent::Up { kind, .. } => {
                assert_eq!(kind, PathKind::DirectUdp);
                return Raw { connection, channels, customer };
            }
            DirectEvent::Down { .. } => panic!("the path is down"),
            DirectEvent::Described { .. }
            | DirectEvent::Candidate { .. }
            | DirectEvent::Message { .. }
            | DirectEvent::Drained { .. } => {}
        }
    }
}

/// Once this side is open too.
async fn send(channel: &Arc<dyn DataChannel>, bytes: &[u8]) {
    while channel.try_send(BytesMut::from(bytes)).await.is_err() {
        channel.poll().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_data_channel_that_was_not_agreed_on_ends_the_path() {
    let mut raw = raw().await;
    let _channel = raw.connection.create_data_channel("more", None).await.unwrap();
    raw.customer.until_down().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn text_ends_the_path() {
    let mut raw = raw().await;
    send(&raw.channels[0], b"bytes").await;
    assert_eq!(raw.customer.message().await.1, b"bytes");
    raw.channels[0].send_text("text").await.unwrap();
    raw.customer.until_down().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_probe_that_is_none_ends_the_path() {
    let mut raw = raw().await;
    send(&raw.channels[3], &[0]).await;
    send(&raw.channels[2], b"still up").await;
    assert_eq!(raw.customer.message().await.1, b"still up");
    send(&raw.channels[3], b"not a probe").await;
    raw.customer.until_down().await;
}

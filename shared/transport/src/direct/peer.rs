//! One WebRTC connection: how it is built, described and closed, and what it says of itself.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use beside_protocol::limits::RECORD_MAX;
use beside_protocol::path::PathKind;
use rtc::ice::mdns::MulticastDnsMode;
use rtc::peer_connection::configuration::setting_engine::SctpMaxMessageSize;
use subtle::ConstantTimeEq as _;
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use webrtc::data_channel::{DataChannel, DataChannelEvent, RTCDataChannelInit};
use webrtc::peer_connection::{
    PeerConnection, PeerConnectionBuilder, PeerConnectionEventHandler, RTCConfigurationBuilder, RTCIceCandidateInit,
    RTCIceCandidateType, RTCIceGatheringState, RTCIceProtocol, RTCIceServer, RTCPeerConnectionIceEvent,
    RTCPeerConnectionState, RTCSessionDescription, SettingEngine, SettingEngineBuilder,
};

use super::addresses;
use super::certificate::{Certificate, fingerprint_of};
use super::error::PathError;
use super::sockets::Sockets;

/// The streams of a connection, agreed on beforehand: both sides open the same four, and no other may follow.
pub(super) const ORDERED: usize = 0;
/// Unordered, without retransmission.
pub(super) const LOOSE: usize = 1;
/// Ordered and reliable like [`ORDERED`], by itself so that a file never stands in the way of a key.
pub(super) const BULK: usize = 2;
/// [`TailProbe`](super::probe::TailProbe)'s, unordered and without retransmission.
pub(super) const PROBE: usize = 3;
/// How many there are.
const STREAMS: usize = 4;

/// Bytes that a data channel takes before it refuses more. The lanes stop before that.
pub(super) const SEND_LIMIT: usize = 256 << 10;
/// Bytes in flight that this side can take in: 100 ms of 300 Mbit/s.
const RECEIVE_WINDOW: u32 = 4 << 20;
/// The peer's messages are records; the probe is smaller.
const MESSAGE_MAX: SctpMaxMessageSize = SctpMaxMessageSize::Bounded(RECORD_MAX as u32);
/// Silence of the network after which the connection is in doubt, and then lost, and how often it is kept alive.
const ICE_TIMES: [Duration; 3] = [Duration::from_secs(5), Duration::from_secs(10), Duration::from_secs(1)];
/// A channel says that it has room when its buffer falls to this.
const LOW_WATER: u32 = 64 << 10;

/// What the library's driver has to say outside the data channels.
#[derive(Debug)]
pub(super) enum Notice {
    /// A candidate of this machine.
    Candidate(String),
    /// No more candidates.
    Gathered,
    /// ICE found no way, or none any more; or the peer closed the connection.
    Lost,
    /// The peer opened a data channel that was not agreed on.
    Foreign,
    /// The driver panicked and does nothing more.
    Panicked,
}

/// Candidates of this machine and the few other notices; one that doesn't fit is a candidate too many.
pub(super) const NOTICES: usize = 64;

struct Ears(mpsc::Sender<Notice>);

impl Ears {
    fn tell(&self, notice: Notice) {
        // The driver must never wait for us: it also keeps ICE, DTLS and SCTP alive.
        let _ = self.0.try_send(notice);
    }
}

#[async_trait::async_trait]
impl PeerConnectionEventHandler for Ears {
    async fn on_ice_candidate(&self, event: RTCPeerConnectionIceEvent) {
        if let Ok(init) = event.candidate.to_json() {
            self.tell(Notice::Candidate(init.candidate));
        }
    }

    async fn on_ice_gathering_state_change(&self, state: RTCIceGatheringState) {
        if state == RTCIceGatheringState::Complete {
            self.tell(Notice::Gathered);
        }
    }

    async fn on_connection_state_change(&self, state: RTCPeerConnectionState) {
        if state == RTCPeerConnectionState::Failed || state == RTCPeerConnectionState::Closed {
            self.tell(Notice::Lost);
        }
    }

    async fn on_data_channel(&self, _channel: Arc<dyn DataChannel>) {
        self.tell(Notice::Foreign);
    }
}

/// A connection and its four channels. Dropping it closes it, with what its buffers still hold sent first.
pub(super) struct Peer {
    connection: Arc<dyn PeerConnection>,
    channels: Vec<Arc<dyn DataChannel>>,
    closer: Handle,
}

impl Peer {
    /// Binds sockets and prepares the channels. Nothing is sent yet.
    pub(super) async fn build(
        certificate: &Certificate,
        stun: Option<&(String, u16)>,
        notices: mpsc::Sender<Notice>,
    ) -> Result<Self, PathError> {
        let stun = addresses::stun_servers(stun).await;
        let local = addresses::to_bind(&stun).await;
        if local.is_empty() {
            return Err(PathError::Lost("no address"));
        }
        let servers = stun.iter().map(stun_url).map(|url| RTCIceServer { urls: vec![url], ..RTCIceServer::default() });
        let configuration = RTCConfigurationBuilder::new()
            .with_certificates(vec![certificate.for_webrtc()])
            .with_ice_servers(servers.collect())
            .build();
        let connection = PeerConnectionBuilder::new()
            .with_configuration(configuration)
            .with_setting_engine(settings())
            .with_handler(Arc::new(Ears(notices.clone())))
            .with_runtime(Arc::new(Sockets::new(notices)))
            .with_udp_addrs(local)
            .with_data_channel_send_buffer_limit(SEND_LIMIT)
            .build()
            .await
            .map_err(|_| PathError::Local("no socket"))?;
        let mut peer = Self { connection: Arc::new(connection), channels: Vec::new(), closer: Handle::current() };
        for stream in 0..STREAMS {
            let channel = peer.connection.create_data_channel("", Some(stream_settings(stream))).await;
            let channel = channel.map_err(|_| PathError::Local("no data channel"))?;
            let low_water = channel.set_buffered_amount_low_threshold(LOW_WATER).await;
            low_water.map_err(|_| PathError::Local("no data channel"))?;
            peer.channels.push(channel);
        }
        Ok(peer)
    }

    /// This side's offer. Gathering begins.
    pub(super) async fn offer(&self) -> Result<String, PathError> {
        let offer = self.connection.create_offer(None).await.map_err(|_| PathError::Local("no offer"))?;
        self.describe(offer).await
    }

    /// The answer to the peer's offer. Gathering begins.
    pub(super) async fn answer(&self, offer: String) -> Result<String, PathError> {
        const REFUSED: PathError = PathError::Peer("an offer that makes no sense");
        let offer = RTCSessionDescription::offer(offer).map_err(|_| REFUSED)?;
        self.connection.set_remote_description(offer).await.map_err(|_| REFUSED)?;
        let answer = self.connection.create_answer(None).await.map_err(|_| REFUSED)?;
        self.describe(answer).await
    }

    async fn describe(&self, own: RTCSessionDescription) -> Result<String, PathError> {
        let sdp = own.sdp.clone();
        self.connection.set_local_description(own).await.map_err(|_| PathError::Local("no description"))?;
        Ok(sdp)
    }

    /// The peer's answer to our offer.
    pub(super) async fn accept(&self, answer: String) -> Result<(), PathError> {
        const REFUSED: PathError = PathError::Peer("an answer that makes no sense");
        let answer = RTCSessionDescription::answer(answer).map_err(|_| REFUSED)?;
        self.connection.set_remote_description(answer).await.map_err(|_| REFUSED)
    }

    /// The peer's candidate, after its description.
    pub(super) async fn add_candidate(&self, candidate: String) -> Result<(), PathError> {
        let init = RTCIceCandidateInit { candidate, ..RTCIceCandidateInit::default() };
        self.connection.add_ice_candidate(init).await.map_err(|_| PathError::Peer("a malformed candidate"))
    }

    /// The channel of a stream.
    pub(super) fn channel(&self, stream: usize) -> Option<&Arc<dyn DataChannel>> {
        self.channels.get(stream)
    }

    /// The next event of any channel, nothing once one has ended. May be dropped and called again without loss.
    pub(super) async fn next(&self) -> Option<(usize, DataChannelEvent)> {
        let [ordered, loose, bulk, probe] = self.channels.as_slice() else {
            return None;
        };
        let (stream, event) = tokio::select! {
            event = ordered.poll() => (ORDERED, event),
            event = loose.poll() => (LOOSE, event),
            event = bulk.poll() => (BULK, event),
            event = probe.poll() => (PROBE, event),
        };
        event.map(|event| (stream, event))
    }

    /// Whether the peer proved itself with the certificate of this fingerprint. DTLS has done its part by now: the
    /// peer has the certificate's key.
    pub(super) async fn is(&self, fingerprint: &[u8; 32]) -> bool {
        let Some(sctp) = self.connection.sctp().await else {
            return false;
        };
        let shown = sctp.transport().get_remote_certificates().await.unwrap_or_default();
        shown.first().is_some_and(|der| fingerprint_of(der).ct_eq(fingerprint).into())
    }

    /// What carries the connection now, if ICE has settled on something.
    pub(super) async fn kind(&self) -> Option<PathKind> {
        let ice = self.connection.sctp().await?.transport().ice_transport();
        let pair = ice.get_selected_candidate_pair().await.ok()??;
        let sides = [pair.local(), pair.remote()];
        Some(if sides.iter().any(|side| side.typ == RTCIceCandidateType::Relay) {
            PathKind::Turn
        } else if sides.iter().any(|side| side.protocol == RTCIceProtocol::Tcp) {
            PathKind::DirectTcp
        } else {
            PathKind::DirectUdp
        })
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // The library's driver runs on until it is told to stop, so every way out of a path leads here.
        let connection = Arc::clone(&self.connection);
        self.closer.spawn(async move { connection.close().await });
    }
}

fn settings() -> SettingEngine {
    let [doubtful, lost, keep_alive] = ICE_TIMES;
    SettingEngineBuilder::new()
        .with_multicast_dns_mode(MulticastDnsMode::Disabled)
        .with_ice_timeouts(Some(doubtful), Some(lost), Some(keep_alive))
        .with_sctp_max_receive_buffer_size(RECEIVE_WINDOW)
        .with_sctp_max_message_size(MESSAGE_MAX)
        .build()
}

fn stream_settings(stream: usize) -> RTCDataChannelInit {
    let reliable = stream == ORDERED || stream == BULK;
    RTCDataChannelInit {
        ordered: reliable,
        max_retransmits: (!reliable).then_some(0),
        negotiated: u16::try_from(stream).ok(),
        ..RTCDataChannelInit::default()
    }
}

/// RFC 7064.
fn stun_url(server: &SocketAddr) -> String {
    format!("stun:{server}")
}

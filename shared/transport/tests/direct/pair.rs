//! The two sides, and who passes on what between them.

use std::time::Duration;

use beside_protocol::PathId;
use beside_protocol::control::DescriptionKind;
use beside_protocol::path::{Channel, PathKind};
use beside_session::PathOutput;
use beside_transport::direct::{Certificate, Direct, DirectEvent};
use tokio::sync::mpsc;
use tokio::time::timeout;

/// Nothing here takes nearly as long, even on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);
/// The path that most tests make.
pub(crate) const PATH: PathId = PathId(1);

/// One side.
pub(crate) struct Side {
    direct: Direct,
    events: mpsc::Receiver<DirectEvent>,
    answers: bool,
}

impl Side {
    /// A side that takes `peer_fingerprint` for the other's. Nobody answers at the STUN server: the broker being on
    /// loopback is what counts.
    pub(crate) fn new(certificate: Certificate, peer_fingerprint: [u8; 32], answers: bool) -> Self {
        let (events_in, events) = mpsc::channel(64);
        let stun = Some(("127.0.0.1".to_owned(), 9));
        Self { direct: Direct::new(certificate, peer_fingerprint, stun, events_in), events, answers }
    }

    pub(crate) fn carry_out(&self, output: PathOutput) {
        self.direct.carry_out(output);
    }

    pub(crate) fn send(&self, channel: Channel, bytes: Vec<u8>) {
        self.carry_out(PathOutput::Transmit { path: PATH, channel, bytes });
    }

    pub(crate) async fn next(&mut self) -> DirectEvent {
        timeout(PATIENCE, self.events.recv()).await.expect("nothing happens").expect("the events end")
    }

    /// The next message; what else happens is passed over.
    pub(crate) async fn message(&mut self) -> (Channel, Vec<u8>) {
        loop {
            if let DirectEvent::Message { channel, bytes, .. } = self.next().await {
                return (channel, bytes);
            }
        }
    }

    pub(crate) async fn until_down(&mut self) {
        while self.next().await != (DirectEvent::Down { path: PATH }) {}
    }

    /// Lets this side go; its events end.
    pub(crate) fn drop_direct(self) -> mpsc::Receiver<DirectEvent> {
        drop(self.direct);
        self.events
    }

    /// Hands this side what the other one said, if it is for it.
    pub(crate) fn take(&self, event: &DirectEvent) {
        match event.clone() {
            DirectEvent::Described { path, sdp } => {
                // What the other side made is for us: its offer if we answer.
                let kind = if self.answers { DescriptionKind::Offer } else { DescriptionKind::Answer };
                self.carry_out(PathOutput::Description { path, kind, sdp });
            }
            DirectEvent::Candidate { path, candidate, mid } => {
                self.carry_out(PathOutput::Candidate { path, candidate, mid });
            }
            DirectEvent::Up { .. }
            | DirectEvent::Down { .. }
            | DirectEvent::Message { .. }
            | DirectEvent::Drained { .. } => {}
        }
    }
}

/// Customer and operator.
pub(crate) struct Pair {
    pub(crate) customer: Side,
    pub(crate) operator: Side,
}

impl Pair {
    /// Two sides that know each other's certificate.
    pub(crate) fn new() -> Self {
        let [customer, operator] = [Certificate::generate().unwrap(), Certificate::generate().unwrap()];
        let (for_customer, for_operator) = (operator.fingerprint(), customer.fingerprint());
        Self { customer: Side::new(customer, for_customer, false), operator: Side::new(operator, for_operator, true) }
    }

    /// Two sides with a path between them.
    pub(crate) async fn joined() -> Self {
        let mut pair = Self::new();
        pair.customer.carry_out(PathOutput::Gather { path: PATH });
        let up = DirectEvent::Up { path: PATH, kind: PathKind::DirectUdp };
        assert_eq!(pair.settle().await, [up.clone(), up]);
        pair
    }

    /// Passes descriptions and candidates on until each side has said whether the path is up or down.
    pub(crate) async fn settle(&mut self) -> [DirectEvent; 2] {
        let mut ends: [Option<DirectEvent>; 2] = [None, None];
        loop {
            if let [Some(customer), Some(operator)] = &ends {
                return [customer.clone(), operator.clone()];
            }
            let (side, event) = tokio::select! {
                event = self.customer.next() => {
                    self.operator.take(&event);
                    (0, event)
                }
                event = self.operator.next() => {
                    self.customer.take(&event);
                    (1, event)
                }
            };
            if matches!(event, DirectEvent::Up { .. } | DirectEvent::Down { .. }) {
                ends[side] = Some(event);
            }
        }
    }
}

//! What both sides want done, and what may never be wanted.

use beside_protocol::PathId;
use beside_protocol::control::DescriptionKind;
use beside_protocol::handshake::RECORD;
use beside_protocol::path::PathKind;
use beside_protocol::record::{Lane, RecordHeader};
use beside_protocol::signalling::{FromCustomer, FromOperator, SessionEvent};
use beside_session::{CustomerOutput, OperatorInput, OperatorOutput, PathInput, PathOutput};

use super::{Peer, Signal, World};
use crate::desktop::Wish;

/// What the description of each side says before it is replaced; nobody may believe it.
const LYING_SDP: &str = "v=0\r\na=fingerprint:sha-256 00:00\r\n";

impl World {
    pub(super) fn customer_wants(&mut self, output: CustomerOutput) {
        let over = self.end(Peer::Customer).is_some();
        match output {
            CustomerOutput::Path(output) => self.path_wants(Peer::Customer, output),
            CustomerOutput::Signal(FromCustomer::Knock { m1, .. }) => {
                self.signal(Signal::Knock(m1.0));
            }
            CustomerOutput::Signal(FromCustomer::Event { event, .. }) => self.reports.push((Peer::Customer, event)),
            CustomerOutput::Signal(FromCustomer::End { end, .. }) => self.signal(Signal::Ended(Peer::Operator, end)),
            CustomerOutput::Signal(FromCustomer::Resume { .. } | FromCustomer::Name { .. }) => {}
            CustomerOutput::Inject { grant, events } => {
                assert!(!over, "input after the end");
                assert!(grant.check(self.now).is_ok(), "input without permission");
                self.desktop.inject(&grant, events, self.now);
            }
            CustomerOutput::ReleaseAll => self.desktop.released += 1,
            CustomerOutput::PictureWanted { view, budget_bytes, fresh } => {
                assert!(!over, "a picture after the end");
                self.desktop.wish(Wish { view, budget_bytes, fresh });
            }
            CustomerOutput::PictureUnwanted => self.desktop.wish = None,
            CustomerOutput::ShareDisplay(_) | CustomerOutput::Changed => {}
            CustomerOutput::Ended(end) => {
                assert!(!over, "ended twice");
                self.ends[Peer::Customer.index()] = Some(end);
            }
        }
    }

    pub(super) fn operator_wants(&mut self, output: OperatorOutput) {
        match output {
            OperatorOutput::Path(output) => self.path_wants(Peer::Operator, output),
            OperatorOutput::Signal(FromOperator::Accept { m2, .. }) => {
                self.signal(Signal::Accepted(m2.0));
            }
            OperatorOutput::Signal(FromOperator::Event { event, .. }) => self.reports.push((Peer::Operator, event)),
            OperatorOutput::Signal(FromOperator::End { end, .. }) => self.signal(Signal::Ended(Peer::Customer, end)),
            OperatorOutput::Signal(
                FromOperator::NewCode | FromOperator::Away { .. } | FromOperator::Decline { .. },
            ) => {}
            OperatorOutput::Frame { frame, bytes } => {
                self.viewer.apply(&bytes);
                if self.viewer.asleep {
                    self.viewer.waiting.push(frame);
                } else if let Some(operator) = &mut self.operator {
                    operator.handle(OperatorInput::FrameApplied { frame }, self.now);
                }
            }
            OperatorOutput::Pointer(state) => self.viewer.pointer = Some(state),
            OperatorOutput::Changed => {}
            OperatorOutput::Ended(end) => {
                assert!(self.end(Peer::Operator).is_none(), "ended twice");
                self.ends[Peer::Operator.index()] = Some(end);
            }
        }
    }

    fn path_wants(&mut self, peer: Peer, output: PathOutput) {
        match output {
            PathOutput::Transmit { path, channel, bytes } => {
                self.check_before_checked(peer, &bytes);
                self.network.send(peer, path, channel, bytes, self.now);
            }
            PathOutput::Gather { path } if self.setup.direct.is_some() => {
                self.path_input(peer, PathInput::Described { path, sdp: LYING_SDP.to_owned() });
            }
            PathOutput::Gather { path } => self.path_input(peer, PathInput::Down { path }),
            PathOutput::Description { path, kind, sdp } => self.described(peer, path, kind, &sdp),
            PathOutput::Candidate { .. } => {}
            PathOutput::Close { path } => self.network.close(peer, path, self.now),
        }
    }

    /// No picture leaves the customer before the operator has said that the number matched.
    fn check_before_checked(&self, peer: Peer, bytes: &[u8]) {
        if peer == Peer::Customer && bytes.first() == Some(&RECORD) {
            let (header, ..) = RecordHeader::decode(bytes).expect("an own record");
            let checked = self.reported(Peer::Operator, SessionEvent::Checked);
            let early = matches!(header.lane, Lane::Picture | Lane::Pointer) && !checked;
            assert!(!early, "a picture before the check");
        }
    }

    fn described(&mut self, peer: Peer, path: PathId, kind: DescriptionKind, sdp: &str) {
        let expected = peer.other().fingerprint().map(|byte| format!("{byte:02X}")).join(":");
        assert!(sdp.contains(&expected) && !sdp.contains("00:00"), "a fingerprint was believed: {sdp}");
        match kind {
            DescriptionKind::Offer => {
                self.path_input(peer, PathInput::Described { path, sdp: LYING_SDP.to_owned() });
            }
            DescriptionKind::Answer => {
                let profile = self.setup.direct.expect("only offered where there is a direct path");
                if self.described.insert(path) {
                    self.network.connect([path, path], PathKind::DirectUdp, profile, self.now);
                    let kind = PathKind::DirectUdp;
                    self.path_input(Peer::Customer, PathInput::Up { path, kind });
                    self.path_input(Peer::Operator, PathInput::Up { path, kind });
                }
            }
        }
    }
}

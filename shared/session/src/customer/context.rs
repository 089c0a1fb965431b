//! What every state of the customer's side has at hand.

use std::collections::VecDeque;

use beside_identity::{Operator, UnixTime, Verified};
use beside_protocol::proof::Proof;
use beside_protocol::signalling::{Bytes, FromCustomer, SessionEvent};
use beside_protocol::{AccessCode, DeviceId, SessionId};

use super::CustomerOutput;
use crate::line::Line;
use crate::socket::Socket;

pub(super) struct Context {
    pub(super) sid: SessionId,
    pub(super) code: AccessCode,
    pub(super) device: Option<DeviceId>,
    pub(super) attempt: u8,
    pub(super) socket: Socket,
    /// Verified by M4.
    pub(super) operator: Option<Verified<Operator>>,
    pub(super) status_issued: Option<UnixTime>,
    /// M3 was sent: ended without a verdict, it counts as a handshake that failed.
    pub(super) shaken: bool,
    /// A verdict was sent, so the broker need not be told that the handshake failed.
    pub(super) verdict_given: bool,
    /// Outputs that nobody has taken yet. What is in it is bounded by what its caller puts in between two polls.
    pub(super) out: VecDeque<CustomerOutput>,
}

impl Context {
    pub(super) fn put(&mut self, output: CustomerOutput) {
        self.out.push_back(output);
    }

    pub(super) fn changed(&mut self) {
        if !matches!(self.out.back(), Some(CustomerOutput::Changed)) {
            self.put(CustomerOutput::Changed);
        }
    }

    /// Knocks, for the first time or with what the broker asked for.
    pub(super) fn knock(&mut self, m1: &[u8], proof: Option<Proof>) {
        let knock = FromCustomer::Knock { code: self.code.clone(), m1: Bytes(m1.to_vec()), device: self.device, proof };
        self.put(CustomerOutput::Signal(knock));
    }

    pub(super) fn event(&mut self, event: SessionEvent) {
        self.put(CustomerOutput::Signal(FromCustomer::Event { sid: self.sid, event }));
    }

    /// Passes on what the line wants done.
    pub(super) fn take_from(&mut self, line: &mut Line) {
        while let Some(output) = line.next_output() {
            self.put(CustomerOutput::Path(output));
        }
    }

    /// What was permitted a moment ago, and not taken yet, is not permitted any more.
    pub(super) fn withdraw_permissions(&mut self) {
        self.out
            .retain(|output| !matches!(output, CustomerOutput::Inject { .. } | CustomerOutput::PictureWanted { .. }));
        self.put(CustomerOutput::ReleaseAll);
        self.put(CustomerOutput::PictureUnwanted);
    }

    /// Sends a message of the handshake.
    pub(super) fn transmit(&mut self, bytes: &[u8]) {
        self.out.extend(self.socket.transmit(bytes).map(CustomerOutput::Path));
    }
}

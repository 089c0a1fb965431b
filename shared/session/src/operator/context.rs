//! What every state of the operator's side has at hand.

use std::collections::VecDeque;

use beside_protocol::signalling::{Bytes, FromOperator, SessionEvent};
use beside_protocol::{AccessCode, Rights, SessionId};

use super::OperatorOutput;
use crate::line::Line;
use crate::socket::Socket;

pub(super) struct Context {
    pub(super) sid: SessionId,
    pub(super) code: AccessCode,
    pub(super) attempt: u8,
    /// What our organisation allows to be asked for.
    pub(super) allowed: Rights,
    pub(super) socket: Socket,
    /// The customer's verdict is known; without one, an end counts as a handshake that failed.
    pub(super) verdict_known: bool,
    /// Outputs that nobody has taken yet. What is in it is bounded by what its caller puts in between two polls.
    pub(super) out: VecDeque<OperatorOutput>,
}

impl Context {
    pub(super) fn put(&mut self, output: OperatorOutput) {
        self.out.push_back(output);
    }

    pub(super) fn changed(&mut self) {
        if !matches!(self.out.back(), Some(OperatorOutput::Changed)) {
            self.put(OperatorOutput::Changed);
        }
    }

    pub(super) fn event(&mut self, event: SessionEvent) {
        self.put(OperatorOutput::Signal(FromOperator::Event { sid: self.sid, event }));
    }

    /// Passes on what the line wants done.
    pub(super) fn take_from(&mut self, line: &mut Line) {
        while let Some(output) = line.next_output() {
            self.put(OperatorOutput::Path(output));
        }
    }

    /// Lets the customer in.
    pub(super) fn accept(&mut self, m2: &[u8]) {
        let m2 = Bytes(m2.to_vec());
        self.put(OperatorOutput::Signal(FromOperator::Accept { sid: self.sid, m2 }));
    }

    /// Sends a message of the handshake.
    pub(super) fn transmit(&mut self, bytes: &[u8]) {
        self.out.extend(self.socket.transmit(bytes).map(OperatorOutput::Path));
    }
}

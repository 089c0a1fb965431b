//! What the operator's side of a session wants done.

use beside_protocol::End;
use beside_protocol::pointer::PointerState;
use beside_protocol::signalling::FromOperator;

use crate::path_io::PathOutput;

/// One thing to do, in order.
#[derive(Debug)]
pub enum OperatorOutput {
    /// Something for a path.
    Path(PathOutput),
    /// Send this to the broker.
    Signal(FromOperator),
    /// The next frame in order, whole. Answer with [`OperatorInput::FrameApplied`](crate::OperatorInput::FrameApplied):
    /// the customer's side sends at most two frames ahead of it.
    Frame {
        /// Its number.
        frame: u32,
        /// The encoded frame, from a peer that may be hostile.
        bytes: Vec<u8>,
    },
    /// The customer's pointer.
    Pointer(PointerState),
    /// [`Operator::state`](crate::Operator::state) is worth another look.
    Changed,
    /// The session is over; comes once. Outputs after it only tell the peer and the broker.
    Ended(End),
}

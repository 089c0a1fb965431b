//! M5 says yes, but the operator has not said that the number matched: nothing is seen, and no lease runs.

use std::time::Instant;

use beside_consent::Yes;
use beside_protocol::control::ControlMessage;
use beside_protocol::limits::WAIT_M5;
use beside_protocol::path::{Channel, PathKind};
use beside_protocol::{ErrorCode, Rights};

use super::CustomerOutput;
use super::active::{Active, closed_by_operator};
use super::context::Context;
use super::permissions::Permissions;
use crate::error::SessionError;
use crate::line::{Line, LineEvent};
use crate::over::Over;
use crate::path_io::{PathInput, PathOutput};

pub(super) struct Starting {
    pub(super) line: Line,
    /// Sent again on a socket that comes back, for the operator may not have it.
    m5: Vec<u8>,
    yes: Yes,
    pub(super) permissions: Permissions,
    pub(super) deadline: Instant,
}

impl Starting {
    pub(super) fn new(line: Line, m5: Vec<u8>, allowed: Rights, yes: Yes, now: Instant) -> Self {
        Self { line, m5, yes, permissions: Permissions::new(allowed), deadline: now + WAIT_M5 }
    }

    /// Takes what a path says. Says whether the operator has said that the number matched.
    pub(super) fn path(&mut self, input: PathInput<'_>, context: &mut Context, now: Instant) -> Result<bool, Over> {
        if let PathInput::Up { path, kind: PathKind::Relay } = input {
            let (channel, bytes) = (Channel::Ordered, self.m5.clone());
            context.put(CustomerOutput::Path(PathOutput::Transmit { path, channel, bytes }));
        }
        self.line.handle(input, now)?;
        while let Some(event) = self.line.next_event() {
            match event {
                LineEvent::Control(ControlMessage::Checked) => return Ok(true),
                LineEvent::Control(ControlMessage::Close { reason, error }) => {
                    return Err(closed_by_operator(reason, error));
                }
                LineEvent::Input(_) => return Err(SessionError::PeerMisbehaved(ErrorCode::NotPermitted).into()),
                LineEvent::Control(_) | LineEvent::Picture(..) | LineEvent::Pointer(_) => {
                    return Err(SessionError::PeerMisbehaved(ErrorCode::MessageUnexpected).into());
                }
                LineEvent::InputSkipped | LineEvent::Moved | LineEvent::Delay => {}
            }
        }
        Ok(false)
    }

    /// The number matched.
    pub(super) fn begin(self, now: Instant) -> Active {
        Active::new(self.line, self.permissions, self.yes, now)
    }
}

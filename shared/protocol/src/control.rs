//! Lane 0: what the two apps say to each other in words of JSON, one message a record.

use serde::{Deserialize, Serialize};

use crate::end::EndReason;
use crate::error::ErrorCode;
use crate::ids::{DisplayId, PathId};
use crate::limits::PAYLOAD_MAX;
use crate::rights::Right;
use crate::wire::WireError;

/// A message on lane 0. Which side may send which is said beside each; the other side's ends the session.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum ControlMessage {
    /// Operator: the check number matched. The first record of the operator; before it there is no picture.
    Checked,
    /// Operator: asks for a right, in the operator's own words.
    Ask {
        /// The right.
        right: Right,
        /// For how long, in seconds; the customer may give less.
        seconds: u32,
        /// Why, at most [`REASON_MAX`](crate::limits::REASON_MAX) bytes; may be empty.
        reason: String,
    },
    /// Operator: gives a right back.
    GiveBack {
        /// The right.
        right: Right,
    },
    /// Customer: a right is granted from now on for so long.
    Granted {
        /// The right.
        right: Right,
        /// The lease in seconds.
        seconds: u32,
    },
    /// Customer: said no to a request.
    Denied {
        /// The right.
        right: Right,
    },
    /// Customer: a right has ended: taken back, given back or run out.
    Ended {
        /// The right.
        right: Right,
        /// Why.
        why: RightEnd,
    },
    /// Customer: input is held back for now, or flows again.
    InputHeld {
        /// Why, or nothing when it flows again.
        why: Option<InputHold>,
    },
    /// Customer: the monitors of this machine, and the one that is shared.
    Displays {
        /// All monitors.
        all: Vec<DisplayInfo>,
        /// The shared one.
        shared: DisplayId,
    },
    /// Operator: share another monitor, please.
    ShareDisplay {
        /// Which.
        display: DisplayId,
    },
    /// Either: a WebRTC description for a path that is being made. The customer offers.
    Description {
        /// The path.
        path: PathId,
        /// `offer` or `answer`.
        kind: DescriptionKind,
        /// RFC 8866 text. Every `a=fingerprint` in it is replaced by the peer's of the handshake.
        sdp: String,
    },
    /// Either: an ICE candidate for a path that is being made; empty text ends them.
    Candidate {
        /// The path.
        path: PathId,
        /// RFC 8839 text.
        candidate: String,
        /// The media section's name.
        mid: Option<String>,
    },
    /// Either: asks for [`ControlMessage::Pong`] with the same number, to measure the delay.
    Ping {
        /// Any number.
        number: u32,
    },
    /// Either: the answer.
    Pong {
        /// The number of the ping.
        number: u32,
    },
    /// Either: the session is over. The last record of a side.
    Close {
        /// Why.
        reason: EndReason,
        /// The error behind it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        error: Option<ErrorCode>,
    },
}

/// Why a right ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RightEnd {
    /// The customer took it back.
    TakenBack,
    /// The operator gave it back.
    GivenBack,
    /// The lease ran out.
    RanOut,
}

/// Why input is held back though the right is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum InputHold {
    /// Stop can't be seen on the customer's screen.
    StopHidden,
    /// The operating system refuses simulated input.
    SystemRefuses,
}

/// Which half of an offer/answer exchange (RFC 9429) a description is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DescriptionKind {
    /// The customer's offer.
    Offer,
    /// The operator's answer.
    Answer,
}

/// A monitor as the operator sees it named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[ts(export)]
pub struct DisplayInfo {
    /// Its id.
    pub id: DisplayId,
    /// The system's name for it.
    pub name: String,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}

impl ControlMessage {
    /// Refuses what no honest app sends: text over its limits.
    ///
    /// # Errors
    /// A text is longer than it may be.
    pub fn check(self) -> Result<Self, WireError> {
        let too_long = match &self {
            Self::Ask { reason, .. } => reason.len() > crate::limits::REASON_MAX,
            Self::Description { sdp, .. } => sdp.len() > PAYLOAD_MAX,
            Self::Candidate { candidate, .. } => candidate.len() > 1_024,
            Self::Displays { all, .. } => all.len() > 64 || all.iter().any(|d| d.name.len() > 256),
            Self::Checked
            | Self::GiveBack { .. }
            | Self::Granted { .. }
            | Self::Denied { .. }
            | Self::Ended { .. }
            | Self::InputHeld { .. }
            | Self::ShareDisplay { .. }
            | Self::Ping { .. }
            | Self::Pong { .. }
            | Self::Close { .. } => false,
        };
        if too_long { Err(WireError::Value("text length")) } else { Ok(self) }
    }
}

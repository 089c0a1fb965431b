//! What the apps and the broker say on the signalling WebSocket: text frames of JSON, one message each.
//!
//! The same socket is the relay path: its binary frames are those of [`frame`](crate::frame). M2 is part of `accept`
//! and of `accepted`; M3, M4, M5 and records are binary frames.

use serde::{Deserialize, Serialize};

use crate::device::DeviceId;
use crate::end::End;
use crate::error::ErrorCode;
use crate::ids::{AccessCode, SessionId, Token};
use crate::path::PathKind;
use crate::proof::{Challenge, Proof};
use crate::rights::Right;

/// Customer's app → broker, on `/api/v1/signal/customer`. The first message is `knock` or `resume`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum FromCustomer {
    /// Types a code: asks to be brought to the operator who holds it.
    Knock {
        /// The code.
        code: AccessCode,
        /// M1, base64url. It carries the session id.
        m1: Bytes,
        /// The number of the customer's computer in this organisation; none where the app can't keep one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        device: Option<DeviceId>,
        /// The answer to `prove`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        proof: Option<Proof>,
    },
    /// A socket that was lost is back; the session of this token goes on here. The path needs an attach.
    Resume {
        /// The session.
        sid: SessionId,
        /// From `waiting`.
        token: Token,
    },
    /// The customer's name, as the customer wishes to be called.
    Name {
        /// The session.
        sid: SessionId,
        /// At most [`NAME_MAX`](crate::limits::NAME_MAX) bytes; hostile until shown as text.
        text: String,
    },
    /// Something to log.
    Event {
        /// The session.
        sid: SessionId,
        /// What.
        event: SessionEvent,
    },
    /// The attempt or session is over on this side.
    End {
        /// The session.
        sid: SessionId,
        /// How.
        end: End,
    },
}

/// Broker → customer's app.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ToCustomer {
    /// There were many wrong codes lately, from anywhere: the knock was not looked at. The same knock again, with a proof
    /// for this challenge, will be. The socket stays open.
    Prove {
        /// What is to be solved.
        challenge: Challenge,
    },
    /// The operator has been told. The token authorises this session's relay, reports and resumption.
    Waiting {
        /// The session's secret.
        token: Token,
    },
    /// The socket carries the session again.
    Resumed {
        /// The session.
        sid: SessionId,
    },
    /// The knock was not accepted for a reason that the code or the address gives. The socket closes after it.
    Refused {
        /// Why; for codes always [`ErrorCode::CodeRefused`].
        error: ErrorCode,
    },
    /// The operator accepted.
    Accepted {
        /// The session.
        sid: SessionId,
        /// M2, base64url.
        m2: Bytes,
    },
    /// The attempt or session is over.
    End {
        /// The session.
        sid: SessionId,
        /// How.
        end: End,
    },
    /// The other app's socket came or went.
    Peer {
        /// The session.
        sid: SessionId,
        /// Whether it is there.
        present: bool,
    },
}

/// Manager → broker, on `/api/v1/signal/operator` with the sign-in's bearer token.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum FromOperator {
    /// Ends every issued code and asks for a new one. A held code stays.
    NewCode,
    /// From now on knocks return at once as away, or no longer.
    Away {
        /// Away or back.
        away: bool,
    },
    /// Lets the customer in.
    Accept {
        /// The session.
        sid: SessionId,
        /// M2, base64url.
        m2: Bytes,
    },
    /// Sends the customer away; the code stays good.
    Decline {
        /// The session.
        sid: SessionId,
    },
    /// Something to log.
    Event {
        /// The session.
        sid: SessionId,
        /// What.
        event: SessionEvent,
    },
    /// The attempt or session is over on this side.
    End {
        /// The session.
        sid: SessionId,
        /// How.
        end: End,
    },
}

/// Broker → manager.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ToOperator {
    /// The code that a customer may type now. Every older code that was not held is dead.
    Code {
        /// The code.
        code: AccessCode,
        /// Its remaining life in milliseconds.
        life_ms: u64,
    },
    /// The code has died without another in its place: it expired, was spent or is held. A `code` follows when
    /// there is a new one.
    CodeGone,
    /// A customer knocks.
    Knock {
        /// The session.
        sid: SessionId,
        /// M1, base64url.
        m1: Bytes,
        /// The code that was typed, which the manager points out if it is typed as the check number.
        code: AccessCode,
        /// The customer's address as the broker sees it.
        address: String,
        /// Milliseconds since the customer knocked.
        since_ms: u64,
        /// Which handshake of this code it would be, from 1.
        attempt: u8,
    },
    /// The knocking customer gave a name.
    Name {
        /// The session.
        sid: SessionId,
        /// Hostile until shown as text.
        text: String,
    },
    /// The attempt or session is over.
    End {
        /// The session.
        sid: SessionId,
        /// How.
        end: End,
    },
    /// The other app's socket came or went.
    Peer {
        /// The session.
        sid: SessionId,
        /// Whether it is there.
        present: bool,
    },
    /// The sign-in is over; the socket closes after it.
    SignedOut {
        /// Why: [`ErrorCode::SignedOut`].
        error: ErrorCode,
    },
}

/// What an app reports of a session for the log: kinds and numbers, never words of people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum SessionEvent {
    /// Customer: the verdict of M5; manager: the same as received.
    Verdict {
        /// Whether the customer accepted.
        accepted: bool,
    },
    /// The check number matched, or was confirmed.
    Checked,
    /// A handshake ended without a session; the third spends the code.
    HandshakeFailed,
    /// The operator asked for a right.
    Asked {
        /// The right.
        right: Right,
    },
    /// A right began.
    Granted {
        /// The right.
        right: Right,
        /// Its lease in seconds.
        seconds: u32,
    },
    /// A right was denied.
    Denied {
        /// The right.
        right: Right,
    },
    /// A right ended.
    RightEnded {
        /// The right.
        right: Right,
    },
    /// The session moved to a path.
    Path {
        /// Its kind.
        path: PathKind,
        /// The round trip in milliseconds, if measured.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        delay_ms: Option<u32>,
    },
}

/// Bytes that stand in JSON as base64url without padding, at most 1 KiB: M1 and M2.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bytes(pub Vec<u8>);

const BYTES_MAX: usize = 1_024;

impl Serialize for Bytes {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use base64::Engine as _;
        serializer.serialize_str(&base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use base64::Engine as _;
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        if text.len() > BYTES_MAX * 4 / 3 {
            return Err(serde::de::Error::custom("too many bytes"));
        }
        base64::engine::general_purpose::URL_SAFE_NO_PAD
            .decode(text.as_bytes())
            .map(Self)
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_knock_reads_as_the_protocol_says() {
        let text = r#"{"type":"knock","code":"012345","m1":"AQE"}"#;
        let message: FromCustomer = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&message).unwrap(), text);
    }

    #[test]
    fn unknown_fields_and_kinds_are_refused() {
        for bad in [
            r#"{"type":"knock","code":"012345","m1":"AQE","admin":true}"#,
            r#"{"type":"become_operator"}"#,
            r#"{"type":"knock","code":"12345","m1":"AQE"}"#,
            r#"{"type":"knock","code":"012345","m1":"%%"}"#,
            "[]",
        ] {
            assert!(serde_json::from_str::<FromCustomer>(bad).is_err(), "{bad}");
        }
    }
}

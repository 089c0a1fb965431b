//! What the customer's side must know before it knocks.

use beside_identity::{Organisation, UnixTime, Verified};
use beside_protocol::{AccessCode, DeviceId, SessionId};

/// What the customer's side must know before it knocks.
#[derive(Debug)]
pub struct CustomerConfig {
    /// The session's id, drawn anew for every knock.
    pub sid: SessionId,
    /// The code that was typed. It is an address, not a secret; it is kept to point out when it is typed as the number.
    pub code: AccessCode,
    /// The number of this computer in this organisation, for the broker's log; none if it can't be kept.
    pub device: Option<DeviceId>,
    /// Of the verified org.json. With it the operator must have a certificate; without it there is no verified name
    /// and the customer types the number.
    pub organisation: Option<Verified<Organisation>>,
    /// The `issued` of the newest status ever seen; an older one is refused.
    pub newest_status: Option<UnixTime>,
    /// The time by the identity crate's rule when the knock is made.
    pub time: UnixTime,
    /// SHA-256 of the DER of the DTLS certificate of this session's WebRTC paths.
    pub fingerprint: [u8; 32],
    /// Feature bits of this build, all 0 today. "No org.json" is added by itself.
    pub capabilities: u64,
    /// Which handshake of this code it is, from 1: from the second on the screen warns.
    pub attempt: u8,
}

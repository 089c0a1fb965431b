//! What the operator's side must know when it accepts a knock.

use beside_crypto::OperatorCredential;
use beside_protocol::AccessCode;

/// What the operator's side must know when it accepts a knock.
#[derive(Debug)]
pub struct OperatorConfig {
    /// The operator's key, statement and status, which says how the number is compared and what may be asked for.
    /// Without it a customer with an org.json ends the attempt.
    pub credential: Option<OperatorCredential>,
    /// The code that the customer typed, to point it out when it is typed as the number.
    pub code: AccessCode,
    /// SHA-256 of the DER of the DTLS certificate of this session's WebRTC paths.
    pub fingerprint: [u8; 32],
    /// Feature bits of this build, all 0 today.
    pub capabilities: u64,
    /// Which handshake of this code it is, from 1: from the second on the screen warns.
    pub attempt: u8,
}

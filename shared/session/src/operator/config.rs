//! What the operator's side must know when it accepts a knock.

use beside_crypto::OperatorCredential;
use beside_protocol::{AccessCode, Rights};

use beside_identity::CheckMode;

/// What the operator's side must know when it accepts a knock.
#[derive(Debug)]
pub struct OperatorConfig {
    /// The operator's key, statement and status. Without it a customer with an org.json ends the attempt.
    pub credential: Option<OperatorCredential>,
    /// How the number is compared, from the verified status; a customer without an org.json always types it.
    pub check_mode: CheckMode,
    /// What the status allows to be asked for.
    pub allowed: Rights,
    /// The code that the customer typed, to point it out when it is typed as the number.
    pub code: AccessCode,
    /// SHA-256 of the DER of the DTLS certificate of this session's WebRTC paths.
    pub fingerprint: [u8; 32],
    /// Feature bits of this build, all 0 today.
    pub capabilities: u64,
    /// Which handshake of this code it is, from 1: from the second on the screen warns.
    pub attempt: u8,
}

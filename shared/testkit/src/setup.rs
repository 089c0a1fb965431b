//! What a world is like when it begins.

use beside_identity::{CheckMode, UnixTime};
use beside_protocol::Rights;

use crate::network::Profile;
use crate::trust::{TODAY, Trust};

/// What a world is like when it begins.
#[derive(Debug)]
pub struct Setup {
    /// What everything random follows from.
    pub seed: u64,
    /// Keys and statements.
    pub trust: Trust,
    /// The client has an org.json.
    pub org_json: bool,
    /// The operator has a certificate and a status.
    pub certified: bool,
    /// The newest status that the client has seen.
    pub newest_status: Option<UnixTime>,
    /// The client's clock.
    pub client_time: UnixTime,
    /// The relay through the broker.
    pub relay: Profile,
    /// The operator's own line to the broker; `relay` is then the customer's, and the broker's queue lies between.
    pub operator_line: Option<Profile>,
    /// What WebRTC reaches, if anything.
    pub direct: Option<Profile>,
    /// The desktop paints real pixels through the real encoder.
    pub painted: bool,
    /// Bytes of a frame, where none is painted.
    pub frame_bytes: usize,
    /// Which handshake of the code it is.
    pub attempt: u8,
}

impl Setup {
    /// An organisation's client and a certified operator over a good relay, and no other path.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self::with_mode(seed, CheckMode::OperatorTypes)
    }

    /// The same, with this check mode.
    #[must_use]
    pub fn with_mode(seed: u64, mode: CheckMode) -> Self {
        Self {
            seed,
            trust: Trust::new(seed, mode, Rights::ALL),
            org_json: true,
            certified: true,
            newest_status: None,
            client_time: TODAY,
            relay: Profile::good(),
            operator_line: None,
            direct: None,
            painted: false,
            frame_bytes: 50_000,
            attempt: 1,
        }
    }
}

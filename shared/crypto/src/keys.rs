//! The keys of an accepted session, handed out once: a lane's sealer exists once, so no number is sealed twice.

use std::time::Instant;

use beside_protocol::SessionId;
use beside_protocol::record::{Direction, Lane};

use crate::attach::AttachKeys;
use crate::record::{LaneOpener, LaneSealer};
use crate::seal::Root;

/// What both sides share after M5. It wipes itself and does not print.
pub struct SessionKeys {
    sid: SessionId,
    sends: Direction,
    traffic: Root,
}

impl SessionKeys {
    pub(crate) const fn new(sid: SessionId, sends: Direction, traffic: Root) -> Self {
        Self { sid, sends, traffic }
    }

    /// The session.
    #[must_use]
    pub const fn sid(&self) -> SessionId {
        self.sid
    }

    /// Turns the keys into the lanes of this side, all at epoch 0, and forgets what they came from.
    #[must_use]
    pub fn into_lanes(self, now: Instant) -> SessionLanes {
        let sends = |lane| carries(lane, self.sends).then(|| LaneSealer::new(&self.traffic, lane, self.sends, now));
        let receives = self.sends.reverse();
        let opens = |lane| carries(lane, receives).then(|| LaneOpener::new(&self.traffic, lane, receives));
        SessionLanes {
            sealers: Sealers(Lane::ALL.map(sends)),
            openers: Openers(Lane::ALL.map(opens)),
            attach: AttachKeys::derive(self.sid, &self.traffic),
        }
    }
}

/// Input goes to the customer only; every other lane goes both ways.
fn carries(lane: Lane, direction: Direction) -> bool {
    lane != Lane::Input || direction == Direction::ToCustomer
}

/// The lanes of one side of a session, and its keys for attaching further paths.
pub struct SessionLanes {
    /// What this side sends on.
    pub sealers: Sealers,
    /// What this side receives on.
    pub openers: Openers,
    /// For A1, A2 and A3.
    pub attach: AttachKeys,
}

/// The lanes that this side sends on.
pub struct Sealers([Option<LaneSealer>; 7]);

impl Sealers {
    /// The lane's sealer; none for [`Lane::Input`] on the customer's side.
    #[must_use]
    pub const fn lane(&mut self, lane: Lane) -> Option<&mut LaneSealer> {
        self.0[lane as usize].as_mut()
    }
}

/// The lanes that this side receives on.
pub struct Openers([Option<LaneOpener>; 7]);

impl Openers {
    /// The lane's opener; none for [`Lane::Input`] on the operator's side.
    #[must_use]
    pub const fn lane(&mut self, lane: Lane) -> Option<&mut LaneOpener> {
        self.0[lane as usize].as_mut()
    }
}

//! Which socket a binary frame goes to: only to the other end of its own session, only once the operator accepted.

use std::collections::BTreeMap;

use beside_protocol::handshake::M5;
use beside_protocol::ids::SessionId;

use crate::effect::SocketId;

#[derive(Debug)]
struct Pair {
    customer: Option<SocketId>,
    operator: Option<SocketId>,
    open: bool,
    decided: bool,
}

/// What to do with a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    /// Pass it on.
    To(SocketId),
    /// Pass it on; it is the first M5 of the session, so the switchboard must hear of it.
    Decides(SocketId),
    /// The other app is not there, or the session has just ended: swallow it.
    Nobody,
    /// The socket is not an end of such a session: its owner misbehaves.
    Stranger,
}

/// The pairs that the switchboard has made. As many as there are sessions.
#[derive(Debug, Default)]
pub struct Relay {
    pairs: BTreeMap<SessionId, Pair>,
}

impl Relay {
    /// Makes or changes a pair.
    pub fn pair(&mut self, sid: SessionId, customer: Option<SocketId>, operator: Option<SocketId>, open: bool) {
        let pair = self.pairs.entry(sid).or_insert(Pair { customer, operator, open, decided: false });
        (pair.customer, pair.operator, pair.open) = (customer, operator, open);
    }

    /// Forgets a pair.
    pub fn unpair(&mut self, sid: SessionId) {
        self.pairs.remove(&sid);
    }

    /// Where a frame of `bytes` for `sid` goes that came from `from`.
    pub fn route(&mut self, from: SocketId, sid: SessionId, bytes: &[u8]) -> Route {
        let Some(pair) = self.pairs.get_mut(&sid) else { return Route::Stranger };
        let from_customer = pair.customer == Some(from);
        if !from_customer && pair.operator != Some(from) {
            return Route::Stranger;
        }
        let other = if from_customer { pair.operator } else { pair.customer };
        match other {
            Some(to) if pair.open => {
                let decides = from_customer && !pair.decided && bytes.first() == Some(&M5);
                pair.decided |= decides;
                if decides { Route::Decides(to) } else { Route::To(to) }
            }
            Some(_) | None => Route::Nobody,
        }
    }

    /// How many pairs there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.pairs.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SID: SessionId = SessionId([1; 16]);
    const CUSTOMER: SocketId = SocketId(1);
    const OPERATOR: SocketId = SocketId(2);

    fn paired() -> Relay {
        let mut relay = Relay::default();
        relay.pair(SID, Some(CUSTOMER), Some(OPERATOR), true);
        relay
    }

    #[test]
    fn frames_cross_between_the_two_ends_only() {
        let mut relay = paired();
        assert_eq!(relay.route(CUSTOMER, SID, &[3]), Route::To(OPERATOR));
        assert_eq!(relay.route(OPERATOR, SID, &[4]), Route::To(CUSTOMER));
        assert_eq!(relay.route(SocketId(3), SID, &[3]), Route::Stranger);
        assert_eq!(relay.route(CUSTOMER, SessionId([2; 16]), &[3]), Route::Stranger);
        relay.unpair(SID);
        assert_eq!(relay.route(CUSTOMER, SID, &[3]), Route::Stranger);
    }

    #[test]
    fn only_the_customers_first_m5_decides() {
        let mut relay = paired();
        assert_eq!(relay.route(OPERATOR, SID, &[M5]), Route::To(CUSTOMER));
        assert_eq!(relay.route(CUSTOMER, SID, &[M5]), Route::Decides(OPERATOR));
        assert_eq!(relay.route(CUSTOMER, SID, &[M5]), Route::To(OPERATOR));
    }

    #[test]
    fn late_and_lonely_frames_are_swallowed() {
        let mut relay = paired();
        relay.pair(SID, Some(CUSTOMER), None, true);
        assert_eq!(relay.route(CUSTOMER, SID, &[0x20]), Route::Nobody);
        assert_eq!(relay.route(OPERATOR, SID, &[0x20]), Route::Stranger);
        relay.pair(SID, Some(CUSTOMER), Some(OPERATOR), false);
        assert_eq!(relay.route(CUSTOMER, SID, &[0x20]), Route::Nobody);
    }
}

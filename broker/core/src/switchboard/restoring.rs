//! What outlives the process: the sign-ins and the running sessions, as they stand in the log. Nobody is connected yet;
//! the apps come back by themselves. Codes, knocks and handshakes do not outlive it.

use std::time::Duration;

use beside_protocol::ids::{OperatorId, SessionId};
use beside_protocol::signalling::SessionEvent;

use super::{Desk, Switchboard};
use crate::effect::Side;
use crate::reports::Reports;
use crate::session::{Active, Presence, Session, Stage};
use crate::sign_ins::{Account, TokenHash};
use crate::time::Now;
use beside_protocol::api::Role;

impl Switchboard {
    /// Takes up a sign-in again that began `age` ago. It counts as used now. Nothing happens if there are too many.
    pub fn restore_sign_in(&mut self, account: Account, token: TokenHash, age: Duration, now: Now) {
        let (operator, role) = (account.id.clone(), account.role);
        let id = self.sign_ins.begin(account, token, age, now.monotonic);
        if let Some(id) = id.filter(|_| role == Role::Operator) {
            self.desks.insert(id, Desk::new(operator, now));
        }
    }

    /// Takes up a session again, with what was reported of it. Says whether it could: the customer must have accepted, and
    /// the operator still be signed in. It began at `began_at` (Unix milliseconds).
    pub fn restore_session(
        &mut self,
        sid: SessionId,
        operator: &OperatorId,
        token: TokenHash,
        began_at: i64,
        told: &[(Side, SessionEvent)],
        now: Now,
    ) -> bool {
        let mut reports = Reports::default();
        for (side, event) in told {
            reports.event(*side, *event);
        }
        let Some(desk) = self.sign_ins.of(operator).last().copied().filter(|_| reports.accepted()) else {
            return false;
        };
        let customer = Presence::GoneSince(now.monotonic);
        let stage = Stage::Active(Active { since: began_at });
        let operator = operator.clone();
        let session = Session { desk, operator, token, customer, name: None, reports, stage };
        self.sessions.insert(sid, session).is_none()
    }
}

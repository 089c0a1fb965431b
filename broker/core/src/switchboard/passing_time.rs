//! What happens because time passes.

use beside_protocol::End;
use beside_protocol::ErrorCode;
use beside_protocol::end::{EndReason, Party};
use beside_protocol::ids::SessionId;
use beside_protocol::limits::WAIT_M2;
use rand_core::CryptoRng;

use super::Switchboard;
use crate::effect::{Effect, Record};
use crate::limits::{ATTEMPT_GRACE, ATTEMPT_MAX, CUSTOMER_IDLE, FIRST_MESSAGE, SESSION_GRACE};
use crate::session::{Presence, Session, Stage};
use crate::time::Now;

/// What time does to a session.
enum Due {
    Nothing,
    Ends(EndReason),
    Forgotten,
}

impl Switchboard {
    /// Carries out what is due. To be called about twice a second; the tables are small enough to be walked.
    pub fn tick(&mut self, now: Now, rng: &mut impl CryptoRng, out: &mut Vec<Effect>) {
        self.time_passes_for_sessions(now, rng, out);
        self.time_passes_for_customers(now, rng, out);
        self.time_passes_for_operators(now, rng, out);
    }

    fn time_passes_for_sessions(&mut self, now: Now, rng: &mut impl CryptoRng, out: &mut Vec<Effect>) {
        let sids: Vec<SessionId> = self.sessions.keys().copied().collect();
        for sid in sids {
            let Some(session) = self.sessions.get(&sid) else { continue };
            match self.due(session, now) {
                Due::Nothing => {}
                Due::Ends(reason) => self.finish(sid, End::new(Party::Nobody, reason), None, now, rng, out),
                Due::Forgotten => {
                    if session.reports.differ() {
                        out.push(Effect::Record(Record::Differs { sid, at: now.unix_ms }));
                    }
                    out.push(Effect::Unpair(sid));
                    self.sessions.remove(&sid);
                }
            }
        }
    }

    fn due(&self, session: &Session, now: Now) -> Due {
        let time = now.monotonic;
        let operator = self.desks.get(&session.desk).map(|desk| desk.presence);
        let operator_gone = |grace| operator.is_none_or(|presence| presence.gone_for(grace, time));
        let customer_gone = |grace| session.customer.gone_for(grace, time);
        match &session.stage {
            // A manager that lost its socket finds the knock when it is back; a lost customer does not wait.
            Stage::Knocking(_) if customer_gone(ATTEMPT_GRACE) => Due::Ends(EndReason::Lost),
            Stage::Knocking(knocking) if knocking.since + WAIT_M2 <= time => Due::Ends(EndReason::TimedOut),
            Stage::Pairing(_) if customer_gone(ATTEMPT_GRACE) || operator_gone(ATTEMPT_GRACE) => {
                Due::Ends(EndReason::Lost)
            }
            Stage::Pairing(pairing) if pairing.since + ATTEMPT_MAX <= time => Due::Ends(EndReason::TimedOut),
            Stage::Active(_) if customer_gone(SESSION_GRACE) && operator_gone(SESSION_GRACE) => {
                Due::Ends(EndReason::Lost)
            }
            Stage::Closing(closing) if closing.until <= time => Due::Forgotten,
            Stage::Knocking(_) | Stage::Pairing(_) | Stage::Active(_) | Stage::Closing(_) => Due::Nothing,
        }
    }

    fn time_passes_for_customers(&mut self, now: Now, rng: &mut impl CryptoRng, out: &mut Vec<Effect>) {
        let late = |limit, since| since + limit <= now.monotonic;
        let overdue: Vec<_> = self
            .customers
            .iter()
            .filter(|(_, customer)| customer.sid.is_none())
            .filter(|(_, c)| late(if c.spoke { CUSTOMER_IDLE } else { FIRST_MESSAGE }, c.idle_since))
            .map(|(socket, _)| *socket)
            .collect();
        for socket in overdue {
            self.misbehaved(socket, ErrorCode::NoAnswer, now, rng, out);
        }
    }

    fn time_passes_for_operators(&mut self, now: Now, rng: &mut impl CryptoRng, out: &mut Vec<Effect>) {
        for id in self.codes.expire(now.monotonic) {
            if let Some(desk) = self.desks.get_mut(&id) {
                desk.in_vain = desk.in_vain.saturating_add(1);
            }
        }
        let desks: Vec<_> = self.desks.keys().copied().collect();
        for id in desks {
            self.refresh_code(id, now, rng, out);
        }
        for id in self.sign_ins.idle(now.monotonic) {
            match self.desks.get(&id).map(|desk| desk.presence) {
                Some(Presence::Here(_)) => self.sign_ins.used(id, now.monotonic),
                Some(Presence::GoneSince(_)) | None => self.end_sign_in(id, ErrorCode::SignedOut, now, rng, out),
            }
        }
        for id in self.sign_ins.overdue(now.monotonic) {
            self.end_sign_in(id, ErrorCode::SignedOut, now, rng, out);
        }
    }
}

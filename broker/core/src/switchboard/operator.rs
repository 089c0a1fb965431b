//! What a manager says.

use std::time::Duration;

use beside_protocol::End;
use beside_protocol::ErrorCode;
use beside_protocol::end::{EndReason, Party};
use beside_protocol::handshake::{M2, M2_LENGTH};
use beside_protocol::ids::SessionId;
use beside_protocol::signalling::{Bytes, FromOperator, ToCustomer, ToOperator};
use rand_core::CryptoRng;

use super::Switchboard;
use crate::effect::{Effect, Record, Side, SocketId};
use crate::session::{Pairing, Session, Stage};
use crate::sign_ins::SignInId;
use crate::time::Now;

/// A new code may be asked for this often; a request in between changes nothing.
const NEW_CODE_EVERY: Duration = Duration::from_secs(1);

impl Switchboard {
    /// Takes one message of a manager.
    pub fn operator_said(
        &mut self,
        socket: SocketId,
        message: FromOperator,
        now: Now,
        rng: &mut impl CryptoRng,
        out: &mut Vec<Effect>,
    ) {
        let Some(desk) = self.operators.get(&socket).copied() else { return };
        self.sign_ins.used(desk, now.monotonic);
        if !matches!(message, FromOperator::Event { .. } | FromOperator::End { .. }) {
            self.is_attended(desk);
        }
        let done = match message {
            FromOperator::NewCode => {
                self.new_code(desk, now, rng, out);
                Ok(())
            }
            FromOperator::Away { away } => {
                if let Some(desk) = self.desks.get_mut(&desk) {
                    desk.away = away;
                }
                self.refresh_code(desk, now, rng, out);
                Ok(())
            }
            FromOperator::Accept { sid, m2 } => self.accept(desk, sid, m2, now, out),
            FromOperator::Decline { sid } => self.decline(desk, sid, now, rng, out),
            // A manager that signed in anew may still report of sessions that belong to nobody here any more.
            FromOperator::Event { sid, event } if self.is_operator_of(desk, sid) => {
                self.report(sid, Side::Operator, event, now, out)
            }
            FromOperator::End { sid, end } if self.is_operator_of(desk, sid) => {
                self.end_reported(sid, Side::Operator, end, now, rng, out)
            }
            FromOperator::Event { .. } | FromOperator::End { .. } => Ok(()),
        };
        if let Err(error) = done {
            self.misbehaved(socket, error, now, rng, out);
        }
    }

    /// Tells the manager of a knock that waits, with the name if there is one.
    pub(super) fn tell_knock(&self, sid: SessionId, now: Now, out: &mut Vec<Effect>) {
        let Some(session) = self.sessions.get(&sid) else { return };
        let (Stage::Knocking(knocking), Some(operator)) = (&session.stage, self.operator_socket(session)) else {
            return;
        };
        let since = now.monotonic.saturating_sub(knocking.since);
        let knock = ToOperator::Knock {
            sid,
            m1: knocking.m1.clone(),
            code: knocking.held.code().clone(),
            address: knocking.from.to_string(),
            since_ms: u64::try_from(since.as_millis()).unwrap_or(u64::MAX),
            attempt: self.codes.attempt(&knocking.held),
        };
        out.push(Effect::ToOperator(operator, knock));
        if let Some(name) = &session.name {
            let text = name.as_str().to_owned();
            out.push(Effect::ToOperator(operator, ToOperator::Name { sid, text }));
        }
    }

    /// Somebody is at the desk, or is wanted there: its codes are not for nothing.
    pub(super) fn is_attended(&mut self, id: SignInId) {
        if let Some(desk) = self.desks.get_mut(&id) {
            desk.in_vain = 0;
        }
    }

    fn is_operator_of(&self, desk: SignInId, sid: SessionId) -> bool {
        self.sessions.get(&sid).is_some_and(|session| session.desk == desk)
    }

    fn new_code(&mut self, id: SignInId, now: Now, rng: &mut impl CryptoRng, out: &mut Vec<Effect>) {
        let Some(desk) = self.desks.get_mut(&id) else { return };
        if desk.asked.is_some_and(|asked| asked + NEW_CODE_EVERY > now.monotonic) {
            return;
        }
        desk.asked = Some(now.monotonic);
        self.codes.spend_issued(id, now.monotonic);
        self.refresh_code(id, now, rng, out);
    }

    fn accept(
        &mut self,
        desk: SignInId,
        sid: SessionId,
        m2: Bytes,
        now: Now,
        out: &mut Vec<Effect>,
    ) -> Result<(), ErrorCode> {
        if m2.0.len() != M2_LENGTH || m2.0.first() != Some(&M2) {
            return Err(ErrorCode::MessageMalformed);
        }
        let Some(at_desk) = self.desks.get(&desk) else { return Ok(()) };
        let (Some(operator), Some(operator_address)) = (at_desk.presence.socket(), at_desk.address) else {
            return Ok(());
        };
        let account = at_desk.operator.clone();
        let Some(session) = self.sessions.remove(&sid) else { return Ok(()) };
        if session.desk != desk {
            self.sessions.insert(sid, session);
            return Ok(());
        }
        let customer = session.customer.socket();
        let (stage, done) = match session.stage {
            Stage::Knocking(knocking) => {
                self.codes.handshake(&knocking.held);
                let at = now.unix_ms;
                out.push(Effect::Record(Record::Accepted { sid, operator: account, operator_address, at }));
                out.push(Effect::Pair { sid, customer, operator: Some(operator), open: true });
                if let Some(customer) = customer {
                    out.push(Effect::ToCustomer(customer, ToCustomer::Accepted { sid, m2: m2.clone() }));
                }
                (Stage::Pairing(Pairing { held: knocking.held, m2, since: now.monotonic, decided: false }), Ok(()))
            }
            // The same M2 again, after a lost socket, is no second handshake.
            Stage::Pairing(pairing) if pairing.m2 == m2 => (Stage::Pairing(pairing), Ok(())),
            stage @ (Stage::Pairing(_) | Stage::Active(_)) => (stage, Err(ErrorCode::MessageUnexpected)),
            stage @ Stage::Closing(_) => (stage, Ok(())),
        };
        self.sessions.insert(sid, Session { stage, ..session });
        done
    }

    fn decline(
        &mut self,
        desk: SignInId,
        sid: SessionId,
        now: Now,
        rng: &mut impl CryptoRng,
        out: &mut Vec<Effect>,
    ) -> Result<(), ErrorCode> {
        let Some(session) = self.sessions.get(&sid).filter(|session| session.desk == desk) else { return Ok(()) };
        match session.stage {
            Stage::Knocking(_) => {
                let end = End::new(Party::Operator, EndReason::Declined);
                self.finish(sid, end, Some(Side::Operator), now, rng, out);
                Ok(())
            }
            Stage::Pairing(_) | Stage::Active(_) => Err(ErrorCode::MessageUnexpected),
            Stage::Closing(_) => Ok(()),
        }
    }
}

//! Reports of the two apps, and the end of attempts, sessions and sign-ins.

use beside_protocol::End;
use beside_protocol::ErrorCode;
use beside_protocol::end::{EndReason, Party};
use beside_protocol::ids::SessionId;
use beside_protocol::signalling::{SessionEvent, ToCustomer, ToOperator};
use rand_core::CryptoRng;

use super::Switchboard;
use crate::effect::{Effect, Record, Side};
use crate::limits::CLOSING;
use crate::session::{Active, Closing, Session, Stage};
use crate::sign_ins::SignInId;
use crate::time::Now;

impl Switchboard {
    /// M5 went over the relay: from now on only a reported refusal makes the code good again.
    pub fn decided(&mut self, sid: SessionId) {
        if let Some(Session { stage: Stage::Pairing(pairing), .. }) = self.sessions.get_mut(&sid) {
            pairing.decided = true;
        }
    }

    /// Takes a report of an app.
    pub(super) fn report(
        &mut self,
        sid: SessionId,
        side: Side,
        event: SessionEvent,
        now: Now,
        out: &mut Vec<Effect>,
    ) -> Result<(), ErrorCode> {
        let Some(mut session) = self.sessions.remove(&sid) else { return Ok(()) };
        let counted = session.reports.event(side, event);
        let accepted = session.reports.accepted();
        let misplaced = Err(ErrorCode::MessageUnexpected);
        let (stage, done) = match session.stage {
            stage @ Stage::Knocking(_) => (stage, misplaced),
            Stage::Pairing(pairing) if counted && accepted => {
                self.codes.spend(pairing.held, now.monotonic);
                (Stage::Active(Active { since: now.unix_ms }), Ok(()))
            }
            stage @ (Stage::Pairing(_) | Stage::Active(_) | Stage::Closing(_)) => {
                (stage, if counted { Ok(()) } else { misplaced })
            }
        };
        self.sessions.insert(sid, Session { stage, ..session });
        if done.is_ok() {
            out.push(Effect::Record(Record::Reported { sid, side, event, at: now.unix_ms }));
        }
        done
    }

    /// Takes the end that an app reports; the first one ends the session and is passed on to the other app.
    pub(super) fn end_reported(
        &mut self,
        sid: SessionId,
        side: Side,
        end: End,
        now: Now,
        rng: &mut impl CryptoRng,
        out: &mut Vec<Effect>,
    ) -> Result<(), ErrorCode> {
        if end.by == Party::Broker {
            // Only this process speaks for the broker.
            return Err(ErrorCode::MessageMalformed);
        }
        let Some(session) = self.sessions.get_mut(&sid) else { return Ok(()) };
        if !session.reports.end(side, end) {
            return Ok(());
        }
        out.push(Effect::Record(Record::EndReported { sid, side, end, at: now.unix_ms }));
        self.finish(sid, end, Some(side), now, rng, out);
        Ok(())
    }

    /// Ends an attempt or session: gives the code back or spends it, tells everybody but `told`, closes the relay.
    pub(super) fn finish(
        &mut self,
        sid: SessionId,
        end: End,
        told: Option<Side>,
        now: Now,
        rng: &mut impl CryptoRng,
        out: &mut Vec<Effect>,
    ) {
        let Some(session) = self.sessions.get_mut(&sid) else { return };
        if matches!(session.stage, Stage::Closing(_)) {
            return;
        }
        let closing = Stage::Closing(Closing { until: now.monotonic + CLOSING, end });
        match std::mem::replace(&mut session.stage, closing) {
            Stage::Knocking(knocking) => {
                self.codes.release(knocking.held, now.monotonic);
            }
            Stage::Pairing(pairing) if pairing.decided && !session.reports.refused() => {
                self.codes.spend(pairing.held, now.monotonic);
            }
            Stage::Pairing(pairing) => {
                self.codes.release(pairing.held, now.monotonic);
            }
            Stage::Active(_) | Stage::Closing(_) => {}
        }
        let Some(session) = self.sessions.get(&sid) else { return };
        let desk = session.desk;
        let (customer, operator) = (session.customer.socket(), self.operator_socket(session));
        out.push(Effect::Record(Record::Ended { sid, end, at: now.unix_ms }));
        out.push(Effect::Pair { sid, customer, operator, open: false });
        if let Some(socket) = customer {
            if told != Some(Side::Customer) {
                out.push(Effect::ToCustomer(socket, ToCustomer::End { sid, end }));
            }
            if let Some(customer) = self.customers.get_mut(&socket) {
                (customer.sid, customer.idle_since) = (None, now.monotonic);
            }
        }
        if let Some(socket) = operator.filter(|_| told != Some(Side::Operator)) {
            out.push(Effect::ToOperator(socket, ToOperator::End { sid, end }));
        }
        self.refresh_code(desk, now, rng, out);
    }

    /// Ends a sign-in, for `error`, with its codes, knocks and handshakes. Running sessions go on without it.
    pub(super) fn end_sign_in(
        &mut self,
        id: SignInId,
        error: ErrorCode,
        now: Now,
        rng: &mut impl CryptoRng,
        out: &mut Vec<Effect>,
    ) {
        if let Some((account, token)) = self.sign_ins.end(id) {
            out.push(Effect::Record(Record::SignInEnded { account, token, at: now.unix_ms }));
        }
        self.end_watching(id, error, now, out);
        self.codes.spend_all(id, now.monotonic);
        let desk = self.desks.remove(&id);
        for sid in self.sessions_of(id) {
            let running = self.sessions.get(&sid).is_some_and(|session| matches!(session.stage, Stage::Active(_)));
            if !running {
                let end = End::new(Party::Operator, EndReason::SignedOut);
                self.finish(sid, end, None, now, rng, out);
            }
        }
        if let Some(socket) = desk.and_then(|desk| desk.presence.socket()) {
            out.push(Effect::ToOperator(socket, ToOperator::SignedOut { error }));
            self.hang_up(socket, None, now, out);
        }
    }
}

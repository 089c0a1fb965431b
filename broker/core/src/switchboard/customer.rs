//! What a customer's app says.

use beside_protocol::End;
use beside_protocol::ErrorCode;
use beside_protocol::device::DeviceId;
use beside_protocol::end::{EndReason, Party};
use beside_protocol::handshake::{M1, M1_LENGTH, SUITE, VERSION};
use beside_protocol::ids::{AccessCode, SessionId, Token};
use beside_protocol::proof::Proof;
use beside_protocol::signalling::{Bytes, FromCustomer, ToCustomer, ToOperator};
use rand_core::CryptoRng;

use super::Switchboard;
use crate::address::Place;
use crate::effect::{Effect, Record, Side, SocketId};
use crate::limits::{CHALLENGES_PER_SOCKET, SESSIONS_MAX, WRONG_CODES_PER_HOUR};
use crate::name::PersonName;
use crate::observation::Observation;
use crate::proof_of_work::Purpose;
use crate::reports::Reports;
use crate::session::{Knocking, Presence, Session, Stage};
use crate::sign_ins::TokenHash;
use crate::time::Now;

/// Reads the session's id from M1.
///
/// # Errors
/// [`ErrorCode::VersionUnknown`] or [`ErrorCode::MessageMalformed`].
fn session_of(m1: &[u8]) -> Result<SessionId, ErrorCode> {
    let m1: &[u8; M1_LENGTH] = m1.try_into().map_err(|_| ErrorCode::MessageMalformed)?;
    let [kind, version, suite, rest @ ..] = m1;
    if *kind != M1 {
        return Err(ErrorCode::MessageMalformed);
    }
    if (*version, *suite) != (VERSION, SUITE) {
        return Err(ErrorCode::VersionUnknown);
    }
    rest.first_chunk().map(|sid| SessionId(*sid)).ok_or(ErrorCode::MessageMalformed)
}

/// What a customer's app knocks with.
struct Knock {
    code: AccessCode,
    m1: Bytes,
    device: Option<DeviceId>,
    proof: Option<Proof>,
}

impl Switchboard {
    /// Takes one message of a customer's app.
    pub fn customer_said(
        &mut self,
        socket: SocketId,
        message: FromCustomer,
        now: Now,
        rng: &mut impl CryptoRng,
        out: &mut Vec<Effect>,
    ) {
        let Some(customer) = self.customers.get_mut(&socket) else { return };
        let first = !std::mem::replace(&mut customer.spoke, true);
        let idle = customer.sid.is_none();
        let done = match message {
            FromCustomer::Knock { code, m1, device, proof } if idle => {
                self.knock(socket, Knock { code, m1, device, proof }, now, rng, out)
            }
            FromCustomer::Resume { sid, token } if first => {
                self.resume(socket, sid, &token, now, out);
                Ok(())
            }
            FromCustomer::Name { sid, text } if self.is_customer_of(socket, sid) => self.name(sid, &text, now, out),
            FromCustomer::Event { sid, event } if self.is_customer_of(socket, sid) => {
                self.report(sid, Side::Customer, event, now, out)
            }
            FromCustomer::End { sid, end } if self.is_customer_of(socket, sid) => {
                self.end_reported(sid, Side::Customer, end, now, rng, out)
            }
            FromCustomer::Knock { .. }
            | FromCustomer::Resume { .. }
            | FromCustomer::Name { .. }
            | FromCustomer::Event { .. }
            | FromCustomer::End { .. } => Err(ErrorCode::MessageUnexpected),
        };
        if let Err(error) = done {
            self.misbehaved(socket, error, now, rng, out);
        }
    }

    /// The knock of `sid` could not be logged, and none of its effects were carried out: the customer is refused, the
    /// code is good again.
    pub fn knock_not_logged(
        &mut self,
        sid: SessionId,
        error: ErrorCode,
        now: Now,
        rng: &mut impl CryptoRng,
        out: &mut Vec<Effect>,
    ) {
        let Some(session) = self.sessions.remove(&sid) else { return };
        if let Some(socket) = session.customer.socket() {
            self.refuse(socket, error, now, out);
        }
        if let Stage::Knocking(knocking) = session.stage {
            self.codes.release(knocking.held, now.monotonic);
        }
        if let Some(desk) = self.desks.get_mut(&session.desk) {
            desk.shown = None;
        }
        self.refresh_code(session.desk, now, rng, out);
    }

    fn is_customer_of(&self, socket: SocketId, sid: SessionId) -> bool {
        self.sessions.get(&sid).is_some_and(|session| session.customer == Presence::Here(socket))
    }

    fn refuse(&mut self, socket: SocketId, error: ErrorCode, now: Now, out: &mut Vec<Effect>) {
        out.push(Effect::ToCustomer(socket, ToCustomer::Refused { error }));
        self.hang_up(socket, None, now, out);
    }

    fn knock(
        &mut self,
        socket: SocketId,
        Knock { code, m1, device, proof }: Knock,
        now: Now,
        rng: &mut impl CryptoRng,
        out: &mut Vec<Effect>,
    ) -> Result<(), ErrorCode> {
        let Some(from) = self.customers.get(&socket).map(|customer| customer.address) else { return Ok(()) };
        let sid = match session_of(&m1.0) {
            Ok(sid) => sid,
            Err(ErrorCode::VersionUnknown) => {
                self.refuse(socket, ErrorCode::VersionUnknown, now, out);
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        if self.sessions.contains_key(&sid) {
            return Err(ErrorCode::MessageUnexpected);
        }
        let refusal = if !self.guesses.may_try(from.place(), now.monotonic) {
            Some(ErrorCode::TooManyTries)
        } else if self.sessions.len() >= SESSIONS_MAX {
            Some(ErrorCode::Overloaded)
        } else {
            None
        };
        if let Some(error) = refusal {
            self.refuse(socket, error, now, out);
            return Ok(());
        }
        if self.strain.is_on(now.monotonic) && !self.is_proven(proof, from.place(), now) {
            self.demand_proof(socket, from.place(), now, rng, out);
            return Ok(());
        }
        let owner = self.codes.owner(&code, now.monotonic);
        let Some(desk) = owner.and_then(|owner| self.desks.get(&owner)) else {
            self.guesses.wrong(from.place(), now.monotonic);
            if let Some(wrong_in_hour) = self.strain.wrong(now.monotonic) {
                out.push(Effect::Observed(Observation::CodeGuessing { wrong_in_hour }));
            }
            self.refuse(socket, ErrorCode::CodeRefused, now, out);
            return Ok(());
        };
        let (operator, operator_address, away) = (desk.operator.clone(), desk.address, desk.away);
        let Some(held) = self.codes.hold(&code, now.monotonic) else { return Err(ErrorCode::Internal) };
        self.is_attended(held.owner());
        let attempt = self.codes.attempt(&held);
        let at = now.unix_ms;
        let mut secret = [0; 32];
        rng.fill_bytes(&mut secret);
        let secret = Token(secret);
        let token = TokenHash::from(&secret);
        out.push(Effect::Record(Record::Knocked {
            sid,
            token,
            operator: operator.clone(),
            customer: from,
            device,
            operator_address,
            attempt,
            at,
        }));
        if away {
            self.codes.release(held, now.monotonic);
            let end = End::new(Party::Operator, EndReason::Away);
            out.push(Effect::Record(Record::Ended { sid, end, at }));
            out.push(Effect::ToCustomer(socket, ToCustomer::End { sid, end }));
            return Ok(());
        }
        let desk = held.owner();
        let session = Session {
            desk,
            operator,
            token,
            customer: Presence::Here(socket),
            name: None,
            reports: Reports::default(),
            stage: Stage::Knocking(Knocking { held, m1, from, since: now.monotonic, at }),
        };
        self.sessions.insert(sid, session);
        if let Some(customer) = self.customers.get_mut(&socket) {
            customer.sid = Some(sid);
        }
        out.push(Effect::ToCustomer(socket, ToCustomer::Waiting { token: secret }));
        self.tell_knock(sid, now, out);
        self.refresh_code(desk, now, rng, out);
        Ok(())
    }

    fn is_proven(&mut self, proof: Option<Proof>, place: Place, now: Now) -> bool {
        proof.is_some_and(|proof| self.proofs.redeem(&proof, place, Purpose::Knock, now.monotonic).is_ok())
    }

    /// Asks for a proof of work before the knock is looked at.
    fn demand_proof(
        &mut self,
        socket: SocketId,
        place: Place,
        now: Now,
        rng: &mut impl CryptoRng,
        out: &mut Vec<Effect>,
    ) {
        let Some(customer) = self.customers.get_mut(&socket) else { return };
        if customer.challenges == CHALLENGES_PER_SOCKET {
            self.refuse(socket, ErrorCode::ProofNeeded, now, out);
            return;
        }
        customer.challenges += 1;
        let bits = self.difficulty.bits(self.strain.wrong_in_hour(now.monotonic), WRONG_CODES_PER_HOUR);
        let challenge = self.proofs.issue(place, Purpose::Knock, bits, now.monotonic, rng);
        out.push(Effect::ToCustomer(socket, ToCustomer::Prove { challenge }));
    }

    fn resume(&mut self, socket: SocketId, sid: SessionId, token: &Token, now: Now, out: &mut Vec<Effect>) {
        let hash = TokenHash::from(token);
        let Some(session) = self.sessions.get(&sid).filter(|session| session.token == hash) else {
            self.refuse(socket, ErrorCode::NotFound, now, out);
            return;
        };
        if let Stage::Closing(closing) = &session.stage {
            out.push(Effect::ToCustomer(socket, ToCustomer::End { sid, end: closing.end }));
            return;
        }
        if let Presence::Here(older) = session.customer {
            self.hang_up(older, None, now, out);
        }
        let Some(session) = self.sessions.get_mut(&sid) else { return };
        session.customer = Presence::Here(socket);
        if let Some(customer) = self.customers.get_mut(&socket) {
            customer.sid = Some(sid);
        }
        out.push(Effect::ToCustomer(socket, ToCustomer::Resumed { sid }));
        if let Stage::Pairing(pairing) = &session.stage {
            let m2 = pairing.m2.clone();
            out.push(Effect::ToCustomer(socket, ToCustomer::Accepted { sid, m2 }));
        }
        self.operator_came_or_went(sid, out);
    }

    fn name(&mut self, sid: SessionId, text: &str, now: Now, out: &mut Vec<Effect>) -> Result<(), ErrorCode> {
        let Some(session) = self.sessions.get_mut(&sid) else { return Ok(()) };
        if !session.reports.named() {
            return Err(ErrorCode::MessageUnexpected);
        }
        // A person typed it, so there is no blame for what can't be shown.
        let Some(name) = PersonName::tidy(text) else { return Ok(()) };
        if matches!(session.stage, Stage::Closing(_)) {
            return Ok(());
        }
        session.name = Some(name.clone());
        let Some(session) = self.sessions.get(&sid) else { return Ok(()) };
        if let Some(operator) = self.operator_socket(session) {
            let text = name.as_str().to_owned();
            out.push(Effect::ToOperator(operator, ToOperator::Name { sid, text }));
        }
        out.push(Effect::Record(Record::Named { sid, name, at: now.unix_ms }));
        Ok(())
    }
}

//! Who is connected, who knocks at whom, which sessions there are: everything that the signalling sockets do to each
//! other, as one state machine.
//!
//! Sockets and sign-ins come in through the methods here, messages through [`Switchboard::customer_said`] and
//! [`Switchboard::operator_said`], the passing of time through [`Switchboard::tick`]. What is to be done comes out as
//! [`Effect`]s, in order.

mod customer;
mod ending;
mod live;
mod operator;
mod passing_time;
mod restoring;
mod watching;

use std::collections::BTreeMap;
use std::time::Duration;

use beside_protocol::ErrorCode;
use beside_protocol::api::Role;
use beside_protocol::end::{EndReason, Party};
use beside_protocol::ids::{AccessCode, OperatorId, SessionId, Token};
use beside_protocol::signalling::{ToCustomer, ToOperator};
use beside_protocol::{End, limits::CODE_LIFE};
use rand_core::CryptoRng;

use crate::address::{Address, Place};
use crate::codes::Codes;
use crate::effect::{Effect, Record, SignInOutcome, SocketId};
use crate::guesses::Guesses;
use crate::limits::{CODES_IN_VAIN, CODES_PER_OPERATOR, CUSTOMERS_MAX, CUSTOMERS_PER_PLACE, SIGN_INS_PER_ACCOUNT};
use crate::proof_of_work::{Difficulty, ProofOfWork};
use crate::session::{Presence, Session, Stage};
use crate::sign_ins::{Account, Bearer, SignInId, SignIns, TokenHash};
use crate::strain::Strain;
use crate::tickets::Tickets;
use crate::time::Now;

pub use live::{Live, LiveOperator, OperatorState, Running, Waiting};

/// The state machine. Its tables are bounded by [`limits`](crate::limits).
#[derive(Debug, Default)]
pub struct Switchboard {
    sign_ins: SignIns,
    desks: BTreeMap<SignInId, Desk>,
    operators: BTreeMap<SocketId, SignInId>,
    customers: BTreeMap<SocketId, Customer>,
    watchers: BTreeMap<SocketId, Watcher>,
    tickets: Tickets,
    places: BTreeMap<Place, usize>,
    sessions: BTreeMap<SessionId, Session>,
    codes: Codes,
    guesses: Guesses,
    strain: Strain,
    proofs: ProofOfWork,
    difficulty: Difficulty,
}

/// An operator's sign-in, as customers meet it.
#[derive(Debug)]
struct Desk {
    operator: OperatorId,
    presence: Presence,
    address: Option<Address>,
    away: bool,
    /// The code that the manager was last told to show.
    shown: Option<AccessCode>,
    /// When the manager last asked for a new code.
    asked: Option<Duration>,
    /// How many codes in a row ran out with nobody knocking, since the operator last did something.
    in_vain: u8,
}

/// A customer's socket.
#[derive(Debug)]
struct Customer {
    address: Address,
    /// Whether it has said what it wants.
    spoke: bool,
    /// How many challenges it was given.
    challenges: u8,
    /// Since when it has had no attempt or session.
    idle_since: Duration,
    /// Its attempt or session, until that ends.
    sid: Option<SessionId>,
}

/// A socket that looks on: a console's.
#[derive(Debug)]
struct Watcher {
    sign_in: SignInId,
    address: Address,
}

/// How many entries each table has: for the log and for the test that they stay bounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Load {
    /// Sign-ins.
    pub sign_ins: usize,
    /// Operators' sockets.
    pub operators: usize,
    /// Customers' sockets.
    pub customers: usize,
    /// Sockets that look on.
    pub watchers: usize,
    /// Sessions, attempts and those that have just ended.
    pub sessions: usize,
    /// Live codes.
    pub codes: usize,
}

impl Switchboard {
    /// Begins a sign-in. It ends an operator's older one: its socket, its codes, its knocks and handshakes; running
    /// sessions go on over the paths that they still have. Of another account it ends the oldest of too many.
    ///
    /// # Errors
    /// [`ErrorCode::Overloaded`] if there are too many sign-ins.
    pub fn signed_in(
        &mut self,
        account: &Account,
        token: &Token,
        address: Address,
        now: Now,
        rng: &mut impl CryptoRng,
        out: &mut Vec<Effect>,
    ) -> Result<(), ErrorCode> {
        let others = if account.role == Role::Operator { 0 } else { SIGN_INS_PER_ACCOUNT - 1 };
        let older = self.sign_ins.of(&account.id);
        let ended: Vec<SignInId> = older.iter().copied().take(older.len().saturating_sub(others)).collect();
        for id in ended {
            self.end_sign_in(id, ErrorCode::SignedOut, now, rng, out);
        }
        let token = TokenHash::from(token);
        let begun = self.sign_ins.begin(account.clone(), token, Duration::ZERO, now.monotonic);
        let id = begun.ok_or(ErrorCode::Overloaded)?;
        if account.role == Role::Operator {
            self.desks.insert(id, Desk::new(account.id.clone(), now));
        }
        let outcome = SignInOutcome::SignedIn;
        out.push(Effect::Record(Record::SignIn {
            account: Some(account.id.clone()),
            address,
            outcome,
            at: now.unix_ms,
        }));
        let at = now.unix_ms;
        out.push(Effect::Record(Record::SignInBegan { account: account.id.clone(), token, at }));
        Ok(())
    }

    /// What a bearer token stands for; the sign-in counts as used.
    pub fn bearer(&mut self, token: &Token, now: Now) -> Option<Bearer> {
        self.sign_ins.bearer(token, now).map(|(_, bearer)| bearer)
    }

    /// Whose sign-in a bearer token stands for; it does not count as used.
    #[must_use]
    pub fn whose(&self, token: &Token) -> Option<&Account> {
        self.sign_ins.account(self.sign_ins.find(token)?)
    }

    /// The second factor was given again; says until when that counts, in Unix milliseconds. With a `renewed` token that
    /// one stands for the sign-in from now on, and the one before for nothing; the sign-in ends no later for it.
    ///
    /// # Errors
    /// [`ErrorCode::SignedOut`] if the sign-in has ended meanwhile.
    pub fn step_up(
        &mut self,
        token: &Token,
        renewed: Option<&Token>,
        now: Now,
        out: &mut Vec<Effect>,
    ) -> Result<i64, ErrorCode> {
        let id = self.sign_ins.find(token).ok_or(ErrorCode::SignedOut)?;
        let until = self.sign_ins.step_up(id, now).ok_or(ErrorCode::SignedOut)?;
        if let Some((old, new)) = renewed.and_then(|token| self.sign_ins.renew(id, token)) {
            out.push(Effect::Record(Record::SignInRenewed { old, new }));
        }
        Ok(until)
    }

    /// Ends every sign-in of an account, for `error`, with its sockets, codes, knocks, handshakes and running sessions.
    pub fn shut_out(
        &mut self,
        account: &OperatorId,
        error: ErrorCode,
        now: Now,
        rng: &mut impl CryptoRng,
        out: &mut Vec<Effect>,
    ) {
        self.shut_out_each(self.sign_ins.of(account).to_vec(), error, now, rng, out);
    }

    /// Ends every other sign-in of the account that a bearer token is signed in to, with sockets, codes and sessions.
    pub fn shut_out_others(
        &mut self,
        token: &Token,
        error: ErrorCode,
        now: Now,
        rng: &mut impl CryptoRng,
        out: &mut Vec<Effect>,
    ) {
        let Some((kept, bearer)) = self.sign_ins.bearer(token, now) else { return };
        let others = self.sign_ins.of(&bearer.account.id).iter().copied().filter(|id| *id != kept);
        self.shut_out_each(others.collect(), error, now, rng, out);
    }

    fn shut_out_each(
        &mut self,
        ended: Vec<SignInId>,
        error: ErrorCode,
        now: Now,
        rng: &mut impl CryptoRng,
        out: &mut Vec<Effect>,
    ) {
        for id in ended {
            for sid in self.sessions_of(id) {
                self.finish(sid, End::new(Party::Broker, EndReason::SignedOut), None, now, rng, out);
            }
            self.end_sign_in(id, error, now, rng, out);
        }
    }

    /// The operators who are connected, and from where.
    pub fn connected(&self) -> impl Iterator<Item = (&OperatorId, Address)> {
        self.desks.values().filter_map(|desk| Some((&desk.operator, desk.address?)))
    }

    /// Ends the sign-in of a bearer token, if there is one.
    pub fn signed_out(&mut self, token: &Token, now: Now, rng: &mut impl CryptoRng, out: &mut Vec<Effect>) {
        if let Some(id) = self.sign_ins.find(token) {
            self.end_sign_in(id, ErrorCode::SignedOut, now, rng, out);
        }
    }

    /// A customer's socket opened.
    ///
    /// # Errors
    /// [`ErrorCode::Overloaded`] if there are too many, in all or of this place.
    pub fn customer_opened(&mut self, socket: SocketId, address: Address, now: Now) -> Result<(), ErrorCode> {
        let place = address.place();
        if self.customers.len() >= CUSTOMERS_MAX || self.places.get(&place).is_some_and(|n| *n >= CUSTOMERS_PER_PLACE) {
            return Err(ErrorCode::Overloaded);
        }
        *self.places.entry(place).or_default() += 1;
        self.customers
            .insert(socket, Customer { address, spoke: false, challenges: 0, idle_since: now.monotonic, sid: None });
        Ok(())
    }

    /// A manager's socket opened. It takes the place of an older one of the same sign-in, and is told the code, the
    /// knocks that wait, which customers are there, and what ended while it was gone.
    ///
    /// # Errors
    /// [`ErrorCode::SignedOut`] for an unknown token, [`ErrorCode::NotAnOperator`] for another role's.
    pub fn operator_opened(
        &mut self,
        socket: SocketId,
        token: &Token,
        address: Address,
        now: Now,
        rng: &mut impl CryptoRng,
        out: &mut Vec<Effect>,
    ) -> Result<(), ErrorCode> {
        let (id, _) = self.sign_ins.bearer(token, now).ok_or(ErrorCode::SignedOut)?;
        let desk = self.desks.get_mut(&id).ok_or(ErrorCode::NotAnOperator)?;
        if let Presence::Here(older) = desk.presence {
            self.hang_up(older, None, now, out);
        }
        self.operators.insert(socket, id);
        if let Some(desk) = self.desks.get_mut(&id) {
            (desk.presence, desk.address, desk.shown) = (Presence::Here(socket), Some(address), None);
        }
        self.refresh_code(id, now, rng, out);
        for sid in self.sessions_of(id) {
            self.tell_knock(sid, now, out);
            self.operator_came_or_went(sid, out);
            if let Some(Session { stage: Stage::Closing(closing), .. }) = self.sessions.get(&sid) {
                out.push(Effect::ToOperator(socket, ToOperator::End { sid, end: closing.end }));
            }
        }
        Ok(())
    }

    /// A socket closed, whoever closed it.
    pub fn closed(&mut self, socket: SocketId, now: Now, out: &mut Vec<Effect>) {
        self.watchers.remove(&socket);
        if let Some(customer) = self.customers.remove(&socket) {
            self.leave_place(customer.address.place());
            let held: Vec<_> = self
                .sessions
                .iter()
                .filter(|(_, s)| s.customer == Presence::Here(socket))
                .map(|(sid, _)| *sid)
                .collect();
            for sid in held {
                self.customer_left(sid, now, out);
            }
        }
        if let Some(id) = self.operators.remove(&socket) {
            self.sign_ins.used(id, now.monotonic);
            if let Some(desk) = self.desks.get_mut(&id) {
                (desk.presence, desk.address) = (Presence::GoneSince(now.monotonic), None);
            }
            for sid in self.sessions_of(id) {
                self.operator_came_or_went(sid, out);
            }
        }
    }

    /// A socket sent something that has no place on it: it is closed, and what a customer had there ends.
    pub fn misbehaved(
        &mut self,
        socket: SocketId,
        error: ErrorCode,
        now: Now,
        rng: &mut impl CryptoRng,
        out: &mut Vec<Effect>,
    ) {
        if let Some(sid) = self.customers.get(&socket).and_then(|customer| customer.sid) {
            self.finish(sid, End::failed(Party::Customer, EndReason::Misbehaved, error), None, now, rng, out);
        }
        self.hang_up(socket, Some(error), now, out);
    }

    /// How full the tables are.
    #[must_use]
    pub fn load(&self) -> Load {
        Load {
            sign_ins: self.sign_ins.len(),
            operators: self.operators.len(),
            customers: self.customers.len(),
            watchers: self.watchers.len(),
            sessions: self.sessions.len(),
            codes: self.codes.live(),
        }
    }

    fn hang_up(&mut self, socket: SocketId, error: Option<ErrorCode>, now: Now, out: &mut Vec<Effect>) {
        out.push(Effect::Close(socket, error));
        self.closed(socket, now, out);
    }

    fn leave_place(&mut self, place: Place) {
        if let Some(count) = self.places.get_mut(&place) {
            *count -= 1;
            if *count == 0 {
                self.places.remove(&place);
            }
        }
    }

    fn sessions_of(&self, desk: SignInId) -> Vec<SessionId> {
        self.sessions.iter().filter(|(_, session)| session.desk == desk).map(|(sid, _)| *sid).collect()
    }

    fn operator_socket(&self, session: &Session) -> Option<SocketId> {
        self.desks.get(&session.desk).and_then(|desk| desk.presence.socket())
    }

    /// Sees to it that the manager shows a code if it may have one, and is told when that changed.
    fn refresh_code(&mut self, id: SignInId, now: Now, rng: &mut impl CryptoRng, out: &mut Vec<Effect>) {
        if self.strain.is_on(now.monotonic) {
            // The fewer codes live, the less a guess is worth.
            self.codes.spend_older(id, now.monotonic);
        }
        let Some(desk) = self.desks.get_mut(&id) else { return };
        let Presence::Here(socket) = desk.presence else { return };
        let may_have = !desk.away && desk.in_vain < CODES_IN_VAIN && self.codes.count(id) < CODES_PER_OPERATOR;
        let code = self
            .codes
            .newest(id, now.monotonic)
            .or_else(|| if may_have { self.codes.issue(id, now.monotonic, rng) } else { None });
        if code == desk.shown {
            return;
        }
        desk.shown.clone_from(&code);
        let message = match code {
            Some(code) => {
                let life = self.codes.life(&code, now.monotonic).unwrap_or(CODE_LIFE);
                ToOperator::Code { code, life_ms: u64::try_from(life.as_millis()).unwrap_or(u64::MAX) }
            }
            None => ToOperator::CodeGone,
        };
        out.push(Effect::ToOperator(socket, message));
    }

    /// Tells both ends, and the relay, that the operator's socket came or went.
    fn operator_came_or_went(&mut self, sid: SessionId, out: &mut Vec<Effect>) {
        let Some(session) = self.sessions.get(&sid) else { return };
        if matches!(session.stage, Stage::Closing(_)) {
            return;
        }
        let operator = self.operator_socket(session);
        let customer = session.customer.socket();
        if matches!(session.stage, Stage::Pairing(_) | Stage::Active(_)) {
            out.push(Effect::Pair { sid, customer, operator, open: true });
            if let Some(customer) = customer {
                out.push(Effect::ToCustomer(customer, ToCustomer::Peer { sid, present: operator.is_some() }));
            }
        }
        if let Some(operator) = operator {
            out.push(Effect::ToOperator(operator, ToOperator::Peer { sid, present: customer.is_some() }));
        }
    }

    /// The customer's socket of a session is gone: the relay and the operator learn of it.
    fn customer_left(&mut self, sid: SessionId, now: Now, out: &mut Vec<Effect>) {
        let Some(session) = self.sessions.get_mut(&sid) else { return };
        session.customer = Presence::GoneSince(now.monotonic);
        let open = match session.stage {
            Stage::Knocking(_) => None,
            Stage::Pairing(_) | Stage::Active(_) => Some(true),
            Stage::Closing(_) => Some(false),
        };
        let Some(session) = self.sessions.get(&sid) else { return };
        let operator = self.operator_socket(session);
        if let Some(open) = open {
            out.push(Effect::Pair { sid, customer: None, operator, open });
        }
        if let Some(operator) = operator.filter(|_| open != Some(false)) {
            out.push(Effect::ToOperator(operator, ToOperator::Peer { sid, present: false }));
        }
    }
}

impl Desk {
    const fn new(operator: OperatorId, now: Now) -> Self {
        let presence = Presence::GoneSince(now.monotonic);
        Self { operator, presence, address: None, away: false, shown: None, asked: None, in_vain: 0 }
    }
}

#[cfg(test)]
#[path = "switchboard/tests/mod.rs"]
mod tests;

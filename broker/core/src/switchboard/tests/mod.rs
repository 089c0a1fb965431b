//! The switchboard in virtual time.
#![expect(clippy::wildcard_enum_match_arm, reason = "a test looks for one effect among all")]

mod attempts;
mod guessing;
mod looking_on;
mod lost;
mod model;
mod signing_in;
mod watching;

use std::net::{IpAddr, Ipv4Addr};

use beside_protocol::handshake::{M1, M1_LENGTH, M2, M2_LENGTH};
use beside_protocol::proof::{Challenge, Proof, solve};
use beside_protocol::signalling::{Bytes, FromCustomer, FromOperator, SessionEvent};

use super::*;
use crate::limits::WRONG_CODES_PER_HOUR;
use crate::testing::TestRandom;

/// A switchboard, its clock, and everything that it asked for so far.
pub(super) struct House {
    pub(super) board: Switchboard,
    pub(super) now: Now,
    pub(super) rng: TestRandom,
    pub(super) done: Vec<Effect>,
    next: u64,
}

/// What the broker said to a knock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    Waiting,
    Prove,
    Refused(ErrorCode),
}

/// A knock from an address of its own.
#[derive(Debug)]
pub(super) struct Knocked {
    pub(super) socket: SocketId,
    pub(super) answer: Answer,
    /// The challenge that was given out on the way.
    pub(super) challenge: Option<Challenge>,
}

pub(super) fn sid(number: u8) -> SessionId {
    SessionId([number; 16])
}

pub(super) fn wide_sid(number: u64) -> SessionId {
    let mut id = [0xee; 16];
    id[..8].copy_from_slice(&number.to_be_bytes());
    SessionId(id)
}

pub(super) fn m1(sid: SessionId) -> Bytes {
    let mut bytes = vec![M1, 1, 1];
    bytes.extend_from_slice(&sid.0);
    bytes.resize(M1_LENGTH, 9);
    Bytes(bytes)
}

pub(super) fn m2() -> Bytes {
    let mut bytes = vec![M2];
    bytes.resize(M2_LENGTH, 9);
    Bytes(bytes)
}

pub(super) fn address(text: &str) -> Address {
    Address::from(text.parse::<IpAddr>().unwrap())
}

/// One of many addresses, each of them a place.
pub(super) fn from(number: u32) -> Address {
    Address::from(IpAddr::from(Ipv4Addr::from(0x0a00_0000 + number)))
}

pub(super) fn account(name: &str) -> Account {
    Account { id: name.parse().unwrap(), role: Role::Operator }
}

impl House {
    pub(super) fn new() -> Self {
        let now = Now { monotonic: Duration::from_secs(1_000), unix_ms: 1_800_000_000_000 };
        Self { board: Switchboard::default(), now, rng: TestRandom::new(1), done: Vec::new(), next: 0 }
    }

    pub(super) fn socket(&mut self) -> SocketId {
        self.next += 1;
        SocketId(self.next)
    }

    pub(super) fn sign_in(&mut self, name: &str) -> Token {
        self.next += 1;
        let token = Token([self.next as u8; 32]);
        let Self { board, now, rng, done, .. } = self;
        board.signed_in(&account(name), &token, address("192.0.2.9"), *now, rng, done).unwrap();
        token
    }

    pub(super) fn open_operator(&mut self, token: &Token) -> SocketId {
        let socket = self.socket();
        let Self { board, now, rng, done, .. } = self;
        board.operator_opened(socket, token, address("192.0.2.9"), *now, rng, done).unwrap();
        socket
    }

    /// An operator who is signed in and connected, and the code.
    pub(super) fn operator(&mut self, name: &str) -> (Token, SocketId, AccessCode) {
        let token = self.sign_in(name);
        let socket = self.open_operator(&token);
        let code = self.code(socket).unwrap();
        (token, socket, code)
    }

    pub(super) fn customer(&mut self) -> SocketId {
        let socket = self.socket();
        self.board.customer_opened(socket, address("198.51.100.1"), self.now).unwrap();
        socket
    }

    pub(super) fn customer_said(&mut self, socket: SocketId, message: FromCustomer) {
        let Self { board, now, rng, done, .. } = self;
        board.customer_said(socket, message, *now, rng, done);
    }

    pub(super) fn operator_said(&mut self, socket: SocketId, message: FromOperator) {
        let Self { board, now, rng, done, .. } = self;
        board.operator_said(socket, message, *now, rng, done);
    }

    pub(super) fn knock(&mut self, socket: SocketId, code: &AccessCode, sid: SessionId) {
        self.customer_said(socket, FromCustomer::Knock { code: code.clone(), m1: m1(sid), device: None, proof: None });
    }

    /// A code that nobody has.
    pub(super) fn wrong_code(&self) -> AccessCode {
        let free = |code: &AccessCode| self.board.codes.life(code, self.now.monotonic).is_none();
        (0..).map(AccessCode::from_number).find(free).unwrap()
    }

    /// One wrong code more than the budget for an hour, from thirteen places of which `number` is the first.
    pub(super) fn storm(&mut self, number: u32) {
        let code = self.wrong_code();
        for guess in 0..=WRONG_CODES_PER_HOUR as u32 {
            let knocked = self.knock_from(from(number + guess / 5), &code, wide_sid(0), true);
            assert_eq!(knocked.answer, Answer::Refused(ErrorCode::CodeRefused), "{guess}");
        }
    }

    /// Knocks on a socket of its own, and proves what has to be proven if it `solves`.
    pub(super) fn knock_from(&mut self, from: Address, code: &AccessCode, sid: SessionId, solves: bool) -> Knocked {
        let socket = self.socket();
        self.board.customer_opened(socket, from, self.now).unwrap();
        let (mut challenge, mut proof) = (None, None);
        let answer = loop {
            match self.knock_with(socket, code, sid, proof) {
                Some(ToCustomer::Prove { challenge: asked }) if solves => {
                    proof = solve(challenge.insert(asked), 0, 1 << 20)
                }
                Some(ToCustomer::Prove { challenge: asked }) => {
                    challenge = Some(asked);
                    break Answer::Prove;
                }
                Some(ToCustomer::Waiting { .. }) => break Answer::Waiting,
                Some(ToCustomer::Refused { error }) => break Answer::Refused(error),
                other => panic!("{other:?}"),
            }
        };
        Knocked { socket, answer, challenge }
    }

    /// Knocks once and gives what the customer is told.
    pub(super) fn knock_with(
        &mut self,
        socket: SocketId,
        code: &AccessCode,
        sid: SessionId,
        proof: Option<Proof>,
    ) -> Option<ToCustomer> {
        let begun = self.done.len();
        self.customer_said(socket, FromCustomer::Knock { code: code.clone(), m1: m1(sid), device: None, proof });
        self.done[begun..].iter().find_map(|effect| match effect {
            Effect::ToCustomer(to, message) if *to == socket => Some(message.clone()),
            _ => None,
        })
    }

    pub(super) fn accept(&mut self, socket: SocketId, sid: SessionId) {
        self.operator_said(socket, FromOperator::Accept { sid, m2: m2() });
    }

    pub(super) fn verdict(&mut self, socket: SocketId, sid: SessionId, accepted: bool) {
        self.customer_said(socket, FromCustomer::Event { sid, event: SessionEvent::Verdict { accepted } });
    }

    pub(super) fn close(&mut self, socket: SocketId) {
        self.board.closed(socket, self.now, &mut self.done);
    }

    pub(super) fn tick(&mut self) {
        let Self { board, now, rng, done, .. } = self;
        board.tick(*now, rng, done);
    }

    /// Lets time pass, a second a tick.
    pub(super) fn pass(&mut self, seconds: u64) {
        for _ in 0..seconds {
            self.now.monotonic += Duration::from_secs(1);
            self.now.unix_ms += 1_000;
            self.tick();
        }
    }

    /// The code that a manager shows.
    pub(super) fn code(&self, socket: SocketId) -> Option<AccessCode> {
        let told = self.done.iter().rev().find_map(|effect| match effect {
            Effect::ToOperator(to, ToOperator::Code { code, .. }) if *to == socket => Some(Some(code.clone())),
            Effect::ToOperator(to, ToOperator::CodeGone) if *to == socket => Some(None),
            _ => None,
        });
        told.flatten()
    }

    /// What a customer was told, in JSON, since the last look at anything.
    pub(super) fn told(&mut self, socket: SocketId) -> Vec<String> {
        let done = std::mem::take(&mut self.done);
        done.iter()
            .filter_map(|effect| match effect {
                Effect::ToCustomer(to, message) if *to == socket => Some(shape(message)),
                Effect::ToOperator(to, message) if *to == socket => Some(shape(message)),
                Effect::Close(to, error) if *to == socket => {
                    Some(format!("close {}", error.map_or("", |error| error.as_str())))
                }
                _ => None,
            })
            .collect()
    }

    /// How a session ended, as logged.
    pub(super) fn ended(&self, sid: SessionId) -> Option<End> {
        self.done.iter().find_map(|effect| match effect {
            Effect::Record(Record::Ended { sid: of, end, .. }) if *of == sid => Some(*end),
            _ => None,
        })
    }
}

/// The kind of a message and what tells it from others.
fn shape(message: &impl serde::Serialize) -> String {
    let value = serde_json::to_value(message).unwrap();
    let mut shape = value["type"].as_str().unwrap().to_owned();
    for part in ["error", "text", "present", "attempt"] {
        if !value[part].is_null() {
            shape += &format!(" {}", value[part]);
        }
    }
    if let Some(end) = value["end"].as_object() {
        shape += &format!(" {} {}", end["by"], end["reason"]);
    }
    shape.replace('"', "")
}

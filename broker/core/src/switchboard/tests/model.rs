//! Random stories, checked against what must hold in each: no code serves two sessions, one knock at a time on a code,
//! no relay between strangers, under strain one code that can be typed for each operator, tables bounded, and in the end
//! nothing left over.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::proof_of_work::Difficulty;
use crate::relay::{Relay, Route};

const OPERATORS: usize = 2;
const CUSTOMERS: usize = 4;

#[derive(Debug, Clone)]
enum Step {
    SignIn(usize),
    OpenOperator(usize),
    CloseOperator(usize),
    OpenCustomer(usize),
    CloseCustomer(usize),
    /// A customer types the n-th code ever shown, counted from the newest.
    Knock(usize, usize),
    Resume(usize, usize),
    Accept(usize, usize),
    Decline(usize, usize),
    NewCode(usize),
    Away(usize, bool),
    Verdict(usize, usize, bool),
    Decided(usize),
    EndByCustomer(usize, usize),
    EndByOperator(usize, usize),
    FrameFromCustomer(usize, usize),
    FrameFromOperator(usize, usize),
    /// Enough wrong codes from elsewhere to put the codes under strain.
    Storm,
    Pass(u64),
}

fn step() -> impl Strategy<Value = Step> {
    let operator = 0..OPERATORS;
    let customer = 0..CUSTOMERS;
    let recent = 0..4usize;
    prop_oneof![
        1 => operator.clone().prop_map(Step::SignIn),
        3 => operator.clone().prop_map(Step::OpenOperator),
        1 => operator.clone().prop_map(Step::CloseOperator),
        4 => customer.clone().prop_map(Step::OpenCustomer),
        1 => customer.clone().prop_map(Step::CloseCustomer),
        8 => (customer.clone(), recent.clone()).prop_map(|(c, n)| Step::Knock(c, n)),
        2 => (customer.clone(), recent.clone()).prop_map(|(c, n)| Step::Resume(c, n)),
        6 => (operator.clone(), recent.clone()).prop_map(|(o, n)| Step::Accept(o, n)),
        1 => (operator.clone(), recent.clone()).prop_map(|(o, n)| Step::Decline(o, n)),
        1 => operator.clone().prop_map(Step::NewCode),
        1 => (operator.clone(), any::<bool>()).prop_map(|(o, away)| Step::Away(o, away)),
        4 => (customer.clone(), recent.clone(), prop::bool::weighted(0.8)).prop_map(|(c, n, v)| Step::Verdict(c, n, v)),
        1 => recent.clone().prop_map(Step::Decided),
        2 => (customer.clone(), recent.clone()).prop_map(|(c, n)| Step::EndByCustomer(c, n)),
        1 => (operator.clone(), recent.clone()).prop_map(|(o, n)| Step::EndByOperator(o, n)),
        4 => (customer, recent.clone()).prop_map(|(c, n)| Step::FrameFromCustomer(c, n)),
        4 => (operator, recent).prop_map(|(o, n)| Step::FrameFromOperator(o, n)),
        1 => Just(Step::Storm),
        3 => prop_oneof![Just(1), Just(11), Just(121), Just(601)].prop_map(Step::Pass),
    ]
}

/// What an onlooker knows of a session.
struct Seen {
    code: Option<AccessCode>,
    operator: String,
    customer: Option<SocketId>,
    token: Option<Token>,
    open: bool,
    accepted: bool,
}

struct Story {
    house: House,
    relay: Relay,
    tokens: [Option<Token>; OPERATORS],
    operators: [Option<SocketId>; OPERATORS],
    customers: [Option<SocketId>; CUSTOMERS],
    accounts: BTreeMap<SocketId, String>,
    codes: Vec<AccessCode>,
    sessions: Vec<(SessionId, Seen)>,
    served: BTreeSet<AccessCode>,
    typed: Option<(SessionId, AccessCode, SocketId)>,
    storms: u32,
    alerts: u32,
    read: usize,
}

fn name(operator: usize) -> String {
    format!("operator{operator}")
}

impl Story {
    fn new() -> Self {
        let mut house = House::new();
        house.board.difficulty = Difficulty { least: 1, most: 2 };
        Self {
            house,
            relay: Relay::default(),
            tokens: [None, None],
            operators: [None, None],
            customers: [None; CUSTOMERS],
            accounts: BTreeMap::new(),
            codes: Vec::new(),
            sessions: Vec::new(),
            served: BTreeSet::new(),
            typed: None,
            storms: 0,
            alerts: 0,
            read: 0,
        }
    }

    fn recent(&self, back: usize) -> Option<SessionId> {
        self.sessions.iter().rev().nth(back).map(|(sid, _)| *sid)
    }

    fn seen(&mut self, sid: SessionId) -> &mut Seen {
        self.sessions.iter_mut().find(|(of, _)| *of == sid).map(|(_, seen)| seen).unwrap()
    }

    fn take(&mut self, step: Step) {
        match step {
            Step::SignIn(o) => self.tokens[o] = Some(self.house.sign_in(&name(o))),
            Step::OpenOperator(o) => {
                if let Some(token) = self.tokens[o].clone()
                    && self.house.board.bearer(&token, self.house.now).is_some()
                {
                    let socket = self.house.open_operator(&token);
                    self.accounts.insert(socket, name(o));
                    self.operators[o] = Some(socket);
                }
            }
            Step::CloseOperator(o) => {
                if let Some(socket) = self.operators[o].take() {
                    self.house.close(socket);
                }
            }
            Step::OpenCustomer(c) => self.customers[c] = self.customers[c].or_else(|| Some(self.house.customer())),
            Step::CloseCustomer(c) => {
                if let Some(socket) = self.customers[c].take() {
                    self.house.close(socket);
                }
            }
            Step::Knock(c, back) => {
                if let (Some(socket), Some(code)) = (self.customers[c], self.codes.iter().rev().nth(back).cloned()) {
                    let mut id = [0; 16];
                    id[..8].copy_from_slice(&(self.sessions.len() as u64 + 1).to_be_bytes());
                    let sid = SessionId(id);
                    self.typed = Some((sid, code.clone(), socket));
                    if let Some(ToCustomer::Prove { challenge }) = self.house.knock_with(socket, &code, sid, None) {
                        self.house.knock_with(socket, &code, sid, solve(&challenge, 0, 1 << 20));
                    }
                }
            }
            Step::Resume(c, back) => {
                if let (Some(socket), Some(sid)) = (self.customers[c], self.recent(back))
                    && let Some(token) = self.seen(sid).token.clone()
                {
                    self.house.customer_said(socket, FromCustomer::Resume { sid, token });
                }
            }
            Step::Accept(o, back) => {
                if let (Some(socket), Some(sid)) = (self.operators[o], self.recent(back)) {
                    self.house.accept(socket, sid);
                }
            }
            Step::Decline(o, back) => {
                if let (Some(socket), Some(sid)) = (self.operators[o], self.recent(back)) {
                    self.house.operator_said(socket, FromOperator::Decline { sid });
                }
            }
            Step::NewCode(o) => {
                if let Some(socket) = self.operators[o] {
                    self.house.operator_said(socket, FromOperator::NewCode);
                }
            }
            Step::Away(o, away) => {
                if let Some(socket) = self.operators[o] {
                    self.house.operator_said(socket, FromOperator::Away { away });
                }
            }
            Step::Verdict(c, back, accepted) => {
                if let (Some(socket), Some(sid)) = (self.customers[c], self.recent(back)) {
                    self.house.verdict(socket, sid, accepted);
                }
            }
            Step::Decided(back) => {
                if let Some(sid) = self.recent(back) {
                    self.house.board.decided(sid);
                }
            }
            Step::EndByCustomer(c, back) => {
                if let (Some(socket), Some(sid)) = (self.customers[c], self.recent(back)) {
                    let end = End::new(Party::Customer, EndReason::Stopped);
                    self.house.customer_said(socket, FromCustomer::End { sid, end });
                }
            }
            Step::EndByOperator(o, back) => {
                if let (Some(socket), Some(sid)) = (self.operators[o], self.recent(back)) {
                    let end = End::new(Party::Operator, EndReason::Finished);
                    self.house.operator_said(socket, FromOperator::End { sid, end });
                }
            }
            Step::FrameFromCustomer(c, back) => self.frame(self.customers[c], back),
            Step::FrameFromOperator(o, back) => self.frame(self.operators[o], back),
            // More would only take time.
            Step::Storm if self.storms == 2 => {}
            Step::Storm => {
                self.house.storm(self.storms * 100);
                self.storms += 1;
            }
            Step::Pass(seconds) => {
                self.house.now.monotonic += Duration::from_secs(seconds);
                self.house.tick();
                self.look_at_codes();
            }
        }
        self.look();
    }

    fn look_at_codes(&mut self) {
        let House { board, now, .. } = &mut self.house;
        if board.strain.is_on(now.monotonic) {
            for desk in board.desks.keys() {
                let holds = |s: &&Session| s.desk == *desk && matches!(s.stage, Stage::Knocking(_) | Stage::Pairing(_));
                let held = board.sessions.values().filter(holds).count();
                assert!(board.codes.count(*desk) <= held + 1, "an operator has more than one code under strain");
            }
        }
    }

    /// Sends a frame and checks that it reaches nobody but the other end of an accepted, unfinished session.
    fn frame(&mut self, from: Option<SocketId>, back: usize) {
        let (Some(from), Some(sid)) = (from, self.recent(back)) else { return };
        if let Route::To(to) | Route::Decides(to) = self.relay.route(from, sid, &[0x20]) {
            let accounts = self.accounts.clone();
            let seen = self.seen(sid);
            assert!(seen.accepted && seen.open, "a frame went through before or after the session");
            let operators = [from, to].into_iter().filter(|s| accounts.get(s) == Some(&seen.operator)).count();
            let customers = [from, to].into_iter().filter(|s| seen.customer == Some(*s)).count();
            assert_eq!((operators, customers), (1, 1), "a frame went to a stranger");
        }
    }

    /// Reads what the switchboard has asked for since the last look.
    fn look(&mut self) {
        let new: Vec<Effect> = self.house.done[self.read..].to_vec();
        self.read = self.house.done.len();
        for effect in new {
            match effect {
                Effect::ToOperator(_, ToOperator::Code { code, .. }) => {
                    assert!(!self.served.contains(&code), "a code is shown that has served");
                    self.codes.push(code);
                }
                Effect::Record(Record::Knocked { sid, operator, .. }) => {
                    let (of, code, customer) = self.typed.clone().unwrap();
                    assert_eq!(of, sid);
                    assert!(!self.served.contains(&code), "a code served twice");
                    let busy = self.sessions.iter().any(|(_, seen)| seen.open && seen.code.as_ref() == Some(&code));
                    assert!(!busy, "two knocks on one code");
                    let seen = Seen {
                        code: Some(code),
                        operator: operator.to_string(),
                        customer: Some(customer),
                        token: None,
                        open: true,
                        accepted: false,
                    };
                    self.sessions.push((sid, seen));
                }
                Effect::ToCustomer(_, ToCustomer::Waiting { token }) => {
                    let (sid, ..) = self.typed.clone().unwrap();
                    self.seen(sid).token = Some(token);
                }
                Effect::ToCustomer(socket, ToCustomer::Resumed { sid }) => self.seen(sid).customer = Some(socket),
                Effect::Record(Record::Accepted { sid, .. }) => self.seen(sid).accepted = true,
                Effect::Record(Record::Reported { sid, event: SessionEvent::Verdict { accepted: true }, .. }) => {
                    let seen = self.seen(sid);
                    if seen.open {
                        // From here on the code has served; the session itself no longer holds it.
                        let code = seen.code.take();
                        self.served.extend(code);
                    }
                }
                Effect::Record(Record::Ended { sid, .. }) => self.seen(sid).open = false,
                Effect::Pair { sid, customer, operator, open } => self.relay.pair(sid, customer, operator, open),
                Effect::Unpair(sid) => self.relay.unpair(sid),
                Effect::Close(socket, _) => {
                    for slot in self.customers.iter_mut().chain(&mut self.operators) {
                        if *slot == Some(socket) {
                            *slot = None;
                        }
                    }
                }
                Effect::Observed(_) => self.alerts += 1,
                Effect::Record(_) | Effect::ToCustomer(..) | Effect::ToOperator(..) => {}
            }
        }
        assert!(self.alerts <= self.storms, "more alerts than strains");
        let load = self.house.board.load();
        assert!(load.customers <= CUSTOMERS && load.operators <= OPERATORS && load.sign_ins <= OPERATORS);
        assert!(load.codes <= OPERATORS * CODES_PER_OPERATOR);
        assert!(self.relay.len() <= load.sessions);
    }

    /// Everybody leaves; in the end nothing is left.
    fn end(&mut self) {
        for socket in self.customers.into_iter().chain(self.operators).flatten() {
            self.house.close(socket);
        }
        for _ in 0..4 {
            self.take(Step::Pass(901));
        }
        let nothing = Load { sign_ins: 0, operators: 0, customers: 0, watchers: 0, sessions: 0, codes: 0 };
        assert_eq!(self.house.board.load(), nothing);
        assert!(self.relay.is_empty());
        assert!(self.sessions.iter().all(|(_, seen)| !seen.open));
        assert!(self.house.board.places.is_empty());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, ..ProptestConfig::default() })]
    #[test]
    fn what_must_hold_holds(steps in prop::collection::vec(step(), 1..50)) {
        let mut story = Story::new();
        for operator in 0..OPERATORS {
            story.take(Step::SignIn(operator));
            story.take(Step::OpenOperator(operator));
        }
        for step in steps {
            story.take(step);
        }
        story.end();
    }
}

//! The customer reads who it is, compares the number and decides. M4 is verified, M5 is not made.

use std::time::Instant;

use beside_consent::Yes;
use beside_crypto::{CustomerVerified, Verdict};
use beside_identity::CheckMode;
use beside_protocol::limits::{ARMING, VIEW_LEASE, WAIT_M5};
use beside_protocol::signalling::SessionEvent;
use beside_protocol::{End, EndReason, ErrorCode, Party, Right, Rights};
use rand_core::CryptoRng;

use super::context::Context;
use super::starting::Starting;
use super::{CustomerAct, CustomerPhase};
use crate::error::SessionError;
use crate::line::{Line, LineStart};
use crate::number::{Try, Typing};
use crate::over::Over;
use crate::path_io::PathInput;
use crate::side::Side;
use crate::socket::SocketSays;

/// The question on the screen.
enum Question {
    Who,
    Number,
    TypeNumber(Typing),
    Allow,
}

pub(super) struct Deciding {
    verified: CustomerVerified,
    m4: Vec<u8>,
    allowed: Rights,
    question: Question,
    /// Since when the question has been there.
    since: Instant,
    pub(super) deadline: Instant,
}

/// Still deciding, or one state further.
pub(super) enum Decided {
    Not(Box<Deciding>),
    Allowed(Box<Starting>),
}

impl Deciding {
    pub(super) fn new(verified: CustomerVerified, m4: &[u8], allowed: Rights, now: Instant) -> Self {
        Self { verified, m4: m4.to_vec(), allowed, question: Question::Who, since: now, deadline: now + WAIT_M5 }
    }

    /// Only repetitions may come from the operator now.
    pub(super) fn path(&self, input: &PathInput<'_>, context: &mut Context) -> Result<(), Over> {
        match context.socket.hear(input) {
            SocketSays::Nothing | SocketSays::Back => Ok(()),
            SocketSays::Message(bytes) => self.repeated(bytes),
        }
    }

    /// The operator or the broker says something again, in the same bytes.
    pub(super) fn repeated(&self, bytes: &[u8]) -> Result<(), Over> {
        Ok(self.verified.seen().check_again(bytes)?)
    }

    pub(super) fn act(
        mut self: Box<Self>,
        act: CustomerAct<'_>,
        context: &mut Context,
        rng: &mut Option<Box<dyn CryptoRng + Send>>,
        now: Instant,
    ) -> Result<Decided, Over> {
        let armed = now >= self.since + ARMING;
        match (&mut self.question, act) {
            (Question::Who, CustomerAct::ContinueWho) if armed => {
                let question = match self.verified.check_mode() {
                    CheckMode::BothSee | CheckMode::OperatorTypes => Question::Number,
                    CheckMode::CustomerTypes => Question::TypeNumber(Typing::new()),
                };
                self.ask(question, context, now);
            }
            (Question::Number, CustomerAct::HaveRead) if armed => self.ask(Question::Allow, context, now),
            (Question::TypeNumber(typing), CustomerAct::TypeNumber(typed)) => {
                match typing.try_number(typed, self.verified.check_number(), &context.code) {
                    Try::Matches => self.ask(Question::Allow, context, now),
                    Try::Again => context.changed(),
                    Try::Failed => return self.number_differs(context),
                }
            }
            (Question::Allow, CustomerAct::Answer { allow }) if armed => {
                return if allow { self.allow(context, rng, now) } else { self.refuse(context) };
            }
            (Question::Who | Question::Number | Question::TypeNumber(_) | Question::Allow, _) => {}
        }
        Ok(Decided::Not(self))
    }

    fn ask(&mut self, question: Question, context: &mut Context, now: Instant) {
        self.question = question;
        self.since = now;
        context.changed();
    }

    fn allow(
        self,
        context: &mut Context,
        rng: &mut Option<Box<dyn CryptoRng + Send>>,
        now: Instant,
    ) -> Result<Decided, Over> {
        let peer_fingerprint = self.verified.peer_fingerprint();
        let lease = VIEW_LEASE.as_secs() as u32;
        let (m5, keys) = self.verified.answer(Verdict::Accepted, Rights::only(Right::View), lease)?;
        let (Some(keys), Some(rng)) = (keys, rng.take()) else {
            return Err(SessionError::Local(ErrorCode::Internal).into());
        };
        context.transmit(&m5);
        context.event(SessionEvent::Verdict { accepted: true });
        context.verdict_given = true;
        context.changed();
        let start = LineStart {
            side: Side::Customer,
            keys,
            peer_fingerprint,
            rng,
            handshake_path: context.socket.path(),
            repeats: vec![self.m4],
        };
        let yes = Yes::pressed(Right::View, VIEW_LEASE);
        Ok(Decided::Allowed(Box::new(Starting::new(Line::new(start, now), m5, self.allowed, yes, now))))
    }

    fn refuse(self, context: &mut Context) -> Result<Decided, Over> {
        self.say_no(Verdict::Refused, context)?;
        Err(Over::Here(End::new(Party::Customer, EndReason::Refused)))
    }

    fn number_differs(self, context: &mut Context) -> Result<Decided, Over> {
        self.say_no(Verdict::NumberDiffers, context)?;
        Err(SessionError::PeerMisbehaved(ErrorCode::CheckFailed).into())
    }

    fn say_no(self, verdict: Verdict, context: &mut Context) -> Result<(), Over> {
        let (m5, _) = self.verified.answer(verdict, Rights::NONE, 0)?;
        context.transmit(&m5);
        context.event(SessionEvent::Verdict { accepted: false });
        context.verdict_given = true;
        Ok(())
    }

    pub(super) fn phase(&self, now: Instant) -> CustomerPhase {
        let left = self.deadline.saturating_duration_since(now);
        match &self.question {
            Question::Who => CustomerPhase::Who { left },
            Question::Number => CustomerPhase::Number { number: self.verified.check_number().clone(), left },
            Question::TypeNumber(Typing { tries_left, mismatch, typed_code }) => CustomerPhase::TypeNumber {
                tries_left: *tries_left,
                mismatch: *mismatch,
                typed_code: *typed_code,
                left,
            },
            Question::Allow => CustomerPhase::Allow { lease: VIEW_LEASE, left },
        }
    }
}

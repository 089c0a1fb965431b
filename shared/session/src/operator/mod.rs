//! The operator's side.

mod active;
mod check;
mod config;
mod context;
mod input;
mod output;
mod shaking;
mod standings;
mod state;

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use beside_crypto::OperatorAccepted;
use beside_protocol::limits::{TRIES_PER_CODE, WAIT_SOCKET};
use beside_protocol::signalling::{FromOperator, SessionEvent};
use beside_protocol::{End, EndReason, ErrorCode, Party, Rights, SessionId};
use rand_core::CryptoRng;

use self::active::Active;
use self::context::Context;
use self::shaking::{Accepted, Allowed, Decided, Deciding, Revealed};
use crate::error::SessionError;
use crate::line::{Line, LineStart};
use crate::over::{ALONE, CLOSE_WAIT, Over, TIMED_OUT, UNEXPLAINED};
use crate::path_io::PathInput;
use crate::side::Side;
use crate::socket::Socket;

pub use config::OperatorConfig;
pub use input::{Leave, OperatorAct, OperatorInput};
pub use output::OperatorOutput;
pub use state::{Check, Decision, OperatorState, RightSeen, Standing};

/// One accepted knock, and the session that it may become.
pub struct Operator {
    context: Context,
    /// Until the line takes it.
    rng: Option<Box<dyn CryptoRng + Send>>,
    /// The broker has said that it is over; until then the customer's own word is awaited.
    broker_ended: Option<Instant>,
    /// How long the signalling socket is waited for, while it is lost.
    alone_until: Option<Instant>,
    phase: Phase,
}

enum Phase {
    Accepted(Box<Accepted>),
    Deciding(Box<Deciding>),
    Active(Box<Active>),
    /// Only while a state consumes itself. One that ends in doing so leaves it to be replaced by the end.
    Between,
    Ended(Ended),
}

/// What is left of a session.
struct Ended {
    end: End,
    lasted: Option<Duration>,
    check: Check,
    decision: Decision,
}

impl Operator {
    /// Accepts a knock. The first output is the acceptance for the broker; [`FIRST_RELAY`](crate::FIRST_RELAY) is up
    /// from the beginning. A knock is accepted once; another one of the same customer has another session id.
    ///
    /// # Errors
    /// M1 is malformed or of a version that this build does not speak, or the code has had its three handshakes.
    pub fn accept(
        config: OperatorConfig,
        m1: &[u8],
        mut rng: Box<dyn CryptoRng + Send>,
        now: Instant,
    ) -> Result<Self, SessionError> {
        let OperatorConfig { credential, code, fingerprint, capabilities, attempt } = config;
        if attempt > TRIES_PER_CODE {
            return Err(SessionError::Local(ErrorCode::CodeWornOut));
        }
        let allowed = credential.as_ref().map_or(Rights::ALL, |credential| credential.status().body().allowed);
        let accepted = OperatorAccepted::new(&mut rng, m1, fingerprint, capabilities, credential)?;
        let mut context = Context {
            sid: accepted.sid(),
            code,
            attempt,
            allowed,
            socket: Socket::new(),
            verdict_known: false,
            out: VecDeque::new(),
        };
        context.accept(accepted.m2());
        let phase = Phase::Accepted(Box::new(Accepted::new(accepted, now)));
        Ok(Self { context, rng: Some(rng), broker_ended: None, alone_until: None, phase })
    }

    /// The session's id, which the customer's app has drawn.
    #[must_use]
    pub const fn sid(&self) -> SessionId {
        self.context.sid
    }

    /// SHA-256 of the DTLS certificate that the customer's side must show on every WebRTC path, once there are any.
    #[must_use]
    pub fn peer_fingerprint(&self) -> Option<[u8; 32]> {
        match &self.phase {
            Phase::Active(active) => Some(active.line.peer_fingerprint()),
            Phase::Accepted(_) | Phase::Deciding(_) | Phase::Between | Phase::Ended(_) => None,
        }
    }

    /// Takes what happened. What has no place in the current state does nothing.
    pub fn handle(&mut self, input: OperatorInput<'_>, now: Instant) {
        self.step(now, |this| this.take(input, now));
    }

    /// Does what is due; to be called when [`deadline`](Self::deadline) has come.
    pub fn advance(&mut self, now: Instant) {
        self.step(now, |_| Ok(()));
    }

    /// The next thing to do, until there is nothing left; to be called after every
    /// [`handle`](Self::handle) and [`advance`](Self::advance).
    pub fn poll_output(&mut self) -> Option<OperatorOutput> {
        self.context.out.pop_front()
    }

    /// When [`advance`](Self::advance) is to be called at the latest.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        let own = match &self.phase {
            Phase::Accepted(accepted) => Some(accepted.deadline),
            Phase::Deciding(deciding) => Some(deciding.deadline),
            Phase::Active(active) => active.deadline(),
            Phase::Between | Phase::Ended(_) => return None,
        };
        [own, self.broker_ended, self.alone_until()].into_iter().flatten().min()
    }

    /// What the screens show.
    #[must_use]
    pub fn state(&self, now: Instant) -> OperatorState {
        let mut state = OperatorState {
            check: self.check(),
            decision: self.decision(now),
            again: self.context.attempt > 1,
            since: None,
            allowed: self.context.allowed,
            rights: Vec::new(),
            path: None,
            delay: None,
            frames: 0,
            held: None,
            displays: Vec::new(),
            shared: None,
            end: None,
            lasted: None,
        };
        match &self.phase {
            Phase::Active(active) => active.show(&mut state, now),
            Phase::Ended(Ended { end, lasted, .. }) => {
                state.end = Some(*end);
                state.lasted = *lasted;
            }
            Phase::Accepted(_) | Phase::Deciding(_) | Phase::Between => {}
        }
        state
    }

    fn check(&self) -> Check {
        match &self.phase {
            Phase::Accepted(_) | Phase::Between => Check::Shaking,
            Phase::Deciding(deciding) => deciding.check.shown(),
            Phase::Active(active) => active.check.shown(),
            Phase::Ended(ended) => ended.check.clone(),
        }
    }

    fn decision(&self, now: Instant) -> Decision {
        let left = |deadline: Instant| deadline.saturating_duration_since(now);
        match &self.phase {
            Phase::Accepted(accepted) => Decision::Deciding { left: left(accepted.deadline) },
            Phase::Deciding(deciding) => Decision::Deciding { left: left(deciding.deadline) },
            Phase::Between => Decision::Refused,
            Phase::Active(_) => Decision::Allowed,
            Phase::Ended(ended) => ended.decision,
        }
    }

    fn step(&mut self, now: Instant, take: impl FnOnce(&mut Self) -> Result<(), Over>) {
        if matches!(self.phase, Phase::Ended(_)) {
            return;
        }
        let before = (self.check(), self.decision(now));
        let done = self.due(now).and_then(|()| take(self)).and_then(|()| self.pump(now));
        if let Err(over) = done {
            self.finish(over, before, now);
        }
        if let Phase::Active(active) = &mut self.phase {
            self.context.take_from(&mut active.line);
        }
    }

    /// What time alone brings about.
    fn due(&mut self, now: Instant) -> Result<(), Over> {
        if self.broker_ended.is_some_and(|due| due <= now) {
            return Err(UNEXPLAINED);
        }
        if self.alone_until().is_some_and(|until| until <= now) {
            return Err(ALONE);
        }
        let deadline = match &mut self.phase {
            Phase::Accepted(accepted) => accepted.deadline,
            Phase::Deciding(deciding) => deciding.deadline,
            Phase::Active(active) => return active.advance(&mut self.context, now),
            Phase::Between | Phase::Ended(_) => return Ok(()),
        };
        if now < deadline { Ok(()) } else { Err(TIMED_OUT) }
    }

    fn pump(&mut self, now: Instant) -> Result<(), Over> {
        match &mut self.phase {
            Phase::Active(active) => active.pump(&mut self.context, now),
            Phase::Accepted(_) | Phase::Deciding(_) | Phase::Between | Phase::Ended(_) => Ok(()),
        }
    }

    fn take(&mut self, input: OperatorInput<'_>, now: Instant) -> Result<(), Over> {
        match input {
            OperatorInput::EndedByBroker(end) => self.ended_by_broker(end, now),
            OperatorInput::Socket { present } => {
                self.alone_until = (!present).then(|| self.alone_until.unwrap_or(now + WAIT_SOCKET));
                Ok(())
            }
            OperatorInput::Path(input) => self.path(input, now),
            OperatorInput::Act(OperatorAct::Leave(leave)) => {
                let reason = match leave {
                    Leave::Finished => EndReason::Finished,
                    Leave::Closed => EndReason::Closed,
                    Leave::SignedOut => EndReason::SignedOut,
                };
                Err(Over::Here(End::new(Party::Operator, reason)))
            }
            OperatorInput::Act(act) => match &mut self.phase {
                Phase::Deciding(deciding) => {
                    if deciding.check.act(act, &self.context.code)? {
                        self.context.changed();
                    }
                    Ok(())
                }
                Phase::Active(active) => active.act(act, &mut self.context, now),
                Phase::Accepted(_) | Phase::Between | Phase::Ended(_) => Ok(()),
            },
            OperatorInput::FrameApplied { frame } => {
                if let Phase::Active(active) = &mut self.phase {
                    active.frame_applied(frame, now);
                }
                Ok(())
            }
            OperatorInput::FreshPicture => {
                if let Phase::Active(active) = &mut self.phase {
                    active.fresh_picture();
                }
                Ok(())
            }
            OperatorInput::Failed(error) => Err(SessionError::Local(error).into()),
        }
    }

    /// A session has other paths, and its own wait for them.
    fn alone_until(&self) -> Option<Instant> {
        self.alone_until.filter(|_| !matches!(self.phase, Phase::Active(_)))
    }

    fn ended_by_broker(&mut self, end: End, now: Instant) -> Result<(), Over> {
        if matches!(self.phase, Phase::Active(_)) {
            self.broker_ended.get_or_insert(now + CLOSE_WAIT);
            Ok(())
        } else {
            Err(SessionError::BrokerRefused(end).into())
        }
    }

    fn path(&mut self, input: PathInput<'_>, now: Instant) -> Result<(), Over> {
        let context = &mut self.context;
        self.phase = match std::mem::replace(&mut self.phase, Phase::Between) {
            Phase::Accepted(accepted) => match accepted.path(&input, context, now)? {
                Revealed::Not(accepted) => Phase::Accepted(accepted),
                Revealed::Done(deciding) => Phase::Deciding(deciding),
            },
            Phase::Deciding(deciding) => match deciding.path(&input, context)? {
                Decided::Not(deciding) => Phase::Deciding(deciding),
                Decided::Allowed(allowed) => {
                    Phase::Active(Box::new(activate(*allowed, self.rng.take(), context, now)?))
                }
            },
            Phase::Active(mut active) => {
                let done = active.path(input, context, now);
                self.phase = Phase::Active(active);
                return done;
            }
            other @ (Phase::Between | Phase::Ended(_)) => other,
        };
        match &mut self.phase {
            Phase::Active(active) => active.begin_if_checked(&mut self.context, now),
            Phase::Accepted(_) | Phase::Deciding(_) | Phase::Between | Phase::Ended(_) => Ok(()),
        }
    }

    /// Ends it and tells everybody.
    fn finish(&mut self, over: Over, (check, decision): (Check, Decision), now: Instant) {
        let (end, tell_peer) = match over {
            Over::Here(end) => (end, true),
            Over::Told(end) => (end, false),
            Over::Broken(error) => (error.end(Party::Operator), true),
        };
        let refused =
            matches!(end, End { by: Party::Customer, reason: EndReason::Refused | EndReason::NumberDiffers, .. });
        let mut ended =
            Ended { end, lasted: None, check, decision: if refused { Decision::Refused } else { decision } };
        if let Phase::Active(mut active) = std::mem::replace(&mut self.phase, Phase::Between) {
            ended.lasted = active.since.map(|since| now.saturating_duration_since(since));
            if tell_peer {
                active.line.close(end.reason, end.error, now);
            } else {
                active.line.close_paths();
            }
            self.context.take_from(&mut active.line);
        }
        self.phase = Phase::Ended(ended);
        if !self.context.verdict_known {
            self.context.event(SessionEvent::HandshakeFailed);
        }
        let sid = self.context.sid;
        self.context.put(OperatorOutput::Ended(end));
        self.context.put(OperatorOutput::Signal(FromOperator::End { sid, end }));
        self.context.changed();
    }
}

fn activate(
    allowed: Allowed,
    rng: Option<Box<dyn CryptoRng + Send>>,
    context: &Context,
    now: Instant,
) -> Result<Active, Over> {
    let Allowed { keys, lease_seconds, check, peer_fingerprint, repeats } = allowed;
    // The handshake gives its randomness away once, here.
    let rng = rng.ok_or(SessionError::Local(ErrorCode::Internal))?;
    let handshake_path = context.socket.path();
    let start = LineStart { side: Side::Operator, keys, peer_fingerprint, rng, handshake_path, repeats };
    Ok(Active::new(Line::new(start, now), check, lease_seconds, now))
}

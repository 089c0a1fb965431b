//! The customer's side.

mod active;
mod config;
mod context;
mod deciding;
mod input;
mod knocking;
mod output;
mod permissions;
mod starting;
mod state;

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use beside_consent::StopSwitch;
use beside_crypto::{CustomerKnock, CustomerTrust};
use beside_protocol::handshake::CAP_NO_ORGANISATION;
use beside_protocol::limits::WAIT_SOCKET;
use beside_protocol::signalling::{FromCustomer, SessionEvent};
use beside_protocol::{End, EndReason, ErrorCode, Party, SessionId};
use rand_core::CryptoRng;

use self::active::{Active, stopped};
use self::context::Context;
use self::deciding::{Decided, Deciding};
use self::knocking::{Judgement, Knocking, Shaken, Shaking};
use self::starting::Starting;
use crate::error::SessionError;
use crate::over::{ALONE, CLOSE_WAIT, Over, TIMED_OUT, UNEXPLAINED};
use crate::path_io::PathInput;
use crate::socket::{Socket, SocketSays};

pub use config::CustomerConfig;
pub use input::{CustomerAct, CustomerInput, DesktopInput};
pub use output::CustomerOutput;
pub use state::{CustomerPhase, CustomerSession, CustomerState, LeaseLeft, RequestShown};

/// One attempt, and the session that it may become.
pub struct Customer {
    context: Context,
    /// Until the line takes it.
    rng: Option<Box<dyn CryptoRng + Send>>,
    /// The broker has said that it is over; until then the operator's own word is awaited.
    broker_ended: Option<Instant>,
    /// How long the signalling socket is waited for, while it is lost.
    alone_until: Option<Instant>,
    phase: Phase,
}

enum Phase {
    Knocking(Knocking),
    Shaking(Shaking),
    Deciding(Box<Deciding>),
    Starting(Box<Starting>),
    Active(Box<Active>),
    /// Only while a state consumes itself. One that ends in doing so leaves it to be replaced by the end.
    Between,
    Ended {
        end: End,
        lasted: Option<Duration>,
    },
}

impl Customer {
    /// Knocks. The first output is the knock for the broker; [`FIRST_RELAY`](crate::FIRST_RELAY) is up from the beginning.
    ///
    /// Once a person has let the code be typed again, it is another attempt: a new `Customer` with a new session id.
    #[must_use]
    pub fn knock(config: CustomerConfig, mut rng: Box<dyn CryptoRng + Send>, now: Instant) -> Self {
        let CustomerConfig { sid, code, device, organisation, newest_status, time, fingerprint, capabilities, attempt } =
            config;
        let without = if organisation.is_none() { CAP_NO_ORGANISATION } else { 0 };
        let capabilities = (capabilities & !CAP_NO_ORGANISATION) | without;
        let knock = CustomerKnock::new(&mut rng, sid, fingerprint, capabilities);
        let mut context = Context {
            sid,
            code,
            device,
            attempt,
            socket: Socket::new(),
            operator: None,
            status_issued: None,
            shaken: false,
            verdict_given: false,
            out: VecDeque::new(),
        };
        context.knock(knock.m1(), None);
        let trust = CustomerTrust { organisation, newest_status };
        let judgement = Judgement { trust, time, knocked: now };
        let phase = Phase::Knocking(Knocking { knock, judgement });
        Self { context, rng: Some(rng), broker_ended: None, alone_until: None, phase }
    }

    /// The session's id.
    #[must_use]
    pub const fn sid(&self) -> SessionId {
        self.context.sid
    }

    /// Takes what happened. What has no place in the current state does nothing.
    pub fn handle(&mut self, input: CustomerInput<'_>, now: Instant) {
        self.step(now, |this| this.take(input, now));
    }

    /// Does what is due; to be called when [`deadline`](Self::deadline) has come.
    pub fn advance(&mut self, now: Instant) {
        self.step(now, |_| Ok(()));
    }

    /// The next thing to do, until there is nothing left; to be called after every
    /// [`handle`](Self::handle) and [`advance`](Self::advance).
    pub fn poll_output(&mut self) -> Option<CustomerOutput> {
        self.context.out.pop_front()
    }

    /// When [`advance`](Self::advance) is to be called at the latest.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        let own = match &self.phase {
            Phase::Knocking(knocking) => Some(knocking.deadline()),
            Phase::Shaking(shaking) => Some(shaking.deadline),
            Phase::Deciding(deciding) => Some(deciding.deadline),
            Phase::Starting(starting) => starting.line.deadline().into_iter().chain([starting.deadline]).min(),
            Phase::Active(active) => active.deadline(),
            Phase::Between | Phase::Ended { .. } => return None,
        };
        [own, self.broker_ended, self.alone_until()].into_iter().flatten().min()
    }

    /// What the screens show.
    #[must_use]
    pub fn state(&self, now: Instant) -> CustomerState {
        let left = |deadline: Instant| deadline.saturating_duration_since(now);
        let phase = match &self.phase {
            Phase::Knocking(knocking) => CustomerPhase::Waiting { left: left(knocking.deadline()) },
            Phase::Shaking(_) | Phase::Between => CustomerPhase::Shaking,
            Phase::Deciding(deciding) => deciding.phase(now),
            Phase::Starting(starting) => CustomerPhase::Starting { left: left(starting.deadline) },
            Phase::Active(active) => CustomerPhase::Session(active.session(now)),
            Phase::Ended { end, lasted } => CustomerPhase::Ended { end: *end, lasted: *lasted },
        };
        CustomerState {
            operator: self.context.operator.clone(),
            status_issued: self.context.status_issued,
            again: self.context.attempt > 1,
            alone: self.alone_until.is_some(),
            phase,
        }
    }

    /// A switch that ends every permission of the session at once, from any thread, whatever this value is doing;
    /// there is one from the customer's yes on. Whoever presses it also tells [`CustomerAct::Stop`].
    #[must_use]
    pub fn stop_switch(&self) -> Option<StopSwitch> {
        match &self.phase {
            Phase::Starting(starting) => Some(starting.permissions.stop_switch()),
            Phase::Active(active) => Some(active.stop_switch()),
            Phase::Knocking(_) | Phase::Shaking(_) | Phase::Deciding(_) | Phase::Between | Phase::Ended { .. } => None,
        }
    }

    /// SHA-256 of the DTLS certificate that the operator's side must show on every WebRTC path, once there are any.
    #[must_use]
    pub fn peer_fingerprint(&self) -> Option<[u8; 32]> {
        match &self.phase {
            Phase::Starting(starting) => Some(starting.line.peer_fingerprint()),
            Phase::Active(active) => Some(active.line.peer_fingerprint()),
            Phase::Knocking(_) | Phase::Shaking(_) | Phase::Deciding(_) | Phase::Between | Phase::Ended { .. } => None,
        }
    }

    fn step(&mut self, now: Instant, take: impl FnOnce(&mut Self) -> Result<(), Over>) {
        if matches!(self.phase, Phase::Ended { .. }) {
            return;
        }
        let done = self.due(now).and_then(|()| take(self)).and_then(|()| self.pump(now));
        if let Err(over) = done {
            self.finish(over, now);
        }
        let line = match &mut self.phase {
            Phase::Starting(starting) => &mut starting.line,
            Phase::Active(active) => &mut active.line,
            Phase::Knocking(_) | Phase::Shaking(_) | Phase::Deciding(_) | Phase::Between | Phase::Ended { .. } => {
                return;
            }
        };
        self.context.take_from(line);
    }

    /// What time alone brings about, and a Stop that was pressed on another thread.
    fn due(&mut self, now: Instant) -> Result<(), Over> {
        if self.stop_switch().is_some_and(|stop| stop.is_pressed()) {
            return Err(stopped());
        }
        if self.broker_ended.is_some_and(|due| due <= now) {
            return Err(UNEXPLAINED);
        }
        if self.alone_until().is_some_and(|until| until <= now) {
            return Err(ALONE);
        }
        let deadline = match &mut self.phase {
            Phase::Knocking(knocking) => knocking.deadline(),
            Phase::Shaking(shaking) => shaking.deadline,
            Phase::Deciding(deciding) => deciding.deadline,
            Phase::Starting(starting) => {
                starting.line.advance(now)?;
                starting.deadline
            }
            Phase::Active(active) => return active.advance(&mut self.context, now),
            Phase::Between | Phase::Ended { .. } => return Ok(()),
        };
        if now < deadline { Ok(()) } else { Err(TIMED_OUT) }
    }

    fn pump(&mut self, now: Instant) -> Result<(), Over> {
        match &mut self.phase {
            Phase::Active(active) => active.pump(&mut self.context, now),
            Phase::Knocking(_)
            | Phase::Shaking(_)
            | Phase::Deciding(_)
            | Phase::Starting(_)
            | Phase::Between
            | Phase::Ended { .. } => Ok(()),
        }
    }

    fn take(&mut self, input: CustomerInput<'_>, now: Instant) -> Result<(), Over> {
        match input {
            CustomerInput::Accepted { m2 } => self.accepted(m2, now),
            CustomerInput::Proved(proof) => {
                if let Phase::Knocking(knocking) = &self.phase {
                    self.context.knock(knocking.knock.m1(), Some(proof));
                }
                Ok(())
            }
            CustomerInput::EndedByBroker(end) => self.ended_by_broker(end, now),
            CustomerInput::Socket { present } => {
                self.alone_until = (!present).then(|| self.alone_until.unwrap_or(now + WAIT_SOCKET));
                self.context.changed();
                Ok(())
            }
            CustomerInput::Path(input) => self.path(input, now),
            CustomerInput::Act(act) => self.act(act, now),
            CustomerInput::Desktop(input) => match &mut self.phase {
                Phase::Active(active) => active.desktop(input, &mut self.context, now),
                Phase::Knocking(_)
                | Phase::Shaking(_)
                | Phase::Deciding(_)
                | Phase::Starting(_)
                | Phase::Between
                | Phase::Ended { .. } => Ok(()),
            },
        }
    }

    fn accepted(&mut self, m2: &[u8], now: Instant) -> Result<(), Over> {
        self.phase = match std::mem::replace(&mut self.phase, Phase::Between) {
            Phase::Knocking(knocking) => Phase::Shaking(knocking.accepted(m2, &mut self.context, now)?),
            Phase::Shaking(shaking) => {
                shaking.accepted_again(m2)?;
                Phase::Shaking(shaking)
            }
            Phase::Deciding(deciding) => {
                deciding.repeated(m2)?;
                Phase::Deciding(deciding)
            }
            // The handshake is over; whoever says so now has no say in the session any more.
            later @ (Phase::Starting(_) | Phase::Active(_) | Phase::Between | Phase::Ended { .. }) => later,
        };
        Ok(())
    }

    /// A session has other paths, and its own wait for them.
    fn alone_until(&self) -> Option<Instant> {
        self.alone_until.filter(|_| !matches!(self.phase, Phase::Active(_)))
    }

    fn ended_by_broker(&mut self, end: End, now: Instant) -> Result<(), Over> {
        match &self.phase {
            Phase::Starting(_) | Phase::Active(_) => {
                self.broker_ended.get_or_insert(now + CLOSE_WAIT);
                Ok(())
            }
            Phase::Knocking(_) | Phase::Shaking(_) | Phase::Deciding(_) | Phase::Between | Phase::Ended { .. } => {
                Err(SessionError::BrokerRefused(end).into())
            }
        }
    }

    fn path(&mut self, input: PathInput<'_>, now: Instant) -> Result<(), Over> {
        let context = &mut self.context;
        self.phase = match std::mem::replace(&mut self.phase, Phase::Between) {
            Phase::Knocking(knocking) => {
                if let SocketSays::Message(_) = context.socket.hear(&input) {
                    return Err(SessionError::PeerMisbehaved(ErrorCode::MessageUnexpected).into());
                }
                Phase::Knocking(knocking)
            }
            Phase::Shaking(shaking) => match shaking.path(&input, context, now)? {
                Shaken::Waiting(shaking) => Phase::Shaking(shaking),
                Shaken::Done(deciding) => Phase::Deciding(Box::new(deciding)),
            },
            Phase::Deciding(deciding) => {
                deciding.path(&input, context)?;
                Phase::Deciding(deciding)
            }
            Phase::Starting(mut starting) => match starting.path(input, context, now) {
                Ok(false) => Phase::Starting(starting),
                Ok(true) => Phase::Active(Box::new(starting.begin(now))),
                Err(over) => {
                    self.phase = Phase::Starting(starting);
                    return Err(over);
                }
            },
            Phase::Active(mut active) => {
                let done = active.path(input, context, now);
                self.phase = Phase::Active(active);
                return done;
            }
            other @ (Phase::Between | Phase::Ended { .. }) => other,
        };
        if let Phase::Active(active) = &mut self.phase {
            return active.begin(context, now);
        }
        Ok(())
    }

    fn act(&mut self, act: CustomerAct<'_>, now: Instant) -> Result<(), Over> {
        match (act, &self.phase) {
            (CustomerAct::Stop, _) => return Err(stopped()),
            (CustomerAct::Close, _) => return Err(Over::Here(End::new(Party::Customer, EndReason::Closed))),
            (CustomerAct::Cancel, Phase::Knocking(_) | Phase::Shaking(_) | Phase::Deciding(_)) => {
                return Err(Over::Here(End::new(Party::Customer, EndReason::Cancelled)));
            }
            (_, _) => {}
        }
        let context = &mut self.context;
        self.phase = match std::mem::replace(&mut self.phase, Phase::Between) {
            Phase::Deciding(deciding) => match deciding.act(act, context, &mut self.rng, now)? {
                Decided::Not(deciding) => Phase::Deciding(deciding),
                Decided::Allowed(starting) => Phase::Starting(starting),
            },
            Phase::Active(mut active) => {
                let done = active.act(act, context, now);
                self.phase = Phase::Active(active);
                return done;
            }
            other @ (Phase::Knocking(_)
            | Phase::Shaking(_)
            | Phase::Starting(_)
            | Phase::Between
            | Phase::Ended { .. }) => other,
        };
        Ok(())
    }

    /// Ends it: permissions first, then words.
    fn finish(&mut self, over: Over, now: Instant) {
        let (end, tell_peer) = match over {
            Over::Here(end) => (end, true),
            Over::Told(end) => (end, false),
            Over::Broken(error) => (error.end(Party::Customer), true),
        };
        let mut lasted = None;
        let line = match std::mem::replace(&mut self.phase, Phase::Between) {
            Phase::Active(mut active) => {
                active.stop();
                lasted = Some(now.saturating_duration_since(active.since));
                self.context.withdraw_permissions();
                Some(active.line)
            }
            Phase::Starting(mut starting) => {
                starting.permissions.stop();
                Some(starting.line)
            }
            Phase::Knocking(_) | Phase::Shaking(_) | Phase::Deciding(_) | Phase::Between | Phase::Ended { .. } => None,
        };
        self.phase = Phase::Ended { end, lasted };
        if let Some(mut line) = line {
            if tell_peer {
                line.close(end.reason, end.error, now);
            } else {
                line.close_paths();
            }
            self.context.take_from(&mut line);
        }
        if self.context.shaken && !self.context.verdict_given {
            self.context.event(SessionEvent::HandshakeFailed);
        }
        let sid = self.context.sid;
        self.context.put(CustomerOutput::Ended(end));
        self.context.put(CustomerOutput::Signal(FromCustomer::End { sid, end }));
        self.context.changed();
    }
}

//! In session: the picture goes out, input comes in, and the customer decides at any moment what of it may go on.

use std::time::{Duration, Instant};

use beside_consent::{StopSwitch, Yes};
use beside_protocol::control::{ControlMessage, DisplayInfo, InputHold, RightEnd};
use beside_protocol::input::InputEvent;
use beside_protocol::limits::VIEW_LEASE;
use beside_protocol::picture::Feedback;
use beside_protocol::pointer::PointerState;
use beside_protocol::record::Lane;
use beside_protocol::signalling::SessionEvent;
use beside_protocol::{DisplayId, End, EndReason, ErrorCode, Party, Right};

use super::context::Context;
use super::permissions::{Answered, Judged, Permissions};
use super::{CustomerAct, CustomerOutput, CustomerSession, DesktopInput};
use crate::WINDOW;
use crate::error::SessionError;
use crate::line::{Line, LineEvent};
use crate::over::Over;
use crate::path_io::PathInput;
use crate::picture::PictureOut;

const MALFORMED: SessionError = SessionError::PeerMisbehaved(ErrorCode::MessageMalformed);
const UNEXPECTED: SessionError = SessionError::PeerMisbehaved(ErrorCode::MessageUnexpected);
/// Monitors that the operator is told of, and bytes of each one's name: with what JSON adds they fit a record.
const DISPLAYS_MAX: usize = 64;
const DISPLAY_NAME_MAX: usize = 64;
/// The pointer's last position is said once more after it has rested so long: the first word may have been lost.
const POINTER_AGAIN: Duration = Duration::from_millis(200);

pub(super) struct Active {
    pub(super) line: Line,
    pub(super) since: Instant,
    /// The customer's yes to the right to see, until it begins.
    first: Option<Yes>,
    permissions: Permissions,
    picture: PictureOut,
    /// The pointer's last state, until it was said twice.
    pointer: Option<(PointerState, Instant)>,
    held: Option<InputHold>,
    displays: Vec<DisplayInfo>,
    shared: Option<DisplayId>,
}

impl Active {
    /// The number matched. Nothing is granted before [`begin`](Self::begin).
    pub(super) fn new(line: Line, permissions: Permissions, yes: Yes, now: Instant) -> Self {
        Self {
            line,
            since: now,
            first: Some(yes),
            permissions,
            picture: PictureOut::new(),
            pointer: None,
            held: None,
            displays: Vec::new(),
            shared: None,
        }
    }

    /// The right that the customer said yes to before begins, and its lease to run.
    pub(super) fn begin(&mut self, context: &mut Context, now: Instant) -> Result<(), Over> {
        if let Some(yes) = self.first.take() {
            self.line.begin(now);
            self.permissions.grant(Right::View, &yes, now).map_err(|_| stopped())?;
            context.event(SessionEvent::Checked);
            self.tell_granted(Right::View, VIEW_LEASE, context, now)?;
            self.take_events(context, now)?;
        }
        Ok(())
    }

    pub(super) fn path(&mut self, input: PathInput<'_>, context: &mut Context, now: Instant) -> Result<(), Over> {
        self.line.handle(input, now)?;
        self.take_events(context, now)
    }

    pub(super) fn advance(&mut self, context: &mut Context, now: Instant) -> Result<(), Over> {
        for right in self.permissions.expire(now) {
            self.tell_ended(right, RightEnd::RanOut, context, now)?;
        }
        self.line.advance(now)?;
        self.take_events(context, now)
    }

    fn take_events(&mut self, context: &mut Context, now: Instant) -> Result<(), Over> {
        while let Some(event) = self.line.next_event() {
            match event {
                LineEvent::Control(message) => self.control(message, context, now)?,
                LineEvent::Input(payload) => self.input(&payload, context, now)?,
                LineEvent::InputSkipped => context.put(CustomerOutput::ReleaseAll),
                LineEvent::Picture(payload, _) => {
                    let feedback = Feedback::decode(&payload).map_err(|_| MALFORMED)?;
                    self.picture.feedback(&feedback, now)?;
                }
                LineEvent::Pointer(_) => return Err(UNEXPECTED.into()),
                LineEvent::Moved => {
                    self.picture.path_changed(self.line.path());
                    if self.line.path().is_none() {
                        // Whoever held a key down can't let go of it any more.
                        context.put(CustomerOutput::ReleaseAll);
                    }
                    context.changed();
                }
                LineEvent::Delay => {
                    if let Some(round_trip) = self.line.round_trip() {
                        self.picture.set_round_trip(round_trip);
                    }
                }
            }
        }
        Ok(())
    }

    fn control(&mut self, message: ControlMessage, context: &mut Context, now: Instant) -> Result<(), Over> {
        match message {
            ControlMessage::Ask { right, seconds, reason } => {
                if self.permissions.ask(right, seconds, reason, now) {
                    context.changed();
                } else {
                    self.tell_denied(right, context, now)?;
                }
            }
            ControlMessage::GiveBack { right } => {
                if self.permissions.revoke(right) {
                    self.tell_ended(right, RightEnd::GivenBack, context, now)?;
                }
            }
            ControlMessage::ShareDisplay { display } => {
                // One that is not there may just have been unplugged.
                if self.displays.iter().any(|known| known.id == display) {
                    context.put(CustomerOutput::ShareDisplay(display));
                }
            }
            ControlMessage::Close { reason, error } => return Err(closed_by_operator(reason, error)),
            ControlMessage::Checked
            | ControlMessage::Granted { .. }
            | ControlMessage::Denied { .. }
            | ControlMessage::Ended { .. }
            | ControlMessage::InputHeld { .. }
            | ControlMessage::Displays { .. }
            | ControlMessage::Description { .. }
            | ControlMessage::Candidate { .. }
            | ControlMessage::Ping { .. }
            | ControlMessage::Pong { .. } => return Err(UNEXPECTED.into()),
        }
        Ok(())
    }

    fn input(&mut self, payload: &[u8], context: &mut Context, now: Instant) -> Result<(), Over> {
        let events = InputEvent::decode_all(payload).map_err(|_| MALFORMED)?;
        let line = &self.line;
        match self.permissions.judge(events.len(), now, |seq| line.is_acked(seq)) {
            Judged::Inject(grant) => context.put(CustomerOutput::Inject { grant, events }),
            Judged::Drop => {}
            Judged::Forbidden => return Err(SessionError::PeerMisbehaved(ErrorCode::NotPermitted).into()),
        }
        Ok(())
    }

    pub(super) fn act(&mut self, act: CustomerAct<'_>, context: &mut Context, now: Instant) -> Result<(), Over> {
        match act {
            CustomerAct::AnswerRequest { right, allow } => match self.permissions.answer(right, allow, now) {
                Some(Answered::Granted { right, lease }) => self.tell_granted(right, lease, context, now)?,
                Some(Answered::Denied { right }) => self.tell_denied(right, context, now)?,
                None => {}
            },
            CustomerAct::TurnOff(right) => {
                if self.permissions.revoke(right) {
                    self.tell_ended(right, RightEnd::TakenBack, context, now)?;
                }
            }
            CustomerAct::ContinueWho
            | CustomerAct::HaveRead
            | CustomerAct::TypeNumber(_)
            | CustomerAct::Answer { .. }
            | CustomerAct::Stop
            | CustomerAct::Cancel
            | CustomerAct::Close => {}
        }
        Ok(())
    }

    pub(super) fn desktop(&mut self, input: DesktopInput, context: &mut Context, now: Instant) -> Result<(), Over> {
        match input {
            DesktopInput::Picture { bytes, fresh } => {
                if self.permissions.view(now).is_some() {
                    self.picture.put(bytes, fresh, now);
                }
            }
            DesktopInput::Pointer(state) => {
                self.pointer = Some((state, now + POINTER_AGAIN));
                self.tell_pointer(state, now)?;
            }
            DesktopInput::Hold(why) if why != self.held => {
                self.held = why;
                self.permissions.hold_switch().set(why.is_some());
                if why.is_some() {
                    context.put(CustomerOutput::ReleaseAll);
                }
                self.line.send_control(&ControlMessage::InputHeld { why }, now)?;
                context.changed();
            }
            DesktopInput::Hold(_) => {}
            DesktopInput::Displays { mut all, shared } => {
                all.truncate(DISPLAYS_MAX);
                for display in &mut all {
                    display.name.retain(|c| !c.is_control());
                    display.name.truncate(display.name.floor_char_boundary(DISPLAY_NAME_MAX));
                }
                self.displays.clone_from(&all);
                self.shared = Some(shared);
                self.line.send_control(&ControlMessage::Displays { all, shared }, now)?;
                context.changed();
            }
            DesktopInput::Failed(error) => return Err(SessionError::Local(error).into()),
        }
        Ok(())
    }

    fn tell_pointer(&mut self, state: PointerState, now: Instant) -> Result<(), Over> {
        if self.permissions.view(now).is_some() && self.line.has_room(WINDOW) {
            self.line.send_loose(Lane::Pointer, &state.encode(), now)?;
        }
        Ok(())
    }

    fn tell_granted(&mut self, right: Right, lease: Duration, context: &mut Context, now: Instant) -> Result<(), Over> {
        let seconds = lease.as_secs() as u32;
        self.line.send_control(&ControlMessage::Granted { right, seconds }, now)?;
        context.event(SessionEvent::Granted { right, seconds });
        context.changed();
        Ok(())
    }

    fn tell_denied(&mut self, right: Right, context: &mut Context, now: Instant) -> Result<(), Over> {
        self.line.send_control(&ControlMessage::Denied { right }, now)?;
        context.event(SessionEvent::Denied { right });
        context.changed();
        Ok(())
    }

    /// A right has ended: first here, then at the operator's.
    fn tell_ended(&mut self, right: Right, why: RightEnd, context: &mut Context, now: Instant) -> Result<(), Over> {
        match right {
            Right::View => {
                self.picture.restart();
                context.put(CustomerOutput::PictureUnwanted);
            }
            Right::Control => context.put(CustomerOutput::ReleaseAll),
            Right::Clipboard | Right::Files | Right::Recording | Right::Restart | Right::SystemInformation => {}
        }
        let seq = self.line.send_control(&ControlMessage::Ended { right, why }, now)?;
        if right == Right::Control {
            self.permissions.told_control_ended(seq);
        }
        context.event(SessionEvent::RightEnded { right });
        context.changed();
        Ok(())
    }

    /// Sends as much of the picture as the path takes, and asks for more once it has taken all.
    pub(super) fn pump(&mut self, context: &mut Context, now: Instant) -> Result<(), Over> {
        if let Some((state, _)) = self.pointer.take_if(|(_, due)| *due <= now) {
            self.tell_pointer(state, now)?;
        }
        let Some(view) = self.permissions.view(now) else { return Ok(()) };
        while self.line.has_room(self.picture.window())
            && let Some(piece) = self.picture.next_piece(now)
        {
            if let Some(record) = self.line.send_loose(Lane::Picture, &piece.payload, now)? {
                self.picture.sent(&piece, record, now);
            }
        }
        if let Some(want) = self.picture.want(self.line.is_drained()) {
            context.put(CustomerOutput::PictureWanted {
                view: view.clone(),
                budget_bytes: want.budget_bytes,
                fresh: want.fresh,
            });
        }
        Ok(())
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        let probe = self.picture.deadline().filter(|_| self.line.has_room(self.picture.window()));
        let pointer = self.pointer.map(|(_, due)| due);
        [self.line.deadline(), self.permissions.next_expiry(), probe, pointer].into_iter().flatten().min()
    }

    pub(super) fn stop_switch(&self) -> StopSwitch {
        self.permissions.stop_switch()
    }

    pub(super) fn stop(&mut self) {
        self.permissions.stop();
    }

    pub(super) fn session(&self, now: Instant) -> CustomerSession {
        CustomerSession {
            since: now.saturating_duration_since(self.since),
            allowed: self.permissions.allowed(),
            leases: self.permissions.leases(now),
            request: self.permissions.request(),
            path: self.line.path(),
            held: self.held,
            displays: self.displays.clone(),
            shared: self.shared,
            dropped_input: self.permissions.dropped_input(),
        }
    }
}

/// The operator's authenticated word that the session is over.
pub(super) const fn closed_by_operator(reason: EndReason, error: Option<ErrorCode>) -> Over {
    Over::Told(End { by: Party::Operator, reason, error })
}

/// The customer pressed Stop.
pub(super) const fn stopped() -> Over {
    Over::Here(End::new(Party::Customer, EndReason::Stopped))
}

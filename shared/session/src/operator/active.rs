//! The customer has said yes. Until the number matches nothing goes out; then the picture comes in and input goes out.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use beside_protocol::control::{ControlMessage, DisplayInfo, InputHold};
use beside_protocol::input::InputEvent;
use beside_protocol::limits::{REASON_MAX, WAIT_M5};
use beside_protocol::picture::Chunk;
use beside_protocol::record::Lane;
use beside_protocol::signalling::SessionEvent;
use beside_protocol::{DisplayId, End, ErrorCode, Party, Right};

use super::check::Checking;
use super::context::Context;
use super::standings::Standings;
use super::{OperatorAct, OperatorOutput, OperatorState};
use crate::error::SessionError;
use crate::line::{Line, LineEvent};
use crate::over::{Over, TIMED_OUT};
use crate::path_io::PathInput;
use crate::picture::PictureIn;

const MALFORMED: SessionError = SessionError::PeerMisbehaved(ErrorCode::MessageMalformed);
const UNEXPECTED: SessionError = SessionError::PeerMisbehaved(ErrorCode::MessageUnexpected);
/// Events in one record; even if each is a long text they fit.
const EVENTS_PER_RECORD: usize = 50;
/// Frames within the last second that are counted at most.
const FRAMES_COUNTED: usize = 240;

pub(super) struct Active {
    pub(super) line: Line,
    pub(super) check: Checking,
    /// When the number must have matched.
    check_until: Instant,
    lease_seconds: u32,
    /// Since when the picture may come.
    pub(super) since: Option<Instant>,
    picture: PictureIn,
    standings: Standings,
    /// Input was dropped: a key may be down at the customer's whose release was never sent.
    input_gap: bool,
    last_pointer: Option<u32>,
    /// When frames were applied, within the last second.
    frames: VecDeque<Instant>,
    held: Option<InputHold>,
    displays: Vec<DisplayInfo>,
    shared: Option<DisplayId>,
}

impl Active {
    pub(super) fn new(line: Line, check: Checking, lease_seconds: u32, now: Instant) -> Self {
        Self {
            line,
            check,
            check_until: now + WAIT_M5,
            lease_seconds,
            since: None,
            picture: PictureIn::new(),
            standings: Standings::new(),
            input_gap: false,
            last_pointer: None,
            frames: VecDeque::new(),
            held: None,
            displays: Vec::new(),
            shared: None,
        }
    }

    /// If the number matched, says so, which is the first word on the line; from then on the session runs.
    pub(super) fn begin_if_checked(&mut self, context: &mut Context, now: Instant) -> Result<(), Over> {
        if self.since.is_some() || !self.check.is_matched() {
            return Ok(());
        }
        self.since = Some(now);
        self.line.send_control(&ControlMessage::Checked, now)?;
        self.line.begin(now);
        self.picture.open();
        self.standings.granted(Right::View, self.lease_seconds, now);
        context.event(SessionEvent::Checked);
        context.changed();
        Ok(())
    }

    pub(super) fn path(&mut self, input: PathInput<'_>, context: &mut Context, now: Instant) -> Result<(), Over> {
        self.line.handle(input, now)?;
        self.take_events(context, now)
    }

    pub(super) fn advance(&mut self, context: &mut Context, now: Instant) -> Result<(), Over> {
        if self.since.is_none() && now >= self.check_until {
            return Err(TIMED_OUT);
        }
        self.line.advance(now)?;
        self.take_events(context, now)
    }

    fn take_events(&mut self, context: &mut Context, now: Instant) -> Result<(), Over> {
        while let Some(event) = self.line.next_event() {
            match event {
                LineEvent::Control(ControlMessage::Close { reason, error }) => {
                    return Err(Over::Told(End { by: Party::Customer, reason, error }));
                }
                // Before `checked` the customer's side has nothing to say.
                LineEvent::Control(_) | LineEvent::Picture(..) | LineEvent::Pointer(_) if self.since.is_none() => {
                    return Err(UNEXPECTED.into());
                }
                LineEvent::Control(message) => self.control(message, context, now)?,
                LineEvent::Picture(payload, record) => {
                    let chunk = Chunk::decode(&payload).map_err(|_| MALFORMED)?;
                    self.picture.piece(&chunk, record, now)?;
                }
                LineEvent::Pointer(state) => {
                    if self.last_pointer.is_none_or(|last| state.number > last) {
                        self.last_pointer = Some(state.number);
                        context.put(OperatorOutput::Pointer(state));
                    }
                }
                LineEvent::Input(_) => return Err(UNEXPECTED.into()),
                LineEvent::InputSkipped => {}
                LineEvent::Moved => {
                    if let Some(path) = self.line.path() {
                        let delay_ms = self.line.round_trip().map(|delay| delay.as_millis() as u32);
                        context.event(SessionEvent::Path { path, delay_ms });
                    }
                    context.changed();
                }
                LineEvent::Delay => {
                    if let Some(round_trip) = self.line.round_trip() {
                        self.picture.set_round_trip(round_trip);
                    }
                    context.changed();
                }
            }
        }
        Ok(())
    }

    fn control(&mut self, message: ControlMessage, context: &mut Context, now: Instant) -> Result<(), Over> {
        match message {
            ControlMessage::Granted { right, seconds } => {
                self.standings.granted(right, seconds, now);
                context.event(SessionEvent::Granted { right, seconds });
                if right == Right::View {
                    self.picture.open();
                }
            }
            ControlMessage::Denied { right } => self.standings.denied(right),
            ControlMessage::Ended { right, .. } => {
                self.standings.ended(right);
                if right == Right::View {
                    self.picture.close();
                }
            }
            ControlMessage::InputHeld { why } => self.held = why,
            ControlMessage::Displays { all, shared } => {
                self.displays = all;
                self.shared = Some(shared);
            }
            ControlMessage::Checked
            | ControlMessage::Ask { .. }
            | ControlMessage::GiveBack { .. }
            | ControlMessage::ShareDisplay { .. }
            | ControlMessage::Description { .. }
            | ControlMessage::Candidate { .. }
            | ControlMessage::Ping { .. }
            | ControlMessage::Pong { .. }
            | ControlMessage::Close { .. } => return Err(UNEXPECTED.into()),
        }
        context.changed();
        Ok(())
    }

    pub(super) fn act(&mut self, act: OperatorAct<'_>, context: &mut Context, now: Instant) -> Result<(), Over> {
        if self.since.is_none() {
            if self.check.act(act, &context.code)? {
                context.changed();
            }
            return self.begin_if_checked(context, now);
        }
        match act {
            OperatorAct::Ask { right, seconds, reason } if context.allowed.has(right) => {
                let reason = reason[..reason.floor_char_boundary(REASON_MAX)].to_owned();
                self.standings.asked(right);
                self.line.send_control(&ControlMessage::Ask { right, seconds, reason }, now)?;
                context.event(SessionEvent::Asked { right });
                context.changed();
            }
            OperatorAct::GiveBack(right) => {
                if self.standings.ended(right) {
                    if right == Right::View {
                        self.picture.close();
                    }
                    self.line.send_control(&ControlMessage::GiveBack { right }, now)?;
                    context.changed();
                }
            }
            OperatorAct::ShareDisplay(display) => {
                self.line.send_control(&ControlMessage::ShareDisplay { display }, now)?;
            }
            OperatorAct::Input(events) => self.input(events, now)?,
            OperatorAct::Ask { .. }
            | OperatorAct::TypeNumber(_)
            | OperatorAct::ConfirmNumber
            | OperatorAct::Leave(_) => {}
        }
        Ok(())
    }

    fn input(&mut self, events: &[InputEvent], now: Instant) -> Result<(), Over> {
        if !self.standings.is_on(Right::Control, now) || self.held.is_some() {
            return Ok(());
        }
        for events in events.chunks(EVENTS_PER_RECORD) {
            if self.input_gap {
                self.input_gap = !self.line.send_input(&[InputEvent::ReleaseAll], now)?;
            }
            self.input_gap |= !self.line.send_input(events, now)?;
        }
        Ok(())
    }

    pub(super) fn frame_applied(&mut self, frame: u32, now: Instant) {
        self.picture.applied(frame);
        self.frames.push_back(now);
        let old = |at: &mut Instant| now.saturating_duration_since(*at) >= Duration::from_secs(1);
        while self.frames.len() > FRAMES_COUNTED || self.frames.front_mut().is_some_and(old) {
            self.frames.pop_front();
        }
    }

    pub(super) const fn fresh_picture(&mut self) {
        self.picture.refresh();
    }

    /// Hands out whole frames and tells the customer's side what is missing.
    pub(super) fn pump(&mut self, context: &mut Context, now: Instant) -> Result<(), Over> {
        while let Some((frame, bytes)) = self.picture.next_frame() {
            context.put(OperatorOutput::Frame { frame, bytes });
        }
        while self.line.path().is_some()
            && let Some(feedback) = self.picture.next_feedback(now)
        {
            self.line.send_loose(Lane::Picture, &feedback.encode(), now)?;
        }
        Ok(())
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        let check = self.since.is_none().then_some(self.check_until);
        let asking = self.picture.deadline().filter(|_| self.line.path().is_some());
        [self.line.deadline(), check, asking].into_iter().flatten().min()
    }

    pub(super) fn show(&self, state: &mut OperatorState, now: Instant) {
        let lately = |at: &&Instant| now.saturating_duration_since(**at) < Duration::from_secs(1);
        state.since = self.since.map(|since| now.saturating_duration_since(since));
        state.rights = self.standings.seen(now);
        state.path = self.line.path();
        state.delay = self.line.round_trip();
        state.frames = self.frames.iter().filter(lately).count() as u32;
        state.held = self.held;
        state.displays.clone_from(&self.displays);
        state.shared = self.shared;
    }
}

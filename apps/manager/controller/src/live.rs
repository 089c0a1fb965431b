//! One session on the operator's side: its core, its relay path, and the thread that decodes its picture.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;
use std::time::Instant;

use beside_identity::UnixTime;
use beside_protocol::path::{Channel, PathKind};
use beside_protocol::signalling::FromOperator;
use beside_protocol::{End, ErrorCode, SessionId};
use beside_session::{
    Leave, Operator, OperatorAct, OperatorInput, OperatorOutput, OperatorState, PathInput, PathOutput,
};
use beside_transport::RelayState;
use beside_transport::clock::now;
use beside_transport::direct::{DirectEvent, DirectPaths};
use beside_transport::line::{LineSender, Relayed};
use tokio::sync::mpsc;

use crate::command::SessionCommand;
use crate::feed::Feed;
use crate::page_input::translate;
use crate::present::{millis, present};
use crate::view::{NotingView, RecentView, SessionView};

/// Frames that may wait for the decoder: the customer's side is at most two ahead.
const FRAMES: usize = 4;
/// Reports for the broker's log that may wait for the broker. Beyond that the oldest go: the end is the newest.
const UNSAID_MAX: usize = 256;
/// How long a requested right lasts, in seconds, as the request says; the customer's side has the last word.
const ASKED_SECONDS: u32 = 15 * 60;

/// What a session's decoder tells the desk.
#[derive(Debug)]
pub(crate) struct FromDecoder {
    /// The session.
    pub(crate) sid: SessionId,
    /// The frame that is in the framebuffer now, or why there will be none.
    pub(crate) applied: Result<u32, ErrorCode>,
}

/// What the desk knows of the customer.
#[derive(Debug, Clone)]
pub(crate) struct Guest {
    pub(crate) sid: SessionId,
    pub(crate) name: Option<String>,
    pub(crate) address: String,
}

/// A session from *Accept* until its screen is left.
pub(crate) struct Live {
    guest: Guest,
    started: UnixTime,
    operator: Operator,
    /// What the broker has to be told when it is back.
    unsaid: VecDeque<FromOperator>,
    relay: RelayState,
    direct: DirectPaths,
    feed: Arc<Feed>,
    decoder: SyncSender<(u32, Vec<u8>)>,
    last_path: Option<PathKind>,
    noting: NotingView,
    closed: bool,
}

impl Live {
    pub(crate) fn new(
        guest: Guest,
        started: UnixTime,
        operator: Operator,
        direct: DirectPaths,
        report: mpsc::Sender<FromDecoder>,
    ) -> Self {
        let feed = Arc::new(Feed::default());
        let decoder = start_decoder(guest.sid, Arc::clone(&feed), report);
        Self {
            guest,
            started,
            operator,
            unsaid: VecDeque::new(),
            relay: RelayState::default(),
            direct,
            feed,
            decoder,
            last_path: None,
            noting: NotingView::Open,
            closed: false,
        }
    }

    pub(crate) const fn sid(&self) -> SessionId {
        self.guest.sid
    }

    pub(crate) fn feed(&self) -> Arc<Feed> {
        Arc::clone(&self.feed)
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.operator.deadline()
    }

    pub(crate) fn advance(&mut self) {
        self.operator.advance(now());
    }

    /// Whether its screen was left, so that it can be forgotten.
    pub(crate) const fn is_closed(&self) -> bool {
        self.closed
    }

    pub(crate) fn set_name(&mut self, name: Option<String>) {
        self.guest.name = name;
    }

    pub(crate) fn view(&self) -> SessionView {
        let state = self.operator.state(now());
        let view = present(&state, self.guest.sid.to_text(), self.guest.name.clone(), self.guest.address.clone());
        // The end screen says what carried it last.
        let path = view.path.or(self.last_path.filter(|_| view.end.is_some()));
        SessionView { path, noting: self.noting, ..view }
    }

    /// The row of recent sessions, once it is over.
    pub(crate) fn recent(&self) -> Option<RecentView> {
        let OperatorState { end, lasted, .. } = self.operator.state(now());
        end.map(|end| RecentView {
            started: self.started.0,
            name: self.guest.name.clone(),
            end,
            lasted_ms: lasted.map(millis),
            path: self.last_path,
        })
    }

    pub(crate) fn command(&mut self, command: &SessionCommand) {
        let act = match command {
            SessionCommand::TypeNumber(number) => OperatorAct::TypeNumber(number),
            SessionCommand::ConfirmNumber => OperatorAct::ConfirmNumber,
            SessionCommand::Ask { right, reason } => OperatorAct::Ask { right: *right, seconds: ASKED_SECONDS, reason },
            SessionCommand::GiveBack(right) => OperatorAct::GiveBack(*right),
            SessionCommand::ShareDisplay(display) => OperatorAct::ShareDisplay(*display),
            SessionCommand::Input(reports) => {
                self.act(OperatorAct::Input(&translate(reports)));
                return;
            }
            SessionCommand::End => OperatorAct::Leave(Leave::Finished),
            // The desk says it to the broker.
            SessionCommand::Note(_) => return,
            SessionCommand::Close => {
                self.closed = self.operator.state(now()).end.is_some();
                return;
            }
        };
        self.act(act);
    }

    /// Whether what came of it may be said now: it is over, and nothing is on its way.
    pub(crate) fn begins_noting(&mut self) -> bool {
        let may = self.operator.state(now()).end.is_some() && self.noting != NotingView::Saving;
        if may {
            self.noting = NotingView::Saving;
        }
        may
    }

    /// The broker has the note, or doesn't.
    pub(crate) const fn noted(&mut self, noted: Result<(), ErrorCode>) {
        match noted {
            Ok(()) => self.closed = true,
            Err(error) => self.noting = NotingView::Failed { error },
        }
    }

    pub(crate) fn leave(&mut self, why: Leave) {
        self.act(OperatorAct::Leave(why));
    }

    pub(crate) fn ended_by_broker(&mut self, end: End) {
        self.handle(OperatorInput::EndedByBroker(end));
    }

    pub(crate) fn relay_message(&mut self, bytes: &[u8]) {
        if self.relay.is_up() {
            let path = self.relay.path();
            self.path(PathInput::Message { path, channel: Channel::Ordered, bytes });
        }
    }

    pub(crate) fn drained(&mut self, bytes: usize) {
        let path = self.relay.path();
        self.path(PathInput::Drained { path, bytes });
    }

    /// This app's own socket is lost, and the relay with it, or is back.
    pub(crate) fn socket(&mut self, present: bool) {
        self.handle(OperatorInput::Socket { present });
        // An end that was said to a socket that was dying may not have been heard; hearing it twice changes nothing.
        if let (true, Some(end)) = (present, self.operator.state(now()).end) {
            self.unsaid.push_back(FromOperator::End { sid: self.guest.sid, end });
        }
        if present { self.relay_is_back() } else { self.relay_is_gone() }
    }

    pub(crate) fn relay_is_gone(&mut self) {
        if let Some(news) = self.relay.gone() {
            self.path(news);
        }
    }

    pub(crate) fn relay_is_back(&mut self) {
        if let Some(news) = self.relay.back() {
            self.path(news);
        }
    }

    /// The next event of a WebRTC path; pends while there is none.
    pub(crate) async fn next_direct(&mut self) -> DirectEvent {
        self.direct.next().await
    }

    pub(crate) fn direct(&mut self, event: &DirectEvent) {
        self.path(event.as_input());
    }

    pub(crate) fn decoded(&mut self, applied: Result<u32, ErrorCode>) {
        self.handle(match applied {
            Ok(frame) => OperatorInput::FrameApplied { frame },
            Err(error) => OperatorInput::Failed(error),
        });
    }

    /// Does everything that the session wants done. Says whether the view may have changed.
    pub(crate) fn carry_out(&mut self, line: Option<&LineSender>) -> bool {
        let mut changed = false;
        if line.is_some() {
            for message in std::mem::take(&mut self.unsaid) {
                self.report(message, line);
            }
        }
        while let Some(output) = self.operator.poll_output() {
            match output {
                OperatorOutput::Path(output) => self.path_output(output, line),
                OperatorOutput::Signal(message) => self.report(message, line),
                OperatorOutput::Frame { frame, bytes } => {
                    if self.decoder.try_send((frame, bytes)).is_err() {
                        // The decoder has failed and said so, or the customer's side ignores the limit of two frames.
                        self.handle(OperatorInput::Failed(ErrorCode::PictureInvalid));
                    }
                }
                OperatorOutput::Pointer(state) => self.feed.point(state),
                OperatorOutput::Changed => changed = true,
                OperatorOutput::Ended(end) => {
                    tracing::info!(by = ?end.by, reason = ?end.reason, error = ?end.error, "the session ended");
                    self.feed.close();
                    changed = true;
                }
            }
        }
        let path = self.operator.state(now()).path;
        self.last_path = path.or(self.last_path);
        changed
    }

    /// Tells the broker, now or when it is back.
    fn report(&mut self, message: FromOperator, line: Option<&LineSender>) {
        if line.is_some_and(|line| line.say(&message).is_ok()) {
            return;
        }
        self.relay_is_gone();
        self.unsaid.push_back(message);
        if self.unsaid.len() > UNSAID_MAX {
            self.unsaid.pop_front();
        }
    }

    fn path_output(&mut self, output: PathOutput, line: Option<&LineSender>) {
        match output {
            PathOutput::Transmit { path, channel, bytes } if path == self.relay.path() => {
                match line.map(|line| line.relay(self.guest.sid, channel, &bytes)) {
                    Some(Ok(Relayed::Queued)) => {}
                    Some(Ok(Relayed::Lost)) | None => self.path(PathInput::Drained { path, bytes: bytes.len() }),
                    Some(Err(_)) => self.relay_is_gone(),
                }
            }
            PathOutput::Close { path } if path == self.relay.path() => self.relay_is_gone(),
            other @ (PathOutput::Transmit { .. }
            | PathOutput::Close { .. }
            | PathOutput::Gather { .. }
            | PathOutput::Description { .. }
            | PathOutput::Candidate { .. }) => self.direct.carry_out(other, self.operator.peer_fingerprint()),
        }
    }

    fn act(&mut self, act: OperatorAct<'_>) {
        self.handle(OperatorInput::Act(act));
    }

    fn path(&mut self, input: PathInput<'_>) {
        self.handle(OperatorInput::Path(input));
    }

    fn handle(&mut self, input: OperatorInput<'_>) {
        self.operator.handle(input, now());
    }
}

/// The thread that decodes frames; it ends with the session's `Live`.
fn start_decoder(sid: SessionId, feed: Arc<Feed>, report: mpsc::Sender<FromDecoder>) -> SyncSender<(u32, Vec<u8>)> {
    let (frames, inbox) = sync_channel::<(u32, Vec<u8>)>(FRAMES);
    thread::spawn(move || {
        for (frame, bytes) in inbox {
            let applied = feed.apply(frame, &bytes).map(|()| frame).map_err(|error| {
                tracing::warn!(%error, "the customer's side sent a picture that is none");
                ErrorCode::PictureInvalid
            });
            let failed = applied.is_err();
            if report.blocking_send(FromDecoder { sid, applied }).is_err() || failed {
                return;
            }
        }
    });
    frames
}

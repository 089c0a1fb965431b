//! One attempt, from the typed code to the end screen: the session's core, the link to the broker, and the two threads
//! of the desktop, joined by one loop that never waits for any of them.

use std::collections::VecDeque;
use std::sync::Arc;

use beside_protocol::afterwards::Rating;
use beside_protocol::limits::NAME_MAX;
use beside_protocol::path::Channel;
use beside_protocol::proof::Proof;
use beside_protocol::signalling::{FromCustomer, ToCustomer};
use beside_protocol::{AccessCode, DisplayId, End, EndReason, ErrorCode, Party, SessionId, Token};
use beside_session::{
    Customer, CustomerAct, CustomerConfig, CustomerInput, CustomerOutput, CustomerPhase, DesktopInput, PathInput,
    PathOutput,
};
use beside_transport::clock::{now, until};
use beside_transport::direct::{Certificate, DirectPaths};
use beside_transport::line::{Endpoint, LineSender, Relayed};
use beside_transport::link::{Link, LinkEvent};
use beside_transport::{Broker, RelayState, TransportError};
use getrandom::SysRng;
use rand_core::{Rng as _, UnwrapErr};
use tokio::sync::mpsc;

use crate::app::App;
use crate::command::Command;
use crate::guard::Guard;
use crate::hands::Hands;
use crate::opinion::{Answered, Opinion};
use crate::present::present;
use crate::proving::Proving;
use crate::screen::{FromDesktop, Screen, Wish};

/// What the desktop's threads may be ahead by: a frame, and the pointer.
const DESKTOP_QUEUE: usize = 16;

/// Reports for the broker's log that may wait for the broker. Beyond that the oldest go: the end is the newest.
const UNSAID_MAX: usize = 256;

/// How an attempt left the app.
pub(crate) enum Outcome {
    /// Back to the code, with what went wrong if anything did.
    AskCode(Option<ErrorCode>),
    /// The broker could not be reached at all.
    NoBroker(ErrorCode),
    /// The app is being closed.
    Quit,
}

/// One attempt.
pub(crate) struct Attempt<'a> {
    app: &'a mut App,
    sid: SessionId,
    customer: Customer,
    link: Link<ToCustomer>,
    line: Option<LineSender>,
    token: Option<Token>,
    proving: Proving,
    /// What the broker has to be told when it is back.
    unsaid: VecDeque<FromCustomer>,
    relay: RelayState,
    direct: DirectPaths,
    name: Option<String>,
    opinion: Opinion,
    code: AccessCode,
    counted: bool,
    shared: Option<DisplayId>,
    screen: Option<Screen>,
    guard: Option<Guard>,
    hands: Option<Hands>,
    desktop: (mpsc::Sender<FromDesktop>, mpsc::Receiver<FromDesktop>),
    outcome: Option<Outcome>,
}

impl<'a> Attempt<'a> {
    /// Runs an attempt to its end.
    pub(crate) async fn run(app: &'a mut App, broker: Broker, code: AccessCode, attempt: u8) -> Outcome {
        let stun = (broker.host.clone(), broker.port);
        let opinion = Opinion::new(broker.clone());
        let connecting = Link::connect(broker, Endpoint::Customer);
        let connected = tokio::select! {
            connected = connecting => connected,
            outcome = called_off(&mut app.commands) => return outcome,
        };
        let (link, line) = match connected {
            Ok(pair) => pair,
            Err(error) => return Outcome::NoBroker(error.code()),
        };
        let certificate = match Certificate::generate() {
            Ok(certificate) => certificate,
            Err(error) => return Outcome::AskCode(Some(error.code())),
        };
        let mut rng = UnwrapErr(SysRng);
        let mut sid = SessionId([0; 16]);
        rng.fill_bytes(&mut sid.0);
        let config = CustomerConfig {
            sid,
            code: code.clone(),
            device: app.device,
            organisation: app.organisation.clone(),
            newest_status: app.newest_status,
            time: beside_installation::wall_clock(),
            fingerprint: certificate.fingerprint(),
            capabilities: 0,
            attempt,
        };
        let customer = Customer::knock(config, Box::new(rng), now());
        let direct = DirectPaths::new(certificate, stun);
        let attempt = Attempt {
            app,
            sid,
            customer,
            link,
            line: Some(line),
            token: None,
            proving: Proving::default(),
            unsaid: VecDeque::new(),
            relay: RelayState::default(),
            direct,
            name: None,
            opinion,
            code,
            counted: false,
            shared: None,
            screen: None,
            guard: None,
            hands: None,
            desktop: mpsc::channel(DESKTOP_QUEUE),
            outcome: None,
        };
        attempt.drive().await
    }

    async fn drive(mut self) -> Outcome {
        loop {
            self.carry_out();
            if let Some(outcome) = self.outcome.take() {
                return outcome;
            }
            let deadline = self.customer.deadline();
            tokio::select! {
                biased;
                command = self.app.commands.recv() => self.command(command.unwrap_or(Command::Quit)),
                event = self.link.next() => self.heard_from_broker(event),
                event = self.direct.next() => self.path(event.as_input()),
                Some(news) = self.desktop.1.recv() => self.heard_from_desktop(news),
                proof = self.proving.finished() => self.proved(proof),
                answered = self.opinion.answered() => self.rated(answered),
                () = until(deadline) => self.customer.advance(now()),
            }
        }
    }

    fn handle(&mut self, input: CustomerInput<'_>) {
        self.customer.handle(input, now());
    }

    fn path(&mut self, input: PathInput<'_>) {
        self.handle(CustomerInput::Path(input));
    }

    fn command(&mut self, command: Command) {
        let phase = self.customer.state(now()).phase;
        let ended = matches!(phase, CustomerPhase::Ended { .. });
        match command {
            Command::Rate(rating) if matches!(phase, CustomerPhase::Ended { lasted: Some(_), .. }) => self.rate(rating),
            Command::Done if ended => self.outcome = Some(Outcome::AskCode(None)),
            Command::Quit => {
                self.handle(CustomerInput::Act(CustomerAct::Close));
                self.carry_out();
                self.outcome = Some(Outcome::Quit);
            }
            // The broker has not taken the knock, so there is nothing that could be called off there.
            Command::Cancel if self.proving.under_way() => self.outcome = Some(Outcome::AskCode(None)),
            Command::SetName(name) => self.set_name(name),
            Command::Cancel => self.handle(CustomerInput::Act(CustomerAct::Cancel)),
            Command::ContinueWho => self.handle(CustomerInput::Act(CustomerAct::ContinueWho)),
            Command::HaveRead => self.handle(CustomerInput::Act(CustomerAct::HaveRead)),
            Command::TypeNumber(number) => self.handle(CustomerInput::Act(CustomerAct::TypeNumber(&number))),
            Command::Answer { allow } => self.handle(CustomerInput::Act(CustomerAct::Answer { allow })),
            Command::AnswerRequest { right, allow } => {
                self.handle(CustomerInput::Act(CustomerAct::AnswerRequest { right, allow }));
            }
            Command::TurnOff(right) => self.handle(CustomerInput::Act(CustomerAct::TurnOff(right))),
            Command::Stop => self.handle(CustomerInput::Act(CustomerAct::Stop)),
            Command::Done
            | Command::Rate(_)
            | Command::SubmitBroker(_)
            | Command::SubmitCode(_)
            | Command::RenewDevice => {}
        }
    }

    fn set_name(&mut self, name: String) {
        let name = name.trim();
        let text = name[..name.floor_char_boundary(NAME_MAX)].trim_end().to_owned();
        self.name = (!text.is_empty()).then(|| text.clone());
        self.report(FromCustomer::Name { sid: self.sid, text });
        self.show();
    }

    fn rate(&mut self, rating: Rating) {
        if let Some(token) = self.token.clone() {
            self.opinion.say(rating, self.sid, token);
            self.show();
        }
    }

    fn rated(&mut self, answered: Answered) {
        if let Some(token) = self.token.clone() {
            self.opinion.heard(answered, self.sid, token);
            self.show();
        }
    }

    fn heard_from_broker(&mut self, event: LinkEvent<ToCustomer>) {
        match event {
            LinkEvent::Message(message) => self.message(message),
            LinkEvent::Relay { session, bytes } if session == self.sid && self.relay.is_up() => {
                let path = self.relay.path();
                self.path(PathInput::Message { path, channel: Channel::Ordered, bytes: &bytes });
            }
            LinkEvent::Drained { session, bytes } if session == self.sid => {
                let path = self.relay.path();
                self.path(PathInput::Drained { path, bytes });
            }
            LinkEvent::Relay { .. } | LinkEvent::Drained { .. } | LinkEvent::Delay(_) => {}
            LinkEvent::Up(line) => self.line_is_back(line),
            LinkEvent::Down(error) => self.line_is_lost(&error),
            LinkEvent::Over(error) => {
                self.line_is_lost(&error);
                if self.token.is_none() {
                    self.outcome = Some(Outcome::AskCode(Some(error.code())));
                }
            }
        }
    }

    fn proved(&mut self, proof: Result<Proof, TransportError>) {
        match proof {
            Ok(proof) => self.handle(CustomerInput::Proved(proof)),
            Err(error) => self.outcome = Some(Outcome::AskCode(Some(error.code()))),
        }
    }

    fn message(&mut self, message: ToCustomer) {
        match message {
            ToCustomer::Prove { challenge } if self.token.is_none() => {
                if let Err(error) = self.proving.begin(challenge) {
                    self.outcome = Some(Outcome::AskCode(Some(error)));
                }
            }
            ToCustomer::Waiting { token } => {
                self.token = Some(token);
                self.show();
            }
            ToCustomer::Refused { error } if self.token.is_none() => self.outcome = Some(Outcome::AskCode(Some(error))),
            ToCustomer::Refused { .. } => self.forgotten(),
            ToCustomer::Accepted { sid, m2 } if sid == self.sid => self.handle(CustomerInput::Accepted { m2: &m2.0 }),
            ToCustomer::End { sid, end } if sid == self.sid => self.handle(CustomerInput::EndedByBroker(end)),
            ToCustomer::Resumed { sid } if sid == self.sid => {
                for message in std::mem::take(&mut self.unsaid) {
                    self.report(message);
                }
                self.repeat_end();
                self.relay_is_back();
            }
            ToCustomer::Peer { sid, present: true } if sid == self.sid => self.relay_is_back(),
            ToCustomer::Peer { sid, present: false } if sid == self.sid => self.relay_is_gone(),
            // A broker that speaks of other sessions, or of a knock that it has taken, is ignored: this socket carries one.
            ToCustomer::Prove { .. }
            | ToCustomer::Accepted { .. }
            | ToCustomer::End { .. }
            | ToCustomer::Resumed { .. }
            | ToCustomer::Peer { .. } => {}
        }
    }

    /// An end that was said to a socket that was dying may not have been heard; hearing it twice changes nothing.
    fn repeat_end(&mut self) {
        if let CustomerPhase::Ended { end, .. } = self.customer.state(now()).phase {
            self.report(FromCustomer::End { sid: self.sid, end });
        }
    }

    /// The broker is back and knows nothing of this any more. A session goes on over the paths that it has; anything else
    /// can't.
    fn forgotten(&mut self) {
        // It closes this socket, and would refuse every other one.
        self.link.give_up();
        self.line = None;
        if !matches!(self.customer.state(now()).phase, CustomerPhase::Session(_)) {
            self.handle(CustomerInput::EndedByBroker(End::failed(
                Party::Broker,
                EndReason::Lost,
                ErrorCode::BrokerLost,
            )));
        }
    }

    fn line_is_lost(&mut self, error: &TransportError) {
        self.line = None;
        self.handle(CustomerInput::Socket { present: false });
        if self.token.is_none() {
            // The broker never took the knock, so there is nothing to come back to.
            self.outcome = Some(Outcome::AskCode(Some(error.code())));
        }
        self.relay_is_gone();
    }

    fn line_is_back(&mut self, line: LineSender) {
        self.line = Some(line);
        self.handle(CustomerInput::Socket { present: true });
        if let Some(token) = self.token.clone() {
            self.say(&FromCustomer::Resume { sid: self.sid, token });
        }
    }

    fn relay_is_gone(&mut self) {
        if let Some(news) = self.relay.gone() {
            self.path(news);
        }
    }

    fn relay_is_back(&mut self) {
        if self.line.is_some()
            && let Some(news) = self.relay.back()
        {
            self.path(news);
        }
    }

    fn heard_from_desktop(&mut self, news: FromDesktop) {
        let input = match news {
            FromDesktop::Picture { bytes, fresh } => DesktopInput::Picture { bytes, fresh },
            FromDesktop::Pointer(state) => DesktopInput::Pointer(state),
            FromDesktop::Failed(error) => DesktopInput::Failed(error),
            FromDesktop::Hold(why) => DesktopInput::Hold(why),
            FromDesktop::PauseView(pause) => {
                if let Some(screen) = &self.screen {
                    screen.pause(pause);
                }
                return;
            }
            FromDesktop::Resized => {
                self.tell_displays(self.shared);
                return;
            }
        };
        self.handle(CustomerInput::Desktop(input));
    }

    /// Does everything that the session wants done.
    fn carry_out(&mut self) {
        self.app.stop.put(self.customer.stop_switch());
        while let Some(output) = self.customer.poll_output() {
            match output {
                CustomerOutput::Path(output) => self.path_output(output),
                CustomerOutput::Signal(message) => self.report(message),
                CustomerOutput::Inject { grant, events } => {
                    let display = self.shared;
                    let Some(display) = display else { continue };
                    let (machine, report) = (self.app.machine.clone(), self.desktop.0.clone());
                    let hands =
                        self.hands.get_or_insert_with(|| Hands::start(move || machine.open_hands(display), report));
                    if hands.play(grant, events).is_err() {
                        self.handle(CustomerInput::Desktop(DesktopInput::Failed(ErrorCode::InputFailed)));
                    }
                }
                CustomerOutput::ReleaseAll => {
                    if let Some(hands) = &self.hands {
                        // A thread that is gone has let go of everything as its last act.
                        let _ = hands.release_all();
                    }
                }
                CustomerOutput::PictureWanted { view, budget_bytes, fresh } => {
                    self.wish(Wish { view, budget: budget_bytes, fresh });
                }
                CustomerOutput::PictureUnwanted => {
                    if let Some(screen) = &self.screen {
                        screen.unwish();
                    }
                }
                CustomerOutput::ShareDisplay(display) => {
                    self.screen = None;
                    self.guard = None;
                    self.hands = None;
                    self.tell_displays(Some(display));
                }
                CustomerOutput::Changed => self.show(),
                CustomerOutput::Ended(end) => {
                    tracing::info!(by = ?end.by, reason = ?end.reason, error = ?end.error, "the session ended");
                    self.screen = None;
                    self.guard = None;
                    self.hands = None;
                    self.show();
                }
            }
        }
    }

    fn path_output(&mut self, output: PathOutput) {
        match output {
            PathOutput::Transmit { path, channel, bytes } if path == self.relay.path() => {
                if !self.counted && bytes.first() == Some(&beside_protocol::handshake::M3) {
                    self.counted = true;
                    self.app.tries.used(&self.code);
                }
                let sent = self.line.as_ref().map(|line| line.relay(self.sid, channel, &bytes));
                match sent {
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
            | PathOutput::Candidate { .. }) => self.direct.carry_out(other, self.customer.peer_fingerprint()),
        }
    }

    fn wish(&mut self, wish: Wish) {
        if self.screen.is_none() {
            match self.open_screen() {
                Ok(screen) => self.screen = Some(screen),
                Err(error) => {
                    tracing::warn!(%error, "the screen can't be read");
                    self.handle(CustomerInput::Desktop(DesktopInput::Failed(error.code())));
                    return;
                }
            }
        }
        if let Some(screen) = &self.screen {
            screen.wish(wish);
        }
    }

    fn open_screen(&mut self) -> Result<Screen, beside_desktop::DesktopError> {
        if self.shared.is_none() {
            self.tell_displays(None);
        }
        let display = self.shared.unwrap_or(DisplayId(0));
        let (stop, pressed) = (self.app.stop.clone(), self.app.loopback.clone());
        let press = move || {
            stop.press();
            // A full queue means that Stop is in it already, or that it will be read in a moment anyway.
            let _ = pressed.try_send(Command::Stop);
        };
        let (machine, ui) = (&self.app.machine, Arc::clone(&self.app.ui));
        self.guard = Some(Guard::start(machine, ui, display, press, self.desktop.0.clone())?);
        Ok(Screen::start(self.app.machine.open_screen(display)?, self.desktop.0.clone()))
    }

    /// Tells the session which monitors there are; `wished` is shared if it is still there, else the main one.
    fn tell_displays(&mut self, wished: Option<DisplayId>) {
        match self.app.machine.displays() {
            Ok(displays) => {
                let shared = displays
                    .iter()
                    .find(|display| Some(display.id) == wished)
                    .or(displays.first())
                    .map_or(DisplayId(0), |display| display.id);
                self.shared = Some(shared);
                let all = displays.iter().map(beside_desktop::Display::info).collect();
                self.handle(CustomerInput::Desktop(DesktopInput::Displays { all, shared }));
            }
            Err(error) => self.handle(CustomerInput::Desktop(DesktopInput::Failed(error.code()))),
        }
    }

    /// Tells the broker, now or when it is back.
    fn report(&mut self, message: FromCustomer) {
        if !self.say(&message) {
            self.unsaid.push_back(message);
            if self.unsaid.len() > UNSAID_MAX {
                self.unsaid.pop_front();
            }
        }
    }

    /// Tells the broker, if it is there; says whether it is.
    fn say(&mut self, message: &FromCustomer) -> bool {
        let said = self.line.as_ref().is_some_and(|line| line.say(message).is_ok());
        if !said {
            self.relay_is_gone();
        }
        said
    }

    /// Before the broker has taken the knock, the code's own screen stays.
    fn show(&mut self) {
        let state = self.customer.state(now());
        if let Some(issued) = state.status_issued.filter(|issued| self.app.newest_status < Some(*issued)) {
            self.app.newest_status = Some(issued);
            beside_installation::remember_status(&self.app.data, issued);
        }
        if self.token.is_some() || matches!(state.phase, CustomerPhase::Ended { .. }) {
            self.app.show(present(&state, self.app.organisation_view(), self.name.clone(), self.opinion.view()));
        }
    }
}

/// Ends when the customer calls the attempt off while the broker is being reached.
async fn called_off(commands: &mut mpsc::Receiver<Command>) -> Outcome {
    loop {
        match commands.recv().await {
            None | Some(Command::Quit) => return Outcome::Quit,
            Some(Command::Cancel) => return Outcome::AskCode(None),
            Some(_) => {}
        }
    }
}

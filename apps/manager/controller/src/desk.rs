//! The desk: the operator is signed in, has a code, and customers knock.

use std::time::{Duration, Instant};

use beside_protocol::afterwards::Note;
use beside_protocol::limits::CODE_LIFE;
use beside_protocol::signalling::{FromOperator, ToOperator};
use beside_protocol::{AccessCode, End, ErrorCode, Party, SessionId, Token};
use beside_session::{Leave, Operator, OperatorConfig, Tries};
use beside_transport::Broker;
use beside_transport::api::Api;
use beside_transport::clock::{now, until};
use beside_transport::direct::{Certificate, DirectEvent, DirectPaths};
use beside_transport::line::LineSender;
use beside_transport::link::{Link, LinkEvent};
use futures_util::future::select_all;
use getrandom::SysRng;
use rand_core::UnwrapErr;
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::app::App;
use crate::command::{Command, SessionCommand};
use crate::credential::Proof;
use crate::live::{FromDecoder, Guest, Live};
use crate::present::millis;
use crate::view::{CodeView, DeskView, KnockView, ManagerView, RecentView};

/// Recent sessions on the desk.
const RECENT: usize = 20;
/// Knocks on the desk: one per code that is held; a broker that sends more is not believed.
const KNOCKS: usize = 32;
/// How long the app waits for the broker to hear that it is being left.
const GOODBYE: Duration = Duration::from_secs(2);
/// Decoded frames that may wait for the desk.
const DECODED: usize = 64;
/// Answers of the broker that may wait: each was asked for by a person.
const ANSWERS: usize = 16;

/// A sign-in that succeeded.
pub(crate) struct SignedInAs {
    pub(crate) broker: Broker,
    pub(crate) api: Api,
    pub(crate) token: Token,
    pub(crate) name: String,
    /// The signalling.
    pub(crate) link: (Link<ToOperator>, LineSender),
    /// What proves the operator to customers, or what is wrong with it.
    pub(crate) proof: Result<Proof, ErrorCode>,
}

/// Who sits at the desk.
struct AsWhom {
    broker: Broker,
    api: Api,
    token: Token,
    name: String,
    proof: Result<Proof, ErrorCode>,
}

/// How the desk was left.
pub(crate) enum Left {
    /// Nobody is signed in any more.
    SignedOut(Option<ErrorCode>),
    /// The app is being closed.
    Quit,
}

struct Knock {
    guest: Guest,
    m1: Vec<u8>,
    code: AccessCode,
    since: Instant,
    attempt: u8,
}

/// The desk.
pub(crate) struct Desk<'a> {
    app: &'a mut App,
    as_whom: AsWhom,
    link: Link<ToOperator>,
    line: Option<LineSender>,
    code: Option<(AccessCode, Instant)>,
    knocks: Vec<Knock>,
    tries: Tries,
    away: bool,
    delay: Option<Duration>,
    notice: Option<ErrorCode>,
    sessions: Vec<Live>,
    recent: Vec<RecentView>,
    decoded: (mpsc::Sender<FromDecoder>, mpsc::Receiver<FromDecoder>),
    /// What sessions can be tagged with.
    tags: Vec<String>,
    answers: (mpsc::Sender<Answer>, mpsc::Receiver<Answer>),
    left: Option<Left>,
}

/// What the broker answers to requests.
enum Answer {
    Tags(Vec<String>),
    Noted(SessionId, Note, Result<(), ErrorCode>),
}

impl<'a> Desk<'a> {
    /// Works until the operator signs out, is signed out, or closes the app.
    pub(crate) async fn run(app: &'a mut App, signed_in: SignedInAs) -> Left {
        let SignedInAs { broker, api, token, name, link: (link, line), proof } = signed_in;
        let desk = Desk {
            app,
            notice: proof.as_ref().err().copied(),
            as_whom: AsWhom { broker, api, token, name, proof },
            link,
            line: Some(line),
            code: None,
            knocks: Vec::new(),
            tries: Tries::default(),
            away: false,
            delay: None,
            sessions: Vec::new(),
            recent: Vec::new(),
            decoded: mpsc::channel(DECODED),
            tags: Vec::new(),
            answers: mpsc::channel(ANSWERS),
            left: None,
        };
        desk.drive().await
    }

    async fn drive(mut self) -> Left {
        self.ask_for_tags();
        self.show();
        loop {
            let deadline = self.sessions.iter().filter_map(Live::deadline).min();
            tokio::select! {
                biased;
                command = self.app.commands.recv() => self.command(command.unwrap_or(Command::Quit)),
                event = self.link.next() => self.heard_from_broker(event),
                (place, event) = next_direct(&mut self.sessions) => self.sessions[place].direct(&event),
                Some(news) = self.decoded.1.recv() => {
                    if let Some(live) = self.session(news.sid) {
                        live.decoded(news.applied);
                    }
                }
                Some(answer) = self.answers.1.recv() => self.answered(answer),
                () = until(deadline) => self.sessions.iter_mut().for_each(Live::advance),
            }
            self.carry_out();
            if let Some(left) = self.left.take() {
                self.say_goodbye().await;
                return left;
            }
        }
    }

    /// Lets the broker hear how the sessions ended, then that the sign-in is over. A broker that does not answer is not
    /// waited for: it ends the sign-in by itself when the socket does not come back.
    async fn say_goodbye(self) {
        let Self { link, line, as_whom, .. } = self;
        drop(line);
        let goodbye = async {
            link.close().await;
            let _ = as_whom.api.sign_out(&as_whom.token).await;
        };
        let _ = timeout(GOODBYE, goodbye).await;
    }

    fn command(&mut self, command: Command) {
        match command {
            Command::NewCode => self.say(&FromOperator::NewCode),
            Command::SetAway(away) => {
                self.away = away;
                self.say(&FromOperator::Away { away });
            }
            Command::Accept(sid) => self.accept(sid),
            Command::Decline(sid) if self.line.is_some() => {
                self.knocks.retain(|knock| knock.guest.sid != sid);
                self.say(&FromOperator::Decline { sid });
            }
            Command::InSession(sid, SessionCommand::Note(note)) => self.note(sid, note),
            Command::InSession(sid, command) => {
                if let Some(live) = self.session(sid) {
                    live.command(&command);
                }
            }
            Command::SignOut => {
                self.leave_all(Leave::SignedOut);
                self.left = Some(Left::SignedOut(None));
            }
            Command::Quit => {
                self.leave_all(Leave::Closed);
                self.left = Some(Left::Quit);
            }
            Command::Decline(_) | Command::SignIn { .. } | Command::AnswerSecondFactor(_) | Command::CancelSignIn => {}
        }
        self.show();
    }

    /// Without an answer the operator types tags.
    fn ask_for_tags(&self) {
        let (api, token, answers) = (self.as_whom.api.clone(), self.as_whom.token.clone(), self.answers.0.clone());
        tokio::spawn(async move {
            if let Ok(tags) = api.tags(&token).await {
                let _ = answers.send(Answer::Tags(tags.tags)).await;
            }
        });
    }

    fn note(&mut self, sid: SessionId, note: Note) {
        if !self.session(sid).is_some_and(Live::begins_noting) {
            return;
        }
        let (api, token, answers) = (self.as_whom.api.clone(), self.as_whom.token.clone(), self.answers.0.clone());
        tokio::spawn(async move {
            let noted = api.note(&token, sid, &note).await.map_err(|error| error.code());
            let _ = answers.send(Answer::Noted(sid, note, noted)).await;
        });
    }

    fn answered(&mut self, answer: Answer) {
        match answer {
            Answer::Tags(tags) => self.tags = tags,
            Answer::Noted(sid, note, noted) => {
                if noted.is_ok() {
                    let new = note.tags.into_iter().filter(|tag| !self.tags.contains(tag)).collect::<Vec<_>>();
                    self.tags.extend(new);
                }
                if let Some(live) = self.session(sid) {
                    live.noted(noted);
                }
            }
        }
        self.show();
    }

    fn leave_all(&mut self, why: Leave) {
        for live in &mut self.sessions {
            live.leave(why);
        }
        self.carry_out();
    }

    fn heard_from_broker(&mut self, event: LinkEvent<ToOperator>) {
        match event {
            LinkEvent::Message(message) => self.message(message),
            LinkEvent::Relay { session, bytes } => {
                if let Some(live) = self.session(session) {
                    live.relay_message(&bytes);
                }
                return;
            }
            LinkEvent::Drained { session, bytes } => {
                if let Some(live) = self.session(session) {
                    live.drained(bytes);
                }
                return;
            }
            LinkEvent::Delay(delay) => self.delay = Some(delay),
            LinkEvent::Up(line) => {
                self.line = Some(line);
                // The broker says it of itself what it still knows: the code, the knocks, and who is present.
                self.knocks.clear();
                if self.away {
                    self.say(&FromOperator::Away { away: true });
                }
                self.sessions.iter_mut().for_each(|live| live.socket(true));
            }
            LinkEvent::Down(_) => self.line_is_lost(),
            LinkEvent::Over(error) => {
                self.line_is_lost();
                // What a direct path still carries ends with a word, not in silence.
                self.leave_all(Leave::SignedOut);
                self.left = Some(Left::SignedOut(Some(error.code())));
            }
        }
        self.show();
    }

    fn line_is_lost(&mut self) {
        self.line = None;
        self.delay = None;
        self.code = None;
        self.sessions.iter_mut().for_each(|live| live.socket(false));
    }

    fn message(&mut self, message: ToOperator) {
        match message {
            ToOperator::Code { code, life_ms } => {
                self.code = Some((code, now() + Duration::from_millis(life_ms).min(CODE_LIFE)));
            }
            ToOperator::CodeGone => self.code = None,
            ToOperator::Knock { sid, m1, code, address, since_ms, attempt } => {
                if self.knocks.len() < KNOCKS && self.knocks.iter().all(|knock| knock.guest.sid != sid) {
                    let since = now().checked_sub(Duration::from_millis(since_ms)).unwrap_or_else(now);
                    let guest = Guest { sid, name: None, address };
                    self.knocks.push(Knock { guest, m1: m1.0, code, since, attempt });
                }
            }
            ToOperator::Name { sid, text } => {
                let name = (!text.is_empty()).then_some(text);
                if let Some(knock) = self.knocks.iter_mut().find(|knock| knock.guest.sid == sid) {
                    knock.guest.name = name;
                } else if let Some(live) = self.session(sid) {
                    live.set_name(name);
                }
            }
            ToOperator::End { sid, end } => self.ended(sid, end),
            ToOperator::Peer { sid, present } => {
                if let Some(live) = self.session(sid) {
                    if present { live.relay_is_back() } else { live.relay_is_gone() }
                }
            }
            ToOperator::SignedOut { error } => {
                self.leave_all(Leave::SignedOut);
                self.left = Some(Left::SignedOut(Some(error)));
            }
        }
    }

    fn ended(&mut self, sid: SessionId, end: End) {
        self.knocks.retain(|knock| knock.guest.sid != sid);
        if let Some(live) = self.session(sid) {
            live.ended_by_broker(end);
        }
    }

    fn accept(&mut self, sid: SessionId) {
        // Without the broker nobody would hear of it; the knock stays until there is one.
        if self.line.is_none() {
            return;
        }
        let Some(place) = self.knocks.iter().position(|knock| knock.guest.sid == sid) else { return };
        let knock = self.knocks.remove(place);
        if let Err(error) = self.try_accept(knock) {
            self.notice = Some(error);
            self.say(&FromOperator::Decline { sid });
        }
    }

    fn try_accept(&mut self, knock: Knock) -> Result<(), ErrorCode> {
        let started = beside_installation::wall_clock();
        // The apps count, not the broker: its own number only adds to ours.
        let attempt = self.tries.next(&knock.code).ok_or(ErrorCode::CodeWornOut)?.max(knock.attempt);
        let proof = match &self.as_whom.proof {
            Ok(proof) => {
                proof.check(started)?;
                Some(proof)
            }
            Err(_) => None,
        };
        let certificate = Certificate::generate().map_err(|error| error.code())?;
        let config = OperatorConfig {
            credential: proof.map(Proof::credential),
            code: knock.code.clone(),
            fingerprint: certificate.fingerprint(),
            capabilities: 0,
            attempt,
        };
        let operator = Operator::accept(config, &knock.m1, Box::new(UnwrapErr(SysRng)), now())
            .map_err(|error| error.end(Party::Operator).error.unwrap_or(ErrorCode::HandshakeFailed))?;
        self.tries.used(&knock.code);
        let broker = &self.as_whom.broker;
        let direct = DirectPaths::new(certificate, (broker.host.clone(), broker.port));
        let live = Live::new(knock.guest, started, operator, direct, self.decoded.0.clone());
        self.app.feeds.put(live.sid(), live.feed());
        self.sessions.push(live);
        Ok(())
    }

    /// Does what the sessions want done, forgets those whose screens were left, and shows what changed.
    fn carry_out(&mut self) {
        let mut changed = false;
        for live in &mut self.sessions {
            changed |= live.carry_out(self.line.as_ref());
        }
        for place in (0..self.sessions.len()).rev() {
            if self.sessions[place].is_closed() {
                let live = self.sessions.remove(place);
                self.app.feeds.remove(live.sid());
                self.recent.splice(0..0, live.recent());
                self.recent.truncate(RECENT);
                changed = true;
            }
        }
        if changed {
            self.show();
        }
    }

    fn session(&mut self, sid: SessionId) -> Option<&mut Live> {
        self.sessions.iter_mut().find(|live| live.sid() == sid)
    }

    fn say(&mut self, message: &FromOperator) {
        if self.line.as_ref().is_some_and(|line| line.say(message).is_err()) {
            self.line_is_lost();
        }
    }

    fn show(&self) {
        if self.left.is_some() {
            return;
        }
        let at = now();
        let code = self.code.as_ref().map(|(code, dies)| CodeView {
            code: code.reveal().to_owned(),
            left_ms: millis(dies.saturating_duration_since(at)),
            life_ms: millis(CODE_LIFE),
        });
        let knocks = self.knocks.iter().map(|knock| KnockView {
            sid: knock.guest.sid.to_text(),
            name: knock.guest.name.clone(),
            address: knock.guest.address.clone(),
            since_ms: millis(at.saturating_duration_since(knock.since)),
            attempt: knock.attempt,
        });
        let desk = DeskView {
            operator: self.as_whom.name.clone(),
            code,
            knocks: knocks.collect(),
            away: self.away,
            connected: self.line.is_some(),
            delay_ms: self.delay.map(millis),
            notice: self.notice,
            recent: self.recent.clone(),
            tags: self.tags.clone(),
        };
        self.app.show(ManagerView::Work { desk, sessions: self.sessions.iter().map(Live::view).collect() });
    }
}

/// The next event of any session's WebRTC paths, and which session's.
async fn next_direct(sessions: &mut [Live]) -> (usize, DirectEvent) {
    let mut waits = Vec::with_capacity(sessions.len());
    for (place, live) in sessions.iter_mut().enumerate() {
        waits.push(Box::pin(async move { (place, live.next_direct().await) }));
    }
    if waits.is_empty() {
        return std::future::pending().await;
    }
    select_all(waits).await.0
}

//! The world: its clock, its two peers, and everything that passes between them.

mod wants;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use beside_protocol::path::PathKind;
use beside_protocol::signalling::SessionEvent;
use beside_protocol::{AccessCode, End, PathId, SessionId};
use beside_screen::Framebuffer;
use beside_session::{
    Customer, CustomerConfig, CustomerInput, DesktopInput, FIRST_RELAY, Operator, OperatorConfig, OperatorInput,
    PathInput, relay_path,
};

use crate::clock::origin;
use crate::desktop::Desktop;
use crate::network::{Arrival, Fate, Network};
use crate::painting::Painting;
use crate::random::Seeded;
use crate::setup::Setup;
use crate::viewer::Viewer;

/// Steps at one moment after which nothing will ever change.
const STEPS_MAX: u32 = 100_000;

/// One of the two sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peer {
    /// The customer's app.
    Customer,
    /// The operator's app.
    Operator,
}

impl Peer {
    pub(crate) const fn index(self) -> usize {
        self as usize
    }

    /// The other one.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Customer => Self::Operator,
            Self::Operator => Self::Customer,
        }
    }

    /// SHA-256 of this side's DTLS certificate.
    #[must_use]
    pub const fn fingerprint(self) -> [u8; 32] {
        match self {
            Self::Customer => [0xc5; 32],
            Self::Operator => [0x0b; 32],
        }
    }
}

/// The world.
pub struct World {
    /// Virtual time.
    pub now: Instant,
    start: Instant,
    /// How it began.
    pub setup: Setup,
    /// The code that the customer typed.
    pub code: AccessCode,
    /// The customer's side.
    pub customer: Customer,
    /// The operator's side, once it has accepted.
    pub operator: Option<Operator>,
    /// M1 as it reached the operator.
    pub knock: Option<Vec<u8>>,
    /// The wires.
    pub network: Network,
    /// The broker is there: signalling and relay work.
    pub broker: bool,
    /// The customer's desktop.
    pub desktop: Desktop,
    /// The operator's viewer.
    pub viewer: Viewer,
    /// What the apps reported, with who did.
    pub reports: Vec<(Peer, SessionEvent)>,
    /// What reaches the operator's end while no operator's app is there: for a peer made by hand.
    pub mailbox: Vec<(PathId, Vec<u8>)>,
    /// How each side says that it ended.
    pub ends: [Option<End>; 2],
    /// How often the broker has dropped a reader that was too slow.
    pub overruns: u32,
    relay_breaks: u32,
    rng: Seeded,
    /// Signals on their way.
    signals: Vec<(Instant, Signal)>,
    described: BTreeSet<PathId>,
}

enum Signal {
    Knock(Vec<u8>),
    Accepted(Vec<u8>),
    Ended(Peer, End),
}

impl World {
    /// A customer has typed the code and knocks.
    #[must_use]
    pub fn new(setup: Setup) -> Self {
        let start = origin();
        let mut rng = Seeded::new(setup.seed);
        let mut sid = [0; 16];
        for chunk in sid.chunks_mut(8) {
            chunk.copy_from_slice(&rng.next().to_be_bytes());
        }
        let code = AccessCode::from_number(rng.next());
        let config = CustomerConfig {
            sid: SessionId(sid),
            code: code.clone(),
            device: None,
            organisation: setup.org_json.then(|| setup.trust.organisation.clone()),
            newest_status: setup.newest_status,
            time: setup.client_time,
            fingerprint: Peer::Customer.fingerprint(),
            capabilities: 0,
            attempt: setup.attempt,
        };
        let customer = Customer::knock(config, Box::new(rng.branch()), start);
        let mut network = Network::new(rng.branch());
        network.connect([FIRST_RELAY, FIRST_RELAY], PathKind::Relay, setup.relay, start);
        if let Some(line) = setup.operator_line {
            network.put_broker_between(line);
        }
        let desktop = Desktop::new(setup.frame_bytes, setup.painted.then(Painting::new));
        let viewer = Viewer { framebuffer: setup.painted.then(Framebuffer::new), ..Viewer::default() };
        let mut world = Self {
            now: start,
            start,
            setup,
            code,
            customer,
            operator: None,
            knock: None,
            network,
            broker: true,
            desktop,
            viewer,
            reports: Vec::new(),
            mailbox: Vec::new(),
            ends: [None, None],
            overruns: 0,
            relay_breaks: 0,
            rng,
            signals: Vec::new(),
            described: BTreeSet::new(),
        };
        world.settle();
        world
    }

    /// Time since the knock.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.now - self.start
    }

    /// How a side ended, if it did.
    #[must_use]
    pub const fn end(&self, peer: Peer) -> Option<End> {
        self.ends[peer.index()]
    }

    /// Whether the viewer shows the very pixels of the desktop, where it paints some.
    #[must_use]
    pub fn sees_every_pixel(&self) -> bool {
        let painting = self.desktop.painting.as_ref().zip(self.viewer.framebuffer.as_ref());
        painting.is_some_and(|(painting, framebuffer)| painting.is_shown(self.desktop.screen, framebuffer))
    }

    /// Whether a side has reported this.
    #[must_use]
    pub fn reported(&self, peer: Peer, event: SessionEvent) -> bool {
        self.reports.contains(&(peer, event))
    }

    /// The operator presses *Accept*. If M1 was altered on the way so that it is none, nothing comes of it.
    pub fn accept(&mut self) {
        let m1 = self.knock.clone().expect("somebody knocks");
        let config = OperatorConfig {
            credential: self.setup.certified.then(|| self.setup.trust.credential()),
            code: self.code.clone(),
            fingerprint: Peer::Operator.fingerprint(),
            capabilities: 0,
            attempt: self.setup.attempt,
        };
        let rng = Box::new(self.rng.branch());
        self.operator = Operator::accept(config, &m1, rng, self.now).ok();
        self.settle();
    }

    /// Something happens to the customer's side.
    pub fn to_customer(&mut self, input: CustomerInput<'_>) {
        self.customer.handle(input, self.now);
        self.settle();
    }

    /// Something happens to the operator's side.
    pub fn to_operator(&mut self, input: OperatorInput<'_>) {
        if let Some(operator) = &mut self.operator {
            operator.handle(input, self.now);
        }
        self.settle();
    }

    fn path_input(&mut self, peer: Peer, input: PathInput<'_>) {
        match peer {
            Peer::Customer => self.customer.handle(CustomerInput::Path(input), self.now),
            Peer::Operator => {
                if let Some(operator) = &mut self.operator {
                    operator.handle(OperatorInput::Path(input), self.now);
                } else if let PathInput::Message { path, bytes, .. } = input {
                    self.mailbox.push((path, bytes.to_vec()));
                }
            }
        }
    }

    /// The screen changes.
    pub fn change_screen(&mut self) {
        self.desktop.screen += 1;
        self.settle();
    }

    /// The broker passes on an acceptance, whoever made it.
    pub fn pass_m2(&mut self, m2: Vec<u8>) {
        self.signal(Signal::Accepted(m2));
    }

    /// The broker tells a side that it is over.
    pub fn broker_ends(&mut self, peer: Peer, end: End) {
        self.signal(Signal::Ended(peer, end));
    }

    /// The viewer wakes, if it slept, and acknowledges what it has.
    pub fn wake_viewer(&mut self) {
        self.viewer.asleep = false;
        for frame in std::mem::take(&mut self.viewer.waiting) {
            self.to_operator(OperatorInput::FrameApplied { frame });
        }
    }

    /// The signalling sockets, and with them the relay, are gone. Whoever notices is told.
    pub fn lose_relay(&mut self) {
        self.broker = false;
        self.sockets(false);
        self.signals.clear();
        for ends in self.network.wires_of(PathKind::Relay) {
            self.drop_wire(Peer::Customer, ends[0]);
        }
    }

    fn sockets(&mut self, present: bool) {
        self.customer.handle(CustomerInput::Socket { present }, self.now);
        if let Some(operator) = &mut self.operator {
            operator.handle(OperatorInput::Socket { present }, self.now);
        }
    }

    /// The signalling sockets are back, and carry a new path.
    pub fn restore_relay(&mut self) {
        self.broker = true;
        self.sockets(true);
        self.relay_breaks += 1;
        let path = relay_path(self.relay_breaks);
        self.join([path, path], PathKind::Relay, self.setup.relay);
    }

    /// Takes a WebRTC wire, or all of them, away; both transports notice.
    pub fn lose_direct(&mut self) {
        for ends in self.network.wires_of(PathKind::DirectUdp) {
            self.drop_wire(Peer::Customer, ends[0]);
        }
    }

    fn drop_wire(&mut self, peer: Peer, path: PathId) {
        if let Some(other) = self.network.disconnect(peer, path) {
            self.path_input(peer, PathInput::Down { path });
            self.path_input(peer.other(), PathInput::Down { path: other });
        }
        self.settle();
    }

    fn join(&mut self, ends: [PathId; 2], kind: PathKind, profile: crate::Profile) {
        self.network.connect(ends, kind, profile, self.now);
        if let Some(line) = self.setup.operator_line.filter(|_| kind == PathKind::Relay) {
            self.network.put_broker_between(line);
        }
        self.path_input(Peer::Customer, PathInput::Up { path: ends[0], kind });
        self.path_input(Peer::Operator, PathInput::Up { path: ends[1], kind });
        self.settle();
    }

    /// Lets so much time pass.
    pub fn run_for(&mut self, duration: Duration) {
        let end = self.now + duration;
        self.run(end, |_| false);
    }

    /// Lets time pass until something is true.
    ///
    /// # Panics
    /// It does not become true within `limit`.
    pub fn run_until(&mut self, what: &str, limit: Duration, done: impl FnMut(&Self) -> bool) {
        let end = self.now + limit;
        let came = self.run(end, done);
        assert!(came, "not within {limit:?}: {what}\n{:?}", self.ends);
    }

    fn run(&mut self, end: Instant, mut done: impl FnMut(&Self) -> bool) -> bool {
        let mut steps = 0;
        loop {
            if done(self) {
                return true;
            }
            let next = self.next_moment();
            let Some(next) = next.filter(|next| *next <= end) else {
                self.now = end;
                return false;
            };
            steps = if next > self.now { 0 } else { steps + 1 };
            assert!(steps < STEPS_MAX, "time stands still");
            self.now = self.now.max(next);
            self.step();
        }
    }

    fn next_moment(&self) -> Option<Instant> {
        let operator = self.operator.as_ref().and_then(Operator::deadline);
        let signal = self.signals.iter().map(|(at, _)| *at).min();
        [self.customer.deadline(), operator, self.network.next_arrival(), signal].into_iter().flatten().min()
    }

    /// One thing happens.
    fn step(&mut self) {
        let now = self.now;
        if let Some(place) = self.signals.iter().position(|(at, _)| *at <= now) {
            let (_, signal) = self.signals.remove(place);
            self.signal_arrives(signal);
        } else if let Some(arrival) = self.network.take_due(now) {
            self.arrives(arrival);
        } else {
            self.customer.advance(now);
            if let Some(operator) = &mut self.operator {
                operator.advance(now);
            }
        }
        self.settle();
    }

    fn arrives(&mut self, arrival: Arrival) {
        match arrival {
            Arrival::Message { to, path, channel, bytes } if self.network.has(to, path) => {
                self.path_input(to, PathInput::Message { path, channel, bytes: &bytes });
            }
            Arrival::Drained { to, path, bytes } if self.network.has(to, path) => {
                self.path_input(to, PathInput::Drained { path, bytes });
            }
            Arrival::Closed { to, path } => {
                if self.network.disconnect(to, path).is_some() {
                    self.path_input(to, PathInput::Down { path });
                }
            }
            Arrival::Overrun { to, path } if self.network.has(to, path) => {
                self.overruns += 1;
                self.lose_relay();
                self.restore_relay();
            }
            Arrival::Message { .. } | Arrival::Drained { .. } | Arrival::Overrun { .. } => {}
        }
    }

    fn signal_arrives(&mut self, signal: Signal) {
        match signal {
            Signal::Knock(m1) => self.knock = self.through_broker(Peer::Customer, m1),
            Signal::Accepted(m2) => {
                if let Some(m2) = self.through_broker(Peer::Operator, m2) {
                    self.customer.handle(CustomerInput::Accepted { m2: &m2 }, self.now);
                }
            }
            Signal::Ended(Peer::Customer, end) => self.customer.handle(CustomerInput::EndedByBroker(end), self.now),
            Signal::Ended(Peer::Operator, end) => {
                if let Some(operator) = &mut self.operator {
                    operator.handle(OperatorInput::EndedByBroker(end), self.now);
                }
            }
        }
    }

    fn signal(&mut self, signal: Signal) {
        if self.broker {
            self.signals.push((self.now + 2 * self.setup.relay.delay, signal));
        }
    }

    /// M1 and M2 pass the broker in words; whoever sits on the wires may change them all the same.
    fn through_broker(&mut self, from: Peer, mut bytes: Vec<u8>) -> Option<Vec<u8>> {
        let fate = self.network.tamper.as_mut().map_or(Fate::Pass, |tamper| tamper(from, FIRST_RELAY, &mut bytes));
        (fate != Fate::Drop).then_some(bytes)
    }

    /// Takes what both sides want done until neither wants anything.
    fn settle(&mut self) {
        loop {
            if let Some(output) = self.customer.poll_output() {
                self.customer_wants(output);
            } else if let Some(output) = self.operator.as_mut().and_then(Operator::poll_output) {
                self.operator_wants(output);
            } else if let Some((bytes, fresh)) = self.desktop.encode(self.now) {
                let input = CustomerInput::Desktop(DesktopInput::Picture { bytes, fresh });
                self.customer.handle(input, self.now);
            } else {
                return;
            }
        }
    }
}

impl Drop for World {
    /// Whatever a test fails at in this world, the seed brings it back.
    fn drop(&mut self) {
        if std::thread::panicking() {
            #[expect(clippy::print_stderr, reason = "it is shown with the failed test's own words")]
            {
                eprintln!("seed {}, {:?} after the knock", self.setup.seed, self.elapsed());
            }
        }
    }
}

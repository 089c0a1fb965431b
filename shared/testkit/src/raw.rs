//! Peers made by hand from the crypto crate alone, which break whatever rule a test wants broken.

use std::time::Instant;

use beside_crypto::attach::{AttachAnswered, ResumeFrom};
use beside_crypto::{
    CustomerKnock, CustomerTrust, CustomerVerified, OperatorAccepted, OperatorCredential, OperatorShaken, SessionLanes,
    Verdict,
};
use beside_protocol::control::ControlMessage;
use beside_protocol::handshake::CAP_NO_ORGANISATION;
use beside_protocol::path::Channel;
use beside_protocol::record::{Lane, RecordHeader};
use beside_protocol::signalling::{FromOperator, SessionEvent};
use beside_protocol::{AccessCode, Rights, SessionId};
use beside_session::{
    CustomerAct, FIRST_RELAY, Operator, OperatorAct, OperatorConfig, OperatorInput, OperatorOutput, PathInput,
    PathOutput,
};

use crate::clock::origin;
use crate::random::Seeded;
use crate::trust::TODAY;
use crate::world::{Peer, World};

/// An operator's end made by hand, in a [`World`] whose operator's app is not there.
pub struct RawOperator {
    rng: Seeded,
    shaken: Option<OperatorShaken>,
    /// The sealed lanes, once the customer said yes.
    pub lanes: Option<SessionLanes>,
}

impl RawOperator {
    /// Accepts the knock with this credential and goes on to "Who is this?" at the customer's.
    ///
    /// # Panics
    /// The customer does not play along.
    pub fn shake_hands(world: &mut World, credential: Option<OperatorCredential>) -> Self {
        let mut raw = Self { rng: Seeded::new(world.setup.seed ^ 0xbad), shaken: None, lanes: None };
        world.run_for(world.setup.relay.delay * 4);
        let m1 = world.knock.clone().expect("somebody knocks");
        let accepted = OperatorAccepted::new(&mut raw.rng, &m1, Peer::Operator.fingerprint(), 0, credential);
        let accepted = accepted.expect("M1 is in order");
        world.pass_m2(accepted.m2().to_vec());
        world.run_for(world.setup.relay.delay * 8);
        let shaken = accepted.receive_m3(&raw.take(world)).expect("M3 is in order");
        raw.send_bytes(world, shaken.m4().to_vec());
        raw.shaken = Some(shaken);
        raw
    }

    /// Goes on until the customer has said yes; `checked` says whether the number is said to have matched.
    ///
    /// # Panics
    /// The customer does not play along.
    pub fn session(world: &mut World, checked: bool) -> Self {
        let credential = world.setup.trust.credential();
        let mut raw = Self::shake_hands(world, Some(credential));
        world.read();
        world.customer_does(CustomerAct::ContinueWho);
        world.read();
        world.customer_does(CustomerAct::HaveRead);
        world.allow();
        world.run_for(world.setup.relay.delay * 4);
        let m5 = raw.take(world);
        let (_, keys) = raw.shaken.take().expect("hands are shaken").receive_m5(&m5).expect("M5 is in order");
        raw.lanes = Some(keys.expect("the customer said yes").into_lanes(world.now));
        if checked {
            world.reports.push((Peer::Operator, SessionEvent::Checked));
            raw.say(world, &ControlMessage::Checked);
        }
        raw
    }

    /// The next message of the customer.
    ///
    /// # Panics
    /// There is none.
    pub fn take(&mut self, world: &mut World) -> Vec<u8> {
        world.mailbox.remove(0).1
    }

    /// Puts any bytes on the relay, and lets them arrive.
    pub fn send_bytes(&mut self, world: &mut World, bytes: Vec<u8>) {
        world.network.inject(Peer::Operator, FIRST_RELAY, bytes, world.now);
        world.run_for(world.setup.relay.delay * 3);
    }

    /// Seals a payload.
    ///
    /// # Panics
    /// There is no session yet.
    pub fn seal(&mut self, world: &World, lane: Lane, payload: &[u8]) -> Vec<u8> {
        let lanes = self.lanes.as_mut().expect("a session");
        lanes.sealers.lane(lane).expect("an operator's lane").seal(world.now, payload).expect("short enough")
    }

    /// Sends a record.
    pub fn send(&mut self, world: &mut World, lane: Lane, payload: &[u8]) {
        let record = self.seal(world, lane, payload);
        self.send_bytes(world, record);
    }

    /// Acknowledges everything that came on lane 0.
    ///
    /// # Panics
    /// The customer's side made a record that does not open.
    pub fn acknowledge(&mut self, world: &mut World) {
        let lanes = self.lanes.as_mut().expect("a session");
        let opener = lanes.openers.lane(Lane::Control).expect("both sides have it");
        for (_, bytes) in world.mailbox.drain(..) {
            if let Ok((header, aad, sealed)) = RecordHeader::decode(&bytes)
                && header.lane == Lane::Control
            {
                opener.open(world.now, header, aad, sealed).expect("an honest record");
            }
        }
        let next = opener.expected().to_be_bytes();
        self.send(world, Lane::Ack, &[&[Lane::Control as u8][..], &next[..]].concat());
    }

    /// A2 to this A1.
    ///
    /// # Panics
    /// A1 is not one.
    #[must_use]
    pub fn answer_attach(&self, a1: &[u8], from: ResumeFrom) -> Vec<u8> {
        let keys = &self.lanes.as_ref().expect("a session").attach;
        let answered = AttachAnswered::new(&mut self.rng.clone(), keys, a1, from).expect("A1 is in order");
        answered.a2().to_vec()
    }

    /// Sends a control message.
    pub fn say(&mut self, world: &mut World, message: &ControlMessage) {
        let payload = serde_json::to_vec(message).expect("a message");
        self.send(world, Lane::Control, &payload);
    }
}

/// A customer's end made by hand, face to face with an operator's app.
pub struct RawCustomer {
    /// The moment.
    pub now: Instant,
    /// The operator's app.
    pub operator: Operator,
    /// Knows M4, until it has answered.
    pub verified: Option<CustomerVerified>,
    /// The sealed lanes, once it said yes.
    pub lanes: Option<SessionLanes>,
    /// M3 as sent.
    pub m3: Vec<u8>,
    /// What the operator's app wanted done and nobody has looked at.
    pub outputs: Vec<OperatorOutput>,
}

impl RawCustomer {
    /// An operator's app that has accepted this knock and been sent M3 as `spoil` leaves it.
    ///
    /// # Panics
    /// The handshake itself fails before M3.
    pub fn reveal(seed: u64, spoil: impl FnOnce(&mut Vec<u8>)) -> Self {
        let mut rng = Seeded::new(seed);
        let now = origin();
        let sid = SessionId([7; 16]);
        let knock = CustomerKnock::new(&mut rng, sid, Peer::Customer.fingerprint(), CAP_NO_ORGANISATION);
        let config = OperatorConfig {
            credential: None,
            code: AccessCode::from_number(1),
            fingerprint: Peer::Operator.fingerprint(),
            capabilities: 0,
            attempt: 1,
        };
        let operator = Operator::accept(config, knock.m1(), Box::new(rng.branch()), now).expect("M1 is in order");
        let mut raw = Self { now, operator, verified: None, lanes: None, m3: Vec::new(), outputs: Vec::new() };
        raw.drain();
        let Some(OperatorOutput::Signal(FromOperator::Accept { m2, .. })) = raw.outputs.first() else {
            panic!("the acceptance comes first")
        };
        let revealed = knock.receive_m2(&m2.0).expect("M2 is in order");
        raw.m3 = revealed.m3().to_vec();
        let mut m3 = raw.m3.clone();
        spoil(&mut m3);
        raw.send_bytes(&m3);
        if let Some(m4) = raw.take_transmit() {
            let verified = revealed.receive_m4(&m4, &CustomerTrust::default(), TODAY).expect("M4 is in order");
            raw.verified = Some(verified);
        }
        raw
    }

    /// The same, and the customer has answered with M5.
    ///
    /// # Panics
    /// The handshake fails.
    pub fn answer(seed: u64, verdict: Verdict, rights: Rights) -> Self {
        let mut raw = Self::reveal(seed, |_| {});
        let verified = raw.verified.take().expect("hands are shaken");
        let (m5, keys) = verified.answer(verdict, rights, 1_800).expect("M5 can be sealed");
        raw.lanes = keys.map(|keys| keys.into_lanes(raw.now));
        raw.send_bytes(&m5);
        raw
    }

    /// A session that the operator has begun: the number was confirmed.
    pub fn session(seed: u64) -> Self {
        let mut raw = Self::answer(seed, Verdict::Accepted, Rights::only(beside_protocol::Right::View));
        raw.operator.handle(OperatorInput::Act(OperatorAct::ConfirmNumber), raw.now);
        raw.drain();
        raw
    }

    /// Sends any bytes on the relay.
    pub fn send_bytes(&mut self, bytes: &[u8]) {
        let input = PathInput::Message { path: FIRST_RELAY, channel: Channel::Ordered, bytes };
        self.operator.handle(OperatorInput::Path(input), self.now);
        self.drain();
    }

    /// Seals and sends a payload.
    ///
    /// # Panics
    /// There is no session yet.
    pub fn send(&mut self, lane: Lane, payload: &[u8]) {
        let lanes = self.lanes.as_mut().expect("a session");
        let record = lanes.sealers.lane(lane).expect("a customer's lane").seal(self.now, payload);
        self.send_bytes(&record.expect("short enough"));
    }

    /// Sends a control message.
    ///
    /// # Panics
    /// There is no session yet.
    pub fn say(&mut self, message: &ControlMessage) {
        self.send(Lane::Control, &serde_json::to_vec(message).expect("a message"));
    }

    /// How the operator's app says that it ended.
    #[must_use]
    pub fn end(&self) -> Option<beside_protocol::End> {
        self.operator.state(self.now).end
    }

    /// The next message that the operator's app sent on the relay.
    pub fn take_transmit(&mut self) -> Option<Vec<u8>> {
        let is_transmit = |output: &OperatorOutput| matches!(output, OperatorOutput::Path(PathOutput::Transmit { .. }));
        let place = self.outputs.iter().position(is_transmit)?;
        let OperatorOutput::Path(PathOutput::Transmit { bytes, .. }) = self.outputs.remove(place) else { return None };
        Some(bytes)
    }

    fn drain(&mut self) {
        while let Some(output) = self.operator.poll_output() {
            self.outputs.push(output);
        }
    }
}

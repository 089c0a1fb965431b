//! One customer's call, from the knock to its end, as the switchboard would have recorded it.

use beside_broker_core::effect::Side;
use beside_broker_core::{Record, TokenHash};
use beside_protocol::ErrorCode;
use beside_protocol::end::{End, EndReason, Party};
use beside_protocol::ids::{OperatorId, SessionId};
use beside_protocol::path::PathKind;
use beside_protocol::rights::Right;
use beside_protocol::signalling::SessionEvent;

use super::attendance::Present;
use super::customers::Customer;
use super::dice::Dice;
use super::{Told, afterwards};

/// How calls end before anybody is helped, and how often of a thousand; the rest are helped.
const UNHELPED: &[(u64, Unhelped)] = &[
    (55, Unhelped::Waiting(End::new(Party::Customer, EndReason::Cancelled))),
    (45, Unhelped::Waiting(End::new(Party::Nobody, EndReason::TimedOut))),
    (20, Unhelped::Waiting(End::new(Party::Operator, EndReason::Declined))),
    (20, Unhelped::Away),
    (10, Unhelped::Waiting(End::new(Party::Nobody, EndReason::Lost))),
    (15, Unhelped::Pairing(End::new(Party::Nobody, EndReason::Lost))),
    (6, Unhelped::Pairing(End::failed(Party::Customer, EndReason::NotTrusted, ErrorCode::CertificateExpired))),
    (4, Unhelped::Pairing(End::new(Party::Customer, EndReason::NumberDiffers))),
    (30, Unhelped::Refused),
];

/// How a session ends in which somebody was helped.
const HELPED: &[(u64, End)] = &[
    (600, End::new(Party::Operator, EndReason::Finished)),
    (260, End::new(Party::Customer, EndReason::Stopped)),
    (60, End::new(Party::Customer, EndReason::Closed)),
    (45, End::new(Party::Nobody, EndReason::Lost)),
    (20, End::failed(Party::Customer, EndReason::Failed, ErrorCode::Internal)),
    (15, End::new(Party::Operator, EndReason::Closed)),
];

#[derive(Debug, Clone, Copy)]
enum Unhelped {
    /// Nobody accepted.
    Waiting(End),
    /// The operator was away.
    Away,
    /// The handshake came to nothing.
    Pairing(End),
    /// The customer said No.
    Refused,
}

/// The median of how long a customer waits, and of how long somebody helps, in milliseconds.
const WAIT: u64 = 14_000;
const HELP: u64 = 9 * 60_000;
/// A lease of a right, in seconds.
const LEASE: u32 = 1_800;

/// Tells a call that begins at a moment (Unix milliseconds).
pub(super) fn tell(at: i64, present: &Present<'_>, customer: &Customer, dice: &mut Dice, told: &mut Vec<(i64, Told)>) {
    let mut story = Story { sid: SessionId(dice.bytes()), at, dice, told };
    let attempt = if story.dice.of_thousand(60) { 2 } else { 1 };
    let operator = present.operator.id.clone();
    let knocked = Record::Knocked {
        sid: story.sid,
        token: TokenHash(story.dice.bytes()),
        operator: operator.clone(),
        customer: customer.address,
        device: customer.device,
        operator_address: Some(present.address),
        attempt,
        at,
    };
    story.record(knocked);
    let helped = 1_000 - UNHELPED.iter().map(|(weight, _)| weight).sum::<u64>();
    let weights: Vec<u64> = UNHELPED.iter().map(|(weight, _)| *weight).chain([helped]).collect();
    let unhelped = UNHELPED.get(story.dice.weighted(&weights)).map(|(_, unhelped)| *unhelped);
    if let Some(Unhelped::Away) = unhelped {
        return story.end(End::new(Party::Operator, EndReason::Away), None);
    }
    story.name(customer);
    story.pass(WAIT);
    if let Some(Unhelped::Waiting(end)) = unhelped {
        return story.end(end, None);
    }
    let sid = story.sid;
    story.record(Record::Accepted { sid, operator, operator_address: present.address, at: story.at });
    story.pass(2_000);
    match unhelped {
        Some(Unhelped::Pairing(end)) => {
            story.report(Side::Customer, SessionEvent::HandshakeFailed);
            story.end(end, Some(Side::Customer));
        }
        Some(Unhelped::Refused) => {
            story.both(SessionEvent::Verdict { accepted: false });
            story.end(End::new(Party::Customer, EndReason::Refused), Some(Side::Customer));
        }
        Some(Unhelped::Waiting(_) | Unhelped::Away) | None => {
            story.help();
            story.afterwards(present.operator.id.clone(), at);
        }
    }
}

struct Story<'a> {
    sid: SessionId,
    /// Unix milliseconds.
    at: i64,
    dice: &'a mut Dice,
    told: &'a mut Vec<(i64, Told)>,
}

impl Story<'_> {
    fn record(&mut self, record: Record) {
        self.told.push((self.at, Told::Record(record)));
    }

    fn pass(&mut self, median: u64) {
        self.at += i64::try_from(self.dice.around(median)).unwrap_or(0);
    }

    fn report(&mut self, side: Side, event: SessionEvent) {
        self.record(Record::Reported { sid: self.sid, side, event, at: self.at });
    }

    /// What both apps report, one a little later than the other.
    fn both(&mut self, event: SessionEvent) {
        self.report(Side::Customer, event);
        self.pass(40);
        self.report(Side::Operator, event);
    }

    fn name(&mut self, customer: &Customer) {
        if self.dice.of_thousand(800)
            && let Some(name) = customer.name.clone()
        {
            self.pass(1_500);
            self.record(Record::Named { sid: self.sid, name, at: self.at });
        }
    }

    fn help(&mut self) {
        self.pass(12_000);
        self.both(SessionEvent::Verdict { accepted: true });
        self.pass(6_000);
        self.report(Side::Operator, SessionEvent::Checked);
        let differs = self.dice.of_thousand(3);
        if differs {
            // The operator's app never heard of it.
            self.report(Side::Customer, SessionEvent::Granted { right: Right::View, seconds: LEASE });
        } else {
            self.both(SessionEvent::Granted { right: Right::View, seconds: LEASE });
        }
        self.paths();
        for (cases, right) in
            [(700, Right::Control), (150, Right::Clipboard), (110, Right::Files), (30, Right::Restart)]
        {
            if self.dice.of_thousand(cases) {
                self.ask(right);
            }
        }
        self.pass(HELP);
        let place = self.dice.weighted(&HELPED.iter().map(|(weight, _)| *weight).collect::<Vec<_>>());
        let end = HELPED.get(place).map_or(End::new(Party::Nobody, EndReason::Lost), |(_, end)| *end);
        let first = match end.by {
            Party::Customer => Some(Side::Customer),
            Party::Operator => Some(Side::Operator),
            Party::Broker | Party::Nobody => None,
        };
        self.end(end, first);
        if differs {
            self.record(Record::Differs { sid: self.sid, at: self.at });
        }
    }

    /// The customer's two taps, and what the operator wrote, if they did.
    fn afterwards(&mut self, operator: OperatorId, knocked_at: i64) {
        let sid = self.sid;
        let solved = self.dice.of_thousand(840);
        if let Some(rating) = afterwards::rating(solved, self.dice) {
            self.pass(8_000);
            self.told.push((self.at, Told::Rated { sid, rating }));
        }
        if let Some(note) = afterwards::note(solved, self.dice) {
            self.pass(25_000);
            self.told.push((self.at, Told::Noted { sid, operator, knocked_at, note }));
        }
    }

    fn ask(&mut self, right: Right) {
        self.pass(20_000);
        self.report(Side::Operator, SessionEvent::Asked { right });
        self.pass(4_000);
        if self.dice.of_thousand(60) {
            self.both(SessionEvent::Denied { right });
        } else {
            self.both(SessionEvent::Granted { right, seconds: LEASE });
        }
    }

    /// A session begins on the relay; most soon find a direct way, and some lose it again.
    fn paths(&mut self) {
        self.moved(PathKind::Relay, 30);
        let direct = match self.dice.weighted(&[72, 4, 24]) {
            0 => PathKind::DirectUdp,
            1 => PathKind::DirectTcp,
            _ => return,
        };
        self.pass(1_200);
        self.moved(direct, 12);
        if self.dice.of_thousand(20) {
            self.pass(60_000);
            self.moved(PathKind::Relay, 30);
        }
    }

    /// A move to a path with this median of a delay, in milliseconds.
    fn moved(&mut self, path: PathKind, delay: u64) {
        let delay_ms = u32::try_from(self.dice.around(delay)).ok();
        self.both(SessionEvent::Path { path, delay_ms });
    }

    /// The end, which `first` reports and the other side confirms; nobody does if there is no first.
    fn end(&mut self, end: End, first: Option<Side>) {
        let sid = self.sid;
        if let Some(side) = first {
            self.record(Record::EndReported { sid, side, end, at: self.at });
        }
        self.record(Record::Ended { sid, end, at: self.at });
        if let Some(side) = first {
            self.pass(60);
            let side = match side {
                Side::Customer => Side::Operator,
                Side::Operator => Side::Customer,
            };
            self.record(Record::EndReported { sid, side, end, at: self.at });
        }
    }
}

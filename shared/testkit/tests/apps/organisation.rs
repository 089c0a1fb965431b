//! A vendor, an organisation and its operator, with statements as real as a customer's: signed today, by real keys.

use beside_identity::statement::STATUS_LIFE;
use beside_identity::{
    BrokerAddress, CheckMode, Operator, Organisation, SigningKey, Status, UnixTime, Verified, issue,
};
use beside_installation::wall_clock;
use beside_protocol::{OperatorId, Rights};

pub(crate) const DAY: u64 = 86_400;
pub(crate) const NAME: &str = "Hanbit Support";
pub(crate) const OPERATOR: &str = "김민지";

pub(crate) fn random() -> beside_broker::clock::SystemRandom {
    beside_broker::clock::random()
}

pub(crate) fn today() -> UnixTime {
    wall_clock()
}

pub(crate) fn days_ago(days: u64) -> UnixTime {
    UnixTime(wall_clock().0 - days * DAY)
}

/// Keys of a vendor, of an organisation and of its operator.
pub(crate) struct Keys {
    pub(crate) vendor: SigningKey,
    pub(crate) organisation: SigningKey,
    pub(crate) operator: SigningKey,
}

impl Keys {
    pub(crate) fn new() -> Self {
        let key = || SigningKey::generate(&mut random());
        Self { vendor: key(), organisation: key(), operator: key() }
    }

    /// The statement inside org.json.
    pub(crate) fn organisation(&self, broker: &str, issued: UnixTime, expires: UnixTime) -> Vec<u8> {
        let body = Organisation {
            name: NAME.to_owned(),
            call_back: "02-555-0100".to_owned(),
            broker: broker.parse::<BrokerAddress>().unwrap(),
            keys: vec![self.organisation.public()],
            logo: [0; 32],
        };
        issue(&body, &self.vendor, issued, expires).unwrap()
    }

    /// What a good org.json becomes when it is read.
    pub(crate) fn verified(&self, broker: &str) -> Verified<Organisation> {
        let statement = self.organisation(broker, days_ago(1), today() + 300 * DAY);
        Verified::<Organisation>::verify(&statement, &[self.vendor.public()], today()).unwrap()
    }

    pub(crate) fn certificate(&self, id: &OperatorId, issued: UnixTime, expires: UnixTime) -> Vec<u8> {
        let body = Operator { name: OPERATOR.to_owned(), key: self.operator.public(), id: id.clone() };
        issue(&body, &self.organisation, issued, expires).unwrap()
    }

    pub(crate) fn status(&self, revoked: bool, issued: UnixTime) -> Vec<u8> {
        let revoked = if revoked { vec![self.operator.public().hash()] } else { Vec::new() };
        let body = Status { check_mode: CheckMode::OperatorTypes, allowed: Rights::ALL, revoked };
        issue(&body, &self.organisation, issued, issued + STATUS_LIFE).unwrap()
    }
}

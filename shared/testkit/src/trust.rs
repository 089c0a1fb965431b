//! A vendor, an organisation and an operator, with the statements that make them so.

use beside_crypto::OperatorCredential;
use beside_identity::statement::STATUS_LIFE;
use beside_identity::{CheckMode, Operator, Organisation, SigningKey, Status, UnixTime, Verified, issue};
use beside_protocol::Rights;

use crate::random::Seeded;

/// The date in the test world.
pub const TODAY: UnixTime = UnixTime(1_800_000_000);
const DAY: u64 = 86_400;

/// Everybody's keys and statements.
#[derive(Debug)]
pub struct Trust {
    /// Signs the organisation.
    pub vendor: SigningKey,
    /// Signs operator and status.
    pub organisation_key: SigningKey,
    /// Proves the operator.
    pub operator_key: SigningKey,
    /// Of org.json.
    pub organisation: Verified<Organisation>,
    /// The operator's certificate, as issued.
    pub operator: Vec<u8>,
    /// The status, as issued.
    pub status: Vec<u8>,
}

impl Trust {
    /// Everything in order, with this check mode and these rights to ask for.
    #[must_use]
    pub fn new(seed: u64, check_mode: CheckMode, allowed: Rights) -> Self {
        let mut rng = Seeded::new(seed);
        let vendor = SigningKey::generate(&mut rng);
        let organisation_key = SigningKey::generate(&mut rng);
        let operator_key = SigningKey::generate(&mut rng);
        let body = Organisation {
            name: "Hanbit Support".to_owned(),
            call_back: "+82 2 1234 5678".to_owned(),
            broker: "broker.example:443".parse().expect("an address"),
            keys: vec![organisation_key.public()],
            logo: [0; 32],
        };
        let issued = UnixTime(TODAY.0 - DAY);
        let bytes = issue(&body, &vendor, issued, TODAY + 300 * DAY).expect("the statement is in order");
        let organisation = Verified::<Organisation>::verify(&bytes, &[vendor.public()], TODAY).expect("just issued");
        let mut trust =
            Self { vendor, organisation_key, operator_key, organisation, operator: Vec::new(), status: Vec::new() };
        trust.operator = trust.certify(issued, TODAY + 20 * DAY);
        trust.status = trust.state(check_mode, allowed, issued, UnixTime(issued.0 + STATUS_LIFE));
        trust
    }

    /// A certificate for the operator, from the organisation.
    #[must_use]
    pub fn certify(&self, issued: UnixTime, expires: UnixTime) -> Vec<u8> {
        let id = "kim.minji".parse().expect("an id");
        let body = Operator { name: "김민지".to_owned(), key: self.operator_key.public(), id };
        issue(&body, &self.organisation_key, issued, expires).expect("the statement is in order")
    }

    /// A status of the organisation that revokes nobody.
    #[must_use]
    pub fn state(&self, check_mode: CheckMode, allowed: Rights, issued: UnixTime, expires: UnixTime) -> Vec<u8> {
        let body = Status { check_mode, allowed, revoked: Vec::new() };
        issue(&body, &self.organisation_key, issued, expires).expect("the statement is in order")
    }

    /// A status that revokes the operator.
    #[must_use]
    pub fn revoking(&self, issued: UnixTime, expires: UnixTime) -> Vec<u8> {
        let revoked = vec![self.operator_key.public().hash()];
        let body = Status { check_mode: CheckMode::OperatorTypes, allowed: Rights::ALL, revoked };
        issue(&body, &self.organisation_key, issued, expires).expect("the statement is in order")
    }

    /// What the operator's app proves itself with. It does not judge its own statements' lives: the customer's does.
    #[must_use]
    pub fn credential(&self) -> OperatorCredential {
        let long_ago = UnixTime(0);
        let organisation = self.organisation.body();
        let operator = Verified::<Operator>::verify(&self.operator, organisation, long_ago).expect("a certificate");
        let status = Verified::<Status>::verify(&self.status, organisation, long_ago).expect("a status");
        OperatorCredential::new(self.operator_key.clone(), operator, status).expect("the certificate is this key's")
    }
}

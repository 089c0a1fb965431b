//! What each kind of statement says.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

use beside_protocol::{OperatorId, Rights};

use super::envelope::{Body, BodyFields, Kind};
use super::field::{FieldReader, FieldWriter, key};
use super::{StatementError, Verified};
use crate::key::{KeyHash, PUBLIC_KEY_LENGTH, PublicKey};

const DAY: u64 = 24 * 60 * 60;
/// Longest life of an organisation statement, in seconds: two years, one of them leap.
pub const ORGANISATION_LIFE_MAX: u64 = 731 * DAY;
/// Longest life of an operator statement, in seconds: 30 days.
pub const OPERATOR_LIFE_MAX: u64 = 30 * DAY;
/// Usual life of a status, in seconds: 72 hours.
pub const STATUS_LIFE: u64 = 3 * DAY;
/// Longest life of a status, in seconds: 14 days, for holidays.
pub const STATUS_LIFE_MAX: u64 = 14 * DAY;
/// Longest life of a request, in seconds: 7 days.
pub const REQUEST_LIFE_MAX: u64 = 7 * DAY;
/// Most keys that a status can revoke.
pub const REVOKED_MAX: usize = 1_000;
/// Most keys that an organisation can sign with.
const ORGANISATION_KEYS_MAX: usize = 4;

/// Kind 1, signed by the vendor: who an organisation is, where its broker stands and which keys are its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organisation {
    /// The name that customers see. Never empty.
    pub name: String,
    /// The telephone number to call back; may be empty.
    pub call_back: String,
    /// The broker.
    pub broker: BrokerAddress,
    /// The keys that sign its operators and statuses: one to four.
    pub keys: Vec<PublicKey>,
    /// SHA-256 of the logo's file.
    pub logo: [u8; 32],
}

/// Kind 2, signed by an organisation: an operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operator {
    /// The name that customers see. Never empty.
    pub name: String,
    /// The key that signs the operator's handshakes.
    pub key: PublicKey,
    /// The account at the broker.
    pub id: OperatorId,
}

/// Kind 3, signed by an organisation: what is true today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// How the check number is compared.
    pub check_mode: CheckMode,
    /// What its operators may ask for.
    pub allowed: Rights,
    /// Operators' keys that are no longer good: ascending, without repeats, at most [`REVOKED_MAX`].
    pub revoked: Vec<KeyHash>,
}

impl Status {
    /// Checks that an operator's key is not revoked.
    ///
    /// # Errors
    /// [`StatementError::Revoked`]: it is.
    pub fn check_revocation(&self, operator: &Verified<Operator>) -> Result<(), StatementError> {
        match self.revoked.binary_search(&operator.body().key.hash()) {
            Ok(_) => Err(StatementError::Revoked),
            Err(_) => Ok(()),
        }
    }
}

/// Kind 4, signed by the key that it is about: an operator's wish for a statement of kind 2.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The name to be certified. Never empty.
    pub name: String,
    /// The operator's key.
    pub key: PublicKey,
    /// The account at the broker.
    pub id: OperatorId,
    /// HMAC-SHA256 of the key under the invite's secret; see [`enrolment`](crate::enrolment).
    pub proof: [u8; 32],
}

/// Who compares the check number, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum CheckMode {
    /// Both see it; the operator confirms by a button.
    BothSee = 0,
    /// The customer reads it out, the operator types it. The default.
    OperatorTypes = 1,
    /// The operator reads it out, the customer types it.
    CustomerTypes = 2,
}

/// Where a broker listens: `host:port`, the host a DNS name, an IPv4 address or an IPv6 address in brackets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokerAddress {
    host: String,
    port: u16,
}

impl BrokerAddress {
    /// The host, an IPv6 address without its brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        self.host.trim_start_matches('[').trim_end_matches(']')
    }

    /// The TCP port, never 0.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }
}

impl FromStr for BrokerAddress {
    type Err = StatementError;

    fn from_str(text: &str) -> Result<Self, StatementError> {
        const BAD: StatementError = StatementError::Malformed("broker address");
        let (host, port) = text.rsplit_once(':').ok_or(BAD)?;
        let literal = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        let host_good = match literal {
            Some(inside) => inside.parse::<Ipv6Addr>().is_ok(),
            None => host.parse::<IpAddr>().is_ok_and(|ip| ip.is_ipv4()) || is_dns_name(host),
        };
        let canonical = !port.starts_with('0') && port.bytes().all(|b| b.is_ascii_digit());
        match port.parse() {
            Ok(port) if canonical && host_good => Ok(Self { host: host.to_owned(), port }),
            Ok(_) | Err(_) => Err(BAD),
        }
    }
}

impl fmt::Display for BrokerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

/// RFC 1123 names: labels of letters, digits and inner hyphens; the last one not all digits, or it would be an address.
fn is_dns_name(host: &str) -> bool {
    let label_good = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    host.split('.').all(label_good)
        && host.rsplit('.').next().is_some_and(|last| last.bytes().any(|b| !b.is_ascii_digit()))
}

impl Body for Organisation {
    const KIND: Kind = Kind::Organisation;
    const LIFE_MAX: u64 = ORGANISATION_LIFE_MAX;
}

impl BodyFields for Organisation {
    fn write(&self, fields: &mut FieldWriter<'_>) -> Result<(), StatementError> {
        fields.bytes(self.name.as_bytes())?;
        fields.bytes(self.call_back.as_bytes())?;
        fields.bytes(self.broker.to_string().as_bytes())?;
        fields.bytes(&self.keys.iter().flat_map(|key| *key.as_bytes()).collect::<Vec<_>>())?;
        fields.bytes(&self.logo)
    }

    fn read(fields: &mut FieldReader<'_>) -> Result<Self, StatementError> {
        let name = read_name(fields)?;
        let call_back = fields.text()?.to_owned();
        let broker = fields.parsed("broker address")?;
        let (keys, spare) = fields.bytes()?.as_chunks::<PUBLIC_KEY_LENGTH>();
        if !spare.is_empty() || !(1..=ORGANISATION_KEYS_MAX).contains(&keys.len()) {
            return Err(StatementError::Malformed("number of keys"));
        }
        let keys = keys.iter().map(|bytes| key(bytes)).collect::<Result<_, _>>()?;
        Ok(Self { name, call_back, broker, keys, logo: fields.array("hash of the logo")? })
    }
}

impl Body for Operator {
    const KIND: Kind = Kind::Operator;
    const LIFE_MAX: u64 = OPERATOR_LIFE_MAX;
}

impl BodyFields for Operator {
    fn write(&self, fields: &mut FieldWriter<'_>) -> Result<(), StatementError> {
        fields.bytes(self.name.as_bytes())?;
        fields.bytes(self.key.as_bytes())?;
        fields.bytes(self.id.as_str().as_bytes())
    }

    fn read(fields: &mut FieldReader<'_>) -> Result<Self, StatementError> {
        Ok(Self { name: read_name(fields)?, key: fields.key()?, id: fields.parsed("operator id")? })
    }
}

impl Body for Status {
    const KIND: Kind = Kind::Status;
    const LIFE_MAX: u64 = STATUS_LIFE_MAX;
}

impl BodyFields for Status {
    fn write(&self, fields: &mut FieldWriter<'_>) -> Result<(), StatementError> {
        fields.bytes(&[self.check_mode as u8])?;
        fields.bytes(&self.allowed.bits().to_be_bytes())?;
        fields.bytes(&self.revoked.iter().flat_map(|hash| hash.0).collect::<Vec<_>>())
    }

    fn read(fields: &mut FieldReader<'_>) -> Result<Self, StatementError> {
        let check_mode = match fields.array("check mode")? {
            [0] => CheckMode::BothSee,
            [1] => CheckMode::OperatorTypes,
            [2] => CheckMode::CustomerTypes,
            [_] => return Err(StatementError::Malformed("check mode")),
        };
        let allowed = Rights::from_bits(u32::from_be_bytes(fields.array("rights")?))
            .ok_or(StatementError::Malformed("unknown rights"))?;
        let (hashes, spare) = fields.bytes()?.as_chunks::<32>();
        if !spare.is_empty() || hashes.len() > REVOKED_MAX {
            return Err(StatementError::Malformed("number of revoked keys"));
        }
        if !hashes.is_sorted_by(|a, b| a < b) {
            return Err(StatementError::Malformed("order of the revoked keys"));
        }
        Ok(Self { check_mode, allowed, revoked: hashes.iter().copied().map(KeyHash).collect() })
    }
}

impl Body for Request {
    const KIND: Kind = Kind::Request;
    const LIFE_MAX: u64 = REQUEST_LIFE_MAX;
}

impl BodyFields for Request {
    fn write(&self, fields: &mut FieldWriter<'_>) -> Result<(), StatementError> {
        fields.bytes(self.name.as_bytes())?;
        fields.bytes(self.key.as_bytes())?;
        fields.bytes(self.id.as_str().as_bytes())?;
        fields.bytes(&self.proof)
    }

    fn read(fields: &mut FieldReader<'_>) -> Result<Self, StatementError> {
        Ok(Self {
            name: read_name(fields)?,
            key: fields.key()?,
            id: fields.parsed("operator id")?,
            proof: fields.array("proof")?,
        })
    }

    fn own_signer(&self) -> Option<&PublicKey> {
        Some(&self.key)
    }
}

/// A name is what a person decides by, so there must be something to see.
fn read_name(fields: &mut FieldReader<'_>) -> Result<String, StatementError> {
    let name = fields.text()?;
    if name.trim().is_empty() { Err(StatementError::Malformed("name is empty")) } else { Ok(name.to_owned()) }
}

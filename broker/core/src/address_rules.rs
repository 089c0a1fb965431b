//! From which addresses an account may be used: single addresses and CIDR ranges, as an administrator types them.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::str::FromStr;

use ipnet::IpNet;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::address::Address;

/// The longest text that can be a range, in bytes: eight groups of IPv6 with an IPv4 tail and a prefix are 49.
const TEXT_MAX: usize = 64;
/// Bits in front of the IPv4 address in an IPv4-mapped IPv6 address (RFC 4291, section 2.5.5.2).
const MAPPED_PREFIX: u8 = 96;

/// One address, or all addresses that share a prefix (CIDR, RFC 4632).
///
/// There is one form of each: an IPv4-mapped IPv6 range is the IPv4 range, and no bit below the prefix is set. So equal
/// ranges are equal texts. An IPv6 range never holds an IPv4 address, not even `::/0`, because [`Address`] knows no
/// mapped ones.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AddressRange(IpNet);

/// Why a text is no range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RangeError {
    /// Nothing was typed.
    #[error("there is no address")]
    Empty,
    /// More was typed than any range needs.
    #[error("this is too long for an address or a range")]
    TooLong,
    /// Neither of what follows, and no address.
    #[error("this is not an IPv4 or IPv6 address or a range such as 192.0.2.0/24")]
    NotAnAddress,
    /// The name of a host: what it points to may change without anybody here noticing.
    #[error("names of hosts are not taken, only addresses")]
    Name,
    /// From one address to another.
    #[error("ranges are written with a prefix, such as 192.0.2.0/24, not from one address to another")]
    Span,
    /// A port, or the brackets that go with one.
    #[error("a port or brackets do not belong to a range")]
    Port,
    /// A zone means something on one machine only (RFC 4007).
    #[error("an address with a zone, such as fe80::1%eth0, means nothing here")]
    Zone,
    /// Some programs read `010` as eight.
    #[error("a number has leading zeros, which some programs read as octal")]
    LeadingZeros,
    /// What stands behind the slash.
    #[error("behind the slash stands a number from 0 to 32, for IPv6 to 128")]
    Prefix,
    /// The address is one within a range, not the range itself.
    #[error("bits behind the prefix are set; perhaps {meant} is meant")]
    HostBits {
        /// What was probably meant.
        meant: AddressRange,
    },
}

impl RangeError {
    /// The stable text.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Empty => "range_empty",
            Self::TooLong => "range_too_long",
            Self::NotAnAddress => "range_not_an_address",
            Self::Name => "range_name",
            Self::Span => "range_span",
            Self::Port => "range_port",
            Self::Zone => "range_zone",
            Self::LeadingZeros => "range_leading_zeros",
            Self::Prefix => "range_prefix",
            Self::HostBits { .. } => "range_host_bits",
        }
    }
}

impl AddressRange {
    /// Whether the address is one of the range.
    #[must_use]
    pub fn holds(self, address: Address) -> bool {
        self.0.contains(&address.ip())
    }

    /// How many leading bits all addresses of the range share: at most 32 for IPv4 and 128 for IPv6.
    #[must_use]
    pub fn prefix(self) -> u8 {
        self.0.prefix_len()
    }

    /// The first address of the range.
    #[must_use]
    pub fn first(self) -> Address {
        Address::from(self.0.addr())
    }

    /// The range of the addresses that share the first `prefix` bits with `address`; nothing if it has not so many.
    pub(crate) fn around(address: IpAddr, prefix: u8) -> Option<Self> {
        IpNet::new(address, prefix).ok().map(|net| Self(net.trunc()))
    }
}

impl FromStr for AddressRange {
    type Err = RangeError;

    fn from_str(text: &str) -> Result<Self, RangeError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(RangeError::Empty);
        }
        if text.len() > TEXT_MAX {
            return Err(RangeError::TooLong);
        }
        if text.contains('%') {
            return Err(RangeError::Zone);
        }
        let (address, prefix) = text.split_once('/').map_or((text, None), |(address, prefix)| (address, Some(prefix)));
        let typed: IpAddr = address.parse().map_err(|_| why_no_address(address))?;
        let width = if typed.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.map_or(Ok(width), |prefix| prefix_length(prefix, width))?;
        let canonical = typed.to_canonical();
        let mapped = canonical != typed;
        let (address, length) = match prefix.checked_sub(MAPPED_PREFIX) {
            Some(rest) if mapped => (canonical, rest),
            Some(_) | None => (typed, prefix),
        };
        let net = IpNet::new(address, length).map_err(|_| RangeError::Prefix)?;
        if net == net.trunc() {
            return Ok(Self(net));
        }
        // Whoever writes `::ffff:192.0.2.0/24` has counted the bits of the IPv4 address.
        let probable = if mapped && prefix <= 32 { (canonical, prefix) } else { (address, length) };
        let meant = Self::around(probable.0, probable.1).ok_or(RangeError::Prefix)?;
        Err(RangeError::HostBits { meant })
    }
}

/// A canonical text: a single address has no prefix behind it.
impl fmt::Display for AddressRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.prefix_len() == self.0.max_prefix_len() { self.0.addr().fmt(f) } else { self.0.fmt(f) }
    }
}

/// A rule is configuration, not personal data, and prints.
impl fmt::Debug for AddressRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AddressRange({self})")
    }
}

impl Serialize for AddressRange {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for AddressRange {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

fn prefix_length(text: &str, width: u8) -> Result<u8, RangeError> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(RangeError::Prefix);
    }
    if text.len() > 1 && text.starts_with('0') {
        return Err(RangeError::LeadingZeros);
    }
    text.parse().ok().filter(|length| *length <= width).ok_or(RangeError::Prefix)
}

fn why_no_address(text: &str) -> RangeError {
    let is_address = |text: &str| text.trim().parse::<IpAddr>().is_ok();
    if text.starts_with('[') || text.split_once(':').is_some_and(|(left, _)| left.parse::<Ipv4Addr>().is_ok()) {
        RangeError::Port
    } else if text.split_once('-').is_some_and(|(left, _)| is_address(left)) {
        RangeError::Span
    } else if has_leading_zeros(text.rsplit(':').next().unwrap_or(text)) {
        RangeError::LeadingZeros
    } else if !text.contains(':') && text.chars().any(char::is_alphabetic) {
        RangeError::Name
    } else {
        RangeError::NotAnAddress
    }
}

/// Whether the text has the shape of an IPv4 address whose numbers have leading zeros.
fn has_leading_zeros(text: &str) -> bool {
    let numbers: Vec<_> = text.split('.').collect();
    let shaped = numbers.len() == 4 && numbers.iter().all(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
    shaped && numbers.iter().any(|number| number.len() > 1 && number.starts_with('0'))
}

/// What holds for an account on no list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unlisted {
    /// It may be used from anywhere.
    Admitted,
    /// It may be used from nowhere.
    Refused,
}

/// The lists that apply to one account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AddressRules {
    /// The account's own list.
    pub own: Vec<AddressRange>,
    /// The lists of the groups that the account is in.
    pub groups: Vec<Vec<AddressRange>>,
}

impl AddressRules {
    /// Whether the account may be used from this address: if it is on any of the lists, and if there is none, or they
    /// are all empty, as `unlisted` says.
    #[must_use]
    pub fn admits(&self, address: Address, unlisted: Unlisted) -> bool {
        let mut all = self.own.iter().chain(self.groups.iter().flatten()).peekable();
        if all.peek().is_none() {
            return unlisted == Unlisted::Admitted;
        }
        all.any(|range| range.holds(address))
    }
}

#[cfg(test)]
#[path = "address_rules_tests.rs"]
mod tests;

//! Where a request comes from, and what counts as the same place for limits.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

use crate::address_rules::{AddressRange, RangeError};

/// The address of a peer. An IPv4 address mapped into IPv6 is the IPv4 address, so nobody has two.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Address(IpAddr);

impl Address {
    /// The address.
    #[must_use]
    pub const fn ip(self) -> IpAddr {
        self.0
    }

    /// The place whose tries are counted together: one IPv4 address, or one IPv6 /64, which is what a single
    /// subscriber is given.
    #[must_use]
    pub fn place(self) -> Place {
        match self.0 {
            IpAddr::V4(_) => Place(self.0),
            IpAddr::V6(address) => {
                let prefix = u128::from(address) & !u128::from(u64::MAX);
                Place(IpAddr::V6(Ipv6Addr::from(prefix)))
            }
        }
    }
}

impl From<IpAddr> for Address {
    fn from(address: IpAddr) -> Self {
        Self(address.to_canonical())
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Personal data: only the log's table and the operator's knock show it, through `Display`.
impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Address(hidden)")
    }
}

/// Bits of an IPv6 address that name a subscriber.
const SUBSCRIBER: u8 = 64;

/// See [`Address::place`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place(IpAddr);

impl Place {
    const fn prefix(self) -> u8 {
        if self.0.is_ipv4() { 32 } else { SUBSCRIBER }
    }

    /// Sixteen bytes that no other place has.
    pub(crate) const fn octets(self) -> [u8; 16] {
        match self.0 {
            IpAddr::V4(address) => address.to_ipv6_mapped().octets(),
            IpAddr::V6(address) => address.octets(),
        }
    }
}

/// The place as a range of addresses, such as `192.0.2.1` or `2001:db8:1:2::/64`: personal data, for alerts and the
/// list of blocked places.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        AddressRange::around(self.0, self.prefix()).map_or(Ok(()), |range| range.fmt(f))
    }
}

/// Reads what [`Display`](fmt::Display) wrote. A range that is no place has the wrong prefix.
impl FromStr for Place {
    type Err = RangeError;

    fn from_str(text: &str) -> Result<Self, RangeError> {
        let range: AddressRange = text.parse()?;
        let place = range.first().place();
        if range.prefix() == place.prefix() { Ok(place) } else { Err(RangeError::Prefix) }
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Place(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(text: &str) -> Place {
        Address::from(text.parse::<IpAddr>().unwrap()).place()
    }

    #[test]
    fn a_subscriber_is_one_place() {
        assert_eq!(place("2001:db8:1:2::1"), place("2001:db8:1:2:ffff::9"));
        assert_ne!(place("2001:db8:1:2::1"), place("2001:db8:1:3::1"));
        assert_ne!(place("192.0.2.1"), place("192.0.2.2"));
        assert_eq!(place("::ffff:192.0.2.1"), place("192.0.2.1"));
    }

    #[test]
    fn a_place_is_known_by_its_text() {
        for (of, text) in [("192.0.2.1", "192.0.2.1"), ("2001:db8:1:2::9", "2001:db8:1:2::/64"), ("::1", "::/64")] {
            assert_eq!(place(of).to_string(), text);
            assert_eq!(text.parse::<Place>(), Ok(place(of)));
        }
        for no_place in ["192.0.2.0/24", "2001:db8::/32", "2001:db8::1"] {
            assert_eq!(no_place.parse::<Place>(), Err(RangeError::Prefix), "{no_place}");
        }
    }

    #[test]
    fn addresses_do_not_print_by_accident() {
        let address = Address::from("192.0.2.77".parse::<IpAddr>().unwrap());
        assert!(!format!("{address:?}{:?}", address.place()).contains("192"));
    }
}

//! Who tries to sign in, as far as the broker knows before it has looked at a password.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::RangeInclusive;

use sha2::{Digest as _, Sha256};

use crate::address::{Address, Place};

/// What was typed as a name: hashed, since people type passwords there. Whether the account exists makes no difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct NameHash([u8; 32]);

impl NameHash {
    /// The hash of a name. It must be in the form by which accounts are found, or each way to write it would have tries of
    /// its own.
    #[must_use]
    pub fn of(name: &str) -> Self {
        Self(Sha256::digest(name.as_bytes()).into())
    }
}

/// A name and the place it was typed at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Trier {
    /// What was typed.
    pub name: NameHash,
    /// Where.
    pub place: Place,
}

impl Trier {
    /// The trier of `name` at `address`; see [`NameHash::of`].
    #[must_use]
    pub fn new(name: &str, address: Address) -> Self {
        Self { name: NameHash::of(name), place: address.place() }
    }

    /// The name at every place.
    pub(crate) fn all_of(name: NameHash) -> RangeInclusive<Self> {
        let first = Address::from(IpAddr::from(Ipv4Addr::UNSPECIFIED)).place();
        let last = Address::from(IpAddr::from(Ipv6Addr::from(u128::MAX))).place();
        Self { name, place: first }..=Self { name, place: last }
    }
}

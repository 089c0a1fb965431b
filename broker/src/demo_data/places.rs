//! Addresses, only of ranges that are nobody's: for documentation (RFC 5737, RFC 3849), private (RFC 1918), shared
//! (RFC 6598).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use beside_broker_core::Address;

use super::dice::Dice;

/// The networks of TEST-NET-1, -2 and -3.
const DOCUMENTATION: [[u8; 3]; 3] = [[192, 0, 2], [198, 51, 100], [203, 0, 113]];

/// Where a customer is.
pub(super) fn customer(dice: &mut Dice) -> Address {
    let [a, b, c, d] = dice.bytes();
    let address = match dice.weighted(&[60, 20, 20]) {
        // Behind a provider's own translation of addresses, as at home and on the road.
        0 => IpAddr::V4(Ipv4Addr::new(100, 64 | (a & 0x3f), b, c)),
        1 => {
            let [x, y, z] = *dice.pick(&DOCUMENTATION);
            IpAddr::V4(Ipv4Addr::new(x, y, z, d))
        }
        _ => IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, a.into(), b.into(), 0, 0, c.into(), d.into())),
    };
    Address::from(address)
}

/// Where an operator sits: in one of the offices.
pub(super) fn desk(dice: &mut Dice) -> Address {
    let [a, b, _, _] = dice.bytes();
    Address::from(IpAddr::V4(Ipv4Addr::new(10, 20 + a % 4, a, b)))
}

/// Where somebody is who has no business here.
pub(super) fn stranger(dice: &mut Dice) -> Address {
    let [x, y, z] = *dice.pick(&DOCUMENTATION);
    let [host] = dice.bytes();
    Address::from(IpAddr::V4(Ipv4Addr::new(x, y, z, host)))
}

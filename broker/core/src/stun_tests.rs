//! RFC 5769 vectors and everything that must not be answered.

use super::*;

/// RFC 5769 §2.1.
const SAMPLE_REQUEST: &str = "000100582112a442b7e7a701bc34d686fa87dfae802200105354554e207465737420636c69656e74002400046e0001ff\
80290008932ff9b151263b36000600096576746a3a68367659202020000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a280280004e57a3bcf";
/// The values of XOR-MAPPED-ADDRESS in RFC 5769 §2.2 and §2.3.
const SAMPLE_IPV4: &str = "0001a147e112a643";
const SAMPLE_IPV6: &str = "0002a1470113a9faa5d3f179bc25f4b5bed2b9d9";

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

fn peer(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

fn answer(datagram: &[u8], from: &str) -> Option<Vec<u8>> {
    StunResponder::default().answer(datagram, peer(from), Duration::ZERO)
}

fn plain() -> Vec<u8> {
    bytes("000100002112a442000102030405060708090a0b")
}

#[test]
fn the_sample_request_is_answered_with_the_sample_addresses() {
    let request = bytes(SAMPLE_REQUEST);
    assert_eq!(request.len(), 108);
    for (from, value) in
        [("192.0.2.1:32853", SAMPLE_IPV4), ("[2001:db8:1234:5678:11:2233:4455:6677]:32853", SAMPLE_IPV6)]
    {
        let value = bytes(value);
        let expected = [
            &bytes("0101")[..],
            &u16::try_from(value.len() + 4).unwrap().to_be_bytes(),
            &request[4..20],
            &bytes("0020"),
            &u16::try_from(value.len()).unwrap().to_be_bytes(),
            &value,
        ]
        .concat();
        assert_eq!(answer(&request, from), Some(expected));
    }
}

#[test]
fn a_mapped_address_is_told_as_ipv4() {
    let mapped = answer(&plain(), "[::ffff:192.0.2.1]:32853").unwrap();
    assert_eq!(mapped, answer(&plain(), "192.0.2.1:32853").unwrap());
}

#[test]
fn what_is_no_binding_request_has_no_answer() {
    let good = plain();
    let mut wrong_fingerprint = bytes(SAMPLE_REQUEST);
    *wrong_fingerprint.last_mut().unwrap() ^= 1;
    let changed = |at: usize, to: u8| {
        let mut bad = good.clone();
        bad[at] = to;
        bad
    };
    for bad in [
        vec![],
        good[..19].to_vec(),
        [&good[..], &[0]].concat(),
        changed(0, 0x01),                                          // a response
        changed(1, 0x11),                                          // an indication
        changed(1, 0x03),                                          // Allocate
        changed(4, 0x22),                                          // no magic cookie
        changed(3, 4),                                             // longer than it is
        bytes("000100042112a442000102030405060708090a0b80220004"), // an attribute that is cut off
        wrong_fingerprint,
        [&bytes("000103e82112a442000102030405060708090a0b")[..], &vec![0; 1_000]].concat(),
    ] {
        assert_eq!(answer(&bad, "192.0.2.1:1"), None, "{bad:02x?}");
    }
}

#[test]
fn an_attribute_that_must_be_understood_is_refused_by_name() {
    // CHANGE-REQUEST (RFC 3489), with which other servers let themselves be aimed at third parties.
    let request = bytes("000100082112a442000102030405060708090a0b0003000400000006");
    let expected = bytes(
        "011100202112a442000102030405060708090a0b\
         0009001500000414556e6b6e6f776e20417474726962757465000000\
         000a000200030000",
    );
    let expected =
        [&expected[..2], &u16::try_from(expected.len() - 20).unwrap().to_be_bytes()[..], &expected[4..]].concat();
    assert_eq!(answer(&request, "192.0.2.1:1"), Some(expected));
}

#[test]
fn answers_to_one_place_are_limited() {
    let mut responder = StunResponder::default();
    for _ in 0..STUN_PER_WINDOW {
        assert!(responder.answer(&plain(), peer("192.0.2.1:1"), Duration::ZERO).is_some());
    }
    assert!(responder.answer(&plain(), peer("192.0.2.1:2"), Duration::ZERO).is_none());
    assert!(responder.answer(&plain(), peer("192.0.2.2:1"), Duration::ZERO).is_some());
    assert!(responder.answer(&plain(), peer("192.0.2.1:1"), STUN_WINDOW).is_some());
}

proptest::proptest! {
    #[test]
    fn no_datagram_breaks_it(tail in proptest::collection::vec(proptest::num::u8::ANY, 0..80)) {
        let mut datagram = plain();
        datagram[3] = u8::try_from(tail.len()).unwrap();
        datagram.extend(tail);
        if let Some(answer) = answer(&datagram, "192.0.2.1:1") {
            proptest::prop_assert!(answer.len() <= 20 + 28 + 4 + 2 * UNKNOWN_MAX);
        }
    }
}

//! STUN Binding, the server's side (RFC 8489 §14.2, §6.3.1): tells a peer the address that it is seen under.
//!
//! Only what a server without authentication needs. Everything else than a well-formed Binding request is left
//! without an answer, so that the port reflects nothing; the answer is never longer than the request is required to
//! be plus twelve or twenty-four bytes, and is rate-limited per place.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use crate::address::{Address, Place};
use crate::limits::{PLACES_MAX, STUN_PER_WINDOW, STUN_WINDOW};

/// The longest datagram that is read; a longer one is no Binding request of ours.
pub const DATAGRAM_MAX: usize = 548;

const MAGIC_COOKIE: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];
const BINDING_REQUEST: [u8; 2] = [0x00, 0x01];
const BINDING_SUCCESS: [u8; 2] = [0x01, 0x01];
const BINDING_ERROR: [u8; 2] = [0x01, 0x11];
const XOR_MAPPED_ADDRESS: [u8; 2] = [0x00, 0x20];
const ERROR_CODE: [u8; 2] = [0x00, 0x09];
const UNKNOWN_ATTRIBUTES: [u8; 2] = [0x00, 0x0a];
const FINGERPRINT: u16 = 0x8028;
const FINGERPRINT_XOR: u32 = 0x5354_554e;
const HEADER: usize = 20;
/// Attributes below this must be understood (RFC 8489 §14), save those that a server without authentication may skip.
const OPTIONAL_FROM: u16 = 0x8000;
/// USERNAME, MESSAGE-INTEGRITY, PRIORITY, USE-CANDIDATE, MESSAGE-INTEGRITY-SHA256: ICE and credentials, no concern of ours.
const SKIPPED: [u16; 5] = [0x0006, 0x0008, 0x0024, 0x0025, 0x001c];
/// Unknown attributes named in one refusal.
const UNKNOWN_MAX: usize = 8;

/// The responder, with its count of answers.
#[derive(Debug, Default)]
pub struct StunResponder {
    window: Duration,
    answers: BTreeMap<Place, u32>,
}

impl StunResponder {
    /// The answer to `datagram` from `peer`, if there is to be one.
    pub fn answer(&mut self, datagram: &[u8], peer: SocketAddr, now: Duration) -> Option<Vec<u8>> {
        let transaction = transaction_of(datagram)?;
        let unknown = unknown_attributes(datagram.get(HEADER..)?, datagram)?;
        if !self.may_answer(Address::from(peer.ip()).place(), now) {
            return None;
        }
        Some(if unknown.is_empty() {
            message(BINDING_SUCCESS, transaction, &[attribute(XOR_MAPPED_ADDRESS, &xor_address(peer, transaction))])
        } else {
            let refused = [&[0, 0, 4, 20][..], b"Unknown Attribute"].concat();
            let list: Vec<u8> = unknown.iter().flat_map(|kind| kind.to_be_bytes()).collect();
            message(
                BINDING_ERROR,
                transaction,
                &[attribute(ERROR_CODE, &refused), attribute(UNKNOWN_ATTRIBUTES, &list)],
            )
        })
    }

    /// Counts an answer. When the table is full, places not in it wait for the next window.
    fn may_answer(&mut self, place: Place, now: Duration) -> bool {
        if now >= self.window + STUN_WINDOW {
            self.window = now;
            self.answers.clear();
        }
        if self.answers.len() >= PLACES_MAX && !self.answers.contains_key(&place) {
            return false;
        }
        let count = self.answers.entry(place).or_default();
        *count += 1;
        *count <= STUN_PER_WINDOW
    }
}

/// The transaction id of a Binding request whose header is right.
fn transaction_of(datagram: &[u8]) -> Option<[u8; 12]> {
    let header: &[u8; HEADER] = datagram.first_chunk()?;
    let length = usize::from(u16::from_be_bytes([header[2], header[3]]));
    let fits = length % 4 == 0 && datagram.len() == HEADER + length && datagram.len() <= DATAGRAM_MAX;
    (fits && header[..2] == BINDING_REQUEST && header[4..8] == MAGIC_COOKIE).then_some(())?;
    header.last_chunk().copied()
}

/// The attributes that would have to be understood and are not; nothing if the attributes are malformed.
fn unknown_attributes(mut rest: &[u8], datagram: &[u8]) -> Option<Vec<u16>> {
    let mut unknown = Vec::new();
    while !rest.is_empty() {
        let (head, tail) = rest.split_first_chunk::<4>()?;
        let kind = u16::from_be_bytes([head[0], head[1]]);
        let length = usize::from(u16::from_be_bytes([head[2], head[3]]));
        let value = tail.get(..length)?;
        if kind == FINGERPRINT {
            let before = datagram.get(..datagram.len() - rest.len())?;
            let told = u32::from_be_bytes(value.try_into().ok()?);
            (told == crc32(before) ^ FINGERPRINT_XOR).then_some(())?;
        } else if kind < OPTIONAL_FROM && !SKIPPED.contains(&kind) && unknown.len() < UNKNOWN_MAX {
            unknown.push(kind);
        }
        rest = tail.get(length.next_multiple_of(4)..)?;
    }
    Some(unknown)
}

/// RFC 8489 §14.2: the port XOR the cookie's first half, the address XOR cookie and transaction id.
fn xor_address(peer: SocketAddr, transaction: [u8; 12]) -> Vec<u8> {
    let port = peer.port() ^ u16::from_be_bytes([MAGIC_COOKIE[0], MAGIC_COOKIE[1]]);
    let (family, address) = match peer.ip().to_canonical() {
        IpAddr::V4(address) => (1u8, address.octets().to_vec()),
        IpAddr::V6(address) => (2u8, address.octets().to_vec()),
    };
    let key = MAGIC_COOKIE.iter().chain(&transaction);
    let hidden = address.iter().zip(key).map(|(byte, key)| byte ^ key);
    [0, family].into_iter().chain(port.to_be_bytes()).chain(hidden).collect()
}

fn attribute(kind: [u8; 2], value: &[u8]) -> Vec<u8> {
    let mut bytes = kind.to_vec();
    bytes.extend_from_slice(&u16::try_from(value.len()).unwrap_or(u16::MAX).to_be_bytes());
    bytes.extend_from_slice(value);
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    bytes
}

fn message(kind: [u8; 2], transaction: [u8; 12], attributes: &[Vec<u8>]) -> Vec<u8> {
    let body = attributes.concat();
    let length = u16::try_from(body.len()).unwrap_or(u16::MAX).to_be_bytes();
    [&kind[..], &length, &MAGIC_COOKIE, &transaction, &body].concat()
}

/// CRC-32 of ITU-T V.42, bit by bit: requests are short and carry it at most once.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg()))
    })
}

#[cfg(test)]
#[path = "stun_tests.rs"]
mod tests;

//! The header with which a proxy in front of a TCP connection says whose it is: HAProxy's PROXY protocol, versions 1 and
//! 2 (<https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt>).
//!
//! It may be read only from listed proxies, and then it must be there: see
//! [`TrustedProxies`](crate::forwarded::TrustedProxies). The parser is our own because those at hand say of some headers
//! that were cut by the network that they are wrong, and bound version 2 only by its length field, 64 KiB.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::address::Address;

/// The longest header of version 1, line end included (section 2.1).
const V1_MAX: usize = 107;
/// The longest header of version 2 that is taken: the addresses and what proxies add about TLS. One more is an error.
const V2_MAX: usize = 4_096;
/// The first bytes of version 2 (section 2.2).
const V2_SIGNATURE: [u8; 12] = *b"\r\n\r\n\0\r\nQUIT\n";
/// Signature, version and command, family and protocol, length.
const V2_FIXED: usize = 16;

/// What the first bytes of a connection are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProxyHeader {
    /// The beginning of a header: more bytes are needed.
    Incomplete,
    /// A header of so many bytes; what follows belongs to the connection.
    Complete {
        /// The client, or nothing if the proxy connected for itself: then the peer's own address counts.
        client: Option<Address>,
        /// Bytes of the header.
        length: usize,
    },
}

/// Why the first bytes are no header that can be used. The proxy, or who set it up, is to blame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProxyHeaderError {
    /// The connection does not begin with a header.
    #[error("the connection does not begin with a PROXY header")]
    Missing,
    /// The header breaks the protocol's rules.
    #[error("the PROXY header is malformed")]
    Malformed,
    /// Neither TCP over IPv4 nor over IPv6.
    #[error("the PROXY header is about something other than TCP")]
    NotTcp,
    /// More bytes than anybody needs.
    #[error("the PROXY header is too long")]
    TooLong,
}

impl ProxyHeaderError {
    /// The stable text.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "proxy_header_missing",
            Self::Malformed => "proxy_header_malformed",
            Self::NotTcp => "proxy_header_not_tcp",
            Self::TooLong => "proxy_header_too_long",
        }
    }
}

/// Reads the header at the beginning of a connection. To be called with all bytes so far, until it is no longer
/// incomplete; that is after 4,096 bytes at the latest.
///
/// # Errors
/// See [`ProxyHeaderError`]. The connection must then be closed.
pub fn parse(bytes: &[u8]) -> Result<ProxyHeader, ProxyHeaderError> {
    if begins(bytes, &V2_SIGNATURE) {
        version_2(bytes)
    } else if begins(bytes, b"PROXY ") {
        version_1(bytes)
    } else {
        Err(ProxyHeaderError::Missing)
    }
}

/// Whether the bytes begin with all of `wanted`, or are a beginning of it.
fn begins(bytes: &[u8], wanted: &[u8]) -> bool {
    let common = bytes.len().min(wanted.len());
    bytes[..common] == wanted[..common]
}

fn version_1(bytes: &[u8]) -> Result<ProxyHeader, ProxyHeaderError> {
    let window = &bytes[..bytes.len().min(V1_MAX)];
    let Some(end) = window.windows(2).position(|pair| pair == b"\r\n") else {
        return if window.len() < V1_MAX { Ok(ProxyHeader::Incomplete) } else { Err(ProxyHeaderError::TooLong) };
    };
    let line = std::str::from_utf8(&window[..end]).map_err(|_| ProxyHeaderError::Malformed)?;
    let fields: Vec<&str> = line.split(' ').collect();
    let client = match fields[..] {
        // Whatever follows is to be ignored.
        ["PROXY", "UNKNOWN", ..] => None,
        ["PROXY", "TCP4", from, to, from_port, to_port] => Some(text_pair::<Ipv4Addr>(from, to, from_port, to_port)?),
        ["PROXY", "TCP6", from, to, from_port, to_port] => Some(text_pair::<Ipv6Addr>(from, to, from_port, to_port)?),
        _ => return Err(ProxyHeaderError::Malformed),
    };
    Ok(ProxyHeader::Complete { client, length: end + 2 })
}

/// The first of two addresses with their ports.
fn text_pair<A: std::str::FromStr + Into<IpAddr>>(
    from: &str,
    to: &str,
    from_port: &str,
    to_port: &str,
) -> Result<Address, ProxyHeaderError> {
    let address = |text: &str| text.parse::<A>().map_err(|_| ProxyHeaderError::Malformed);
    let (from, _) = (address(from)?, address(to)?);
    if is_port(from_port) && is_port(to_port) {
        Ok(Address::from(from.into()))
    } else {
        Err(ProxyHeaderError::Malformed)
    }
}

/// A decimal number up to 65535 without leading zeros.
fn is_port(text: &str) -> bool {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    digits && text.parse::<u16>().is_ok()
}

fn version_2(bytes: &[u8]) -> Result<ProxyHeader, ProxyHeaderError> {
    let Some((&[version_and_command, family_and_protocol, high, low], rest)) =
        bytes.get(V2_SIGNATURE.len()..).and_then(|rest| rest.split_first_chunk())
    else {
        return Ok(ProxyHeader::Incomplete);
    };
    let length = usize::from(u16::from_be_bytes([high, low]));
    let local = match version_and_command {
        0x20 => true,
        0x21 => false,
        _ => return Err(ProxyHeaderError::Malformed),
    };
    if V2_FIXED + length > V2_MAX {
        return Err(ProxyHeaderError::TooLong);
    }
    let Some(body) = rest.get(..length) else { return Ok(ProxyHeader::Incomplete) };
    // A proxy that asks for itself may say anything about the rest, which is to be ignored (section 2.2).
    let client = if local { None } else { Some(binary_client(family_and_protocol, body)?) };
    Ok(ProxyHeader::Complete { client, length: V2_FIXED + length })
}

/// The client's address in the body; addresses, ports and further fields follow it.
fn binary_client(family_and_protocol: u8, body: &[u8]) -> Result<Address, ProxyHeaderError> {
    const TCP4: u8 = 0x11;
    const TCP6: u8 = 0x21;
    let address = match family_and_protocol {
        TCP4 if body.len() >= 12 => body.first_chunk::<4>().map(|octets| IpAddr::from(*octets)),
        TCP6 if body.len() >= 36 => body.first_chunk::<16>().map(|octets| IpAddr::from(*octets)),
        TCP4 | TCP6 => None,
        _ => return Err(ProxyHeaderError::NotTcp),
    };
    address.map(Address::from).ok_or(ProxyHeaderError::Malformed)
}

#[cfg(test)]
#[path = "proxy_header_tests.rs"]
mod tests;

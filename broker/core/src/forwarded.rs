//! Whose address a request has: the peer's, or, where the peer is a listed proxy, the one that the proxies vouch for.
//!
//! Anybody can send these headers, so one counts only as far as listed proxies wrote it. The elements are walked from the
//! last one, which the nearest proxy added, towards the first. Listed proxies are stepped over; the first address that is
//! none is the client, and what stands before it is what that client claims and is not looked at. What can't be read on
//! the way is an error, never a reason to go one further: further on an attacker chooses.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::address::Address;
use crate::address_rules::AddressRange;

/// Proxies that a request may have passed. One more is an error.
const HOPS_MAX: usize = 32;
/// Bytes of all header lines together. One more is an error.
const BYTES_MAX: usize = 16 * 1024;

/// The proxies whose word counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<AddressRange>);

impl TrustedProxies {
    /// These and no others.
    #[must_use]
    pub const fn new(ranges: Vec<AddressRange>) -> Self {
        Self(ranges)
    }

    /// Whether the proxy at this address is listed.
    #[must_use]
    pub fn lists(&self, address: Address) -> bool {
        self.0.iter().any(|range| range.holds(address))
    }
}

/// Which header the proxies write. The other one is whatever a client sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ForwardedKind {
    /// `X-Forwarded-For`: addresses, with or without ports, separated by commas.
    XForwardedFor,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

/// Why a listed proxy's header can't be used. The proxy, or who set it up, is to blame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ForwardedError {
    /// Something that is not of the header's form, also nothing at all.
    #[error("the proxy's header is malformed")]
    Malformed,
    /// An element that names nobody: `unknown`, `_hidden`, or a `Forwarded` element without `for`.
    #[error("the proxy's header does not say who the client is")]
    Anonymous,
    /// An address with a zone means something on one machine only (RFC 4007).
    #[error("the proxy's header has an address with a zone")]
    Zone,
    /// More proxies than anybody has.
    #[error("the request has passed more than {HOPS_MAX} proxies")]
    TooManyHops,
    /// More bytes than anybody needs.
    #[error("the proxy's header is longer than {BYTES_MAX} bytes")]
    TooLong,
}

impl ForwardedError {
    /// The stable text.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Malformed => "forwarded_malformed",
            Self::Anonymous => "forwarded_anonymous",
            Self::Zone => "forwarded_zone",
            Self::TooManyHops => "forwarded_too_many_hops",
            Self::TooLong => "forwarded_too_long",
        }
    }
}

/// The client's address. `header_values` are the values of all header lines of `kind`, in the order in which they came;
/// several lines are one list.
///
/// A listed proxy that sends no such header asks for itself. So does the farthest one, if the list names nobody else.
///
/// # Errors
/// The peer is listed, but what it says can't be used: see [`ForwardedError`]. The request must then be refused.
pub fn client_address(
    peer: Address,
    header_values: &[&str],
    kind: ForwardedKind,
    trusted: &TrustedProxies,
) -> Result<Address, ForwardedError> {
    if !trusted.lists(peer) {
        return Ok(peer);
    }
    if header_values.iter().map(|line| line.len()).sum::<usize>() > BYTES_MAX {
        return Err(ForwardedError::TooLong);
    }
    let mut nearest = peer;
    let mut hops = 0;
    for line in header_values.iter().rev() {
        for element in elements(line, kind)?.into_iter().rev() {
            if hops == HOPS_MAX {
                return Err(ForwardedError::TooManyHops);
            }
            hops += 1;
            nearest = match kind {
                ForwardedKind::XForwardedFor => address_in_list(element)?,
                ForwardedKind::Forwarded => address_in_element(element)?,
            };
            if !trusted.lists(nearest) {
                return Ok(nearest);
            }
        }
    }
    Ok(nearest)
}

/// The elements of one line, without the white space around them. An element may be empty, which is for its reader to
/// refuse: a proxy that had nothing to say must not make its neighbour's element the last one.
fn elements(line: &str, kind: ForwardedKind) -> Result<Vec<&str>, ForwardedError> {
    let elements: Vec<&str> = match kind {
        ForwardedKind::XForwardedFor => line.split(',').collect(),
        ForwardedKind::Forwarded => split_outside_quotes(line, ',')?,
    };
    Ok(elements.into_iter().map(trim).collect())
}

/// Takes away the white space that HTTP allows around list elements (RFC 9110, section 5.6.3).
fn trim(text: &str) -> &str {
    text.trim_matches([' ', '\t'])
}

/// Splits at a separator that is not within a quoted string. A quoted string must end.
fn split_outside_quotes(text: &str, separator: char) -> Result<Vec<&str>, ForwardedError> {
    let mut parts = Vec::new();
    let (mut start, mut quoted, mut escaped) = (0, false, false);
    for (at, character) in text.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if character == separator && !quoted => {
                parts.push(&text[start..at]);
                start = at + character.len_utf8();
            }
            _ => {}
        }
    }
    if quoted {
        return Err(ForwardedError::Malformed);
    }
    parts.push(&text[start..]);
    Ok(parts)
}

/// The address of an element of `X-Forwarded-For`. There is no standard, so every form that proxies are known to write is
/// taken: an address, one in brackets, either with a port, and all of that in quotes.
fn address_in_list(element: &str) -> Result<Address, ForwardedError> {
    let bare = element.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(element);
    if let Ok(address) = bare.parse::<IpAddr>() {
        return Ok(Address::from(address));
    }
    if bare.contains('%') { Err(ForwardedError::Zone) } else { node(bare) }
}

/// The address of an element of `Forwarded`: the value of its one `for`.
fn address_in_element(element: &str) -> Result<Address, ForwardedError> {
    let mut found = None;
    for pair in split_outside_quotes(element, ';')? {
        let pair = trim(pair);
        if pair.is_empty() && !trim(element).is_empty() {
            // The grammar of RFC 7239, section 4, allows `;` with nothing beside it.
            continue;
        }
        let (name, value) = pair.split_once('=').ok_or(ForwardedError::Malformed)?;
        let value = value_of(value)?;
        if !is_token(name) || (name.eq_ignore_ascii_case("for") && found.replace(value).is_some()) {
            return Err(ForwardedError::Malformed);
        }
    }
    node(&found.ok_or(ForwardedError::Anonymous)?)
}

/// The value of a pair: a token, or a quoted string with what is escaped in it (RFC 9110, sections 5.6.2 and 5.6.4).
fn value_of(text: &str) -> Result<String, ForwardedError> {
    if is_token(text) {
        return Ok(text.to_owned());
    }
    let quoted = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).ok_or(ForwardedError::Malformed)?;
    let mut value = String::with_capacity(quoted.len());
    let mut characters = quoted.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => value.push(characters.next().ok_or(ForwardedError::Malformed)?),
            '"' => return Err(ForwardedError::Malformed),
            _ => value.push(character),
        }
    }
    Ok(value)
}

fn is_token(text: &str) -> bool {
    let tchar = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(tchar)
}

/// The address of a node with an optional port: an IPv4 address, or an IPv6 address in brackets (RFC 7239, section 6).
fn node(text: &str) -> Result<Address, ForwardedError> {
    if let Some(rest) = text.strip_prefix('[') {
        let (address, port) = rest.split_once(']').ok_or(ForwardedError::Malformed)?;
        if address.contains('%') {
            return Err(ForwardedError::Zone);
        }
        let address: Ipv6Addr = address.parse().map_err(|_| ForwardedError::Malformed)?;
        return port_or_nothing(port).map(|()| Address::from(IpAddr::from(address)));
    }
    let (name, port) = text.split_at(text.find(':').unwrap_or(text.len()));
    port_or_nothing(port)?;
    if name.eq_ignore_ascii_case("unknown") || is_obfuscated(name) {
        return Err(ForwardedError::Anonymous);
    }
    let address: Ipv4Addr = name.parse().map_err(|_| ForwardedError::Malformed)?;
    Ok(Address::from(IpAddr::from(address)))
}

/// An identifier that says nothing (RFC 7239, section 6.3).
fn is_obfuscated(text: &str) -> bool {
    let rest = text.strip_prefix('_').unwrap_or_default();
    !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
}

/// Nothing, or a colon and a port, which may be obfuscated too.
fn port_or_nothing(text: &str) -> Result<(), ForwardedError> {
    let Some(port) = text.strip_prefix(':') else {
        return if text.is_empty() { Ok(()) } else { Err(ForwardedError::Malformed) };
    };
    let number = (1..=5).contains(&port.len()) && port.bytes().all(|byte| byte.is_ascii_digit());
    if number && port.parse::<u16>().is_ok() || is_obfuscated(port) { Ok(()) } else { Err(ForwardedError::Malformed) }
}

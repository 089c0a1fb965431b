//! Headers of both versions: whole, cut anywhere, wrong, and too long.

use proptest::prelude::*;

use super::*;

fn address(text: &str) -> Address {
    Address::from(text.parse::<IpAddr>().unwrap())
}

fn whole(client: Option<&str>, length: usize) -> Result<ProxyHeader, ProxyHeaderError> {
    Ok(ProxyHeader::Complete { client: client.map(address), length })
}

fn v2(version_and_command: u8, family_and_protocol: u8, body: &[u8]) -> Vec<u8> {
    let mut bytes = V2_SIGNATURE.to_vec();
    bytes.extend([version_and_command, family_and_protocol]);
    bytes.extend((body.len() as u16).to_be_bytes());
    bytes.extend(body);
    bytes
}

fn tcp6_body(from: &str) -> Vec<u8> {
    let mut body = from.parse::<Ipv6Addr>().unwrap().octets().to_vec();
    body.resize(36, 0);
    body
}

#[test]
fn version_1() {
    for (line, client) in [
        ("PROXY TCP4 192.0.2.7 198.51.100.1 56324 443\r\n", Some("192.0.2.7")),
        ("PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n", Some("255.255.255.255")),
        ("PROXY TCP6 2001:db8::7 2001:db8::1 0 1\r\n", Some("2001:db8::7")),
        ("PROXY TCP6 ::ffff:192.0.2.7 ::1 1 1\r\n", Some("192.0.2.7")),
        ("PROXY UNKNOWN\r\n", None),
        ("PROXY UNKNOWN ffff::ffff ffff::ffff 65535 65535\r\n", None),
    ] {
        assert_eq!(parse(line.as_bytes()), whole(client, line.len()), "{line}");
        let more = [line.as_bytes(), b"\x16\x03\x01\r\n"].concat();
        assert_eq!(parse(&more), whole(client, line.len()), "what follows is not the header's");
        for cut in 0..line.len() {
            assert_eq!(parse(&line.as_bytes()[..cut]), Ok(ProxyHeader::Incomplete), "{line} cut at {cut}");
        }
    }
}

#[test]
fn version_1_that_is_wrong() {
    for line in [
        "PROXY TCP4 192.0.2.7 198.51.100.1 56324\r\n",
        "PROXY TCP4 192.0.2.7 198.51.100.1 56324 443 1\r\n",
        "PROXY TCP4 192.0.2.7 198.51.100.1  56324 443\r\n",
        "PROXY TCP4 192.0.2.7 198.51.100.1 056324 443\r\n",
        "PROXY TCP4 192.0.2.7 198.51.100.1 +56 443\r\n",
        "PROXY TCP4 192.0.2.7 198.51.100.1 65536 443\r\n",
        "PROXY TCP4 192.0.2.07 198.51.100.1 1 443\r\n",
        "PROXY TCP4 2001:db8::7 2001:db8::1 1 443\r\n",
        "PROXY TCP4 ::ffff:192.0.2.7 198.51.100.1 1 443\r\n",
        "PROXY TCP6 192.0.2.7 198.51.100.1 1 443\r\n",
        "PROXY TCP6 fe80::1%eth0 fe80::2 1 443\r\n",
        "PROXY TCP6 [2001:db8::7] 2001:db8::1 1 443\r\n",
        "PROXY TCP4 192.0.2.7 198.51.100.1 1 443\n\r\n",
        "PROXY tcp4 192.0.2.7 198.51.100.1 1 443\r\n",
        "PROXY TCP4\t192.0.2.7 198.51.100.1 1 443\r\n",
        "PROXY UDP4 192.0.2.7 198.51.100.1 1 443\r\n",
        "PROXY \r\n",
    ] {
        assert_eq!(parse(line.as_bytes()), Err(ProxyHeaderError::Malformed), "{line}");
    }
    assert_eq!(parse(b"PROXY TCP4 \xff\r\n"), Err(ProxyHeaderError::Malformed));
    let long = format!("PROXY UNKNOWN {}", "x".repeat(V1_MAX));
    assert_eq!(parse(&long.as_bytes()[..V1_MAX - 1]), Ok(ProxyHeader::Incomplete));
    assert_eq!(parse(&long.as_bytes()[..V1_MAX]), Err(ProxyHeaderError::TooLong));
}

#[test]
fn no_header_at_all() {
    for bytes in [&b"\x16\x03\x01\x02\x00"[..], b"GET / HTTP/1.1\r\n", b"proxy ", b"PROXX", b"\r\n\r\n\0\r\nQUIT\r"] {
        assert_eq!(parse(bytes), Err(ProxyHeaderError::Missing));
    }
}

#[test]
fn version_2() {
    let tcp4 = [192, 0, 2, 7, 198, 51, 100, 1, 0xdc, 4, 1, 0xbb];
    let with_more = [&tcp4[..], &[0x03, 0, 4, 1, 2, 3, 4]].concat();
    for (bytes, client) in [
        (v2(0x21, 0x11, &tcp4), Some("192.0.2.7")),
        (v2(0x21, 0x11, &with_more), Some("192.0.2.7")),
        (v2(0x21, 0x21, &tcp6_body("2001:db8::7")), Some("2001:db8::7")),
        (v2(0x21, 0x21, &tcp6_body("::ffff:192.0.2.7")), Some("192.0.2.7")),
        (v2(0x20, 0x00, &[]), None),
        (v2(0x20, 0xff, &[1, 2, 3]), None),
    ] {
        assert_eq!(parse(&bytes), whole(client, bytes.len()));
        assert_eq!(parse(&[&bytes[..], b"\x16\x03"].concat()), whole(client, bytes.len()));
        for cut in 0..bytes.len() {
            assert_eq!(parse(&bytes[..cut]), Ok(ProxyHeader::Incomplete), "cut at {cut}");
        }
    }
}

#[test]
fn version_2_that_is_wrong() {
    let tcp4 = [192, 0, 2, 7, 198, 51, 100, 1, 0xdc, 4, 1, 0xbb];
    for (bytes, why) in [
        (v2(0x11, 0x11, &tcp4), ProxyHeaderError::Malformed),
        (v2(0x22, 0x11, &tcp4), ProxyHeaderError::Malformed),
        (v2(0x21, 0x11, &tcp4[..11]), ProxyHeaderError::Malformed),
        (v2(0x21, 0x21, &tcp6_body("::1")[..35]), ProxyHeaderError::Malformed),
        (v2(0x21, 0x00, &tcp4), ProxyHeaderError::NotTcp),
        (v2(0x21, 0x12, &tcp4), ProxyHeaderError::NotTcp),
        (v2(0x21, 0x31, &[0; 216]), ProxyHeaderError::NotTcp),
        (v2(0x21, 0x11, &[0; V2_MAX - V2_FIXED + 1]), ProxyHeaderError::TooLong),
    ] {
        assert_eq!(parse(&bytes), Err(why));
    }
    let longest = v2(0x21, 0x11, &[9; V2_MAX - V2_FIXED]);
    assert_eq!(parse(&longest), whole(Some("9.9.9.9"), V2_MAX));
    let claims_64_kib = v2(0x21, 0x11, &[0; 65_535]);
    assert_eq!(parse(&claims_64_kib[..V2_FIXED]), Err(ProxyHeaderError::TooLong), "before it is waited for");
}

proptest! {
    #[test]
    fn any_bytes_are_a_header_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..200), head in 0usize..3) {
        let head: &[u8] = [&b""[..], b"PROXY TCP4 ", &V2_SIGNATURE][head];
        let bytes = [head, &bytes].concat();
        if let Ok(ProxyHeader::Complete { length, .. }) = parse(&bytes) {
            prop_assert!(length <= bytes.len());
        }
    }
}

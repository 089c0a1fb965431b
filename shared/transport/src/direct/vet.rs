//! A first look at what the peer wrote, before the WebRTC library parses it: shape and size, and nowhere that a session
//! has no business to send to.

use std::net::IpAddr;

use beside_protocol::limits::PAYLOAD_MAX;

use super::error::PathError;

/// Lines of a description; one with a data section only has about twenty.
const LINES_MAX: usize = 128;
/// Bytes of a candidate; an IPv6 one with a related address has about 160.
const CANDIDATE_MAX: usize = 512;

/// Accepts a description with one section, for data. Candidates in it are refused: they travel by themselves and are
/// counted.
pub(super) fn description(sdp: &str) -> Result<(), PathError> {
    let refused = |why| Err(PathError::Peer(why));
    if sdp.len() > PAYLOAD_MAX || sdp.lines().count() > LINES_MAX {
        return refused("a description that is too long");
    }
    if !sdp.starts_with("v=0") || sdp.chars().any(|char| char.is_control() && !matches!(char, '\r' | '\n')) {
        return refused("a description that is none");
    }
    let mut sections = sdp.lines().filter(|line| line.starts_with("m="));
    if !matches!((sections.next(), sections.next()), (Some(only), None) if only.starts_with("m=application ")) {
        return refused("a description of something else than data");
    }
    if sdp.lines().any(|line| line.starts_with("a=candidate")) {
        return refused("a description with candidates");
    }
    Ok(())
}

/// Whether a candidate is to be tried; a kind of which this build makes no use is passed over.
pub(super) fn candidate(text: &str) -> Result<bool, PathError> {
    const MALFORMED: PathError = PathError::Peer("a malformed candidate");
    if text.len() > CANDIDATE_MAX || !text.is_ascii() {
        return Err(MALFORMED);
    }
    let words: Vec<&str> = text.strip_prefix("candidate:").unwrap_or(text).split_ascii_whitespace().collect();
    let [_foundation, component, protocol, priority, address, port, "typ", _kind, ..] = words[..] else {
        return Err(MALFORMED);
    };
    if component.parse::<u16>().is_err() || priority.parse::<u32>().is_err() {
        return Err(MALFORMED);
    }
    let port: u16 = port.parse().map_err(|_| MALFORMED)?;
    // A name would have to be asked for, in public or by multicast; our own sides give addresses.
    let address: Option<IpAddr> = address.parse().ok();
    Ok(protocol.eq_ignore_ascii_case("udp") && port != 0 && address.is_some_and(is_one_machine))
}

fn is_one_machine(address: IpAddr) -> bool {
    let broadcast = matches!(address, IpAddr::V4(address) if address.is_broadcast());
    !(address.is_unspecified() || address.is_multicast() || broadcast)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const DATA: &str = "v=0\r\no=- 1 2 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n\
        m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\n";

    #[test]
    fn a_description_is_of_data_and_of_nothing_else() {
        assert_eq!(description(DATA), Ok(()));
        for wrong in [
            String::new(),
            "v=1\r\n".to_owned(),
            "v=0\r\n".to_owned(),
            format!("{DATA}m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"),
            format!("{DATA}{DATA}"),
            format!("{DATA}a=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\n"),
            format!("{DATA}\0"),
            format!("{DATA}{}", "a=x\r\n".repeat(LINES_MAX)),
            format!("{DATA}a={}\r\n", "x".repeat(PAYLOAD_MAX)),
        ] {
            assert!(description(&wrong).is_err(), "{wrong:.200}");
        }
    }

    #[test]
    fn only_candidates_that_name_one_machine_are_tried() {
        let verdict = |rest: &str| candidate(&format!("candidate:1 1 {rest}"));
        assert_eq!(verdict("udp 2130706431 192.0.2.1 4711 typ host"), Ok(true));
        assert_eq!(verdict("UDP 1 2001:db8::1 4711 typ srflx raddr :: rport 9"), Ok(true));
        for passed_over in ["tcp 1 192.0.2.1 9 typ host tcptype active", "udp 1 x.local 9 typ host"] {
            assert_eq!(verdict(passed_over), Ok(false));
        }
        for nowhere in ["255.255.255.255", "224.0.0.251", "ff02::fb", "0.0.0.0"] {
            assert_eq!(verdict(&format!("udp 1 {nowhere} 9 typ host")), Ok(false));
        }
        for wrong in ["udp 1 192.0.2.1 99999 typ host", "udp x 192.0.2.1 9 typ host", "udp 1 192.0.2.1 9 host", ""] {
            assert!(verdict(wrong).is_err(), "{wrong}");
        }
        assert!(candidate(&"x".repeat(CANDIDATE_MAX + 1)).is_err());
    }

    proptest! {
        #[test]
        fn nothing_makes_the_first_look_panic(text in ".{0,300}") {
            let _ = description(&text);
            let _ = candidate(&text);
            let _ = candidate(&format!("candidate:1 1 udp 1 {text} 9 typ host"));
        }
    }
}

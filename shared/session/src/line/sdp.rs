//! Descriptions of WebRTC paths: the fingerprint in them is never believed.

/// Replaces every `a=fingerprint` of a description (RFC 8866, RFC 8122) by the peer's of the handshake.
///
/// Nothing if there is none to replace: such a description asks for a connection that nobody vouches for.
pub(super) fn with_fingerprint(sdp: &str, fingerprint: &[u8; 32]) -> Option<String> {
    let colons = fingerprint.map(|byte| format!("{byte:02X}")).join(":");
    let mut replaced = false;
    let mut out = String::with_capacity(sdp.len());
    for line in sdp.split_inclusive(['\r', '\n']) {
        let text = line.trim_end_matches(['\r', '\n']);
        if is_fingerprint(text) {
            replaced = true;
            out.push_str("a=fingerprint:sha-256 ");
            out.push_str(&colons);
            out.push_str(&line[text.len()..]);
        } else {
            out.push_str(line);
        }
    }
    replaced.then_some(out)
}

/// A lenient parser may take more than the grammar allows, so more than the grammar allows is replaced.
fn is_fingerprint(line: &str) -> bool {
    let mut letters = line.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase);
    "a=fingerprint".chars().all(|expected| letters.next() == Some(expected))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fingerprint_becomes_the_handshakes() {
        let sdp = "v=0\r\na=fingerprint:sha-256 AA:BB\r\nm=application 9\r\nA = FINGERPRINT :sha-1 00\r\na=mid:0\r\n";
        let out = with_fingerprint(sdp, &[0xab; 32]).unwrap();
        let ours = format!("a=fingerprint:sha-256 {}", ["AB"; 32].join(":"));
        assert_eq!(out, format!("v=0\r\n{ours}\r\nm=application 9\r\n{ours}\r\na=mid:0\r\n"));
    }

    #[test]
    fn lone_carriage_returns_hide_nothing() {
        let sdp = "v=0\ra=fingerprint:sha-256 AA\r\na=fingerprint:sha-256 BB\n";
        let out = with_fingerprint(sdp, &[0xab; 32]).unwrap();
        assert!(!out.contains("AA") && !out.contains(" BB"), "{out}");
    }

    #[test]
    fn without_a_fingerprint_there_is_no_description() {
        assert_eq!(with_fingerprint("v=0\r\n", &[0; 32]), None);
    }
}

//! The keys that every trust starts from.

use crate::key::{KeyError, PublicKey};

/// The vendor's keys of this release, from `signing/vendor-keys.txt`. Without one no organisation is trusted.
///
/// # Errors
/// A line of the file is no key; a test keeps such a file from being committed.
pub fn release_keys() -> Result<Vec<PublicKey>, KeyError> {
    keys_in(include_str!("../../../signing/vendor-keys.txt"))
}

/// The keys in a text like `signing/vendor-keys.txt`: one a line, in 130 hexadecimal digits; empty lines and those that
/// begin with `#` don't count.
///
/// # Errors
/// Another line is no key.
pub fn keys_in(text: &str) -> Result<Vec<PublicKey>, KeyError> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).map(parse_key).collect()
}

/// The demo's vendor key, for builds that trust it beside the release's own.
///
/// # Errors
/// The text is no key in 130 hexadecimal digits.
#[cfg(feature = "demo-trust")]
pub fn demo_key(text: &str) -> Result<PublicKey, KeyError> {
    parse_key(text)
}

fn parse_key(text: &str) -> Result<PublicKey, KeyError> {
    PublicKey::from_sec1(&hex::decode(text).map_err(|_| KeyError::Public)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::SigningKey;

    #[test]
    fn the_committed_file_is_readable() {
        release_keys().unwrap();
    }

    #[test]
    fn one_key_a_line_and_anything_else_is_an_error() {
        let key = SigningKey::from_bytes(&[7; 32]).unwrap().public();
        let line = hex::encode(key.as_bytes());
        assert_eq!(keys_in(&format!("# ours, 2026\n\n{line}\n  {line}  \n")), Ok(vec![key.clone(), key]));
        assert_eq!(keys_in(&line[1..]), Err(KeyError::Public));
        assert_eq!(keys_in("ours"), Err(KeyError::Public));
    }

    #[cfg(feature = "demo-trust")]
    #[test]
    fn a_demo_key_is_parsed_like_any_other() {
        let key = SigningKey::from_bytes(&[8; 32]).unwrap().public();
        assert_eq!(demo_key(&hex::encode(key.as_bytes())), Ok(key));
    }
}

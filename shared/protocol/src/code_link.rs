//! Links that take an access code along: `beside:` and the six digits, as the download page writes them (RFC 3986, a scheme and
//! a path without slashes).

use crate::AccessCode;

/// What such a link begins with, and what the apps are registered for with the system.
const SCHEME: &str = "beside:";

/// The code that a link carries. Whoever opens a link hands it over as an argument, so whatever is not exactly such a link is
/// nothing: no other scheme or case, no blanks, no further parts.
#[must_use]
pub fn code_in_link(link: &str) -> Option<AccessCode> {
    link.strip_prefix(SCHEME)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_the_exact_link_carries_a_code() {
        assert!(code_in_link("beside:482916").is_some_and(|code| code.reveal() == "482916"));
        for other in [
            "",
            "beside:",
            "beside:48291",
            "beside:4829160",
            "beside://482916",
            "beside:482916/",
            "beside:482916?x",
            "BESIDE:482916",
            " beside:482916",
            "beside:482916\n",
            "beside:４８２９１６",
            "482916",
            "besides:482916",
            "beside:+48291",
            "--self-test",
        ] {
            assert!(code_in_link(other).is_none(), "{other:?}");
        }
    }

    proptest! {
        #[test]
        fn whatever_carries_a_code_is_its_link(text in "(beside:)?.{0,12}") {
            if let Some(code) = code_in_link(&text) {
                prop_assert_eq!(format!("beside:{}", code.reveal()), text);
            }
        }

        #[test]
        fn every_code_survives_its_link(number in 0_u64..1_000_000) {
            let code = AccessCode::from_number(number);
            let read = code_in_link(&format!("beside:{}", code.reveal()));
            prop_assert_eq!(read.map(|read| read.reveal().to_owned()), Some(code.reveal().to_owned()));
        }
    }
}

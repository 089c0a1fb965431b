//! Names of people, typed by strangers: accepted only in a form that can't play tricks where it is shown.

use beside_protocol::limits::NAME_MAX;
use unicode_normalization::UnicodeNormalization as _;

/// A name that is NFC, of 1 to 64 bytes, without control characters and without characters that turn or hide text.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonName(String);

impl PersonName {
    /// The name in `text`, or nothing if it is not one. White space around it does not belong to it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let fits = !text.is_empty() && text.len() <= NAME_MAX;
        (fits && text.nfc().eq(text.chars()) && !text.chars().any(deceives)).then(|| Self(text.to_owned()))
    }

    /// The name that is left of what a stranger typed: composed, without what deceives, cut at 64 bytes; nothing if
    /// nothing is left.
    #[must_use]
    pub fn tidy(text: &str) -> Option<Self> {
        let composed: String = text.chars().filter(|character| !deceives(*character)).nfc().collect();
        let composed = composed.trim();
        // Composed text stays composed when it is cut, for composition only looks backwards.
        Self::parse(&composed[..composed.floor_char_boundary(NAME_MAX)])
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Personal data does not print.
impl std::fmt::Debug for PersonName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PersonName(hidden)")
    }
}

/// Control characters, line and paragraph separators, and everything of bidirectional or invisible formatting
/// (UAX #9, and the zero-width and filler characters with which two names can be made to look alike).
fn deceives(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{00AD}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{180E}' | '\u{3164}' | '\u{FEFF}' | '\u{FFA0}'
            | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FFF0}'..='\u{FFFB}'
            | '\u{E0000}'..='\u{E0FFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_people_are_names() {
        for good in ["김민수", "佐藤 花子", "O'Brien", "Zoë", "<b>Bob</b>", "  Ada "] {
            assert!(PersonName::parse(good).is_some(), "{good}");
        }
        assert_eq!(PersonName::parse("  Ada ").unwrap().as_str(), "Ada");
    }

    #[test]
    fn tricks_are_not() {
        for bad in ["", "   ", "a\nb", "a\u{202E}b", "a\u{200F}b", "e\u{301}", "a\u{0}b", "\u{3164}", "a\u{2066}b"] {
            assert!(PersonName::parse(bad).is_none(), "{bad:?}");
        }
        assert!(PersonName::parse(&"x".repeat(64)).is_some());
        assert!(PersonName::parse(&"x".repeat(65)).is_none());
    }

    #[test]
    fn what_a_person_typed_is_made_a_name_of() {
        let tidied = |text: &str| PersonName::tidy(text).map(|name| name.as_str().to_owned());
        assert_eq!(tidied(" Ada\u{202E}\n").as_deref(), Some("Ada"));
        assert_eq!(tidied("\u{1100}\u{1161}\u{11a8}e\u{200D}\u{301}").as_deref(), Some("각é"));
        assert_eq!(tidied(&"곁".repeat(30)).as_deref(), Some("곁".repeat(21).as_str()));
        for nothing in ["", " ", "\u{3164}", "\u{200B}\u{7}"] {
            assert_eq!(tidied(nothing), None, "{nothing:?}");
        }
    }
}

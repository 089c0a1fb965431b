//! By what a name is found, whoever types it however: compatible forms, letters of either size and blanks count alike.

use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization as _;

use crate::name::PersonName;

/// What of a name it is found by.
#[derive(Clone, PartialEq, Eq)]
pub struct NameWords {
    words: BTreeSet<String>,
    whole: String,
}

impl NameWords {
    /// Those of a name.
    #[must_use]
    pub fn of(name: &PersonName) -> Self {
        // Small letters may not be composed as large ones are. Letter by letter, so that no letter hangs on its neighbours.
        let folded: String = name.as_str().nfkc().flat_map(char::to_lowercase).nfkc().collect();
        let words: Vec<&str> = folded.split_whitespace().collect();
        Self { whole: words.concat(), words: words.into_iter().map(str::to_owned).collect() }
    }

    /// Its words. Whoever looks for several means all of them, in any order.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.words.iter().map(String::as_str)
    }

    /// All of it without blanks: where families' and given names are written with a blank by some and without by others,
    /// this is the same.
    #[must_use]
    pub fn whole(&self) -> &str {
        &self.whole
    }
}

/// Personal data does not print.
impl std::fmt::Debug for NameWords {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NameWords(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str) -> NameWords {
        NameWords::of(&PersonName::tidy(name).unwrap())
    }

    #[test]
    fn however_it_is_typed_it_is_the_same() {
        for (typed, otherwise) in [
            ("Ada  Lovelace", "ADA lovelace"),
            ("ＡＤＡ\u{3000}Lovelace", "ada Lovelace"),
            ("ﾊﾅｺ", "ハナコ"),
            ("e\u{301}lodie", "ÉLODIE"),
            ("ΣΟΦΟΣ", "σοφοσ"),
            ("\u{1100}\u{1161}", "가"),
        ] {
            assert!(of(typed) == of(otherwise), "{typed} {otherwise}");
        }
    }

    #[test]
    fn words_stand_alone_and_the_whole_has_no_blanks() {
        let name = of("佐藤 花子");
        assert_eq!(name.words().collect::<Vec<_>>(), ["佐藤", "花子"]);
        assert_eq!(name.whole(), of("佐藤花子").whole());
        assert_eq!(of("Ada Ada").words().count(), 1);
    }
}

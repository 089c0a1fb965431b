//! Which passwords people may choose: long enough, not known from breaches, not guessable (NIST SP 800-63B; the estimate
//! is zxcvbn's, Wheeler 2016).

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha1::{Digest as _, Sha1};
use utoipa::ToSchema;
use zxcvbn::feedback::Warning;
use zxcvbn::zxcvbn;

/// The longest password in bytes, so that judging and hashing one stays cheap.
pub const LENGTH_MAX: usize = 256;
/// The fewest characters that the rules can be set to.
pub const MINIMUM_LENGTH_LEAST: u8 = 8;
/// The most characters that the rules can ask for.
pub const MINIMUM_LENGTH_MOST: u8 = 64;
/// Guesses, as a power of ten, that a password must be expected to withstand.
const GUESSES: f64 = 10.0;

/// What administrators set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PasswordRules {
    /// Characters at least, 8 to 64.
    #[schema(minimum = 8, maximum = 64)]
    pub minimum_length: u8,
    /// Whether three of the four kinds (small letters, capitals, digits, others) must be there.
    pub mixed: bool,
}

impl Default for PasswordRules {
    fn default() -> Self {
        Self { minimum_length: 12, mixed: false }
    }
}

/// Why a password is refused. The names on the wire are stable; screens have words for each in three languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PasswordFault {
    /// Fewer characters than the rules ask for.
    TooShort,
    /// More than 256 bytes.
    TooLong,
    /// Fewer than three kinds of characters, where the rules ask for them.
    NotMixed,
    /// It stands in the list of passwords from breaches.
    Breached,
    /// It is one of the commonest passwords, or like one.
    Common,
    /// The name of the account is a part of it.
    NameInside,
    /// The organisation's or the product's name is most of it.
    OrganisationInside,
    /// A sequence such as abc or 6543.
    Sequence,
    /// Something repeated.
    Repeated,
    /// Neighbouring keys.
    KeyboardPattern,
    /// A date.
    Date,
    /// Guessable for another reason.
    Guessable,
}

impl PasswordFault {
    /// The stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TooShort => "too_short",
            Self::TooLong => "too_long",
            Self::NotMixed => "not_mixed",
            Self::Breached => "breached",
            Self::Common => "common",
            Self::NameInside => "name_inside",
            Self::OrganisationInside => "organisation_inside",
            Self::Sequence => "sequence",
            Self::Repeated => "repeated",
            Self::KeyboardPattern => "keyboard_pattern",
            Self::Date => "date",
            Self::Guessable => "guessable",
        }
    }
}

/// Judges passwords.
#[derive(Debug, Clone, Default)]
pub struct PasswordJudge {
    breached: Option<PathBuf>,
    organisation: Option<String>,
}

impl PasswordJudge {
    /// A judge that knows the list of passwords from breaches in `breached`: lines of the SHA-1 of a password in capital
    /// hex, `:`, a count, ordered by hash, as the public downloads are.
    #[must_use]
    pub const fn new(breached: Option<PathBuf>, organisation: Option<String>) -> Self {
        Self { breached, organisation }
    }

    /// Every reason to refuse `password` for the account of `name`; none if it is good. Takes milliseconds.
    ///
    /// # Errors
    /// The list of passwords from breaches can't be read.
    pub fn judge(&self, password: &str, name: &str, rules: PasswordRules) -> std::io::Result<Vec<PasswordFault>> {
        let mut faults = Vec::new();
        if password.len() > LENGTH_MAX {
            return Ok(vec![PasswordFault::TooLong]);
        }
        if password.chars().count() < usize::from(rules.minimum_length) {
            faults.push(PasswordFault::TooShort);
        }
        if rules.mixed && kinds(password) < 3 {
            faults.push(PasswordFault::NotMixed);
        }
        if let Some(list) = &self.breached
            && contains(list, password)?
        {
            faults.push(PasswordFault::Breached);
        }
        if names_inside(password, name) {
            faults.push(PasswordFault::NameInside);
        }
        let mut known: Vec<&str> = name.split_whitespace().collect();
        known.push("beside");
        known.extend(self.organisation.as_deref().into_iter().flat_map(str::split_whitespace));
        let entropy = zxcvbn(password, &known);
        if entropy.guesses_log10() < GUESSES {
            let warning = entropy.feedback().and_then(zxcvbn::feedback::Feedback::warning);
            let fault = if known.iter().skip(name.split_whitespace().count()).any(|word| mostly(password, word)) {
                PasswordFault::OrganisationInside
            } else {
                warning.map_or(PasswordFault::Guessable, fault_of)
            };
            faults.push(fault);
        }
        faults.sort_unstable();
        faults.dedup();
        Ok(faults)
    }
}

fn fault_of(warning: Warning) -> PasswordFault {
    match warning {
        Warning::StraightRowsOfKeysAreEasyToGuess | Warning::ShortKeyboardPatternsAreEasyToGuess => {
            PasswordFault::KeyboardPattern
        }
        Warning::RepeatsLikeAaaAreEasyToGuess | Warning::RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess => {
            PasswordFault::Repeated
        }
        Warning::ThisIsATop10Password
        | Warning::ThisIsATop100Password
        | Warning::ThisIsACommonPassword
        | Warning::ThisIsSimilarToACommonlyUsedPassword => PasswordFault::Common,
        Warning::SequencesLikeAbcAreEasyToGuess => PasswordFault::Sequence,
        Warning::RecentYearsAreEasyToGuess | Warning::DatesAreOftenEasyToGuess => PasswordFault::Date,
        Warning::AWordByItselfIsEasyToGuess
        | Warning::NamesAndSurnamesByThemselvesAreEasyToGuess
        | Warning::CommonNamesAndSurnamesAreEasyToGuess => PasswordFault::Guessable,
    }
}

fn kinds(password: &str) -> usize {
    let kind = |is: fn(char) -> bool| usize::from(password.chars().any(is));
    kind(char::is_lowercase)
        + kind(char::is_uppercase)
        + kind(char::is_numeric)
        + kind(|character| !character.is_lowercase() && !character.is_uppercase() && !character.is_numeric())
}

/// Whether a word of the name, of three letters or more (two in scripts where a letter is a syllable), is a part.
fn names_inside(password: &str, name: &str) -> bool {
    let password = password.to_lowercase();
    name.to_lowercase()
        .split(|character: char| !character.is_alphanumeric())
        .filter(|word| word.chars().count() >= if word.is_ascii() { 3 } else { 2 })
        .any(|word| password.contains(word))
}

fn mostly(password: &str, word: &str) -> bool {
    let (password, word) = (password.to_lowercase(), word.to_lowercase());
    word.len() >= 3 && password.contains(&word) && password.len() < 2 * word.len() + 6
}

/// Looks a password up in a list ordered by hash, by halving: some forty short reads even in a list of a billion lines.
fn contains(list: &Path, password: &str) -> std::io::Result<bool> {
    const LINE_MAX: usize = 64;
    let wanted = hex::encode_upper(Sha1::digest(password.as_bytes()));
    let mut file = File::open(list)?;
    let (mut low, mut high) = (0, file.metadata()?.len());
    while low < high {
        let middle = low.midpoint(high);
        // The line that begins at or before `middle` begins at most one line's length before it.
        let begin = middle.saturating_sub(LINE_MAX as u64).max(low);
        file.seek(SeekFrom::Start(begin))?;
        let mut window = Vec::with_capacity(3 * LINE_MAX);
        (&mut file).take(3 * LINE_MAX as u64).read_to_end(&mut window)?;
        let offset = usize::try_from(middle - begin).unwrap_or(0).min(window.len());
        let line_start = window[..offset].iter().rposition(|byte| *byte == b'\n').map_or(0, |place| place + 1);
        let rest = &window[line_start..];
        let length = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
        let line = String::from_utf8_lossy(&rest[..length]);
        let hash = line.split(':').next().unwrap_or_default().trim().to_ascii_uppercase();
        let start = begin + line_start as u64;
        match hash.as_str().cmp(&wanted) {
            std::cmp::Ordering::Equal => return Ok(true),
            std::cmp::Ordering::Less => low = start + length as u64 + 1,
            std::cmp::Ordering::Greater => high = start,
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn faults(password: &str, rules: PasswordRules) -> Vec<PasswordFault> {
        PasswordJudge::new(None, Some("Hangang Bank".into())).judge(password, "Kim Minsu 김민수", rules).unwrap()
    }

    #[test]
    fn each_rule_has_its_reason() {
        use PasswordFault::*;
        let rules = PasswordRules::default();
        for (password, reason) in [
            ("x7#Qp", TooShort),
            (&"ab1!".repeat(65), TooLong),
            ("password1234", Common),
            ("Minsu-tk4vR9bz", NameInside),
            ("나는김민수이고바다를봅니다", NameInside),
            ("Hangang12345", OrganisationInside),
            ("abcdefghijklmno", Sequence),
            ("aaaaaaaaaaaaaaaa", Repeated),
            ("qwertyuiop[]\\", KeyboardPattern),
        ] {
            assert!(faults(password, rules).contains(&reason), "{password}: {:?}", faults(password, rules));
        }
        for good in ["wgtb4-hqz9m-v3xnk-p2fdc", "correct zebra lamps drown", "바다 위의 초록 시계 열두 개"] {
            assert_eq!(faults(good, rules), [], "{good}");
        }
    }

    #[test]
    fn a_mixed_rule_can_be_switched_on() {
        let rules = PasswordRules { minimum_length: 12, mixed: true };
        assert!(faults("correct zebra lamps drown", rules).contains(&PasswordFault::NotMixed));
        assert_eq!(faults("Correct zebra 9 lamps", rules), []);
    }

    #[test]
    fn passwords_from_breaches_are_found() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list");
        for count in [0, 1, 2, 3, 500] {
            let mut hashes: Vec<_> =
                (0..count).map(|n| hex::encode_upper(Sha1::digest(format!("leaked {n}")))).collect();
            hashes.sort();
            let mut file = File::create(&path).unwrap();
            for (n, hash) in hashes.iter().enumerate() {
                write!(file, "{hash}:{}\r\n", n * n).unwrap();
            }
            drop(file);
            for n in 0..count {
                assert!(contains(&path, &format!("leaked {n}")).unwrap(), "{n} of {count}");
            }
            for n in 0..100 {
                assert!(!contains(&path, &format!("never leaked {n}")).unwrap());
            }
        }
        let judge = PasswordJudge::new(Some(path.clone()), None);
        let found = judge.judge("leaked 7", "kim", PasswordRules { minimum_length: 8, mixed: false }).unwrap();
        assert!(found.contains(&PasswordFault::Breached), "{found:?}");
        std::fs::remove_file(&path).unwrap();
        assert!(judge.judge("anything at all", "kim", PasswordRules::default()).is_err());
    }
}

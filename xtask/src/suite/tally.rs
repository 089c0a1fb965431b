//! Counting tests from what cargo, vitest and Playwright say at their ends.

use std::fs;
use std::path::Path;

/// Tests that passed and failed.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) passed: u64,
    pub(super) failed: u64,
}

impl Tally {
    /// One check that held.
    pub(super) const ONE: Self = Self { passed: 1, failed: 0 };

    pub(super) fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

/// What a log's summary lines add up to.
pub(super) fn of(log: &str) -> Tally {
    let mut total = Tally::default();
    for line in log.lines().map(plain) {
        if is_summary(&line) {
            total.add(Tally { passed: number_before(&line, "passed"), failed: number_before(&line, "failed") });
        }
    }
    total
}

/// The tally of a step that failed: at least one failure, whatever its log says.
pub(super) fn of_failure(log: &Path) -> Tally {
    let mut tally = of(&fs::read_to_string(log).unwrap_or_default());
    tally.failed = tally.failed.max(1);
    tally
}

/// `test result: …` of cargo, `Tests  …` of vitest, `  7 passed (1.2s)` of Playwright.
fn is_summary(line: &str) -> bool {
    let line = line.trim_start();
    let playwright = line.split_once(' ').is_some_and(|(number, rest)| {
        number.parse::<u64>().is_ok() && (rest.starts_with("passed") || rest.starts_with("failed"))
    });
    line.starts_with("test result:") || line.starts_with("Tests  ") || playwright
}

fn number_before(line: &str, word: &str) -> u64 {
    let words: Vec<&str> = line.split_whitespace().collect();
    let pair = words.windows(2).find(|pair| pair[1].trim_end_matches([';', ',']) == word);
    pair.and_then(|pair| pair[0].parse().ok()).unwrap_or(0)
}

/// The line without the escape sequences that colour it.
fn plain(line: &str) -> String {
    let mut kept = String::new();
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        if character == '\u{1b}' {
            characters.by_ref().find(char::is_ascii_alphabetic);
        } else {
            kept.push(character);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_all_three_kinds_of_summary() {
        let log = "
test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.1s
test result: FAILED. 3 passed; 2 failed; 0 ignored
\u{1b}[2m      Tests \u{1b}[22m \u{1b}[1m\u{1b}[32m5 passed\u{1b}[39m\u{1b}[22m (5)
      Tests  1 failed | 4 passed (5)
  1 failed
  7 passed (12.3s)
running 40 tests, 3 passed over";
        assert_eq!(of(log), Tally { passed: 12 + 3 + 5 + 4 + 7, failed: 2 + 1 + 1 });
    }

    #[test]
    fn a_failure_without_numbers_counts_as_one() {
        assert_eq!(of_failure(Path::new("no such log")), Tally { passed: 0, failed: 1 });
    }
}

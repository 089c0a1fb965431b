//! No file may keep traces of the machine that it was written on, or of how the work on it was organised.

use std::fs;

use anyhow::Result;

use super::Findings;
use crate::checkout::Checkout;

/// A trace, in two halves so that this file does not hold it, and what it is.
const TRACES: &[((&str, &str), &str)] = &[
    (("/ro", "ot/"), "a path of one machine"),
    (("/wo", "rk/"), "a path of one machine"),
    (("/ho", "me/"), "a path of one machine"),
    (("\"resol", "ved\": \"http"), "the address of a registry: set omit-lockfile-registry-resolved for npm"),
    (("registry.npm", "js.org"), "the address of a registry"),
    (("static.crates", ".io"), "the address of a registry"),
    (("cla", "ude"), "a word about how this was written"),
    (("chat", "gpt"), "a word about how this was written"),
    (("language mo", "del"), "a word about how this was written"),
    (("sub", "agent"), "a word about how this was written"),
];

/// Traces in tracked text files, with their lines.
pub(crate) fn check(checkout: &Checkout) -> Result<Findings> {
    let mut findings = Findings::new();
    for file in checkout.tracked_files()? {
        // A file that was removed but not committed yet, or that is no text, has nothing to say.
        let Ok(text) = fs::read_to_string(checkout.root().join(&file)) else { continue };
        let found = find(&text).into_iter().map(|(line, what)| format!("{}:{line}: {what}", file.display()));
        findings.extend(found);
    }
    Ok(findings)
}

fn find(text: &str) -> Vec<(usize, &'static str)> {
    let mut found = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.to_lowercase();
        let traces = TRACES.iter().filter(|((first, second), _)| line.contains(&format!("{first}{second}")));
        found.extend(traces.map(|(_, what)| (index + 1, *what)));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_trace_is_found_in_any_case() {
        for ((first, second), what) in TRACES {
            let text = format!("fine\nx{}{second}y", first.to_uppercase());
            assert!(find(&text).contains(&(2, *what)), "{first}{second}");
        }
        assert!(find("a relative path, docs/architecture.md").is_empty());
    }
}

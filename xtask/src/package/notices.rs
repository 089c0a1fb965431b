//! The licence texts of everything that ships: those licences ask for it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::inventory::Part;

/// How the files begin that hold what has to come along.
const TEXTS: &[&str] = &["LICENSE", "LICENCE", "COPYING", "COPYRIGHT", "NOTICE", "UNLICENSE"];

/// One text for all: each licence text once, below the names of those that it is for.
pub(super) fn of(parts: &[Part]) -> Result<String> {
    let mut texts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut silent = Vec::new();
    for part in parts.iter().filter(|part| part.ships && !part.own) {
        let name = format!("{} {}", part.name, part.version);
        let found = read(&part.folder)?;
        if found.is_empty() {
            silent.push(format!("{name}: {}\n", part.licence.as_deref().unwrap_or("no licence named")));
        }
        for text in found {
            texts.entry(text).or_default().push(name.clone());
        }
    }
    let mut texts: Vec<(String, Vec<String>)> = texts.into_iter().collect();
    texts.sort_by(|one, other| one.1.cmp(&other.1));
    let mut all = String::from("Beside is made with the work of others. These are their licences.\n");
    for (text, names) in texts {
        all.push_str(&format!("\n{}\n{}\n\n{text}\n", "=".repeat(80), names.join(", ")));
    }
    all.push_str(&format!("\n{}\nThese name their licence and carry no text:\n\n{}", "=".repeat(80), silent.concat()));
    Ok(all)
}

fn read(folder: &Path) -> Result<Vec<String>> {
    let mut texts = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().to_uppercase();
        if entry.file_type()?.is_file() && TEXTS.iter().any(|start| name.starts_with(start)) {
            let bytes = fs::read(entry.path()).with_context(|| format!("reading {}", entry.path().display()))?;
            texts.push(String::from_utf8_lossy(&bytes).replace("\r\n", "\n").trim().to_owned());
        }
    }
    Ok(texts)
}

//! How much processor time a program and everything that it started have used.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};

/// One process, as `/proc/ID/stat` (proc(5)) tells of it.
#[derive(Debug, PartialEq, Eq)]
struct Process {
    id: u32,
    parent: u32,
    /// In user and kernel mode, in ticks of the clock.
    ticks: u64,
}

/// Processor time so far of every process that runs `program`, and of all that descend from them.
pub(crate) fn spent_by(program: &Path) -> Result<Duration> {
    let program = program.canonicalize().with_context(|| format!("there is no {}", program.display()))?;
    let processes = processes()?;
    let runs_it =
        |process: &&Process| fs::read_link(format!("/proc/{}/exe", process.id)).is_ok_and(|exe| exe == program);
    let mut family: BTreeSet<u32> = processes.iter().filter(runs_it).map(|process| process.id).collect();
    loop {
        let children = processes.iter().filter(|process| family.contains(&process.parent)).map(|process| process.id);
        let grown: BTreeSet<u32> = family.iter().copied().chain(children).collect();
        if grown.len() == family.len() {
            break;
        }
        family = grown;
    }
    let ticks: u64 = processes.iter().filter(|process| family.contains(&process.id)).map(|process| process.ticks).sum();
    let per_second = rustix::param::clock_ticks_per_second().max(1);
    Ok(Duration::from_millis(ticks * 1000 / per_second))
}

fn processes() -> Result<Vec<Process>> {
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc").context("listing processes")? {
        // A process may have ended since it was listed.
        let Ok(text) = fs::read_to_string(entry?.path().join("stat")) else { continue };
        found.extend(parse(&text));
    }
    Ok(found)
}

/// The name, in brackets, may hold anything; what follows its last bracket is numbers.
fn parse(stat: &str) -> Option<Process> {
    let (id, rest) = stat.split_once(' ')?;
    let fields: Vec<&str> = rest.rsplit_once(')')?.1.split_whitespace().collect();
    let number = |index: usize| fields.get(index).and_then(|field| field.parse::<u64>().ok());
    Some(Process { id: id.parse().ok()?, parent: u32::try_from(number(1)?).ok()?, ticks: number(11)? + number(12)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_brackets_and_spaces_does_not_shift_the_numbers() {
        let stat = "77 (a) 1 (b) S 12 77 77 0 -1 4194304 100 0 0 0 250 50 9 9 20 0 1 0 5 0 0";
        assert_eq!(parse(stat), Some(Process { id: 77, parent: 12, ticks: 300 }));
        assert_eq!(parse("gone"), None);
    }

    #[test]
    fn this_very_program_has_spent_something() {
        assert!(processes().unwrap().iter().any(|process| process.id == std::process::id()));
        assert!(spent_by(&std::env::current_exe().unwrap()).is_ok());
    }
}

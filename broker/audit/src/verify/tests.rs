//! Logs that somebody tampered with, and what the verifier says of them.

mod claims;
mod start;
mod tampering;

use super::*;
use crate::testing::{line, log_key};

/// A row as a table has it.
#[derive(Debug, Clone)]
struct Stored {
    seq: u64,
    line: Vec<u8>,
    link: Vec<u8>,
}

/// A log as the broker leaves it: rows, a checkpoint every `every` rows, the head.
#[derive(Debug, Clone)]
struct Log {
    rows: Vec<Stored>,
    checkpoints: Vec<String>,
    head: Head,
}

impl Log {
    fn write(count: u64, every: u64) -> Self {
        let mut log = Self { rows: Vec::new(), checkpoints: Vec::new(), head: Head::new() };
        for seq in 1..=count {
            log.append(line(seq, "first"));
            if seq % every == 0 {
                log.checkpoints.push(SignedCheckpoint::sign(&log.head, &log_key()).to_note());
            }
        }
        log
    }

    fn append(&mut self, line: String) {
        let appended = self.head.append(line.as_bytes());
        let link = appended.link.as_bytes().to_vec();
        self.rows.push(Stored { seq: appended.seq, line: line.into_bytes(), link });
    }

    fn row(&mut self, seq: u64) -> &mut Stored {
        let index = self.rows.iter().position(|row| row.seq == seq).unwrap();
        &mut self.rows[index]
    }

    /// What an attacker does who has the database and no key: rows and head are made anew, from `first` to `count`.
    fn rewrite(&mut self, first: u64, count: u64) {
        let kept: Vec<Vec<u8>> = self.rows.drain(..).take(first as usize - 1).map(|row| row.line).collect();
        self.head = Head::new();
        for line in kept {
            self.append(String::from_utf8(line).unwrap());
        }
        for seq in first..=count {
            self.append(line(seq, "second"));
        }
    }

    /// Checkpoints and head are claimed, then the rows are read in the order in which they stand.
    fn verify(&self) -> Report {
        let mut verifier = verifier();
        self.checkpoints.iter().for_each(|note| claim(&mut verifier, note));
        verifier.head(&self.head).unwrap();
        self.read(verifier)
    }

    fn read(&self, mut verifier: Verifier) -> Report {
        for row in &self.rows {
            verifier.row(Row { seq: row.seq, line: &row.line, link: &row.link, columns: None, personal: &[] });
        }
        verifier.finish()
    }
}

/// As a table has it that nobody changed.
fn claim(verifier: &mut Verifier, note: &str) {
    let size = note.lines().nth(1).unwrap().parse().unwrap();
    verifier.checkpoint(size, note).unwrap();
}

fn verifier() -> Verifier {
    Verifier::new(vec![log_key().public().clone()], Vec::new())
}

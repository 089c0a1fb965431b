//! The folder of the backups. The name of each says when it was made.

use std::cmp::Reverse;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use time::macros::format_description;
use time::{PrimitiveDateTime, UtcOffset};

use crate::csv::utc;

/// What their names begin and end with.
const BEFORE: &str = "beside-";
const AFTER: &str = ".age";
/// One that is not whole yet.
const DRAFT: &str = ".part";

/// A backup in the folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The file's name.
    pub name: String,
    /// When it was made, Unix milliseconds.
    pub made_at: i64,
    /// Bytes.
    pub size: u64,
}

/// The folder.
#[derive(Debug, Clone)]
pub(super) struct Folder(PathBuf);

/// A backup that is being written. It is gone if it isn't published.
#[derive(Debug)]
pub(super) struct Draft {
    file: File,
    path: PathBuf,
    whole: PathBuf,
}

impl Folder {
    pub(super) fn new(path: &Path) -> Self {
        Self(path.to_owned())
    }

    /// The whole ones, newest first. What else lies there is not looked at.
    pub(super) fn kept(&self) -> io::Result<Vec<Kept>> {
        let mut kept = Vec::new();
        for entry in fs::read_dir(&self.0)? {
            let entry = entry?;
            let Ok(name) = entry.file_name().into_string() else { continue };
            let Some(made_at) = made_at(&name) else { continue };
            kept.push(Kept { name, made_at, size: entry.metadata()?.len() });
        }
        kept.sort_by_key(|kept: &Kept| Reverse(kept.made_at));
        Ok(kept)
    }

    /// A file for the backup of `at` (Unix milliseconds).
    pub(super) fn draft(&self, at: i64) -> io::Result<Draft> {
        let whole = self.0.join(name(at));
        let mut path = whole.clone().into_os_string();
        path.push(DRAFT);
        let path = PathBuf::from(path);
        // One that was left by a broker that was killed is of no use.
        let file = OpenOptions::new().write(true).create(true).truncate(true).open(&path)?;
        Ok(Draft { file, path, whole })
    }

    /// Deletes all but the newest `keep`.
    pub(super) fn prune(&self, keep: u32) -> io::Result<()> {
        let keep = usize::try_from(keep).unwrap_or(usize::MAX);
        for old in self.kept()?.iter().skip(keep) {
            fs::remove_file(self.0.join(&old.name))?;
        }
        Ok(())
    }
}

impl Draft {
    pub(super) const fn file(&self) -> &File {
        &self.file
    }

    /// It is whole: it gets its name, and is on the disk once this returns.
    pub(super) fn publish(self) -> io::Result<()> {
        self.file.sync_all()?;
        fs::rename(&self.path, &self.whole)
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // After publishing there is nothing of that name.
        let _ = fs::remove_file(&self.path);
    }
}

/// `beside-2026-11-22T03-15-07Z.age`: no colon, which Windows doesn't take.
fn name(at: i64) -> String {
    let time = utc(at);
    let second = time.split('.').next().unwrap_or_default().replace(':', "-");
    format!("{BEFORE}{second}Z{AFTER}")
}

fn made_at(name: &str) -> Option<i64> {
    let time = name.strip_prefix(BEFORE)?.strip_suffix(AFTER)?;
    let form = format_description!("[year]-[month]-[day]T[hour]-[minute]-[second]Z");
    let time = PrimitiveDateTime::parse(time, &form).ok()?.assume_offset(UtcOffset::UTC);
    time.unix_timestamp().checked_mul(1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: i64 = 1_795_317_307_123;

    #[test]
    fn the_name_says_when_it_was_made() {
        assert_eq!(name(AT), "beside-2026-11-22T03-15-07Z.age");
        assert_eq!(made_at(&name(AT)), Some(AT - 123));
        for other in ["beside-.age", "beside-2026-13-22T03-15-07Z.age", "beside-2026-11-22T03-15-07Z.age.part", "x"] {
            assert_eq!(made_at(other), None, "{other}");
        }
    }

    #[test]
    fn only_whole_ones_count_and_only_old_ones_go() {
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::new(place.path());
        for hour in 0..4 {
            folder.draft(AT + hour * 3_600_000).unwrap().publish().unwrap();
        }
        fs::write(place.path().join("notes.txt"), "not a backup").unwrap();
        drop(folder.draft(AT + 9 * 3_600_000).unwrap());
        folder.prune(2).unwrap();
        let names: Vec<_> = folder.kept().unwrap().into_iter().map(|kept| kept.name).collect();
        assert_eq!(names, ["beside-2026-11-22T06-15-07Z.age", "beside-2026-11-22T05-15-07Z.age"]);
        assert_eq!(fs::read_dir(place.path()).unwrap().count(), 3, "the notes are still there, the draft is not");
    }
}

//! The app's own folder for data, and the files in it.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;
use thiserror::Error;

/// Longest file that is read.
const FILE_MAX: u64 = 1 << 20;

/// The folder can't be used.
#[derive(Debug, Error)]
pub enum FolderError {
    /// The system names no folder for data.
    #[error("this system names no folder for an app's data")]
    NoFolder,
    /// A file can't be read or written.
    #[error("{0}: {1}")]
    File(PathBuf, io::Error),
    /// A file is longer than any that was ever written there.
    #[error("{0} is too large")]
    TooLarge(PathBuf),
    /// A file does not hold what belongs there.
    #[error("{0} is not readable: {1}")]
    Unreadable(PathBuf, serde_json::Error),
    /// Another copy of the app runs.
    #[error("the app is open already")]
    AlreadyOpen,
}

/// The folder, which belongs to one user and one app.
#[derive(Debug, Clone)]
pub struct DataFolder(PathBuf);

/// While it lives, no other copy of the app gets one.
#[derive(Debug)]
pub struct Lock(#[expect(dead_code, reason = "held for the operating system's lock on it")] File);

impl DataFolder {
    /// Finds and, if need be, makes the folder of `app` where this system keeps data of apps.
    ///
    /// # Errors
    /// There is no such place, or it can't be written.
    pub fn open(app: &str) -> Result<Self, FolderError> {
        Self::at(dirs::data_local_dir().ok_or(FolderError::NoFolder)?.join(app))
    }

    /// The folder at a place that is known.
    ///
    /// # Errors
    /// It can't be made.
    pub fn at(path: PathBuf) -> Result<Self, FolderError> {
        fs::create_dir_all(&path).map_err(|error| FolderError::File(path.clone(), error))?;
        Ok(Self(path))
    }

    /// Where a file of this folder lies.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Takes the lock that one running copy of the app holds. The system releases it however the app ends.
    ///
    /// # Errors
    /// Another copy has it, or the file can't be made.
    pub fn lock(&self) -> Result<Lock, FolderError> {
        let path = self.path("running");
        let file = File::create(&path).map_err(|error| FolderError::File(path.clone(), error))?;
        match file.try_lock() {
            Ok(()) => Ok(Lock(file)),
            Err(TryLockError::WouldBlock) => Err(FolderError::AlreadyOpen),
            Err(TryLockError::Error(error)) => Err(FolderError::File(path, error)),
        }
    }

    /// Reads a file's bytes, or nothing if there is no such file.
    ///
    /// # Errors
    /// It can't be read or is too large.
    pub fn read(&self, name: &str) -> Result<Option<Vec<u8>>, FolderError> {
        read_capped(&self.path(name), FILE_MAX)
    }

    /// Reads a file of JSON, or nothing if there is no such file.
    ///
    /// # Errors
    /// It can't be read, is too large, or holds something else.
    pub fn load<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, FolderError> {
        let Some(bytes) = self.read(name)? else { return Ok(None) };
        serde_json::from_slice(&bytes).map(Some).map_err(|error| FolderError::Unreadable(self.path(name), error))
    }

    /// Writes a file of JSON whole or not at all.
    ///
    /// # Errors
    /// It can't be written.
    pub fn save(&self, name: &str, content: &impl Serialize) -> Result<(), FolderError> {
        let path = self.path(name);
        let draft = self.path(&format!("{name}.new"));
        let fault = |error| FolderError::File(path.clone(), error);
        let bytes = serde_json::to_vec(content).map_err(|error| FolderError::Unreadable(path.clone(), error))?;
        let mut file = File::create(&draft).map_err(fault)?;
        file.write_all(&bytes).and_then(|()| file.sync_all()).map_err(fault)?;
        fs::rename(&draft, &path).map_err(fault)
    }
}

/// Reads a file of at most `cap` bytes, or nothing if there is no such file.
pub(crate) fn read_capped(path: &Path, cap: u64) -> Result<Option<Vec<u8>>, FolderError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(FolderError::File(path.to_owned(), error)),
    };
    let mut bytes = Vec::new();
    file.take(cap + 1).read_to_end(&mut bytes).map_err(|error| FolderError::File(path.to_owned(), error))?;
    if bytes.len() as u64 > cap { Err(FolderError::TooLarge(path.to_owned())) } else { Ok(Some(bytes)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_come_back_and_only_one_copy_runs() {
        let place = tempfile::tempdir().unwrap();
        let folder = DataFolder::at(place.path().join("app")).unwrap();
        assert_eq!(folder.load::<u32>("number").unwrap(), None);
        folder.save("number", &7u32).unwrap();
        assert_eq!(folder.load::<u32>("number").unwrap(), Some(7));
        assert!(folder.load::<String>("number").is_err());
        let lock = folder.lock().unwrap();
        assert!(matches!(folder.lock(), Err(FolderError::AlreadyOpen)));
        drop(lock);
        folder.lock().unwrap();
    }

    #[test]
    fn a_file_that_never_ends_is_refused() {
        assert!(matches!(read_capped(Path::new("/dev/zero"), 100), Err(FolderError::TooLarge(_))));
    }
}

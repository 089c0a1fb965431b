//! Windows.

use std::fs::{File, OpenOptions};
use std::future::Future;
use std::io;
use std::path::Path;

/// Makes a new file. Who may read it is inherited from its folder.
///
/// # Errors
/// It exists already, or can't be made.
pub fn create_secret_file(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).open(path)
}

/// Whether a file can be read by others than its owner: not known here, so nobody is warned.
///
/// # Errors
/// There is no such file.
pub fn readable_by_others(path: &Path) -> io::Result<bool> {
    std::fs::metadata(path).map(|_| false)
}

/// There is no limit to raise.
#[must_use]
pub const fn open_files_limit() -> Option<u64> {
    None
}

/// Listens for what asks the process to stop, from now on; the future is the moment when it comes.
///
/// # Errors
/// Signals can't be received.
pub fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    let mut interrupt = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        interrupt.recv().await;
    })
}

//! What differs from one operating system to another: each has the same functions.

#[cfg(not(unix))]
#[path = "platform/other.rs"]
mod system;
#[cfg(unix)]
#[path = "platform/unix.rs"]
mod system;

pub use system::{create_secret_file, open_files_limit, readable_by_others, stop_signal};

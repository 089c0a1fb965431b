//! One module for each operating system, with the same public names and signatures.

pub(crate) mod floor;

#[cfg_attr(target_os = "linux", path = "linux/mod.rs")]
#[cfg_attr(target_os = "windows", path = "windows/mod.rs")]
#[cfg_attr(target_os = "macos", path = "macos/mod.rs")]
mod system;

pub use system::{Capture, Desktop, Focus, Frame, Injector, StopKey, Visibility};

//! What Tauri does not do alike on every system, one module for each with the same names and signatures.

#[cfg_attr(target_os = "linux", path = "linux.rs")]
#[cfg_attr(target_os = "windows", path = "windows.rs")]
#[cfg_attr(target_os = "macos", path = "macos.rs")]
mod system;

pub(crate) use system::{keep_indicator_up, system_window};

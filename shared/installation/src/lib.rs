//! What lies on this machine: `org.json` beside the app, the app's data folder, and whom it trusts.
//!
//! Both apps read the same things here, once, at start. Nothing comes from the network.
#![forbid(unsafe_code)]

mod clock;
mod device;
mod folder;
mod language;
mod log;
mod organisation;
mod quiet;
mod trust;

pub use clock::wall_clock;
pub use device::{device, renew_device};
pub use folder::{DataFolder, FolderError, Lock};
pub use language::Language;
pub use log::log_to_stderr;
pub use organisation::{Fault, Found, find_organisation, find_organisation_in, remember_status};
pub use quiet::without_automation;
pub use trust::{Trust, TrustError};

//! The commands that run and end, one file each.

mod account;
pub mod init;
pub mod log;
pub mod user_add;

//! The witness of the audit log: the program on the second host, and the broker's way to it.
//!
//! What is judged is in `beside-audit`; here are the files, the listener and the client.

pub mod client;
pub mod config;
pub mod copy;
pub mod http;
pub mod offering;

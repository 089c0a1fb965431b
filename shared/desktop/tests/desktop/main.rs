//! The desktop on real X servers: each test starts its own.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::wildcard_enum_match_arm,
    reason = "these are tests and parts of them, and of all events of X each wants but a few"
)]

mod capture;
mod displays;
mod focus;
mod frame;
mod input;
mod own_input;
mod stop_key;
mod support;
mod text;
mod visibility;

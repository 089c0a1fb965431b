//! The crate from outside: what the viewer sees is what was captured, whatever happens on the screen or on the wire.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]

#[path = "../../examples/bench_screen/desk.rs"]
mod desk;
mod golden;
mod hostile;
mod masks;
mod page;
mod photographs;
mod picture;
mod viewer;

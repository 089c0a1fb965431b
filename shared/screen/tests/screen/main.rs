//! The crate from outside: what the viewer sees is what was captured, whatever happens on the screen or on the wire.

#[path = "../../examples/bench_screen/desk.rs"]
mod desk;
mod hostile;
mod masks;
mod page;
mod photographs;
mod picture;
mod viewer;

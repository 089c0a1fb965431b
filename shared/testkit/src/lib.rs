//! Whole sessions in virtual time: two peers, a broker, a network that can be as bad as one likes, a desktop and a
//! viewer. Everything that looks random follows from one seed, which a failing test prints.
//!
//! The tests are in `tests/`, one scenario a file.
#![forbid(unsafe_code)]
#![expect(
    clippy::expect_used,
    reason = "a world that contradicts itself must fail the test that runs in it, with the words said here"
)]

mod acts;
mod clock;
mod desktop;
mod network;
mod painting;
mod random;
mod raw;
mod relay;
mod setup;
mod trust;
mod viewer;
mod world;

pub use clock::origin;
pub use desktop::Desktop;
pub use network::{Fate, Network, Profile, Tamper, Tapped};
pub use random::Seeded;
pub use raw::{RawCustomer, RawOperator};
pub use setup::Setup;
pub use trust::{TODAY, Trust};
pub use viewer::Viewer;
pub use world::{Peer, World};

//! Two sides of one session on this machine, joined by WebRTC over loopback; descriptions and candidates go from one to
//! the other by hand, as the session would carry them.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "what fails here fails the test")]

mod carrying;
mod lossy;
mod pair;
mod raw;
mod refusing;

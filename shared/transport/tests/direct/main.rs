//! Two sides of one session on this machine, joined by WebRTC over loopback; descriptions and candidates go from one to
//! the other by hand, as the session would carry them.

mod carrying;
mod lossy;
mod pair;
mod raw;
mod refusing;

//! Lane 3: frames in pieces, repeats of what was lost, and how fast frames are asked for.
//!
//! Frames are numbered from 1 and applied in order. The sender has at most two unacknowledged and asks the desktop for
//! the next only when everything before it has left, so whatever changes in the meantime is in the next frame: it drops
//! before encoding, never after. A lost piece shows by a later one that arrived; a lost tail by the sender's probe. How
//! much is under way between the two ends follows from when the viewer says that records have arrived.

mod pace;
mod receiver;
mod sender;

pub(crate) use receiver::PictureIn;
pub(crate) use sender::PictureOut;

#[cfg(test)]
mod tests;

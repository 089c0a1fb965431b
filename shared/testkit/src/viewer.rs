//! The operator's viewer: takes only the very frame that the desktop made, on the picture that it rests on.

use std::fmt;

use beside_protocol::pointer::PointerState;
use beside_screen::Framebuffer;

use crate::desktop::{FRAME_HEAD, frame};

/// The operator's viewer.
#[derive(Default)]
pub struct Viewer {
    /// The state of the customer's screen that it shows; 0 for none.
    pub shown: u64,
    /// Frames applied so far.
    pub frames: u64,
    /// Bytes of those frames.
    pub bytes: u64,
    /// The customer's pointer.
    pub pointer: Option<PointerState>,
    /// Frames are taken but not acknowledged.
    pub asleep: bool,
    /// The real picture, where the desktop paints one.
    pub(crate) framebuffer: Option<Framebuffer>,
    /// Frames that wait for it to wake.
    pub(crate) waiting: Vec<u32>,
}

impl Viewer {
    /// Applies a frame.
    ///
    /// # Panics
    /// It is not byte for byte what the desktop made, or rests on something that is not shown.
    pub(crate) fn apply(&mut self, bytes: &[u8]) {
        self.frames += 1;
        self.bytes += bytes.len() as u64;
        if let Some(framebuffer) = &mut self.framebuffer {
            framebuffer.apply(bytes).expect("the desktop's own frame");
            return;
        }
        assert!(bytes.len() >= FRAME_HEAD, "a frame of {} bytes", bytes.len());
        let word = |at: usize| u64::from_be_bytes(bytes[at..at + 8].try_into().expect("eight bytes"));
        let (state, rests_on) = (word(0), word(8));
        assert_eq!(bytes, frame(state, rests_on, bytes.len()), "frame {state} arrived altered");
        assert!(rests_on == 0 || rests_on == self.shown, "frame {state} rests on {rests_on}, shown is {}", self.shown);
        self.shown = state;
    }
}

impl fmt::Debug for Viewer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Viewer(shown {}, {} frames)", self.shown, self.frames)
    }
}

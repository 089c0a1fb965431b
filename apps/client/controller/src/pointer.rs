//! What there is to tell of the pointer: where it is at once, what it looks like with the next frame.

use beside_consent::{Live, View};
use beside_desktop::{DesktopError, ScreenCapture};
use beside_protocol::pointer::PointerState;
use beside_screen::PointerShape;

/// Remembers what the viewer knows of the pointer.
#[derive(Debug)]
pub(crate) struct PointerTeller {
    /// It has moved since it was looked at.
    pub(crate) moved: bool,
    /// It looks different since it was looked at.
    pub(crate) reshaped: bool,
    /// The shape that the next frame shall carry.
    unsent: Option<PointerShape>,
    shape: u32,
    /// Never restarts, so that a viewer can tell old news.
    number: u32,
    last: Option<PointerState>,
}

impl Default for PointerTeller {
    fn default() -> Self {
        Self { moved: true, reshaped: true, unsent: None, shape: 0, number: 0, last: None }
    }
}

impl PointerTeller {
    /// The shape that has not been sent yet.
    pub(crate) fn take_shape(&mut self) -> Option<PointerShape> {
        self.unsent.take()
    }

    /// Whether a shape waits for a frame.
    pub(crate) const fn has_shape(&self) -> bool {
        self.unsent.is_some()
    }

    /// The viewer starts over: it needs the shape again.
    pub(crate) const fn forget(&mut self) {
        self.reshaped = true;
        self.moved = true;
        self.last = None;
    }

    /// Looks at the pointer if it may have changed. Says where it is if that is news.
    pub(crate) fn look(
        &mut self,
        capture: &mut dyn ScreenCapture,
        live: &Live<'_, View>,
    ) -> Result<Option<PointerState>, DesktopError> {
        if self.reshaped {
            self.reshaped = false;
            let shape = capture.pointer_shape(live)?;
            let id = shape.as_ref().map_or(0, PointerShape::id);
            self.moved |= id != self.shape;
            self.shape = id;
            self.unsent = shape;
        }
        if !self.moved {
            return Ok(None);
        }
        self.moved = false;
        let position = capture.pointer(live)?;
        let shape = if position.inside { self.shape } else { 0 };
        let known = self.last.is_some_and(|last| (last.x, last.y, last.shape) == (position.x, position.y, shape));
        if known {
            return Ok(None);
        }
        self.number = self.number.wrapping_add(1);
        self.last = Some(PointerState { number: self.number, x: position.x, y: position.y, shape });
        Ok(self.last)
    }
}

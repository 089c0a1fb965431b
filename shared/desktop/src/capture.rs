//! Reading a monitor.

use std::time::Instant;

use beside_consent::{Live, View};

use crate::error::Result;
use crate::snapshot::Snapshot;
use crate::waker::Waker;
use beside_screen::{Damage, PointerShape, Size};

/// What ended a [`ScreenCapture::wait`]. Nothing at all: its deadline passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[must_use]
pub struct Wake {
    /// Something on the monitor changed since the last [`ScreenCapture::take_damage`].
    pub damage: bool,
    /// The pointer moved.
    pub pointer: bool,
    /// The pointer looks different.
    pub shape: bool,
    /// The monitor has another size or place; the next grab is of all of it.
    pub resized: bool,
    /// A [`Waker`] was used.
    pub woken: bool,
}

/// Where the pointer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PointerPosition {
    /// Pixels from the left of the monitor; may lie outside it.
    pub x: i32,
    /// Pixels from the top.
    pub y: i32,
    /// Whether it is on this monitor.
    pub inside: bool,
}

/// A monitor that is being watched and read, without Beside's own windows. Whoever holds it does one thing after the
/// other on one thread: wait, take the damage, grab it.
pub trait ScreenCapture: Send {
    /// The monitor's size in pixels now.
    fn size(&self) -> Size;

    /// Something that ends [`ScreenCapture::wait`] from another thread.
    fn waker(&self) -> Waker;

    /// Blocks until something changes or `deadline` passes. Every change is told once.
    ///
    /// # Errors
    /// The display server is gone, or the monitor is.
    fn wait(&mut self, deadline: Instant) -> Result<Wake>;

    /// What has changed since the last time. The first time, and after a change of size, everything has.
    ///
    /// # Errors
    /// As for [`ScreenCapture::wait`].
    fn take_damage(&mut self) -> Result<Damage>;

    /// Reads what `damage` says into `into`; everything if `into` did not have the monitor's size. Where Beside's own
    /// windows can be seen it is blank, as [`beside_screen::Mask`] has it. What changes meanwhile may be in the picture or not, and is damage again.
    ///
    /// # Errors
    /// As for [`ScreenCapture::wait`]. `into` may have been filled in part, never with Beside's own windows.
    fn grab(&mut self, live: &Live<'_, View>, damage: &Damage, into: &mut Snapshot) -> Result<()>;

    /// Where the pointer is.
    ///
    /// # Errors
    /// As for [`ScreenCapture::wait`].
    fn pointer(&mut self, live: &Live<'_, View>) -> Result<PointerPosition>;

    /// What the pointer looks like, if it can be seen and is no larger than [`PointerShape::SIDE_MAX`].
    ///
    /// # Errors
    /// As for [`ScreenCapture::wait`].
    fn pointer_shape(&mut self, live: &Live<'_, View>) -> Result<Option<PointerShape>>;
}

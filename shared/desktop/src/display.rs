//! Monitors.

use beside_protocol::DisplayId;
use beside_protocol::control::DisplayInfo;
use beside_screen::Size;

use crate::error::Trouble;

/// A monitor of this machine.
#[derive(Debug, Clone, PartialEq)]
pub struct Display {
    /// Its id, for as long as it stays plugged in.
    pub id: DisplayId,
    /// The system's name for it.
    pub name: String,
    /// Pixels of its left edge from the left of the whole desktop.
    pub x: i32,
    /// Pixels of its top edge from the top of the whole desktop.
    pub y: i32,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// How much larger than at 96 dpi the system draws; 1 for no scaling.
    pub scale: f64,
    /// Whether it is the main one.
    pub primary: bool,
}

impl Display {
    /// Its size, if a picture can be that large.
    pub(crate) fn size(&self) -> Result<Size, Trouble> {
        Size::new(self.width, self.height).map_err(|error| Trouble::Refused(error.to_string()))
    }

    /// What the operator is told of it.
    #[must_use]
    pub fn info(&self) -> DisplayInfo {
        DisplayInfo { id: self.id, name: self.name.clone(), width: self.width, height: self.height }
    }
}

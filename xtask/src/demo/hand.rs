//! A person's hand on the mouse and the keyboard of a display: events by XTEST, as xdotool sends them.

use std::time::Duration;

use anyhow::Result;

use crate::command::Tool;

const LIMIT: Duration = Duration::from_secs(20);

/// The mouse and keyboard of one display.
pub(crate) struct Hand<'a> {
    address: &'a str,
}

impl<'a> Hand<'a> {
    /// On the display with this address.
    pub(crate) const fn on(address: &'a str) -> Self {
        Self { address }
    }

    /// Moves there and clicks with the left button.
    pub(crate) fn click(&self, x: i32, y: i32) -> Result<()> {
        self.xdotool(&["mousemove", &x.to_string(), &y.to_string(), "click", "1"])
    }

    /// Moves there and turns the wheel by one notch towards the person.
    pub(crate) fn scroll_down(&self, x: i32, y: i32) -> Result<()> {
        self.xdotool(&["mousemove", &x.to_string(), &y.to_string(), "click", "5"])
    }

    /// Moves the pointer.
    pub(crate) fn point(&self, x: i32, y: i32) -> Result<()> {
        self.xdotool(&["mousemove", &x.to_string(), &y.to_string()])
    }

    /// Presses the left button without letting go.
    pub(crate) fn hold(&self) -> Result<()> {
        self.xdotool(&["mousedown", "1"])
    }

    /// Lets go of the left button.
    pub(crate) fn let_go(&self) -> Result<()> {
        self.xdotool(&["mouseup", "1"])
    }

    /// Types a text, as fast as a quick typist.
    pub(crate) fn write(&self, text: &str) -> Result<()> {
        self.xdotool(&["type", "--delay", "30", "--", text])
    }

    /// Presses keys together, named as xdotool names them: `ctrl+a`.
    pub(crate) fn press(&self, keys: &str) -> Result<()> {
        self.xdotool(&["key", "--clearmodifiers", keys])
    }

    fn xdotool(&self, arguments: &[&str]) -> Result<()> {
        Tool::new("xdotool").env("DISPLAY", self.address).args(arguments).limit(LIMIT).show()
    }
}

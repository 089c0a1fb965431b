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

    /// Moves the pointer to and fro about a place for as long as a person would in a few seconds, and returns then.
    pub(crate) fn stir(&self, (x, y): (i32, i32)) -> Result<()> {
        const TURNS: i32 = 400;
        let mut arguments = Vec::new();
        for turn in 0..TURNS {
            let (dx, dy) = (turn % 40 * 5, turn % 30 * 4);
            arguments.extend(["mousemove".to_owned(), (x + dx).to_string(), (y + dy).to_string()]);
            arguments.extend(["sleep".to_owned(), "0.008".to_owned()]);
        }
        self.xdotool(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
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

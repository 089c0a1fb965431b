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

    /// Presses the left button at the first place, moves to the second in small steps, and lets go.
    pub(crate) fn drag(&self, from: (i32, i32), to: (i32, i32)) -> Result<()> {
        const STEPS: i32 = 12;
        let mut arguments = vec!["mousemove".to_owned(), from.0.to_string(), from.1.to_string()];
        arguments.extend(["mousedown".to_owned(), "1".to_owned()]);
        for step in 1..=STEPS {
            let on_the_way = |from: i32, to: i32| (from + (to - from) * step / STEPS).to_string();
            arguments.extend(["mousemove".to_owned(), on_the_way(from.0, to.0), on_the_way(from.1, to.1)]);
            arguments.extend(["sleep".to_owned(), "0.02".to_owned()]);
        }
        arguments.extend(["mouseup".to_owned(), "1".to_owned()]);
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

//! A window that changes its colour all the time, so that every gap in a picture of it shows.

use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::{Result, anyhow};

use super::display::Display;
use super::picture::Area;

/// Between one colour and the other.
const EVERY: Duration = Duration::from_millis(20);
const COLOURS: [[u8; 3]; 2] = [[0xf0; 3], [0x10; 3]];

/// Such a window, until it is dropped.
pub(crate) struct Flicker {
    end: Sender<()>,
    thread: JoinHandle<Result<()>>,
}

impl Flicker {
    /// Opens the window over this part of the screen.
    pub(crate) fn start(display: &Display, area: Area) -> Result<Self> {
        let sheet = display.cover(area, COLOURS[0])?;
        let (end, ended) = channel::<()>();
        let thread = thread::spawn(move || {
            for colour in COLOURS.into_iter().cycle() {
                sheet.paint(colour)?;
                if !matches!(ended.recv_timeout(EVERY), Err(RecvTimeoutError::Timeout)) {
                    break;
                }
            }
            Ok(())
        });
        Ok(Self { end, thread })
    }

    /// Closes the window.
    pub(crate) fn stop(self) -> Result<()> {
        drop(self.end);
        self.thread.join().map_err(|_| anyhow!("the flickering window failed"))?
    }
}

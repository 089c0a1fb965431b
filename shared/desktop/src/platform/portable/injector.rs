//! Input by rdev.

use std::collections::BTreeSet;

use beside_consent::{Control, Live};
use beside_protocol::DisplayId;
use beside_protocol::input::{Button, InputEvent, KeyUsage};
use rdev::EventType;

use super::{Desktop, display, keys};
use crate::display::Display;
use crate::error::{DesktopError, Result, Trouble};
use crate::input::{Injected, InputInjector};
use crate::own_windows::OwnWindows;

/// 120ths in one notch of a wheel.
const NOTCH: i32 = 120;

/// Plays the operator's input into one monitor. It does not know which windows are Beside's.
pub struct Injector {
    display: Display,
    keys: BTreeSet<KeyUsage>,
    buttons: Vec<Button>,
    /// What is left of the wheel's turns below a notch, sideways and up and down.
    turned: (i32, i32),
}

impl Injector {
    /// Opens a monitor for input.
    ///
    /// # Errors
    /// There is no such monitor.
    pub fn open(_desktop: &Desktop, display: DisplayId, _own: OwnWindows) -> Result<Self> {
        let display = self::display(display).map_err(DesktopError::Input)?;
        Ok(Self { display, keys: BTreeSet::new(), buttons: Vec::new(), turned: (0, 0) })
    }

    fn play(&mut self, event: &InputEvent) -> Result<Injected, Trouble> {
        match event {
            InputEvent::Move { x, y } => {
                let x = f64::from(self.display.x) + f64::from(*x).min(f64::from(self.display.width) - 1.0);
                let y = f64::from(self.display.y) + f64::from(*y).min(f64::from(self.display.height) - 1.0);
                simulate(EventType::MouseMove { x, y })
            }
            InputEvent::Button { button, down: true } => {
                if self.buttons.contains(button) {
                    return Ok(Injected::Done);
                }
                self.buttons.push(*button);
                simulate(EventType::ButtonPress(keys::button(*button)))
            }
            InputEvent::Button { button, down: false } => {
                let before = self.buttons.len();
                self.buttons.retain(|held| held != button);
                if before == self.buttons.len() {
                    return Ok(Injected::Done);
                }
                simulate(EventType::ButtonRelease(keys::button(*button)))
            }
            InputEvent::Scroll { dx, dy } => {
                let (x, y) = (self.turned.0 + i32::from(*dx), self.turned.1 + i32::from(*dy));
                self.turned = (x % NOTCH, y % NOTCH);
                // rdev counts up as positive.
                let (delta_x, delta_y) = (i64::from(x / NOTCH), i64::from(-y / NOTCH));
                if (delta_x, delta_y) == (0, 0) {
                    return Ok(Injected::Done);
                }
                simulate(EventType::Wheel { delta_x, delta_y })
            }
            InputEvent::Key { key, down } => match (keys::key(*key), down) {
                (None, _) => Ok(Injected::Unknown),
                (Some(name), true) => {
                    self.keys.insert(*key);
                    simulate(EventType::KeyPress(name))
                }
                (Some(name), false) if self.keys.remove(key) => simulate(EventType::KeyRelease(name)),
                (Some(_), false) => Ok(Injected::Done),
            },
            InputEvent::Text(_) => Ok(Injected::Unknown),
            InputEvent::ReleaseAll => self.release().map(|()| Injected::Done),
        }
    }

    fn release(&mut self) -> Result<(), Trouble> {
        while let Some(button) = self.buttons.pop() {
            let _done = simulate(EventType::ButtonRelease(keys::button(button)))?;
        }
        while let Some(name) = self.keys.pop_last().and_then(keys::key) {
            let _done = simulate(EventType::KeyRelease(name))?;
        }
        Ok(())
    }
}

impl InputInjector for Injector {
    fn inject(&mut self, _live: Live<'_, Control>, event: &InputEvent) -> Result<Injected> {
        self.play(event).map_err(DesktopError::Input)
    }

    fn release_all(&mut self) -> Result<()> {
        self.release().map_err(DesktopError::Input)
    }
}

impl Drop for Injector {
    fn drop(&mut self) {
        if let Err(error) = self.release() {
            tracing::warn!(%error, "something stays pressed");
        }
    }
}

fn simulate(event: EventType) -> Result<Injected, Trouble> {
    rdev::simulate(&event).map_err(|error| Trouble::Refused(error.to_string()))?;
    Ok(Injected::Done)
}

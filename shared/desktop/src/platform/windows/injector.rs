//! Input by `SendInput`, marked as Beside's, and never into Beside's own windows.
//!
//! Where an event would go is asked right before it is sent, one event at a time: Windows can't hold other programs still
//! meanwhile, as an X server can. Programs of administrators, and the system's secure desktop, take no such input; the
//! system does not say so for the first, and refuses the second.

use beside_consent::{Control, Live};
use beside_protocol::DisplayId;
use beside_protocol::input::{Button, InputEvent, KeyUsage};
use windows::Win32::Foundation::{ERROR_ACCESS_DENIED, GetLastError, POINT};
use windows::Win32::UI::Input::KeyboardAndMouse::{
    INPUT, INPUT_0, INPUT_KEYBOARD, INPUT_MOUSE, KEYBD_EVENT_FLAGS, KEYBDINPUT, KEYEVENTF_EXTENDEDKEY, KEYEVENTF_KEYUP,
    KEYEVENTF_SCANCODE, KEYEVENTF_UNICODE, MOUSE_EVENT_FLAGS, MOUSEEVENTF_ABSOLUTE, MOUSEEVENTF_HWHEEL,
    MOUSEEVENTF_LEFTDOWN, MOUSEEVENTF_LEFTUP, MOUSEEVENTF_MIDDLEDOWN, MOUSEEVENTF_MIDDLEUP, MOUSEEVENTF_MOVE,
    MOUSEEVENTF_RIGHTDOWN, MOUSEEVENTF_RIGHTUP, MOUSEEVENTF_VIRTUALDESK, MOUSEEVENTF_WHEEL, MOUSEEVENTF_XDOWN,
    MOUSEEVENTF_XUP, MOUSEINPUT, SendInput, VIRTUAL_KEY,
};
use windows::Win32::UI::WindowsAndMessaging::{
    GetCursorPos, GetSystemMetrics, SM_CXVIRTUALSCREEN, SM_CYVIRTUALSCREEN, SM_SWAPBUTTON, SM_XVIRTUALSCREEN,
    SM_YVIRTUALSCREEN, XBUTTON1, XBUTTON2,
};

use super::keys::{self, Key};
use super::{Desktop, displays};
use crate::display::Display;
use crate::error::{DesktopError, Result, Trouble};
use crate::input::{Injected, InputInjector};
use crate::own_windows::OwnWindows;

/// What `dwExtraInfo` says of every event of ours: "Beside". Programs that watch input can tell it from the customer's.
pub(super) const MARK: usize = 0x4265_7369_6465;
/// Most 120ths that one event turns the wheel; more than 32 notches is nobody's finger.
const TURN_MAX: i32 = 32 * 120;

/// Plays the operator's input into one monitor.
pub struct Injector {
    display: Display,
    own: OwnWindows,
    keys: Vec<KeyUsage>,
    buttons: Vec<Button>,
    /// The operator's pointer is over an own window, where the real one does not follow.
    astray: bool,
}

impl Injector {
    /// Opens a monitor for input.
    ///
    /// # Errors
    /// There is no such monitor.
    pub fn open(_desktop: &Desktop, display: DisplayId, own: OwnWindows) -> Result<Self> {
        let display = displays::find(display).map_err(DesktopError::Input)?.display;
        Ok(Self { display, own, keys: Vec::new(), buttons: Vec::new(), astray: false })
    }

    fn play(&mut self, event: &InputEvent) -> Result<Injected, Trouble> {
        match event {
            InputEvent::Move { x, y } => self.go_to(*x, *y),
            InputEvent::Button { button, down: true } => {
                if self.astray || self.own.are_at(pointer()) {
                    return Ok(Injected::OwnWindow);
                }
                let sent = send(&[press_button(*button, true)])?;
                if sent == Injected::Done && !self.buttons.contains(button) {
                    self.buttons.push(*button);
                }
                Ok(sent)
            }
            InputEvent::Button { button, down: false } => {
                // It goes to the window that the button went down in, wherever the pointer is.
                match self.buttons.iter().position(|held| held == button) {
                    Some(at) => send(&[press_button(self.buttons.remove(at), false)]),
                    None => Ok(Injected::Done),
                }
            }
            InputEvent::Scroll { dx, dy } => {
                if self.astray || self.own.are_at(pointer()) {
                    return Ok(Injected::OwnWindow);
                }
                send(&turn(i32::from(*dx), i32::from(*dy)))
            }
            InputEvent::Key { key, down } => match (keys::key(*key), down) {
                (None, _) => Ok(Injected::Unknown),
                (Some(_), true) if self.own.have_focus() => Ok(Injected::OwnWindow),
                (Some(name), true) => {
                    let sent = send(&[press_key(name, true)])?;
                    if sent == Injected::Done && !self.keys.contains(key) {
                        self.keys.push(*key);
                    }
                    Ok(sent)
                }
                (Some(name), false) => match self.keys.iter().position(|held| held == key) {
                    Some(at) => {
                        self.keys.remove(at);
                        send(&[press_key(name, false)])
                    }
                    None => Ok(Injected::Done),
                },
            },
            InputEvent::Text(text) => self.write(text),
            InputEvent::ReleaseAll => self.release().map(|()| Injected::Done),
        }
    }

    /// Moves the pointer, unless it would come to an own window: then it stays, and what is pressed or turned until it
    /// moves elsewhere is swallowed too, because the operator means it for the own window.
    fn go_to(&mut self, x: u16, y: u16) -> Result<Injected, Trouble> {
        self.display = displays::find(self.display.id)?.display;
        let x = on_axis(self.display.x, self.display.width, x);
        let y = on_axis(self.display.y, self.display.height, y);
        self.astray = self.own.are_at(POINT { x, y });
        if self.astray {
            return Ok(Injected::OwnWindow);
        }
        // SAFETY: asks only.
        let metric = |which| unsafe { GetSystemMetrics(which) };
        let flags = MOUSEEVENTF_MOVE | MOUSEEVENTF_ABSOLUTE | MOUSEEVENTF_VIRTUALDESK;
        let dx = absolute(x, metric(SM_XVIRTUALSCREEN), metric(SM_CXVIRTUALSCREEN));
        let dy = absolute(y, metric(SM_YVIRTUALSCREEN), metric(SM_CYVIRTUALSCREEN));
        send(&[mouse(flags, (dx, dy), 0)])
    }

    /// Types a text. Each character asks anew where it would go: the focus may change with any of them.
    fn write(&self, text: &str) -> Result<Injected, Trouble> {
        for character in text.chars() {
            if self.own.have_focus() {
                return Ok(Injected::OwnWindow);
            }
            let mut units = [0; 2];
            let units = character.encode_utf16(&mut units);
            let presses = [KEYBD_EVENT_FLAGS(0), KEYEVENTF_KEYUP].into_iter();
            let inputs =
                presses.flat_map(|press| units.iter().map(move |unit| key_input(0, *unit, KEYEVENTF_UNICODE | press)));
            let sent = send(&inputs.collect::<Vec<_>>())?;
            if sent != Injected::Done {
                return Ok(sent);
            }
        }
        Ok(Injected::Done)
    }

    fn release(&mut self) -> Result<(), Trouble> {
        let buttons = self.buttons.drain(..).map(|button| press_button(button, false));
        let keys = self.keys.drain(..).rev().filter_map(keys::key).map(|key| press_key(key, false));
        let inputs: Vec<INPUT> = buttons.chain(keys).collect();
        send(&inputs).map(drop)
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

/// A pixel of the monitor as a pixel of the desktop, on the monitor's last one if it is beyond.
fn on_axis(start: i32, length: u32, at: u16) -> i32 {
    start.saturating_add_unsigned(u32::from(at).min(length.saturating_sub(1)))
}

/// A pixel of the desktop in 65,536ths of it. The system takes them back to pixels by rounding down, so these are rounded up:
/// that leads to the same pixel, also where the desktop begins left of or above the main monitor.
fn absolute(at: i32, start: i32, length: i32) -> i32 {
    let (at, length) = (i64::from(at) - i64::from(start), i64::from(length.max(1)));
    let parts = (at * 65_536 + length - 1).div_euclid(length);
    i32::try_from(parts).unwrap_or(0)
}

/// Where the pointer is; where nothing is if the system does not tell.
fn pointer() -> POINT {
    let mut point = POINT { x: i32::MIN, y: i32::MIN };
    // SAFETY: the point is our own.
    let _hidden = unsafe { GetCursorPos(&raw mut point) };
    point
}

/// Gives the system events, all at once: nothing of others comes between them.
fn send(inputs: &[INPUT]) -> Result<Injected, Trouble> {
    if inputs.is_empty() {
        return Ok(Injected::Done);
    }
    // SAFETY: whole structures of the size told.
    let taken = unsafe { SendInput(inputs, size_of::<INPUT>() as i32) };
    if taken as usize == inputs.len() {
        return Ok(Injected::Done);
    }
    // SAFETY: asks only.
    match unsafe { GetLastError() } {
        // The secure desktop is shown: Ctrl+Alt+Del, or a question for an administrator.
        ERROR_ACCESS_DENIED => Ok(Injected::Unknown),
        error => Err(Trouble::Refused(format!("SendInput: {}", error.to_hresult().message()))),
    }
}

fn press_button(button: Button, down: bool) -> INPUT {
    // SAFETY: asks only.
    let swapped = unsafe { GetSystemMetrics(SM_SWAPBUTTON) } != 0;
    let (pressed, released, which) = match button {
        // The operator means what a button does. The system swaps what is sent, too.
        Button::Left if swapped => (MOUSEEVENTF_RIGHTDOWN, MOUSEEVENTF_RIGHTUP, 0),
        Button::Right if swapped => (MOUSEEVENTF_LEFTDOWN, MOUSEEVENTF_LEFTUP, 0),
        Button::Left => (MOUSEEVENTF_LEFTDOWN, MOUSEEVENTF_LEFTUP, 0),
        Button::Right => (MOUSEEVENTF_RIGHTDOWN, MOUSEEVENTF_RIGHTUP, 0),
        Button::Middle => (MOUSEEVENTF_MIDDLEDOWN, MOUSEEVENTF_MIDDLEUP, 0),
        Button::Back => (MOUSEEVENTF_XDOWN, MOUSEEVENTF_XUP, XBUTTON1),
        Button::Forward => (MOUSEEVENTF_XDOWN, MOUSEEVENTF_XUP, XBUTTON2),
    };
    mouse(if down { pressed } else { released }, (0, 0), u32::from(which))
}

/// The wheels' turns. The protocol counts right and down as positive, Windows right and up.
fn turn(dx: i32, dy: i32) -> Vec<INPUT> {
    let turns = [(MOUSEEVENTF_WHEEL, -dy), (MOUSEEVENTF_HWHEEL, dx)].into_iter();
    let turns = turns.filter(|(_, amount)| *amount != 0);
    turns.map(|(wheel, amount)| mouse(wheel, (0, 0), amount.clamp(-TURN_MAX, TURN_MAX).cast_unsigned())).collect()
}

fn press_key(key: Key, down: bool) -> INPUT {
    let up = if down { KEYBD_EVENT_FLAGS(0) } else { KEYEVENTF_KEYUP };
    match key {
        Key::Scan(code) if code > 0xff => key_input(0, code & 0xff, KEYEVENTF_SCANCODE | KEYEVENTF_EXTENDEDKEY | up),
        Key::Scan(code) => key_input(0, code, KEYEVENTF_SCANCODE | up),
        Key::Virtual(VIRTUAL_KEY(key)) => key_input(key, 0, up),
    }
}

fn key_input(key: u16, scan: u16, flags: KEYBD_EVENT_FLAGS) -> INPUT {
    let ki = KEYBDINPUT { wVk: VIRTUAL_KEY(key), wScan: scan, dwFlags: flags, time: 0, dwExtraInfo: MARK };
    INPUT { r#type: INPUT_KEYBOARD, Anonymous: INPUT_0 { ki } }
}

fn mouse(flags: MOUSE_EVENT_FLAGS, (dx, dy): (i32, i32), data: u32) -> INPUT {
    let mi = MOUSEINPUT { dx, dy, mouseData: data, dwFlags: flags, time: 0, dwExtraInfo: MARK };
    INPUT { r#type: INPUT_MOUSE, Anonymous: INPUT_0 { mi } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pixel_comes_back_from_the_systems_units() {
        for (start, length) in [(0, 1920), (-1920, 3840), (-2560, 6400), (-1, 1), (100, 1366), (-32_768, 65_535)] {
            for at in start..start + length {
                let parts = i64::from(absolute(at, start, length));
                assert_eq!(i64::from(start) + parts * i64::from(length) / 65_536, i64::from(at), "{start} {length}");
            }
        }
    }
}

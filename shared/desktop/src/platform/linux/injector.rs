//! Input by XTEST, on one connection, and never into Beside's own windows.
//!
//! Where an event would go and the event itself are one act only while nobody else can move a window, the pointer or the
//! focus. So the server is grabbed for both: a fraction of a millisecond, in which other programs wait. A second
//! connection would wait too, and for ever: rdev opens one for every event, so it can't do this. What it sends in the
//! end are the same requests of XTEST.

use std::sync::Arc;

use beside_consent::{Control, Live};
use beside_protocol::DisplayId;
use beside_protocol::input::InputEvent;
use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::randr::{self, ConnectionExt as _};
use x11rb::protocol::xproto::{ConnectionExt as _, InputFocus, MOTION_NOTIFY_EVENT, Window};

use super::held::{FocusGuard, Held};
use super::own::Tracker;
use super::repeat::Repeat;
use super::server::Server;
use super::typist::{Batch, Typist};
use super::{Desktop, display, keys};
use crate::clock;
use crate::display::Display;
use crate::error::{DesktopError, Result, Trouble};
use crate::input::{Injected, InputInjector};
use crate::own_windows::OwnWindows;

/// 120ths in one notch of a wheel.
const NOTCH: i32 = 120;
/// Most notches that one event turns the wheel; more than that is nobody's finger.
const NOTCHES_MAX: i32 = 32;
/// The wheel's buttons in X: up, down, left, right.
const WHEEL: [u8; 4] = [4, 5, 6, 7];

/// Plays the operator's input into one monitor of an X server.
pub struct Injector {
    server: Server,
    display: Display,
    tracker: Tracker,
    held: Arc<Held>,
    repeat: Option<Repeat>,
    _focus_guard: FocusGuard,
    typist: Typist,
    /// What is left of the wheel's turns below a notch, sideways and up and down.
    turned: (i32, i32),
    /// The operator's pointer is over an own window, where the real one does not follow.
    astray: bool,
}

impl Injector {
    /// Opens a monitor for input.
    ///
    /// # Errors
    /// There is no such monitor, or the server lacks XTEST, RandR, SHAPE or X-Resource.
    pub fn open(desktop: &Desktop, display: DisplayId, own: OwnWindows) -> Result<Self> {
        Self::start(desktop, display, own).map_err(DesktopError::Input)
    }

    fn start(desktop: &Desktop, id: DisplayId, own: OwnWindows) -> Result<Self, Trouble> {
        let server = desktop.connect()?;
        server.needs("XTEST", "an X server without XTEST")?;
        let display = display(&server, id)?;
        let changes = randr::NotifyMask::SCREEN_CHANGE | randr::NotifyMask::CRTC_CHANGE;
        server.conn.randr_select_input(server.root(), changes)?.check()?;
        let held = Arc::new(Held::default());
        let focus_guard = FocusGuard::start(desktop, own.clone(), Arc::clone(&held))?;
        let tracker = Tracker::start(&server, own)?;
        let repeat = Repeat::stop(&server)?;
        Ok(Self {
            server,
            display,
            tracker,
            held,
            repeat,
            _focus_guard: focus_guard,
            typist: Typist::default(),
            turned: (0, 0),
            astray: false,
        })
    }

    fn play(&mut self, event: &InputEvent) -> Result<Injected, Trouble> {
        self.drain()?;
        match event {
            InputEvent::Move { x, y } => self.go_to(*x, *y),
            InputEvent::Button { button, down: true } => {
                let button = keys::button(*button);
                self.at_pointer(|this| this.held.press_button(&this.server, button))
            }
            InputEvent::Button { button, down: false } => {
                // It goes to the window that the button went down in, wherever the pointer is.
                self.held.release_button(&self.server, keys::button(*button))?;
                Ok(Injected::Done)
            }
            InputEvent::Scroll { dx, dy } => self.turn(i32::from(*dx), i32::from(*dy)),
            InputEvent::Key { key, down } => match (keys::keycode(*key), down) {
                (None, _) => Ok(Injected::Unknown),
                (Some(code), true) => self.at_focus(|this| this.held.press_key(&this.server, code)),
                (Some(code), false) => {
                    self.held.release_key(&self.server, code)?;
                    Ok(Injected::Done)
                }
            },
            InputEvent::Text(text) => self.write(text),
            InputEvent::ReleaseAll => {
                self.held.release_all(&self.server)?;
                Ok(Injected::Done)
            }
        }
    }

    /// Moves the pointer, unless it would come to an own window: then it stays, and what is pressed or turned until it
    /// moves elsewhere is swallowed too, because the operator means it for the own window.
    fn go_to(&mut self, x: u16, y: u16) -> Result<Injected, Trouble> {
        let (x, y) = (on_axis(self.display.x, self.display.width, x), on_axis(self.display.y, self.display.height, y));
        self.alone(|this| {
            let root = this.server.root();
            let target = this.server.conn.translate_coordinates(root, root, x, y)?.reply()?.child;
            this.astray = this.is_own(target)?;
            if this.astray {
                return Ok(Injected::OwnWindow);
            }
            this.server.fake(MOTION_NOTIFY_EVENT, 0, (x, y))?;
            Ok(Injected::Done)
        })
    }

    fn turn(&mut self, dx: i32, dy: i32) -> Result<Injected, Trouble> {
        let (x, y) = (self.turned.0 + dx, self.turned.1 + dy);
        self.turned = (x % NOTCH, y % NOTCH);
        let [up, down, left, right] = WHEEL;
        let turns = [(if y < 0 { up } else { down }, y), (if x < 0 { left } else { right }, x)];
        self.at_pointer(|this| {
            for (button, amount) in turns {
                for _ in 0..(amount.abs() / NOTCH).min(NOTCHES_MAX) {
                    this.server.click(button)?;
                }
            }
            Ok(())
        })
    }

    /// Types as much of a text as can be typed now. Each character asks anew where it would go: the focus may change
    /// with any of them.
    fn write(&mut self, text: &str) -> Result<Injected, Trouble> {
        let Batch { codes, length, rest_from } = match self.typist.prepare(&self.server, text, clock::now())? {
            Some(batch) => batch,
            None => return Ok(Injected::Unknown),
        };
        for code in codes {
            let typed = self.at_focus(|this| this.server.tap(code))?;
            if typed != Injected::Done {
                return Ok(typed);
            }
        }
        Ok(match text.get(length..) {
            None | Some("") => Injected::Done,
            Some(rest) => Injected::Partly { rest: rest.to_owned(), from: rest_from },
        })
    }

    /// Does something that goes to the window under the pointer, if that is not an own one.
    fn at_pointer(&mut self, act: impl FnOnce(&Self) -> Result<(), Trouble>) -> Result<Injected, Trouble> {
        self.alone(|this| {
            if this.astray || this.pointer_is_on_own()? || this.tracker.menu_is_open(&this.server)? {
                return Ok(Injected::OwnWindow);
            }
            act(this).map(|()| Injected::Done)
        })
    }

    /// Does something that goes to the window with the keyboard's focus, if that is not an own one.
    fn at_focus(&mut self, act: impl FnOnce(&Self) -> Result<(), Trouble>) -> Result<Injected, Trouble> {
        self.alone(|this| {
            if this.focus_is_on_own()? || this.tracker.menu_is_open(&this.server)? {
                return Ok(Injected::OwnWindow);
            }
            act(this).map(|()| Injected::Done)
        })
    }

    /// Does something while no other program can do anything.
    fn alone<T>(&mut self, act: impl FnOnce(&mut Self) -> Result<T, Trouble>) -> Result<T, Trouble> {
        self.server.conn.grab_server()?;
        let done = act(self);
        self.server.conn.ungrab_server()?;
        self.server.conn.flush()?;
        done
    }

    fn pointer_is_on_own(&mut self) -> Result<bool, Trouble> {
        let under = self.server.conn.query_pointer(self.server.root())?.reply()?.child;
        self.is_own(under)
    }

    fn focus_is_on_own(&mut self) -> Result<bool, Trouble> {
        let focus = self.server.conn.get_input_focus()?.reply()?.focus;
        if focus == u32::from(InputFocus::POINTER_ROOT) || focus == self.server.root() {
            return self.pointer_is_on_own();
        }
        if focus == x11rb::NONE {
            return Ok(false);
        }
        let home = self.server.top_of(focus)?;
        self.is_own(home.unwrap_or(focus))
    }

    /// Whether a child of the root is an own window, by all that the server has told up to its last reply.
    fn is_own(&mut self, top: Window) -> Result<bool, Trouble> {
        self.drain()?;
        Ok(self.tracker.is_own(top))
    }

    fn drain(&mut self) -> Result<(), Trouble> {
        while let Some(event) = self.server.event()? {
            if matches!(event, Event::RandrScreenChangeNotify(_) | Event::RandrNotify(_)) {
                self.display = display(&self.server, self.display.id)?;
            } else {
                self.tracker.follow(&self.server, &event)?;
            }
        }
        Ok(())
    }
}

impl InputInjector for Injector {
    fn inject(&mut self, _live: Live<'_, Control>, event: &InputEvent) -> Result<Injected> {
        self.play(event).map_err(DesktopError::Input)
    }

    fn release_all(&mut self) -> Result<()> {
        self.held.release_all(&self.server).map_err(DesktopError::Input)
    }
}

impl Drop for Injector {
    fn drop(&mut self) {
        let released = self.held.release_all(&self.server);
        let restored = self.typist.restore(&self.server);
        let repeats = self.repeat.take().map_or(Ok(()), |repeat| repeat.resume(&self.server));
        if let Err(error) = released.and(restored).and(repeats) {
            tracing::debug!(%error, "the X server is gone, and what was pressed with it");
        }
    }
}

/// A pixel of the monitor as a pixel of the root, on the monitor's last one if it is beyond.
fn on_axis(start: i32, length: u32, at: u16) -> i16 {
    let at = u32::from(at).min(length.saturating_sub(1));
    start.saturating_add_unsigned(at).clamp(i32::from(i16::MIN), i32::from(i16::MAX)) as i16
}

//! What the operator has pressed and not let go of.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{
    BUTTON_PRESS_EVENT, BUTTON_RELEASE_EVENT, ConnectionExt as _, KEY_PRESS_EVENT, KEY_RELEASE_EVENT, Keycode,
};
use x11rb::protocol::xtest::ConnectionExt as _;

use super::Desktop;
use super::bell::Bell;
use super::focus::focused;
use super::own::Tracker;
use super::server::Server;
use crate::error::Trouble;
use crate::own_windows::OwnWindows;

/// Keys and buttons that are down.
#[derive(Debug, Default)]
struct Down {
    keys: BTreeSet<Keycode>,
    buttons: BTreeSet<u8>,
}

/// What is held down, shared with the [`FocusGuard`]. Requests go out while the lock is held, so that a key never goes
/// up on one connection before it goes down on another.
#[derive(Debug, Default)]
pub(super) struct Held(Mutex<Down>);

impl Held {
    fn down(&self) -> MutexGuard<'_, Down> {
        // A thread that panicked left two sets of numbers behind, which are as good as ever.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Presses a key. One that is down already goes up and down again, as held keys of X repeat: it repeats at the
    /// operator's.
    pub(super) fn press_key(&self, server: &Server, code: Keycode) -> Result<(), Trouble> {
        let mut down = self.down();
        if !down.keys.insert(code) {
            server.fake(KEY_RELEASE_EVENT, code, (0, 0))?;
        }
        server.fake_now(KEY_PRESS_EVENT, code)
    }

    /// Lets go of a key if it is down.
    pub(super) fn release_key(&self, server: &Server, code: Keycode) -> Result<(), Trouble> {
        let mut down = self.down();
        if down.keys.remove(&code) { server.fake_now(KEY_RELEASE_EVENT, code) } else { Ok(()) }
    }

    /// Presses a button that is not down yet.
    pub(super) fn press_button(&self, server: &Server, button: u8) -> Result<(), Trouble> {
        let mut down = self.down();
        if down.buttons.insert(button) { server.fake_now(BUTTON_PRESS_EVENT, button) } else { Ok(()) }
    }

    /// Lets go of a button if it is down.
    pub(super) fn release_button(&self, server: &Server, button: u8) -> Result<(), Trouble> {
        let mut down = self.down();
        if down.buttons.remove(&button) { server.fake_now(BUTTON_RELEASE_EVENT, button) } else { Ok(()) }
    }

    /// Lets go of every key.
    fn release_keys(&self, server: &Server) -> Result<(), Trouble> {
        let mut down = self.down();
        while let Some(code) = down.keys.pop_last() {
            server.fake_now(KEY_RELEASE_EVENT, code)?;
        }
        Ok(())
    }

    /// Lets go of everything, and returns when the server has done so.
    pub(super) fn release_all(&self, server: &Server) -> Result<(), Trouble> {
        while let Some(button) = self.down().buttons.pop_last() {
            server.fake_now(BUTTON_RELEASE_EVENT, button)?;
        }
        self.release_keys(server)?;
        server.conn.get_input_focus()?.reply()?;
        Ok(())
    }
}

/// A thread that lets go of the operator's keys when an own window gets the keyboard's focus: where the server can't be
/// kept from repeating a held key by itself, it would repeat it into that window.
pub(super) struct FocusGuard {
    bell: Bell,
    thread: Option<JoinHandle<()>>,
}

impl FocusGuard {
    pub(super) fn start(desktop: &Desktop, own: OwnWindows, held: Arc<Held>) -> Result<Self, Trouble> {
        let server = desktop.connect()?;
        let tracker = Tracker::start(&server, own.clone())?;
        let bell = Bell::new()?;
        let end = bell.clone();
        let watch = move || {
            if let Err(error) = guard(&server, tracker, &own, &end, &held) {
                tracing::warn!(%error, "no longer watching the focus");
            }
        };
        let thread = std::thread::Builder::new().name("beside-focus".to_owned()).spawn(watch);
        let thread = thread.map_err(|error| Trouble::Refused(format!("thread: {error}")))?;
        Ok(Self { bell, thread: Some(thread) })
    }
}

impl Drop for FocusGuard {
    fn drop(&mut self) {
        self.bell.ring();
        if let Some(Err(_)) = self.thread.take().map(JoinHandle::join) {
            tracing::warn!("the thread that watched the focus had panicked");
        }
    }
}

fn guard(server: &Server, mut tracker: Tracker, own: &OwnWindows, end: &Bell, held: &Held) -> Result<(), Trouble> {
    // A window that has just become known may have had the focus before its events were asked for.
    let mut look = true;
    while !end.take() {
        while let Some(event) = server.event()? {
            if matches!(event, Event::FocusIn(_)) {
                held.release_keys(server)?;
            }
            look |= tracker.follow(server, &event)?;
        }
        if std::mem::take(&mut look) {
            if matches!(focused(server, own)?, Some((_, true))) {
                held.release_keys(server)?;
            }
            // Events may have come with the answer, and are not waited for.
            continue;
        }
        server.wait(end, None)?;
    }
    Ok(())
}

impl Server {
    /// Has XTEST make one event.
    pub(super) fn fake(&self, kind: u8, detail: u8, at: (i16, i16)) -> Result<(), Trouble> {
        self.conn.xtest_fake_input(kind, detail, x11rb::CURRENT_TIME, self.root(), at.0, at.1, 0)?;
        Ok(())
    }

    /// The same, and sends it at once.
    fn fake_now(&self, kind: u8, detail: u8) -> Result<(), Trouble> {
        self.fake(kind, detail, (0, 0))?;
        Ok(self.conn.flush()?)
    }

    /// Presses and releases a button.
    pub(super) fn click(&self, button: u8) -> Result<(), Trouble> {
        self.fake(BUTTON_PRESS_EVENT, button, (0, 0))?;
        self.fake(BUTTON_RELEASE_EVENT, button, (0, 0))
    }

    /// Presses and releases a key.
    pub(super) fn tap(&self, code: Keycode) -> Result<(), Trouble> {
        self.fake(KEY_PRESS_EVENT, code, (0, 0))?;
        self.fake(KEY_RELEASE_EVENT, code, (0, 0))
    }
}

//! The key that stops the session, whatever has the focus.

use std::collections::BTreeSet;
use std::thread::JoinHandle;

use x11rb::connection::Connection;
use x11rb::errors::ReplyError;
use x11rb::protocol::ErrorKind;
use x11rb::protocol::Event;
use x11rb::protocol::xinput::{ConnectionExt as _, Device, EventMask, XIEventMask};
use x11rb::protocol::xproto::{ConnectionExt as _, GrabMode, Keycode, Keysym, MapIndex, ModMask};

use super::Desktop;
use super::bell::Bell;
use super::server::Server;
use crate::error::{DesktopError, Result, Trouble};

/// `XK_End`.
const END: Keysym = 0xff57;
/// Modifiers that may be on without anybody holding a key: Caps Lock, Num Lock, and what layouts use 3 and 5 for.
const LOCKS: [ModMask; 4] = [ModMask::LOCK, ModMask::M2, ModMask::M3, ModMask::M5];

/// A key combination that is the session's as long as this lives.
///
/// It is grabbed, so that no other program gets it; and it is watched by XInput2's raw events as well, which come even
/// while another program has all keys to itself, as an open menu does.
pub struct StopKey {
    bell: Bell,
    thread: Option<JoinHandle<()>>,
}

impl StopKey {
    /// The combination, as keyboards name it.
    pub const NAME: &'static str = "Ctrl+Alt+End";

    /// Takes the combination. `pressed` is called on a thread of its own, at least once for each press.
    ///
    /// # Errors
    /// Another program has taken it, or there is no such key.
    pub fn grab(desktop: &Desktop, pressed: impl FnMut() + Send + 'static) -> Result<Self> {
        Self::start(desktop, pressed).map_err(DesktopError::Input)
    }

    fn start(desktop: &Desktop, pressed: impl FnMut() + Send + 'static) -> Result<Self, Trouble> {
        let server = desktop.connect()?;
        server.needs("XInputExtension", "an X server without XInput 2")?;
        server.conn.xinput_xi_query_version(2, 2)?.reply()?;
        let raw = EventMask {
            deviceid: Device::ALL_MASTER.into(),
            mask: vec![XIEventMask::RAW_KEY_PRESS | XIEventMask::RAW_KEY_RELEASE],
        };
        server.conn.xinput_xi_select_events(server.root(), &[raw])?.check()?;
        let keys = take(&server)?;
        let bell = Bell::new()?;
        let end = bell.clone();
        let watch = move || {
            if let Err(error) = watch(&server, keys, &end, pressed) {
                tracing::warn!(%error, "the stop key is lost");
            }
        };
        let thread = std::thread::Builder::new().name("beside-stop-key".to_owned()).spawn(watch);
        let thread = thread.map_err(|error| Trouble::Refused(format!("thread: {error}")))?;
        Ok(Self { bell, thread: Some(thread) })
    }
}

impl Drop for StopKey {
    fn drop(&mut self) {
        self.bell.ring();
        if let Some(Err(_)) = self.thread.take().map(JoinHandle::join) {
            tracing::warn!("the thread of the stop key had panicked");
        }
    }
}

fn watch(server: &Server, mut keys: Keys, end: &Bell, mut pressed: impl FnMut()) -> Result<(), Trouble> {
    // Of all keys that are pressed, only the two modifiers are remembered.
    let (mut control, mut alt) = (BTreeSet::new(), BTreeSet::new());
    while !end.take() {
        while let Some(event) = server.event()? {
            #[expect(clippy::wildcard_enum_match_arm, reason = "only these were asked for")]
            match event {
                Event::KeyPress(_) => pressed(),
                Event::XinputRawKeyPress(key) => {
                    if has(&keys.control, key.detail) {
                        control.insert(key.detail);
                    } else if has(&keys.alt, key.detail) {
                        alt.insert(key.detail);
                    } else if has(&keys.end, key.detail) && !control.is_empty() && !alt.is_empty() {
                        pressed();
                    }
                }
                Event::XinputRawKeyRelease(key) => {
                    control.remove(&key.detail);
                    alt.remove(&key.detail);
                }
                // Another layout may have the keys elsewhere; a grab that fails leaves the raw events.
                Event::MappingNotify(_) => keys = take(server).unwrap_or(keys),
                _ => {}
            }
        }
        server.wait(end, None)?;
    }
    Ok(())
}

/// The keycodes of the combination in the present layout.
struct Keys {
    control: Vec<Keycode>,
    alt: Vec<Keycode>,
    end: Vec<Keycode>,
}

fn has(codes: &[Keycode], detail: u32) -> bool {
    codes.iter().any(|code| u32::from(*code) == detail)
}

/// Grabs the combination on every keycode that has the key, with every combination of locks.
fn take(server: &Server) -> Result<Keys, Trouble> {
    let end = server.codes_of(END)?;
    if end.is_empty() {
        return Err(Trouble::Unsupported("a keyboard without the key End"));
    }
    server.conn.ungrab_key(0, server.root(), ModMask::ANY)?;
    for code in &end {
        for locks in 0..1_u16 << LOCKS.len() {
            let chosen = LOCKS.iter().enumerate().filter(|(at, _)| locks & (1 << at) != 0);
            let modifiers = chosen.fold(ModMask::CONTROL | ModMask::M1, |all, (_, lock)| all | *lock);
            let (root, mode) = (server.root(), GrabMode::ASYNC);
            match server.conn.grab_key(true, root, modifiers, *code, mode, mode)?.check() {
                Err(ReplyError::X11Error(error)) if error.error_kind == ErrorKind::Access => {
                    return Err(Trouble::KeyTaken(StopKey::NAME));
                }
                grabbed => grabbed?,
            }
        }
    }
    let modifiers = server.conn.get_modifier_mapping()?.reply()?;
    let per_modifier = usize::from(modifiers.keycodes_per_modifier());
    let of = |modifier: MapIndex| {
        let codes = modifiers.keycodes.iter().skip(usize::from(u8::from(modifier)) * per_modifier).take(per_modifier);
        codes.copied().filter(|code| *code != 0).collect()
    };
    Ok(Keys { control: of(MapIndex::CONTROL), alt: of(MapIndex::M1), end })
}

impl Server {
    /// The keycodes that mean a keysym in the present layout.
    fn codes_of(&self, meaning: Keysym) -> Result<Vec<Keycode>, Trouble> {
        let setup = self.conn.setup();
        let count = setup.max_keycode - setup.min_keycode + 1;
        let layout = self.conn.get_keyboard_mapping(setup.min_keycode, count)?.reply()?;
        let meanings = layout.keysyms.chunks(usize::from(layout.keysyms_per_keycode).max(1));
        let codes = (setup.min_keycode..=setup.max_keycode).zip(meanings);
        Ok(codes.filter(|(_, meanings)| meanings.first() == Some(&meaning)).map(|(code, _)| code).collect())
    }
}

//! Who has the keyboard, and giving it back.

use x11rb::connection::Connection;
use x11rb::protocol::res::ConnectionExt as _;
use x11rb::protocol::xproto::{AtomEnum, ClientMessageEvent, ConnectionExt as _, EventMask, InputFocus, Window};

use super::Desktop;
use super::own::is_made_by;
use super::server::{Server, if_there};
use crate::error::{DesktopError, Result, Trouble};
use crate::own_windows::OwnWindows;

/// What a window manager heeds at once, from whichever program it comes: a panel's wish (Extended Window Manager Hints).
const FROM_A_PANEL: u32 = 2;

/// Remembers who has the keyboard before an own window takes it, and gives it back.
pub struct Focus {
    server: Server,
    own: OwnWindows,
    active: u32,
    before: Option<Window>,
}

impl Focus {
    /// Connects to the desktop.
    ///
    /// # Errors
    /// There is no X server, or it does not say which program made a window.
    pub fn open(desktop: &Desktop, own: OwnWindows) -> Result<Self> {
        Self::start(desktop, own).map_err(DesktopError::Input)
    }

    fn start(desktop: &Desktop, own: OwnWindows) -> Result<Self, Trouble> {
        let server = desktop.connect()?;
        server.needs("X-Resource", "an X server that does not say which program made a window")?;
        server.conn.res_query_version(1, 2)?.reply()?;
        let active = server.atom("_NET_ACTIVE_WINDOW")?;
        Ok(Self { server, own, active, before: None })
    }

    /// Remembers which window has the keyboard, unless it is an own one.
    ///
    /// # Errors
    /// The server is gone.
    pub fn remember(&mut self) -> Result<()> {
        self.look().map_err(DesktopError::Input)
    }

    /// Gives the keyboard back to the window remembered, if that is still there and an own window has the keyboard.
    ///
    /// # Errors
    /// The server is gone.
    pub fn give_back(&mut self) -> Result<()> {
        self.restore().map_err(DesktopError::Input)
    }

    fn look(&mut self) -> Result<(), Trouble> {
        if let Some(focus) = focused(&self.server, &self.own)?.filter(|(_, own)| !own).map(|(window, _)| window) {
            // Programs may keep the focus in a window inside the one that the window manager knows.
            self.before = Some(self.active_window()?.unwrap_or(focus));
        }
        Ok(())
    }

    fn restore(&mut self) -> Result<(), Trouble> {
        let Some(before) = self.before else { return Ok(()) };
        if !matches!(focused(&self.server, &self.own)?, Some((_, true))) {
            return Ok(());
        }
        let conn = &self.server.conn;
        if self.has_window_manager()? {
            let wish = ClientMessageEvent::new(32, before, self.active, [FROM_A_PANEL, x11rb::CURRENT_TIME, 0, 0, 0]);
            let to_manager = EventMask::SUBSTRUCTURE_REDIRECT | EventMask::SUBSTRUCTURE_NOTIFY;
            conn.send_event(false, self.server.root(), to_manager, wish)?;
            return Ok(conn.flush()?);
        }
        if_there(conn.set_input_focus(InputFocus::PARENT, before, x11rb::CURRENT_TIME)?.check()).map(drop)
    }

    /// What the window manager says is active; nothing if there is no manager, or nothing is active.
    fn active_window(&self) -> Result<Option<Window>, Trouble> {
        let (root, kind) = (self.server.root(), AtomEnum::WINDOW);
        let reply = self.server.conn.get_property(false, root, self.active, kind, 0, 1)?.reply()?;
        Ok(reply.value32().and_then(|mut values| values.next()).filter(|window| *window != x11rb::NONE))
    }

    fn has_window_manager(&self) -> Result<bool, Trouble> {
        let root = self.server.root();
        let check = self.server.atom("_NET_SUPPORTING_WM_CHECK")?;
        let reply = self.server.conn.get_property(false, root, check, AtomEnum::WINDOW, 0, 1)?.reply()?;
        Ok(reply.value32().is_some_and(|mut values| values.next().is_some()))
    }
}

/// The window with the keyboard, if one has it, and whether it is an own one.
pub(super) fn focused(server: &Server, own: &OwnWindows) -> Result<Option<(Window, bool)>, Trouble> {
    let window = server.conn.get_input_focus()?.reply()?.focus;
    if window == x11rb::NONE || window == u32::from(InputFocus::POINTER_ROOT) || window == server.root() {
        return Ok(None);
    }
    Ok(Some((window, is_made_by(server, own, window)?)))
}

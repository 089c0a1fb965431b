//! Whether the customer can see, and press, a part of an own window.

use x11rb::connection::Connection;
use x11rb::protocol::shape::{ConnectionExt as _, SK};
use x11rb::protocol::xproto::{
    AtomEnum, ClientMessageData, ClientMessageEvent, ConfigureWindowAux, ConnectionExt as _, EventMask, MapState,
    PropMode, StackMode, Window,
};
use x11rb::wrapper::ConnectionExt as _;

use super::own::Tracker;
use super::server::{Server, if_there};
use super::tree::{Area, Top};
use super::{Desktop, displays};
use crate::error::{DesktopError, Result, Trouble};
use crate::own_windows::OwnWindows;
use beside_screen::Rect;

/// `_NET_WM_DESKTOP` of a window that is on all desktops.
const ALL_DESKTOPS: u32 = !0;
/// `_NET_WM_WINDOW_OPACITY` below which a window can't be read well.
const OPACITY_MIN: u32 = 0xc000_0000;

/// Watches over own windows. To be asked about five times a second: no window system promises that a window can be seen.
pub struct Visibility {
    server: Server,
    tracker: Tracker,
    atoms: Atoms,
}

struct Atoms {
    state: u32,
    hidden: u32,
    above: u32,
    sticky: u32,
    desktop: u32,
    current_desktop: u32,
    kind: u32,
    dock: u32,
    opacity: u32,
}

impl Visibility {
    /// Starts watching.
    ///
    /// # Errors
    /// There is no X server, or it lacks RandR, SHAPE or X-Resource.
    pub fn open(desktop: &Desktop, own: OwnWindows) -> Result<Self> {
        Self::start(desktop, own).map_err(DesktopError::Input)
    }

    /// Whether all of `part` of an own window, in the window's own pixels, can be seen and pressed: the window is shown,
    /// on this desktop, inside the monitors, and under no other program's window.
    ///
    /// # Errors
    /// The server is gone. That the window is gone is no error: it can't be seen.
    pub fn can_be_seen(&mut self, window: u32, part: Rect) -> Result<bool> {
        self.look(window, part).map_err(DesktopError::Input)
    }

    /// Asks the window manager to keep an own window above all others and on every desktop, as a panel. To be called
    /// before the window is shown, when window managers still heed what kind it is, and again whenever
    /// [`Visibility::can_be_seen`] says no.
    ///
    /// # Errors
    /// The server or the window is gone.
    pub fn keep_above(&self, window: u32) -> Result<()> {
        self.ask_above(window).map_err(DesktopError::Input)
    }

    fn start(desktop: &Desktop, own: OwnWindows) -> Result<Self, Trouble> {
        let server = desktop.connect()?;
        let atoms = Atoms {
            state: server.atom("_NET_WM_STATE")?,
            hidden: server.atom("_NET_WM_STATE_HIDDEN")?,
            above: server.atom("_NET_WM_STATE_ABOVE")?,
            sticky: server.atom("_NET_WM_STATE_STICKY")?,
            desktop: server.atom("_NET_WM_DESKTOP")?,
            current_desktop: server.atom("_NET_CURRENT_DESKTOP")?,
            kind: server.atom("_NET_WM_WINDOW_TYPE")?,
            dock: server.atom("_NET_WM_WINDOW_TYPE_DOCK")?,
            opacity: server.atom("_NET_WM_WINDOW_OPACITY")?,
        };
        Ok(Self { tracker: Tracker::start(&server, own)?, server, atoms })
    }

    fn look(&mut self, window: Window, part: Rect) -> Result<bool, Trouble> {
        let Some(area) = self.area(window, part)? else { return Ok(false) };
        // The reply came after all events up to now, so what follows is of one and the same moment.
        while let Some(event) = self.server.event()? {
            self.tracker.follow(&self.server, &event)?;
        }
        let Some(home) = self.tracker.home(window).copied() else { return Ok(false) };
        Ok(home.mapped
            && home.area.contains(area)
            && self.is_on_monitors(area)?
            && self.is_on_this_desktop(window)?
            && self.is_solid(window)?
            && self.is_solid(home.window)?
            && !self.is_covered(home, area)?)
    }

    /// Where a part of a window is on the root, if the window is there and shown.
    fn area(&self, window: Window, part: Rect) -> Result<Option<Area>, Trouble> {
        let conn = &self.server.conn;
        let (attributes, size) = (conn.get_window_attributes(window)?, conn.get_geometry(window)?);
        let place = conn.translate_coordinates(window, self.server.root(), 0, 0)?;
        let (Some(attributes), Some(size), Some(place)) =
            (if_there(attributes.reply())?, if_there(size.reply())?, if_there(place.reply())?)
        else {
            return Ok(None);
        };
        let whole = Rect { x: 0, y: 0, width: u32::from(size.width), height: u32::from(size.height) };
        let viewable = attributes.map_state == MapState::VIEWABLE;
        if !viewable || part.intersection(whole) != Some(part) {
            return Ok(None);
        }
        let left = i32::from(place.dst_x).saturating_add_unsigned(part.x);
        let top = i32::from(place.dst_y).saturating_add_unsigned(part.y);
        let (right, bottom) = (left.saturating_add_unsigned(part.width), top.saturating_add_unsigned(part.height));
        Ok(Some(Area { left, top, right, bottom }))
    }

    fn is_on_monitors(&self, area: Area) -> Result<bool, Trouble> {
        let mut outside = vec![area];
        for display in displays::all(&self.server)? {
            let (left, top) = (display.x, display.y);
            let right = left.saturating_add_unsigned(display.width);
            let bottom = top.saturating_add_unsigned(display.height);
            outside = outside.into_iter().flat_map(|a| a.without(Area { left, top, right, bottom })).collect();
        }
        Ok(outside.is_empty())
    }

    /// Whether the window manager shows the window: some keep hidden windows mapped.
    fn is_on_this_desktop(&self, window: Window) -> Result<bool, Trouble> {
        let root = self.server.root();
        let hidden = self.property(window, self.atoms.state)?.contains(&self.atoms.hidden);
        let desktop = self.property(window, self.atoms.desktop)?.first().copied();
        let current = self.property(root, self.atoms.current_desktop)?.first().copied();
        let elsewhere = match (desktop, current) {
            (Some(desktop), Some(current)) => desktop != ALL_DESKTOPS && desktop != current,
            (None, _) | (_, None) => false,
        };
        Ok(!hidden && !elsewhere)
    }

    fn is_solid(&self, window: Window) -> Result<bool, Trouble> {
        Ok(self.property(window, self.atoms.opacity)?.first().is_none_or(|opacity| *opacity >= OPACITY_MIN))
    }

    /// Whether a window of another program is above any of `area`, seen or only felt by clicks.
    fn is_covered(&self, home: Top, area: Area) -> Result<bool, Trouble> {
        let makers = !self.server.conn.setup().resource_id_mask;
        for cover in self.tracker.tree().above(home.window) {
            // The server itself makes but one window above others, for compositors to draw on: the screen, so to say.
            let is_screen = cover.window & makers == 0;
            if cover.own || is_screen || !cover.mapped || cover.area.intersection(area).is_empty() {
                continue;
            }
            if cover.opaque
                || self.shape_meets(cover, SK::BOUNDING, area)?
                || self.shape_meets(cover, SK::INPUT, area)?
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn shape_meets(&self, cover: &Top, kind: SK, area: Area) -> Result<bool, Trouble> {
        let shape = if_there(self.server.conn.shape_get_rectangles(cover.window, kind)?.reply())?;
        let rectangles = shape.map(|shape| shape.rectangles).unwrap_or_default();
        Ok(rectangles.iter().any(|rect| {
            let part = Area::of_window(rect.x, rect.y, rect.width, rect.height, 0);
            let (x, y) = (cover.area.left, cover.area.top);
            let part = Area { left: part.left + x, top: part.top + y, right: part.right + x, bottom: part.bottom + y };
            !part.intersection(area).is_empty()
        }))
    }

    fn property(&self, window: Window, name: u32) -> Result<Vec<u32>, Trouble> {
        let property = self.server.conn.get_property(false, window, name, AtomEnum::ANY, 0, 64)?;
        let property = if_there(property.reply())?;
        Ok(property.and_then(|property| Some(property.value32()?.collect())).unwrap_or_default())
    }

    fn ask_above(&self, window: Window) -> Result<(), Trouble> {
        let (conn, atoms) = (&self.server.conn, &self.atoms);
        conn.change_property32(PropMode::REPLACE, window, atoms.kind, AtomEnum::ATOM, &[atoms.dock])?.check()?;
        if conn.get_window_attributes(window)?.reply()?.map_state == MapState::UNMAPPED {
            // Window managers read it when the window is shown.
            let state = [atoms.above, atoms.sticky];
            conn.change_property32(PropMode::REPLACE, window, atoms.state, AtomEnum::ATOM, &state)?.check()?;
            return Ok(());
        }
        // "Add", asked for by an application (EWMH, _NET_WM_STATE).
        self.tell_manager(window, atoms.state, [1, atoms.above, atoms.sticky, 1, 0])?;
        self.tell_manager(window, atoms.desktop, [ALL_DESKTOPS, 1, 0, 0, 0])?;
        let raise = ConfigureWindowAux::new().stack_mode(StackMode::ABOVE);
        conn.configure_window(window, &raise)?.check()?;
        Ok(())
    }

    fn tell_manager(&self, window: Window, what: u32, data: [u32; 5]) -> Result<(), Trouble> {
        let event = ClientMessageEvent::new(32, window, what, ClientMessageData::from(data));
        let readers = EventMask::SUBSTRUCTURE_REDIRECT | EventMask::SUBSTRUCTURE_NOTIFY;
        self.server.conn.send_event(false, self.server.root(), readers, event)?;
        Ok(())
    }
}

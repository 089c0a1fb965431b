//! Following Beside's own windows by events, so that what is known of them is exact at any point of the event stream.
//!
//! Every window begins as a child of the root. That is when its maker is asked for; what the window manager then puts
//! around it is found by climbing from it. One question a new window, none a frame of the picture.

use std::collections::HashMap;

use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::res::{ClientIdMask, ClientIdSpec, ConnectionExt as _};
use x11rb::protocol::shape::{self, ConnectionExt as _};
use x11rb::protocol::xproto::{
    ChangeWindowAttributesAux, ConnectionExt as _, EventMask, MapState, Place, Window, WindowClass,
};

use super::server::{Server, if_there};
use super::tree::{Area, Top, Tree};
use crate::error::Trouble;
use crate::own_windows::OwnWindows;

/// How many windows deep a window manager may wrap a program's window when we first look.
const FRAME_DEPTH: u8 = 3;

/// The own windows on one server, as of the last event handled.
pub(super) struct Tracker {
    own: OwnWindows,
    tree: Tree,
    /// Own windows made as children of the root, and in which child of the root each is now.
    homes: HashMap<Window, Window>,
}

impl Tracker {
    /// Looks at every window once, and has the server tell all changes from now on over this connection.
    pub(super) fn start(server: &Server, own: OwnWindows) -> Result<Self, Trouble> {
        server.needs("X-Resource", "an X server that does not say which program made a window")?;
        server.needs("SHAPE", "an X server without window shapes")?;
        server.conn.res_query_version(1, 2)?.reply()?;
        let watch = ChangeWindowAttributesAux::new().event_mask(EventMask::SUBSTRUCTURE_NOTIFY);
        server.conn.change_window_attributes(server.root(), &watch)?.check()?;
        let mut tracker = Self { own, tree: Tree::default(), homes: HashMap::new() };
        for window in server.conn.query_tree(server.root())?.reply()?.children {
            tracker.meet(server, window)?;
            if tracker.is_own(window) {
                continue;
            }
            tracker.find_inside(server, window, window, FRAME_DEPTH)?;
        }
        Ok(tracker)
    }

    /// Where own windows can be seen, on the root.
    pub(super) fn seen(&self) -> Vec<Area> {
        self.tree.seen()
    }

    /// Whether a child of the root is one of Beside's, or a frame around one.
    pub(super) fn is_own(&self, window: Window) -> bool {
        self.tree.get(window).is_some_and(|top| top.own)
    }

    /// The child of the root that an own window is in, and what is stacked above that.
    pub(super) fn home(&self, window: Window) -> Option<&Top> {
        self.tree.get(*self.homes.get(&window)?)
    }

    /// Whether an own menu is open. It takes all clicks and keys to itself, wherever they land, and X tells nobody who
    /// has taken them; so what could be one counts: an own window that the window manager has no say in.
    pub(super) fn menu_is_open(&self, server: &Server) -> Result<bool, Trouble> {
        for top in self.tree.iter().filter(|top| top.own && top.popup && top.mapped) {
            let input = server.conn.shape_get_rectangles(top.window, shape::SK::INPUT)?;
            // What lets clicks through, as the frame round the monitor, is no menu.
            if if_there(input.reply())?.is_some_and(|input| !input.rectangles.is_empty()) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    pub(super) const fn tree(&self) -> &Tree {
        &self.tree
    }

    /// Follows one event. Says whether it was about windows at all.
    pub(super) fn follow(&mut self, server: &Server, event: &Event) -> Result<bool, Trouble> {
        let root = server.root();
        #[expect(clippy::wildcard_enum_match_arm, reason = "the server's events are many, and few are about windows")]
        match event {
            Event::CreateNotify(e) if e.parent == root => self.meet(server, e.window)?,
            Event::DestroyNotify(e) => {
                self.tree.remove(e.window);
                self.homes.remove(&e.window);
                self.mark();
            }
            Event::ConfigureNotify(e) if e.event == root => {
                let area = Area::of_window(e.x, e.y, e.width, e.height, e.border_width);
                self.tree.configure(e.window, e.above_sibling, area);
            }
            Event::CirculateNotify(e) if e.event == root => {
                self.tree.circulate(e.window, e.place == Place::ON_TOP);
            }
            Event::GravityNotify(e) if e.event == root => self.meet(server, e.window)?,
            Event::MapNotify(e) if e.event == root => self.set_mapped(e.window, true),
            Event::UnmapNotify(e) if e.event == root => self.set_mapped(e.window, false),
            Event::ReparentNotify(e) => {
                if e.parent == root {
                    self.meet(server, e.window)?;
                } else {
                    self.tree.remove(e.window);
                }
                if self.homes.contains_key(&e.window) {
                    self.climb(server, e.window)?;
                }
            }
            Event::ShapeNotify(e) if e.shape_kind == shape::SK::BOUNDING => {
                if let Some(top) = self.tree.get_mut(e.affected_window) {
                    top.opaque &= !e.shaped;
                }
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn set_mapped(&mut self, window: Window, mapped: bool) {
        if let Some(top) = self.tree.get_mut(window) {
            top.mapped = mapped;
        }
    }

    /// Learns all about a child of the root, unless it has vanished meanwhile.
    fn meet(&mut self, server: &Server, window: Window) -> Result<(), Trouble> {
        let conn = &server.conn;
        conn.shape_select_input(window, true)?.ignore_error();
        let (geometry, attributes) = (conn.get_geometry(window)?, conn.get_window_attributes(window)?);
        let shape = conn.shape_query_extents(window)?;
        let (Some(geometry), Some(attributes), Some(shape)) =
            (if_there(geometry.reply())?, if_there(attributes.reply())?, if_there(shape.reply())?)
        else {
            return Ok(());
        };
        let has_pixels = attributes.class == WindowClass::INPUT_OUTPUT;
        if self.is_ours(server, window)? {
            self.adopt(server, window, window)?;
        }
        self.tree.add(Top {
            window,
            area: Area::of_window(geometry.x, geometry.y, geometry.width, geometry.height, geometry.border_width),
            mapped: attributes.map_state != MapState::UNMAPPED,
            // Only windows with an alpha channel have a depth of 32.
            opaque: has_pixels && geometry.depth != 32 && !shape.bounding_shaped,
            own: false,
            popup: attributes.override_redirect && has_pixels,
        });
        self.mark();
        Ok(())
    }

    /// Looks for own windows inside `window`, a part of the root's child `home`.
    fn find_inside(&mut self, server: &Server, home: Window, window: Window, depth: u8) -> Result<(), Trouble> {
        let Some(tree) = if_there(server.conn.query_tree(window)?.reply())? else { return Ok(()) };
        for child in tree.children {
            if self.is_ours(server, child)? {
                self.adopt(server, child, home)?;
            } else if depth > 1 {
                self.find_inside(server, home, child, depth - 1)?;
            }
        }
        self.mark();
        Ok(())
    }

    /// Remembers an own window, and has the server tell when it gets another parent or the focus.
    fn adopt(&mut self, server: &Server, window: Window, home: Window) -> Result<(), Trouble> {
        let watch = ChangeWindowAttributesAux::new().event_mask(EventMask::STRUCTURE_NOTIFY | EventMask::FOCUS_CHANGE);
        server.conn.change_window_attributes(window, &watch)?.ignore_error();
        self.homes.insert(window, home);
        Ok(())
    }

    /// Finds the child of the root that an own window is in now.
    fn climb(&mut self, server: &Server, window: Window) -> Result<(), Trouble> {
        if let Some(home) = server.top_of(window)? {
            self.homes.insert(window, home);
        }
        self.mark();
        Ok(())
    }

    /// Brings the marks in the tree in line with what is known of homes.
    fn mark(&mut self) {
        for top in self.tree.iter_mut() {
            top.own = self.homes.values().any(|home| *home == top.window);
        }
    }

    fn is_ours(&self, server: &Server, window: Window) -> Result<bool, Trouble> {
        is_made_by(server, &self.own, window)
    }
}

/// Whether a window was made by the program whose windows are own ones, as the server itself saw. Needs X-Resource 1.2.
pub(super) fn is_made_by(server: &Server, own: &OwnWindows, window: Window) -> Result<bool, Trouble> {
    let maker = !server.conn.setup().resource_id_mask;
    if own.windows.iter().any(|named| named & maker == window & maker) {
        return Ok(true);
    }
    let spec = [ClientIdSpec { client: window, mask: ClientIdMask::LOCAL_CLIENT_PID }];
    let Some(reply) = if_there(server.conn.res_query_client_ids(&spec)?.reply())? else { return Ok(false) };
    Ok(reply.ids.iter().any(|id| id.value.first() == Some(&own.process)))
}

impl Server {
    /// The child of the root that a window is in: itself perhaps; nothing for the root and for what has vanished.
    pub(super) fn top_of(&self, mut window: Window) -> Result<Option<Window>, Trouble> {
        loop {
            match if_there(self.conn.query_tree(window)?.reply())? {
                Some(tree) if tree.parent == self.root() => return Ok(Some(window)),
                Some(tree) if tree.parent != x11rb::NONE => window = tree.parent,
                Some(_) | None => return Ok(None),
            }
        }
    }
}

//! What an X server shows and which windows are on it, asked from the server itself.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use x11rb::connection::Connection as _;
use x11rb::protocol::res::{ClientIdMask, ClientIdSpec, ConnectionExt as _};
use x11rb::protocol::shape::{ConnectionExt as _, SK};
use x11rb::protocol::xproto::{
    AtomEnum, ChangeWindowAttributesAux, ConfigureWindowAux, ConnectionExt as _, CreateGCAux, ImageFormat,
    KEY_PRESS_EVENT, KEY_RELEASE_EVENT, MapState, Window as WindowId,
};
use x11rb::protocol::xtest::ConnectionExt as _;
use x11rb::rust_connection::RustConnection;

use super::hand::Hand;
use super::observer::Observer;
use super::picture::{Area, Picture};
use super::sheet::Sheet;
use super::wallpaper;
use crate::clock;

/// A connection to an X server.
pub(crate) struct Display {
    address: String,
    connection: RustConnection,
    root: WindowId,
    atoms: Atoms,
}

x11rb::atom_manager! {
    /// Names of the Extended Window Manager Hints, 1.5.
    Atoms: AtomsCookie {
        _NET_CLIENT_LIST,
        _NET_FRAME_EXTENTS,
        _NET_SUPPORTING_WM_CHECK,
    }
}

/// A program's window, without what the window manager adds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Window {
    id: WindowId,
    /// Both parts of WM_CLASS in lower case, joined by a space.
    pub(crate) class: String,
    /// The window's own area of the screen.
    pub(crate) area: Area,
    /// The area with the window manager's frame.
    pub(crate) framed: Area,
}

impl Display {
    /// Connects to `address`, as DISPLAY has it.
    pub(crate) fn open(address: &str) -> Result<Self> {
        let (connection, screen) =
            RustConnection::connect(Some(address)).with_context(|| format!("connecting to the display {address}"))?;
        let root = connection.setup().roots[screen].root;
        let atoms = Atoms::new(&connection)?.reply()?;
        Ok(Self { address: address.to_owned(), connection, root, atoms })
    }

    /// The mouse and the keyboard of this display.
    pub(crate) fn hand(&self) -> Hand<'_> {
        Hand::on(&self.address)
    }

    /// Begins to watch what the devices of this display do.
    pub(crate) fn observe(&self) -> Result<Observer> {
        Observer::watch(&self.address)
    }

    /// Puts a plain window over this part of the screen.
    pub(crate) fn cover(&self, area: Area, colour: [u8; 3]) -> Result<Sheet> {
        Sheet::put(&self.address, area, colour)
    }

    /// Whether a window manager has taken over.
    pub(crate) fn managed(&self) -> Result<bool> {
        Ok(!self.numbers(self.root, self.atoms._NET_SUPPORTING_WM_CHECK)?.is_empty())
    }

    /// Width and height of the screen.
    pub(crate) fn size(&self) -> Result<(u16, u16)> {
        let size = self.connection.get_geometry(self.root)?.reply()?;
        Ok((size.width, size.height))
    }

    /// Presses a key and lets go of it, named by its keysym; returns when, in microseconds since 1970.
    ///
    /// This is for measuring: no other program has to be started first, as for a [`Hand`].
    pub(crate) fn strike(&self, keysym: u32) -> Result<u64> {
        let setup = self.connection.setup();
        let count = setup.max_keycode - setup.min_keycode + 1;
        let mapping = self.connection.get_keyboard_mapping(setup.min_keycode, count)?.reply()?;
        let columns = usize::from(mapping.keysyms_per_keycode.max(1));
        let row = mapping.keysyms.chunks(columns).position(|row| row.first() == Some(&keysym));
        let keycode = setup.min_keycode + u8::try_from(row.context("the keyboard has no such key")?)?;
        let now = clock::unix_micros();
        for kind in [KEY_PRESS_EVENT, KEY_RELEASE_EVENT] {
            self.connection.xtest_fake_input(kind, keycode, 0, x11rb::NONE, 0, 0, 0)?;
        }
        self.connection.flush()?;
        Ok(now)
    }

    /// Where the pointer is.
    pub(crate) fn pointer(&self) -> Result<(i32, i32)> {
        let pointer = self.connection.query_pointer(self.root)?.reply()?;
        Ok((pointer.root_x.into(), pointer.root_y.into()))
    }

    /// Puts a picture behind all windows.
    pub(crate) fn hang_wallpaper(&self) -> Result<()> {
        let (width, height) = self.size()?;
        let (pixmap, context) = (self.connection.generate_id()?, self.connection.generate_id()?);
        self.connection.create_pixmap(24, pixmap, self.root, width, height)?;
        self.connection.create_gc(context, pixmap, &CreateGCAux::new())?;
        for y in 0..height {
            let row = wallpaper::row(width, height, y);
            let top = y.cast_signed();
            self.connection.put_image(ImageFormat::Z_PIXMAP, pixmap, context, width, 1, 0, top, 0, 24, &row)?;
        }
        let background = ChangeWindowAttributesAux::new().background_pixmap(pixmap);
        self.connection.change_window_attributes(self.root, &background)?;
        self.connection.clear_area(false, self.root, 0, 0, 0, 0)?.check()?;
        Ok(())
    }

    /// The whole screen as it is now, without the pointer.
    pub(crate) fn grab(&self) -> Result<Picture> {
        let (width, height) = self.size()?;
        let image = self
            .connection
            .get_image(ImageFormat::Z_PIXMAP, self.root, 0, 0, width, height, u32::MAX)?
            .reply()
            .context("reading the screen")?;
        ensure!(image.depth == 24, "the screen has {} bits a pixel, not 24", image.depth);
        let rgb =
            image.data.as_chunks::<4>().0.iter().flat_map(|[blue, green, red, _]| [*red, *green, *blue]).collect();
        Picture::new(width.into(), height.into(), rgb)
    }

    /// Writes the whole screen to a PNG file.
    pub(crate) fn save(&self, path: &Path) -> Result<()> {
        self.grab()?.save(path)
    }

    /// Every window that the window manager looks after, lowest first.
    pub(crate) fn windows(&self) -> Result<Vec<Window>> {
        let ids = self.numbers(self.root, self.atoms._NET_CLIENT_LIST)?;
        // A window may close while it is asked.
        Ok(ids.into_iter().filter_map(|id| self.window(id).ok()).collect())
    }

    /// What a program draws on the screen past the window manager: the visible parts of its windows of that kind.
    pub(crate) fn drawn_by(&self, program: &Path) -> Result<Vec<Area>> {
        let program = program.canonicalize().with_context(|| format!("there is no {}", program.display()))?;
        let tops = self.connection.query_tree(self.root)?.reply()?.children;
        // A window may close while it is asked.
        let own = tops.into_iter().filter(|top| self.owner(*top).is_ok_and(|owner| owner == Some(program.clone())));
        Ok(own.filter_map(|top| self.visible_parts(top).ok()).flatten().collect())
    }

    /// The executable of the process that made a window, as the server knows the process.
    fn owner(&self, window: WindowId) -> Result<Option<PathBuf>> {
        let spec = ClientIdSpec { client: window, mask: ClientIdMask::LOCAL_CLIENT_PID };
        let ids = self.connection.res_query_client_ids(&[spec])?.reply()?.ids;
        let process = ids.first().and_then(|id| id.value.first());
        Ok(process.and_then(|process| fs::read_link(format!("/proc/{process}/exe")).ok()))
    }

    fn visible_parts(&self, window: WindowId) -> Result<Vec<Area>> {
        if self.connection.get_window_attributes(window)?.reply()?.map_state != MapState::VIEWABLE {
            return Ok(Vec::new());
        }
        let corner = self.connection.translate_coordinates(window, self.root, 0, 0)?.reply()?;
        let parts = self.connection.shape_get_rectangles(window, SK::BOUNDING)?.reply()?.rectangles;
        Ok(parts
            .iter()
            .map(|part| Area {
                x: i32::from(corner.dst_x) + i32::from(part.x),
                y: i32::from(corner.dst_y) + i32::from(part.y),
                width: part.width.into(),
                height: part.height.into(),
            })
            .collect())
    }

    /// The first window whose class has this name in it.
    pub(crate) fn window_of(&self, class: &str) -> Result<Option<Window>> {
        Ok(self.windows()?.into_iter().find(|window| window.class.contains(class)))
    }

    /// Moves and resizes a program's window.
    pub(crate) fn place(&self, class: &str, at: (i32, i32), size: (u32, u32)) -> Result<()> {
        let window = self.window_of(class)?.with_context(|| format!("{class} has no window"))?;
        let aux = ConfigureWindowAux::new().x(at.0).y(at.1).width(size.0).height(size.1);
        self.connection.configure_window(window.id, &aux)?.check()?;
        Ok(())
    }

    fn window(&self, id: WindowId) -> Result<Window> {
        let size = self.connection.get_geometry(id)?.reply()?;
        let corner = self.connection.translate_coordinates(id, self.root, 0, 0)?.reply()?;
        let class = self.connection.get_property(false, id, AtomEnum::WM_CLASS, AtomEnum::STRING, 0, 256)?.reply()?;
        let class = String::from_utf8_lossy(&class.value).trim_end_matches('\0').replace('\0', " ").to_lowercase();
        let area = Area {
            x: corner.dst_x.into(),
            y: corner.dst_y.into(),
            width: size.width.into(),
            height: size.height.into(),
        };
        let framed = match self.numbers(id, self.atoms._NET_FRAME_EXTENTS)?[..] {
            [left, right, top, bottom] => area.grown(left, right, top, bottom),
            _ => area,
        };
        Ok(Window { id, class, area, framed })
    }

    fn numbers(&self, window: WindowId, property: u32) -> Result<Vec<u32>> {
        let reply = self.connection.get_property(false, window, property, AtomEnum::ANY, 0, 1024)?.reply()?;
        Ok(reply.value32().into_iter().flatten().collect())
    }
}

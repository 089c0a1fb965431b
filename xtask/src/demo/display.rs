//! What an X server shows and which windows are on it, asked from the server itself.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{
    AtomEnum, ChangeWindowAttributesAux, ConfigureWindowAux, ConnectionExt as _, CreateGCAux, ImageFormat,
    Window as WindowId,
};
use x11rb::rust_connection::RustConnection;

use super::hand::Hand;
use super::picture::{Area, Picture};
use super::wallpaper;

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

    /// Whether a window manager has taken over.
    pub(crate) fn managed(&self) -> Result<bool> {
        Ok(!self.numbers(self.root, self.atoms._NET_SUPPORTING_WM_CHECK)?.is_empty())
    }

    /// Width and height of the screen.
    pub(crate) fn size(&self) -> Result<(u16, u16)> {
        let size = self.connection.get_geometry(self.root)?.reply()?;
        Ok((size.width, size.height))
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

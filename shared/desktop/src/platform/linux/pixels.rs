//! Three ways to read pixels of the root window, the quickest that the server allows.

use x11rb::connection::Connection;
use x11rb::protocol::shm::ConnectionExt as _;
use x11rb::protocol::xproto::{ConnectionExt as _, ImageFormat, ImageOrder};

use super::server::Server;
use super::shm::Segment;
use crate::display::Display;
use crate::error::Trouble;
use crate::platform::floor;
use crate::snapshot::{PIXEL, Snapshot};
use beside_screen::Rect;

/// Every plane of the image.
const ALL_PLANES: u32 = !0;

/// Where the pixels of a monitor come from.
pub(super) enum Pixels {
    /// Memory shared with the server.
    Shared(Segment),
    /// Replies of the server, as over a network.
    Replies,
    /// Any depth and byte order, slowly.
    Floor,
}

impl Pixels {
    /// The quickest way that there is for a monitor.
    pub(super) fn of(server: &Server, display: &Display, default_server: bool) -> Result<Self, Trouble> {
        if !is_bgrx(server) {
            return if default_server { Ok(Self::Floor) } else { Err(Trouble::Unsupported("a screen of few colours")) };
        }
        let length = display.width as usize * display.height as usize * PIXEL;
        if !server.has("MIT-SHM")? {
            return Ok(Self::Replies);
        }
        match Segment::attach(&server.conn, length) {
            Ok(segment) => Ok(Self::Shared(segment)),
            Err(Trouble::Refused(why)) => {
                tracing::info!(why, "reading the screen without shared memory");
                Ok(Self::Replies)
            }
            Err(error) => Err(error),
        }
    }

    /// Reads `rects` of the monitor, all inside it.
    pub(super) fn read(
        &self,
        server: &Server,
        display: &Display,
        rects: &[Rect],
        into: &mut Snapshot,
    ) -> Result<(), Trouble> {
        match self {
            Self::Shared(segment) => shared(server, segment, display, rects, into),
            Self::Replies => replies(server, display, rects, into),
            Self::Floor => floor::read(display.id, rects, into),
        }
    }
}

/// Whether the server's own pixels are the framebuffer's: 32 bits, blue first.
fn is_bgrx(server: &Server) -> bool {
    let (setup, screen) = (server.conn.setup(), server.screen());
    let depth = screen.root_depth;
    let wide = setup.pixmap_formats.iter().any(|format| format.depth == depth && format.bits_per_pixel == 32);
    let mut visuals = screen.allowed_depths.iter().flat_map(|depth| &depth.visuals);
    let order = visuals.any(|visual| {
        let masks = (visual.red_mask, visual.green_mask, visual.blue_mask);
        visual.visual_id == screen.root_visual && masks == (0x00ff_0000, 0x0000_ff00, 0x0000_00ff)
    });
    wide && order && setup.image_byte_order == ImageOrder::LSB_FIRST
}

/// Asks for as many rectangles at once as fit the segment, then copies them.
fn shared(
    server: &Server,
    segment: &Segment,
    display: &Display,
    rects: &[Rect],
    into: &mut Snapshot,
) -> Result<(), Trouble> {
    let mut rest = rects;
    while !rest.is_empty() {
        let mut asked = Vec::with_capacity(rest.len());
        let mut end = 0;
        while let Some((rect, others)) = rest.split_first() {
            let length = rect.width as usize * rect.height as usize * PIXEL;
            if end + length > segment.len() {
                break;
            }
            let (x, y) = on_root(display, *rect);
            let (width, height) = (rect.width as u16, rect.height as u16);
            let format = ImageFormat::Z_PIXMAP.into();
            let (root, offset) = (server.root(), end as u32);
            let cookie =
                server.conn.shm_get_image(root, x, y, width, height, ALL_PLANES, format, segment.id, offset)?;
            asked.push((*rect, end, cookie));
            end += length;
            rest = others;
        }
        if asked.is_empty() {
            return Err(Trouble::Refused("a rectangle larger than the monitor".to_owned()));
        }
        // All replies first: then the server writes no more.
        let mut there = Vec::with_capacity(asked.len());
        for (rect, offset, cookie) in asked {
            cookie.reply()?;
            there.push((rect, offset));
        }
        for (rect, offset) in there {
            let row_length = rect.width as usize * PIXEL;
            for row in 0..rect.height {
                segment.read(offset + row as usize * row_length, into.row_mut(rect, row));
            }
        }
    }
    Ok(())
}

/// Reads rectangle by rectangle over the connection itself.
fn replies(server: &Server, display: &Display, rects: &[Rect], into: &mut Snapshot) -> Result<(), Trouble> {
    for rect in rects {
        let (x, y) = on_root(display, *rect);
        let (width, height) = (rect.width as u16, rect.height as u16);
        let cookie = server.conn.get_image(ImageFormat::Z_PIXMAP, server.root(), x, y, width, height, ALL_PLANES)?;
        let image = cookie.reply()?.data;
        for (row, pixels) in (0..rect.height).zip(image.chunks_exact(rect.width as usize * PIXEL)) {
            into.row_mut(*rect, row).copy_from_slice(pixels);
        }
    }
    Ok(())
}

/// A place on the monitor as a place on the root, which X counts in 16 bits.
fn on_root(display: &Display, rect: Rect) -> (i16, i16) {
    ((display.x + rect.x as i32) as i16, (display.y + rect.y as i32) as i16)
}

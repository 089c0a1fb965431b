//! Capture by MIT-SHM, told by DAMAGE, XFIXES, RandR and XInput2 when there is something to read.

use std::time::Instant;

use beside_consent::{Live, View};
use beside_protocol::DisplayId;
use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::damage::{ConnectionExt as _, ReportLevel};
use x11rb::protocol::randr::{self, ConnectionExt as _};
use x11rb::protocol::xfixes::{ConnectionExt as _, CursorNotifyMask};
use x11rb::protocol::xinput::{ConnectionExt as _, Device, EventMask, XIEventMask};
use x11rb::protocol::xproto::ConnectionExt as _;

use super::bell::Bell;
use super::own::Tracker;
use super::pixels::Pixels;
use super::server::Server;
use super::tree::Area;
use super::{Desktop, display};
use crate::capture::{PointerPosition, ScreenCapture, Wake};
use crate::clock;
use crate::display::Display;
use crate::error::{DesktopError, Result, Trouble};
use crate::own_windows::OwnWindows;
use crate::snapshot::Snapshot;
use crate::waker::Waker;
use beside_screen::{Damage, Mask, PointerShape, Rect, Size};

/// A monitor that is being watched and read.
pub struct Capture {
    server: Server,
    bell: Bell,
    display: Display,
    size: Size,
    default_server: bool,
    pixels: Pixels,
    tracker: Tracker,
    /// The server's own record of what was drawn, and a region to fetch it with.
    drawn: u32,
    region: u32,
    /// The server has told that something was drawn and was not asked yet what.
    drawn_on: bool,
    /// What changed that the server's record does not have: own windows that came, went or moved, a new size.
    pending: Damage,
    /// Where own windows are seen now, on the monitor.
    mask: Mask,
    /// Where they were seen at any time since the last grab began.
    mask_meanwhile: Mask,
    news: Wake,
}

impl Capture {
    /// Starts watching a monitor.
    ///
    /// # Errors
    /// There is no such monitor, or the server lacks DAMAGE, XFIXES, RandR, SHAPE, X-Resource or XInput 2.
    pub fn open(desktop: &Desktop, display: DisplayId, own: OwnWindows) -> Result<Self> {
        Self::start(desktop, display, own).map_err(DesktopError::Capture)
    }

    fn start(desktop: &Desktop, id: DisplayId, own: OwnWindows) -> Result<Self, Trouble> {
        let server = desktop.connect()?;
        let default_server = desktop.is_default();
        let display = display(&server, id)?;
        let pixels = Pixels::of(&server, &display, default_server)?;
        let (drawn, region) = watch(&server)?;
        let tracker = Tracker::start(&server, own)?;
        let size = display.size()?;
        let mut capture = Self {
            bell: Bell::new()?,
            display,
            size,
            default_server,
            pixels,
            tracker,
            drawn,
            region,
            drawn_on: false,
            pending: Damage::all(size),
            mask: Mask::none(),
            mask_meanwhile: Mask::none(),
            news: Wake { damage: true, pointer: true, shape: true, ..Wake::default() },
            server,
        };
        capture.mask = capture.own_on_monitor();
        Ok(capture)
    }

    /// Handles every event that the server has sent.
    fn drain(&mut self) -> Result<(), Trouble> {
        while let Some(event) = self.server.event()? {
            self.handle(&event)?;
        }
        Ok(())
    }

    fn handle(&mut self, event: &Event) -> Result<(), Trouble> {
        #[expect(
            clippy::wildcard_enum_match_arm,
            reason = "the server's other events are about windows, or not for us"
        )]
        match event {
            Event::DamageNotify(_) => (self.drawn_on, self.news.damage) = (true, true),
            Event::XinputRawMotion(_) => self.news.pointer = true,
            Event::XfixesCursorNotify(_) => self.news.shape = true,
            Event::RandrScreenChangeNotify(_) | Event::RandrNotify(_) => self.refit()?,
            other => {
                if self.tracker.follow(&self.server, other)? {
                    self.remask();
                }
            }
        }
        Ok(())
    }

    /// Looks at the monitor anew.
    fn refit(&mut self) -> Result<(), Trouble> {
        let display = display(&self.server, self.display.id)?;
        if display == self.display {
            return Ok(());
        }
        self.size = display.size()?;
        self.pixels = Pixels::of(&self.server, &display, self.default_server)?;
        self.display = display;
        self.mask = self.own_on_monitor();
        self.pending = Damage::all(self.size);
        (self.news.damage, self.news.resized) = (true, true);
        Ok(())
    }

    /// Where own windows came or went, the picture has changed without the server drawing.
    fn remask(&mut self) {
        let mask = self.own_on_monitor();
        if mask == self.mask {
            return;
        }
        self.pending.union(&mask.changed_since(&self.mask));
        mask.rects().iter().for_each(|rect| self.mask_meanwhile.hide(*rect));
        self.mask = mask;
        self.news.damage = true;
    }

    fn own_on_monitor(&self) -> Mask {
        let mut mask = Mask::none();
        self.tracker.seen().into_iter().filter_map(|area| self.on_monitor(area)).for_each(|rect| mask.hide(rect));
        mask
    }

    /// The part of an area of the root that lies on the monitor, if any.
    fn on_monitor(&self, area: Area) -> Option<Rect> {
        let (left, top) = (self.display.x, self.display.y);
        let right = left.saturating_add_unsigned(self.display.width);
        let bottom = top.saturating_add_unsigned(self.display.height);
        let part = area.intersection(Area { left, top, right, bottom });
        (!part.is_empty()).then(|| Rect {
            x: part.left.abs_diff(left),
            y: part.top.abs_diff(top),
            width: part.right.abs_diff(part.left),
            height: part.bottom.abs_diff(part.top),
        })
    }

    fn wait_for_news(&mut self, deadline: Instant) -> Result<Wake, Trouble> {
        loop {
            self.drain()?;
            self.news.woken |= self.bell.take();
            let news = std::mem::take(&mut self.news);
            if news != Wake::default() || clock::until(deadline).is_zero() {
                return Ok(news);
            }
            self.server.wait(&self.bell, Some(deadline))?;
        }
    }

    fn collect_damage(&mut self) -> Result<Damage, Trouble> {
        self.drain()?;
        if std::mem::take(&mut self.drawn_on) {
            // The record starts anew here, before anything is read: what is drawn from now on is damage again.
            self.server.conn.damage_subtract(self.drawn, x11rb::NONE, self.region)?;
            for drawn in self.server.conn.xfixes_fetch_region(self.region)?.reply()?.rectangles {
                let area = Area::of_window(drawn.x, drawn.y, drawn.width, drawn.height, 0);
                // Nobody sees what Beside draws in its own windows: its clock alone would cost a frame a second.
                let hidden = self.tracker.seen().iter().any(|own| own.contains(area));
                if let Some(rect) = self.on_monitor(area).filter(|_| !hidden) {
                    self.pending.add(rect);
                }
            }
        }
        Ok(std::mem::take(&mut self.pending))
    }

    fn read(&mut self, damage: &Damage, into: &mut Snapshot) -> Result<(), Trouble> {
        self.drain()?;
        let whole = self.size.rect();
        let rects: Vec<Rect> = match into.fit(self.size) {
            true => vec![whole],
            false => damage.rects().iter().filter_map(|rect| rect.intersection(whole)).collect(),
        };
        let display = self.display.clone();
        self.mask_meanwhile = self.mask.clone();
        let read = self.pixels.read(&self.server, &self.display, &rects, into);
        // Before a reply come the events of everything that happened before it, so after this the mask has every place
        // where an own window was seen while pixels were read. Whatever failed, nothing of them may stay.
        let drained = self.drain();
        if self.display != display || drained.is_err() {
            // The mask is of another place now, or not known. All of the picture is damage then.
            self.mask_meanwhile.hide(whole);
        }
        into.hide(&self.mask_meanwhile).map_err(|error| Trouble::Refused(error.to_string()))?;
        read.and(drained)
    }
}

impl ScreenCapture for Capture {
    fn size(&self) -> Size {
        self.size
    }

    fn waker(&self) -> Waker {
        let bell = self.bell.clone();
        Waker::new(move || bell.ring())
    }

    fn wait(&mut self, deadline: Instant) -> Result<Wake> {
        self.wait_for_news(deadline).map_err(DesktopError::Capture)
    }

    fn take_damage(&mut self) -> Result<Damage> {
        self.collect_damage().map_err(DesktopError::Capture)
    }

    fn grab(&mut self, _live: &Live<'_, View>, damage: &Damage, into: &mut Snapshot) -> Result<()> {
        self.read(damage, into).map_err(DesktopError::Capture)
    }

    fn pointer(&mut self, _live: &Live<'_, View>) -> Result<PointerPosition> {
        let place = self.server.conn.query_pointer(self.server.root()).map_err(Trouble::from);
        let place = place.and_then(|cookie| cookie.reply().map_err(Trouble::from)).map_err(DesktopError::Capture)?;
        let (x, y) = (i32::from(place.root_x) - self.display.x, i32::from(place.root_y) - self.display.y);
        let within = |at: i32, length: u32| u32::try_from(at).is_ok_and(|at| at < length);
        let inside = place.same_screen && within(x, self.display.width) && within(y, self.display.height);
        Ok(PointerPosition { x, y, inside })
    }

    fn pointer_shape(&mut self, _live: &Live<'_, View>) -> Result<Option<PointerShape>> {
        let image = self.server.conn.xfixes_get_cursor_image().map_err(Trouble::from);
        let image = image.and_then(|cookie| cookie.reply().map_err(Trouble::from)).map_err(DesktopError::Capture)?;
        let rgba = image.cursor_image.iter().flat_map(|pixel| straight(*pixel)).collect();
        let (id, hot) = (image.cursor_serial, (image.xhot, image.yhot));
        Ok(PointerShape::new(id, hot, image.width, image.height, rgba).ok())
    }
}

/// Has the server tell what this capture waits for. Gives its record of what is drawn and an empty region.
fn watch(server: &Server) -> Result<(u32, u32), Trouble> {
    for (extension, missing) in [
        ("DAMAGE", "an X server without DAMAGE"),
        ("XFIXES", "an X server without XFIXES"),
        ("XInputExtension", "an X server without XInput 2"),
    ] {
        server.needs(extension, missing)?;
    }
    let (conn, root) = (&server.conn, server.root());
    conn.damage_query_version(1, 1)?.reply()?;
    conn.xfixes_query_version(5, 0)?.reply()?;
    conn.xinput_xi_query_version(2, 2)?.reply()?;

    let region = conn.generate_id()?;
    conn.xfixes_create_region(region, &[])?.check()?;
    let drawn = conn.generate_id()?;
    // One event when there is something, whatever is drawn after it; the record itself is asked for when it is needed.
    conn.damage_create(drawn, root, ReportLevel::NON_EMPTY)?.check()?;
    conn.xfixes_select_cursor_input(root, CursorNotifyMask::DISPLAY_CURSOR)?.check()?;
    conn.randr_select_input(root, randr::NotifyMask::SCREEN_CHANGE | randr::NotifyMask::CRTC_CHANGE)?.check()?;
    let motion = EventMask { deviceid: Device::ALL_MASTER.into(), mask: vec![XIEventMask::RAW_MOTION] };
    conn.xinput_xi_select_events(root, &[motion])?.check()?;
    Ok((drawn, region))
}

/// Premultiplied ARGB as straight RGBA.
fn straight(pixel: u32) -> [u8; 4] {
    let [blue, green, red, alpha] = pixel.to_le_bytes();
    let part = |colour: u8| match alpha {
        0 => 0,
        alpha => ((u32::from(colour) * 255 + u32::from(alpha) / 2) / u32::from(alpha)).min(255) as u8,
    };
    [part(red), part(green), part(blue), alpha]
}

#[cfg(test)]
mod tests {
    use super::straight;

    #[test]
    fn a_pointers_colours_are_no_longer_darkened_by_its_transparency() {
        assert_eq!(straight(0xff12_3456), [0x12, 0x34, 0x56, 0xff]);
        assert_eq!(straight(0x8040_2010), [0x80, 0x40, 0x20, 0x80]);
        assert_eq!(straight(0x00ff_ffff), [0, 0, 0, 0]);
        assert_eq!(straight(0x01ff_0000), [255, 0, 0, 1], "more colour than alpha is not valid, nor an overflow");
    }
}

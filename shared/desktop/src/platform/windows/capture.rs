//! Reading a monitor: by duplication where there is one, else all of it ten times a second by xcap.

use std::time::{Duration, Instant};

use beside_consent::{Live, View};
use beside_protocol::DisplayId;
use beside_screen::{Damage, Mask, PointerShape, Rect, Size};
use windows::Win32::Foundation::RECT;

use super::Desktop;
use super::alarm::Alarm;
use super::displays::{self, Monitor};
use super::duplication::{Duplication, Refusal};
use super::pointer::{Pointer, Shapes};
use crate::capture::{PointerPosition, ScreenCapture, Wake};
use crate::clock;
use crate::display::Display;
use crate::error::{DesktopError, Result, Trouble};
use crate::own_windows::OwnWindows;
use crate::platform::floor;
use crate::snapshot::Snapshot;
use crate::waker::Waker;

/// Time between two looks at the pointer, and at whether somebody woke us: the compositor can't be told to.
const LOOK: Duration = Duration::from_millis(8);
/// Time between two readings of a monitor that is not duplicated, and between two tries to duplicate it again.
const READ: Duration = Duration::from_millis(100);

/// A monitor that is being watched and read.
pub struct Capture {
    display: Display,
    size: Size,
    source: Source,
    alarm: Alarm,
    damage: Damage,
    own: OwnWindows,
    /// Where own windows that the system does not leave out were at the last look, on the monitor.
    unprotected: Vec<Rect>,
    /// Where such windows may be in the last picture.
    mask: Mask,
    pointer: Option<Pointer>,
    shapes: Shapes,
}

/// Where pictures come from.
enum Source {
    Duplicate(Box<Duplication>),
    /// It is not duplicated now, and will be: the picture stands still until then.
    Again {
        from: Instant,
    },
    /// It can't be duplicated.
    Floor {
        from: Instant,
    },
}

impl Capture {
    /// Opens a monitor. The system leaves own windows out of pictures, as protected content; where it does not, they are
    /// blanked.
    ///
    /// # Errors
    /// There is no such monitor.
    pub fn open(_desktop: &Desktop, display: DisplayId, own: OwnWindows) -> Result<Self> {
        Self::start(display, own).map_err(DesktopError::Capture)
    }

    fn start(id: DisplayId, own: OwnWindows) -> Result<Self, Trouble> {
        let Monitor { display, device } = displays::find(id)?;
        let size = display.size()?;
        let mut capture = Self {
            display,
            size,
            source: Source::Again { from: clock::now() },
            alarm: Alarm::default(),
            damage: Damage::all(size),
            own,
            unprotected: Vec::new(),
            mask: Mask::none(),
            pointer: None,
            shapes: Shapes::default(),
        };
        capture.duplicate(&device);
        Ok(capture)
    }

    /// Begins to duplicate, or to do without.
    fn duplicate(&mut self, device: &[u16; 32]) {
        self.source = match Duplication::open(device) {
            // The mode changed between two questions.
            Ok(duplication) if duplication.size() != self.size => Source::Again { from: clock::now() + READ },
            Ok(duplication) => Source::Duplicate(Box::new(duplication)),
            Err(Refusal::NotNow) => Source::Again { from: clock::now() + READ },
            Err(Refusal::Never(why)) => {
                tracing::info!(%why, "the monitor is read as a whole");
                Source::Floor { from: clock::now() }
            }
        };
    }

    /// Takes over the monitor's size and place, and says whether they changed.
    fn refit(&mut self) -> Result<bool, Trouble> {
        let Monitor { display, device } = displays::find(self.display.id)?;
        let changed = display != self.display;
        let size = display.size()?;
        self.display = display;
        if changed {
            self.size = size;
            self.damage = Damage::all(size);
            self.duplicate(&device);
        }
        Ok(changed)
    }

    /// Looks at the picture for a while at most.
    fn look(&mut self, longest: Duration) -> Result<Wake, Trouble> {
        let (mut wake, mut painted) = (Wake::default(), false);
        match &mut self.source {
            Source::Duplicate(duplication) => match duplication.next(longest) {
                Ok(damage) => {
                    painted = damage.is_some();
                    wake.damage = damage.as_ref().is_some_and(|damage| !damage.is_empty());
                    damage.iter().for_each(|damage| self.damage.union(damage));
                }
                Err(Refusal::NotNow) => self.source = Source::Again { from: clock::now() },
                Err(Refusal::Never(why)) => {
                    tracing::warn!(%why, "the monitor is duplicated no more");
                    self.source = Source::Again { from: clock::now() + READ };
                }
            },
            Source::Again { from } if clock::until(*from).is_zero() => {
                wake.resized = self.refit()?;
                if !wake.resized {
                    self.duplicate(&displays::find(self.display.id)?.device);
                }
                if matches!(self.source, Source::Duplicate(_)) {
                    self.damage = Damage::all(self.size);
                    wake.damage = true;
                }
            }
            Source::Floor { from } if clock::until(*from).is_zero() => {
                *from = clock::now() + READ;
                wake.resized = self.refit()?;
                self.damage = Damage::all(self.size);
                wake.damage = true;
            }
            Source::Again { .. } | Source::Floor { .. } => self.alarm.wait(longest),
        }
        let unprotected = self.unprotected();
        if painted {
            // Some time between the look before and this one.
            self.mask = Mask::none();
            self.unprotected.iter().chain(&unprotected).for_each(|rect| self.mask.hide(*rect));
        }
        self.unprotected = unprotected;
        Ok(wake)
    }

    /// Where own windows are on the monitor that the system does not leave out.
    fn unprotected(&self) -> Vec<Rect> {
        self.own.unprotected().into_iter().filter_map(|area| self.on_monitor(area)).collect()
    }

    /// The part of an area of the desktop that is on the monitor, in its pixels.
    fn on_monitor(&self, area: RECT) -> Option<Rect> {
        let inside =
            |at: i32, start: i32, length: u32| u32::try_from(at.saturating_sub(start)).unwrap_or(0).min(length);
        let Display { x, y, width, height, .. } = self.display;
        let (left, right) = (inside(area.left, x, width), inside(area.right, x, width));
        let (top, bottom) = (inside(area.top, y, height), inside(area.bottom, y, height));
        (left < right && top < bottom).then_some(Rect { x: left, y: top, width: right - left, height: bottom - top })
    }

    /// Looks at the pointer. Where the system does not tell, as on the secure desktop, it stays where it was.
    fn look_at_pointer(&mut self, wake: &mut Wake) {
        let Ok(now) = Pointer::now() else { return };
        if let Some(before) = self.pointer.replace(now) {
            wake.pointer = before.at != now.at;
            wake.shape = before.cursor != now.cursor;
        } else {
            (wake.pointer, wake.shape) = (true, true);
        }
    }

    fn read(&self, rects: &[Rect], into: &mut Snapshot) -> Result<(), Trouble> {
        match &self.source {
            Source::Duplicate(duplication) => match duplication.read(rects, into) {
                Ok(()) | Err(Refusal::NotNow) => Ok(()),
                Err(Refusal::Never(why)) => Err(why),
            },
            Source::Again { .. } => Ok(()),
            Source::Floor { .. } => floor::read(self.display.id, rects, into),
        }
    }
}

impl ScreenCapture for Capture {
    fn size(&self) -> Size {
        self.size
    }

    fn waker(&self) -> Waker {
        let alarm = self.alarm.clone();
        Waker::new(move || alarm.ring())
    }

    fn wait(&mut self, deadline: Instant) -> Result<Wake> {
        loop {
            let left = clock::until(deadline);
            let mut wake = self.look(left.min(LOOK)).map_err(DesktopError::Capture)?;
            self.look_at_pointer(&mut wake);
            wake.woken = self.alarm.take();
            if wake != Wake::default() || left.is_zero() {
                return Ok(wake);
            }
        }
    }

    fn take_damage(&mut self) -> Result<Damage> {
        Ok(std::mem::replace(&mut self.damage, Damage::none()))
    }

    fn grab(&mut self, _live: &Live<'_, View>, damage: &Damage, into: &mut Snapshot) -> Result<()> {
        let whole = self.size.rect();
        let rects: Vec<Rect> = match into.fit(self.size) {
            true => vec![whole],
            false => damage.rects().iter().filter_map(|rect| rect.intersection(whole)).collect(),
        };
        let mut mask = self.mask.clone();
        self.unprotected().into_iter().for_each(|rect| mask.hide(rect));
        let read = self.read(&rects, into);
        // What was opened or moved meanwhile; and whatever failed, nothing of them may stay.
        self.unprotected().into_iter().for_each(|rect| mask.hide(rect));
        let hidden = into.hide(&mask).map_err(|error| Trouble::Refused(error.to_string()));
        read.and(hidden).map_err(DesktopError::Capture)
    }

    fn pointer(&mut self, _live: &Live<'_, View>) -> Result<PointerPosition> {
        let Pointer { at, .. } = Pointer::now().map_err(DesktopError::Capture)?;
        let (x, y) = (at.0.saturating_sub(self.display.x), at.1.saturating_sub(self.display.y));
        let on = |at: i32, length: u32| u32::try_from(at).is_ok_and(|at| at < length);
        Ok(PointerPosition { x, y, inside: on(x, self.display.width) && on(y, self.display.height) })
    }

    fn pointer_shape(&mut self, _live: &Live<'_, View>) -> Result<Option<PointerShape>> {
        let Pointer { cursor, .. } = Pointer::now().map_err(DesktopError::Capture)?;
        Ok(cursor.and_then(|cursor| self.shapes.of(cursor)))
    }
}

//! Capture of everything, ten times a second: xcap does not say what changes.

use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use beside_consent::{Live, View};
use beside_protocol::DisplayId;
use beside_screen::{Damage, PointerShape, Rect, Size};

use super::{Desktop, display};
use crate::capture::{PointerPosition, ScreenCapture, Wake};
use crate::clock;
use crate::display::Display;
use crate::error::{DesktopError, Result, Trouble};
use crate::own_windows::OwnWindows;
use crate::platform::floor;
use crate::snapshot::Snapshot;
use crate::waker::Waker;

/// Time between two looks at the screen.
const INTERVAL: Duration = Duration::from_millis(100);

/// A monitor that is read as a whole.
pub struct Capture {
    display: Display,
    size: Size,
    bell: SyncSender<()>,
    rung: Receiver<()>,
}

impl Capture {
    /// Opens a monitor. Own windows are not looked for: they are protected content, which the system leaves out.
    ///
    /// # Errors
    /// There is no such monitor.
    pub fn open(_desktop: &Desktop, display: DisplayId, _own: OwnWindows) -> Result<Self> {
        Self::start(display).map_err(DesktopError::Capture)
    }

    fn start(id: DisplayId) -> Result<Self, Trouble> {
        let display = display(id)?;
        // One wake is as good as many.
        let (bell, rung) = sync_channel(1);
        Ok(Self { size: display.size()?, display, bell, rung })
    }

    fn refit(&mut self) -> Result<bool, Trouble> {
        let display = display(self.display.id)?;
        let changed = display != self.display;
        self.size = display.size()?;
        self.display = display;
        Ok(changed)
    }
}

impl ScreenCapture for Capture {
    fn size(&self) -> Size {
        self.size
    }

    fn waker(&self) -> Waker {
        let bell = self.bell.clone();
        // A bell that is full is rung.
        Waker::new(move || {
            let _rung = bell.try_send(());
        })
    }

    fn wait(&mut self, deadline: Instant) -> Result<Wake> {
        let left = clock::until(deadline);
        let woken = match self.rung.recv_timeout(left.min(INTERVAL)) {
            Ok(()) => true,
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => false,
        };
        let resized = self.refit().map_err(DesktopError::Capture)?;
        Ok(Wake { damage: !woken && left >= INTERVAL, resized, woken, ..Wake::default() })
    }

    fn take_damage(&mut self) -> Result<Damage> {
        Ok(Damage::all(self.size))
    }

    fn grab(&mut self, _live: &Live<'_, View>, damage: &Damage, into: &mut Snapshot) -> Result<()> {
        let whole = self.size.rect();
        let rects: Vec<Rect> = match into.fit(self.size) {
            true => vec![whole],
            false => damage.rects().iter().filter_map(|rect| rect.intersection(whole)).collect(),
        };
        floor::read(self.display.id, &rects, into).map_err(DesktopError::Capture)
    }

    fn pointer(&mut self, _live: &Live<'_, View>) -> Result<PointerPosition> {
        Err(DesktopError::Capture(Trouble::Unsupported("where the pointer is")))
    }

    fn pointer_shape(&mut self, _live: &Live<'_, View>) -> Result<Option<PointerShape>> {
        Ok(None)
    }
}

//! What watches over a session while the operator sees the screen: the stop key, the frame round the monitor, and a
//! thread that makes sure Stop can be seen.
//!
//! No window system guarantees that a window stays visible. So the thread looks five times a second; when Stop can't
//! be seen, input is held back at once and the picture stops after a second, until it can be seen again.

use std::any::Any;
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use beside_desktop::DesktopError;
use beside_protocol::DisplayId;
use beside_protocol::control::InputHold;
use beside_transport::clock::now;
use tokio::sync::mpsc;

use crate::machine::{Machine, Watch};
use crate::screen::FromDesktop;
use crate::ui::Ui;

/// How often Stop is looked for.
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// A pill that has just been told to appear gets this long before it counts as hidden.
const APPEARING: Duration = Duration::from_millis(600);
/// How long the picture goes on while Stop can't be seen.
const PICTURE_GOES_ON: Duration = Duration::from_secs(1);

/// Watches until it is dropped.
pub(crate) struct Guard {
    _stop_key: Option<Box<dyn Any + Send>>,
    _frame: Box<dyn Any + Send>,
    _end: Sender<()>,
}

impl Guard {
    /// Starts to watch. `stop` is called when the stop key is pressed; what is seen is told on `report`.
    pub(crate) fn start(
        machine: &Arc<dyn Machine>,
        ui: Arc<dyn Ui>,
        display: DisplayId,
        stop: impl Fn() + Send + 'static,
        report: mpsc::Sender<FromDesktop>,
    ) -> Result<Self, DesktopError> {
        let frame = machine.frame(display)?;
        // Another program may hold the key; the button is what must be there, and is watched.
        let stop_key =
            machine.stop_key(Box::new(stop)).inspect_err(|error| tracing::warn!(%error, "there is no stop key")).ok();
        let watch = machine.watch()?;
        let (end, ended) = channel::<()>();
        thread::spawn(move || {
            let mut lookout = Lookout { watch, ui, report, since: now(), hidden: None, told: Told::Visible };
            while matches!(ended.recv_timeout(LOOK_EVERY), Err(RecvTimeoutError::Timeout)) {
                if lookout.look().is_err() {
                    return;
                }
            }
        });
        Ok(Self { _stop_key: stop_key, _frame: frame, _end: end })
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Told {
    Visible,
    Hidden,
    HiddenForLong,
}

struct Lookout {
    watch: Box<dyn Watch>,
    ui: Arc<dyn Ui>,
    report: mpsc::Sender<FromDesktop>,
    since: Instant,
    hidden: Option<Instant>,
    told: Told,
}

/// Nobody listens any more.
struct Over;

impl Lookout {
    fn look(&mut self) -> Result<(), Over> {
        if self.can_be_seen() {
            self.hidden = None;
            return self.tell(Told::Visible);
        }
        if now() < self.since + APPEARING {
            return Ok(());
        }
        let hidden = *self.hidden.get_or_insert_with(now);
        self.tell(if now() < hidden + PICTURE_GOES_ON { Told::Hidden } else { Told::HiddenForLong })
    }

    /// A desktop that can't be asked shows nothing.
    fn can_be_seen(&mut self) -> bool {
        let Some(window) = self.ui.indicator() else { return false };
        self.watch.can_be_seen(window).unwrap_or(false)
    }

    fn tell(&mut self, told: Told) -> Result<(), Over> {
        if self.told == told {
            return Ok(());
        }
        let news = match (self.told, told) {
            (_, Told::Visible) => vec![FromDesktop::Hold(None), FromDesktop::PauseView(false)],
            (Told::Visible, Told::Hidden) => vec![FromDesktop::Hold(Some(InputHold::StopHidden))],
            (_, Told::Hidden | Told::HiddenForLong) => vec![FromDesktop::PauseView(true)],
        };
        self.told = told;
        news.into_iter().try_for_each(|news| self.report.blocking_send(news).map_err(|_| Over))
    }
}

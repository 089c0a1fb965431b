//! The thread that reads the screen and encodes it, one frame for every wish of the session.
//!
//! It sleeps until something changes. Without a wish it reads nothing at all: the session wishes for a frame only when
//! the line has room for it, so the newest picture always wins and nothing is encoded to be thrown away.

use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::thread;
use std::time::{Duration, Instant};

use beside_consent::{Grant, View};
use beside_desktop::{DesktopError, ScreenCapture, Snapshot, Waker};
use beside_protocol::ErrorCode;
use beside_protocol::control::InputHold;
use beside_protocol::pointer::PointerState;
use beside_screen::{Encoder, EncoderSettings};
use beside_transport::clock::now;
use tokio::sync::mpsc;

use crate::pointer::PointerTeller;

/// How long after the last change what was sent with losses is sent again without.
const REFINE_AFTER: Duration = Duration::from_millis(150);
/// How long the thread sleeps when nothing at all happens: so that a lost wake-up of the system can't last.
const LONGEST_SLEEP: Duration = Duration::from_secs(2);

/// What the desktop's threads tell the session.
#[derive(Debug)]
pub(crate) enum FromDesktop {
    /// An encoded frame, and whether it rests on nothing before it.
    Picture {
        /// The frame.
        bytes: Vec<u8>,
        /// It starts the picture over.
        fresh: bool,
    },
    /// The pointer moved or looks different.
    Pointer(PointerState),
    /// The shared monitor has another size.
    Resized,
    /// Input must be held back, or may flow again.
    Hold(Option<InputHold>),
    /// The picture must stop, or may go on.
    PauseView(bool),
    /// It can't go on.
    Failed(ErrorCode),
}

/// A frame that the session wishes for.
#[derive(Debug)]
pub(crate) struct Wish {
    /// The permission.
    pub(crate) view: Grant<View>,
    /// Bytes that the line takes in about 30 ms.
    pub(crate) budget: usize,
    /// The frame must rest on nothing before it.
    pub(crate) fresh: bool,
}

enum Task {
    Wish(Wish),
    Unwished,
    Pause(bool),
}

/// The thread's other end. Dropping it ends the thread.
#[derive(Debug)]
pub(crate) struct Screen {
    tasks: Sender<Task>,
    waker: Option<Waker>,
}

impl Screen {
    /// Opens the monitor and starts the thread. What it reads is told on `report`.
    pub(crate) fn start(capture: Box<dyn ScreenCapture>, report: mpsc::Sender<FromDesktop>) -> Self {
        let (tasks, inbox) = channel();
        let waker = capture.waker();
        thread::spawn(move || Reader::new(capture, report).run(&inbox));
        Self { tasks, waker: Some(waker) }
    }

    /// Wishes for a frame; replaces an earlier wish.
    pub(crate) fn wish(&self, wish: Wish) {
        self.send(Task::Wish(wish));
    }

    /// Wishes for none until the next wish.
    pub(crate) fn unwish(&self) {
        self.send(Task::Unwished);
    }

    /// Stops reading the screen, or goes on. A wish stands meanwhile.
    pub(crate) fn pause(&self, pause: bool) {
        self.send(Task::Pause(pause));
    }

    /// At most one wish is on its way at any time, so the channel needs no bound. A thread that is gone has said why.
    fn send(&self, task: Task) {
        let _ = self.tasks.send(task);
        if let Some(waker) = &self.waker {
            waker.wake();
        }
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let (closed, _) = channel();
        self.tasks = closed;
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }
}

/// The thread's own half.
struct Reader {
    capture: Box<dyn ScreenCapture>,
    encoder: Encoder,
    picture: Snapshot,
    wish: Option<Wish>,
    /// The permission of the newest wish; the pointer is told while it holds.
    view: Option<Grant<View>>,
    /// Nothing is read for now, whatever is wished for.
    paused: bool,
    /// The screen has changed since it was read last.
    dirty: bool,
    /// The next frame rests on nothing before it.
    starts_over: bool,
    changed: Instant,
    pointer: PointerTeller,
    report: mpsc::Sender<FromDesktop>,
}

/// Nobody listens any more.
struct Over;

/// What may end the thread: nobody listens, or the desktop failed.
enum Stopped {
    Over,
    Failed(DesktopError),
}

impl From<DesktopError> for Stopped {
    fn from(error: DesktopError) -> Self {
        Self::Failed(error)
    }
}

impl From<Over> for Stopped {
    fn from(_: Over) -> Self {
        Self::Over
    }
}

impl Reader {
    fn new(capture: Box<dyn ScreenCapture>, report: mpsc::Sender<FromDesktop>) -> Self {
        Self {
            encoder: Encoder::new(capture.size(), EncoderSettings::default()),
            capture,
            picture: Snapshot::new(),
            wish: None,
            view: None,
            paused: false,
            dirty: true,
            starts_over: true,
            changed: now(),
            pointer: PointerTeller::default(),
            report,
        }
    }

    fn run(mut self, inbox: &Receiver<Task>) {
        loop {
            loop {
                match inbox.try_recv() {
                    Ok(Task::Wish(wish)) => {
                        if wish.fresh {
                            self.encoder.refresh();
                            self.pointer.forget();
                            self.dirty = true;
                            self.starts_over = true;
                        }
                        self.view = Some(wish.view.clone());
                        self.wish = Some(wish);
                    }
                    Ok(Task::Unwished) => {
                        self.wish = None;
                        self.view = None;
                    }
                    Ok(Task::Pause(paused)) => self.paused = paused,
                    Err(TryRecvError::Empty) => break,
                    Err(TryRecvError::Disconnected) => return,
                }
            }
            match self.turn() {
                Ok(()) => {}
                Err(Stopped::Over) => return,
                Err(Stopped::Failed(error)) => {
                    tracing::warn!(%error, "the picture stopped");
                    let _ = self.report.blocking_send(FromDesktop::Failed(error.code()));
                    return;
                }
            }
        }
    }

    /// Does what is wished for, then sleeps until something happens.
    fn turn(&mut self) -> Result<(), Stopped> {
        if !self.paused {
            self.tell_pointer()?;
        }
        if let Some(wish) = self.wish.take_if(|_| !self.paused) {
            match self.frame(&wish)? {
                Some(frame) => self.tell(frame)?,
                // Nothing to show yet: the wish stands.
                None => self.wish = Some(wish),
            }
        }
        let wake = self.capture.wait(now() + self.sleep())?;
        if wake.damage || wake.resized {
            self.dirty = true;
            self.changed = now();
        }
        self.pointer.moved |= wake.pointer;
        self.pointer.reshaped |= wake.shape;
        if wake.resized {
            self.encoder.resize(self.capture.size());
            self.starts_over = true;
            self.tell(FromDesktop::Resized)?;
        }
        Ok(())
    }

    /// How long to sleep at most: until lossy parts are due to be made exact, if somebody wishes for that.
    fn sleep(&self) -> Duration {
        if self.encoder.is_exact() || self.wish.is_none() || self.paused {
            return LONGEST_SLEEP;
        }
        (self.changed + REFINE_AFTER).saturating_duration_since(now())
    }

    /// The frame that is wished for, if there is anything to tell.
    fn frame(&mut self, wish: &Wish) -> Result<Option<FromDesktop>, Stopped> {
        let Ok(live) = wish.view.check(now()) else { return Ok(None) };
        if self.dirty || self.pointer.has_shape() {
            self.dirty = false;
            let shape = self.pointer.take_shape();
            let damage = self.capture.take_damage()?;
            self.capture.grab(&live, &damage, &mut self.picture)?;
            let encoded =
                self.picture.view().and_then(|view| self.encoder.encode(view, &damage, wish.budget, shape.as_ref()));
            if let Some(encoded) = encoded {
                let fresh = std::mem::replace(&mut self.starts_over, false);
                return Ok(Some(FromDesktop::Picture { bytes: encoded.bytes, fresh }));
            }
        }
        if self.encoder.is_exact() || now() < self.changed + REFINE_AFTER {
            return Ok(None);
        }
        let refined = self.encoder.refine(wish.budget);
        Ok(refined.map(|encoded| FromDesktop::Picture { bytes: encoded.bytes, fresh: false }))
    }

    fn tell_pointer(&mut self) -> Result<(), Stopped> {
        let Some(Ok(live)) = self.view.as_ref().map(|view| view.check(now())) else { return Ok(()) };
        let Some(state) = self.pointer.look(self.capture.as_mut(), &live)? else { return Ok(()) };
        self.encoder.set_focus(state.x, state.y);
        Ok(self.tell(FromDesktop::Pointer(state))?)
    }

    fn tell(&self, news: FromDesktop) -> Result<(), Over> {
        self.report.blocking_send(news).map_err(|_| Over)
    }
}

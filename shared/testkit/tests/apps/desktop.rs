//! A customer's desktop that is painted by the test: a screen, a pointer, and hands that only write down what they do.

use std::any::Any;
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use beside_client_controller::{Indicator, Machine, Watch};
use beside_consent::{Control, Live, View};
use beside_desktop::{
    DesktopError, Display, Injected, InputInjector, PointerPosition, ScreenCapture, Snapshot, Wake, Waker,
};
use beside_protocol::DisplayId;
use beside_protocol::input::InputEvent;
use beside_screen::{Damage, PointerShape, Size};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::timeout;

use crate::screen::SOON;

const WIDTH: u32 = 320;
const HEIGHT: u32 = 200;
const PIXEL: usize = 4;

/// What the hands did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Played {
    Event(InputEvent),
    ReleasedAll,
}

/// The screen's pixels, rows from the top without gaps, blue first; and what is new since they were read.
struct Painted {
    pixels: Vec<u8>,
    /// Not read yet.
    damaged: bool,
    /// Not told yet.
    news: bool,
    woken: bool,
}

#[derive(Clone)]
struct Paper(Arc<(Mutex<Painted>, Condvar)>);

/// The customer's machine, as the app sees it.
pub(crate) struct PaintedMachine {
    paper: Paper,
    played: UnboundedSender<Played>,
}

/// The customer's machine, as the test sees it.
pub(crate) struct Desktop {
    paper: Paper,
    played: UnboundedReceiver<Played>,
}

pub(crate) fn desktop() -> (PaintedMachine, Desktop) {
    let pixels = vec![0; (WIDTH * HEIGHT) as usize * PIXEL];
    let painted = Painted { pixels, damaged: true, news: false, woken: false };
    let paper = Paper(Arc::new((Mutex::new(painted), Condvar::new())));
    let (sender, played) = unbounded_channel();
    (PaintedMachine { paper: paper.clone(), played: sender }, Desktop { paper, played })
}

fn size() -> Size {
    Size::new(WIDTH, HEIGHT).unwrap()
}

impl Paper {
    fn change(&self, change: impl FnOnce(&mut Painted)) {
        change(&mut self.0.0.lock().unwrap());
        self.0.1.notify_all();
    }
}

impl Desktop {
    /// Paints a screen of text, a photograph's noise and a plain ground, all of them other ones for each `seed`.
    pub(crate) fn paint(&self, seed: u32) {
        self.paper.change(|painted| {
            for (place, pixel) in (0u32..).zip(painted.pixels.chunks_exact_mut(PIXEL)) {
                let (x, y) = (place % WIDTH, place / WIDTH);
                let noise = (place ^ seed).wrapping_mul(0x9e37_79b9).rotate_left(seed % 31).wrapping_mul(0x85eb_ca6b);
                let rgb = match (x / 80 + seed) % 4 {
                    0 => [0xf0; 3],
                    1 if (x / 3 * y / 5 + seed).is_multiple_of(7) => [0x20; 3],
                    1 | 2 => [0xe0, 0xe8, 0xff],
                    _ => [noise as u8, (noise >> 8) as u8, (noise >> 16) as u8],
                };
                pixel[..3].copy_from_slice(&rgb);
            }
            (painted.damaged, painted.news) = (true, true);
        });
    }

    /// Whether these rows, red first, are the very screen.
    pub(crate) fn is_shown(&self, rgba: &[u8]) -> bool {
        let painted = self.paper.0.0.lock().unwrap();
        let same = |(own, seen): (&[u8], &[u8])| own[..3].iter().eq(seen[..3].iter().rev());
        rgba.len() == painted.pixels.len() && painted.pixels.chunks(PIXEL).zip(rgba.chunks(PIXEL)).all(same)
    }

    /// The next thing that the hands did.
    pub(crate) async fn played(&mut self) -> Played {
        timeout(SOON, self.played.recv()).await.expect("nothing was played").expect("the app is gone")
    }

    /// The next event that was played; letting go is passed over.
    pub(crate) async fn event(&mut self) -> InputEvent {
        loop {
            if let Played::Event(event) = self.played().await {
                return event;
            }
        }
    }

    /// Everything that was played and not looked at yet.
    pub(crate) fn leftovers(&mut self) -> Vec<Played> {
        std::iter::from_fn(|| self.played.try_recv().ok()).collect()
    }
}

impl Machine for PaintedMachine {
    fn displays(&self) -> Result<Vec<Display>, DesktopError> {
        let name = "Painted".to_owned();
        let (width, height) = (WIDTH, HEIGHT);
        Ok(vec![Display { id: DisplayId(1), name, x: 0, y: 0, width, height, scale: 1.0, primary: true }])
    }

    fn open_screen(&self, _: DisplayId) -> Result<Box<dyn ScreenCapture>, DesktopError> {
        Ok(Box::new(Eyes(self.paper.clone())))
    }

    fn open_hands(&self, _: DisplayId) -> Result<Box<dyn InputInjector>, DesktopError> {
        Ok(Box::new(Hands(self.played.clone())))
    }

    fn stop_key(&self, _: Box<dyn Fn() + Send>) -> Result<Box<dyn Any + Send>, DesktopError> {
        Ok(Box::new(()))
    }

    fn frame(&self, _: DisplayId) -> Result<Box<dyn Any + Send>, DesktopError> {
        Ok(Box::new(()))
    }

    fn watch(&self) -> Result<Box<dyn Watch>, DesktopError> {
        Ok(Box::new(InSight))
    }
}

/// An indicator that nothing covers.
struct InSight;

impl Watch for InSight {
    fn can_be_seen(&mut self, _: Indicator) -> Result<bool, DesktopError> {
        Ok(true)
    }
}

struct Eyes(Paper);

impl ScreenCapture for Eyes {
    fn size(&self) -> Size {
        size()
    }

    fn waker(&self) -> Waker {
        let paper = self.0.clone();
        Waker::new(move || paper.change(|painted| painted.woken = true))
    }

    fn wait(&mut self, deadline: Instant) -> Result<Wake, DesktopError> {
        let (painted, news) = &*self.0.0;
        let left = deadline.saturating_duration_since(beside_transport::clock::now()).max(Duration::from_millis(1));
        let still = |painted: &mut Painted| !painted.news && !painted.woken;
        let (mut painted, _) = news.wait_timeout_while(painted.lock().unwrap(), left, still).unwrap();
        let (damage, woken) = (std::mem::take(&mut painted.news), std::mem::take(&mut painted.woken));
        Ok(Wake { damage, woken, ..Wake::default() })
    }

    fn take_damage(&mut self) -> Result<Damage, DesktopError> {
        let mut painted = self.0.0.0.lock().unwrap();
        Ok(if std::mem::take(&mut painted.damaged) { Damage::all(size()) } else { Damage::none() })
    }

    fn grab(&mut self, _: &Live<'_, View>, _: &Damage, into: &mut Snapshot) -> Result<(), DesktopError> {
        let painted = self.0.0.0.lock().unwrap();
        into.fit(size());
        for (row, pixels) in (0..).zip(painted.pixels.chunks_exact(WIDTH as usize * PIXEL)) {
            into.row_mut(size().rect(), row).copy_from_slice(pixels);
        }
        Ok(())
    }

    fn pointer(&mut self, _: &Live<'_, View>) -> Result<PointerPosition, DesktopError> {
        Ok(PointerPosition { x: 7, y: 9, inside: true })
    }

    fn pointer_shape(&mut self, _: &Live<'_, View>) -> Result<Option<PointerShape>, DesktopError> {
        Ok(None)
    }
}

struct Hands(UnboundedSender<Played>);

impl InputInjector for Hands {
    fn inject(&mut self, _: Live<'_, Control>, event: &InputEvent) -> Result<Injected, DesktopError> {
        let _ = self.0.send(Played::Event(event.clone()));
        Ok(Injected::Done)
    }

    fn release_all(&mut self) -> Result<(), DesktopError> {
        let _ = self.0.send(Played::ReleasedAll);
        Ok(())
    }
}

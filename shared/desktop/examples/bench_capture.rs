//! Measures capture and input on the desktop that it is started on, and prints the figures as JSON.
//!
//! ```text
//! xvfb-run -a -s "-screen 0 1920x1080x24" cargo run --profile demo -p beside-desktop --example bench_capture
//! ```

use std::error::Error;
use std::io::Write as _;
use std::time::{Duration, Instant};

use beside_consent::{Consent, Control, View, Yes};
use beside_desktop::{
    Capture, Desktop, Injected, Injector, InputInjector as _, OwnWindows, ScreenCapture as _, Snapshot,
};
use beside_protocol::input::InputEvent;
use beside_protocol::{Right, Rights};
use beside_screen::{Damage, Mask, PictureError};
use serde_json::{Value, json};
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{ConnectionExt as _, CreateGCAux, CreateWindowAux, Rectangle, Window, WindowClass};
use x11rb::rust_connection::RustConnection;

/// How often each thing is done.
const ROUNDS: usize = 300;
/// Side of the patch that is drawn.
const PATCH: u16 = 64;
const HOUR: Duration = Duration::from_secs(3_600);

fn main() -> Result<(), Box<dyn Error>> {
    let desktop = Desktop::local();
    let display = desktop.displays()?.into_iter().next().ok_or("no monitor")?;
    let mut consent = Consent::new(Rights::ALL);
    let view = consent.grant::<View>(&Yes::pressed(Right::View, HOUR), now())?;
    let control = consent.grant::<Control>(&Yes::pressed(Right::Control, HOUR), now())?;

    // The patches are drawn by this process, so nothing of it may count as own.
    let nobody = OwnWindows::of_process(0);
    let painter = Painter::start()?;
    let mut capture = Capture::open(&desktop, display.id, nobody.clone())?;
    let mut picture = Snapshot::new();
    let everything = Damage::all(capture.size());
    capture.grab(&view.check(now())?, &everything, &mut picture)?;

    let full = timed(|_| Ok(capture.grab(&view.check(now())?, &everything, &mut picture)?))?;
    let settled = now() + Duration::from_millis(200);
    while capture.wait(settled)? != beside_desktop::Wake::default() {}
    let _ = capture.take_damage()?;
    let patch = timed(|round| {
        let colour = 0x0001_0000 + round as u32;
        painter.paint(round, colour)?;
        loop {
            let _ = capture.wait(now() + Duration::from_secs(5))?;
            let damage = capture.take_damage()?;
            capture.grab(&view.check(now())?, &damage, &mut picture)?;
            let (x, y) = Painter::place(round);
            let at = usize::from(y) * picture.stride() + usize::from(x) * 4;
            if picture.bytes()[at..at + 3] == colour.to_le_bytes()[..3] {
                return Ok(());
            }
        }
    })?;

    let mut injector = Injector::open(&desktop, display.id, nobody)?;
    let at = |round: usize| (100 + (round % 200) as u16, 100);
    let xtest = timed(|round| {
        let (x, y) = at(round);
        match injector.inject(control.check(now())?, &InputEvent::Move { x, y })? {
            Injected::Done => Ok(()),
            Injected::Partly { .. } | Injected::OwnWindow | Injected::Unknown => Err("the move was swallowed".into()),
        }
    })?;
    let rdev = timed(|round| {
        let (x, y) = at(round);
        rdev::simulate(&rdev::EventType::MouseMove { x: f64::from(x), y: f64::from(y) })?;
        Ok(())
    })?;
    let blank = blanking(&mut picture)?;

    let figures = json!({
        "width": display.width,
        "height": display.height,
        "rounds": ROUNDS,
        "patch_to_grabbed_us": figures(patch),
        "full_frame_us": figures(full),
        "blank_480x640_us": figures(blank),
        "xtest_checked_move_us": figures(xtest),
        "rdev_unchecked_move_us": figures(rdev),
    });
    writeln!(std::io::stdout(), "{figures:#}")?;
    Ok(())
}

/// What the blanking of an own window costs.
fn blanking(picture: &mut Snapshot) -> Result<Vec<Duration>, Box<dyn Error>> {
    let size = picture.size().ok_or("no picture")?;
    let (stride, mut bytes) = (picture.stride(), picture.bytes().to_vec());
    let mut mask = Mask::none();
    mask.hide(beside_screen::Rect { x: 10, y: 10, width: 480, height: 640 });
    timed(|_| Ok(mask.blank(size, stride, &mut bytes).map_err(|error: PictureError| error.to_string())?))
}

/// A program that draws.
struct Painter {
    conn: RustConnection,
    window: Window,
    gc: u32,
}

impl Painter {
    fn start() -> Result<Self, Box<dyn Error>> {
        let (conn, screen) = RustConnection::connect(None)?;
        let root = conn.setup().roots[screen].root;
        let (window, gc) = (conn.generate_id()?, conn.generate_id()?);
        let looks = CreateWindowAux::new().override_redirect(1).background_pixel(0);
        conn.create_window(0, window, root, 0, 0, 640, 640, 0, WindowClass::INPUT_OUTPUT, 0, &looks)?.check()?;
        conn.map_window(window)?.check()?;
        conn.create_gc(gc, window, &CreateGCAux::new())?.check()?;
        Ok(Self { conn, window, gc })
    }

    fn place(round: usize) -> (u16, u16) {
        ((round * 67 % 500) as u16, (round * 31 % 500) as u16)
    }

    fn paint(&self, round: usize, colour: u32) -> Result<(), Box<dyn Error>> {
        let (x, y) = Self::place(round);
        let change = x11rb::protocol::xproto::ChangeGCAux::new().foreground(colour);
        self.conn.change_gc(self.gc, &change)?;
        let patch = Rectangle { x: x as i16, y: y as i16, width: PATCH, height: PATCH };
        self.conn.poly_fill_rectangle(self.window, self.gc, &[patch])?;
        Ok(self.conn.flush()?)
    }
}

fn timed(mut act: impl FnMut(usize) -> Result<(), Box<dyn Error>>) -> Result<Vec<Duration>, Box<dyn Error>> {
    (0..ROUNDS)
        .map(|round| {
            let start = now();
            act(round)?;
            Ok(now() - start)
        })
        .collect()
}

fn figures(mut times: Vec<Duration>) -> Value {
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_micros() as u64;
    json!({ "p50": at(0.5), "p95": at(0.95), "max": at(1.0) })
}

fn now() -> Instant {
    #[expect(clippy::disallowed_methods, reason = "a measurement reads the clock")]
    Instant::now()
}

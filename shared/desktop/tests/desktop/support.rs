//! A real X server for one test, and programs on it.

use std::io::{BufRead as _, BufReader};
use std::os::fd::AsFd as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use beside_consent::{Consent, Control, Grant, Scope, View, Yes};
use beside_desktop::{Desktop, Display, OwnWindows};
use beside_protocol::{Right, Rights};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use x11rb::connection::Connection as _;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{
    ChangeGCAux, ConfigureWindowAux, ConnectionExt as _, CreateGCAux, CreateWindowAux, EventMask, Gcontext, Rectangle,
    Window, WindowClass,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

/// How long anything may take before a test fails.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) fn now() -> Instant {
    #[expect(clippy::disallowed_methods, reason = "tests of the rim run in real time")]
    Instant::now()
}

/// A program that ends with the test.
pub(crate) struct Program(pub(crate) Child);

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// An X server of its own, on a display that was free.
pub(crate) struct Screen {
    pub(crate) name: String,
    pub(crate) server: Program,
}

impl Screen {
    /// A server with one monitor of such a size and depth: `800x600x24`.
    pub(crate) fn start(size: &str) -> Self {
        // Held keys repeat so late that how busy the machine is can't decide what a test sees.
        Self::repeating(size, Duration::from_secs(20))
    }

    /// The same, with held keys that repeat after so long, and then as quickly.
    pub(crate) fn repeating(size: &str, after: Duration) -> Self {
        let mut command = Command::new("Xvfb");
        command.args(["-displayfd", "1", "-screen", "0", size, "-nolisten", "tcp", "-noreset"]);
        let milliseconds = after.as_millis().to_string();
        command.args(["-ardelay", &milliseconds, "-arinterval", &milliseconds]);
        let child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("Xvfb is installed");
        let mut server = Program(child);
        let mut number = String::new();
        BufReader::new(server.0.stdout.take().unwrap()).read_line(&mut number).unwrap();
        assert!(!number.is_empty(), "Xvfb did not start");
        Self { name: format!(":{}", number.trim()), server }
    }

    pub(crate) fn desktop(&self) -> Desktop {
        Desktop::named(&self.name)
    }

    pub(crate) fn display(&self) -> Display {
        self.desktop().displays().unwrap().remove(0)
    }

    /// A new connection: to the server, a program of its own.
    pub(crate) fn client(&self) -> Client {
        let (conn, number) = RustConnection::connect(Some(&self.name)).unwrap();
        let root = conn.setup().roots[number].root;
        let gc = conn.generate_id().unwrap();
        conn.create_gc(gc, root, &CreateGCAux::new()).unwrap();
        Client { conn, root, gc }
    }

    /// Starts a program on this screen.
    pub(crate) fn run(&self, program: &str, arguments: &[&str]) -> Program {
        let mut command = Command::new(program);
        command.args(arguments).env("DISPLAY", &self.name).env("LC_ALL", "C.UTF-8").env_remove("XMODIFIERS");
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        Program(child.unwrap_or_else(|error| panic!("{program}: {error}")))
    }

    /// Starts a window manager and waits until it manages.
    pub(crate) fn with_window_manager(&self) -> Program {
        let client = self.client();
        let mask = x11rb::protocol::xproto::ChangeWindowAttributesAux::new().event_mask(EventMask::PROPERTY_CHANGE);
        client.conn.change_window_attributes(client.root, &mask).unwrap();
        // Openbox forgets windows that are shown while it starts; this it runs when it has started.
        let ready = client.atom("BESIDE_READY");
        let tell = "xprop -root -f BESIDE_READY 8s -set BESIDE_READY yes";
        let manager = self.run("openbox", &["--sm-disable", "--startup", tell]);
        client.event("a window manager", |event| matches!(event, Event::PropertyNotify(e) if e.atom == ready));
        client.sync();
        manager
    }
}

/// A program of the customer's, or Beside itself, as the X server sees it.
pub(crate) struct Client {
    pub(crate) conn: RustConnection,
    pub(crate) root: Window,
    gc: Gcontext,
}

impl Client {
    pub(crate) fn atom(&self, name: &str) -> u32 {
        self.conn.intern_atom(false, name.as_bytes()).unwrap().reply().unwrap().atom
    }

    /// Returns when the server has done everything asked for.
    pub(crate) fn sync(&self) {
        self.conn.sync().unwrap();
    }

    /// Makes a window, not shown yet.
    pub(crate) fn make(&self, (x, y, width, height): (i16, i16, u16, u16), colour: u32, popup: bool) -> Window {
        let window = self.conn.generate_id().unwrap();
        let events = EventMask::EXPOSURE
            | EventMask::STRUCTURE_NOTIFY
            | EventMask::KEY_PRESS
            | EventMask::KEY_RELEASE
            | EventMask::BUTTON_PRESS
            | EventMask::BUTTON_RELEASE
            | EventMask::POINTER_MOTION
            | EventMask::FOCUS_CHANGE
            | EventMask::PROPERTY_CHANGE;
        let aux =
            CreateWindowAux::new().background_pixel(colour).event_mask(events).override_redirect(u32::from(popup));
        let (root, class) = (self.root, WindowClass::INPUT_OUTPUT);
        self.conn.create_window(0, window, root, x, y, width, height, 0, class, 0, &aux).unwrap().check().unwrap();
        window
    }

    /// Makes a window and waits until it is there to be drawn in.
    pub(crate) fn show(&self, place: (i16, i16, u16, u16), colour: u32) -> Window {
        let window = self.make(place, colour, true);
        self.map(window);
        window
    }

    /// The same for a window that a window manager may manage.
    pub(crate) fn show_plain(&self, place: (i16, i16, u16, u16)) -> Window {
        let window = self.make(place, 0, false);
        self.map(window);
        window
    }

    pub(crate) fn map(&self, window: Window) {
        self.conn.map_window(window).unwrap();
        self.event("the window", |event| matches!(event, Event::Expose(e) if e.window == window));
        self.sync();
    }

    /// Fills a rectangle of a window.
    pub(crate) fn fill(&self, window: Window, (x, y, width, height): (i16, i16, u16, u16), colour: u32) {
        self.conn.change_gc(self.gc, &ChangeGCAux::new().foreground(colour)).unwrap();
        self.conn.poly_fill_rectangle(window, self.gc, &[Rectangle { x, y, width, height }]).unwrap();
        self.sync();
    }

    pub(crate) fn configure(&self, window: Window, change: &ConfigureWindowAux) {
        self.conn.configure_window(window, change).unwrap().check().unwrap();
        self.sync();
    }

    /// Waits for an event.
    pub(crate) fn event(&self, what: &str, mut wanted: impl FnMut(&Event) -> bool) -> Event {
        let deadline = now() + PATIENCE;
        loop {
            while let Some(event) = self.conn.poll_for_event().unwrap() {
                if wanted(&event) {
                    return event;
                }
            }
            self.conn.flush().unwrap();
            let left = deadline.saturating_duration_since(now());
            assert!(!left.is_zero(), "waited in vain for {what}");
            let mut fds = [PollFd::from_borrowed_fd(self.conn.stream().as_fd(), PollFlags::IN)];
            poll(&mut fds, Some(&Timespec::try_from(left).unwrap())).unwrap();
        }
    }

    /// Every event that the server has made for this program up to now.
    pub(crate) fn events(&self) -> Vec<Event> {
        self.sync();
        std::iter::from_fn(|| self.conn.poll_for_event().unwrap()).collect()
    }

    /// What a test names as own windows: everything made over this connection, and no process.
    pub(crate) fn as_own(&self) -> OwnWindows {
        OwnWindows::of_process(0).and_window(self.gc)
    }
}

/// The customer's consent to both rights.
pub(crate) struct Session {
    pub(crate) consent: Consent,
    pub(crate) view: Grant<View>,
    pub(crate) control: Grant<Control>,
}

impl Session {
    pub(crate) fn start() -> Self {
        let mut consent = Consent::new(Rights::ALL);
        let view = grant(&mut consent, Right::View);
        let control = grant(&mut consent, Right::Control);
        Self { consent, view, control }
    }
}

fn grant<S: Scope>(consent: &mut Consent, right: Right) -> Grant<S> {
    consent.grant(&Yes::pressed(right, Duration::from_secs(600)), now()).unwrap()
}
